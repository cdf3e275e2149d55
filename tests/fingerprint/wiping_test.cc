// No block of memory goes back to the system with a secret in it: every release in this program
// passes through the operator delete below, which looks for the bytes of a known key.
#include "util/wiping.h"

#include <doctest/doctest.h>
#include <malloc.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <new>
#include <span>
#include <string>
#include <string_view>

#include "fingerprint/hmac.h"
#include "fingerprint/key_file.h"
#include "fingerprint/support.h"
#include "revenant/fingerprint.h"
#include "util/bytes.h"

namespace {

// Fragments of secrets, long enough never to occur by chance. Fixed arrays: a needle must not lie
// about in heap memory itself.
constexpr std::size_t kNeedleBytes = 16;
std::array<std::array<char, kNeedleBytes>, 32> g_needles;
std::atomic<std::size_t> g_needle_count = 0;
std::atomic<std::size_t> g_found = 0;
std::atomic<std::size_t> g_allocations = 0;

void AddNeedle(const void* bytes) {
  std::memcpy(g_needles[g_needle_count].data(), bytes, kNeedleBytes);
  ++g_needle_count;
}

void LookForNeedles(const void* block) {
  const auto* const begin = static_cast<const char*>(block);
  const char* const end = begin + malloc_usable_size(const_cast<void*>(block));
  for (std::size_t i = 0; i < g_needle_count; ++i) {
    if (std::search(begin, end, g_needles[i].begin(), g_needles[i].end()) != end) ++g_found;
  }
}

}  // namespace

// Kept out of line: inlined, g++ sees malloc() meet operator delete and warns of a mismatch.
[[gnu::noinline]] void* operator new(std::size_t size) {
  ++g_allocations;
  if (void* block = std::malloc(size)) return block;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* block) noexcept {
  if (block != nullptr && g_needle_count > 0) LookForNeedles(block);
  std::free(block);
}
void operator delete(void* block, std::size_t) noexcept { operator delete(block); }

namespace revenant {
namespace {

// The key of fixtures/fingerprint/one_link.key and all that can be computed from it.
struct KnownKey {
  MasterKey master;
  char text[256] = {};
  std::size_t text_bytes = 0;

  KnownKey() {
    for (std::size_t i = 0; i < master.size(); ++i) master[i] = static_cast<std::uint8_t>(i);
    const SecretText encoded = EncodeKeyFile(std::span(&master, 1));
    text_bytes = encoded.size();
    std::memcpy(text, encoded.data(), text_bytes);
  }

  void AddNeedles() const {
    AddNeedle(master.data());
    AddNeedle(master.data() + 16);
    constexpr std::size_t kDigitsAt = std::string_view("revenant-key 1\nlink ").size();
    AddNeedle(text + kDigitsAt);
    AddNeedle(text + kDigitsAt + 48);
    for (const std::string_view label : {"revenant/key/fingerprint/1", "revenant/key/check/1"}) {
      Sha256Digest subkey;
      HmacKey(master, Sha256Best()).Mac(label, subkey);
      AddNeedle(subkey.data());
      AddNeedle(subkey.data() + 16);
      AddStates(subkey);
    }
    AddStates(master);
  }

