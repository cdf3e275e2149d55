// The tree against published values and against RFC 6962's own recursion.

#include "journal/merkle.h"

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <map>
#include <random>
#include <set>

#include "fingerprint/sha256.h"
#include "support.h"
#include "util/bytes.h"

namespace revenant {
namespace {

// RFC 6962 section 2.1 word for word, over leaf hashes.
TreeHash NaiveRoot(std::span<const TreeHash> leaves) {
  if (leaves.empty()) return Frontier().Root();
  if (leaves.size() == 1) return leaves[0];
  std::size_t k = 1;
  while (k * 2 < leaves.size()) k *= 2;
  return HashNode(NaiveRoot(leaves.first(k)), NaiveRoot(leaves.subspan(k)));
}

std::vector<TreeHash> NaivePath(std::size_t m, std::span<const TreeHash> leaves) {
  if (leaves.size() == 1) return {};
  std::size_t k = 1;
  while (k * 2 < leaves.size()) k *= 2;
  std::vector<TreeHash> path;
  if (m < k) {
    path = NaivePath(m, leaves.first(k));
    path.push_back(NaiveRoot(leaves.subspan(k)));
  } else {
    path = NaivePath(m - k, leaves.subspan(k));
    path.push_back(NaiveRoot(leaves.first(k)));
  }
  return path;
}

std::vector<TreeHash> NaiveSubproof(std::size_t m, std::span<const TreeHash> leaves, bool whole) {
  if (m == leaves.size()) {
    return whole ? std::vector<TreeHash>{} : std::vector{NaiveRoot(leaves)};
  }
  std::size_t k = 1;
  while (k * 2 < leaves.size()) k *= 2;
  std::vector<TreeHash> proof;
  if (m <= k) {
    proof = NaiveSubproof(m, leaves.first(k), whole);
    proof.push_back(NaiveRoot(leaves.subspan(k)));
  } else {
    proof = NaiveSubproof(m - k, leaves.subspan(k), false);
    proof.push_back(NaiveRoot(leaves.first(k)));
  }
  return proof;
}

// A tree whose nodes lie in memory, counting how often they are read.
struct Tree {
  Frontier frontier;
  std::vector<TreeHash> leaves;
  std::map<NodePlace, TreeHash> nodes;
  mutable std::size_t reads = 0;

