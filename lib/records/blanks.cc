#include <algorithm>
#include <iterator>

#include "revenant/records.h"
#include "util/bytes.h"

namespace revenant {
namespace {

// White space, and what takes no place on a screen: no one who typed or pasted it meant it.
bool IsBlank(char32_t c) {
  constexpr char32_t kOthers[] = {' ',    0x85,   0xa0,   0xad,   0x61c,  0x1680, 0x180e,
                                  0x202f, 0x205f, 0x3000, 0xfeff, 0x115f, 0x3164};
  return (c >= 0x09 && c <= 0x0d) || (c >= 0x2000 && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
         (c >= 0x2060 && c <= 0x2064) || (c >= 0x2066 && c <= 0x206f) ||
         std::find(std::begin(kOthers), std::end(kOthers), c) != std::end(kOthers);
}

}  // namespace

std::string_view TrimBlanks(std::string_view text) {
  while (!text.empty()) {
    const Utf8Char first = DecodeUtf8(text);
    if (first.size == 0 || !IsBlank(first.code_point)) break;
    text.remove_prefix(first.size);
  }
  constexpr std::size_t kLongestChar = 4;
  while (!text.empty()) {
    std::size_t size = 1;
    const auto is_inside = [&](std::size_t back) {
      return (static_cast<unsigned char>(text[text.size() - back]) & 0xc0) == 0x80;
    };
    while (size < kLongestChar && size < text.size() && is_inside(size)) ++size;
    const Utf8Char last = DecodeUtf8(text.substr(text.size() - size));
    if (last.size != size || !IsBlank(last.code_point)) break;
    text.remove_suffix(size);
  }
  return text;
}

}  // namespace revenant
