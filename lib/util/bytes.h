// Bytes to numbers and text and back: what every row codec, export and message is made of.
// Threads: pure functions; a ByteReader belongs to one thread at a time.
// Errors: nothing here throws but std::bad_alloc; decoders say false, nullopt or !ok().
#ifndef REVENANT_UTIL_BYTES_H_
#define REVENANT_UTIL_BYTES_H_

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace revenant {

// Bytes of any array, span or vector of std::uint8_t as text, and the other way round.
inline std::string_view AsView(std::span<const std::uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
inline std::span<const std::uint8_t> AsBytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

// --- Hexadecimal. Lower case out, either case in. Not for secrets: the time taken depends on the
// digits.
std::string HexEncode(std::string_view bytes);
std::string HexEncode(std::span<const std::uint8_t> bytes);
std::optional<std::string> HexDecode(std::string_view hex);
// Fills the whole of `out`. False, with `out` unspecified, unless `hex` is exactly twice as long.
bool HexDecode(std::string_view hex, std::span<std::uint8_t> out);

// --- Numbers, appended to `out`.
// A varint is little-endian base 128 (LEB128), at most kMaxVarint64Bytes long. Every value has one
// encoding only, the shortest, so that equal rows are equal bytes.
inline constexpr std::size_t kMaxVarint64Bytes = 10;
void PutVarint64(std::string& out, std::uint64_t value);
void PutBigEndian32(std::string& out, std::uint32_t value);  // sorts as the number does
void PutBigEndian64(std::string& out, std::uint64_t value);

// Signed to unsigned so that numbers near zero get short varints: 0, -1, 1, -2 become 0, 1, 2, 3.
constexpr std::uint64_t ZigZag(std::int64_t value) {
  return (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63);
}
constexpr std::int64_t UnZigZag(std::uint64_t value) {
  return static_cast<std::int64_t>((value >> 1) ^ (~(value & 1) + 1));
}
inline void PutSignedVarint64(std::string& out, std::int64_t value) {
  PutVarint64(out, ZigZag(value));
}

// Takes a varint off the front of `in`. False, with both arguments untouched, when `in` ends in the
// middle, the value exceeds 64 bits, or the encoding is not the shortest.
bool GetVarint64(std::string_view& in, std::uint64_t& value);

// Length as a varint, then the bytes.
void PutLengthPrefixed(std::string& out, std::string_view bytes);

// Cursor over untrusted bytes. It never reads past the end; the first read that
// cannot be served makes the reader fail for good, and from then on every read returns zero or
// empty. So a codec reads a whole row in a straight line and asks once, at its end:
//
//   ByteReader reader(row);
//   seller.id = reader.Varint64();
//   seller.name = reader.LengthPrefixed();
//   if (!reader.AtEnd()) return Error{Code::kCorruption, ...};
//
// Views that it returns live as long as the bytes it was given.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : rest_(bytes) {}
  template <typename Owner>
    requires std::same_as<Owner, std::string>
  explicit ByteReader(Owner&&) = delete;  // the views would outlive the string

  std::uint8_t Byte();
  std::uint32_t BigEndian32();
  std::uint64_t BigEndian64();
  std::uint64_t Varint64();
  std::int64_t SignedVarint64() { return UnZigZag(Varint64()); }
  std::string_view Bytes(std::size_t count);
  std::string_view LengthPrefixed();

  // For the caller's own check of a value that was read ("no such kind"): fails from here on.
  void Fail();

  bool ok() const { return ok_; }
  // Every read was served and nothing is left over.
  bool AtEnd() const { return ok_ && rest_.empty(); }
  std::size_t remaining() const { return rest_.size(); }
  std::string_view rest() const { return rest_; }

 private:
  std::uint64_t BigEndian(std::size_t width);

  std::string_view rest_;  // empty once failed
  bool ok_ = true;
};

// --- UTF-8, strictly (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF.
// One code point; size 0 where the bytes at the front of the text are not UTF-8 (or it is empty).
struct Utf8Char {
  char32_t code_point = 0;
  std::size_t size = 0;
};
Utf8Char DecodeUtf8(std::string_view text);

// Length of the longest prefix that is UTF-8: the offset of the first bad byte, or the whole size.
std::size_t Utf8Prefix(std::string_view text);
inline bool IsUtf8(std::string_view text) { return Utf8Prefix(text) == text.size(); }

// Appends `text` as a JSON string with its quotes. Bytes that are not UTF-8 become U+FFFD each, so
// that the output is JSON for any input.
void AppendJsonString(std::string& out, std::string_view text);

}  // namespace revenant

#endif  // REVENANT_UTIL_BYTES_H_
