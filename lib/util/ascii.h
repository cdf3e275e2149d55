#ifndef REVENANT_UTIL_ASCII_H_
#define REVENANT_UTIL_ASCII_H_

namespace revenant {

constexpr bool IsAsciiDigit(char c) { return c >= '0' && c <= '9'; }

// Case of A to Z alone, in any locale.
constexpr char AsciiUpper(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}
constexpr char AsciiLower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

}  // namespace revenant

#endif  // REVENANT_UTIL_ASCII_H_
