#include "identifier/checks.h"

#include <algorithm>
#include <array>
#include <cassert>

namespace revenant::kinds {
namespace {

// Sum of a Luhn number in `base`, the last character counting once; -1 for a foreign character.
int LuhnSum(std::string_view text, int base, bool double_last) {
  int sum = 0;
  bool twice = double_last;
  for (std::size_t i = text.size(); i-- > 0; twice = !twice) {
    const int value = Base36(text[i]);
    if (value < 0 || value >= base) return -1;
    const int product = twice ? value * 2 : value;
    sum += product < base ? product : product - base + 1;  // the sum of its two digits
  }
  return sum;
}

bool LuhnBaseOk(std::string_view text, int base) {
  if (text.size() < 2) return false;
  const int sum = LuhnSum(text, base, false);
  return sum >= 0 && sum % base == 0;
}

// Base36() of every byte.
constexpr std::array<std::int8_t, 256> kBase36 = [] {
  std::array<std::int8_t, 256> table{};
  for (std::size_t i = 0; i < table.size(); ++i) {
    table[i] = static_cast<std::int8_t>(Base36(static_cast<char>(static_cast<unsigned char>(i))));
  }
  return table;
}();

constexpr char Base36Char(int value) {
  return static_cast<char>(value < 10 ? '0' + value : 'A' + value - 10);
}

// The dihedral group D5 and the permutation of Verhoeff's thesis.
constexpr std::uint8_t kDihedral[10][10] = {
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, {1, 2, 3, 4, 0, 6, 7, 8, 9, 5}, {2, 3, 4, 0, 1, 7, 8, 9, 5, 6},
    {3, 4, 0, 1, 2, 8, 9, 5, 6, 7}, {4, 0, 1, 2, 3, 9, 5, 6, 7, 8}, {5, 9, 8, 7, 6, 0, 4, 3, 2, 1},
    {6, 5, 9, 8, 7, 1, 0, 4, 3, 2}, {7, 6, 5, 9, 8, 2, 1, 0, 4, 3}, {8, 7, 6, 5, 9, 3, 2, 1, 0, 4},
    {9, 8, 7, 6, 5, 4, 3, 2, 1, 0}};
constexpr std::uint8_t kPermutation[8][10] = {
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, {1, 5, 7, 6, 2, 8, 3, 0, 9, 4}, {5, 8, 0, 3, 7, 9, 6, 1, 4, 2},
    {8, 9, 1, 6, 0, 4, 3, 5, 2, 7}, {9, 4, 5, 3, 1, 2, 6, 8, 7, 0}, {4, 2, 8, 6, 5, 7, 3, 9, 0, 1},
    {2, 7, 9, 3, 8, 0, 6, 4, 1, 5}, {7, 0, 4, 6, 9, 1, 3, 2, 5, 8}};

// Damm's totally anti-symmetric quasigroup of order 10.
constexpr std::uint8_t kQuasigroup[10][10] = {
    {0, 3, 1, 7, 5, 9, 8, 6, 4, 2}, {7, 0, 9, 2, 1, 5, 4, 8, 6, 3}, {4, 2, 0, 6, 8, 7, 1, 3, 5, 9},
    {1, 7, 5, 0, 9, 8, 3, 4, 2, 6}, {6, 1, 2, 3, 0, 4, 5, 9, 7, 8}, {3, 6, 7, 4, 2, 0, 9, 5, 8, 1},
    {5, 8, 6, 9, 7, 2, 0, 1, 3, 4}, {8, 9, 4, 5, 3, 6, 2, 0, 1, 7}, {9, 4, 3, 8, 6, 1, 7, 2, 0, 5},
    {2, 5, 8, 1, 4, 3, 6, 7, 9, 0}};

// ISO 7064 pure system with radix 2 (MOD 11-2, MOD 37-2): `last` stands for modulus - 1 and may
// stand only at the end.
bool PureRadix2Ok(std::string_view text, int modulus, char last) {
  if (text.size() < 2) return false;
  int check = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    int value = Base36(text[i]);
    if (text[i] == last && i + 1 == text.size()) value = modulus - 1;
    if (value < 0 || value >= modulus) return false;
    if (value == modulus - 1 && i + 1 != text.size()) return false;
    check = (check * 2 + value) % modulus;
  }
  return check == 1;
}

// ISO 7064 hybrid system (MOD 11,10 and MOD 37,36).
bool HybridOk(std::string_view text, int modulus) {
  if (text.size() < 2) return false;
  int check = modulus;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int value = Base36(text[i]);
    if (value < 0 || value >= modulus) return false;
    const int sum = check + value;
    if (i + 1 == text.size()) return sum % modulus == 1;
    check = (sum % modulus == 0 ? modulus : sum % modulus) * 2 % (modulus + 1);
  }
  return false;
}

}  // namespace

bool AllDigits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, IsDigit);
}

bool LuhnOk(std::string_view text) { return LuhnBaseOk(text, 10); }
bool Luhn16Ok(std::string_view text) { return LuhnBaseOk(text, 16); }
bool Luhn36Ok(std::string_view text) { return LuhnBaseOk(text, 36); }

