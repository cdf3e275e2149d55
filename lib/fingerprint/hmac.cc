#include "fingerprint/hmac.h"

#include <algorithm>

#include "util/bytes.h"
#include "util/wiping.h"

namespace revenant {

HmacKey::HmacKey(std::span<const std::uint8_t> key, Sha256Compress compress) : compress_(compress) {
  Wiped<std::array<std::uint8_t, kSha256BlockBytes>> pad;
  if (key.size() > pad.value.size()) {
    Wiped<Sha256Digest> shortened;
    Sha256Stream stream(compress);
    stream.Update(AsView(key));
    stream.Finish(shortened.value);
    std::copy(shortened.value.begin(), shortened.value.end(), pad.value.begin());
  } else {
    std::copy(key.begin(), key.end(), pad.value.begin());
  }
  for (std::uint8_t& byte : pad.value) byte ^= 0x36;
  compress(inner_, pad.value.data(), 1);
  for (std::uint8_t& byte : pad.value) byte ^= 0x36 ^ 0x5c;
  compress(outer_, pad.value.data(), 1);
}

void HmacKey::Finish(Sha256Stream& message, Sha256Digest& mac) const {
  message.Finish(mac);
  message.Restart(outer_, 1);
  message.Update(AsView(mac));
  message.Finish(mac);
}

void HmacKey::Mac(std::string_view message, Sha256Digest& mac) const {
  Sha256Stream stream = Start();
  stream.Update(message);
  Finish(stream, mac);
}

}  // namespace revenant
