#include "registry/proof/entered_later.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "util/try.h"

namespace revenant {
namespace {

using Json = nlohmann::json;
constexpr std::size_t kMaxLines = 20;
constexpr std::string_view kPolicyEntry = "set_policy";

std::string Text(const Json& body, const char* name) {
  const auto found = body.find(name);
  const auto* text = found == body.end() ? nullptr : found->get_ptr<const std::string*>();
  return text == nullptr ? std::string() : *text;
}

bool Flag(const Json& body, const char* name) {
  const auto found = body.find(name);
  const auto* flag = found == body.end() ? nullptr : found->get_ptr<const bool*>();
  return flag != nullptr && *flag;
}

// An event's own time: kUnknownMicros where its entry says none.
std::int64_t Moment(const Json& body, const char* name) {
  const std::string text = Text(body, name);
  if (text.empty()) return Time::kUnknownMicros;
  const Result<Time> time = ParseTime(text);
  return time ? time->micros : Time::kUnknownMicros;
}

// Which register an event wrote: its type and everything that names one among those of a seller.
using Register = std::pair<std::string, std::string>;

// The dates that events gave a register, apart by when they were entered.
struct Dates {
  std::set<std::int64_t> timely;
  std::map<std::int64_t, std::int64_t> late;  // date -> when it was entered
};

class OfSeller {
 public:
  OfSeller(const SellerName& name, const Relied& relied)
      : name_(name), relied_(relied), at_(relied.at()) {}

  void Add(const JournalEntry& entry, const Json& body, bool late) {
    const std::string& type = entry.type;
    if (type == "import") {
      (late ? imported_late_ : imported_timely_) = std::max(entry.at.micros, std::int64_t{0});
      if (late)
        lines_.push_back(name_.ToString() + ": an import, entered " + Date(entry.at.micros));
      return;
    }
    std::vector<Register> registers;
    std::int64_t date = Moment(body, "at");
    if (type == "ban") registers.emplace_back(type, Text(body, "case"));
    if (type == "reinstate") {
      const bool every = Flag(body, "every_case");
      registers.emplace_back(every ? "reinstate all" : type, every ? "" : Text(body, "case"));
    }
    if (type == "withdraw") {
      date = Moment(body, "through");
      registers.emplace_back(type, Text(body, "root") + " " + Text(body, "source"));
    }
    if (type == "cannot_link" || type == "allow_link") {
      const std::string a = Text(body, "a"), b = Text(body, "b");
      registers.emplace_back(type, a == name_.ToString() ? b : a);
    }
    if (type == "enrol") {
      date = Moment(body, "seen");
      registers.emplace_back(type, "");
      if (const auto list = body.find("attributes"); list != body.end() && list->is_array()) {
        for (const Json& attribute : *list) {
          registers.emplace_back("seen", Text(attribute, "root") + " " + Text(body, "source"));
        }
      }
    }
    if (registers.empty()) return;
    for (const Register& each : registers) {
      Dates& dates = dates_[each];
      if (late) {
        dates.late[date] = entry.at.micros;
      } else {
        dates.timely.insert(date);
      }
    }
    if (late && date <= at_) {
      lines_.push_back(name_.ToString() + ": " + type + " dated " + Date(date) + ", entered " +
                       Date(entry.at.micros));
    }
  }

  void Redate(Facts::Seller& seller) {
    for (auto& [ref, ban] : seller.bans) {
      Move({"ban", ref}, ban.set);
      Move({"reinstate", ref}, ban.lifted);
    }
    Move({"reinstate all", ""}, seller.every_ban_lifted);
    for (auto& [other, pair] : seller.pairs) {
      Move({"cannot_link", other.ToString()}, pair.forbidden);
      Move({"allow_link", other.ToString()}, pair.allowed);
    }
    for (auto& [key, observation] : seller.observations) {
      const std::string which = key.first.ToHex() + " " + key.second;
      Move({"withdraw", which}, observation.through);
      // What is cited speaks for itself.
      const bool cited = relied_.observations().contains({name_, key.first, key.second});
      if (!key.second.empty() && !cited) RedateSighting(which, observation);
    }
    RedateEnrolment(seller);
  }

  std::vector<std::string>& lines() { return lines_; }

 private:
  static std::string Date(std::int64_t micros) {
    return micros == Time::kUnknownMicros ? "at an unknown time" : FormatTime(Time{micros});
  }

  // When the event was entered that gave a register this date, if it was late.
  std::optional<std::int64_t> LateEntry(const Register& which, std::int64_t date) const {
    const auto dates = dates_.find(which);
    if (dates == dates_.end() || dates->second.timely.contains(date)) return std::nullopt;
    const auto late = dates->second.late.find(date);
    if (late == dates->second.late.end()) return std::nullopt;
    return std::max(late->second, at_ + 1);
  }

  void Move(const Register& which, std::int64_t& micros) const {
    if (micros == ObservationRow::kNever || micros > at_) return;
    if (const auto entered = LateEntry(which, micros)) micros = *entered;
  }

