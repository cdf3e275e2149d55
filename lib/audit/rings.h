#ifndef REVENANT_LIB_AUDIT_RINGS_H_
#define REVENANT_LIB_AUDIT_RINGS_H_

// Applications of one audit that share identifiers with each other: AuditOptions::among.

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "audit/staging.h"
#include "revenant/audit.h"
#include "revenant/screener.h"

namespace revenant {

// How a line of results.jsonl ends, once its object has all members.
inline constexpr std::string_view kLineEnd = "}\n";

// One application as it waits on disk until the rings are known: its verdict's line and row.
struct HeldResult {
  Decision decision = Decision::kClear;
  std::string seller;  // "PLATFORM:ID"
  std::string line;    // of results.jsonl, without kLineEnd
  std::string row;     // of results.csv, with its end; the last cell, for the ring, is empty
};
void AppendHeld(std::string& out, const HeldResult& held);

// What links an application: 24 bytes, on disk and in memory.
struct RingItem {
  Fingerprint fingerprint;
  std::uint32_t application = 0;  // from 0, in input order
  std::uint32_t kind = 0;  // number of its name; kSellerItself: the fingerprint is the name's
  static constexpr std::uint32_t kSellerItself = UINT32_MAX;
};
static_assert(sizeof(RingItem) == 24);

// The items of the applications of a block; numbers count from its beginning.
class RingItems {
 public:
  void Clear();
  // An application's name and what links it.
  void Add(const SellerName& seller, const std::vector<Screener::LinkingIdentifier>& linking);

  std::vector<RingItem> items;
  std::vector<std::string> kinds;  // names, by number
  std::uint32_t applications = 0;

 private:
  std::uint32_t KindNumber(std::string_view kind);
};

// What an audit holds until the end.
class RingFiles {
 public:
  explicit RingFiles(const StagingFolder& folder)
      : held(folder / "held.bin"), items(folder / "items.bin") {}

  // Items of the next block.
  Result<void> Append(const RingItems& block);

  StagedFile held, items;
  std::vector<std::string> kinds;  // names, by number
  std::uint32_t applications = 0;
};

// Finds the rings, and writes what was held, in order and with each one's ring, to `results` and
// `rows`, and the rings to `rings`, the largest first. Of `choice` counts which results are wanted.
// Returns the totals; `written`: how many results were. Memory: AuditOptions::among.
Result<AuditReport::Rings> WriteRings(RingFiles& files, const Registry& registry,
                                      AuditResults wanted, StagedFile& results, StagedFile& rows,
                                      StagedFile& rings, std::uint64_t& written);

}  // namespace revenant

#endif  // REVENANT_LIB_AUDIT_RINGS_H_
