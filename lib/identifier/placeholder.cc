#include "identifier/placeholder.h"

#include <algorithm>
#include <array>
#include <bitset>
#include <iterator>
#include <vector>

#include "identifier/checks.h"
#include "identifier/name_list.h"

namespace revenant::kinds {
namespace {

constexpr std::string_view kPhrases[] = {
#include "identifier/data/placeholder_phrases.inc"
};
constexpr std::string_view kWords[] = {
#include "identifier/data/placeholder_words.inc"
};

// Shown in the standards, on specimens and in the manuals of validators.
constexpr std::string_view kShown[] = {
#include "identifier/data/shown_numbers.inc"
};
static_assert(std::ranges::is_sorted(kShown));
constexpr NameList kShownList(kShown);

constexpr std::size_t kMaxKey = 64;          // bytes of the longest word
constexpr std::size_t kMaxPlaceholder = 96;  // and of a value that may be one

// Reads a value byte by byte (character by character beyond ASCII) into its key. Latin, Greek and
// Cyrillic letters are lower-cased by their place in the code, full-width signs become ASCII.
class KeyReader {
 public:
  explicit KeyReader(std::string_view text) : rest_(text) {}

  // Appends what comes next to `key`; false at the end or when the key is full.
  bool Next() {
    if (rest_.empty()) return false;
    const auto head = static_cast<unsigned char>(rest_[0]);
    if (head < 0x80) {
      rest_.remove_prefix(1);
      return PushAscii(static_cast<char>(head));
    }
    const std::size_t length = head >= 0xF0 ? 4 : head >= 0xE0 ? 3 : 2;
    if (rest_.size() < length) return false;
    std::array<char, 4> c{};
    std::copy_n(rest_.begin(), length, c.begin());
    rest_.remove_prefix(length);
    return PushWide(c, length);
  }

  std::string_view key() const { return {key_.data(), size_}; }
  bool done() const { return rest_.empty(); }
  bool full() const { return full_; }
  // Nothing but punctuation, blanks and what takes no ink?
  bool blank() const { return size_ == 0 && !full_; }

 private:
  bool Push(char c) {
    if (size_ == key_.size()) {
      full_ = true;
      return false;
    }
    key_[size_++] = c;
    return true;
  }

  bool PushAscii(char c) {
    if (c >= 'A' && c <= 'Z') return Push(static_cast<char>(c + 32));
    if ((c >= 'a' && c <= 'z') || IsDigit(c)) return Push(c);
    // A spreadsheet's error begins with it; a number sign says nothing.
    if (c == '#' && size_ == 0 && !rest_.empty() && !IsDigit(rest_[0]) && rest_[0] != ' ') {
      return Push(c);
    }
    return true;
  }

  bool PushWide(std::array<char, 4> c, std::size_t length) {
    const auto at = [&c](std::size_t i) { return static_cast<unsigned char>(c[i]); };
    const auto set = [&c](std::size_t i, unsigned value) { c[i] = static_cast<char>(value); };
    if (length == 2) {
      if (at(0) == 0xC2) return true;  // no-break space, soft hyphen, signs
      if (at(0) == 0xC3 && at(1) >= 0x80 && at(1) <= 0x9E && at(1) != 0x97) set(1, at(1) + 0x20);
      // Latin Extended-A: capitals are even up to U+0137 and from U+014A on, odd in between.
      if ((at(0) == 0xC4 || at(0) == 0xC5) && IsExtendedCapital(at(0), at(1))) Increment(c);
      if (at(0) == 0xCE && at(1) >= 0x91 && at(1) <= 0x9F) {
        set(1, at(1) + 0x20);
      } else if (at(0) == 0xCE && at(1) >= 0xA0 && at(1) <= 0xA9) {
        set(0, 0xCF);
        set(1, at(1) - 0x20);
      } else if (at(0) == 0xD0 && at(1) >= 0x90 && at(1) <= 0x9F) {
        set(1, at(1) + 0x20);
      } else if (at(0) == 0xD0 && at(1) >= 0xA0 && at(1) <= 0xAF) {
        set(0, 0xD1);
        set(1, at(1) - 0x20);
      }
    }
    // Tags, variation selectors, invisible musical signs.
    if (length == 4 && at(0) == 0xF3 && at(1) == 0xA0) return true;
    if (length == 4 && at(0) == 0xF0 && at(1) == 0x9D && at(2) == 0x85 && at(3) >= 0xB3 &&
        at(3) <= 0xBA)
      return true;
    if (length == 3 && at(0) == 0xE2 && at(1) <= 0xAF) return true;  // punctuation and symbols
    // CJK punctuation, the byte order mark, variation selectors.
    if (length == 3 && at(0) == 0xE3 && at(1) == 0x80) return true;
    if (length == 3 && at(0) == 0xEF && at(1) == 0xB8) return true;
    if (length == 3 && at(0) == 0xEF && at(1) == 0xBB && at(2) == 0xBF) return true;
    if (length == 3 && at(0) == 0xEF && (at(1) == 0xBC || at(1) == 0xBD)) {
      // Full-width forms of ASCII.
      const unsigned code = (at(1) & 0x3Fu) << 6 | (at(2) & 0x3Fu);
      if (code >= 0xF01 && code <= 0xF5E) return PushAscii(static_cast<char>(code - 0xF00 + 0x20));
    }
    return PushAll(c, length);
  }

