#ifndef REVENANT_LIB_AUDIT_BULK_IMPORT_H_
#define REVENANT_LIB_AUDIT_BULK_IMPORT_H_

#include <span>
#include <string>

#include "revenant/audit.h"

namespace revenant {

// Import() with ImportMode::kBulk: one thread reads and cuts the text into blocks of whole records,
// the others parse, normalise and key them, and BulkLoad does the rest.
Result<ImportReport> ImportInBulk(Registry& registry, std::span<const std::string> files,
                                  const ImportOptions& options);

}  // namespace revenant

#endif  // REVENANT_LIB_AUDIT_BULK_IMPORT_H_
