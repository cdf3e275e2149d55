// Finds infringing words in listings: folds text to its letters, digits and vowel signs, notes
// where words begin, and compares.

#include <algorithm>
#include <string>
#include <vector>

#include "revenant/knowledge.h"
#include "util/bytes.h"

#ifdef REVENANT_WITH_ICU
#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/uscript.h>
#endif

namespace revenant {
namespace {

constexpr InfringingWord kWords[] = {
#include "policy/infringing_words.inc"
};

// One letter, digit or vowel sign of a folded text.
struct Unit {
  char32_t code = 0;
  bool begins = false;  // something that is none of these, or nothing, stands before it
  bool spaced = false;  // of a script that puts spaces between words
};

#ifdef REVENANT_WITH_ICU
// Compatibility forms, case and invisible characters are gone after this.
std::string Folded(std::string_view text) {
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* const folding = icu::Normalizer2::getNFKCCasefoldInstance(status);
  std::string out;
  icu::StringByteSink<std::string> sink(&out);
  if (U_SUCCESS(status)) {
    folding->normalizeUTF8(0, icu::StringPiece(text.data(), static_cast<int32_t>(text.size())),
                           sink, nullptr, status);
  }
  return U_SUCCESS(status) ? out : std::string(text);
}

// The letter under the accents of Latin, Greek and Cyrillic; others keep their marks, which tell
// words apart.
char32_t WithoutAccents(char32_t code) {
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* const nfd = icu::Normalizer2::getNFDInstance(status);
  icu::UnicodeString parts;
  if (U_FAILURE(status) || !nfd->getDecomposition(static_cast<UChar32>(code), parts)) return code;
  const UChar32 base = parts.char32At(0);
  const UScriptCode script = uscript_getScript(base, &status);
  const bool accented =
      script == USCRIPT_LATIN || script == USCRIPT_GREEK || script == USCRIPT_CYRILLIC;
  return accented ? static_cast<char32_t>(base) : code;
}

bool IsKept(char32_t code) {
  const auto point = static_cast<UChar32>(code);
  const auto type = u_charType(point);
  const bool loose_accent = code >= 0x0300 && code <= 0x036F;
  return u_isalnum(point) ||
         ((type == U_NON_SPACING_MARK || type == U_COMBINING_SPACING_MARK) && !loose_accent);
}

bool IsSpaced(char32_t code) {
  UErrorCode status = U_ZERO_ERROR;
  switch (uscript_getScript(static_cast<UChar32>(code), &status)) {
    case USCRIPT_HAN:
    case USCRIPT_HIRAGANA:
    case USCRIPT_KATAKANA:
    case USCRIPT_HANGUL:
    case USCRIPT_THAI:
    case USCRIPT_LAO:
    case USCRIPT_KHMER:
    case USCRIPT_MYANMAR:
      return false;
    default:
      return code != 0x30FC;  // the long sound mark belongs to both kinds of kana
  }
}
#else
// Without ICU: ASCII letters in either case and in full width.
std::string Folded(std::string_view text) { return std::string(text); }

char32_t WithoutAccents(char32_t code) {
  if (code >= 0xFF01 && code <= 0xFF5E) code -= 0xFF01 - 0x21;
  return code >= 'A' && code <= 'Z' ? code + ('a' - 'A') : code;
}

bool IsKept(char32_t code) {
  if (code < 0x80) return (code >= '0' && code <= '9') || (code >= 'a' && code <= 'z');
  const bool punctuation = code < 0xC0 || (code >= 0x2000 && code <= 0x206F) ||
                           (code >= 0x3000 && code <= 0x3004) ||
                           (code >= 0x3008 && code <= 0x303F) || code == 0xFEFF;
  return !punctuation;
}

bool IsSpaced(char32_t code) { return code < 0x2E80 && !(code >= 0x0E00 && code <= 0x0EFF); }
#endif

// Invisible characters part no words: "fa\u200bke" reads "fake".
bool IsInvisible(char32_t code) {
  return code == 0xAD || (code >= 0x200B && code <= 0x200F) || code == 0x2060 || code == 0xFEFF ||
         (code >= 0x0300 && code <= 0x036F);
}

std::vector<Unit> UnitsOf(std::string_view text) {
  const std::string folded = Folded(text);
  std::vector<Unit> units;
  bool begins = true;
  for (std::string_view rest = folded; !rest.empty();) {
    const Utf8Char next = DecodeUtf8(rest);
    rest.remove_prefix(std::max<std::size_t>(1, next.size));
    const char32_t code = next.size == 0 ? U' ' : WithoutAccents(next.code_point);
    if (IsInvisible(code)) continue;
    if (IsKept(code)) {
      units.push_back({code, begins, IsSpaced(code)});
      begins = false;
    } else {
      begins = true;
    }
  }
  return units;
}

// Letters of an alphabet must not continue before the first or after the last of the word.
bool StandsAt(const std::vector<Unit>& text, std::size_t place, const std::vector<Unit>& word) {
  if (place + word.size() > text.size()) return false;
  for (std::size_t i = 0; i < word.size(); ++i) {
    if (text[place + i].code != word[i].code) return false;
  }
  if (word.front().spaced && !text[place].begins && text[place - 1].spaced) return false;
  const std::size_t after = place + word.size();
  const bool goes_on = after < text.size() && !text[after].begins && text[after].spaced;
  return !(word.back().spaced && goes_on);
}

bool Contains(const std::vector<Unit>& text, const std::vector<Unit>& word) {
  for (std::size_t place = 0; place + word.size() <= text.size(); ++place) {
    if (StandsAt(text, place, word)) return true;
  }
  return false;
}

}  // namespace

std::span<const InfringingWord> InfringingWords() { return kWords; }

std::vector<const InfringingWord*> FindInfringingWords(std::string_view text) {
  static const std::vector<std::vector<Unit>> folded = [] {
    std::vector<std::vector<Unit>> list;
    for (const InfringingWord& word : kWords) list.push_back(UnitsOf(word.word));
    return list;
  }();
  const std::vector<Unit> units = UnitsOf(text);
  std::vector<const InfringingWord*> found;
  for (std::size_t i = 0; i < folded.size(); ++i) {
    if (Contains(units, folded[i])) found.push_back(&kWords[i]);
  }
  return found;
}

}  // namespace revenant
