#include "util/bytes.h"

#include <doctest/doctest.h>

#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <vector>

namespace revenant {
namespace {

using namespace std::string_view_literals;

struct VarintCase {
  std::uint64_t value;
  std::string_view bytes;
};
constexpr VarintCase kVarints[] = {
    {0, "\x00"sv},
    {1, "\x01"sv},
    {127, "\x7f"sv},
    {128, "\x80\x01"sv},
    {300, "\xac\x02"sv},
    {16'383, "\xff\x7f"sv},
    {16'384, "\x80\x80\x01"sv},
    {std::uint64_t{1} << 63, "\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01"sv},
    {std::numeric_limits<std::uint64_t>::max(), "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"sv},
};

TEST_CASE("VarintsHaveTheirPublishedBytesAndComeBack") {
  for (const VarintCase& c : kVarints) {
    CAPTURE(c.value);
    std::string out = "before";
    PutVarint64(out, c.value);
    CHECK(out == std::string("before").append(c.bytes));
    const std::string longer = std::string(c.bytes) + "after";
    std::string_view in = longer;
    std::uint64_t value = 0;
    REQUIRE(GetVarint64(in, value));
    CHECK(value == c.value);
    CHECK(in == "after");
  }
}

TEST_CASE("EveryPowerOfTwoAndItsNeighboursSurviveAVarint") {
  for (int bit = 0; bit < 64; ++bit) {
    for (const int delta : {-1, 0, 1}) {
      const std::uint64_t value = (std::uint64_t{1} << bit) + static_cast<std::uint64_t>(delta);
      std::string out;
      PutVarint64(out, value);
      CHECK(out.size() <= kMaxVarint64Bytes);
      std::string_view in = out;
      std::uint64_t back = 0;
      REQUIRE(GetVarint64(in, back));
      CHECK(back == value);
      CHECK(in.empty());
    }
  }
}

struct BadVarint {
  std::string_view name, bytes;
};
constexpr BadVarint kBadVarints[] = {
    {"nothing", ""sv},
    {"ends in the middle", "\x80"sv},
    {"ends after nine bytes", "\xff\xff\xff\xff\xff\xff\xff\xff\xff"sv},
    {"zero in two bytes", "\x80\x00"sv},
    {"one in three bytes", "\x81\x80\x00"sv},
    {"bit 64", "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"sv},
    {"bit 64 beside bit 63", "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x03"sv},
    {"eleven bytes", "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x81\x01"sv},
    {"ten bytes with a zero end", "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x00"sv},
};

TEST_CASE("VarintsThatEndEarlyOverflowOrAreNotShortestAreRefused") {
  for (const BadVarint& c : kBadVarints) {
    CAPTURE(c.name);
    std::string_view in = c.bytes;
    std::uint64_t value = 7;
    CHECK_FALSE(GetVarint64(in, value));
    CHECK(value == 7);
    CHECK(in == c.bytes);
    ByteReader reader(c.bytes);
    CHECK(reader.Varint64() == 0);
    CHECK_FALSE(reader.ok());
  }
}

TEST_CASE("ZigZagInterleavesSignsAndTurnsBack") {
  constexpr std::int64_t kMin = std::numeric_limits<std::int64_t>::min();
  constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
  CHECK(ZigZag(0) == 0);
  CHECK(ZigZag(-1) == 1);
  CHECK(ZigZag(1) == 2);
  CHECK(ZigZag(-2) == 3);
  CHECK(ZigZag(kMax) == std::numeric_limits<std::uint64_t>::max() - 1);
  CHECK(ZigZag(kMin) == std::numeric_limits<std::uint64_t>::max());
  for (const std::int64_t value : {kMin, kMin + 1, std::int64_t{-1}, std::int64_t{0}, kMax}) {
    CHECK(UnZigZag(ZigZag(value)) == value);
    std::string out;
    PutSignedVarint64(out, value);
    CHECK(ByteReader(std::string_view(out)).SignedVarint64() == value);
  }
}

TEST_CASE("BigEndianNumbersSortAsTheirValues") {
  std::string out;
  PutBigEndian64(out, 0x0102030405060708);
  PutBigEndian32(out, 0xa0b0c0d0);
  CHECK(out == "\x01\x02\x03\x04\x05\x06\x07\x08\xa0\xb0\xc0\xd0"sv);
  std::mt19937_64 random(1);
  for (int i = 0; i < 1000; ++i) {
    const std::uint64_t a = random() >> (random() % 64), b = random() >> (random() % 64);
    std::string left, right;
    PutBigEndian64(left, a);
    PutBigEndian64(right, b);
    CHECK((left < right) == (a < b));
    CHECK(ByteReader(std::string_view(left)).BigEndian64() == a);
  }
}

TEST_CASE("HexGoesBothWaysInEitherCase") {
  const std::string bytes("\x00\x7f\x80\xff\x1a", 5);
  CHECK(HexEncode(bytes) == "007f80ff1a");
  CHECK(HexEncode(AsBytes(bytes)) == "007f80ff1a");
  CHECK(HexDecode("007F80ff1A") == bytes);
  CHECK(HexEncode("") == "");
  CHECK(HexDecode("") == "");
}

TEST_CASE("HexRefusesOddLengthsAndOtherCharacters") {
  for (const std::string_view bad : {"0"sv, "0g"sv, "g0"sv, " 00"sv, "0x"sv, "00 "sv, "0\0"sv}) {
    CAPTURE(bad);
    CHECK(HexDecode(bad) == std::nullopt);
  }
  std::uint8_t two[2];
  CHECK(HexDecode("0102", two));
  CHECK_FALSE(HexDecode("01", two));
  CHECK_FALSE(HexDecode("010203", two));
}

std::string SampleRow() {
  std::string row;
  row.push_back(9);
  PutVarint64(row, 300);
  PutLengthPrefixed(row, "seller");
  PutBigEndian64(row, 77);
  PutSignedVarint64(row, -5);
  PutLengthPrefixed(row, "");
  PutBigEndian32(row, 5);
  row += "tail";
  return row;
}

// Reads the row of SampleRow() as a codec would and says whether it was whole.
bool ReadSampleRow(std::string_view row) {
  ByteReader reader(row);
  bool same = reader.Byte() == 9;
  same &= reader.Varint64() == 300;
  same &= reader.LengthPrefixed() == "seller";
  same &= reader.BigEndian64() == 77;
  same &= reader.SignedVarint64() == -5;
  same &= reader.LengthPrefixed().empty();
  same &= reader.BigEndian32() == 5;
  same &= reader.Bytes(4) == "tail";
  CHECK((reader.ok() || reader.rest().empty()));
  return same && reader.AtEnd();
}

TEST_CASE("AReaderTakesARowApartAndFailsOnEveryTruncation") {
  const std::string row = SampleRow();
  CHECK(ReadSampleRow(row));
  for (std::size_t size = 0; size < row.size(); ++size) {
    CAPTURE(size);
    // A buffer of its very size, so that a sanitizer sees the first byte read beyond it.
    const std::vector<char> cut(row.begin(), row.begin() + static_cast<std::ptrdiff_t>(size));
    CHECK_FALSE(ReadSampleRow({cut.data(), cut.size()}));
  }
  CHECK_FALSE(ReadSampleRow(row + "x"));
}

TEST_CASE("AReaderThatFailedStaysFailedAndGivesZeros") {
  ByteReader reader(
      "\x05"
      "abc\x01\x01\x01\x01"sv);
  CHECK(reader.Bytes(9).empty());
  CHECK_FALSE(reader.ok());
  CHECK_FALSE(reader.AtEnd());
  CHECK(reader.remaining() == 0);
  CHECK(reader.Byte() == 0);
  CHECK(reader.Varint64() == 0);
  CHECK(reader.Bytes(0).empty());
  CHECK_FALSE(reader.ok());

  ByteReader judged("\x01\x02"sv);
  CHECK(judged.Byte() == 1);
  judged.Fail();
  CHECK(judged.Byte() == 0);
  CHECK_FALSE(judged.ok());
}

TEST_CASE("ALengthBeyondTheEndFailsHoweverLargeItIs") {
  for (const std::uint64_t size :
       {std::uint64_t{4}, std::uint64_t{1} << 32, std::numeric_limits<std::uint64_t>::max()}) {
    std::string row;
    PutVarint64(row, size);
    row += "abc";
    ByteReader reader{std::string_view(row)};
    CHECK(reader.LengthPrefixed().empty());
    CHECK_FALSE(reader.ok());
  }
}

struct Utf8Case {
  std::string_view name, bytes;
  std::size_t good_prefix;
};
constexpr Utf8Case kUtf8[] = {
    {"empty", ""sv, 0},
    {"ASCII", "plain text, longer than a word"sv, 30},
    {"a zero byte is a character", "a\0b"sv, 3},
    {"two bytes", "\xc3\xa9"sv, 2},
    {"three bytes", "\xe6\xb7\x98"sv, 3},
    {"four bytes", "\xf0\x9f\x98\x80"sv, 4},
    {"smallest of two bytes", "\xc2\x80"sv, 2},
    {"smallest of three bytes", "\xe0\xa0\x80"sv, 3},
    {"smallest of four bytes", "\xf0\x90\x80\x80"sv, 4},
    {"largest code point", "\xf4\x8f\xbf\xbf"sv, 4},
    {"last before the surrogates", "\xed\x9f\xbf"sv, 3},
    {"first after the surrogates", "\xee\x80\x80"sv, 3},
    {"first surrogate", "\xed\xa0\x80"sv, 0},
    {"last surrogate", "\xed\xbf\xbf"sv, 0},
    {"overlong slash in two bytes", "\xc0\xaf"sv, 0},
    {"overlong in two bytes, largest", "\xc1\xbf"sv, 0},
    {"overlong in three bytes", "\xe0\x9f\xbf"sv, 0},
    {"overlong in four bytes", "\xf0\x8f\xbf\xbf"sv, 0},
    {"above U+10FFFF", "\xf4\x90\x80\x80"sv, 0},
    {"lead byte F5", "\xf5\x80\x80\x80"sv, 0},
    {"five-byte form", "\xf8\x88\x80\x80\x80"sv, 0},
    {"lone continuation", "\x80"sv, 0},
    {"continuation missing", "ab\xc3"sv, 2},
    {"continuation wrong", "ab\xc3zz"sv, 2},
    {"third byte missing", "ab\xe6\xb7"sv, 2},
    {"fourth byte wrong", "\xf0\x9f\x98z"sv, 0},
    {"bad byte behind two ASCII words", "0123456789abcdef\xff"sv, 16},
    {"bad byte at the end of a word", "0123456\xff"sv, 7},
};

TEST_CASE("Utf8IsCheckedStrictly") {
  for (const Utf8Case& c : kUtf8) {
    CAPTURE(c.name);
    const std::vector<char> exact(c.bytes.begin(), c.bytes.end());
    const std::string_view text(exact.data(), exact.size());
    CHECK(Utf8Prefix(text) == c.good_prefix);
    CHECK(IsUtf8(text) == (c.good_prefix == c.bytes.size()));
  }
}

// The definition, the slow way: encode every code point that exists, and nothing else is UTF-8.
TEST_CASE("EveryCodePointDecodesToItself") {
  for (char32_t c = 0; c <= 0x10ffff; ++c) {
    if (c >= 0xd800 && c <= 0xdfff) continue;
    std::string text;
    const auto put = [&text](char32_t byte) { text.push_back(static_cast<char>(byte)); };
    if (c < 0x80) {
      put(c);
    } else if (c < 0x800) {
      put(0xc0 | c >> 6), put(0x80 | (c & 63));
    } else if (c < 0x10000) {
      put(0xe0 | c >> 12), put(0x80 | (c >> 6 & 63)), put(0x80 | (c & 63));
    } else {
      put(0xf0 | c >> 18), put(0x80 | (c >> 12 & 63)), put(0x80 | (c >> 6 & 63)),
          put(0x80 | (c & 63));
    }
    const Utf8Char decoded = DecodeUtf8(text);
    if (decoded.code_point != c || decoded.size != text.size()) {
      FAIL("code point " << static_cast<std::uint32_t>(c));
    }
  }
}

struct JsonCase {
  std::string_view name, text, json;
};
constexpr JsonCase kJson[] = {
    {"empty", "", R"("")"},
    {"plain", "abc", R"("abc")"},
    {"quote and backslash", R"(a"b\c)", R"("a\"b\\c")"},
    {"short escapes", "\n\t\r", R"("\n\t\r")"},
    {"other controls", "\x01\x1f"sv, R"("\u0001\u001f")"},
    {"zero byte", "\0"sv, R"("\u0000")"},
    {"UTF-8 stays", "\xe6\xb7\x98", "\"\xe6\xb7\x98\""},
    {"bad bytes are replaced one by one", "a\xff\xfe", "\"a\xef\xbf\xbd\xef\xbf\xbd\""},
    {"a surrogate is three bad bytes", "\xed\xa0\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""},
};

TEST_CASE("JsonStringsAreEscapedAndAlwaysUtf8") {
  for (const JsonCase& c : kJson) {
    CAPTURE(c.name);
    std::string out = "x";
    AppendJsonString(out, c.text);
    CHECK(out.substr(0, 1) == "x");
    CHECK(out.substr(1) == c.json);
    CHECK(IsUtf8(out));
  }
}

}  // namespace
}  // namespace revenant
