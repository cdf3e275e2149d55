#include "registry/proof/facts.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <unordered_map>

#include "revenant/certificate.h"
#include "util/bytes.h"
#include "util/try.h"

namespace revenant {
namespace {

using Json = nlohmann::json;

// Reads fields of one object; the first that is not as it should be makes it fail for good.
class Fields {
 public:
  explicit Fields(const Json& object) : object_(object), ok_(object.is_object()) {}
  bool ok() const { return ok_; }

  bool Has(const char* name) const { return ok_ && object_.contains(name); }
  std::string Text(const char* name) {
    const Json* value = Find(name);
    const auto* text = value == nullptr ? nullptr : value->get_ptr<const std::string*>();
    ok_ = ok_ && text != nullptr;
    return ok_ ? *text : std::string();
  }
  std::uint64_t Number(const char* name) {
    const Json* value = Find(name);
    const auto* number = value == nullptr ? nullptr : value->get_ptr<const std::uint64_t*>();
    ok_ = ok_ && number != nullptr;
    return ok_ ? *number : 0;
  }
  Fingerprint Digest(const char* name) {
    const auto found = Fingerprint::FromHex(Text(name));
    ok_ = ok_ && found.has_value();
    return found.value_or(Fingerprint{});
  }
  bool Flag(const char* name) {  // false where it is missing
    if (!Has(name)) return false;
    const auto* flag = object_[name].get_ptr<const bool*>();
    ok_ = flag != nullptr;
    return ok_ && *flag;
  }
  std::int64_t Moment(const char* name) {
    if (!Has(name)) return Facts::kNever;
    if (object_[name].is_null()) return Time::kUnknownMicros;
    const Result<Time> time = ParseTime(Text(name));
    ok_ = ok_ && time.has_value();
    return ok_ ? time->micros : Facts::kNever;
  }
  // Calls `read` with each object of a list.
  void Each(const char* name, const std::function<bool(Fields&)>& read) {
    const Json* list = Find(name);
    ok_ = ok_ && list != nullptr && list->is_array();
    if (!ok_) return;
    for (const Json& item : *list) {
      Fields fields(item);
      ok_ = ok_ && fields.ok() && read(fields) && fields.ok();
    }
  }

