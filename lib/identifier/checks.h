#ifndef REVENANT_LIB_IDENTIFIER_CHECKS_H_
#define REVENANT_LIB_IDENTIFIER_CHECKS_H_

#include <array>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace revenant::kinds {

// The check algorithms that identifiers use, as pure functions of canonical text. Those named ...Ok
// take the whole number, check character included; text that has characters outside the alphabet
// is never ok. None allocates unless it returns a string.

constexpr bool IsDigit(char c) { return c >= '0' && c <= '9'; }
constexpr bool IsLetter(char c) { return c >= 'A' && c <= 'Z'; }
constexpr int DigitOf(char c) { return c - '0'; }
constexpr char ToDigit(int value) { return static_cast<char>('0' + value); }
bool AllDigits(std::string_view text);

// Value of a character in bases up to 36: 0-9, then A=10 ... Z=35; -1 for any other.
constexpr int Base36(char c) {
  if (IsDigit(c)) return c - '0';
  return IsLetter(c) ? c - 'A' + 10 : -1;
}

// ISO/IEC 7812-1 annex B (Luhn), and the same in base 16 (MEID) and 36 (GSTIN).
bool LuhnOk(std::string_view text);
bool Luhn16Ok(std::string_view text);
bool Luhn36Ok(std::string_view text);
// Check character for `text` that has none yet; '\0' for bad text.
char LuhnDigit(std::string_view text, int base = 10);

bool VerhoeffOk(std::string_view text);
bool DammOk(std::string_view text);

// ISO/IEC 7064.
bool Mod11_2Ok(std::string_view text);   // digits, the last may be X
bool Mod11_10Ok(std::string_view text);  // digits
bool Mod37_2Ok(std::string_view text);   // letters and digits, the last may be *
bool Mod37_36Ok(std::string_view text);  // letters and digits
bool Mod97_10Ok(std::string_view text);  // letters (A=10) and digits; IBANs must be rotated first
// Remainder by 97 of text read as a number with A=10 ... Z=35; -1 for bad text.
int Mod97(std::string_view text);
// Remainder of a digit string by any modulus below 2^31; -1 for bad text.
std::int64_t ModDigits(std::string_view digits, std::int64_t modulus);
// Check character of ISO 7064 MOD 11-2 for `digits` without it.
char Mod11_2Digit(std::string_view digits);

// Sum of Base36(text[i]) * weights[i % weights.size()] from the left, over all of `text`; -1 if a
// character has no value. What most national numbers do, each with its own modulus.
int WeightedSum(std::string_view text, std::initializer_list<int> weights);
// The same from the right end.
int WeightedSumRight(std::string_view text, std::initializer_list<int> weights);
// Sum of the digits of each product (as Luhn does), from the left.
int WeightedDigitSum(std::string_view text, std::initializer_list<int> weights);

// ICAO 9303 part 3, 4.9: weights 7, 3, 1 over digits, letters (A=10) and fillers (<=0).
// Check digit as a character; '\0' for text that has other characters.
char IcaoDigit(std::string_view text);

// A day of the Gregorian calendar between 1800 and 2099.
bool IsDate(int year, int month, int day);
// The two digits at `at`; -1 if they are not digits.
int TwoDigits(std::string_view text, std::size_t at);
// The number formed by `count` digits (nine at most) at `at`; -1 if they are not digits.
int Number(std::string_view text, std::size_t at, std::size_t count);
// Digits YYMMDD at `at` are a date in some century.
bool IsYymmdd(std::string_view text, std::size_t at);
// Digits YYYYMMDD at `at` are a date.
bool IsYyyymmdd(std::string_view text, std::size_t at);

// Base58 with a four-byte double SHA-256 check: Bitcoin's alphabet or another of 58 characters.
inline constexpr std::string_view kBitcoinAlphabet =
    "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
inline constexpr std::string_view kRippleAlphabet =
    "rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz";
struct Base58Payload {
  std::array<std::uint8_t, 64> bytes;
  std::size_t size = 0;  // without the check
  std::span<const std::uint8_t> span() const { return {bytes.data(), size}; }
};
std::optional<Base58Payload> Base58CheckDecode(std::string_view text,
                                               std::string_view alphabet = kBitcoinAlphabet);
// Base58 of payload and check.
std::string Base58CheckEncode(std::span<const std::uint8_t> payload,
                              std::string_view alphabet = kBitcoinAlphabet);

// BIP 173 and BIP 350. `text` is one case throughout.
enum class Bech32 : std::uint8_t { kNone, kBech32, kBech32m };
Bech32 Bech32Check(std::string_view text);
// A segregated witness address of the network `prefix` ("bc"): version 0 in bech32, later ones in
// bech32m, program of a permitted length, zero padding.
bool SegwitOk(std::string_view text, std::string_view prefix);

// Keccak-256 as Ethereum uses it (the padding that preceded SHA-3).
std::array<std::uint8_t, 32> Keccak256(std::string_view data);

}  // namespace revenant::kinds

#endif  // REVENANT_LIB_IDENTIFIER_CHECKS_H_
