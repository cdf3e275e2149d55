#ifndef REVENANT_REGISTRY_APPLY_MIRROR_H_
#define REVENANT_REGISTRY_APPLY_MIRROR_H_

// How cases that other platforms listed get into a registry: as leaves that carry what is known of
// them here and a ban. A list replaces, it does not add up, so these facts are set, not merged.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "revenant/fingerprint.h"
#include "revenant/record.h"
#include "revenant/registry.h"
#include "revenant/time.h"
#include "store/store.h"

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

// Makes a foreign case what the leaf says, as of the moment `at`, alerts included. The same leaf
// again changes nothing. An alert about an erased case names it no more.
using MirrorForeign = std::function<Result<void>(const ForeignLeaf& leaf, Time at)>;

// The one way in for the exchange. Threads: serialised with the registry's other writers.
class ForeignWriter {
 public:
  using Change = std::function<Result<void>(Batch& batch, const MirrorForeign& mirror)>;

  // What the journal is to remember: a type and the rest of a JSON object (Recorder::Enter).
  struct Note {
    std::string type, body;
    std::vector<SellerName> about;
  };
  // Builds one batch with `change` and commits it, synced: all of it or, after an error, nothing.
  // `note`, if given, is asked after `change` for what the journal is to say; an empty type is
  // nothing. Gives the number of alerts raised.
  static Result<std::uint32_t> Write(Registry& registry, const Change& change,
                                     const std::function<Note()>& note = {});
  // The state as it is now.
  static std::unique_ptr<View> Snapshot(const Registry& registry);
  static LinkPolicy PolicyOf(const Registry& registry);
};

}  // namespace revenant

#endif  // REVENANT_REGISTRY_APPLY_MIRROR_H_
