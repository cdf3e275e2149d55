#include "exchange/roster/roster_draft.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "exchange/roster/operator_card.h"
#include "util/bytes.h"
#include "util/try.h"

namespace revenant {
namespace {

using Json = nlohmann::json;

Error Wrong(std::string_view where, std::string_view what) {
  return {Code::kInvalidArgument, fmt::format("roster draft: {}: {}", where, what)};
}

// Members of one object; an unknown member is an error, so that no typing slip is lost.
class Fields {
 public:
  Fields(const Json& json, std::string where) : json_(json), where_(std::move(where)) {}

  const Json* Find(const char* name) {
    known_.push_back(name);
    const auto found = json_.find(name);
    return found == json_.end() ? nullptr : &*found;
  }
  template <typename Number>
  Result<void> Count(const char* name, Number& out) {
    const Json* value = Find(name);
    if (value == nullptr) return {};
    if (!value->is_number_unsigned() ||
        value->get<std::uint64_t>() > std::numeric_limits<Number>::max()) {
      return Wrong(where_ + name, "a whole number in range is needed");
    }
    out = value->get<Number>();
    return {};
  }
  Result<void> Text(const char* name, std::string& out, bool needed) {
    const Json* value = Find(name);
    if (value == nullptr && !needed) return {};
    if (value == nullptr || !value->is_string()) return Wrong(where_ + name, "a text is needed");
    out = value->get<std::string>();
    return {};
  }
  Result<void> Moment(const char* name, Time& out) {
    std::string text;
    TRY(Text(name, text, true));
    TRY_ASSIGN(out, ParseTime(text));
    return {};
  }
  Result<const Json*> List(const char* name) {
    static const Json kNone = Json::array();
    const Json* value = Find(name);
    if (value == nullptr) return &kNone;
    if (!value->is_array()) return Wrong(where_ + name, "a list is needed");
    return value;
  }
  Result<void> Finish() const {
    if (!json_.is_object()) return Wrong(where_, "an object is needed");
    for (const auto& [name, value] : json_.items()) {
      if (std::find(known_.begin(), known_.end(), name) == known_.end()) {
        return Wrong(where_ + name, "no such setting");
      }
    }
    return {};
  }

 private:
  const Json& json_;
  const std::string where_;
  std::vector<std::string> known_;
};

Result<void> TakeQuota(Fields& fields, const char* name, const Quota& unsaid, Quota& quota) {
  const Json* json = fields.Find(name);
  if (json == nullptr) {
    quota = unsaid;
    return {};
  }
  Fields inner(*json, std::string(name) + ".");
  TRY(inner.Count("backlog", quota.backlog));
  TRY(inner.Count("daily", quota.daily));
  return inner.Finish();
}

Result<Member> TakeMember(const Json& json, const ReadCard& read_card,
                          const ExchangePolicy& defaults) {
  Fields fields(json, "members.");
  std::string card, status = "active", resume;
  TRY(fields.Text("card", card, true));
  TRY_ASSIGN(const std::string bytes, read_card(card));
  TRY_ASSIGN(Member member, ReadMemberCard(bytes));
  std::uint32_t id = 0;
  TRY(fields.Count("id", id));
  member.id = MemberId{id};
  TRY(fields.Text("status", status, false));
  bool known = false;
  for (const MemberStatus each :
       {MemberStatus::kActive, MemberStatus::kLeft, MemberStatus::kExpelled}) {
    if (MemberStatusName(each) != status) continue;
    member.status = each;
    known = true;
  }
  if (!known) return Wrong("members.status", "active, left or expelled");
  TRY(fields.Text("resume_from", resume, false));
  if (!resume.empty() && !HexDecode(resume, member.resume_from)) {
    return Wrong("members.resume_from", "64 hexadecimal digits: the last honest header's digest");
  }
  TRY(TakeQuota(fields, "guessable", {defaults.guessable_backlog, defaults.guessable_daily},
                member.guessable));
  TRY(TakeQuota(fields, "random", {defaults.random_backlog, defaults.random_daily}, member.random));
  TRY(fields.Finish());
  return member;
}

Result<EpochSpan> TakeEpoch(const Json& json) {
  Fields fields(json, "epochs.");
  EpochSpan span;
  TRY(fields.Count("epoch", span.epoch));
  TRY(fields.Moment("from", span.from));
  TRY(fields.Moment("until", span.until));
  TRY(fields.Finish());
  return span;
}

Result<void> TakeOperators(Fields& fields, const ReadCard& read_card, Roster& roster) {
  TRY_ASSIGN(const Json* operators, fields.List("operators"));
  for (const Json& card : *operators) {
    if (!card.is_string()) return Wrong("operators", "a list of card files is needed");
    TRY_ASSIGN(const std::string bytes, read_card(card.get<std::string>()));
    TRY_ASSIGN(OperatorCard read, ReadOperatorCard(bytes));
    roster.operators.push_back(read.who);
    for (const EpochKey& key : read.keys) {  // of the epochs that this roster names
      const bool named =
          std::any_of(roster.epochs.begin(), roster.epochs.end(),
                      [&](const EpochSpan& span) { return span.epoch == key.epoch; });
      if (named) roster.keys.push_back(key);
    }
  }
  return {};
}

}  // namespace

Result<Roster> DraftRoster(std::string_view text, const SignedRoster* after,
                           const ReadCard& read_card, const ExchangePolicy& defaults) {
  const Json json = Json::parse(text, nullptr, false);
  if (json.is_discarded() || !json.is_object()) {
    return Wrong("the file", "is not a JSON object");
  }
  Fields fields(json, "");
  Roster roster;
  if (after != nullptr) {
    roster.version = after->roster.version + 1;
    roster.predecessor = after->digest;
  }
  roster.kinds = KindsDigest();
  roster.max_entries = 1'000'000;
  TRY(fields.Moment("created", roster.created));
  TRY(fields.Moment("expires", roster.expires));
  TRY(fields.Count("threshold", roster.threshold));
  TRY(fields.Count("max_entries", roster.max_entries));
  TRY(fields.Count("max_seq_leap", roster.max_seq_leap));
  TRY(fields.Count("max_feed_days", roster.max_feed_days));
  TRY_ASSIGN(const Json* epochs, fields.List("epochs"));
  for (const Json& epoch : *epochs) {
    TRY_ASSIGN(roster.epochs.emplace_back(), TakeEpoch(epoch));
  }
  TRY_ASSIGN(const Json* members, fields.List("members"));
  for (const Json& member : *members) {
    TRY_ASSIGN(roster.members.emplace_back(), TakeMember(member, read_card, defaults));
  }
  TRY(TakeOperators(fields, read_card, roster));
  TRY(fields.Finish());
  std::sort(roster.operators.begin(), roster.operators.end(),
            [](const Operator& a, const Operator& b) { return a.place < b.place; });
  std::sort(roster.epochs.begin(), roster.epochs.end(),
            [](const EpochSpan& a, const EpochSpan& b) { return a.epoch < b.epoch; });
  std::sort(roster.keys.begin(), roster.keys.end(), [](const EpochKey& a, const EpochKey& b) {
    return std::tuple(a.epoch, a.key_class, a.place) < std::tuple(b.epoch, b.key_class, b.place);
  });
  std::sort(roster.members.begin(), roster.members.end(),
            [](const Member& a, const Member& b) { return a.id < b.id; });
  return DecodeRoster(EncodeRoster(roster));  // refuses everything that a reader would
}

}  // namespace revenant
