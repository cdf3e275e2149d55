#include "records/line_mender.h"

#include <cstddef>
#include <optional>

#include "util/bytes.h"

namespace revenant {
namespace {

// Noncharacters, which no text for interchange holds.
constexpr std::string_view kNotText = "\ufdd0";
constexpr std::string_view kControl = "\ufdd1";

// The number of an escape "\uXXXX" at the front.
std::optional<unsigned> Escape(std::string_view text) {
  constexpr std::size_t kSize = 6;
  if (text.size() < kSize || text[0] != '\\' || text[1] != 'u') return std::nullopt;
  unsigned number = 0;
  for (const char c : text.substr(2, 4)) {
    unsigned digit;
    if (c >= '0' && c <= '9') {
      digit = static_cast<unsigned>(c - '0');
    } else if ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')) {
      digit = static_cast<unsigned>((c | 0x20) - 'a') + 10;
    } else {
      return std::nullopt;
    }
    number = number * 16 + digit;
  }
  return number;
}

bool IsHigh(std::optional<unsigned> unit) { return unit && *unit >= 0xd800 && *unit < 0xdc00; }
bool IsLow(std::optional<unsigned> unit) { return unit && *unit >= 0xdc00 && *unit < 0xe000; }

}  // namespace

bool MendLine(std::string_view line, std::string& mended) {
  mended.clear();
  bool in_string = false, any = false;
  for (std::size_t i = 0; i < line.size();) {
    const std::string_view rest = line.substr(i);
    const char c = rest[0];
    if (!in_string || c == '"') {
      in_string = in_string != (c == '"');
      mended += c;
      ++i;
    } else if (c == '\\') {
      const std::optional<unsigned> unit = Escape(rest);
      const bool is_pair = IsHigh(unit) && IsLow(Escape(rest.substr(6)));
      if (!is_pair && (IsHigh(unit) || IsLow(unit))) {
        mended += kNotText;
        any = true;
        i += 6;
      } else {
        const std::size_t size = is_pair ? 12 : rest.size() < 2 ? 1 : 2;
        mended += rest.substr(0, size);
        i += size;
      }
    } else if (static_cast<unsigned char>(c) < 0x20) {
      mended += kControl;
      any = true;
      ++i;
    } else if (const Utf8Char next = DecodeUtf8(rest); next.size > 0) {
      mended += rest.substr(0, next.size);
      i += next.size;
    } else {
      mended += kNotText;
      any = true;
      ++i;
    }
  }
  return any;
}

std::string_view MendedDamage(std::string_view text) {
  if (text.find(kNotText) != std::string_view::npos) {
    return "is not UTF-8; save the file as UTF-8, or say what it is (--encoding windows-1252)";
  }
  if (text.find(kControl) != std::string_view::npos) return "holds a control character";
  return {};
}

}  // namespace revenant
