// Memory that holds secrets and is zeroed before it is released.
#ifndef REVENANT_UTIL_WIPING_H_
#define REVENANT_UTIL_WIPING_H_

#include <sodium.h>

#include <cstddef>
#include <memory>
#include <type_traits>
#include <vector>

namespace revenant {

// A value on the stack or in an object, zero once it is destroyed. Neither copied nor moved, so
// that there is one place to wipe.
template <typename T>
struct Wiped {
  static_assert(std::is_trivially_copyable_v<T>, "its bytes must be all there is to it");

  T value;

  Wiped() : value{} {}
  Wiped(const Wiped&) = delete;
  Wiped& operator=(const Wiped&) = delete;
  ~Wiped() { sodium_memzero(&value, sizeof value); }
};

// Allocator of containers of secrets: also what they outgrow and move out of is wiped.
template <typename T>
struct WipingAllocator {
  using value_type = T;

  WipingAllocator() = default;
  template <typename U>
  WipingAllocator(const WipingAllocator<U>&) {}  // NOLINT: allocators convert implicitly

  T* allocate(std::size_t count) { return std::allocator<T>().allocate(count); }
  void deallocate(T* block, std::size_t count) {
    sodium_memzero(block, count * sizeof(T));
    std::allocator<T>().deallocate(block, count);
  }
  friend bool operator==(const WipingAllocator&, const WipingAllocator&) { return true; }
};

// Not a std::string: that keeps short text inside itself, where no allocator wipes it.
using SecretText = std::vector<char, WipingAllocator<char>>;

}  // namespace revenant

#endif  // REVENANT_UTIL_WIPING_H_
