#ifndef REVENANT_CERTIFICATE_H_
#define REVENANT_CERTIFICATE_H_

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "revenant/registry.h"
#include "revenant/result.h"

namespace revenant {

// What the facts say about a certificate that Registry::Certify() made (DESIGN.md section 5, rule
// 13). The library's lib/registry/CERTIFICATE.md has its format and what each answer proves.
enum class CertificateOutcome : std::uint8_t {
  kHolds = 0,     // judging the application again yields the same evidence and decision
  kHeldThen = 1,  // it held at its as_of; facts that it rests on have changed since
  kErased = 2,    // a seller that it rests on was forgotten: it can no longer be checked
  kFalse = 3,     // damaged, made under another key, or contradicted by the facts
};
std::string_view OutcomeName(CertificateOutcome outcome);  // "holds", "held then" ...

struct CertificateCheck {
  CertificateOutcome outcome = CertificateOutcome::kFalse;
  // Absence, "strongest" and redundancy were checked too. False for an extract, for bytes that are
  // no certificate, and where registers that have changed since cannot tell what else was known
  // then.
  bool complete = false;
  std::vector<std::string> checked;  // what was found in order, one line each
  std::vector<std::string> differs;  // what was not, or has changed
};

// How much of a registry a file of exported lines holds. Nothing in the file says so.
enum class ExportExtent : std::uint8_t {
  kWhole,    // all that Registry::Export() wrote
  kExtract,  // some lines of it: proves a path, never that there is no other
};

// Checks a certificate against a registry. Bytes that are no certificate are kFalse, not an error.
// Threads: beside anything. Errors: kCorruption, kIo of the store. Cost: one screening where the
// certificate holds under the policy of today; else the whole store is read into memory, about a
// kilobyte per seller.
Result<CertificateCheck> VerifyCertificate(const Registry& registry, std::string_view certificate);

// Hands over the next piece of a file, empty at its end.
using ReadPiece = std::function<Result<std::string>()>;

// The same against the output of Registry::Export(), of either scope. The live scope shows only
// what counts today: anything it does not show is kNotFound, as is a seller that an extract leaves
// out; try again with an export of facts, or a greater extract.
// Errors: those of `read`; kInvalidArgument with the number of the line: not an export, a line
// longer than kMaxExportLineBytes.
Result<CertificateCheck> VerifyCertificateAgainstExport(const ReadPiece& read, ExportExtent extent,
                                                        std::string_view certificate);
inline constexpr std::size_t kMaxExportLineBytes = std::size_t{64} << 20;

}  // namespace revenant

#endif  // REVENANT_CERTIFICATE_H_
