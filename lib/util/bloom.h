#ifndef REVENANT_UTIL_BLOOM_H_
#define REVENANT_UTIL_BLOOM_H_

// A split-block Bloom filter over keys that are uniform 128-bit hashes already.
//
// Each key owns one block of a cache line and sets one bit in each of its eight words: a question
// costs one memory access however large the filter. At 16 bits a key 0.09 % of strangers are taken
// for members (Putze, Sanders, Singler, "Cache-, Hash- and Space-Efficient Bloom Filters", 2009;
// blocks of 512 bits rather than 256 because at 16 bits a key the smaller ones give 0.14 %).
// Threads: any number may ask and add at once. A writer that must not miss a key orders its Add()
// before what makes the key matter. Errors: none; only std::bad_alloc. Memory: what bytes() says.

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <span>

namespace revenant {

class Bloom {
 public:
  struct Key {
    std::uint64_t block = 0, bits = 0;
  };
  static constexpr std::size_t kWords = 8;

  // Room for `capacity` keys at `bits_per_key`; more may be added, at more false positives.
  explicit Bloom(std::uint64_t capacity, unsigned bits_per_key = 16);
  static std::uint64_t BytesFor(std::uint64_t capacity, unsigned bits_per_key) {
    return (capacity * bits_per_key / (kWords * 64) + 1) * kWords * 8;
  }

  // Is this the first key to set one of its bits? (A false positive counts as known.)
  bool Add(const Key& key) {
    bool fresh = false;
    Block& block = BlockOf(key);
    for (std::size_t i = 0; i < kWords; ++i) {
      if (block[i].load(std::memory_order_relaxed) & Bit(key, i)) continue;
      block[i].fetch_or(Bit(key, i), std::memory_order_relaxed);
      fresh = true;
    }
    if (fresh) added_.fetch_add(1, std::memory_order_relaxed);
    return fresh;
  }

  bool Has(const Key& key) const {
    const Block& block = BlockOf(key);
    std::uint64_t missing = 0;
    for (std::size_t i = 0; i < kWords; ++i) {
      missing |= ~block[i].load(std::memory_order_relaxed) & Bit(key, i);
    }
    return missing == 0;
  }

  // Brings the block into the cache while other work continues.
  void Prefetch(const Key& key) const { __builtin_prefetch(&BlockOf(key)); }

  std::uint64_t added() const { return added_.load(std::memory_order_relaxed); }
  bool full() const { return added() > capacity_; }
  std::uint64_t capacity() const { return capacity_; }
  std::uint64_t bytes() const { return block_count_ * sizeof(Block); }

  // The bits as they lie in memory, to be kept in a file; there must be no Add() meanwhile. A
  // filter made with the same arguments takes them back.
  std::span<const std::uint8_t> bits() const {
    return {reinterpret_cast<const std::uint8_t*>(blocks_.get()), bytes()};
  }
  std::span<std::uint8_t> bits() {
    return {reinterpret_cast<std::uint8_t*>(blocks_.get()), bytes()};
  }
  void SetAdded(std::uint64_t added) { added_.store(added, std::memory_order_relaxed); }

 private:
  struct alignas(64) Block : std::array<std::atomic<std::uint64_t>, kWords> {};
  static_assert(sizeof(Block) == 64 && std::atomic<std::uint64_t>::is_always_lock_free);

  static std::uint64_t Bit(const Key& key, std::size_t word) {
    return std::uint64_t{1} << ((key.bits >> (6 * word)) & 63);
  }
  std::uint64_t IndexOf(const Key& key) const {  // maps the hash onto [0, block_count_)
    return (key.block >> 32) * block_count_ >> 32;
  }
  Block& BlockOf(const Key& key) { return blocks_[IndexOf(key)]; }
  const Block& BlockOf(const Key& key) const { return blocks_[IndexOf(key)]; }

  const std::uint64_t capacity_;
  const std::uint64_t block_count_;  // below 2^32
  const std::unique_ptr<Block[]> blocks_;
  std::atomic<std::uint64_t> added_{0};
};

}  // namespace revenant

#endif  // REVENANT_UTIL_BLOOM_H_
