#include "identifier/md5.h"

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>

namespace revenant::kinds {
namespace {

// floor(2^32 * |sin(i + 1)|), the constants of RFC 1321.
std::array<std::uint32_t, 64> SineTable() {
  std::array<std::uint32_t, 64> table;
  for (std::size_t i = 0; i < table.size(); ++i) {
    table[i] = static_cast<std::uint32_t>(std::floor(std::fabs(std::sin(i + 1.0)) * 4294967296.0));
  }
  return table;
}

void Mix(std::array<std::uint32_t, 4>& state, const std::uint8_t* block) {
  static const std::array<std::uint32_t, 64> kSines = SineTable();
  constexpr int kShifts[4][4] = {{7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};
  std::uint32_t words[16];
  for (std::size_t i = 0; i < 16; ++i) {
    words[i] = static_cast<std::uint32_t>(block[i * 4]) | std::uint32_t{block[i * 4 + 1]} << 8 |
               std::uint32_t{block[i * 4 + 2]} << 16 | std::uint32_t{block[i * 4 + 3]} << 24;
  }
  auto [a, b, c, d] = state;
  for (std::uint32_t i = 0; i < 64; ++i) {
    std::uint32_t mixed = 0;
    std::uint32_t word = i;
    switch (i / 16) {
      case 0:
        mixed = (b & c) | (~b & d);
        break;
      case 1:
        mixed = (d & b) | (~d & c);
        word = 5 * i + 1;
        break;
      case 2:
        mixed = b ^ c ^ d;
        word = 3 * i + 5;
        break;
      default:
        mixed = c ^ (b | ~d);
        word = 7 * i;
    }
    const std::uint32_t sum = a + mixed + kSines[i] + words[word % 16];
    a = d;
    d = c;
    c = b;
    b += std::rotl(sum, kShifts[i / 16][i % 4]);
  }
  state = {state[0] + a, state[1] + b, state[2] + c, state[3] + d};
}

}  // namespace

std::string Md5Hex(std::string_view data) {
  std::string padded(data);
  padded.push_back('\x80');
  while (padded.size() % 64 != 56) padded.push_back('\0');
  for (int shift = 0; shift < 64; shift += 8) {
    padded.push_back(static_cast<char>(std::uint64_t{data.size()} * 8 >> shift));
  }
  std::array<std::uint32_t, 4> state{0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};
  for (std::size_t at = 0; at < padded.size(); at += 64) {
    Mix(state, reinterpret_cast<const std::uint8_t*>(padded.data()) + at);
  }
  std::string hex;
  for (const std::uint32_t word : state) {
    for (int shift = 0; shift < 32; shift += 8) {
      hex.push_back("0123456789abcdef"[word >> (shift + 4) & 15]);
      hex.push_back("0123456789abcdef"[word >> shift & 15]);
    }
  }
  return hex;
}

}  // namespace revenant::kinds
