// Everything that happened, in order of time, and what the accounts share.

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "dossier/page.h"
#include "revenant/case_file.h"
#include "revenant/money.h"

namespace revenant::page {
namespace {

// "A, B and 3 more"
Html Kinds(const std::vector<std::string>& kinds) {
  constexpr std::size_t kNamed = 8;
  Html text;
  for (std::size_t i = 0; i < std::min(kinds.size(), kNamed); ++i) {
    const bool last = i + 1 == kinds.size();
    if (i > 0) text += Html::Raw(last ? " and " : ", ");
    text += Escaped(KindTitle(kinds[i]));
  }
  if (kinds.size() > kNamed) text += Fill(" and {} more", kinds.size() - kNamed);
  return text;
}

// Sources are names of platforms, forms and the like.
Html Sources(const std::string& joined) {
  return joined.empty() ? Html::Raw("not stated") : Name(joined);
}

std::string Joined(const Json& names) {
  std::string text;
  for (const Json& name : names) {
    if (!name.is_string()) continue;
    if (!text.empty()) text += ", ";
    text += name.get<std::string>();
  }
  return text;
}

// A seller seen with values at one time, by one source.
struct Sight {
  std::string at, seller, source, same_as;
  friend auto operator<=>(const Sight&, const Sight&) = default;
};

class Chronicle {
 public:
  explicit Chronicle(const Json& sections)
      : all_(sections),
        own_(Text(Member(sections, "about"), "seller")),
        currency_(Text(Member(sections, "sanctions"), "currency")) {}

  Html Tell() {
    Links();
    Observations();
    for (const auto& [sight, kinds] : sights_) {
      Html what = Fill("{} is first seen with {}", Name(sight.seller), Kinds(kinds));
      if (!sight.same_as.empty()) what += Fill(", the same as at {}", Name(sight.same_as));
      Add(sight.at, what, Sources(sight.source));
    }
    const Json& facts = Member(all_, "facts");
    for (const Json& ban : List(facts, "bans")) OwnBan(ban);
    for (const Json& one : List(facts, "infringements")) OwnInfringement(one);
    OthersInfringements();
    for (const Json& one : List(facts, "cannot_link")) Different(one);
    for (const Json& fact : List(facts, "file")) OnFile(fact);
    for (const Json& one : List(all_, "objections")) Objection(one);
    std::stable_sort(rows_.begin(), rows_.end(),
                     [](const Row& a, const Row& b) { return a.order < b.order; });
    HtmlTable table("What happened, in order of time", {"Date", "What happened", "Source or case"});
    for (const Row& row : rows_) table.Row({Date(row.at), row.what, row.source});
    return table.Done();
  }

 private:
  struct Row {
    Time order;
    std::string at;
    Html what, source;
  };

  void Add(const std::string& at, const Html& what, const Html& source) {
    const Result<Time> time = ParseTime(at);
    const Time order = time && time->known() ? *time : Time{INT64_MAX};
    rows_.push_back({order, at, what, source});
  }
  void AddIf(const Json& object, const char* when, const Html& what, const Html& source) {
    if (Member(object, when).is_string()) Add(Text(object, when), what, source);
  }
  static Html Case(const std::string& reference) {
    return reference.empty() ? Html() : Fill("case {}", Name(reference));
  }

  void See(Sight sight, const std::string& kind) {
    std::vector<std::string>& kinds = sights_[std::move(sight)];
    if (std::find(kinds.begin(), kinds.end(), kind) == kinds.end()) kinds.push_back(kind);
  }

  // The others on the way, and their bans.
  void Links() {
    for (const Json& link : List(all_, "links")) {
      for (const Json& hop : List(link, "path")) {
        for (const Json& shared : List(hop, "shared")) {
          const std::string from = Text(hop, "from"), to = Text(hop, "to"),
                            kind = Text(shared, "kind");
          See({Text(shared, "to_first_seen"), to, Joined(List(shared, "to_sources")), ""}, kind);
          if (from == own_) {
            same_as_.emplace(Text(shared, "fingerprint"), to);
          } else {
            See({Text(shared, "from_first_seen"), from, Joined(List(shared, "from_sources")), ""},
                kind);
          }
        }
      }
      const Json& ban = Member(link, "ban");
      if (!ban.is_object()) continue;
      Html what = Fill("{} is banned", Name(Text(link, "seller")));
      if (!Text(ban, "reason").empty()) what += Fill(" for {}", Text(ban, "reason"));
      Add(Text(ban, "at"), what, Case(Text(ban, "case")));
    }
  }