  static bool IsExtendedCapital(unsigned first, unsigned second) {
    const unsigned code = (first & 0x1F) << 6 | (second & 0x3F);
    if (code < 0x138 || (code >= 0x14A && code < 0x178)) return code % 2 == 0;
    return code % 2 == 1 && code != 0x149 && code != 0x17F;
  }
  static void Increment(std::array<char, 4>& c) {
    if (static_cast<unsigned char>(c[1]) == 0xBF) {
      ++c[0];
      c[1] = static_cast<char>(0x80);
    } else {
      ++c[1];
    }
  }
  bool PushAll(const std::array<char, 4>& c, std::size_t length) {
    for (std::size_t i = 0; i < length; ++i) {
      if (!Push(c[i])) return false;
    }
    return true;
  }

  std::string_view rest_;
  std::array<char, kMaxKey> key_;
  std::size_t size_ = 0;
  bool full_ = false;
};

// The words by their keys, and a filter of the first two bytes that nearly every real value fails.
class WordList {
 public:
  static const WordList& Get() {
    static const WordList list;
    return list;
  }

  bool MayBegin(std::string_view key) const { return begins_.test(Index(key)); }
  // Is it a word that people are called, too?
  bool IsShort(std::string_view key) const {
    return key.size() <= 3 || std::binary_search(shorts_.begin(), shorts_.end(), key);
  }
  bool Has(std::string_view key, Asked asked) const {
    const auto& words = asked == Asked::kName ? phrases_ : words_;
    return std::binary_search(words.begin(), words.end(), key);
  }

 private:
  WordList() {
    for (const std::string_view phrase : kPhrases) phrases_.push_back(WordKey(phrase));
    words_ = phrases_;
    for (const std::string_view word : kWords) shorts_.push_back(WordKey(word));
    words_.insert(words_.end(), shorts_.begin(), shorts_.end());
    for (auto* list : {&phrases_, &shorts_, &words_}) {
      std::erase(*list, "");
      std::ranges::sort(*list);
      list->erase(std::unique(list->begin(), list->end()), list->end());
    }
    for (const std::string& word : words_) begins_.set(Index(word));
    // One character over and over, and digits in a row.
    constexpr std::string_view kAll = "0123456789abcdefghijklmnopqrstuvwxyz";
    for (const char c : kAll) begins_.set(Index(std::string(2, c)));
    for (int i = 0; i < 10; ++i) {
      begins_.set(Index(std::string{ToDigit(i), ToDigit((i + 1) % 10)}));
      begins_.set(Index(std::string{ToDigit((i + 1) % 10), ToDigit(i)}));
    }
  }

  static std::size_t Index(std::string_view key) {
    const auto first = static_cast<unsigned char>(key[0]);
    const auto second = key.size() > 1 ? static_cast<unsigned char>(key[1]) : 0u;
    return (first & 0x7F) << 7 | (second & 0x7F);
  }

