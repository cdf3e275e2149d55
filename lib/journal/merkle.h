// The Merkle tree of RFC 6962 section 2.1 (SHA-256), over a reader of its nodes: the journal's
// rows, a test's vector. The checks of proofs, which need no tree, stand in revenant/journal.h.
// Threads: pure functions; a Frontier belongs to one thread. Errors: those of the node reader.
#ifndef REVENANT_JOURNAL_MERKLE_H_
#define REVENANT_JOURNAL_MERKLE_H_

#include <cstdint>
#include <functional>
#include <vector>

#include "revenant/journal.h"
#include "revenant/result.h"

namespace revenant {

// Place of a complete subtree: leaves index * 2^level up to (index + 1) * 2^level.
struct NodePlace {
  unsigned level = 0;
  std::uint64_t index = 0;
  friend auto operator<=>(const NodePlace&, const NodePlace&) = default;
};

// The roots of the complete subtrees that a tree of some size is made of, largest first: all that
// appending needs. Cost: O(log n) hashes kept; two hashes an append on average.
class Frontier {
 public:
  std::uint64_t size() const { return size_; }
  TreeHash Root() const;
  TreeHead Head() const { return {size_, Root()}; }

  // Appends a leaf's hash. `completed`, if given, receives each node of level 1 and up that this
  // makes complete, lowest first.
  using Completed = std::function<void(const NodePlace&, const TreeHash&)>;
  void Append(const TreeHash& leaf, const Completed& completed = {});

 private:
  friend Result<Frontier> FrontierOf(std::uint64_t size,
                                     const std::function<Result<TreeHash>(const NodePlace&)>& read);
  std::uint64_t size_ = 0;
  std::vector<TreeHash> roots_;
};

// Returns the hash of a complete subtree.
using ReadNode = std::function<Result<TreeHash>(const NodePlace&)>;

Result<Frontier> FrontierOf(std::uint64_t size, const ReadNode& read);

// Root of the tree of the first `size` leaves. Cost: O(log size) reads, as all below.
Result<TreeHash> RootOf(std::uint64_t size, const ReadNode& read);

// RFC 6962 sections 2.1.1 and 2.1.2. kInvalidArgument: seq >= size, or old_size > size.
Result<std::vector<TreeHash>> InclusionProof(std::uint64_t seq, std::uint64_t size,
                                             const ReadNode& read);
Result<std::vector<TreeHash>> ConsistencyProof(std::uint64_t old_size, std::uint64_t size,
                                               const ReadNode& read);

}  // namespace revenant

#endif  // REVENANT_JOURNAL_MERKLE_H_