  // Of each attribute the identifier that it is known by: what derives from it says no more.
  void Observations() {
    for (const Json& one : List(Member(all_, "facts"), "observations")) {
      const Json& identifiers = List(one, "identifiers");
      const std::string root = Text(one, "root");
      std::string kind, same_as;
      for (const Json& identifier : identifiers) {
        if (kind.empty() || Text(identifier, "fingerprint") == root)
          kind = Text(identifier, "kind");
        const auto same = same_as_.find(Text(identifier, "fingerprint"));
        if (same_as.empty() && same != same_as_.end()) same_as = same->second;
      }
      if (kind.empty()) continue;
      const std::string source = Text(one, "source");
      See({Text(one, "first"), own_, source, same_as}, kind);
      AddIf(one, "through",
            Fill("{}: {} is withdrawn, as seen up to then", Name(own_), KindTitle(kind)),
            Sources(source));
    }
  }

  void OwnBan(const Json& ban) {
    if (Flag(ban, "every_case")) {
      AddIf(ban, "lifted", Fill("Every ban of {} up to then is lifted", Name(own_)), {});
      return;
    }
    Html what = Fill("{} is banned", Name(own_));
    if (!Text(ban, "reason").empty()) what += Fill(" for {}", Text(ban, "reason"));
    AddIf(ban, "at", what, Case(Text(ban, "case")));
    AddIf(ban, "lifted", Fill("The ban of {} is lifted", Name(own_)), Case(Text(ban, "case")));
  }

  void OwnInfringement(const Json& one) {
    AddIf(one, "at",
          Fill("{}: an infringement is confirmed ({})", Name(own_), InWords(Text(one, "right"))),
          Case(Text(one, "case")));
    AddIf(one, "lifted", Fill("{}: the infringement is taken back", Name(own_)),
          Case(Text(one, "case")));
  }

  void OthersInfringements() {
    std::set<std::string> seen;
    for (const Json& standing : List(Member(all_, "sanctions"), "standings")) {
      for (const Json& one : List(standing, "infringements")) {
        const std::string of = Text(one, "of");
        if (of == own_ || !seen.insert(Text(one, "case")).second) continue;
        Add(Text(one, "at"),
            Fill("{}: an infringement is confirmed ({})", Name(of), InWords(Text(one, "right"))),
            Case(Text(one, "case")));
      }
    }
  }

  void Different(const Json& one) {
    const std::string other = Text(one, "platform") + ":" + Text(one, "seller");
    AddIf(one, "at",
          Fill("An investigator finds {} and {} to be different people", Name(own_), Name(other)),
          {});
    AddIf(one, "allowed",
          Fill("The finding that {} and {} are different people is taken back", Name(own_),
               Name(other)),
          {});
  }

  std::string Money(const Json& detail, const char* name) const {
    const Json& value = Member(detail, name);
    const std::string own = Text(detail, "currency");
    return value.is_number_integer()
               ? FormatMoney(value.get<std::int64_t>(), own.empty() ? currency_ : own)
               : std::string();
  }

