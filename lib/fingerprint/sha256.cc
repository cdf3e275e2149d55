#include "fingerprint/sha256.h"

// SHA256_Transform() is deprecated in favour of an interface that cannot start from a state, which
// is the whole point here; it is also the fastest there is for processors of every other sort.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>

#include <algorithm>

namespace revenant {
namespace {

template <typename Unsigned>
void StoreBigEndian(std::uint8_t* out, Unsigned value) {
  for (std::size_t i = sizeof value; i-- > 0; value = static_cast<Unsigned>(value >> 8)) {
    out[i] = static_cast<std::uint8_t>(value);
  }
}

}  // namespace

void Sha256CompressOpenssl(Sha256State& state, const std::uint8_t* blocks, std::size_t count) {
  static_assert(sizeof(SHA256_CTX::h) == sizeof state && sizeof(SHA_LONG) == 4);
  SHA256_CTX context = {};
  std::copy(state.begin(), state.end(), context.h);
  for (; count > 0; --count, blocks += kSha256BlockBytes) SHA256_Transform(&context, blocks);
  std::copy(std::begin(context.h), std::end(context.h), state.begin());
  sodium_memzero(context.h, sizeof context.h);
}

Sha256Compress Sha256Best() {
  static const Sha256Compress best = [] {
    const Sha256Compress hardware = Sha256Hardware();
    return hardware != nullptr ? hardware : &Sha256CompressOpenssl;
  }();
  return best;
}

// What does not fit the block at hand: fills it, then compresses straight from the input.
void Sha256Stream::UpdateBlocks(std::string_view bytes) {
  total_ += bytes.size();
  if (used_ > 0) {
    const std::size_t missing = kSha256BlockBytes - used_;
    std::memcpy(work_.block + used_, bytes.data(), missing);
    bytes.remove_prefix(missing);
    Flush();
  }
  const std::size_t whole = bytes.size() / kSha256BlockBytes;
  if (whole > 0) compress_(work_.state, reinterpret_cast<const std::uint8_t*>(bytes.data()), whole);
  bytes.remove_prefix(whole * kSha256BlockBytes);
  if (!bytes.empty()) std::memcpy(work_.block, bytes.data(), bytes.size());
  used_ = bytes.size();
}

void Sha256Stream::Finish(Sha256Digest& digest) {
  constexpr std::size_t kLengthAt = kSha256BlockBytes - sizeof(std::uint64_t);
  work_.block[used_++] = 0x80;
  if (used_ > kLengthAt) {
    std::memset(work_.block + used_, 0, kSha256BlockBytes - used_);
    Flush();
  }
  std::memset(work_.block + used_, 0, kLengthAt - used_);
  StoreBigEndian(work_.block + kLengthAt, total_ * 8);
  Flush();
  for (std::size_t i = 0; i < work_.state.size(); ++i)
    StoreBigEndian(digest.data() + 4 * i, work_.state[i]);
}

}  // namespace revenant
