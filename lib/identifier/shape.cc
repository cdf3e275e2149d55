#include "identifier/shape.h"

#include <algorithm>

namespace revenant::kinds {
namespace {

// Pairs that people and OCR confuse: a digit, and the letter that looks like it.
constexpr std::string_view kDigits = "01582";
constexpr std::string_view kLetters = "OISBZ";

char Twin(char c) {
  if (const auto at = kDigits.find(c); at != std::string_view::npos) return kLetters[at];
  if (const auto at = kLetters.find(c); at != std::string_view::npos) return kDigits[at];
  return '\0';
}

}  // namespace

bool Shape::Matches(std::string_view text, std::size_t* at) const {
  ShapeReader reader(pattern_);
  ShapeReader::Item item;
  std::size_t farthest = 0;
  std::size_t index = 0;
  bool alive = true;
  for (;;) {
    const auto token = reader.Next(item);
    if (token == ShapeReader::Token::kItem) {
      if (!alive) continue;
      std::size_t count = 0;
      while (count < item.max && index < text.size() && item.set.Has(text[index])) {
        ++count;
        ++index;
      }
      alive = count >= item.min;
      continue;
    }
    if (alive && index == text.size()) return true;
    farthest = std::max(farthest, index);
    if (token != ShapeReader::Token::kOr) break;
    index = 0;
    alive = true;
  }
  if (at != nullptr) *at = farthest;
  return false;
}

bool Shape::Repair(char* text, std::size_t size, std::size_t index) const {
  constexpr std::size_t kMaxRepaired = 64;
  if (size > kMaxRepaired) return false;
  std::array<char, kMaxRepaired> draft;
  ShapeReader reader(pattern_);
  ShapeReader::Item item;
  std::size_t place = 0;
  bool alive = true;
  for (;;) {
    const auto token = reader.Next(item);
    if (token == ShapeReader::Token::kItem) {
      if (!alive) continue;
      std::size_t count = 0;
      for (; count < item.max && place < size; ++count, ++place) {
        const char c = text[place];
        if (item.set.Has(c)) {
          draft[place] = c;
        } else if (const char twin = Twin(c); twin != '\0' && item.set.Has(twin)) {
          draft[place] = twin;
        } else {
          break;
        }
      }
      alive = count >= item.min;
      continue;
    }
    if (alive && place == size && index-- == 0) {
      std::copy_n(draft.begin(), size, text);
      return true;
    }
    if (token != ShapeReader::Token::kOr) return false;
    place = 0;
    alive = true;
  }
}

}  // namespace revenant::kinds