  // The sightings of an import are not recorded one by one.
  void RedateSighting(const std::string& which, Facts::Observation& observation) const {
    if (observation.last == ObservationRow::kNever) return;
    const Register seen{"seen", which};
    if (imported_late_) {
      const std::int64_t entered = std::max(*imported_late_, at_ + 1);
      const auto dates = dates_.find(seen);
      const auto told = [&](std::int64_t date) {
        return dates != dates_.end() && dates->second.timely.contains(date);
      };
      if (observation.first <= at_ && !told(observation.first)) observation.first = entered;
      if (observation.last <= at_ && !told(observation.last)) observation.last = entered;
    }
    Move(seen, observation.first);
    Move(seen, observation.last);
    observation.last = std::max(observation.last, observation.first);
  }

  void RedateEnrolment(Facts::Seller& seller) const {
    const auto dates = dates_.find({"enrol", ""});
    const bool timely =
        imported_timely_ || (dates != dates_.end() && !dates->second.timely.empty());
    if (timely || seller.since > at_) return;
    if (imported_late_) {
      seller.since = std::max(*imported_late_, at_ + 1);
    } else {
      const auto late = LateEntry({"enrol", ""}, seller.since);
      if (late) seller.since = *late;
    }
  }

  const SellerName name_;
  const Relied& relied_;
  const std::int64_t at_;
  std::map<Register, Dates> dates_;
  std::optional<std::int64_t> imported_late_, imported_timely_;  // when, the last of them
  std::vector<std::string> lines_;
};

// What the certificate says of roots: whether they were junk. They were junk for all their
// carriers.
std::map<Fingerprint, bool> JunkThen(const certified::Certificate& certificate,
                                     const Relied& relied) {
  std::map<Fingerprint, bool> junk;
  for (const certified::Attribute& attribute : certificate.application.attributes) {
    for (const certified::Identifier& each : attribute.identifiers) {
      junk[attribute.root] = junk[attribute.root] || each.junk;
    }
  }
  for (const auto& [key, cited] : relied.observations()) junk[std::get<1>(key)] = false;
  return junk;
}

// Makes junk what was so then; false: it is so today.
bool Rejudge(const std::map<Fingerprint, bool>& then, Facts& facts) {
  bool differs = false;
  for (auto& [name, seller] : facts.sellers) {
    for (auto& [key, observation] : seller.observations) {
      const auto said = then.find(key.first);
      if (said == then.end()) continue;
      for (Facts::Item& item : observation.items) {
        differs = differs || item.junk != said->second;
        item.junk = said->second;
      }
    }
  }
  return differs;
}

// Was a policy entered after `verdict`, or after the entry `decided`? What is junk is the policy's
// to say, and a version with other words enters it again.
Result<std::optional<Time>> PolicySince(const JournalReader& journal, Time verdict,
                                        std::optional<std::uint64_t> decided) {
  for (std::uint64_t seq = journal.head().size; seq > 0;) {
    TRY_ASSIGN(const JournalEntry entry, journal.At(--seq));
    if (!(entry.at > verdict || (decided && seq > *decided))) break;
    if (entry.type == kPolicyEntry) return std::optional(entry.at);
  }
  return std::optional<Time>();
}

}  // namespace

Result<EnteredLater> FindEnteredLater(const JournalReader& journal, const Facts& facts,
                                      const certified::Certificate& certificate,
                                      const std::string& digest, const Relied& relied) {
  const Time verdict{certificate.as_of.micros};
  const auto body_of = [](const JournalEntry& entry) {
    return entry.opening ? Json::parse(entry.opening->body, nullptr, false) : Json();
  };
  std::optional<std::uint64_t> decided;  // the entry of what was done upon the certificate
  TRY_ASSIGN(const std::vector<std::uint64_t> about_applicant,
             journal.About(certificate.application.name));
  for (const std::uint64_t seq : about_applicant) {
    TRY_ASSIGN(const JournalEntry entry, journal.At(seq));
    if (entry.type != "decision" || decided) continue;
    const Json body = body_of(entry);
    if (body.is_object() && Text(body, "certificate") == digest) decided = seq;
  }
  EnteredLater later{facts, {}};
  for (auto& [name, seller] : later.facts.sellers) {
    OfSeller of_seller(name, relied);
    TRY_ASSIGN(const std::vector<std::uint64_t> about, journal.About(name));
    for (const std::uint64_t seq : about) {
      TRY_ASSIGN(const JournalEntry entry, journal.At(seq));
      const Json body = body_of(entry);
      if (!body.is_object()) continue;
      of_seller.Add(entry, body, entry.at > verdict || (decided && seq > *decided));
    }
    of_seller.Redate(seller);
    later.lines.insert(later.lines.end(), of_seller.lines().begin(), of_seller.lines().end());
  }
  Facts judged = later.facts;
  if (Rejudge(JunkThen(certificate, relied), judged)) {
    TRY_ASSIGN(const std::optional<Time> since, PolicySince(journal, verdict, decided));
    if (since) {
      later.facts = std::move(judged);
      later.lines.push_back("what counts as nobody's (junk) was judged again on " +
                            FormatTime(*since));
    }
  }
  if (later.lines.size() > kMaxLines) {
    const std::size_t more = later.lines.size() - kMaxLines;
    later.lines.resize(kMaxLines);
    later.lines.push_back(std::to_string(more) + " more");
  }
  return later;
}

}  // namespace revenant
