// What a registry says of its journal, and what it enters there besides events.

#include "revenant/journal.h"

#include "journal/log.h"
#include "registry/handle.h"
#include "registry/impl.h"
#include "registry/proof/certificate_format.h"
#include "registry/state/seller_names.h"
#include "util/json_writer.h"
#include "util/try.h"

namespace revenant {
namespace {

// One entry in a batch of its own, synced: a caller that acts on it must find it again.
Result<std::uint64_t> RecordAlone(Registry& registry, std::string_view type,
                                  const std::string& body, const std::vector<SellerName>& about,
                                  const Actor& actor) {
  TRY_ASSIGN(const std::unique_ptr<WriteSession> session, BeginWriting(registry, {actor}));
  for (const SellerName& name : about) {
    TRY_ASSIGN(const std::optional<Time> gone,
               session->batch().Tombstone(TombstoneOf(Inside(registry).keyed, name)));
    if (gone) {
      return Error{Code::kConflict, name.ToString() + ": was forgotten on " + FormatTime(*gone) +
                                        " and may not be named again"};
    }
  }
  TRY_ASSIGN(const std::uint64_t seq, session->Enter(type, body, about));
  TRY(session->Commit(Durability::kSynced));
  return seq;
}

}  // namespace

Result<std::unique_ptr<JournalReader>> Registry::Journal() const {
  return ReadJournal(impl_->Now().view, [&keyed = impl_->serving.keyed](const SellerName& name) {
    return TombstoneOf(keyed, name);
  });
}

Result<std::uint64_t> Registry::RecordDecision(std::string_view certificate,
                                               std::string_view decision, const Actor& actor) {
  Result<certified::Certificate> read = certified::Decode(certificate);
  if (!read) return Error{Code::kInvalidArgument, read.error().message};
  if (read->key_check != impl_->serving.check_value) {
    return Error{Code::kInvalidArgument, "certificate: it was made under another key"};
  }
  std::string body;
  JsonWriter json = JsonWriter::Inside(body);
  json.Text("seller", read->application.name.ToString());
  json.Text("verdict", DecisionName(read->decision)).Text("decision", decision);
  json.Text("certificate", certified::DigestOf(certificate));
  json.Text("as_of", FormatTime(Time{read->as_of.micros})).End();
  return RecordAlone(*this, "decision", body, {read->application.name}, actor);
}

Result<std::uint64_t> Registry::RecordExport(std::string_view what, std::string_view digest,
                                             const std::optional<SellerName>& seller,
                                             const Actor& actor) {
  std::string body;
  JsonWriter json = JsonWriter::Inside(body);
  json.Text("what", what);
  std::vector<SellerName> about;
  if (seller) {
    json.Text("seller", seller->ToString());
    about.push_back(*seller);
  }
  if (!digest.empty()) json.Text("digest", digest);
  json.End();
  return RecordAlone(*this, "export", body, about, actor);
}

}  // namespace revenant
