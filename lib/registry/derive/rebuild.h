#ifndef REVENANT_REGISTRY_DERIVE_REBUILD_H_
#define REVENANT_REGISTRY_DERIVE_REBUILD_H_

// Everything derived, computed from facts alone, all at once: what a change of policy writes and
// what `fsck` compares with (DESIGN.md section 5, rule 15). It shares with the incremental way only
// the reading of registers and ConstrainedParts.
// Cost: reads all facts; holds about 100 bytes per observation in memory.

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "registry/state/counts.h"
#include "revenant/link_policy.h"
#include "revenant/registry.h"
#include "store/store.h"

namespace revenant {

struct Derived {
  struct Seller {
    SellerId id{};
    SellerRow row;  // the stored facts, with everything derived computed again
  };
  struct Carriers {
    struct One {
      Carrier carrier;
      std::int64_t first = ObservationRow::kNever;  // since when it carries the fingerprint
      std::int64_t ban = ObservationRow::kNever;    // its first one in force that counts (rule 10)
      friend bool operator<(const One& a, const One& b) { return a.carrier < b.carrier; }
    };
    FingerprintRow row;         // inline carriers filled in when they are few
    std::vector<One> carriers;  // all, sorted
  };
  std::vector<Seller> sellers;  // by id
  std::map<Fingerprint, Carriers> fingerprints;
  std::map<std::pair<LabelId, std::uint32_t>, ComponentRow> components;
  Counts counts;
  bool dated = false;  // rule 10 asks for times: those of many carriers have rows
};

// The rows of the carriers of a fingerprint that has many.
void EmitCarriers(const Fingerprint& fingerprint, const Derived::Carriers& entry, bool dated,
                  const std::function<void(Table, std::string, std::string)>& emit);

Result<Derived> Derive(const View& view, const LinkPolicy& policy);

// Replaces all derived rows.
Result<void> WriteDerived(Batch& batch, const Derived& derived);

// Adds a line for every derived row that differs from what facts say.
Result<void> CompareDerived(const View& view, const Derived& derived, FsckReport& report);

}  // namespace revenant

#endif  // REVENANT_REGISTRY_DERIVE_REBUILD_H_