  std::vector<std::string> phrases_;
  std::vector<std::string> shorts_;
  std::vector<std::string> words_;
  std::bitset<1 << 14> begins_;
};

bool AllSame(std::string_view text) {
  return text.find_first_not_of(text[0]) == std::string_view::npos;
}

// Each digit one more than the one before (9, then 0), from 0 or 1 on; or one less, from 9 or down
// to 1 or 0. All of `digits` are digits.
bool InARow(std::string_view digits) {
  if (digits.size() < 4) return false;
  const auto steps = [digits](int step) {
    for (std::size_t i = 1; i < digits.size(); ++i) {
      if ((DigitOf(digits[i]) - DigitOf(digits[i - 1]) - step + 20) % 10 != 0) return false;
    }
    return true;
  };
  if (steps(1)) return digits[0] <= '1';
  return steps(-1) && (digits.back() <= '1' || digits[0] == '9');
}

bool IsEmptyNumber(std::string_view digits) {
  if (digits.find_first_not_of('0') == std::string_view::npos) return true;
  return (digits.size() >= 3 && AllSame(digits)) || InARow(digits);
}

// Whether eight digits in a row, or eight times the same one, stand anywhere in `text`, which is
// letters and digits throughout. Zeros only fill up.
bool HoldsLongRow(std::string_view text) {
  constexpr std::size_t kLong = 8;
  if (text.find_first_of(":/<") != std::string_view::npos) return false;
  for (std::size_t at = 0; at + kLong <= text.size(); ++at) {
    const std::string_view part = text.substr(at, kLong);
    if (part[0] != '0' && AllDigits(part) && (InARow(part) || AllSame(part))) return true;
  }
  return false;
}

constexpr bool IsPlainLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

constexpr bool IsWordSign(char c) {
  return IsPlainLetter(c) || IsDigit(c) || c == '_' || c == '.' || c == ' ' || c == '-';
}

// Between these a template has a value's name.
struct Marks {
  std::string_view open;
  std::string_view close;
};
constexpr Marks kTemplates[] = {{"{{", "}}"}, {"${", "}"},  {"#{", "}"},  {"%{", "}"},
                                {"@{", "}"},  {"{%", "%}"}, {"<%", "%>"}, {"[[", "]]"},
                                {"$(", ")"},  {"%(", ")s"}, {"<?", "?>"}};
constexpr std::string_view kPrintedHeads[] = {"[object ", "<class ",   "<function ",
                                              "<bound ",  "<built-in", "System.",
                                              "java.",    "javax.",    "[Ljava."};

// First characters of all that has a beginning of its own here: most values have another.
constexpr std::array<bool, 256> kProgramHeads = [] {
  std::array<bool, 256> table{};
  const auto add = [&table](char c) { table[static_cast<unsigned char>(c)] = true; };
  for (const Marks& marks : kTemplates) add(marks.open[0]);
  for (const std::string_view head : kPrintedHeads) add(head[0]);
  return table;
}();
static_assert(kProgramHeads['%'] && kProgramHeads['{']);

// com.shop.Address@1b6d3586
bool IsPrintedObject(std::string_view bare) {
  const std::size_t at = bare.find('@');
  if (at == std::string_view::npos || at + 6 > bare.size() || at + 9 < bare.size()) return false;
  const std::size_t name = bare.substr(0, at).rfind('.');
  return name != std::string_view::npos && bare[name + 1] >= 'A' && bare[name + 1] <= 'Z' &&
         bare.find_first_not_of("0123456789abcdef", at + 1) == std::string_view::npos;
}

// What programs print where they were to put a value in: templates and formats that nobody filled,
// names of types.
bool IsProgramText(std::string_view bare) {
  if (bare.size() < 2) return false;
  if (!kProgramHeads[static_cast<unsigned char>(bare[0])]) return IsPrintedObject(bare);
  const auto inside = [bare](std::string_view open, std::string_view close) {
    return bare.size() >= open.size() + close.size() && bare.starts_with(open) &&
           bare.ends_with(close);
  };
  for (const auto& [open, close] : kTemplates) {
    if (inside(open, close)) return true;
  }
  const auto is_word = [](std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, IsWordSign);
  };
  switch (bare[0]) {
    case '%':
      // %s, %1$s, %08x, %@; %NAME%.
      if (bare.find_first_not_of("0123456789$.-+", 1) == bare.size() - 1 &&
          std::string_view("sdifuxXcp@").find(bare.back()) != std::string_view::npos) {
        return true;
      }
      return bare.back() == '%' && is_word(bare.substr(1, bare.size() - 2)) && !IsDigit(bare[1]);
    case '{': {
      // {0}, {name}; a UUID stands in such brackets too.
      if (bare.back() != '}' || bare.size() < 3) return false;
      const std::string_view name = bare.substr(1, bare.size() - 2);
      if (name.size() <= 2 && AllDigits(name)) return true;
      return IsPlainLetter(name[0]) && is_word(name) &&
             name.find_first_of("ghijklmnopqrstuvwxyz_") != std::string_view::npos;
    }
    default:
      break;
  }
  for (const std::string_view head : kPrintedHeads) {
    if (!bare.starts_with(head) || bare.size() == head.size()) continue;
    const bool type = IsPlainLetter(head.back() == '.' ? bare[head.size()] : 'a');
    if (type && (head.back() != '.' || bare.find(' ') == std::string_view::npos)) return true;
  }
  return IsPrintedObject(bare);
}

}  // namespace

