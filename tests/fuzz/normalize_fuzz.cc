// libFuzzer target for Normalize(): configure with `cmake -C tools/cmake/fuzz.cmake`, then
//   normalize_fuzz -max_len=512 NEW_CORPUS fixtures/fuzz/normalize
// The inputs in fixtures/ run in the ordinary suite too (tests/identifier/fuzz_corpus_test.cc).

#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "fuzz/normalize_input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace revenant;
  const NormalizeInput input = SplitInput({reinterpret_cast<const char*>(data), size});
  const std::string_view broken = BrokenPromise(input);
  if (!broken.empty()) {
    std::fprintf(stderr, "%.*s: %.*s\n", static_cast<int>(input.kind.size()), input.kind.data(),
                 static_cast<int>(broken.size()), broken.data());
    std::abort();
  }
  return 0;
}
