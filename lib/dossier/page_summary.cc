// Who, what, since when, on what evidence, how sure.

#include <algorithm>
#include <cmath>
#include <set>

#include "dossier/page.h"

namespace revenant::page {
namespace {

constexpr std::string_view kForeign = "exchange/";

Html BanWords(const Json& ban, bool banned_since) {
  Html words = Html::Raw(banned_since ? "banned since " : "banned on ");
  words += Date(ban, "at");
  if (!Text(ban, "reason").empty()) words += Fill(" for {}", Text(ban, "reason"));
  if (!Text(ban, "case").empty()) words += Fill(" (case {})", Name(Text(ban, "case")));
  return words;
}

// "International bank account number (IBAN) and Phone number": of the hop's values, each kind once.
Html SharedKinds(const Json& hop) {
  std::set<std::string> said;
  std::vector<std::string> titles;
  for (const Json& shared : List(hop, "shared")) {
    std::string title = KindTitle(Text(shared, "kind"));
    if (said.insert(title).second) titles.push_back(std::move(title));
  }
  Html words;
  for (std::size_t i = 0; i < titles.size(); ++i) {
    if (i == 4 && titles.size() > 5) {
      return words + Fill(" and {} more", titles.size() - i);
    }
    if (i > 0) words += Html::Raw(i + 1 == titles.size() ? " and the same " : ", the same ");
    words += Escaped(titles[i]);
  }
  return words;
}

class Short {
 public:
  explicit Short(const Json& sections)
      : all_(sections),
        findings_(Member(sections, "findings")),
        seller_(Member(sections, "seller")),
        own_(Text(Member(sections, "about"), "seller")) {}

  Html Tell() {
    Html out = Fill("<p class=\"lead\">{}</p>\n<dl>\n", Lead());
    Item(out, "Who", Who());
    Item(out, "What", What());
    Item(out, "Since when", SinceWhen());
    Item(out, "On what evidence", OnWhat());
    Item(out, "How sure", HowSure());
    Item(out, "Finding", Finding());
    Item(out, "What speaks against it", Against());
    Item(out, "What follows", Follows());
    return out + Html::Raw("</dl>\n");
  }

 private:
  static void Item(Html& out, std::string_view title, const Html& says) {
    if (!says.empty()) out += Fill("<dt>{}</dt><dd>{}</dd>\n", title, says);
  }
  const Json& FirstLink() const {
    static const Json kNone;
    const Json& links = List(all_, "links");
    return links.empty() ? kNone : links.front();
  }

  Html Lead() const {
    Html lead;
    for (const Json& ban : List(seller_, "bans")) {
      lead += Fill("{} is {}. ", Name(own_), BanWords(ban, true));
      break;
    }
    const Json& link = FirstLink();
    if (!link.is_object()) {
      if (lead.empty())
        lead = Fill("Nothing that {} carries leads to a banned seller.", Name(own_));
      return lead;
    }
    const std::string other = Text(link, "seller");
    const bool held_first = !WhoWasFirst().empty();
    lead += Fill("{} {} {}", Name(own_),
                 Html::Raw(!held_first                      ? "leads to"
                           : List(link, "path").size() == 1 ? "shares identifiers with"
                                                            : "is linked with"),
                 Name(other));
    if (other.starts_with(kForeign)) {
      lead += Html::Raw(", a case that another platform listed");
    } else {
      lead += Fill(", {}", BanWords(Member(link, "ban"), false));
    }
    const Json& path = List(link, "path");
    if (!path.empty()) {
      lead += Fill(": it has the same {}", SharedKinds(path.front()));
      if (path.size() > 1) lead += Fill(" as {}", Name(Text(path.front(), "to")));
    }
    const std::size_t more = List(all_, "links").size() - 1;
    lead += Html::Raw(".");
    if (more > 0)
      lead += Fill(" It leads to {} more.", Counted(more, "such account", "such accounts"));
    return lead;
  }

