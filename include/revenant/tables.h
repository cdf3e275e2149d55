#ifndef REVENANT_TABLES_H_
#define REVENANT_TABLES_H_

#include <string>

namespace revenant {

// Sixteen hexadecimal digits that identify how this build normalises identifiers: the numbering
// plans and a fixed list of values of every kind, normalised. Nodes that work on one registry or
// list for each other should have the same: where it differs, one value may have two fingerprints
// (other tables, or a build without ICU). Threads: any. Cost: some milliseconds.
std::string TablesDigest();

}  // namespace revenant

#endif  // REVENANT_TABLES_H_
