#ifndef REVENANT_REGISTRY_PROOF_MAKE_CERTIFICATE_H_
#define REVENANT_REGISTRY_PROOF_MAKE_CERTIFICATE_H_

#include "registry/answer/screening.h"
#include "registry/proof/certificate_format.h"
#include "revenant/fingerprint.h"

namespace revenant {

// What a certificate says of an application whose screening is done. Tombstones are filled in only
// where the keyed digests are at hand; so is `key_check`, by the caller.
// Cost: a few point reads for every seller on a path. Errors: the view's.
Result<certified::Certificate> Certify(const View& view, const LinkPolicy& policy,
                                       const Enrol& application, Screening& screening,
                                       const Verdict& verdict, const Fingerprinter* keyed);

// The event that an application's section stands for, and the section of an event, as `rules` read
// and write them.
Enrol EventOf(const certified::Application& application, std::uint32_t rules);
certified::Application SectionOf(const Enrol& application, const LinkPolicy& policy);

// The policy with a section of its own for each of `kinds`, so that its text says how each counts
// even to a version whose table of kinds differs.
LinkPolicy SpelledOut(LinkPolicy policy, const std::vector<certified::Kind>& kinds);

}  // namespace revenant

#endif  // REVENANT_REGISTRY_PROOF_MAKE_CERTIFICATE_H_
