// The inputs that the fuzzer starts from, and those that once failed.

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "fixtures.h"
#include "fuzz/normalize_input.h"

namespace revenant {
namespace {

TEST_CASE("EveryInputOfTheFuzzersCorpusKeepsThePromises") {
  int inputs = 0;
  const std::filesystem::path folder = test::Fixtures() + "/fuzz/normalize";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == ".md") continue;
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), {}};
    CAPTURE(entry.path().filename().string());
    CHECK(BrokenPromise(SplitInput(bytes)) == "");
    ++inputs;
  }
  CHECK(inputs >= 50);
}

TEST_CASE("AnInputIsKindCountryAndValue") {
  const NormalizeInput input = SplitInput("contact.phone\tUS\t(650) 253-0000\t9");
  CHECK(input.kind == "contact.phone");
  CHECK(input.country == "US");
  CHECK(input.value == "(650) 253-0000\t9");
  CHECK(FindKind(SplitInput("no such kind").kind) != nullptr);
  CHECK(FindKind(SplitInput("").kind) != nullptr);
}

}  // namespace
}  // namespace revenant
