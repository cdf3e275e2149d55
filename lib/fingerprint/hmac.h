// HMAC-SHA-256 (RFC 2104) whose key is worked in once: the two states after the padded key are
// kept, so that a message that fits a block costs two compressions instead of four.
#ifndef REVENANT_FINGERPRINT_HMAC_H_
#define REVENANT_FINGERPRINT_HMAC_H_

#include <cstdint>
#include <span>
#include <string_view>

#include "fingerprint/sha256.h"

namespace revenant {

// Threads: const members may run concurrently. Wipes itself; a copy is a secret of its own.
class HmacKey {
 public:
  HmacKey(std::span<const std::uint8_t> key, Sha256Compress compress);
  ~HmacKey() {
    sodium_memzero(&inner_, sizeof inner_);
    sodium_memzero(&outer_, sizeof outer_);
  }
  HmacKey(const HmacKey&) = default;
  HmacKey& operator=(const HmacKey&) = default;

  // For a message in pieces: `Sha256Stream message = key.Start()`, Update()s, then Finish().
  Sha256Stream Start() const { return Sha256Stream(compress_, inner_, 1); }
  void Finish(Sha256Stream& message, Sha256Digest& mac) const;

  void Mac(std::string_view message, Sha256Digest& mac) const;

 private:
  Sha256Compress compress_;
  Sha256State inner_ = kSha256Start;
  Sha256State outer_ = kSha256Start;
};

}  // namespace revenant

#endif  // REVENANT_FINGERPRINT_HMAC_H_
