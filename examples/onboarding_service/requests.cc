#include "requests.h"

#include <revenant/identifier.h>
#include <revenant/name_hints.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

namespace service {
namespace {

using namespace revenant;
using nlohmann::json;

constexpr int kMaxDepth = 8;
constexpr std::size_t kMaxMembers = 32;

Error Bad(const std::string& place, std::string_view what) {
  return {Code::kInvalidArgument, (place.empty() ? "the body" : place) + " " + std::string(what)};
}

// One JSON object and nothing else. A member given twice is refused: two readers would take
// different ones.
Result<json> Parse(std::string_view body) {
  std::vector<std::vector<std::string>> names;
  const char* refusal = nullptr;
  const auto look = [&](int depth, json::parse_event_t event, json& parsed) {
    if (depth > kMaxDepth) refusal = "is nested too deeply";
    if (event == json::parse_event_t::object_start) names.emplace_back();
    if (event == json::parse_event_t::object_end && !names.empty()) names.pop_back();
    if (event == json::parse_event_t::key && refusal == nullptr) {
      std::vector<std::string>& here = names.back();
      const auto& name = parsed.get_ref<const std::string&>();
      if (std::find(here.begin(), here.end(), name) != here.end()) {
        refusal = "has a member that is given twice";
      } else if (here.size() == kMaxMembers) {
        refusal = "has too many members";
      } else {
        here.push_back(name);
      }
    }
    // What is refused is not kept; nothing of it is deeper than the limit.
    if (refusal != nullptr) throw std::length_error(refusal);
    return true;
  };
  try {
    json value = json::parse(body.begin(), body.end(), look, false);
    if (value.is_discarded()) return Bad("", "is not valid JSON in UTF-8");
    if (!value.is_object()) return Bad("", "must be a JSON object");
    return value;
  } catch (const std::length_error&) {
    return Bad("", refusal);
  }
}

// Whether `text` may be shown as the name of a kind; otherwise it may be a value that changed
// places with its kind.
bool CanBeKind(std::string_view text) {
  const std::size_t at = std::min(text.find('@'), text.size());
  return (text.size() - at <= 4 && FindKind(text.substr(0, at)) != nullptr) || MayBeKind(text);
}

// Reads the members of one object by name, and complains once at the end.
class Members {
 public:
  Members(const json& object, std::string place) : object_(object), place_(std::move(place)) {}

  std::string Text(const char* name, bool required, std::size_t max_bytes) {
    const json* value = Take(name);
    if (value == nullptr) {
      if (required) Complain(name, "is missing");
      return {};
    }
    if (!value->is_string()) return Complain(name, "must be a string"), std::string();
    const auto& text = value->get_ref<const std::string&>();
    if (required && text.empty()) Complain(name, "must not be empty");
    if (text.size() > max_bytes) Complain(name, "is too long");
    if (text.find('\0') != text.npos) Complain(name, "holds a NUL character");
    return text;
  }
  bool Flag(const char* name) {
    const json* value = Take(name);
    if (value == nullptr) return false;
    if (!value->is_boolean()) return Complain(name, "must be true or false"), false;
    return value->get<bool>();
  }
  Time When(const char* name) {
    const json* value = Take(name);
    if (value == nullptr) return {};
    if (!value->is_string()) return Complain(name, "must be a string"), Time();
    const Result<Time> time = ParseTime(value->get_ref<const std::string&>());
    if (!time) return Complain(name, "must be a time like 2026-03-01T10:00:00Z"), Time();
    return *time;
  }
  const json* Take(const char* name) {
    const auto found = object_.find(name);
    if (found == object_.end()) return nullptr;
    ++taken_;
    return &*found;
  }
  void Complain(const char* name, std::string_view what) {
    if (!complaint_.empty()) return;
    complaint_ = place_ + (place_.empty() || *name == '\0' ? "" : ".") + name;
    complaint_ = (complaint_.empty() ? "the body" : complaint_) + " " + std::string(what);
  }
  Result<void> Check() {
    if (taken_ != object_.size()) Complain("", "has a member that is not known here");
    if (complaint_.empty()) return {};
    return Error{Code::kInvalidArgument, complaint_};
  }

