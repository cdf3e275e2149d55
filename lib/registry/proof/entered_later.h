#ifndef REVENANT_REGISTRY_PROOF_ENTERED_LATER_H_
#define REVENANT_REGISTRY_PROOF_ENTERED_LATER_H_

// What was dated before a verdict and entered after it (rule 13): registers keep the dates that
// events bear, the journal when they were entered.
// Threads: those of the reader. Errors: kCorruption, kIo.

#include <string>
#include <vector>

#include "registry/proof/certificate_format.h"
#include "registry/proof/cited_facts.h"
#include "registry/proof/facts.h"
#include "revenant/journal.h"

namespace revenant {

struct EnteredLater {
  Facts facts;                     // what was entered after the verdict is dated after it here
  std::vector<std::string> lines;  // one for each event that was, in words
};

// `digest`: the certificate's; if a decision on it is in the journal, that entry's number tells
// more than any time. Imports are recorded by seller: then all that the certificate does
// not cite of that seller may have come late. Cost: the journal's entries about these sellers.
Result<EnteredLater> FindEnteredLater(const JournalReader& journal, const Facts& facts,
                                      const certified::Certificate& certificate,
                                      const std::string& digest, const Relied& relied);

}  // namespace revenant

#endif  // REVENANT_REGISTRY_PROOF_ENTERED_LATER_H_
