#include "util/bytes.h"

#include <algorithm>
#include <cstring>

namespace revenant {
namespace {

constexpr char kHexDigits[] = "0123456789abcdef";

// Value of a hexadecimal digit, -1 for anything else.
int HexValue(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
  return -1;
}

template <typename Unsigned>
void PutBigEndian(std::string& out, Unsigned value) {
  char bytes[sizeof(Unsigned)];
  for (std::size_t i = sizeof bytes; i-- > 0; value = static_cast<Unsigned>(value >> 8)) {
    bytes[i] = static_cast<char>(value & 0xff);
  }
  out.append(bytes, sizeof bytes);
}

}  // namespace

std::string HexEncode(std::string_view bytes) {
  std::string hex(2 * bytes.size(), '\0');
  char* out = hex.data();
  for (const char c : bytes) {
    const auto byte = static_cast<std::uint8_t>(c);
    *out++ = kHexDigits[byte >> 4];
    *out++ = kHexDigits[byte & 15];
  }
  return hex;
}

std::string HexEncode(std::span<const std::uint8_t> bytes) { return HexEncode(AsView(bytes)); }

bool HexDecode(std::string_view hex, std::span<std::uint8_t> out) {
  if (hex.size() % 2 != 0 || hex.size() / 2 != out.size()) return false;
  for (std::size_t i = 0; i < out.size(); ++i) {
    const int high = HexValue(hex[2 * i]);
    const int low = HexValue(hex[2 * i + 1]);
    if (high < 0 || low < 0) return false;
    out[i] = static_cast<std::uint8_t>(high << 4 | low);
  }
  return true;
}

std::optional<std::string> HexDecode(std::string_view hex) {
  std::string bytes(hex.size() / 2, '\0');
  if (!HexDecode(hex, {reinterpret_cast<std::uint8_t*>(bytes.data()), bytes.size()})) {
    return std::nullopt;
  }
  return bytes;
}

void PutVarint64(std::string& out, std::uint64_t value) {
  char bytes[kMaxVarint64Bytes];
  std::size_t size = 0;
  for (; value >= 0x80; value >>= 7) bytes[size++] = static_cast<char>(value | 0x80);
  bytes[size++] = static_cast<char>(value);
  out.append(bytes, size);
}

bool GetVarint64(std::string_view& in, std::uint64_t& value) {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < in.size() && i < kMaxVarint64Bytes; ++i) {
    const std::uint64_t byte = static_cast<std::uint8_t>(in[i]);
    sum |= (byte & 0x7f) << (7 * i);
    if (byte & 0x80) continue;
    const bool shortest = byte != 0 || i == 0;
    const bool fits = i + 1 < kMaxVarint64Bytes || byte == 1;  // the tenth byte holds bit 63 alone
    if (!shortest || !fits) return false;
    in.remove_prefix(i + 1);
    value = sum;
    return true;
  }
  return false;
}

void PutBigEndian32(std::string& out, std::uint32_t value) { PutBigEndian(out, value); }
void PutBigEndian64(std::string& out, std::uint64_t value) { PutBigEndian(out, value); }

void PutLengthPrefixed(std::string& out, std::string_view bytes) {
  PutVarint64(out, bytes.size());
  out.append(bytes);
}

void ByteReader::Fail() {
  ok_ = false;
  rest_ = {};
}

std::string_view ByteReader::Bytes(std::size_t count) {
  if (count > rest_.size()) {
    Fail();
    return {};
  }
  const std::string_view bytes = rest_.substr(0, count);
  rest_.remove_prefix(count);
  return bytes;
}

std::uint64_t ByteReader::BigEndian(std::size_t width) {
  std::uint64_t value = 0;
  for (const char c : Bytes(width)) value = value << 8 | static_cast<std::uint8_t>(c);
  return value;
}

std::uint8_t ByteReader::Byte() { return static_cast<std::uint8_t>(BigEndian(1)); }
std::uint32_t ByteReader::BigEndian32() { return static_cast<std::uint32_t>(BigEndian(4)); }
std::uint64_t ByteReader::BigEndian64() { return BigEndian(8); }

std::uint64_t ByteReader::Varint64() {
  std::uint64_t value = 0;
  if (!GetVarint64(rest_, value)) Fail();
  return value;
}

std::string_view ByteReader::LengthPrefixed() {
  const std::uint64_t size = Varint64();
  if (size > rest_.size()) {  // compared before any narrowing to size_t
    Fail();
    return {};
  }
  return Bytes(static_cast<std::size_t>(size));
}

Utf8Char DecodeUtf8(std::string_view text) {
  if (text.empty()) return {};
  const auto lead = static_cast<std::uint8_t>(text[0]);
  if (lead < 0x80) return {lead, 1};
  const std::size_t size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < size) return {};
  char32_t code_point = lead & (0x7f >> size);
  for (std::size_t i = 1; i < size; ++i) {
    const auto byte = static_cast<std::uint8_t>(text[i]);
    if ((byte & 0xc0) != 0x80) return {};
    code_point = code_point << 6 | (byte & 0x3f);
  }
  constexpr char32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = code_point >= 0xd800 && code_point <= 0xdfff;
  if (code_point < kSmallest[size] || code_point > 0x10ffff || surrogate) return {};
  return {code_point, size};
}

std::size_t Utf8Prefix(std::string_view text) {
  std::size_t done = 0;
  while (done < text.size()) {
    // Most text is ASCII: eight bytes per step while it lasts.
    std::uint64_t word;
    while (text.size() - done >= sizeof word) {
      std::memcpy(&word, text.data() + done, sizeof word);
      if (word & 0x8080808080808080) break;
      done += sizeof word;
    }
    if (done == text.size()) break;
    const std::size_t size = DecodeUtf8(text.substr(done)).size;
    if (size == 0) break;
    done += size;
  }
  return done;
}

void AppendJsonString(std::string& out, std::string_view text) {
  out.push_back('"');
  while (!text.empty()) {
    const auto is_plain = [](unsigned char c) {
      return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
    };
    const auto rest = std::find_if_not(text.begin(), text.end(), is_plain);
    out.append(text.begin(), rest);
    text.remove_prefix(static_cast<std::size_t>(rest - text.begin()));
    if (text.empty()) break;
    const Utf8Char next = DecodeUtf8(text);
    const auto code_point = static_cast<std::uint32_t>(next.code_point);
    if (next.size == 0) {
      out += "\xef\xbf\xbd";
    } else if (code_point == '"' || code_point == '\\') {
      out.push_back('\\');
      out.push_back(text[0]);
    } else if (code_point == '\n' || code_point == '\t' || code_point == '\r') {
      out.push_back('\\');
      out.push_back(code_point == '\n' ? 'n' : code_point == '\t' ? 't' : 'r');
    } else if (code_point < 0x20) {
      out += "\\u00";
      out.push_back(kHexDigits[code_point >> 4]);
      out.push_back(kHexDigits[code_point & 15]);
    } else {
      out.append(text.substr(0, next.size));
    }
    text.remove_prefix(next.size == 0 ? 1 : next.size);
  }
  out.push_back('"');
}

}  // namespace revenant