  void OnFile(const Json& fact) {
    const std::string reference = Text(fact, "reference");
    const Json detail = DetailOf(fact);
    const auto kind = FactKindFromName(Text(fact, "kind"));
    if (!kind) return;
    switch (*kind) {
      case FactKind::kNotice: {
        Html what =
            Fill("A notice comes in about {} ({})", Name(own_), InWords(Text(detail, "right")));
        if (Member(detail, "claim").is_number_integer() && Member(detail, "claim") != 0) {
          what += Fill("; it claims {}", Money(detail, "claim"));
        }
        Html source = Case(reference);
        if (!Text(detail, "right_holder").empty()) {
          source += Fill(", from {}", Text(detail, "right_holder"));
        }
        AddIf(fact, "at", what, source);
        AddIf(fact, "lifted", Html::Raw("The notice is taken back"), Case(reference));
        break;
      }
      case FactKind::kCounterNotice:
        AddIf(fact, "at",
              Fill("{} sends a counter-notice: {}", Name(own_),
                   Fill("<q>{}</q>", EscapedLines(Text(detail, "ground")))),
              Case(reference));
        AddIf(fact, "lifted", Html::Raw("The counter-notice is rejected"), Case(reference));
        break;
      case FactKind::kMilestone: {
        const Result<Milestone> done = MilestoneFrom(reference);
        if (!done) break;
        AddIf(fact, "at", Fill("Done: {}", InWords(ClockStageName(done->stage))),
              Case(done->case_ref));
        break;
      }
      case FactKind::kOrder: {
        Html what = Fill("{}", Capital(InWords(Text(detail, "type"))));
        if (!Text(detail, "country").empty()) what += Fill(" ({})", Text(detail, "country"));
        what += Fill("; the platform's measures: {}", InWords(Text(detail, "measures")));
        AddIf(fact, "at", what, Name(reference));
        AddIf(fact, "lifted", Html::Raw("The order holds no longer"), Name(reference));
        break;
      }
      case FactKind::kMeasure: {
        const Result<MeasureTarget> target = MeasureTargetFrom(reference);
        if (!target) break;
        const std::string step = InWords(StepName(target->step));
        const Json& amount = Member(detail, "amount");
        Html what = Fill("Measure carried out at {}: {}", Name(own_), step);
        if (amount.is_number_integer() && amount != 0) {
          what += Fill(", {}", Money(detail, "amount"));
        }
        AddIf(fact, "at", what, Case(target->name.ToString()));
        AddIf(fact, "lifted", Fill("Measure undone at {}: {}", Name(own_), step),
              Case(target->name.ToString()));
        break;
      }
      case FactKind::kFigure: {
        const bool is_fund = reference == FigureName(FigureKind::kDepositHeld) ||
                             reference == FigureName(FigureKind::kInsuranceCover);
        const Json& value = Member(detail, "value");
        if (!value.is_number_integer()) break;
        const std::int64_t thousandths = value.get<std::int64_t>();
        AddIf(fact, "at",
              Fill("Figure: {}: {}", InWords(reference),
                   is_fund ? FormatMoney(thousandths, currency_) : ShortRatio(thousandths)),
              Escaped(Text(detail, "source")));
        break;
      }
      case FactKind::kWording:
        AddIf(fact, "at",
              Fill("Listing {} has infringing words: {}", Name(reference),
                   Joined(List(detail, "words"))),
              Escaped(Text(detail, "source")));
        AddIf(fact, "lifted", Fill("Listing {} is taken down", Name(reference)), {});
        break;
      case FactKind::kObjection:
      case FactKind::kReview:
        break;  // the section "objections" has them
    }
  }

  static std::string ShortRatio(std::int64_t thousandths) {
    return std::to_string(thousandths / 1000) + '.' +
           std::to_string(1000 + thousandths % 1000).substr(1) + " times";
  }

  void Objection(const Json& one) {
    AddIf(one, "at", Fill("{} objects", Name(own_)), Name(Text(one, "reference")));
    AddIf(one, "reviewed_at",
          Fill("The objection is reviewed by {}: {}", Text(one, "reviewed_by"), Text(one, "state")),
          Name(Text(one, "reference")));
  }