 private:
  const Json* Find(const char* name) {
    if (!ok_) return nullptr;
    const auto found = object_.find(name);
    return found == object_.end() ? nullptr : &*found;
  }
  const Json& object_;
  bool ok_;
};

std::optional<SellerStatus> StatusFromName(std::string_view name) {
  for (const auto status :
       {SellerStatus::kMentioned, SellerStatus::kApplicant, SellerStatus::kActive}) {
    if (StatusName(status) == name) return status;
  }
  return std::nullopt;
}

bool ReadObservation(Fields& fields, Facts::Seller& seller) {
  const Fingerprint root = fields.Digest("root");
  const std::string source = fields.Has("source") ? fields.Text("source") : std::string();
  Facts::Observation observation;
  observation.first = fields.Moment("first");
  observation.last = fields.Moment("last");
  observation.through = fields.Moment("through");
  fields.Each("identifiers", [&](Fields& item) {
    Facts::Item& out = observation.items.emplace_back();
    out = {item.Digest("fingerprint"), item.Text("kind"), item.Flag("junk")};
    // Exports of before knew check digits alone, and called that verified.
    out.checked = item.Flag(item.Has("checked") ? "checked" : "verified");
    out.verified = item.Has("checked") && item.Flag("verified");
    out.reads_junk = item.Has("reads_junk") ? item.Flag("reads_junk") : out.junk;
    return true;
  });
  return seller.observations.emplace(std::pair(root, source), std::move(observation)).second;
}

bool ReadBan(Fields& fields, Facts::Seller& seller) {
  if (fields.Flag("every_case")) {
    seller.every_ban_lifted = fields.Moment("lifted");
    return true;
  }
  return seller.bans
      .emplace(fields.Text("case"),
               Facts::Case{fields.Moment("at"), fields.Moment("lifted"), fields.Text("reason")})
      .second;
}

bool ReadInfringement(Fields& fields, Facts::Seller& seller) {
  return seller.infringements
      .emplace(fields.Text("case"),
               Facts::Case{fields.Moment("at"), fields.Moment("lifted"), fields.Text("right")})
      .second;
}

bool ReadFiled(Fields& fields, Facts::Seller& seller) {
  const auto kind = FactKindFromName(fields.Text("kind"));
  if (!kind) return false;
  const std::string reference = fields.Text("reference");
  return seller.file
      .emplace(std::pair(*kind, reference),
               Facts::Case{fields.Moment("at"), fields.Moment("lifted"), fields.Text("detail")})
      .second;
}

bool ReadPair(Fields& fields, Facts::Seller& seller) {
  SellerName other{fields.Text("platform"), fields.Text("seller")};
  return seller.pairs
      .emplace(std::move(other), Facts::Pair{fields.Moment("at"), fields.Moment("allowed")})
      .second;
}

}  // namespace

std::int64_t Facts::Seller::Through(const Fingerprint& root, const Observation& observation) const {
  const auto every = observations.find({root, std::string()});
  return every == observations.end() ? observation.through
                                     : std::max(observation.through, every->second.through);
}

Error FactsReader::Complain(std::string_view what) const {
  return {Code::kInvalidArgument,
          "export: line " + std::to_string(lines_) + ": " + std::string(what)};
}

Result<void> FactsReader::Add(std::string_view piece) {
  for (std::size_t end; (end = piece.find('\n')) != std::string_view::npos;) {
    ++lines_;
    if (rest_.empty()) {
      TRY(Line(piece.substr(0, end)));
    } else {
      rest_ += piece.substr(0, end);
      TRY(Line(rest_));
      rest_.clear();
    }
    piece.remove_prefix(end + 1);
  }
  rest_ += piece;
  if (rest_.size() > kMaxExportLineBytes) {
    ++lines_;
    return Complain("longer than any line of an export");
  }
  return {};
}

Result<void> FactsReader::Line(std::string_view line) {
  constexpr int kMaxDepth = 6;  // of an export, with one to spare
  const Json json = Json::parse(
      line, [](int depth, Json::parse_event_t, Json&) { return depth <= kMaxDepth; }, false);
  if (json.is_discarded()) return Complain("not JSON");
  Fields fields(json);
  if (!fields.ok()) return Complain("not a JSON object");
  if (fields.Has("lines")) {
    const bool right = facts_.end == Facts::End::kMissing && fields.Number("lines") == lines_ - 1 &&
                       fields.Text("digest") == digest_.Hex();
    facts_.end = right ? Facts::End::kRight : Facts::End::kWrong;
    return {};
  }
  if (facts_.end == Facts::End::kRight) facts_.end = Facts::End::kWrong;  // it was not the last
  digest_.Add(line);
  digest_.Add("\n");
  if (fields.Has("counted")) facts_.end = Facts::End::kMissing;
  if (fields.Has("policy")) {
    facts_.policy = fields.Text("policy");
    if (fields.Has("enforcement")) facts_.enforcement = fields.Text("enforcement");
    return {};
  }
  if (fields.Has("forgotten")) {
    const Fingerprint digest = fields.Digest("forgotten");
    facts_.tombstones[digest] = fields.Moment("at");
    if (!fields.ok()) return Complain("not a tombstone");
    return {};
  }
  const bool live = fields.Has("cluster");
  if (live_ && *live_ != live) return Complain("of another scope than the lines before it");
  live_ = live;
  const SellerName name{fields.Text("platform"), fields.Text("seller")};
  Facts::Seller seller;
  const auto status = StatusFromName(fields.Text("status"));
  if (fields.Has("since")) seller.since = fields.Moment("since");
  fields.Each("observations", [&](Fields& each) { return ReadObservation(each, seller); });
  fields.Each("bans", [&](Fields& each) { return ReadBan(each, seller); });
  fields.Each("infringements", [&](Fields& each) { return ReadInfringement(each, seller); });
  if (fields.Has("file")) {  // no older version wrote it, and most sellers have none
    fields.Each("file", [&](Fields& each) { return ReadFiled(each, seller); });
  }
  fields.Each("cannot_link", [&](Fields& each) { return ReadPair(each, seller); });
  if (!fields.ok() || !status || !CheckSellerName(name)) return Complain("not a seller");
  seller.status = *status;
  if (!facts_.sellers.emplace(name, std::move(seller)).second) {
    return Complain("a second line of one seller");
  }
  return {};
}

Result<Facts> FactsReader::Finish() {
  if (!rest_.empty()) {
    ++lines_;
    TRY(Line(rest_));
    rest_.clear();
  }
  facts_.live_only = live_.value_or(false);
  return std::move(facts_);
}

Facts Around(const Facts& facts, const std::set<SellerName>& sellers,
             const std::set<Fingerprint>& fingerprints) {
  using Entry = std::pair<const SellerName, Facts::Seller>;
  std::unordered_map<Fingerprint, std::vector<const Entry*>> carriers;
  for (const Entry& entry : facts.sellers) {
    for (const auto& [key, observation] : entry.second.observations) {
      for (const Facts::Item& item : observation.items) {
        if (!item.junk) carriers[item.fingerprint].push_back(&entry);
      }
    }
  }
  Facts around;
  around.tombstones = facts.tombstones;
  around.policy = facts.policy;
  around.enforcement = facts.enforcement;
  around.live_only = facts.live_only;
  std::vector<const Entry*> todo;
  const auto reach = [&](const Fingerprint& fingerprint) {
    const auto found = carriers.find(fingerprint);
    if (found == carriers.end()) return;
    todo.insert(todo.end(), found->second.begin(), found->second.end());
    carriers.erase(found);
  };
  const auto add = [&](const SellerName& name) {
    const auto found = facts.sellers.find(name);
    if (found != facts.sellers.end()) todo.push_back(&*found);
  };
  for (const SellerName& name : sellers) add(name);
  for (const Fingerprint& fingerprint : fingerprints) reach(fingerprint);
  while (!todo.empty()) {
    const Entry* entry = todo.back();
    todo.pop_back();
    if (!around.sellers.insert(*entry).second) continue;
    for (const auto& [foe, pair] : entry->second.pairs) add(foe);
    for (const auto& [key, observation] : entry->second.observations) {
      for (const Facts::Item& item : observation.items) reach(item.fingerprint);
    }
  }
  return around;
}

}  // namespace revenant
