#ifndef REVENANT_JSON_H_
#define REVENANT_JSON_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "revenant/audit.h"
#include "revenant/calibrate.h"
#include "revenant/case_file.h"
#include "revenant/evaluate.h"
#include "revenant/identifier.h"
#include "revenant/registry.h"
#include "revenant/sanctions.h"
#include "revenant/verdict.h"

namespace revenant {

// What the command prints with --json: one object on one line, without the line's end, "v":1 first,
// members in a fixed order, so that equal values give equal bytes. Sellers are "PLATFORM:ID",
// weights decimal numbers of bits, times RFC 3339 in UTC or null where unknown. Threads: pure.
// Reports of other rooms have their own beside the type (subject.h).

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
// With the requests for tokens written while importing, each of them JSON already.
std::string ToJson(const ImportReport& report, std::span<const std::string> token_requests);
std::string ToJson(const AuditReport& report);
std::string ToJson(const TruthReport& report);
// `policy`: the file that is proposed, as text.
std::string ToJson(const Calibration& calibration, std::string_view policy);
// The outcome of `line` of an input, a value of `kind`.
std::string ToJson(std::uint64_t line, std::string_view kind, const Normalized& outcome);

// What follows from links: shapes in lib/policy/FORMAT.md. Amounts are in minor units.
std::string ToJson(const SanctionAssessment& assessment, const SanctionPolicy& policy);
std::string ToJson(const SanctionChange& change);
std::string ToJson(const KnowledgeAssessment& assessment);
std::string ToJson(const DutyAssessment& assessment);
std::string ToJson(const Deadline& deadline, const ClockPolicy& policy);
std::string ToJson(const SupplierFacts& facts, const SupplierWarning& warning);
std::string ToJson(const Fact& fact);
std::string ToJson(const SellerName& seller, const Contest& contest);

// What is filed with the credit-reporting system once a seller is terminated: the cases counted,
// the measures due or carried out, and no identifier. kNotFound: no filing is due or
// done for this seller.
Result<std::string> CreditReport(const SanctionAssessment& assessment, const SellerName& seller,
                                 const SanctionPolicy& policy);

// What an event about `seller` changed.
std::string ToJson(const SellerName& seller, const Applied& applied);
// With the cases that a lifting left in force ("still_in_force").
std::string ToJson(const SellerName& seller, const Entered& entered);

// A decision, what it changed about the sanctions owed ("changes"), and what is owed now
// ("sanctions").
struct Consequences {
  Entered entered;
  std::vector<SanctionChange> changes;
  SanctionAssessment owed;
  SanctionPolicy policy;
};
std::string ToJson(const SellerName& seller, const Consequences& consequences);

// Answers that have no other type in the library.

// Why two sellers are linked. Without a link `same_cluster` says that they are only too far apart
// for the policy.
struct Explanation {
  SellerName a, b;
  std::optional<Link> link;
  bool same_cluster = false;
};
std::string ToJson(const Explanation& explanation);

struct NewStore {
  std::string store, key, journal_key;  // paths
  std::uint32_t format_version = 0;
  std::string key_check_value;
};
std::string ToJson(const NewStore& made);

struct PolicyText {
  std::string toml;
};
std::string ToJson(const PolicyText& policy);

// A policy was put in force.
struct PolicyChange {
  bool changed = false;                            // false: it was so already
  Stats stats;                                     // under it
  std::uint64_t now_junk = 0, no_longer_junk = 0;  // observations (Applied)
  std::vector<std::string> changes;                // "[verdict] block_bits: 9 -> 7"
};
std::string ToJson(const PolicyChange& change);

struct AcknowledgedAlerts {
  std::uint64_t number = 0;  // up to this one
};
std::string ToJson(const AcknowledgedAlerts& alerts);

struct RecordedEntry {
  std::uint64_t seq = 0;  // of the journal
};
std::string ToJson(const RecordedEntry& entry);

// The version of this library, and what its tables of identifiers are.
struct VersionInfo {
  std::string version, tables;
};
std::string ToJson(const VersionInfo& version);

}  // namespace revenant

#endif  // REVENANT_JSON_H_
