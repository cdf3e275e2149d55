#include "registry/apply/recorder.h"

#include <sodium.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "registry/state/event_names.h"
#include "registry/state/meta_rows.h"
#include "registry/state/seller_names.h"
#include "store/journal_rows.h"
#include "util/bytes.h"
#include "util/try.h"

namespace revenant {
namespace {

using Json = nlohmann::ordered_json;

std::string Text(const Json& json) {
  // Reasons and references are the caller's words and may be no UTF-8.
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// Members of a JSON object, from the comma before the first on.
class Teller {
 public:
  Teller& Text(std::string_view name, std::string_view text) {
    Name(name);
    AppendJsonString(out_, text);
    return *this;
  }
  Teller& Flag(std::string_view name, bool flag) {
    Name(name);
    out_ += flag ? "true" : "false";
    return *this;
  }
  Teller& Moment(std::string_view name, Time time) {  // nothing where it is unknown
    if (time.known()) Text(name, FormatTime(time));
    return *this;
  }
  Teller& Attributes(std::string_view name, const std::vector<KeyedAttribute>& attributes) {
    Name(name);
    out_ += '[';
    for (const KeyedAttribute& attribute : attributes) {
      if (&attribute != &attributes.front()) out_ += ',';
      out_ += "{\"root\":\"";
      out_ += attribute.root.ToHex();
      out_ += "\",\"identifiers\":[";
      for (const KeyedIdentifier& identifier : attribute.identifiers) {
        if (&identifier != &attribute.identifiers.front()) out_ += ',';
        Identifier(identifier);
      }
      out_ += "]}";
    }
    out_ += ']';
    return *this;
  }
  std::string End() {
    out_ += '}';
    return std::move(out_);
  }

 private:
  void Name(std::string_view name) {
    out_ += ",\"";
    out_ += name;
    out_ += "\":";
  }
  void Identifier(const KeyedIdentifier& identifier) {
    out_ += "{\"kind\":";
    AppendJsonString(out_, identifier.kind);
    Text("fingerprint", identifier.fingerprint.ToHex());
    if (identifier.junk) Flag("junk", true);
    if (identifier.checked) Flag("checked", true);
    if (identifier.verified) Flag("verified", true);
    out_ += '}';
  }

  std::string out_;
};

// Events tell themselves by the names of their fields, so that a new one needs no line here unless
// it brings a new field. Reasons and references are the caller's words and may be no UTF-8.
template <typename What>
std::string Tell(const What& what) {
  Teller teller;
  if constexpr (requires { what.seller; }) teller.Text("seller", what.seller.ToString());
  if constexpr (requires { what.a; }) teller.Text("a", what.a.ToString());
  if constexpr (requires { what.b; }) teller.Text("b", what.b.ToString());
  if constexpr (requires { StatusName(what.status); }) {
    teller.Text("status", StatusName(what.status));
  }
  if constexpr (requires { FactKindName(what.kind); }) teller.Text("kind", FactKindName(what.kind));
  if constexpr (requires { what.reference; }) teller.Text("reference", what.reference);
  if constexpr (requires { what.case_ref; }) teller.Text("case", what.case_ref);
  if constexpr (requires { what.every_case; }) teller.Flag("every_case", what.every_case);
  if constexpr (requires { RightName(what.right); }) teller.Text("right", RightName(what.right));
  if constexpr (requires { what.reason; }) teller.Text("reason", what.reason);
  if constexpr (requires { what.detail; }) teller.Text("detail", what.detail);
  if constexpr (requires { what.source; }) teller.Text("source", what.source);
  if constexpr (requires { what.root; }) teller.Text("root", what.root.ToHex());
  if constexpr (requires { what.attributes; }) teller.Attributes("attributes", what.attributes);
  if constexpr (requires { FormatLinkPolicy(what.policy); }) {
    teller.Text("policy", FormatLinkPolicy(what.policy));
  }
  if constexpr (requires { FormatEnforcementPolicy(what.policy); }) {
    teller.Text("policy", FormatEnforcementPolicy(what.policy));
  }
  if constexpr (requires { what.seen; }) teller.Moment("seen", what.seen);
  if constexpr (requires { what.through; }) teller.Moment("through", what.through);
  if constexpr (requires { what.at; }) teller.Moment("at", what.at);
  return teller.End();
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
  return std::visit([](const auto& what) { return Tell(what); }, event);
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
  const Json body = {
      {"key_check", key_check}, {"format", kFormatVersion}, {"policy", FormatLinkPolicy(policy)}};
  TRY(Enter("init", Rest(body), {}));
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

// Names nobody: it is what must stay when everything that did is gone.
Result<void> Recorder::NoteForgetting(const Forget& event, SellerId subject) {
  TRY_ASSIGN(const std::vector<std::uint64_t> erased,
             JournalLog::Erase(batch_, TombstoneOf(keyed_, event.seller), subject));
  Json body = {{"erased", erased}};
  if (!event.override_reason.empty()) body["override"] = event.override_reason;
  if (event.at.known()) body["at"] = FormatTime(event.at);
  TRY(Enter("forget", Rest(body), {}));
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
