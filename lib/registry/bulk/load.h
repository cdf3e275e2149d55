#ifndef REVENANT_REGISTRY_BULK_LOAD_H_
#define REVENANT_REGISTRY_BULK_LOAD_H_

// Enrolments of millions at once, into a store in which no seller was ever banned: dealt out and
// sorted by seller, then by fingerprint, within a memory budget; clusters found in memory; every
// table written as sorted files, and all of them taken in as one. The resulting state is that of
// the same events applied one by one; until then nothing is visible, and a load that is given up or
// killed leaves the store as it was. Sellers that the store already has are included with their
// facts and keep their numbers. lib/registry/BULK.md says how. Threads: Pack() from any number, the
// rest from the one that began. While a load lives, writers wait and readers see the state before.
// Errors: kConflict (see Fits), kIo, kCorruption.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "registry/bulk/pack.h"
#include "revenant/registry.h"

namespace revenant {

struct Serving;
struct WriterState;
class View;

class BulkLoad {
 public:
  struct Options {
    std::size_t memory_bytes = std::size_t{2} << 30;  // for what is being sorted
    unsigned threads = 0;                             // 0: one for each core
    Actor actor;
  };
  // Where the time went, in seconds of the clock.
  struct Phases {
    double sellers = 0;       // sorted by seller, observations written
    double fingerprints = 0;  // sorted by fingerprint, carriers and names written
    double components = 0;    // the union-find
    double clusters = 0;      // sellers, members and sums written
    double ingest = 0;
    std::uint64_t sellers_loaded = 0, edges = 0, file_bytes = 0;
  };

  // Can the store be loaded? It can while no case, finding, alert or list is on file: then no
  // enrolment can be an alert.
  static Result<bool> Fits(const View& view);
  static Result<std::unique_ptr<BulkLoad>> Begin(Serving& serving, WriterState& writers,
                                                 const Options& options);
  ~BulkLoad();

  // Appends an event to a block. kConflict: its seller was forgotten; the block is as before.
  // kInvalidArgument: what Apply() refuses.
  Result<void> Pack(const Enrol& event, BulkBlock& block) const;

  // Takes a block in, sealed, in the order of the input; `input` names it in the journal.
  Result<void> Take(BulkBlock& block, const std::string& input);

  // Makes it the store's. `go_on` is asked now and then; false gives the load up, and so does
  // this function with false.
  Result<bool> Finish(const std::function<bool()>& go_on);
  const Phases& phases() const;

 private:
  struct Impl;
  explicit BulkLoad(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace revenant

#endif  // REVENANT_REGISTRY_BULK_LOAD_H_
