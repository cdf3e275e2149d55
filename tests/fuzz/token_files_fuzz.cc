// libFuzzer target for the readers of requests, evaluations and operator cards; see
// normalize_fuzz.cc for how to build:
//   token_files_fuzz -max_len=4096 -rss_limit_mb=256 NEW_CORPUS fixtures/fuzz/token_files
// The inputs in fixtures/ run in the ordinary suite too (tests/exchange/token_files_test.cc).

#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "fuzz/token_files.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace revenant;
  const std::string_view broken = BrokenTokenFile({reinterpret_cast<const char*>(data), size});
  if (!broken.empty()) {
    std::fprintf(stderr, "%.*s\n", static_cast<int>(broken.size()), broken.data());
    std::abort();
  }
  return 0;
}