  const Json& all_;
  const std::string own_, currency_;
  std::map<std::string, std::string> same_as_;  // by fingerprint: the nearest other holder
  std::map<Sight, std::vector<std::string>> sights_;
  std::vector<Row> rows_;
};

Html SeenBy(const Json& shared, const char* first, const char* sources) {
  const std::string from = Joined(List(shared, sources));
  Html seen = Date(shared, first);
  if (!from.empty()) seen += Fill(" ({})", Name(from));
  return seen;
}

// What the register holds of a value: "3 sellers, 2 of them banned (67 %); ..."
Html InRegister(const Json& shared) {
  const Json& value = Member(shared, "value");
  if (!value.is_object()) {
    const Json& others = Member(shared, "other_carriers");
    if (!others.is_number_integer()) return Html::Raw("unknown");
    const std::int64_t count = others.get<std::int64_t>();
    return count == 1 ? Html::Raw("1 other seller") : Fill("{} other sellers", count);
  }
  const auto number = [&](const char* name) {
    const Json& found = Member(value, name);
    return found.is_number_integer() ? found.get<std::int64_t>() : std::int64_t{0};
  };
  const std::int64_t carriers = number("carriers"), banned = number("banned");
  Html text = carriers == 1 ? Html::Raw("1 seller") : Fill("{} sellers", carriers);
  text += Fill(", {} banned", banned);
  if (carriers > 0) text += Fill(" ({} %)", (200 * banned + carriers) / (2 * carriers));
  if (Flag(value, "hub")) {
    text += Html::Raw("; a hub, which links nobody");
  } else if (number("clusters") > 1) {
    text += Html::Raw("; without it they would be ");
    if (Flag(value, "at_least")) text += Html::Raw("at least ");
    text += Fill("{} groups", number("clusters"));
  } else if (number("clusters") == 1 && !Flag(value, "at_least")) {
    text += Html::Raw("; other values hold them together as well");
  }
  if (Member(value, "first").is_string() && Member(value, "last").is_string()) {
    text += Fill("; seen from {} to {}", Date(value, "first"), Date(value, "last"));
  }
  if (number("withdrawn") > 0) text += Fill("; {} took a sighting back", number("withdrawn"));
  return text;
}

// What the two ends of a hop share.
Html HopTable(const Json& hop) {
  const std::string from = Text(hop, "from"), to = Text(hop, "to");
  HtmlTable table("What " + from + " and " + to + " share",
                  {"Identifier", "Weight in bits", "First seen with " + from,
                   "First seen with " + to, "Who carries it", "Fingerprint begins"});
  for (const Json& shared : List(hop, "shared")) {
    const std::string fingerprint = Text(shared, "fingerprint");
    table.Row({Escaped(KindTitle(Text(shared, "kind"))),
               Escaped(ShortBits(MilliBitsIn(shared, "weight_bits"))),
               SeenBy(shared, "from_first_seen", "from_sources"),
               SeenBy(shared, "to_first_seen", "to_sources"), InRegister(shared),
               Fill("<code>{}</code>", fingerprint.substr(0, 8))});
  }
  return table.Done();
}

// Who else carries values of this seller, whether banned or not.
Html Nearby(const Json& sections) {
  const Json& accounts = Member(sections, "accounts");
  const std::string own = Text(Member(sections, "about"), "seller");
  std::map<std::string, std::vector<std::string>> kinds;  // by seller
  for (const Json& value : List(accounts, "values")) {
    const Json& holders = List(value, "held_by");
    const bool ours = std::any_of(holders.begin(), holders.end(),
                                  [&](const Json& one) { return Text(one, "seller") == own; });
    for (const Json& holder : holders) {
      std::vector<std::string>& list = kinds[Text(holder, "seller")];
      const std::string kind = Text(value, "kind");
      if (ours && std::find(list.begin(), list.end(), kind) == list.end()) list.push_back(kind);
    }
  }
  HtmlTable table("Other accounts in the same group",
                  {"Account", "Standing", "Shares with " + own});
  for (const Json& seller : List(accounts, "sellers")) {
    const std::string name = Text(seller, "seller");
    if (name == own) continue;
    Html standing = Html::Raw(Flag(seller, "banned") ? "<strong>banned</strong>, " : "");
    standing += Escaped(Text(seller, "status"));
    if (Member(seller, "since").is_string()) standing += Fill(" since {}", Date(seller, "since"));
    const auto shares = kinds.find(name);
    table.Row({Name(name), standing,
               shares == kinds.end() || shares->second.empty()
                   ? Html::Raw("nothing directly; through other accounts")
                   : Kinds(shares->second)});
  }
  Html out = table.Done();
  if (Member(accounts, "complete") == false) {
    out += Html::Raw("<p>The group is larger: only the accounts nearest are listed.</p>\n");
  }
  return out;
}

}  // namespace

Html Evidence(const Json& sections) { return Chronicle(sections).Tell(); }

Html SharedValues(const Json& sections) {
  Html out;
  for (const Json& link : List(sections, "links")) {
    out += Fill("<h3>The link to {}</h3>\n", Name(Text(link, "seller")));
    for (const Json& hop : List(link, "path")) out += HopTable(hop);
  }
  const Html nearby = Nearby(sections);
  if (!nearby.empty()) out += Fill("<h3>Accounts nearby</h3>\n{}", nearby);
  return out;
}

}  // namespace revenant::page
