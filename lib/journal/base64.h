// Base64 (RFC 4648 section 4, with padding), as signed notes and journal files hold bytes.
// Threads: pure functions.
#ifndef REVENANT_JOURNAL_BASE64_H_
#define REVENANT_JOURNAL_BASE64_H_

#include <sodium.h>

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "util/bytes.h"

namespace revenant {

inline void AppendBase64(std::string& out, std::string_view bytes) {
  const std::size_t begin = out.size();
  out.resize(begin + sodium_base64_encoded_len(bytes.size(), sodium_base64_VARIANT_ORIGINAL));
  sodium_bin2base64(out.data() + begin, out.size() - begin, AsBytes(bytes).data(), bytes.size(),
                    sodium_base64_VARIANT_ORIGINAL);
  out.pop_back();  // its final zero
}
inline std::string Base64(std::string_view bytes) {
  std::string out;
  AppendBase64(out, bytes);
  return out;
}

// nullopt unless `text` is what Base64() returns for some bytes.
inline std::optional<std::string> FromBase64(std::string_view text) {
  std::string bytes(text.size() / 4 * 3, '\0');
  std::size_t size = 0;
  const char* end = nullptr;
  if (sodium_base642bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(), text.data(),
                        text.size(), nullptr, &size, &end, sodium_base64_VARIANT_ORIGINAL) != 0 ||
      end != text.data() + text.size()) {
    return std::nullopt;
  }
  bytes.resize(size);
  if (Base64(bytes) != text) return std::nullopt;  // bits that no encoder sets
  return bytes;
}
// Fills the whole of `out`; false unless `text` encodes exactly as many bytes.
inline bool FromBase64(std::string_view text, std::span<std::uint8_t> out) {
  const std::optional<std::string> bytes = FromBase64(text);
  if (!bytes || bytes->size() != out.size()) return false;
  std::copy(bytes->begin(), bytes->end(), out.begin());
  return true;
}

}  // namespace revenant

#endif  // REVENANT_JOURNAL_BASE64_H_
