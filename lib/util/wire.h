#ifndef REVENANT_UTIL_WIRE_H_
#define REVENANT_UTIL_WIRE_H_

// Numbers and texts of everything that crosses between parties: little-endian, fixed widths,
// lengths before fields of variable length, one encoding per value. FORMAT.md says the same in
// words.
// Threads: a writer or reader belongs to one thread. Errors: a reader fails for good at the first
// read that cannot be served (see ByteReader); ask AtEnd() once. A length alone never makes
// anything allocate: Count() compares it with what is left before room is reserved.

#include <array>
#include <bit>
#include <cstring>
#include <string>
#include <string_view>

#include "revenant/time.h"
#include "util/bytes.h"

namespace revenant {

static_assert(std::endian::native == std::endian::little, "numbers are copied as they lie");

class WireWriter {
 public:
  explicit WireWriter(std::string& out) : out_(out) {}

  WireWriter& U8(std::uint8_t value) { return Number(value); }
  WireWriter& U16(std::uint16_t value) { return Number(value); }
  WireWriter& U32(std::uint32_t value) { return Number(value); }
  WireWriter& U64(std::uint64_t value) { return Number(value); }
  WireWriter& Moment(Time time) { return Number(time.micros); }
  WireWriter& Raw(std::string_view bytes) {
    out_.append(bytes);
    return *this;
  }
  template <std::size_t kSize>
  WireWriter& Raw(const std::array<std::uint8_t, kSize>& bytes) {
    return Raw(AsView(bytes));
  }
  // At most 65,535 bytes; callers check before.
  WireWriter& Text(std::string_view text) {
    return U16(static_cast<std::uint16_t>(text.size())).Raw(text);
  }

 private:
  template <typename T>
  WireWriter& Number(T value) {
    char bytes[sizeof value];
    std::memcpy(bytes, &value, sizeof value);
    out_.append(bytes, sizeof value);
    return *this;
  }

  std::string& out_;
};

class WireReader {
 public:
  explicit WireReader(std::string_view bytes) : reader_(bytes) {}

  std::uint8_t U8() { return Number<std::uint8_t>(); }
  std::uint16_t U16() { return Number<std::uint16_t>(); }
  std::uint32_t U32() { return Number<std::uint32_t>(); }
  std::uint64_t U64() { return Number<std::uint64_t>(); }
  // 1970 to 9999: nothing else has a date that a person could read.
  Time Moment() {
    const Time time{Number<std::int64_t>()};
    if (time.micros < 0 || time.micros > kLastMicros) Fail();
    return ok() ? time : Time{};
  }
  std::string_view Raw(std::size_t count) { return reader_.Bytes(count); }
  template <std::size_t kSize>
  void Raw(std::array<std::uint8_t, kSize>& out) {
    const std::string_view bytes = Raw(kSize);
    if (ok()) std::memcpy(out.data(), bytes.data(), kSize);
  }
  template <typename Array>
  Array Raw() {
    Array out{};
    Raw(out);
    return out;
  }
  // UTF-8 of at most `max` bytes.
  std::string_view Text(std::size_t max) {
    const std::size_t size = U16();
    if (size > max) Fail();
    const std::string_view text = Raw(ok() ? size : 0);
    if (!IsUtf8(text)) Fail();
    return ok() ? text : std::string_view();
  }
  // A count of items that take `item_bytes` each at least; 0 once failed.
  std::size_t Count(std::uint64_t count, std::uint64_t max, std::size_t item_bytes) {
    if (count > max || count > reader_.remaining() / item_bytes) Fail();
    return ok() ? static_cast<std::size_t>(count) : 0;
  }

  void Fail() { reader_.Fail(); }
  bool ok() const { return reader_.ok(); }
  bool AtEnd() const { return reader_.AtEnd(); }
  std::size_t remaining() const { return reader_.remaining(); }
  std::string_view rest() const { return reader_.rest(); }

  static constexpr std::int64_t kLastMicros = 253'402'300'799'999'999;

 private:
  template <typename T>
  T Number() {
    T value{};
    const std::string_view bytes = Raw(sizeof value);
    if (ok()) std::memcpy(&value, bytes.data(), sizeof value);
    return value;
  }

  ByteReader reader_;
};

}  // namespace revenant

#endif  // REVENANT_UTIL_WIRE_H_
