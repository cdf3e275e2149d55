#include "registry/recorder.h"

#include <sodium.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "registry/applier.h"
#include "util/bytes.h"
#include "util/try.h"

namespace revenant {
namespace {

using Json = nlohmann::ordered_json;

std::string Text(const Json& json) {
  // Reasons and references are the caller's words and may be no UTF-8.
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json TellAttributes(const std::vector<KeyedAttribute>& attributes) {
  Json list = Json::array();
  for (const KeyedAttribute& attribute : attributes) {
    Json identifiers = Json::array();
    for (const KeyedIdentifier& identifier : attribute.identifiers) {
      Json one = {{"kind", identifier.kind}, {"fingerprint", identifier.fingerprint.ToHex()}};
      if (identifier.junk) one["junk"] = true;
      if (identifier.verified) one["verified"] = true;
      identifiers.push_back(std::move(one));
    }
    list.push_back({{"root", attribute.root.ToHex()}, {"identifiers", std::move(identifiers)}});
  }
  return list;
}

void TellTime(Json& json, const char* name, Time time) {
  if (time.known()) json[name] = FormatTime(time);
}

// Events tell themselves by the names of their fields, so that a new one needs no line here unless
// it brings a new field.
template <typename What>
Json Tell(const What& what) {
  Json json = Json::object();
  if constexpr (requires { what.seller; }) json["seller"] = what.seller.ToString();
  if constexpr (requires { what.a; }) json["a"] = what.a.ToString();
  if constexpr (requires { what.b; }) json["b"] = what.b.ToString();
  if constexpr (requires { StatusName(what.status); }) json["status"] = StatusName(what.status);
  if constexpr (requires { FactKindName(what.kind); }) json["kind"] = FactKindName(what.kind);
  if constexpr (requires { what.reference; }) json["reference"] = what.reference;
  if constexpr (requires { what.case_ref; }) json["case"] = what.case_ref;
  if constexpr (requires { what.every_case; }) json["every_case"] = what.every_case;
  if constexpr (requires { RightName(what.right); }) json["right"] = RightName(what.right);
  if constexpr (requires { what.reason; }) json["reason"] = what.reason;
  if constexpr (requires { what.detail; }) json["detail"] = what.detail;
  if constexpr (requires { what.source; }) json["source"] = what.source;
  if constexpr (requires { what.root; }) json["root"] = what.root.ToHex();
  if constexpr (requires { what.attributes; }) json["attributes"] = TellAttributes(what.attributes);
  if constexpr (requires { FormatLinkPolicy(what.policy); }) {
    json["policy"] = FormatLinkPolicy(what.policy);
  }
  if constexpr (requires { FormatEnforcementPolicy(what.policy); }) {
    json["policy"] = FormatEnforcementPolicy(what.policy);
  }
  if constexpr (requires { FormatEnforcementPolicy(what.policy); }) {
    json["policy"] = FormatEnforcementPolicy(what.policy);
  }
  if constexpr (requires { what.seen; }) TellTime(json, "seen", what.seen);
  if constexpr (requires { what.through; }) TellTime(json, "through", what.through);
  if constexpr (requires { what.at; }) TellTime(json, "at", what.at);
  return json;
}

// The same object, to follow other members.
std::string Rest(const Json& json) {
  std::string text = Text(json);
  text.front() = ',';
  return json.empty() ? "}" : text;
}

// A measure's detail names nobody else: it cites fingerprints (case_file.h).
std::vector<SellerName> NamedBy(const Event& event) {
  return std::visit(
      [](const auto& what) {
        std::vector<SellerName> names;
        if constexpr (requires { what.seller; }) names.push_back(what.seller);
        if constexpr (requires { what.a; }) names.push_back(what.a);
        if constexpr (requires { what.b; }) names.push_back(what.b);
        return names;
      },
      event);
}

}  // namespace

std::string TellEvent(const Event& event) {
  return std::visit([](const auto& what) { return Rest(Tell(what)); }, event);
}

std::string BodyOf(const Actor& actor, std::string_view body) {
  std::string whole = "{\"by\":";
  AppendJsonString(whole, actor.who);
  whole += body;
  return whole;
}

std::string TellImport(const ImportNote& note) {
  Json body = {{"input", note.input},
               {"records", note.records},
               {"attributes", note.attributes},
               {"nonce", HexEncode(note.nonce)},
               {"digest", HexEncode(note.digest)}};
  if (note.packed) body["digest_of"] = "packed records";
  return Rest(body);
}

Recorder::Recorder(Batch& batch, JournalLog log, const Fingerprinter& keyed, const Actor& actor,
                   const std::string* import)
    : batch_(batch),
      log_(std::move(log)),
      keyed_(keyed),
      actor_(actor),
      now_(actor.at.known() ? actor.at : Now()),
      import_(import) {}

Result<std::uint64_t> Recorder::Enter(std::string_view type, std::string_view body,
                                      const std::vector<SellerName>& about) {
  std::vector<Fingerprint> digests;
  digests.reserve(about.size());
  for (const SellerName& name : about) digests.push_back(TombstoneOf(keyed_, name));
  return log_.Append(batch_, now_, type, BodyOf(actor_, body), digests);
}

Result<void> Recorder::NoteBirth(const std::string& key_check, const LinkPolicy& policy) {
  const Json body = {
      {"key_check", key_check}, {"format", kFormatVersion}, {"policy", FormatLinkPolicy(policy)}};
  TRY(Enter("init", Rest(body), {}));
  return {};
}

Result<void> Recorder::Note(const Event& event) {
  if (const auto* forget = std::get_if<Forget>(&event)) return NoteForgetting(*forget);
  if (const auto* enrol = std::get_if<Enrol>(&event); enrol != nullptr && import_ != nullptr) {
    enrolled_.push_back(enrol->seller);
    attributes_ += enrol->attributes.size();
    PutLengthPrefixed(records_, TellEvent(event));
    return {};
  }
  TRY(Enter(EventName(event), TellEvent(event), NamedBy(event)));
  return {};
}

// Names nobody: it is what must stay when everything that did is gone.
Result<void> Recorder::NoteForgetting(const Forget& event) {
  TRY_ASSIGN(const std::vector<std::uint64_t> erased,
             JournalLog::Erase(batch_, TombstoneOf(keyed_, event.seller)));
  Json body = {{"erased", erased}};
  if (!event.override_reason.empty()) body["override"] = event.override_reason;
  TellTime(body, "at", event.at);
  TRY(Enter("forget", Rest(body), {}));
  return {};
}

Result<void> Recorder::Finish() {
  if (enrolled_.empty()) return {};
  ImportNote note{*import_, enrolled_.size(), attributes_, {}, {}, false};
  // Keyed, so that a digest of few records cannot be tried out once the body is gone.
  randombytes_buf(note.nonce.data(), note.nonce.size());
  crypto_generichash(note.digest.data(), note.digest.size(), AsBytes(records_).data(),
                     records_.size(), note.nonce.data(), note.nonce.size());
  TRY(Enter("import", TellImport(note), enrolled_));
  return {};
}

}  // namespace revenant
