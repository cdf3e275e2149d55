#ifndef REVENANT_LIB_IDENTIFIER_PHONE_TEXT_H_
#define REVENANT_LIB_IDENTIFIER_PHONE_TEXT_H_

#include <array>
#include <string_view>

namespace revenant::kinds {

// A telephone number as it was typed, read down to what one would dial.
struct DialledText {
  static constexpr std::size_t kMaxDigits = 40;
  static constexpr std::size_t kMaxTyped = 250;

  bool plus = false;     // "+" in front of the digits
  bool letters = false;  // some digits were typed as the letters of a keypad (1-800-FLOWERS)
  // Digits in front of the letters; all of them where there are none.
  std::size_t before_letters = 0;

  std::string_view digits() const { return {data.data(), size}; }
  std::array<char, kMaxDigits> data;
  std::size_t size = 0;
};

// Reads `raw` (UTF-8): separators of print go, digits of any script and full-width forms become
// ASCII, and so do the letters of a keypad; words in front ("Tel.:", "tel:" with its phone-context
// of RFC 3966), extensions and a second number behind a slash are cut. Returns why it is no number,
// or an empty text. Cost: under 50 ns for what is written in ASCII without words.
std::string_view ReadDialled(std::string_view raw, DialledText& out);

}  // namespace revenant::kinds

#endif  // REVENANT_LIB_IDENTIFIER_PHONE_TEXT_H_
