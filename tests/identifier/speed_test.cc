// What the header promises about cost, and that the short way for phones tells the truth.

#include <doctest/doctest.h>

#include <atomic>
#include <cstdlib>
#include <new>
#include <random>
#include <set>
#include <string>

#include "identifier/phone.h"
#include "identifier/registry.h"
#include "identifier/support.h"

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

TEST_CASE("TheShortWayForPhonesAgreesWithTheLibrary") {
  if (!kinds::BuiltWithPhoneNumber()) return;
  const char* asked = std::getenv("REVENANT_SEED");
  const std::uint64_t seed = asked == nullptr ? 1 : std::strtoull(asked, nullptr, 10);
  CAPTURE(seed);
  std::mt19937_64 random(seed);
  int known = 0;
  for (int i = 0; i < 400'000 && known < 2'000; ++i) {
    const int code = static_cast<int>(random() % 999) + 1;
    std::string national;
    for (std::size_t size = 6 + random() % 6; size > 0; --size) {
      national.push_back(static_cast<char>('0' + random() % 10));
    }
    if (!kinds::IsInKnownRange(code, national)) continue;
    ++known;
    const std::string e164 = "+" + std::to_string(code) + national;
    CAPTURE(e164);
    // A scheme in front is only understood by the library.
    CHECK(Show(Run("contact.phone", e164)) == Show(Run("contact.phone", "tel:" + e164)));
  }
  CHECK(known > 500);
}

}  // namespace
}  // namespace revenant
