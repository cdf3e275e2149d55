// The fuzzer's promises on its stored inputs and on random damage to each (fuzz/token_files.h).
#include "fuzz/token_files.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <random>

#include "exchange/files/refusal.h"
#include "exchange/roster/possession.h"
#include "fixtures.h"

namespace revenant {
namespace {

std::uint64_t FirstSeed() {
  const char* seed = std::getenv("REVENANT_SEED");
  return seed == nullptr ? 1 : std::strtoull(seed, nullptr, 10);
}

std::vector<std::string> StoredInputs() {
  std::vector<std::string> inputs;
  const std::filesystem::path dir =
      std::filesystem::path(test::Fixtures()) / "fuzz" / "token_files";
  for (const auto& entry : std::filesystem::directory_iterator(dir)) {
    if (entry.path().extension() == ".md") continue;
    std::ifstream in(entry.path(), std::ios::binary);
    inputs.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
  }
  return inputs;
}

TEST_CASE("StoredInputsOfTheFuzzerKeepThePromises") {
  const std::vector<std::string> inputs = StoredInputs();
  CHECK(inputs.size() >= 3);
  for (const std::string& input : inputs) CHECK(BrokenTokenFile(input) == "");
}

TEST_CASE("RandomDamageBreaksNoPromise") {
  const std::uint64_t seed = FirstSeed();
  CAPTURE(seed);
  std::mt19937_64 draw(seed);
  for (const std::string& input : StoredInputs()) {
    for (int round = 0; round < 300; ++round) {
      std::string damaged = input;
      for (std::uint64_t i = draw() % 4; i < 4 && damaged.size() > 1; ++i) {
        const std::size_t at = draw() % damaged.size();
        switch (draw() % 4) {
          case 0:
            damaged[at] = static_cast<char>(draw());
            break;
          case 1:
            damaged.resize(at + 1);
            break;
          case 2:
            damaged.insert(at, 1 + draw() % 8, static_cast<char>(draw()));
            break;
          default:
            damaged.erase(at, 1 + draw() % 8);
        }
      }
      CHECK(BrokenTokenFile(damaged) == "");
    }
  }
}

struct CountCase {
  std::string_view name;
  std::uint32_t count;
};
constexpr CountCase kCounts[] = {
    {"none", 0},
    {"one more than there are", 3},
    {"one less", 1},
    {"the cap and one", 1'000'001},
    {"all that 32 bits can say", UINT32_MAX},
};

// The count stands right before the elements; a reader that believed it would ask for 128 GiB.
TEST_CASE("ACountThatIsNotTheFilesOwnIsRefusedBeforeAnythingIsAllocated") {
  TokenRequest request;
  request.epoch = 1;
  request.created = Time{0};
  request.elements = {Ristretto::Generator(), Ristretto::Generator()};
  const std::string file = RequestFile(request, FuzzSigner());
  std::string part(file.substr(kFrameBytes, file.size() - kFrameBytes - kSignatureBytes));
  REQUIRE(ReadRequest(Framed(FileType::kRequest, part)));
  for (const CountCase& c : kCounts) {
    CAPTURE(c.name);
    std::string changed = part;
    std::memcpy(changed.data() + part.size() - 2 * sizeof(Element) - 4, &c.count, 4);
    const auto read = ReadRequest(Framed(FileType::kRequest, changed));
    REQUIRE_FALSE(read);
    CHECK(IsRefusal(read.error(), Refusal::kMalformed));
  }
}

}  // namespace
}  // namespace revenant
