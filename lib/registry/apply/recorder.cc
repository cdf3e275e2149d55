#include "registry/apply/recorder.h"

#include <sodium.h>

#include <algorithm>
#include <utility>

#include "registry/state/event_names.h"
#include "registry/state/meta_rows.h"
#include "registry/state/seller_names.h"
#include "store/journal_rows.h"
#include "util/bytes.h"
#include "util/json_writer.h"
#include "util/try.h"

namespace revenant {
namespace {

// Nothing where it is unknown.
void WriteKnown(JsonWriter& json, std::string_view name, Time time) {
  if (time.known()) json.Moment(name, time);
}

void Write(JsonWriter& json, const std::vector<KeyedAttribute>& attributes) {
  json.Array("attributes");
  for (const KeyedAttribute& attribute : attributes) {
    json.Object().Text("root", attribute.root.ToHex()).Array("identifiers");
    for (const KeyedIdentifier& identifier : attribute.identifiers) {
      json.Object().Text("kind", identifier.kind);
      json.Text("fingerprint", identifier.fingerprint.ToHex());
      if (identifier.junk) json.Flag("junk", true);
      if (identifier.checked) json.Flag("checked", true);
      if (identifier.verified) json.Flag("verified", true);
      json.End();
    }
    json.End().End();
  }
  json.End();
}

// Events tell themselves by the names of their fields, so that a new one needs no line here unless
// it brings a new field. Reasons and references are the caller's words and may be no UTF-8.
template <typename What>
std::string Tell(const What& what) {
  std::string body;
  JsonWriter json = JsonWriter::Inside(body);
  if constexpr (requires { what.seller; }) json.Text("seller", what.seller.ToString());
  if constexpr (requires { what.a; }) json.Text("a", what.a.ToString());
  if constexpr (requires { what.b; }) json.Text("b", what.b.ToString());
  if constexpr (requires { StatusName(what.status); }) {
    json.Text("status", StatusName(what.status));
  }
  if constexpr (requires { FactKindName(what.kind); }) json.Text("kind", FactKindName(what.kind));
  if constexpr (requires { what.reference; }) json.Text("reference", what.reference);
  if constexpr (requires { what.case_ref; }) json.Text("case", what.case_ref);
  if constexpr (requires { what.every_case; }) json.Flag("every_case", what.every_case);
  if constexpr (requires { RightName(what.right); }) json.Text("right", RightName(what.right));
  if constexpr (requires { what.reason; }) json.Text("reason", what.reason);
  if constexpr (requires { what.detail; }) json.Text("detail", what.detail);
  if constexpr (requires { what.source; }) json.Text("source", what.source);
  if constexpr (requires { what.root; }) json.Text("root", what.root.ToHex());
  if constexpr (requires { what.attributes; }) Write(json, what.attributes);
  if constexpr (requires { FormatLinkPolicy(what.policy); }) {
    json.Text("policy", FormatLinkPolicy(what.policy));
  }
  if constexpr (requires { FormatEnforcementPolicy(what.policy); }) {
    json.Text("policy", FormatEnforcementPolicy(what.policy));
  }
  if constexpr (requires { what.seen; }) WriteKnown(json, "seen", what.seen);
  if constexpr (requires { what.through; }) WriteKnown(json, "through", what.through);
  if constexpr (requires { what.at; }) WriteKnown(json, "at", what.at);
  json.End();
  return body;
}

// A measure's detail names no other seller: it cites fingerprints (case_file.h).
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
  return std::visit([](const auto& what) { return Tell(what); }, event);
}

std::string BodyOf(const Actor& actor, std::string_view body) {
  std::string whole;
  JsonWriter(whole).Object().Text("by", actor.who);
  whole += body;
  return whole;
}

std::string TellImport(const ImportNote& note) {
  std::string body;
  JsonWriter json = JsonWriter::Inside(body);
  json.Text("input", note.input).Count("records", note.records);
  json.Count("attributes", note.attributes).Text("nonce", HexEncode(note.nonce));
  json.Text("digest", HexEncode(note.digest));
  if (note.packed) json.Text("digest_of", "packed records");
  json.End();
  return body;
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
  return EnterAbout(type, body, digests);
}

Result<std::uint64_t> Recorder::EnterAbout(std::string_view type, std::string_view body,
                                           const std::vector<Fingerprint>& about) {
  return log_.Append(batch_, now_, type, BodyOf(actor_, body), about);
}

Result<void> Recorder::Begin() {
  if (import_ == nullptr) return {};
  TRY_ASSIGN(const auto bytes, batch_.Get(Table::kMeta, kSellerCounter));
  if (!bytes) return {};
  TRY_ASSIGN(const std::uint64_t last, DecodeNumber(*bytes));
  last_known_ = SellerId{last};
  return {};
}

Result<void> Recorder::NoteBirth(const std::string& key_check, const LinkPolicy& policy) {
  std::string body;
  JsonWriter json = JsonWriter::Inside(body);
  json.Text("key_check", key_check).Count("format", kFormatVersion);
  json.Text("policy", FormatLinkPolicy(policy)).End();
  TRY(Enter("init", body, {}));
  return {};
}

Result<void> Recorder::Note(const Event& event, SellerId subject) {
  if (const auto* forget = std::get_if<Forget>(&event)) return NoteForgetting(*forget, subject);
  if (const auto* enrol = std::get_if<Enrol>(&event); enrol != nullptr && import_ != nullptr) {
    if (subject > last_known_) {
      last_new_ = std::max(last_new_, subject);
    } else {
      known_.push_back(TombstoneOf(keyed_, enrol->seller));
    }
    ++enrolled_;
    attributes_ += enrol->attributes.size();
    PutLengthPrefixed(records_, TellEvent(event));
    return {};
  }
  TRY(Enter(EventName(event), TellEvent(event), NamedBy(event)));
  return {};
}

// Names no seller: it must stay when every entry that did is gone.
Result<void> Recorder::NoteForgetting(const Forget& event, SellerId subject) {
  TRY_ASSIGN(const std::vector<std::uint64_t> erased,
             JournalLog::Erase(batch_, TombstoneOf(keyed_, event.seller), subject));
  std::string body;
  JsonWriter json = JsonWriter::Inside(body);
  json.Array("erased");
  for (const std::uint64_t seq : erased) json.Count({}, seq);
  json.End();
  if (!event.override_reason.empty()) json.Text("override", event.override_reason);
  WriteKnown(json, "at", event.at);
  json.End();
  TRY(Enter("forget", body, {}));
  return {};
}

Result<void> Recorder::Finish() {
  if (enrolled_ == 0) return {};
  ImportNote note{*import_, enrolled_, attributes_, {}, {}, false};
  // Keyed, so that a digest of few records cannot be tried out once the body is gone.
  randombytes_buf(note.nonce.data(), note.nonce.size());
  crypto_generichash(note.digest.data(), note.digest.size(), AsBytes(records_).data(),
                     records_.size(), note.nonce.data(), note.nonce.size());
  if (last_new_ != kNoSeller) {
    const auto first = SellerId{static_cast<std::uint64_t>(last_known_) + 1};
    const std::vector<Fingerprint> newcomers = AboutSellers(first, last_new_);
    known_.insert(known_.end(), newcomers.begin(), newcomers.end());
  }
  TRY(EnterAbout("import", TellImport(note), known_));
  return {};
}

}  // namespace revenant
