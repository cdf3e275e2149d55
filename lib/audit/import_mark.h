#ifndef REVENANT_LIB_AUDIT_IMPORT_MARK_H_
#define REVENANT_LIB_AUDIT_IMPORT_MARK_H_

#include <string>

#include "revenant/records.h"

namespace revenant {

// Name under which a registry keeps how far `file` was imported: its name without folders, and a
// digest of its path, its size, its time of change, its first 64 KiB and the options under which it
// is read. The journal shows it to outsiders, so no path of this machine stands in it. Empty where
// no import could be resumed: of stdin, a pipe, a file that cannot be read.
std::string ImportName(const std::string& file, const ReadOptions& options);

}  // namespace revenant

#endif  // REVENANT_LIB_AUDIT_IMPORT_MARK_H_
