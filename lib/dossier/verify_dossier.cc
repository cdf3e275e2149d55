#include "dossier/envelope.h"
#include "journal/base64.h"
#include "journal/journal_file.h"
#include "registry/proof/certificate_format.h"
#include "registry/proof/check_evidence.h"
#include "revenant/certificate.h"
#include "util/try.h"

namespace revenant {
namespace {

Error Bad(std::string what) { return {Code::kInvalidArgument, std::move(what)}; }

// A member that must be a text; "" where there is none.
std::string TextOf(const Json& object, const char* name) {
  if (!object.is_object() || !object.contains(name) || !object[name].is_string()) return "";
  return object[name].get<std::string>();
}

Result<void> CheckEntry(const Json& item, const TreeHead& head, std::uint64_t& erased) {
  const std::optional<JournalEntry> entry = ParseEntry(TextOf(item, "entry"));
  if (!entry) return Bad("an entry of the journal cannot be read");
  const std::string name = "entry " + std::to_string(entry->seq) + " of the journal";
  if (!CommitmentHolds(*entry)) return Bad(name + " has a body that it does not commit to");
  if (!item.contains("proof") || !item["proof"].is_array()) return Bad(name + " has no proof");
  std::vector<TreeHash> proof;
  for (const Json& hash : item["proof"]) {
    if (!hash.is_string() || !FromBase64(hash.get<std::string>(), proof.emplace_back())) {
      return Bad(name + " has a proof that cannot be read");
    }
  }
  if (!VerifyInclusion(LeafHashOf(*entry), entry->seq, head, proof)) {
    return Bad(name + " is not under the checkpoint");
  }
  erased += !entry->opening;
  return {};
}

Result<void> CheckJournal(const Json& sections, const JournalPublicKey& key, DossierCheck& check) {
  if (!sections.contains("journal") || !sections["journal"].is_object()) {
    return Bad("it has no section \"journal\"");
  }
  const Json& journal = sections["journal"];
  Result<Checkpoint> checkpoint = OpenCheckpoint(TextOf(journal, "checkpoint"), key);
  if (!checkpoint) return Bad("its checkpoint: " + checkpoint.error().message);
  if (!journal.contains("entries") || !journal["entries"].is_array()) {
    return Bad("it lists no entries of the journal");
  }
  std::uint64_t erased = 0;
  for (const Json& item : journal["entries"]) TRY(CheckEntry(item, checkpoint->head, erased));
  const std::size_t count = journal["entries"].size();
  check.checked.push_back(std::to_string(count) +
                          (count == 1 ? " entry stands" : " entries stand") +
                          " in the journal of " + std::to_string(checkpoint->head.size) +
                          " whose checkpoint was signed on " + FormatTime(checkpoint->at));
  return {};
}

Result<void> CheckCertificate(const Json& sections, DossierCheck& check) {
  Result<certified::Certificate> certificate = certified::Decode(TextOf(sections, "certificate"));
  if (!certificate) return Bad("its certificate: " + certificate.error().message);
  const std::string_view seller = check.seller;  // g++ 12 doubts the length of two strings here
  if (certificate->application.name.ToString() != seller) {
    return Bad("its certificate is about another seller");
  }
  const Result<LinkPolicy> follows = CheckOwnEvidence(*certificate);
  if (!follows) return Bad("its certificate: " + follows.error().message);
  check.checked.push_back("the certificate's verdict, \"" +
                          std::string(DecisionName(certificate->decision)) +
                          "\", follows from the evidence that it brings");
  return {};
}

Result<void> Check(std::string_view text, const JournalPublicKey& key, DossierCheck& check) {
  TRY_ASSIGN(const Opened opened, Open(text, key));
  check.checked.push_back("unaltered since " + key.name() + " signed it on " +
                          FormatTime(opened.signed_at) + (opened.page ? " (page and data)" : ""));
  if (opened.sections.contains("about")) check.seller = TextOf(opened.sections["about"], "seller");
  if (check.seller.empty()) return Bad("it does not name its seller");
  TRY(CheckJournal(opened.sections, key, check));
  return CheckCertificate(opened.sections, check);
}

}  // namespace

DossierCheck VerifyDossier(std::string_view text, const JournalPublicKey& key) {
  DossierCheck check;
  const Result<void> checked = Check(text, key, check);
  check.holds = checked.has_value();
  if (!checked) check.refusal = checked.error().message;
  return check;
}

}  // namespace revenant
