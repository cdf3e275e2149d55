#ifndef REVENANT_UTIL_FLAT_INDEX_H_
#define REVENANT_UTIL_FLAT_INDEX_H_

#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

namespace revenant {

// Small numbers by key in one array that keeps its memory from use to use: for searches that look
// the same few keys up over and over, and are over before a map would have paid for its nodes.
// Threads: one at a time. Errors: none; only std::bad_alloc. Cost: Clear() is O(1); a look-up is a
// probe or two at half load.
template <typename Key, typename Hash = std::hash<Key>>
class FlatIndex {
 public:
  // Forgets all keys. What an earlier generation left behind is void.
  void Clear() {
    size_ = 0;
    if (++generation_ != 0) return;
    for (Slot& slot : slots_) slot.generation = 0;  // once in four billion times
    generation_ = 1;
  }

  // nullptr: not there. Valid until the next Emplace().
  const std::uint32_t* Find(const Key& key) const {
    if (size_ == 0) return nullptr;
    for (std::size_t i = Home(key);; i = (i + 1) & (slots_.size() - 1)) {
      const Slot& slot = slots_[i];
      if (slot.generation != generation_) return nullptr;
      if (slot.key == key) return &slot.value;
    }
  }

  // The key's number, which is `value` if it had none; and whether it had none.
  std::pair<std::uint32_t, bool> Emplace(const Key& key, std::uint32_t value) {
    if (2 * (size_ + 1) > slots_.size()) Grow();
    Slot& slot = Place(key);
    if (slot.generation == generation_) return {slot.value, false};
    slot = {key, value, generation_};
    ++size_;
    return {value, true};
  }

  std::size_t size() const { return size_; }

 private:
  struct Slot {
    Key key{};
    std::uint32_t value = 0;
    std::uint32_t generation = 0;  // 0: never used
  };
  static constexpr std::size_t kFirstSlots = 64;

  std::size_t Home(const Key& key) const {
    // Ids are dense and test fingerprints are not uniform: a multiplication spreads both.
    const std::uint64_t spread = static_cast<std::uint64_t>(Hash()(key)) * 0x9e3779b97f4a7c15;
    return static_cast<std::size_t>(spread >> 32) & (slots_.size() - 1);
  }
  Slot& Place(const Key& key) {
    std::size_t i = Home(key);
    while (slots_[i].generation == generation_ && !(slots_[i].key == key)) {
      i = (i + 1) & (slots_.size() - 1);
    }
    return slots_[i];
  }
  void Grow() {
    std::vector<Slot> old(slots_.empty() ? kFirstSlots : 2 * slots_.size());
    old.swap(slots_);
    for (const Slot& slot : old) {
      if (slot.generation == generation_) Place(slot.key) = slot;
    }
  }

  std::vector<Slot> slots_;  // a power of two of them
  std::size_t size_ = 0;
  std::uint32_t generation_ = 1;
};

}  // namespace revenant

#endif  // REVENANT_UTIL_FLAT_INDEX_H_
