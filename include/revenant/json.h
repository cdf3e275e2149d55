#ifndef REVENANT_JSON_H_
#define REVENANT_JSON_H_

#include <string>
#include <string_view>

#include "revenant/audit.h"
#include "revenant/identifier.h"
#include "revenant/registry.h"
#include "revenant/verdict.h"

namespace revenant {

// What the command prints with --json: one object on one line, without the line's end, "v":1 first,
// members in a fixed order, so that equal values give equal bytes. Sellers are "PLATFORM:ID",
// weights decimal numbers of bits, times RFC 3339 in UTC or null where unknown.

// "certificate", the last member, is the object that Registry::Certify() made, byte for byte; null
// if that is empty.
std::string ToJson(const Verdict& verdict, std::string_view certificate = {});
std::string ToJson(const Link& link);
std::string ToJson(const ClusterSummary& cluster);
std::string ToJson(const Stats& stats);
std::string ToJson(const FsckReport& report);
std::string ToJson(const KindInfo& kind);
std::string ToJson(const Alert& alert);
std::string ToJson(const ImportReport& report);
std::string ToJson(const AuditReport& report);

// What follows from links: shapes in lib/policy/FORMAT.md. Amounts are in minor units.
std::string ToJson(const SanctionAssessment& assessment, const SanctionPolicy& policy);
std::string ToJson(const SanctionChange& change);
std::string ToJson(const KnowledgeAssessment& assessment);
std::string ToJson(const DutyAssessment& assessment);
std::string ToJson(const Deadline& deadline, const ClockPolicy& policy);
std::string ToJson(const SupplierFacts& facts, const SupplierWarning& warning);
std::string ToJson(const Fact& fact);

// What is filed with the credit-reporting system once a seller is terminated: the cases counted,
// the measures due or carried out, and no identifier of anybody. kNotFound: no filing is due or
// done for this seller.
Result<std::string> CreditReport(const SanctionAssessment& assessment, const SellerName& seller,
                                 const SanctionPolicy& policy);

// What an event about `seller` changed.
std::string ToJson(const SellerName& seller, const Applied& applied);
// With what a lifting left standing ("still_in_force").
std::string ToJson(const SellerName& seller, const Entered& entered);

}  // namespace revenant

#endif  // REVENANT_JSON_H_
