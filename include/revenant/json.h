#ifndef REVENANT_JSON_H_
#define REVENANT_JSON_H_

#include <string>

#include "revenant/bulk.h"
#include "revenant/identifier.h"
#include "revenant/registry.h"
#include "revenant/verdict.h"

namespace revenant {

// What the command prints with --json: one object on one line, without the line's end, "v":1 first,
// members in a fixed order, so that equal values give equal bytes. Sellers are "PLATFORM:ID",
// weights decimal numbers of bits, times RFC 3339 in UTC or null where unknown.

// "certificate" is the hex BLAKE2b-256 of this very text as it is without that member.
std::string ToJson(const Verdict& verdict);
std::string ToJson(const Link& link);
std::string ToJson(const ClusterSummary& cluster);
std::string ToJson(const Stats& stats);
std::string ToJson(const FsckReport& report);
std::string ToJson(const KindInfo& kind);
std::string ToJson(const Alert& alert);
std::string ToJson(const ImportReport& report);
std::string ToJson(const AuditReport& report);

// What an event about `seller` changed.
std::string ToJson(const SellerName& seller, const Applied& applied);

}  // namespace revenant

#endif  // REVENANT_JSON_H_
