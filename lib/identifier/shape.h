#ifndef REVENANT_LIB_IDENTIFIER_SHAPE_H_
#define REVENANT_LIB_IDENTIFIER_SHAPE_H_

#include <array>
#include <cstdint>
#include <string_view>

namespace revenant::kinds {

// The grammar of a value in a line, so that length and alphabet need no function:
//
//   N A X H     a digit, a letter A-Z, a letter or digit, a hex digit 0-9A-F
//   [A-HJ2-9]   one of these characters; ranges allowed
//   'ATU'       exactly these characters
//   8  7-9  ?   how many of the item before (not after a '...'): eight, seven to nine, none or one
//   |           or
//
// "A2N18" is an IBAN's country and 18 digits; "N9|N12" nine or twelve digits. Matching is against
// the whole value, of text that is upper-cased already. Counts match as many as they can and give
// none back, so a variable count must not be followed by an item that overlaps it.
// A faulty pattern does not compile.
class Shape {
 public:
  consteval Shape(const char* pattern) : pattern_(pattern) { Verify(); }  // NOLINT: implicit
  constexpr Shape() = default;

  bool empty() const { return pattern_.empty(); }
  std::string_view pattern() const { return pattern_; }

  // Whether `text` fits. When it does not, `*at` (if given) is the index of the first character
  // that no alternative could place; text.size() when the value ends too early.
  bool Matches(std::string_view text, std::size_t* at = nullptr) const;

  // Puts right look-alikes (O/0, I/1, S/5, B/8, Z/2, either way) where one alternative fixes a
  // digit or a letter at that place: `text` is changed in place to fit the `index`-th alternative
  // that it can be made to fit. False if there is no such alternative.
  bool Repair(char* text, std::size_t size, std::size_t index) const;

 private:
  friend class ShapeReader;
  consteval void Verify() const;

  std::string_view pattern_;
};

// Characters that an item takes, as 128 bits.
class CharSet {
 public:
  constexpr void Add(char c) {
    const auto code = static_cast<unsigned char>(c);
    bits_[code >> 6 & 1] |= std::uint64_t{1} << (code & 63);
  }
  constexpr void AddRange(char first, char last) {
    for (int c = first; c <= last; ++c) Add(static_cast<char>(c));
  }
  constexpr bool Has(char c) const {
    const auto code = static_cast<unsigned char>(c);
    return code < 128 && (bits_[code >> 6] >> (code & 63) & 1) != 0;
  }

 private:
  std::array<std::uint64_t, 2> bits_{};
};

// Reads a pattern item by item.
class ShapeReader {
 public:
  struct Item {
    CharSet set;
    std::size_t min = 1;
    std::size_t max = 1;
  };

  explicit constexpr ShapeReader(std::string_view pattern) : rest_(pattern) {}

  // What comes next: kItem fills `item`; kOr is the bar between alternatives.
  enum class Token : std::uint8_t { kItem, kOr, kEnd, kFault };
  constexpr Token Next(Item& item);

 private:
  constexpr bool ReadCount(Item& item);
  constexpr bool ReadSet(CharSet& set);
  constexpr std::size_t ReadNumber();

  std::string_view rest_;
  std::string_view quoted_;  // what is left of a '...' literal
};

namespace shape_sets {
constexpr CharSet Of(std::string_view ranges) {
  CharSet set;
  for (std::size_t i = 0; i + 1 < ranges.size(); i += 2) set.AddRange(ranges[i], ranges[i + 1]);
  return set;
}
inline constexpr CharSet kDigit = Of("09");
inline constexpr CharSet kLetter = Of("AZ");
inline constexpr CharSet kAlnum = Of("09AZ");
inline constexpr CharSet kHex = Of("09AF");
}  // namespace shape_sets

constexpr std::size_t ShapeReader::ReadNumber() {
  std::size_t number = 0;
  while (!rest_.empty() && rest_[0] >= '0' && rest_[0] <= '9') {
    number = number * 10 + static_cast<std::size_t>(rest_[0] - '0');
    rest_.remove_prefix(1);
  }
  return number;
}

constexpr bool ShapeReader::ReadCount(Item& item) {
  if (rest_.empty()) return true;
  if (rest_[0] == '?') {
    rest_.remove_prefix(1);
    item.min = 0;
    return true;
  }
  if (rest_[0] < '0' || rest_[0] > '9') return true;
  item.min = item.max = ReadNumber();
  if (!rest_.empty() && rest_[0] == '-') {
    rest_.remove_prefix(1);
    item.max = ReadNumber();
  }
  return item.max > 0 && item.min <= item.max;
}

constexpr bool ShapeReader::ReadSet(CharSet& set) {
  bool any = false;
  while (!rest_.empty() && rest_[0] != ']') {
    const char first = rest_[0];
    rest_.remove_prefix(1);
    if (rest_.size() > 1 && rest_[0] == '-' && rest_[1] != ']') {
      if (rest_[1] < first) return false;
      set.AddRange(first, rest_[1]);
      rest_.remove_prefix(2);
    } else {
      set.Add(first);
    }
    any = true;
  }
  if (rest_.empty()) return false;
  rest_.remove_prefix(1);
  return any;
}

constexpr ShapeReader::Token ShapeReader::Next(Item& item) {
  item = Item{};
  if (!quoted_.empty()) {
    item.set.Add(quoted_[0]);
    quoted_.remove_prefix(1);
    return Token::kItem;
  }
  if (rest_.empty()) return Token::kEnd;
  const char head = rest_[0];
  rest_.remove_prefix(1);
  switch (head) {
    case '|':
      return Token::kOr;
    case 'N':
      item.set = shape_sets::kDigit;
      break;
    case 'A':
      item.set = shape_sets::kLetter;
      break;
    case 'X':
      item.set = shape_sets::kAlnum;
      break;
    case 'H':
      item.set = shape_sets::kHex;
      break;
    case '[':
      if (!ReadSet(item.set)) return Token::kFault;
      break;
    case '\'': {
      const std::size_t end = rest_.find('\'');
      if (end == std::string_view::npos || end == 0) return Token::kFault;
      quoted_ = rest_.substr(0, end);
      rest_.remove_prefix(end + 1);
      return Next(item);
    }
    default:
      return Token::kFault;
  }
  return ReadCount(item) ? Token::kItem : Token::kFault;
}

consteval void Shape::Verify() const {
  ShapeReader reader(pattern_);
  ShapeReader::Item item;
  bool any = false;
  for (;;) {
    const auto token = reader.Next(item);
    if (token == ShapeReader::Token::kFault) throw "a shape cannot be read";
    if (token == ShapeReader::Token::kItem) any = true;
    if (token == ShapeReader::Token::kOr) {
      if (!any) throw "a shape has an empty alternative";
      any = false;
    }
    if (token == ShapeReader::Token::kEnd) break;
  }
  if (!any) throw "a shape has an empty alternative";
}

}  // namespace revenant::kinds

#endif  // REVENANT_LIB_IDENTIFIER_SHAPE_H_
