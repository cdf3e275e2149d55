#include "exchange/crypto/hash_to_group.h"

#include <sodium.h>

#include <algorithm>
#include <cassert>

#include "util/bytes.h"

namespace revenant {
namespace {

constexpr std::size_t kDigestBytes = crypto_hash_sha512_BYTES;
constexpr std::size_t kBlockBytes = 128;
constexpr std::size_t kMaxDigests = 255;

class Sha512 {
 public:
  Sha512() { crypto_hash_sha512_init(&state_); }
  void Update(std::string_view bytes) {
    crypto_hash_sha512_update(&state_, AsBytes(bytes).data(), bytes.size());
  }
  void Finish(std::uint8_t* digest) { crypto_hash_sha512_final(&state_, digest); }  // wipes itself

 private:
  crypto_hash_sha512_state state_;
};

// Every message begins with a block of zeros (Z_pad), so that is hashed once.
const Sha512& AfterZeroBlock() {
  static const Sha512 state = [] {
    Sha512 hash;
    hash.Update(std::string(kBlockBytes, '\0'));
    return hash;
  }();
  return state;
}

}  // namespace

DomainTag::DomainTag(std::string_view text) : suffix_(text) {
  assert(!text.empty() && text.size() <= 255);
  suffix_ += static_cast<char>(text.size());
}

const DomainTag& VoprfHashToGroup() {
  static const DomainTag tag(std::string("HashToGroup-").append(kVoprfContext));
  return tag;
}
const DomainTag& VoprfHashToScalar() {
  static const DomainTag tag(std::string("HashToScalar-").append(kVoprfContext));
  return tag;
}

void ExpandMessageXmd(Pieces message, const DomainTag& tag, std::span<std::uint8_t> out) {
  assert(out.size() <= kMaxDigests * kDigestBytes);
  const char length[] = {static_cast<char>(out.size() >> 8), static_cast<char>(out.size()), 0};
  Wiped<WideBytes> first;
  Sha512 hash = AfterZeroBlock();
  for (const std::string_view piece : message) hash.Update(piece);
  hash.Update({length, sizeof length});  // l_i_b_str and the byte 0
  hash.Update(tag.suffix());
  hash.Finish(first.value.data());

  Wiped<WideBytes> last;  // b_(i-1), zero before the first
  std::uint8_t index = 0;
  for (std::size_t at = 0; at < out.size(); at += kDigestBytes) {
    for (std::size_t i = 0; i < kDigestBytes; ++i) last.value[i] ^= first.value[i];
    Sha512 next;
    next.Update(AsView(last.value));
    const char number = static_cast<char>(++index);
    next.Update({&number, 1});
    next.Update(tag.suffix());
    next.Finish(last.value.data());
    const std::size_t count = std::min(kDigestBytes, out.size() - at);
    std::copy_n(last.value.begin(), count, out.begin() + static_cast<std::ptrdiff_t>(at));
  }
}

Element GroupFromWide(const WideBytes& wide) {
  Element element;
  crypto_core_ristretto255_from_hash(element.bytes.data(), wide.data());
  return element;
}

Scalar HashToScalar(Pieces message, const DomainTag& tag) {
  Wiped<WideBytes> wide;
  ExpandMessageXmd(message, tag, wide.value);
  return Ristretto::Reduce(wide.value);
}

}  // namespace revenant
