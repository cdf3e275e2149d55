#include "journal/merkle.h"

#include <algorithm>
#include <bit>

#include "fingerprint/sha256.h"
#include "util/bytes.h"
#include "util/try.h"

namespace revenant {
namespace {

// What stands before the bytes that are hashed, so that no leaf can pass for a node.
enum Prefix : std::uint8_t { kLeafPrefix = 0x00, kNodePrefix = 0x01 };

template <typename... Parts>
TreeHash Sha256Of(Prefix prefix, const Parts&... parts) {
  Sha256Stream stream(Sha256Best());
  stream.UpdateByte(prefix);
  (stream.Update(parts), ...);
  TreeHash digest;
  stream.Finish(digest);
  return digest;
}

// Of the leaves [begin, end): `begin` is a multiple of a power of two that is no less than the
// length, as it is for every subtree that RFC 6962 names.
Result<TreeHash> RangeRoot(std::uint64_t begin, std::uint64_t end, const ReadNode& read) {
  // The complete subtrees of the range, largest first; they join from the right.
  std::vector<TreeHash> roots;
  for (std::uint64_t at = begin; at < end;) {
    const std::uint64_t width = std::bit_floor(end - at);
    const auto level = static_cast<unsigned>(std::countr_zero(width));
    TRY_ASSIGN(const TreeHash root, read({level, at >> level}));
    roots.push_back(root);
    at += width;
  }
  if (roots.empty()) return Frontier().Root();
  TreeHash root = roots.back();
  for (auto left = roots.rbegin() + 1; left != roots.rend(); ++left) root = HashNode(*left, root);
  return root;
}

// Leaves on the left of a tree of `size` >= 2: the largest power of two below it.
std::uint64_t LeftOf(std::uint64_t size) { return std::bit_floor(size - 1); }

Error NoSuchSize(std::uint64_t asked, std::uint64_t size) {
  return {Code::kInvalidArgument,
          "journal: it has " + std::to_string(size) + " entries, not " + std::to_string(asked)};
}

}  // namespace

TreeHash HashLeaf(std::string_view leaf) { return Sha256Of(kLeafPrefix, leaf); }

TreeHash HashNode(const TreeHash& left, const TreeHash& right) {
  return Sha256Of(kNodePrefix, AsView(left), AsView(right));
}

// --- Appending

TreeHash Frontier::Root() const {
  if (roots_.empty()) {
    TreeHash digest;
    Sha256Stream stream(Sha256Best());
    stream.Finish(digest);  // of nothing
    return digest;
  }
  TreeHash root = roots_.back();
  for (auto left = roots_.rbegin() + 1; left != roots_.rend(); ++left) root = HashNode(*left, root);
  return root;
}

void Frontier::Append(const TreeHash& leaf, const Completed& completed) {
  roots_.push_back(leaf);
  // Each trailing one of the old size is a complete subtree that the new leaf doubles.
  std::uint64_t index = size_;
  for (unsigned level = 1; (index & 1) != 0; ++level) {
    index >>= 1;
    const TreeHash right = roots_.back();
    roots_.pop_back();
    roots_.back() = HashNode(roots_.back(), right);
    if (completed) completed({level, index}, roots_.back());
  }
  ++size_;
}

Result<Frontier> FrontierOf(std::uint64_t size, const ReadNode& read) {
  Frontier frontier;
  std::uint64_t at = 0;
  while (at < size) {
    const std::uint64_t width = std::bit_floor(size - at);
    const auto level = static_cast<unsigned>(std::countr_zero(width));
    TRY_ASSIGN(const TreeHash root, read({level, at >> level}));
    frontier.roots_.push_back(root);
    at += width;
  }
  frontier.size_ = size;
  return frontier;
}

// --- Proofs

Result<TreeHash> RootOf(std::uint64_t size, const ReadNode& read) {
  return RangeRoot(0, size, read);
}

Result<std::vector<TreeHash>> InclusionProof(std::uint64_t seq, std::uint64_t size,
                                             const ReadNode& read) {
  if (seq >= size) return NoSuchSize(seq, size);
  // PATH(m, D[n]) from the root down; the siblings come out in the opposite order.
  std::vector<TreeHash> proof;
  for (std::uint64_t begin = 0, end = size; end - begin > 1;) {
    const std::uint64_t middle = begin + LeftOf(end - begin);
    const bool left = seq < middle;
    TRY_ASSIGN(const TreeHash sibling,
               left ? RangeRoot(middle, end, read) : RangeRoot(begin, middle, read));
    proof.push_back(sibling);
    (left ? end : begin) = middle;
  }
  std::reverse(proof.begin(), proof.end());
  return proof;
}

Result<std::vector<TreeHash>> ConsistencyProof(std::uint64_t old_size, std::uint64_t size,
                                               const ReadNode& read) {
  if (old_size > size) return NoSuchSize(old_size, size);
  std::vector<TreeHash> proof;
  if (old_size == 0 || old_size == size) return proof;
  // SUBPROOF(m, D[n], b): `begin` == 0 is its b, as only then the old tree is a subtree whose root
  // the verifier holds.
  std::uint64_t begin = 0, end = size;
  while (end != old_size) {
    const std::uint64_t middle = begin + LeftOf(end - begin);
    const bool left = old_size <= middle;
    TRY_ASSIGN(const TreeHash sibling,
               left ? RangeRoot(middle, end, read) : RangeRoot(begin, middle, read));
    proof.push_back(sibling);
    (left ? end : begin) = middle;
  }
  if (begin != 0) {
    TRY_ASSIGN(const TreeHash root, RangeRoot(begin, end, read));
    proof.push_back(root);
  }
  std::reverse(proof.begin(), proof.end());
  return proof;
}

// --- Checks: RFC 9162 sections 2.1.3.2 and 2.1.4.2, which spell out what RFC 6962 leaves open

bool VerifyInclusion(const TreeHash& leaf, std::uint64_t seq, const TreeHead& head,
                     std::span<const TreeHash> proof) {
  if (seq >= head.size) return false;
  std::uint64_t place = seq, last = head.size - 1;
  TreeHash root = leaf;
  for (const TreeHash& sibling : proof) {
    if (last == 0) return false;
    if ((place & 1) != 0 || place == last) {
      root = HashNode(sibling, root);
      while ((place & 1) == 0 && place != 0) {
        place >>= 1;
        last >>= 1;
      }
    } else {
      root = HashNode(root, sibling);
    }
    place >>= 1;
    last >>= 1;
  }
  return last == 0 && root == head.root;
}

bool VerifyConsistency(const TreeHead& old, const TreeHead& newer,
                       std::span<const TreeHash> proof) {
  if (old.size > newer.size) return false;
  if (old.size == newer.size) return proof.empty() && old.root == newer.root;
  if (old.size == 0) return proof.empty() && old.root == Frontier().Root();
  // A complete old tree is a node of the new one: its root is not repeated in the proof.
  const bool complete = std::has_single_bit(old.size);
  if (proof.empty() && !complete) return false;
  const TreeHash& start = complete ? old.root : proof.front();
  std::uint64_t place = old.size - 1, last = newer.size - 1;
  while ((place & 1) != 0) {
    place >>= 1;
    last >>= 1;
  }
  TreeHash old_root = start, new_root = start;
  for (const TreeHash& sibling : proof.subspan(complete ? 0 : 1)) {
    if (last == 0) return false;
    if ((place & 1) != 0 || place == last) {
      old_root = HashNode(sibling, old_root);
      new_root = HashNode(sibling, new_root);
      while ((place & 1) == 0 && place != 0) {
        place >>= 1;
        last >>= 1;
      }
    } else {
      new_root = HashNode(new_root, sibling);
    }
    place >>= 1;
    last >>= 1;
  }
  return last == 0 && old_root == old.root && new_root == newer.root;
}

}  // namespace revenant
