// Codes of wallet addresses: base58check, bech32, Keccak-256.

#include <sodium.h>

#include <algorithm>
#include <bit>

#include "identifier/checks.h"
#include "util/ascii.h"

namespace revenant::kinds {
namespace {

std::array<std::uint8_t, 4> DoubleSha256Check(std::span<const std::uint8_t> data) {
  std::array<std::uint8_t, crypto_hash_sha256_BYTES> digest;
  crypto_hash_sha256(digest.data(), data.data(), data.size());
  crypto_hash_sha256(digest.data(), digest.data(), digest.size());
  return {digest[0], digest[1], digest[2], digest[3]};
}

constexpr std::string_view kBech32Alphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

std::uint32_t Bech32Step(std::uint32_t state, std::uint32_t value) {
  constexpr std::uint32_t kGenerator[] = {0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd,
                                          0x2a1462b3};
  const std::uint32_t top = state >> 25;
  state = (state & 0x1ffffff) << 5 ^ value;
  for (int i = 0; i < 5; ++i) {
    if ((top >> i & 1) != 0) state ^= kGenerator[i];
  }
  return state;
}

// Index of the separator; npos if the text cannot be bech32.
std::size_t Bech32Separator(std::string_view text) {
  if (text.size() < 8 || text.size() > 90) return std::string_view::npos;
  bool lower = false;
  bool upper = false;
  for (const char c : text) {
    if (c < 33 || c > 126) return std::string_view::npos;
    lower |= c >= 'a' && c <= 'z';
    upper |= c >= 'A' && c <= 'Z';
  }
  if (lower && upper) return std::string_view::npos;
  const std::size_t at = text.rfind('1');
  if (at == std::string_view::npos || at == 0 || at + 7 > text.size()) {
    return std::string_view::npos;
  }
  return at;
}

constexpr std::uint64_t kRoundConstants[24] = {
    0x0000000000000001, 0x0000000000008082, 0x800000000000808a, 0x8000000080008000,
    0x000000000000808b, 0x0000000080000001, 0x8000000080008081, 0x8000000000008009,
    0x000000000000008a, 0x0000000000000088, 0x0000000080008009, 0x000000008000000a,
    0x000000008000808b, 0x800000000000008b, 0x8000000000008089, 0x8000000000008003,
    0x8000000000008002, 0x8000000000000080, 0x000000000000800a, 0x800000008000000a,
    0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008};

void KeccakPermute(std::array<std::uint64_t, 25>& a) {
  // Rho offsets and pi lanes in the order in which pi visits them.
  constexpr int kRotate[24] = {1,  3,  6,  10, 15, 21, 28, 36, 45, 55, 2,  14,
                               27, 41, 56, 8,  25, 43, 62, 18, 39, 61, 20, 44};
  constexpr int kLane[24] = {10, 7,  11, 17, 18, 3, 5,  16, 8,  21, 24, 4,
                             15, 23, 19, 13, 12, 2, 20, 14, 22, 9,  6,  1};
  for (const std::uint64_t constant : kRoundConstants) {
    std::uint64_t column[5];
    for (int x = 0; x < 5; ++x) column[x] = a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20];
    for (int x = 0; x < 5; ++x) {
      const std::uint64_t mix = column[(x + 4) % 5] ^ std::rotl(column[(x + 1) % 5], 1);
      for (int y = 0; y < 25; y += 5) a[x + y] ^= mix;
    }
    std::uint64_t moving = a[1];
    for (int i = 0; i < 24; ++i) {
      const std::uint64_t next = a[kLane[i]];
      a[kLane[i]] = std::rotl(moving, kRotate[i]);
      moving = next;
    }
    for (int y = 0; y < 25; y += 5) {
      std::uint64_t row[5];
      for (int x = 0; x < 5; ++x) row[x] = a[x + y];
      for (int x = 0; x < 5; ++x) a[x + y] = row[x] ^ (~row[(x + 1) % 5] & row[(x + 2) % 5]);
    }
    a[0] ^= constant;
  }
}

}  // namespace

std::optional<Base58Payload> Base58CheckDecode(std::string_view text, std::string_view alphabet) {
  Base58Payload out;
  if (text.empty() || text.size() > 80) return std::nullopt;
  // Big-endian number in the tail of `bytes`, grown as digits arrive.
  std::size_t used = 0;
  std::size_t zeros = 0;
  while (zeros < text.size() && text[zeros] == alphabet[0]) ++zeros;
  for (const char c : text.substr(zeros)) {
    const std::size_t digit = alphabet.find(c);
    if (digit == std::string_view::npos) return std::nullopt;
    auto carry = static_cast<std::uint32_t>(digit);
    for (std::size_t i = 0; i < used; ++i) {
      carry += 58U * out.bytes[out.bytes.size() - 1 - i];
      out.bytes[out.bytes.size() - 1 - i] = static_cast<std::uint8_t>(carry);
      carry >>= 8;
    }
    if (carry != 0) {
      if (used == out.bytes.size()) return std::nullopt;
      out.bytes[out.bytes.size() - 1 - used++] = static_cast<std::uint8_t>(carry);
    }
  }
  const std::size_t total = zeros + used;
  if (total < 5 || total > out.bytes.size()) return std::nullopt;
  std::copy(out.bytes.end() - static_cast<std::ptrdiff_t>(used), out.bytes.end(),
            out.bytes.begin() + static_cast<std::ptrdiff_t>(zeros));
  std::fill_n(out.bytes.begin(), zeros, std::uint8_t{0});
  out.size = total - 4;
  const auto check = DoubleSha256Check(out.span());
  if (!std::equal(check.begin(), check.end(), out.bytes.begin() + out.size)) return std::nullopt;
  return out;
}

