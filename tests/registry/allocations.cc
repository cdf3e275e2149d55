// A file of its own: where the compiler sees these bodies beside their callers it takes them for a
// mistake.

#include "registry/allocations.h"

#include <cstdlib>
#include <new>

namespace {
thread_local long allocations = 0;
}  // namespace

void* operator new(std::size_t size) {
  ++allocations;
  if (void* const memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace revenant {

long AllocationsOfThisThread() { return allocations; }

}  // namespace revenant