bool IsPlaceholder(std::string_view bare, Asked asked) {
  if (bare.empty() || bare.size() > kMaxPlaceholder) return false;
  if (!IsDigit(bare[0]) && IsProgramText(bare)) return true;
  const WordList& list = WordList::Get();
  // Most numbers are told from a row of digits by their first two.
  if (IsDigit(bare[0]) && bare.size() > 1 && IsDigit(bare[1]) && !list.MayBegin(bare)) return false;
  KeyReader reader(bare);
  bool told = false;
  while (reader.Next()) {
    if (told || reader.key().size() < 2) continue;
    told = true;
    if (!list.MayBegin(reader.key())) return false;
  }
  if (!reader.done()) return false;
  if (reader.blank()) return true;
  const std::string_view key = reader.key();
  if (asked == Asked::kName) {
    // Null and Na are names, "(null)" and "n/a" are not.
    return list.Has(key, asked) && !(std::ranges::all_of(bare, IsPlainLetter) && list.IsShort(key));
  }
  if (asked == Asked::kNumber) {
    if (AllDigits(key) && IsEmptyNumber(key)) return true;
    if (key.size() >= 3 && IsPlainLetter(key[0]) && AllSame(key)) return true;
  }
  return bare == "-1" || list.Has(key, asked);
}

bool IsRowOfDigits(std::string_view text) { return AllDigits(text) && InARow(text); }

bool IsTextbookNumber(std::string_view text, Makeup makeup) {
  if (kShownList.Has(text)) return true;
  if (makeup.is_paper && HoldsLongRow(text)) return true;
  std::string_view core = text;
  const auto is_letter = [](char c) { return c >= 'A' && c <= 'Z'; };
  for (int i = 0; i < 2 && !core.empty() && is_letter(core.front()); ++i) core.remove_prefix(1);
  const bool letters_before = core.size() < text.size();
  const std::size_t behind = core.size();
  for (int i = 0; i < 2 && !core.empty() && is_letter(core.back()); ++i) core.remove_suffix(1);
  const bool letters_behind = core.size() < behind;
  const bool has_letters = letters_before || letters_behind;
  if (!AllDigits(core)) return false;
  const auto is_typed = [](std::string_view digits) { return InARow(digits) || AllSame(digits); };
  if (!makeup.is_checked) {
    // Without a check any number goes, and a few digits in a row between others are as good as any.
    if (!has_letters) return InARow(core);
    return core.size() >= (letters_before && letters_behind ? 6 : 7) && is_typed(core);
  }
  constexpr std::size_t kShortest = 6;  // digits that are no accident
  // The same where check digits follow: fewer if no letter behind them does their work.
  const std::size_t before_checks = letters_before ? kShortest : letters_behind ? 8 : 7;
  for (std::size_t checks = 0; checks <= 2 && core.size() >= kShortest; ++checks) {
    const bool is_long = core.size() >= (checks == 0 ? kShortest : before_checks);
    // Numbers without letters that are one digit throughout are junk, as they always were.
    if (is_long && (InARow(core) || (AllSame(core) && (has_letters || checks > 0)))) return true;
    core.remove_suffix(1);
  }
  return false;
}

std::string WordKey(std::string_view bare) {
  KeyReader reader(bare);
  while (reader.Next()) {
  }
  return std::string(reader.key());
}

std::span<const std::string_view> PlaceholderWords() {
  static const std::vector<std::string_view> all = [] {
    std::vector<std::string_view> both(std::begin(kPhrases), std::end(kPhrases));
    both.insert(both.end(), std::begin(kWords), std::end(kWords));
    return both;
  }();
  return all;
}

}  // namespace revenant::kinds
