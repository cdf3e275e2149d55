#include "registry/proof/certificate_format.h"

#include <sodium.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "util/bytes.h"
#include "util/try.h"

namespace revenant::certified {
namespace {

using Json = nlohmann::json;  // objects keep their keys sorted

// Its version is that of the rules that it was judged by.
std::string TypeOf(std::uint64_t rules) { return "revenant/certificate/" + std::to_string(rules); }

// --- Single values, each way ---

template <typename T>
concept Whole = std::same_as<T, std::int64_t> || std::same_as<T, std::uint64_t>;

Json ToJson(const std::string& text) { return text; }
Json ToJson(bool flag) { return flag; }
Json ToJson(Whole auto number) { return number; }
Json ToJson(const Fingerprint& fingerprint) { return fingerprint.ToHex(); }
Json ToJson(Decision decision) { return DecisionName(decision); }
Json ToJson(Because because) { return BecauseName(because); }
Json ToJson(SellerStatus status) { return StatusName(status); }
Json ToJson(Family family) { return FamilyName(family); }
Json ToJson(const Moment& moment) {
  return moment.micros == Time::kUnknownMicros ? Json() : Json(FormatTime(Time{moment.micros}));
}

bool FromJson(const Json& json, std::string& text) {
  const auto* found = json.get_ptr<const std::string*>();
  if (found != nullptr) text = *found;
  return found != nullptr;
}
bool FromJson(const Json& json, bool& flag) {
  const auto* found = json.get_ptr<const bool*>();
  if (found != nullptr) flag = *found;
  return found != nullptr;
}
bool FromJson(const Json& json, std::int64_t& number) {
  // Numbers without a sign are kept unsigned; those beyond 63 bits are no numbers of ours.
  if (const auto* natural = json.get_ptr<const std::uint64_t*>()) {
    number = static_cast<std::int64_t>(*natural);
    return number >= 0;
  }
  const auto* found = json.get_ptr<const std::int64_t*>();
  if (found != nullptr) number = *found;
  return found != nullptr;
}
bool FromJson(const Json& json, std::uint64_t& number) {
  std::int64_t natural = 0;
  const bool is_number = FromJson(json, natural) && natural >= 0;
  number = static_cast<std::uint64_t>(natural);
  return is_number;
}
bool FromJson(const Json& json, Fingerprint& fingerprint) {
  const auto* hex = json.get_ptr<const std::string*>();
  const auto found = hex == nullptr ? std::nullopt : Fingerprint::FromHex(*hex);
  if (found) fingerprint = *found;
  return found.has_value();
}
template <typename Enum>
bool FromName(const Json& json, Enum& value, Enum first, Enum last,
              std::string_view (*name_of)(Enum)) {
  const auto* text = json.get_ptr<const std::string*>();
  if (text == nullptr) return false;
  for (int i = static_cast<int>(first); i <= static_cast<int>(last); ++i) {
    value = static_cast<Enum>(i);
    if (name_of(value) == *text) return true;
  }
  return false;
}
bool FromJson(const Json& json, Decision& value) {
  return FromName(json, value, Decision::kClear, Decision::kBlock, &DecisionName);
}
bool FromJson(const Json& json, Because& value) {
  return FromName(json, value, Because::kItselfBanned, Because::kVelocity, &BecauseName);
}
bool FromJson(const Json& json, SellerStatus& value) {
  return FromName<SellerStatus>(json, value, SellerStatus::kMentioned, SellerStatus::kActive,
                                &StatusName);
}
bool FromJson(const Json& json, Family& value) {
  return FromName(json, value, Family::kDevice, Family::kCustom, &FamilyName);
}
bool FromJson(const Json& json, Moment& moment) {
  if (json.is_null()) {
    moment.micros = Time::kUnknownMicros;
    return true;
  }
  const auto* text = json.get_ptr<const std::string*>();
  if (text == nullptr) return false;
  const Result<Time> time = ParseTime(*text);
  if (time) moment.micros = time->micros;
  return time.has_value();
}

// --- Objects: each lists its fields once, for both directions. What later rules brought is listed
// where `on.rules()` is of them. ---

void Fields(auto& on, SellerName& name) {
  on("platform", name.platform);
  on("seller", name.external_id);
}
void Fields(auto& on, Observation& observation) {
  on("root", observation.root);
  on("source", observation.source);
  on("first", observation.first);
  on("last", observation.last);
  on("through", observation.through);
}
void Fields(auto& on, Shared& shared) {
  on("kind", shared.kind);
  on("fingerprint", shared.fingerprint);
  on("weight", shared.weight);
  on("makes_hop", shared.makes_hop);
  on("later", shared.later);
  on("contested", shared.contested);
  on("enrolled", shared.enrolled);
  if (on.rules() >= 2) on("late", shared.late);
  on("from", shared.from);
  on("to", shared.to);
  if (on.rules() >= 2) on("kin", shared.kin);
}
void Fields(auto& on, Hop& hop) {
  on("from", hop.from);
  on("to", hop.to);
  on("weight", hop.weight);
  on("blame_weight", hop.blame_weight);
  on("refused", hop.refused);
  on("shared", hop.shared);
}
void Fields(auto& on, Documents& documents) {
  on("kind", documents.kind);
  on("applicant", documents.applicant);
  on("seller", documents.seller);
}
void Fields(auto& on, Link& link) {
  on("seller", link.seller);
  on("strength", link.strength);
  on("blame_strength", link.blame_strength);
  on("redundancy", link.redundancy);
  on("decision", link.decision);
  on("because", link.because);
  on("documents", link.documents);
  on("path", link.path);
}
void Fields(auto& on, BanRelied& ban) {
  on("case", ban.case_ref);
  on("reason", ban.reason);
  on("at", ban.at);
}
void Fields(auto& on, Seller& seller) {
  Fields(on, seller.name);
  on("tombstone", seller.tombstone);
  on("status", seller.status);
  on("ban", seller.ban);
}
void Fields(auto& on, Kind& kind) {
  on("kind", kind.name);
  on("family", kind.family);
  on("weight", kind.weight);
  on("one_per_person", kind.one_per_person);
}
void Fields(auto& on, Identifier& identifier) {
  on("kind", identifier.kind);
  on("fingerprint", identifier.fingerprint);
  on("junk", identifier.junk);
  on("verified", identifier.verified);
}
void Fields(auto& on, Attribute& attribute) {
  on("root", attribute.root);
  on("identifiers", attribute.identifiers);
}
void Fields(auto& on, Application& application) {
  Fields(on, application.name);
  on("status", application.status);
  on("source", application.source);
  on("seen", application.seen);
  on("attributes", application.attributes);
}
void Fields(auto& on, Reason& reason) {
  on("because", reason.because);
  on("seller", reason.seller);
  on("other", reason.other);
}
void Fields(auto& on, Hub& hub) {
  on("kind", hub.kind);
  on("fingerprint", hub.fingerprint);
  on("lift", hub.lift);
  on("banned", hub.banned);
  on("carriers", hub.carriers);
}
void Fields(auto& on, Contested& contested) {
  on("kind", contested.kind);
  on("a", contested.a);
  on("b", contested.b);
}
void Fields(auto& on, Burst& burst) {
  on("kind", burst.kind);
  on("fingerprint", burst.fingerprint);
  on("sellers", burst.sellers);
  on("before", burst.before);
}
void Fields(auto& on, FreshStart& start) {
  on("seller", start.seller);
  on("banned_at", start.banned_at);
  on("kind", start.kind);
  on("fingerprint", start.fingerprint);
  on("identifiers", start.identifiers);
}
void Fields(auto& on, Velocity& velocity) {
  on("bursts", velocity.bursts);
  on("fresh_starts", velocity.fresh_starts);
}
void Fields(auto& on, Policy& policy) {
  on("toml", policy.toml);
  on("digest", policy.digest);
}
void Fields(auto& on, Certificate& certificate) {
  on("as_of", certificate.as_of);
  on("key_check", certificate.key_check);
  on("policy", certificate.policy);
  on("application", certificate.application);
  on("decision", certificate.decision);
  on("cut_short", certificate.cut_short);
  on("identifiers", certificate.identifiers);
  on("reasons", certificate.reasons);
  on("links", certificate.links);
  on("sellers", certificate.sellers);
  on("kinds", certificate.kinds);
  on("hubs", certificate.hubs);
  on("contested", certificate.contested);
  if (on.rules() >= 2) on("velocity", certificate.velocity);
}

// --- The two directions ---

class Writer {
 public:
  explicit Writer(std::uint64_t rules) : rules_(rules) {}
  std::uint64_t rules() const { return rules_; }