  Html Who() const {
    Html who = Fill("{}, {}", Name(own_),
                    Text(seller_, "status").empty() ? std::string("known only by name")
                                                    : Text(seller_, "status") + " account");
    if (!Text(seller_, "platform").empty()) who += Fill(" on {}", Text(seller_, "platform"));
    if (Member(seller_, "since").is_string()) who += Fill(" since {}", Date(seller_, "since"));
    return who;
  }

  Html What() const {
    const Json& list = List(seller_, "infringements");
    Html what = Escaped(
        list.empty() ? std::string("No infringement of its own is confirmed")
                     : Counted(list.size(), "confirmed infringement", "confirmed infringements") +
                           " of its own: ");
    std::size_t told = 0;
    for (const Json& one : list) {
      if (told == 5) {
        what += Html::Raw(" …");
        break;
      }
      what += Fill("{}case {} ({}, {})", Html::Raw(told++ == 0 ? "" : "; "),
                   Name(Text(one, "case")), InWords(Text(one, "right")), Date(one, "at"));
    }
    return what;
  }

  // The first sighting of anything that the first hop of the strongest link shares.
  Html SinceWhen() const {
    const Json& link = FirstLink();
    const Json& path = List(link, "path");
    if (path.empty()) return {};
    Time first;
    for (const Json& shared : List(path.front(), "shared")) {
      const Result<Time> seen = ParseTime(Text(shared, "from_first_seen"));
      if (seen && seen->known() && (!first.known() || *seen < first)) first = *seen;
    }
    if (!first.known()) return {};
    Html since = Fill("First seen with what it shares on {}", Date(FormatTime(first)));
    const Result<Time> banned = ParseTime(Text(Member(link, "ban"), "at"));
    if (banned && banned->known()) {
      constexpr std::int64_t kDay = 86'400'000'000;
      const std::int64_t days = (first.micros - banned->micros) / kDay;
      since +=
          Fill(", {} {} the ban", Counted(static_cast<std::size_t>(std::abs(days)), "day", "days"),
               days < 0 ? "before" : "after");
    }
    return since;
  }

  Html OnWhat() const {
    const Json& path = List(FirstLink(), "path");
    if (path.empty()) return {};
    Html text = path.size() == 1 ? Html::Raw("Directly, ")
                                 : Fill("In {} steps, by way of {}, ", path.size(), Between(path));
    std::size_t values = 0;
    for (const Json& hop : path) values += List(hop, "shared").size();
    return text + Fill("over {}; the tables below have their dates and sources",
                       Counted(values, "shared identifier", "shared identifiers"));
  }

  static Html Between(const Json& path) {
    Html text;
    for (std::size_t i = 0; i + 1 < path.size(); ++i) {
      if (i > 0) text += Html::Raw(", ");
      text += Name(Text(path[i], "to"));
    }
    return text;
  }

  // The line of the registry's own account of the strongest link that begins so; else empty.
  std::string Line(std::string_view begin) const {
    const std::string words = Text(FirstLink(), "in_words");
    const std::size_t at = words.find("\n" + std::string(begin));
    if (at == words.npos) return {};
    const std::size_t from = at + 1 + begin.size();
    return words.substr(from, words.find('\n', from) - from);
  }
  std::string WhoWasFirst() const { return Line("Who was first: "); }

  // The registry's own sentences, and what its policy makes of them.
  Html HowSure() const {
    const Json& link = FirstLink();
    if (!link.is_object()) return {};
    Html text;
    for (const std::string_view begin : {"How strong: ", "What it rests on: "}) {
      const std::string line = Line(begin);
      if (line.empty()) continue;
      if (!text.empty()) text += Html::Raw(" ");
      text += Escaped(Capital(line));
    }
    const std::int64_t prior = MilliBitsIn(findings_, "prior_bits");
    if (prior < 0) {
      const auto one_in = std::llround(std::exp2(static_cast<double>(-prior) / 1000));
      text += Fill(
          " If one application in {} comes from a banned seller, as the policy supposes, "
          "the odds are now {}.",
          one_in, Odds(MilliBitsIn(link, "strength_bits") + prior));
    }
    return text;
  }

