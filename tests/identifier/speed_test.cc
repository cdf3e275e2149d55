// What the header promises about cost.

#include <doctest/doctest.h>

#include <atomic>
#include <cstdlib>
#include <new>
#include <set>
#include <string>

#include "identifier/support.h"
#include "identifier/table.h"

namespace {
std::atomic<long> allocations{0};
}  // namespace

// Counts every allocation of the program.
void* operator new(std::size_t size) {
  ++allocations;
  if (void* const memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace revenant {
namespace {

TEST_CASE("CommonKindsDoNotAllocateWhenTheOutcomeIsReused") {
  // JSON, folding beyond ASCII, MD5 and base58 text are built in strings.
  const std::set<std::string_view> kMayAllocate = {
      "device.profile", "contact.name", "contact.address", "pay.crypto.ltc", "pay.crypto.tron"};
  Normalized out;
  for (const kinds::Kind* row : kinds::AllRows()) {
    if (kMayAllocate.contains(row->name) || row->example.size() >= 64) continue;
    CAPTURE(row->name);
    const std::string kind(row->name == "custom.*" ? "custom.x" : row->name);
    const Attribute attribute{kind, row->example_country, row->example};
    Normalize(attribute, out);  // warms the buffers
    const long before = allocations;
    for (int i = 0; i < 10; ++i) Normalize(attribute, out);
    CHECK(allocations == before);
  }
}

}  // namespace
}  // namespace revenant