  template <typename T>
  Json Value(T& value) const {
    if constexpr (requires { ToJson(value); }) {
      return ToJson(value);
    } else {
      Writer writer(rules_);
      Fields(writer, value);
      return std::move(writer.object_);
    }
  }
  template <typename T>
  Json Value(std::vector<T>& list) const {
    Json array = Json::array();
    for (T& item : list) array.push_back(Value(item));
    return array;
  }

  template <typename T>
  void operator()(const char* name, T& value) {
    object_[name] = Value(value);
  }
  template <typename T>
  void operator()(const char* name, std::optional<T>& value) {
    if (value) object_[name] = Value(*value);
  }
  void operator()(const char* name, Moment& moment) {
    if (moment.micros != ObservationRow::kNever) object_[name] = ToJson(moment);
  }

 private:
  const std::uint64_t rules_;
  Json object_ = Json::object();
};

class Reader {
 public:
  Reader(const Json& object, std::uint64_t rules)
      : object_(object), rules_(rules), ok_(object.is_object()) {}
  std::uint64_t rules() const { return rules_; }

  template <typename T>
  bool Value(const Json& json, T& value) const {
    if constexpr (requires { FromJson(json, value); }) {
      return FromJson(json, value);
    } else {
      Reader reader(json, rules_);
      if (reader.ok_) Fields(reader, value);
      return reader.ok_;
    }
  }
  template <typename T>
  bool Value(const Json& json, std::vector<T>& list) const {
    if (!json.is_array()) return false;
    for (const Json& item : json) {
      if (!Value(item, list.emplace_back())) return false;
    }
    return true;
  }

