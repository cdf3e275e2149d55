#ifndef REVENANT_LIB_AUDIT_AUDIT_COUNTS_H_
#define REVENANT_LIB_AUDIT_AUDIT_COUNTS_H_

#include <nlohmann/json.hpp>

#include "revenant/audit.h"

namespace revenant {

// Adds what one block came to: counts, reasons, kinds and the sellers that suspects lead to.
void AddPart(AuditReport& report, const AuditReport& part);

// What has been counted so far, for a later run to go on counting: all that AddPart() adds up,
// rejects and inputs. Loading throws nlohmann::json::exception.
nlohmann::json SaveCounts(const AuditReport& report);
AuditReport LoadCounts(const nlohmann::json& counts);

}  // namespace revenant

#endif  // REVENANT_LIB_AUDIT_AUDIT_COUNTS_H_