char LuhnDigit(std::string_view text, int base) {
  const int sum = LuhnSum(text, base, true);
  return sum < 0 ? '\0' : Base36Char((base - sum % base) % base);
}

bool VerhoeffOk(std::string_view text) {
  if (text.size() < 2 || !AllDigits(text)) return false;
  std::uint8_t check = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    check = kDihedral[check][kPermutation[i % 8][DigitOf(text[text.size() - 1 - i])]];
  }
  return check == 0;
}

bool DammOk(std::string_view text) {
  if (text.size() < 2 || !AllDigits(text)) return false;
  std::uint8_t interim = 0;
  for (const char c : text) interim = kQuasigroup[interim][DigitOf(c)];
  return interim == 0;
}

bool Mod11_2Ok(std::string_view text) { return PureRadix2Ok(text, 11, 'X'); }
bool Mod37_2Ok(std::string_view text) { return PureRadix2Ok(text, 37, '*'); }
bool Mod11_10Ok(std::string_view text) { return HybridOk(text, 10); }
bool Mod37_36Ok(std::string_view text) { return HybridOk(text, 36); }
bool Mod97_10Ok(std::string_view text) { return text.size() > 2 && Mod97(text) == 1; }

int Mod97(std::string_view text) {
  // Up to three characters are added before a division: 96 * 10^6 + 999999 fits easily.
  std::uint64_t rest = 0;
  for (const char c : text) {
    const int value = kBase36[static_cast<unsigned char>(c)];
    if (value < 0) return -1;
    rest = rest * (value < 10 ? 10 : 100) + static_cast<std::uint64_t>(value);
    if (rest > (std::uint64_t{1} << 56)) rest %= 97;
  }
  return static_cast<int>(rest % 97);
}

std::int64_t ModDigits(std::string_view digits, std::int64_t modulus) {
  std::int64_t rest = 0;
  for (const char c : digits) {
    if (!IsDigit(c)) return -1;
    rest = (rest * 10 + DigitOf(c)) % modulus;
  }
  return rest;
}

char Mod11_2Digit(std::string_view digits) {
  int check = 0;
  for (const char c : digits) {
    if (!IsDigit(c)) return '\0';
    check = (check + DigitOf(c)) * 2 % 11;
  }
  const int digit = (12 - check) % 11;
  return digit == 10 ? 'X' : ToDigit(digit);
}

int WeightedSum(std::string_view text, std::initializer_list<int> weights) {
  int sum = 0;
  const auto* weight = weights.begin();
  for (const char c : text) {
    const int value = Base36(c);
    if (value < 0) return -1;
    sum += value * *weight;
    if (++weight == weights.end()) weight = weights.begin();
  }
  return sum;
}

int WeightedSumRight(std::string_view text, std::initializer_list<int> weights) {
  int sum = 0;
  const auto* weight = weights.begin();
  for (std::size_t i = text.size(); i-- > 0;) {
    const int value = Base36(text[i]);
    if (value < 0) return -1;
    sum += value * *weight;
    if (++weight == weights.end()) weight = weights.begin();
  }
  return sum;
}

int WeightedDigitSum(std::string_view text, std::initializer_list<int> weights) {
  int sum = 0;
  const auto* weight = weights.begin();
  for (const char c : text) {
    const int value = Base36(c);
    if (value < 0) return -1;
    const int product = value * *weight;
    sum += product / 10 + product % 10;
    if (++weight == weights.end()) weight = weights.begin();
  }
  return sum;
}

char IcaoDigit(std::string_view text) {
  constexpr int kWeights[] = {7, 3, 1};
  int sum = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int value = text[i] == '<' ? 0 : Base36(text[i]);
    if (value < 0) return '\0';
    sum += value * kWeights[i % 3];
  }
  return ToDigit(sum % 10);
}

bool IsDate(int year, int month, int day) {
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (year < 1800 || year > 2099 || month < 1 || month > 12 || day < 1) return false;
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return day <= kDays[month - 1] + (month == 2 && leap ? 1 : 0);
}

int Number(std::string_view text, std::size_t at, std::size_t count) {
  assert(count <= 9);  // more do not fit
  if (at + count > text.size()) return -1;
  int number = 0;
  for (const char c : text.substr(at, count)) {
    if (!IsDigit(c)) return -1;
    number = number * 10 + DigitOf(c);
  }
  return number;
}

int TwoDigits(std::string_view text, std::size_t at) { return Number(text, at, 2); }

bool IsYymmdd(std::string_view text, std::size_t at) {
  const int year = TwoDigits(text, at);
  const int month = TwoDigits(text, at + 2);
  const int day = TwoDigits(text, at + 4);
  return year >= 0 && (IsDate(1900 + year, month, day) || IsDate(2000 + year, month, day));
}

bool IsYyyymmdd(std::string_view text, std::size_t at) {
  return IsDate(Number(text, at, 4), TwoDigits(text, at + 4), TwoDigits(text, at + 6));
}

}  // namespace revenant::kinds