  Html Finding() const {
    const std::string verdict = Text(findings_, "verdict");
    Html text = Fill("<strong>{}</strong>, as of {}.",
                     verdict == "block"    ? "Block: the application would be refused"
                     : verdict == "review" ? "Review: a person should decide"
                     : verdict == "clear"  ? "Clear: nothing stands against it"
                                           : verdict,
                     Date(findings_, "as_of"));
    for (const Json& reason : List(findings_, "reasons")) text += Fill(" {}", Text(reason, "text"));
    return text;
  }

  bool InForce(const std::string& infringement) const {
    const Json& list = List(seller_, "infringements");
    return std::any_of(list.begin(), list.end(),
                       [&](const Json& one) { return Text(one, "case") == infringement; });
  }

  Html Against() const {
    Html text;
    const auto add = [&](const Html& what) {
      text += text.empty() ? what : Html::Raw("; ") + what;
    };
    if (const std::string first = WhoWasFirst(); !first.empty()) add(Escaped(first));
    for (const Json& seller : List(findings_, "contested")) {
      if (seller.is_string()) {
        add(Fill("{} has objected, and no person has reviewed it yet",
                 Name(seller.get<std::string>())));
      }
    }
    for (const Json& one : List(all_, "objections")) {
      if (Text(one, "state") == "upheld") {
        add(Fill("Its objection {} was upheld", Name(Text(one, "reference"))));
      }
    }
    for (const Json& one : List(Member(all_, "facts"), "infringements")) {
      if (Member(one, "lifted").is_string() && !InForce(Text(one, "case"))) {
        add(Fill("Its infringement in case {} was taken back on {}", Name(Text(one, "case")),
                 Date(one, "lifted")));
      }
    }
    for (const Json& undo : List(Member(all_, "sanctions"), "measures_to_undo")) {
      if (Text(undo, "seller") != own_) continue;
      for (const Json& fallen : List(undo, "cases_that_fell")) {
        if (!fallen.is_string()) continue;
        add(Fill("Case {}, which counted against it, no longer counts",
                 Name(fallen.get<std::string>())));
      }
    }
    if (text.empty()) text = Html::Raw("Nothing is on file: no objection, and no case that fell");
    return text;
  }

  Html Follows() const {
    const Json& sanctions = Member(all_, "sanctions");
    Html text;
    std::size_t others = 0;
    const auto count = [&](const char* list, std::string_view one, std::string_view many) {
      const Json& measures = List(sanctions, list);
      const auto own = std::count_if(measures.begin(), measures.end(), [&](const Json& measure) {
        return Text(measure, "seller") == own_;
      });
      others += measures.size() - static_cast<std::size_t>(own);
      if (own == 0) return;
      if (!text.empty()) text += Html::Raw("; ");
      text += Escaped(Counted(static_cast<std::size_t>(own), one, many));
    };
    count("measures_due", "measure due", "measures due");
    count("measures_carried_out", "measure carried out", "measures carried out");
    count("measures_to_undo", "measure to be undone", "measures to be undone");
    if (text.empty()) text = Html::Raw("No measure against it is due or has to be undone");
    if (others > 0) {
      text += Fill("; {} at other accounts of its group", Counted(others, "measure", "measures"));
    }
    std::size_t late = 0;
    for (const Json& one : List(Member(all_, "clocks"), "deadlines"))
      late += Text(one, "state") == "late";
    if (late > 0) text += Fill("; {}", Counted(late, "deadline missed", "deadlines missed"));
    return text;
  }

  const Json& all_;
  const Json& findings_;
  const Json& seller_;
  const std::string own_;
};

}  // namespace

Html Summary(const Json& sections) { return Short(sections).Tell(); }

}  // namespace revenant::page
