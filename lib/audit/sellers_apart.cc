#include "audit/sellers_apart.h"

#include <sodium.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <iterator>
#include <vector>

namespace revenant {
namespace {

constexpr std::size_t kBytes = sizeof(std::uint64_t);
constexpr std::size_t kReadAtOnce = 128 << 10;  // sellers

}  // namespace

void AppendSeller(std::string& out, const SellerName& seller) {
  const std::string name = seller.ToString();
  unsigned char digest[crypto_generichash_BYTES_MIN];
  static_assert(sizeof digest >= kBytes);
  crypto_generichash(digest, sizeof digest, reinterpret_cast<const unsigned char*>(name.data()),
                     name.size(), nullptr, 0);
  out.append(reinterpret_cast<const char*>(digest), kBytes);
}

Result<std::uint64_t> CountRepeatedSellers(StagedFile& file, std::size_t most_held) {
  if (Result<void> flushed = file.Flush(); !flushed) return std::move(flushed).error();
  const std::uint64_t sellers = file.size() / kBytes;
  const std::uint64_t passes = std::max<std::uint64_t>(1, (sellers + most_held - 1) / most_held);
  std::vector<std::uint64_t> held, read(kReadAtOnce);
  held.reserve(static_cast<std::size_t>(sellers / passes + sellers / passes / 8));
  std::uint64_t distinct = 0;
  for (std::uint64_t pass = 0; pass < passes; ++pass) {
    held.clear();
    std::ifstream in(file.path(), std::ios::binary);
    for (std::uint64_t left = sellers; left > 0;) {
      const std::size_t count = std::min<std::uint64_t>(left, kReadAtOnce);
      in.read(reinterpret_cast<char*>(read.data()), static_cast<std::streamsize>(count * kBytes));
      if (!in) return Error{Code::kIo, file.path().string() + ": cannot be read"};
      std::copy_if(read.begin(), read.begin() + static_cast<std::ptrdiff_t>(count),
                   std::back_inserter(held),
                   [&](std::uint64_t seller) { return seller % passes == pass; });
      left -= count;
    }
    std::sort(held.begin(), held.end());
    distinct += static_cast<std::uint64_t>(std::unique(held.begin(), held.end()) - held.begin());
  }
  return sellers - distinct;
}

}  // namespace revenant
