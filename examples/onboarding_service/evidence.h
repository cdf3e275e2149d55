#ifndef ONBOARDING_SERVICE_EVIDENCE_H_
#define ONBOARDING_SERVICE_EVIDENCE_H_

#include <revenant/verdict.h>

#include <string>

namespace service {

// The links of a verdict as a picture (SVG): the applicant, whom it leads to, and what they share.
std::string EvidenceSvg(const revenant::Verdict& verdict);

}  // namespace service

#endif  // ONBOARDING_SERVICE_EVIDENCE_H_
