#ifndef REVENANT_REGISTRY_APPLY_FOREIGN_LEAF_H_
#define REVENANT_REGISTRY_APPLY_FOREIGN_LEAF_H_

// How cases that other platforms listed get into a registry: as leaves that carry what is known of
// them here and a ban. A list replaces, it does not add up, so these facts are set, not merged.

#include <string>
#include <vector>

#include "revenant/fingerprint.h"
#include "revenant/record.h"
#include "revenant/time.h"

namespace revenant {

struct ForeignLeaf {
  struct Item {
    Fingerprint fingerprint;
    std::string kind;
    friend auto operator<=>(const Item&, const Item&) = default;
  };
  SellerName seller;        // IsForeignCase()
  std::string reason;       // of the ban
  Time banned_at;           // as the list says; unknown where the case goes
  std::vector<Item> items;  // by fingerprint; empty: the case goes, and all that it caused with it
  bool erase = false;       // it goes without a trace: its name and what the journal says of it too
};

}  // namespace revenant

#endif  // REVENANT_REGISTRY_APPLY_FOREIGN_LEAF_H_
