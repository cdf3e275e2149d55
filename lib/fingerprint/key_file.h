// The text of the key file; README.md describes it.
#ifndef REVENANT_FINGERPRINT_KEY_FILE_H_
#define REVENANT_FINGERPRINT_KEY_FILE_H_

#include <span>
#include <string_view>

#include "fingerprint/keyed_digest.h"
#include "fingerprint/secret_file.h"
#include "revenant/result.h"

namespace revenant {

// A key may be rotated this often; every rotation adds one HMAC to every fingerprint.
inline constexpr std::size_t kMaxChainLinks = 255;

SecretText EncodeKeyFile(std::span<const MasterKey> chain);

// kInvalidArgument: not a key file. kUnsupportedFormat: of a later version. kCorruption: damaged.
Result<KeyChain> DecodeKeyFile(std::string_view text);

}  // namespace revenant

#endif  // REVENANT_FINGERPRINT_KEY_FILE_H_