  // The states that an HMAC key keeps are as good as the key.
  static void AddStates(const std::array<std::uint8_t, 32>& key) {
    for (const std::uint8_t pad : {0x36, 0x5c}) {
      std::array<std::uint8_t, kSha256BlockBytes> block{};
      std::copy(key.begin(), key.end(), block.begin());
      for (std::uint8_t& byte : block) byte ^= pad;
      Sha256State state = kSha256Start;
      Sha256Best()(state, block.data(), 1);
      AddNeedle(state.data());
      AddNeedle(state.data() + 4);
      AddNeedle(block.data());
    }
  }
};

// Watches every release for as long as it lives.
class Watch {
 public:
  explicit Watch(const KnownKey& key) {
    g_found = 0;
    key.AddNeedles();
  }
  ~Watch() { g_needle_count = 0; }
  std::size_t found() const { return g_found; }
};

Result<Key> Fetch(const KnownKey& known) {
  return Key::FromKeeper(
      [&known]() -> Result<std::string> { return std::string(known.text, known.text_bytes); });
}

TEST_CASE("TheWatchSeesASecretThatIsReleased") {
  const KnownKey known;
  const Watch watch(known);
  {
    const std::string careless(known.text, known.text_bytes);
    CHECK(careless.size() == known.text_bytes);
  }
  CHECK(watch.found() > 0);
}

TEST_CASE("TheWatchSeesTheStatesOfAnHmacKey") {
  const KnownKey known;
  const Watch watch(known);
  auto* const careless = new HmacKey(known.master, Sha256Best());
  operator delete(careless);  // without its destructor
  CHECK(watch.found() > 0);
}

TEST_CASE("NoSecretIsReleasedUnwiped") {
  const KnownKey known;
  const TempFolder folder;
  const Watch watch(known);
  {
    auto key = Fetch(known);
    REQUIRE(key);
    REQUIRE(key->WriteNew(folder / "a.key"));
    auto read = Key::Read(folder / "a.key");
    REQUIRE(read);
    CHECK(read->CheckValue() == key->CheckValue());
    CHECK(Key::Read(folder / "a.key")->WriteNew(folder / "a.key").error().code == Code::kConflict);

    auto rotated = read->Rotated();
    REQUIRE(rotated);
    CHECK(rotated->PreviousCheckValue() == key->CheckValue());
    REQUIRE(rotated->WriteNew(folder / "b.key"));
    Fingerprinter fingerprinter(*rotated);
    const Fingerprint fingerprint = fingerprinter.Of("pay.iban", "", "DE89370400440532013000");
    Fingerprinter moved = std::move(fingerprinter);
    CHECK(moved.Of("pay.iban", "", "DE89370400440532013000") == fingerprint);
    moved = Fingerprinter(*key);  // lets go of the other's states

    const Key stolen = *std::move(key);
    *read = *std::move(rotated);  // lets go of the one-link key
  }
  CHECK(watch.found() == 0);
}

TEST_CASE("ADamagedKeyIsWipedToo") {
  KnownKey known;
  known.text[known.text_bytes - 2] ^= 1;
  const TempFolder folder;
  const Watch watch(known);
  CHECK(Fetch(known).error().code == Code::kCorruption);
  REQUIRE(WriteNewSecretFile(folder / "bad.key", {known.text, known.text_bytes}));
  CHECK(Key::Read(folder / "bad.key").error().code == Code::kCorruption);
  CHECK(watch.found() == 0);
}

// Builds a T in plain storage, ends its life, and says whether anything but zero is left of `size`
// bytes that were all but zero before. The empty asm keeps the compiler from reasoning that nobody
// may look at an object that is gone.
template <typename T, typename... Args>
bool LeavesOnlyZeros(std::size_t from, std::size_t size, const Args&... args) {
  alignas(T) static unsigned char storage[sizeof(T)];
  const auto is_zero = [from, size] {
    asm volatile("" : : "r"(storage) : "memory");
    return std::all_of(storage + from, storage + from + size,
                       [](unsigned char byte) { return byte == 0; });
  };
  T* const object = new (storage) T(args...);
  CHECK_FALSE(is_zero());
  object->~T();
  return is_zero();
}

struct FilledWiped : Wiped<MasterKey> {
  explicit FilledWiped(const MasterKey& key) { value = key; }
};

TEST_CASE("ObjectsThatHoldSecretsAreZeroOnceDestroyed") {
  const KnownKey known;
  CHECK(LeavesOnlyZeros<FilledWiped>(0, sizeof(FilledWiped), known.master));
  // An HMAC key is a pointer to code, which is no secret, and its two states.
  constexpr std::size_t kStates = 2 * sizeof(Sha256State);
  static_assert(sizeof(HmacKey) == sizeof(Sha256Compress) + kStates);
  CHECK(LeavesOnlyZeros<HmacKey>(sizeof(Sha256Compress), kStates, known.master, Sha256Best()));
}

TEST_CASE("FingerprintingAllocatesNothing") {
  const KnownKey known;
  auto key = Fetch(known);
  REQUIRE(key);
  const auto rotated = key->Rotated();
  REQUIRE(rotated);
  const Fingerprinter fingerprinter(*rotated);
  const Identifier identifier{"contact.email", "", std::string(500, 'e')};
  const std::size_t before = g_allocations;
  const Fingerprint one = fingerprinter.Of(identifier);
  const Fingerprint two = fingerprinter.Of("pay.iban", "", "DE89370400440532013000");
  const Fingerprint three = fingerprinter.Rewrap(one);
  const std::size_t after = g_allocations;
  CHECK(after == before);
  CHECK(one != two);
  CHECK(one != three);
}

}  // namespace
}  // namespace revenant
