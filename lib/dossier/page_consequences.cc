// What follows: infringements, measures, deadlines, knowledge, objections.

#include <algorithm>
#include <set>

#include "dossier/page.h"
#include "revenant/clocks.h"

namespace revenant::page {
namespace {

Html CaseList(const Json& names) {
  Html text;
  for (const Json& name : names) {
    if (!name.is_string()) continue;
    if (!text.empty()) text += Html::Raw(", ");
    text += Name(name.get<std::string>());
  }
  return text;
}

Html Infringements(const Json& sanctions) {
  HtmlTable table("Infringements that count, and against whom",
                  {"Case", "Right", "Confirmed", "Whose", "Counts against", "Why"});
  for (const Json& standing : List(sanctions, "standings")) {
    const std::string seller = Text(standing, "seller");
    for (const Json& one : List(standing, "infringements")) {
      const std::string of = Text(one, "of"), link = Text(one, "by_link");
      Html why = Escaped(link.empty() ? "its own" : InWords(link));
      if (Flag(one, "countered")) why += Html::Raw("; a counter-notice is open");
      table.Row({Name(Text(one, "case")), Escaped(InWords(Text(one, "right"))), Date(one, "at"),
                 of.empty() ? Html::Raw("unknown") : Name(of), Name(seller), why});
    }
  }
  return table.Done();
}

Html DueWords(const Json& due) {
  const std::string until = Text(due, "until");
  Html text = Html::Raw("<strong>Due</strong>");
  if (!until.empty()) text += Fill(", until {}", Date(until));
  if (!Text(due, "amount").empty()) {
    text += Fill(": {}, of this {} from the deposit and {} from insurance", Text(due, "amount"),
                 Text(due, "from_deposit"), Text(due, "from_insurance"));
    const std::string holder = Text(due, "right_holder");
    if (!holder.empty()) text += Fill(", to compensate {}", holder);
  }
  if (Flag(due, "held")) text += Html::Raw("; held until the counter-notice is decided");
  return text;
}

Html Measures(const Json& sanctions) {
  HtmlTable table("Measures", {"Measure", "Account", "Case", "State"});
  const auto row = [&](const Json& one, const Html& state) {
    table.Row({Escaped(Capital(InWords(Text(one, "step")))), Name(Text(one, "seller")),
               Name(Text(one, "case")), state});
  };
  for (const Json& one : List(sanctions, "measures_due")) row(one, DueWords(one));
  for (const Json& one : List(sanctions, "measures_to_undo")) {
    Html state = Fill("<strong>To be undone</strong>: {}", InWords(Text(one, "because")));
    const Html fallen = CaseList(List(one, "cases_that_fell"));
    if (!fallen.empty()) state += Fill(" (no longer counts: case {})", fallen);
    state += Fill(". Carried out on {}", Date(one, "done"));
    row(one, state);
  }
  for (const Json& one : List(sanctions, "measures_carried_out")) {
    Html state = Fill("Carried out on {}", Date(one, "done"));
    const std::string amount = Text(one, "amount");
    const bool moved = amount.find_first_of("123456789") != amount.npos;
    if (moved) state += Fill(": {}", amount);
    row(one, state);
  }
  return table.Done();
}

// The notices on file, with what each of them lacks.
Html Notices(const Json& sections) {
  HtmlTable table("Notices", {"Case", "Received", "From", "Right", "Claim", "Holds"});
  for (const Json& fact : List(Member(sections, "seller"), "file")) {
    if (Text(fact, "kind") != "notice") continue;
    const Json detail = DetailOf(fact);
    std::string holds;
    for (const Json& element : List(detail, "present")) {
      if (!element.is_string()) continue;
      if (!holds.empty()) holds += ", ";
      holds += InWords(element.get<std::string>());
    }
    const std::string claim = Text(detail, "claim"), from = Text(detail, "right_holder");
    table.Row({Name(Text(fact, "reference")), Date(fact, "at"),
               from.empty() ? Html::Raw("not stated") : Escaped(from),
               Escaped(InWords(Text(detail, "right"))),
               claim.empty() ? Html::Raw("none stated") : Escaped(claim),
               holds.empty() ? Html::Raw("nothing that is required") : Escaped(holds)});
  }
  return table.Done();
}

Html Clocks(const Json& clocks) {
  const Result<std::int32_t> zone = ParseZone(Text(clocks, "zone"));
  const std::int32_t minutes = zone ? *zone : 0;
  HtmlTable table("Deadlines", {"Due by", "What", "Case", "Done", "State"});
  for (const Json& one : List(clocks, "deadlines")) {
    Html due = Date(Text(one, "due"), minutes);
    if (!Text(one, "not_before").empty()) {
      due += Fill(", and not before {}", Date(Text(one, "not_before"), minutes));
    }
    const std::string state = Text(one, "state");
    Html words = Escaped(Capital(InWords(state)));
    if (state == "late" || state == "done_late") words = Fill("<strong>{}</strong>", words);
    table.Row({due, Escaped(Capital(InWords(Text(one, "stage")))), Name(Text(one, "case")),
               Text(one, "done").empty() ? Html::Raw("not yet") : Date(Text(one, "done"), minutes),
               words});
  }
  return table.Done();
}

}  // namespace

Html Consequences(const Json& sections) {
  const Json& sanctions = Member(sections, "sanctions");
  const std::string own = Text(Member(sections, "about"), "seller");
  Html out = Infringements(sanctions);
  out += Measures(sanctions);
  for (const Json& standing : List(sanctions, "standings")) {
    const std::string deposit = Text(standing, "deposit_required");
    if (!deposit.empty()) {
      out += Fill("<p>Deposit required of {}: {}.</p>\n", Name(Text(standing, "seller")), deposit);
    }
  }
  for (const Json& one : List(sanctions, "for_an_investigator")) {
    out += Fill(
        "<p>For an investigator: cases of {} do not count against {}: {}. No measure "
        "follows.</p>\n",
        Text(one, "of").empty() ? Html::Raw("others") : Name(Text(one, "of")),
        Name(Text(one, "seller")), InWords(Text(one, "why")));
  }
  if (Member(sanctions, "complete") == false) {
    out +=
        Html::Raw("<p>The group is too large to be read whole: this list may be incomplete.</p>\n");
  }
  return out;
}

Html Deadlines(const Json& sections) {
  const Json& clocks = Member(sections, "clocks");
  const Html deadlines = Clocks(clocks);
  Html out = Notices(sections) + deadlines;
  if (!deadlines.empty()) {
    out += Fill("<p>The deadlines are those of the regime “{}”. Hours count day and night.</p>\n",
                Text(clocks, "regime"));
  }
  return out;
}

Html Knowledge(const Json& sections) {
  const Json& knowledge = Member(sections, "knowledge");
  const std::string tier = Text(knowledge, "tier");
  if (tier.empty()) return {};
  Html out = Fill("<p><strong>{}</strong></p>\n",
                  tier == "actual" ? "The platform had actual knowledge."
                  : tier == "should_have_known"
                      ? "The platform should have known: the facts below were before it."
                      : "No fact on file shows that the platform knew or should have known.");
  HtmlTable table("Facts measured against their thresholds",
                  {"Fact", "Found", "Threshold", "Source", "What would change it"});
  Html unknown;
  for (const Json& one : List(knowledge, "findings")) {
    const std::string factor = InWords(Text(one, "factor")), met = Text(one, "met");
    if (met == "unknown") {
      if (!unknown.empty()) unknown += Html::Raw("; ");
      unknown += Escaped(factor);
      continue;
    }
    const std::string source = Text(one, "source");
    Html fact = Fill("{}: {}", Capital(factor), met == "yes" ? "shown" : "not shown");
    if (met == "yes") fact += Fill(" ({})", InWords(Text(one, "shows")));
    Html from = source.empty() ? Html::Raw("not stated") : Escaped(source);
    if (!Text(one, "at").empty()) from += Fill(", {}", Date(one, "at"));
    table.Row({fact, Escaped(Text(one, "found")), Escaped(Text(one, "threshold")), from,
               Escaped(Text(one, "would_change"))});
  }
  out += table.Done();
  if (!unknown.empty()) {
    out +=
        Fill("<p>Nothing is on file about these, so they are neither shown nor excluded: {}.</p>\n",
             unknown);
  }
  return out;
}

Html Objections(const Json& sections) {
  Html out;
  for (const Json& one : List(sections, "objections")) {
    const std::string state = Text(one, "state");
    out += Fill("<h3>Objection {}, {}: {}</h3>\n<blockquote>{}</blockquote>\n",
                Name(Text(one, "reference")), Date(one, "at"),
                state == "upheld" || state == "rejected" ? state + " on review" : state,
                EscapedLines(Text(one, "statement")));
    if (!Text(one, "reviewed_by").empty()) {
      out += Fill("<p>Reviewed by {} on {}.", Text(one, "reviewed_by"), Date(one, "reviewed_at"));
      if (!Text(one, "note").empty()) out += Fill(" {}", EscapedLines(Text(one, "note")));
      out += Html::Raw("</p>\n");
    }
  }
  return out;
}

}  // namespace revenant::page