 private:
  const json& object_;
  const std::string place_;
  std::size_t taken_ = 0;
  std::string complaint_;
};

SellerName SellerIn(Members& members, const char* name) {
  const std::string text = members.Text(name, true, 2 * kMaxNameBytes + 1);
  if (text.empty()) return {};
  const Result<SellerName> seller = ParseSellerName(text);
  if (!seller) {
    members.Complain(name, "must be PLATFORM:ID");
    return {};
  }
  return *seller;
}

}  // namespace

Result<Record> ReadRecord(std::string_view body) {
  const Result<json> parsed = Parse(body);
  if (!parsed) return parsed.error();
  Members members(*parsed, "");
  Record record;
  record.seller.platform = members.Text("platform", true, kMaxNameBytes);
  record.seller.external_id = members.Text("seller", true, kMaxNameBytes);
  record.source = members.Text("source", false, kMaxNameBytes);
  record.seen = members.When("seen");
  const json* list = members.Take("attributes");
  if (list == nullptr) {
    members.Complain("attributes", "is missing");
  } else if (!list->is_array()) {
    members.Complain("attributes", "must be a list");
  } else if (list->size() > kMaxAttributes) {
    members.Complain("attributes", "has too many items");
  } else {
    record.attributes.reserve(list->size());
    for (std::size_t i = 0; i < list->size(); ++i) {
      const std::string place = "attributes[" + std::to_string(i) + "]";
      if (!(*list)[i].is_object()) return Bad(place, "must be an object");
      Members one((*list)[i], place);
      RawAttribute attribute;
      attribute.kind = one.Text("kind", true, 256);
      if (!attribute.kind.empty() && !CanBeKind(attribute.kind)) {
        one.Complain("kind", "is not the name of a kind");
      }
      attribute.value = one.Text("value", true, kMaxValueBytes);
      attribute.country = one.Text("country", false, 3);
      attribute.verified = one.Flag("verified");
      const Result<void> good = one.Check();
      if (!good) return good.error();
      record.attributes.push_back(std::move(attribute));
    }
  }
  const Result<void> good = members.Check();
  if (!good) return good.error();
  // The library's message would quote the name.
  if (!CheckSellerName(record.seller)) {
    return Bad("platform and seller",
               "must be names: no control characters, and no blank or colon in a platform");
  }
  if (IsForeignCase(record.seller)) return Bad("platform", "is kept for cases of other platforms");
  return record;
}

Result<BanRequest> ReadBan(std::string_view body) {
  const Result<json> parsed = Parse(body);
  if (!parsed) return parsed.error();
  Members members(*parsed, "");
  BanRequest ban;
  ban.seller = SellerIn(members, "seller");
  ban.reason = members.Text("reason", true, 256);
  ban.case_ref = members.Text("case", false, 256);
  ban.at = members.When("at");
  const Result<void> good = members.Check();
  if (!good) return good.error();
  return ban;
}

Result<ContestRequest> ReadContest(std::string_view body) {
  const Result<json> parsed = Parse(body);
  if (!parsed) return parsed.error();
  Members members(*parsed, "");
  ContestRequest contest;
  contest.seller = SellerIn(members, "seller");
  contest.statement = members.Text("statement", true, 16 << 10);
  contest.reference = members.Text("reference", false, 256);
  const Result<void> good = members.Check();
  if (!good) return good.error();
  return contest;
}

Result<ReviewRequest> ReadReview(std::string_view body) {
  const Result<json> parsed = Parse(body);
  if (!parsed) return parsed.error();
  Members members(*parsed, "");
  ReviewRequest request;
  request.seller = SellerIn(members, "seller");
  request.reference = members.Text("reference", true, 256);
  request.review.by = members.Text("by", true, 256);
  request.review.note = members.Text("note", false, 16 << 10);
  const std::string outcome = members.Text("outcome", true, 16);
  const auto known = ReviewOutcomeFromName(outcome);
  if (!known) members.Complain("outcome", "must be upheld or rejected");
  const Result<void> good = members.Check();
  if (!good) return good.error();
  request.review.outcome = *known;
  return request;
}

Result<std::uint64_t> ReadNumber(std::string_view body) {
  const Result<json> parsed = Parse(body);
  if (!parsed) return parsed.error();
  Members members(*parsed, "");
  const std::string text = members.Text("number", true, 20);
  std::uint64_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size()) {
    members.Complain("number", "must be a number, as a string");
  }
  const Result<void> good = members.Check();
  if (!good) return good.error();
  return number;
}

}  // namespace service
