#ifndef REVENANT_REGISTRY_PROOF_CHECK_EVIDENCE_H_
#define REVENANT_REGISTRY_PROOF_CHECK_EVIDENCE_H_

#include "registry/proof/certificate_format.h"
#include "revenant/link_policy.h"

namespace revenant {

// Does what a certificate concludes follow from the evidence that it brings, with no look at any
// registry? Weights must follow from its policy, dates and counts, strengths from weights, each
// link's judgement and the decision from strengths.
// Threads: pure. Errors: kCorruption, saying what does not follow.
Result<LinkPolicy> CheckOwnEvidence(const certified::Certificate& certificate);

}  // namespace revenant

#endif  // REVENANT_REGISTRY_PROOF_CHECK_EVIDENCE_H_
