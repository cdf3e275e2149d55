// The key file: its text, and how it gets on and off the disk. README.md describes both.
// Errors name the file and what to do, never a byte of the key.
#ifndef REVENANT_FINGERPRINT_KEY_FILE_H_
#define REVENANT_FINGERPRINT_KEY_FILE_H_

#include <filesystem>
#include <string_view>

#include "fingerprint/keyed_digest.h"
#include "revenant/result.h"
#include "util/wiping.h"

namespace revenant {

// A key may be rotated this often; every rotation adds one HMAC to every fingerprint.
inline constexpr std::size_t kMaxChainLinks = 255;

SecretText EncodeKeyFile(std::span<const MasterKey> chain);

// kInvalidArgument: not a key file. kUnsupportedFormat: of a later version. kCorruption: damaged.
Result<KeyChain> DecodeKeyFile(std::string_view text);

// As Key::Read() and Key::WriteNew() say.
Result<SecretText> ReadSecretFile(const std::filesystem::path& file);
Result<void> WriteNewSecretFile(const std::filesystem::path& file, std::string_view text);

}  // namespace revenant

#endif  // REVENANT_FINGERPRINT_KEY_FILE_H_
