#ifndef ONBOARDING_SERVICE_JSON_OUT_H_
#define ONBOARDING_SERVICE_JSON_OUT_H_

#include <string>
#include <string_view>

namespace service {

// Appends `text`, which is UTF-8, as a JSON string.
inline void AppendJson(std::string& out, std::string_view text) {
  static constexpr char kHex[] = "0123456789abcdef";
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += {'\\', c};
    } else if (byte < 0x20 || byte == 0x7f) {
      out += {'\\', 'u', '0', '0', kHex[byte >> 4], kHex[byte & 15]};
    } else {
      out += c;
    }
  }
  out += '"';
}

}  // namespace service

#endif  // ONBOARDING_SERVICE_JSON_OUT_H_