std::string Base58CheckEncode(std::span<const std::uint8_t> payload, std::string_view alphabet) {
  std::string bytes(payload.begin(), payload.end());
  for (const std::uint8_t byte : DoubleSha256Check(payload)) {
    bytes.push_back(static_cast<char>(byte));
  }
  std::string digits;  // little-endian, values 0..57
  std::size_t zeros = 0;
  while (zeros < bytes.size() && bytes[zeros] == '\0') ++zeros;
  for (std::size_t i = zeros; i < bytes.size(); ++i) {
    auto carry = static_cast<std::uint32_t>(static_cast<std::uint8_t>(bytes[i]));
    for (char& digit : digits) {
      carry += static_cast<std::uint32_t>(static_cast<std::uint8_t>(digit)) << 8;
      digit = static_cast<char>(carry % 58);
      carry /= 58;
    }
    for (; carry != 0; carry /= 58) digits.push_back(static_cast<char>(carry % 58));
  }
  std::string text(zeros, alphabet[0]);
  for (std::size_t i = digits.size(); i-- > 0;) {
    text.push_back(alphabet[static_cast<std::size_t>(digits[i])]);
  }
  return text;
}

Bech32 Bech32Check(std::string_view text) {
  const std::size_t separator = Bech32Separator(text);
  if (separator == std::string_view::npos) return Bech32::kNone;
  std::uint32_t state = 1;
  for (const char c : text.substr(0, separator)) {
    state = Bech32Step(state, static_cast<unsigned char>(AsciiLower(c)) >> 5);
  }
  state = Bech32Step(state, 0);
  for (const char c : text.substr(0, separator)) {
    state = Bech32Step(state, static_cast<unsigned char>(AsciiLower(c)) & 31);
  }
  for (const char c : text.substr(separator + 1)) {
    const std::size_t value = kBech32Alphabet.find(AsciiLower(c));
    if (value == std::string_view::npos) return Bech32::kNone;
    state = Bech32Step(state, static_cast<std::uint32_t>(value));
  }
  if (state == 1) return Bech32::kBech32;
  return state == 0x2bc830a3 ? Bech32::kBech32m : Bech32::kNone;
}

bool SegwitOk(std::string_view text, std::string_view prefix) {
  const Bech32 code = Bech32Check(text);
  if (code == Bech32::kNone) return false;
  const std::size_t separator = text.rfind('1');
  if (!std::ranges::equal(text.substr(0, separator), prefix, {}, AsciiLower)) return false;
  const std::string_view data = text.substr(separator + 1, text.size() - separator - 7);
  if (data.empty()) return false;
  const std::size_t version = kBech32Alphabet.find(AsciiLower(data[0]));
  if (version > 16 || (version == 0) != (code == Bech32::kBech32)) return false;
  // Five-bit groups to bytes: at most four bits of padding, all zero.
  const std::size_t bits = (data.size() - 1) * 5;
  const std::size_t bytes = bits / 8;
  const std::size_t padding = bits % 8;
  if (padding > 4 || bytes < 2 || bytes > 40) return false;
  const std::size_t last = kBech32Alphabet.find(AsciiLower(data.back()));
  if ((last & ((std::size_t{1} << padding) - 1)) != 0) return false;
  return version != 0 || bytes == 20 || bytes == 32;
}

std::array<std::uint8_t, 32> Keccak256(std::string_view data) {
  constexpr std::size_t kRate = 136;
  std::array<std::uint64_t, 25> state{};
  std::size_t at = 0;
  const auto absorb = [&state, &at](std::uint8_t byte) {
    state[at / 8] ^= std::uint64_t{byte} << (at % 8 * 8);
    if (++at == kRate) {
      KeccakPermute(state);
      at = 0;
    }
  };
  for (const char c : data) absorb(static_cast<std::uint8_t>(c));
  state[at / 8] ^= std::uint64_t{0x01} << (at % 8 * 8);
  state[(kRate - 1) / 8] ^= std::uint64_t{0x80} << ((kRate - 1) % 8 * 8);
  KeccakPermute(state);
  std::array<std::uint8_t, 32> digest;
  for (std::size_t i = 0; i < digest.size(); ++i) {
    digest[i] = static_cast<std::uint8_t>(state[i / 8] >> (i % 8 * 8));
  }
  return digest;
}

}  // namespace revenant::kinds
