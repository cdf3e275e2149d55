#ifndef REVENANT_REGISTRY_PROOF_CHECK_CERTIFICATE_H_
#define REVENANT_REGISTRY_PROOF_CHECK_CERTIFICATE_H_

#include <string_view>

#include "revenant/certificate.h"
#include "revenant/fingerprint.h"
#include "revenant/registry.h"

namespace revenant {

// The result of VerifyCertificate(); `keyed` is the registry's own.
Result<CertificateCheck> CheckCertificate(const Registry& registry, const Fingerprinter& keyed,
                                          std::string_view certificate);

}  // namespace revenant

#endif  // REVENANT_REGISTRY_PROOF_CHECK_CERTIFICATE_H_
