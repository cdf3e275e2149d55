#ifndef REVENANT_DOSSIER_H_
#define REVENANT_DOSSIER_H_

#include <string>
#include <string_view>
#include <vector>

#include "revenant/journal.h"
#include "revenant/record.h"
#include "revenant/registry.h"
#include "revenant/result.h"

namespace revenant {

// One case in one document, for a reader who has nothing else: the seller and its identifiers, from
// which source and when, the certificate of its links, infringements, notices, measures and clocks,
// and the journal's entries about it with proofs that they stand under a signed checkpoint. The
// library's lib/dossier/FORMAT.md has its bytes, and what its verification proves.
struct Dossier {
  std::string json;  // canonical
  std::string html;  // the same for a reader, with the JSON inside; needs nothing from elsewhere
};

// The dossier of a seller as things stand at `actor.at`, signed. kNotFound: no such seller. Other
// errors: of the registry. Threads: beside anything. Cost: a screening, the facts about the
// seller's group, and O(log n) reads for each entry about it.
Result<Dossier> MakeDossier(const Registry& registry, const SellerName& seller,
                            const JournalKey& key, const Actor& actor);

struct DossierCheck {
  bool holds = false;
  std::string refusal;               // why not: the first thing that is wrong
  std::string seller;                // "PLATFORM:ID", where it could be read
  std::vector<std::string> checked;  // what was found in order, one line each
};

// Checks either form with the public key alone: every byte is covered by its signature, every entry
// is in the journal that the checkpoint signs, and the certificate follows from its own evidence.
// What is no dossier at all is refused, not an error. Threads: pure. Errors: none but memory.
DossierCheck VerifyDossier(std::string_view text, const JournalPublicKey& key);

}  // namespace revenant

#endif  // REVENANT_DOSSIER_H_