  template <typename T>
  void operator()(const char* name, T& value) {
    const auto found = object_.find(name);
    ok_ = ok_ && found != object_.end() && Value(*found, value);
  }
  template <typename T>
  void operator()(const char* name, std::optional<T>& value) {
    if (const auto found = object_.find(name); found != object_.end()) {
      ok_ = ok_ && Value(*found, value.emplace());
    }
  }
  void operator()(const char* name, Moment& moment) {
    if (const auto found = object_.find(name); found != object_.end()) {
      ok_ = ok_ && FromJson(*found, moment);
    }
  }

 private:
  const Json& object_;
  const std::uint64_t rules_;
  bool ok_;
};

// Nothing that stands deeper than a certificate goes is kept.
Json Parse(std::string_view bytes) {
  constexpr int kMaxDepth = 12;
  return Json::parse(
      bytes, [](int depth, Json::parse_event_t, Json&) { return depth <= kMaxDepth; }, false);
}

Error Damaged(std::string what) { return {Code::kCorruption, std::move(what)}; }

std::string Dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

std::string DigestOf(std::string_view bytes) {
  std::array<std::uint8_t, 32> digest;
  crypto_generichash(digest.data(), digest.size(), AsBytes(bytes).data(), bytes.size(), nullptr, 0);
  return HexEncode(digest);
}

Result<std::string> Encode(const Certificate& certificate) {
  Certificate copy = certificate;  // Fields() serve both directions, so they ask for writable ones
  Json json = Writer(certificate.rules).Value(copy);
  json["v"] = certificate.rules;
  json["type"] = TypeOf(certificate.rules);
  json["digest"] = DigestOf(Dump(json));
  std::string bytes = Dump(json);
  // What cannot come back the same (a broken text, a time off the calendar) is not certified.
  Certificate back;
  back.rules = certificate.rules;
  const Json parsed = Parse(bytes);
  if (!Reader(parsed, certificate.rules).Value(parsed, back) || back != certificate) {
    return Error{Code::kInvalidArgument,
                 "certificate: a name is not UTF-8, or a time lies outside the years 1 to 9999"};
  }
  return bytes;
}

Result<Certificate> Decode(std::string_view bytes) {
  if (bytes.size() > kMaxBytes) return Damaged("certificate: longer than any certificate is");
  Json json = Parse(bytes);
  if (json.is_discarded() || !json.is_object()) return Damaged("certificate: not a JSON object");
  std::uint64_t version = 0;
  std::string type, digest;
  if (!json.contains("v") || !FromJson(json["v"], version) || !json.contains("type") ||
      !FromJson(json["type"], type) || !json.contains("digest") ||
      !FromJson(json["digest"], digest)) {
    return Damaged("certificate: it has no version, type or digest");
  }
  if (version < 1 || version > LinkPolicy::kRules || type != TypeOf(version)) {
    return Damaged("certificate: of a type or version that is not known here");
  }
  Certificate certificate;
  certificate.rules = static_cast<std::uint32_t>(version);
  if (!Reader(json, version).Value(json, certificate)) {
    return Damaged("certificate: a field is missing or of the wrong type");
  }
  json.erase("digest");
  if (digest != DigestOf(Dump(json))) {
    return Damaged("certificate: its digest does not agree with its contents");
  }
  const Result<std::string> canonical = Encode(certificate);
  if (!canonical || *canonical != bytes) {
    return Damaged("certificate: its bytes are not the canonical ones of what they say");
  }
  return certificate;
}

}  // namespace revenant::certified