  void Append(const TreeHash& leaf) {
    leaves.push_back(leaf);
    frontier.Append(leaf, [&](const NodePlace& place, const TreeHash& hash) {
      CHECK(place.level > 0);
      CHECK(nodes.emplace(place, hash).second);
    });
  }
  ReadNode Reader() const {
    return [this](const NodePlace& place) -> Result<TreeHash> {
      ++reads;
      if (place.level == 0) return leaves.at(place.index);
      return nodes.at(place);
    };
  }
};

Tree TreeOf(std::size_t size) {
  Tree tree;
  for (std::size_t i = 0; i < size; ++i) tree.Append(HashLeaf(std::to_string(i)));
  return tree;
}

std::vector<std::string> Hex(const std::vector<TreeHash>& hashes) {
  std::vector<std::string> out;
  for (const TreeHash& hash : hashes) out.push_back(HexEncode(hash));
  return out;
}

// The eight leaves and the values that the implementations of Certificate Transparency test with.
constexpr const char* kCtLeaves[] = {"",
                                     "00",
                                     "10",
                                     "2021",
                                     "3031",
                                     "40414243",
                                     "5051525354555657",
                                     "606162636465666768696a6b6c6d6e6f"};
constexpr const char* kCtRoots[] = {
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};

Tree CtTree() {
  Tree tree;
  for (const char* leaf : kCtLeaves) tree.Append(HashLeaf(*HexDecode(leaf)));
  return tree;
}

TEST_CASE("RootsOfTheCertificateTransparencyLeavesAreThePublishedOnes") {
  Frontier frontier;
  CHECK(HexEncode(frontier.Root()) == kCtRoots[0]);
  for (std::size_t i = 0; i < std::size(kCtLeaves); ++i) {
    frontier.Append(HashLeaf(*HexDecode(kCtLeaves[i])));
    CHECK(HexEncode(frontier.Root()) == kCtRoots[i + 1]);
  }
}

TEST_CASE("ProofsOverTheCertificateTransparencyLeavesAreThePublishedOnes") {
  const Tree tree = CtTree();
  CHECK(
      Hex(*InclusionProof(0, 8, tree.Reader())) ==
      std::vector<std::string>{"96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                               "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                               "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"});
  CHECK(
      Hex(*InclusionProof(5, 8, tree.Reader())) ==
      std::vector<std::string>{"bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
                               "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                               "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"});
  CHECK(
      Hex(*ConsistencyProof(6, 8, tree.Reader())) ==
      std::vector<std::string>{"0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
                               "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                               "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"});
  CHECK(
      Hex(*ConsistencyProof(2, 5, tree.Reader())) ==
      std::vector<std::string>{"5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                               "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"});
}

TEST_CASE("EveryRootAndProofOfSmallTreesEqualsTheNaiveRecursionAndVerifies") {
  const Tree tree = TreeOf(40);
  const std::span<const TreeHash> leaves = tree.leaves;
  for (std::size_t size = 0; size <= leaves.size(); ++size) {
    CAPTURE(size);
    const TreeHead head{size, NaiveRoot(leaves.first(size))};
    CHECK(*RootOf(size, tree.Reader()) == head.root);
    CHECK(FrontierOf(size, tree.Reader())->Root() == head.root);
    for (std::size_t seq = 0; seq < size; ++seq) {
      CAPTURE(seq);
      const auto proof = InclusionProof(seq, size, tree.Reader());
      REQUIRE(proof);
      CHECK(*proof == NaivePath(seq, leaves.first(size)));
      CHECK(VerifyInclusion(leaves[seq], seq, head, *proof));
    }
    CHECK_FALSE(InclusionProof(size, size, tree.Reader()));
    for (std::size_t old_size = 0; old_size <= size; ++old_size) {
      CAPTURE(old_size);
      const TreeHead old{old_size, NaiveRoot(leaves.first(old_size))};
      const auto proof = ConsistencyProof(old_size, size, tree.Reader());
      REQUIRE(proof);
      if (old_size > 0 && old_size < size) {
        CHECK(*proof == NaiveSubproof(old_size, leaves.first(size), true));
      }
      CHECK(VerifyConsistency(old, head, *proof));
    }
    CHECK_FALSE(ConsistencyProof(size + 1, size, tree.Reader()));
  }
}

TEST_CASE("AnAlteredProofIsRefused") {
  const Tree tree = TreeOf(29);
  for (std::size_t size = 1; size <= 29; ++size) {
    const TreeHead head{size, *RootOf(size, tree.Reader())};
    for (std::size_t seq = 0; seq < size; ++seq) {
      const auto good = *InclusionProof(seq, size, tree.Reader());
      for (std::size_t other = 0; other < size; ++other) {
        CHECK(VerifyInclusion(tree.leaves[seq], other, head, good) == (other == seq));
        CHECK(VerifyInclusion(tree.leaves[other], seq, head, good) == (other == seq));
      }
      for (std::size_t i = 0; i < good.size(); ++i) {
        auto bad = good;
        bad[i][31] ^= 1;
        CHECK_FALSE(VerifyInclusion(tree.leaves[seq], seq, head, bad));
        bad = good;
        bad.erase(bad.begin() + static_cast<std::ptrdiff_t>(i));
        CHECK_FALSE(VerifyInclusion(tree.leaves[seq], seq, head, bad));
      }
      auto longer = good;
      longer.push_back(head.root);
      CHECK_FALSE(VerifyInclusion(tree.leaves[seq], seq, head, longer));
    }
    CHECK_FALSE(VerifyInclusion(tree.leaves[0], size, head, {}));
    for (std::size_t old_size = 1; old_size < size; ++old_size) {
      const TreeHead old{old_size, *RootOf(old_size, tree.Reader())};
      const auto good = *ConsistencyProof(old_size, size, tree.Reader());
      for (std::size_t i = 0; i < good.size(); ++i) {
        auto bad = good;
        bad[i][0] ^= 0x80;
        CHECK_FALSE(VerifyConsistency(old, head, bad));
        bad = good;
        bad.erase(bad.begin() + static_cast<std::ptrdiff_t>(i));
        CHECK_FALSE(VerifyConsistency(old, head, bad));
      }
      CHECK_FALSE(VerifyConsistency({old_size, tree.leaves[0]}, head, good) !=
                  (old_size == 1));  // of one leaf, that leaf is the root
      CHECK_FALSE(VerifyConsistency(head, old, good));
    }
  }
}

TEST_CASE("AProofReadsAsManyNodesAsTheTreeIsHigh") {
  const Tree tree = TreeOf(5000);
  for (const std::size_t size : {4999u, 4096u, 4097u, 5000u}) {
    for (const std::size_t seq : {std::size_t{0}, std::size_t{17}, size / 2, size - 1}) {
      tree.reads = 0;
      REQUIRE(InclusionProof(seq, size, tree.Reader()));
      CHECK(tree.reads <= 2 * static_cast<std::size_t>(std::bit_width(size)));
      tree.reads = 0;
      REQUIRE(ConsistencyProof(seq + 1, size, tree.Reader()));
      CHECK(tree.reads <= 2 * static_cast<std::size_t>(std::bit_width(size)));
    }
  }
}

TEST_CASE("LeavesAndNodesAreHashedApart") {
  // A node's preimage as a leaf must not give the node's hash (RFC 6962: second preimages).
  const TreeHash left = HashLeaf("a"), right = HashLeaf("b");
  const std::string joined = std::string(AsView(left)) + std::string(AsView(right));
  CHECK(HashLeaf(joined) != HashNode(left, right));
}

}  // namespace
}  // namespace revenant
