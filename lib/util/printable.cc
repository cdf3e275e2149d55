#include "revenant/printable.h"

#include <fmt/format.h>

#include "util/bytes.h"

namespace revenant {
namespace {

// Whether a terminal obeys the character, or hides it. All are in the basic plane, so that four
// digits name them.
bool MayMislead(char32_t c) {
  if (c < 0x20) return c != '\t';
  if (c < 0x7f) return false;
  return c < 0xa0 || c == 0xad || c == 0x61c || c == 0x180e || (c >= 0x200b && c <= 0x200f) ||
         (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff ||
         (c >= 0xfff0 && c <= 0xfffb);
}

}  // namespace

std::string Printable(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const Utf8Char next = DecodeUtf8(text);
    const std::size_t size = next.size == 0 ? 1 : next.size;
    if (next.size == 0) {
      out += fmt::format("\\x{:02x}", static_cast<unsigned>(static_cast<unsigned char>(text[0])));
    } else if (MayMislead(next.code_point)) {
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(next.code_point));
    } else {
      out += text.substr(0, size);
    }
    text.remove_prefix(size);
  }
  return out;
}

}  // namespace revenant
