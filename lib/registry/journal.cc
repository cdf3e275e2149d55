// What a registry says of its journal, and what it enters there besides events.

#include "revenant/journal.h"

#include <map>

#include "journal/log.h"
#include "registry/apply/applier.h"
#include "registry/apply/recorder.h"
#include "registry/impl.h"
#include "registry/proof/certificate_format.h"
#include "registry/state/live.h"
#include "util/bytes.h"
#include "util/try.h"

namespace revenant {
namespace {

// `,"name":"text"`
std::string Member(std::string_view name, std::string_view text) {
  std::string json = ",";
  AppendJsonString(json, name);
  json += ':';
  AppendJsonString(json, text);
  return json;
}

// One entry in a batch of its own, synced: whoever acts on it must find it again.
Result<std::uint64_t> RecordAlone(Registry::Impl& impl, std::string_view type,
                                  const std::string& body, const std::vector<SellerName>& about,
                                  const Actor& actor) {
  if (impl.access == Access::kReadOnly) {
    return Error{Code::kConflict, "the store was opened for reading only"};
  }
  std::lock_guard writing(impl.writer);
  std::unique_ptr<Batch> batch = impl.store->NewBatch();
  for (const SellerName& name : about) {
    TRY(CheckSellerName(name));
    TRY_ASSIGN(const std::optional<Time> gone, batch->Tombstone(TombstoneOf(impl.keyed, name)));
    if (gone) {
      return Error{Code::kConflict, name.ToString() + ": was forgotten on " + FormatTime(*gone) +
                                        " and may not be named again"};
    }
  }
  TRY_ASSIGN(JournalLog log, impl.TakeJournal());
  Recorder recorder(*batch, std::move(log), impl.keyed, impl.ActorOr(actor), nullptr);
  TRY_ASSIGN(const std::uint64_t seq, recorder.Enter(type, body, about));
  TRY(impl.store->Commit(*batch, true));
  impl.journal = recorder.TakeLog();
  return seq;
}

}  // namespace

Result<std::unique_ptr<JournalReader>> Registry::Journal() const {
  return ReadJournal(impl_->Now().view, [&keyed = impl_->keyed](const SellerName& name) {
    return TombstoneOf(keyed, name);
  });
}

Result<revenant::Enrol> Registry::ApplicationOf(const SellerName& seller) const {
  const Impl::State now = impl_->Now();
  TRY_ASSIGN(const auto known, Impl::Need(*now.view, seller));
  revenant::Enrol application;
  application.seller = seller;
  application.status = known.second.status;
  application.source = seller.platform;
  application.seen = known.second.since;
  // Of an attribute that several sources saw, one is enough: it is the identifiers that count.
  std::map<Fingerprint, std::map<Fingerprint, KeyedIdentifier>> attributes;
  TRY(ForEachLive(*now.view, known.first, [&](LiveObservation& live) -> Result<bool> {
    auto& identifiers = attributes[live.key.root];
    for (const ObservationRow::Item& item : live.row.items) {
      KeyedIdentifier& identifier = identifiers[item.fingerprint];
      identifier.fingerprint = item.fingerprint;
      identifier.kind = now.view->Word(item.kind);
      identifier.junk |= item.junk;
      identifier.verified |= item.verified;
      identifier.checked |= item.checked;
    }
    return true;
  }));
  for (auto& [root, identifiers] : attributes) {
    KeyedAttribute& attribute = application.attributes.emplace_back();
    attribute.root = root;
    if (auto own = identifiers.extract(root)) attribute.identifiers.push_back(own.mapped());
    for (auto& [fingerprint, identifier] : identifiers) attribute.identifiers.push_back(identifier);
  }
  return application;
}

Result<std::uint64_t> Registry::RecordDecision(std::string_view certificate,
                                               std::string_view decision, const Actor& actor) {
  Result<certified::Certificate> read = certified::Decode(certificate);
  if (!read) return Error{Code::kInvalidArgument, read.error().message};
  if (read->key_check != impl_->check_value) {
    return Error{Code::kInvalidArgument, "certificate: it was made under another key"};
  }
  const std::string body = Member("seller", read->application.name.ToString()) +
                           Member("verdict", DecisionName(read->decision)) +
                           Member("decision", decision) +
                           Member("certificate", certified::DigestOf(certificate)) +
                           Member("as_of", FormatTime(Time{read->as_of.micros})) + "}";
  return RecordAlone(*impl_, "decision", body, {read->application.name}, actor);
}

Result<std::uint64_t> Registry::RecordExport(std::string_view what, std::string_view digest,
                                             const std::optional<SellerName>& seller,
                                             const Actor& actor) {
  std::string body = Member("what", what);
  std::vector<SellerName> about;
  if (seller) {
    body += Member("seller", seller->ToString());
    about.push_back(*seller);
  }
  if (!digest.empty()) body += Member("digest", digest);
  return RecordAlone(*impl_, "export", body + "}", about, actor);
}

}  // namespace revenant
