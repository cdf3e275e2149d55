#include "identifier/guise.h"

#include <algorithm>
#include <array>

#include "identifier/checks.h"
#include "util/ascii.h"

namespace revenant::kinds {
namespace {

constexpr bool IsAsciiSpace(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
constexpr bool IsAsciiLetter(char c) { return AsciiLower(c) >= 'a' && AsciiLower(c) <= 'z'; }

// UTF-8 of characters that take no ink or only leave a gap: they say nothing at a value's ends.
constexpr std::string_view kUnseen[] = {
    "\u00A0", "\u00AD", "\u034F", "\u061C", "\u1680", "\u180E", "\u2000", "\u2001",
    "\u2002", "\u2003", "\u2004", "\u2005", "\u2006", "\u2007", "\u2008", "\u2009",
    "\u200A", "\u200B", "\u200C", "\u200D", "\u200E", "\u200F", "\u2028", "\u2029",
    "\u202A", "\u202B", "\u202C", "\u202D", "\u202E", "\u202F", "\u205F", "\u2060",
    "\u2061", "\u2062", "\u2063", "\u2064", "\u2066", "\u2067", "\u2068", "\u2069",
    "\u2800", "\u3000", "\u3164", "\uFE0E", "\uFE0F", "\uFEFF", "\uFFA0",
};

// Length of the unseen character that `text` begins or ends with; 0 if it is another.
std::size_t UnseenFront(std::string_view text) {
  for (const std::string_view one : kUnseen) {
    if (text.starts_with(one)) return one.size();
  }
  return 0;
}
std::size_t UnseenBack(std::string_view text) {
  for (const std::string_view one : kUnseen) {
    if (text.ends_with(one)) return one.size();
  }
  return 0;
}

Part Trimmed(Part part) {
  while (!part.text.empty()) {
    const char head = part.text.front();
    const std::size_t taken = IsAsciiSpace(head)   ? 1
                              : (head & 0x80) != 0 ? UnseenFront(part.text)
                                                   : 0;
    if (taken == 0) break;
    part.text.remove_prefix(taken);
    part.from += taken;
  }
  while (!part.text.empty()) {
    const char tail = part.text.back();
    const std::size_t taken = IsAsciiSpace(tail)   ? 1
                              : (tail & 0x80) != 0 ? UnseenBack(part.text)
                                                   : 0;
    if (taken == 0) break;
    part.text.remove_suffix(taken);
  }
  return part;
}

Part Cut(Part part, std::size_t front, std::size_t back) {
  part.text.remove_suffix(back);
  part.text.remove_prefix(front);
  part.from += front;
  return part;
}

// Quotes that stand in pairs; the inside of a pair holds none of its own.
struct Pair {
  std::string_view open;
  std::string_view close;
};
constexpr Pair kQuotes[] = {{"\"", "\""},         {"'", "'"},           {"`", "`"},
                            {"\u201C", "\u201D"}, {"\u2018", "\u2019"}, {"\u201E", "\u201C"},
                            {"\u00AB", "\u00BB"}};
constexpr Pair kBrackets[] = {{"<", ">"}, {"(", ")"}, {"[", "]"}, {"{", "}"}};

// The inside of one pair around the whole; `part` itself if there is none.
template <std::size_t kCount>
Part Inside(Part part, const Pair (&pairs)[kCount]) {
  for (const auto& [open, close] : pairs) {
    if (part.text.size() <= open.size() + close.size()) continue;
    if (!part.text.starts_with(open) || !part.text.ends_with(close)) continue;
    const std::string_view inside =
        part.text.substr(open.size(), part.text.size() - open.size() - close.size());
    if (inside.find(open) != std::string_view::npos) continue;
    if (inside.find(close) != std::string_view::npos) continue;
    return Trimmed(Cut(part, open.size(), close.size()));
  }
  return part;
}

// Characters at whose sight first or last there may be something to take off.
constexpr std::array<bool, 256> kWorn = [] {
  std::array<bool, 256> table{};
  for (std::size_t i = 0; i < table.size(); ++i) table[i] = i >= 0x80 || i <= ' ';
  for (const char c : {'=', '\'', '"', '`'}) table[static_cast<unsigned char>(c)] = true;
  return table;
}();

// Compared without case; only ASCII letters have one here.
bool SameWord(std::string_view word, std::string_view lower) {
  return std::ranges::equal(word, lower, {}, AsciiLower, AsciiLower);
}

// Whether one of the words of `text` is `word`.
bool HasWord(std::string_view text, std::string_view word) {
  const auto inner = [](char c) { return IsAsciiLetter(c) || IsDigit(c) || (c & 0x80) != 0; };
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at;
    while (end < text.size() && inner(text[end])) ++end;
    if (end > at && SameWord(text.substr(at, end - at), word)) return true;
    at = end + 1;
  }
  return false;
}

// Words that say "here comes the number" in any kind's label, and schemes of URIs.
constexpr std::string_view kPlainLabels[] = {
    "acc",     "account", "acct",   "address",     "adresse",    "code",   "email",
    "e",       "id",      "ident",  "kod",         "konto",      "mail",   "mailto",
    "n",       "no",      "nr",     "num",         "number",     "numero", "nummer",
    "n\u00B0", "n\u00BA", "\u2116", "ref",         "serial",     "smtp",   "s",
    "sn",      "value",   "wallet", "n\u00FAmero", "num\u00E9ro"};

bool IsPlainLabel(std::string_view word) {
  return std::ranges::any_of(kPlainLabels,
                             [word](std::string_view known) { return SameWord(word, known); });
}

// Whether `label` (letters, blanks, dots, at most a few words) may stand in front of a value of
// `kind`: one of its words names the kind, or all of them are as good as none.
bool IsLabelOf(std::string_view label, const Kind& kind) {
  const auto inner = [](char c) { return IsAsciiLetter(c) || IsDigit(c) || (c & 0x80) != 0; };
  bool names = false;
  bool plain = true;
  bool any = false;
  for (std::size_t at = 0; at < label.size();) {
    std::size_t end = at;
    while (end < label.size() && inner(label[end])) ++end;
    if (end > at) {
      std::string_view word = label.substr(at, end - at);
      any = true;
      // "IMEI1", "IMEI 2": a running number of several.
      while (word.size() > 1 && IsDigit(word.back())) word.remove_suffix(1);
      const bool count = word.size() == 1 && IsDigit(word[0]);
      if (count && !names) return false;
      const bool own = SameWord(word, kind.name.substr(kind.name.rfind('.') + 1));
      if (own || (word.size() > 2 && (HasWord(kind.name, word) || HasWord(kind.title, word) ||
                                      HasWord(kind.aliases, word)))) {
        names = true;
      } else if (!count && !IsPlainLabel(word)) {
        plain = false;
      }
    }
    at = end + 1;
  }
  return any && (names || plain);
}

constexpr std::size_t kMaxLabel = 48;

// Where the value begins behind a label in front; 0 if there is none.
std::size_t BehindLabel(std::string_view text, const Kind& kind) {
  constexpr std::string_view kMarks[] = {":", "\uFF1A", "=", "#", "\u2116", "\u00B0", "\u00BA"};
  const std::string_view head = text.substr(0, kMaxLabel);
  std::size_t best = 0;
  for (const std::string_view mark : kMarks) {
    const std::size_t at = head.find(mark);
    if (at == std::string_view::npos || at == 0) continue;
    const std::string_view label = head.substr(0, at);
    const bool words = std::ranges::none_of(label, [](char c) { return c == '@' || c == '/'; });
    if (words && IsLabelOf(label, kind)) best = std::max(best, at + mark.size());
  }
  if (best != 0) return best;
  // Words and a blank: "IMEI 3529...", "CPF no. 123...".
  for (std::size_t at = head.find(' '); at != std::string_view::npos; at = head.find(' ', at + 1)) {
    if (!IsLabelOf(head.substr(0, at), kind)) break;
    best = at + 1;
  }
  return best;
}

constexpr std::string_view kTrailing = ";,.:>)]}\"'";
constexpr std::string_view kLeading = "<([{\"'#:";

}  // namespace

Part Undressed(std::string_view raw) {
  Part part{raw, 0};
  if (raw.empty()) return part;
  if (!kWorn[static_cast<unsigned char>(raw.front())] &&
      !kWorn[static_cast<unsigned char>(raw.back())]) {
    return part;
  }
  part = Trimmed(part);
  // Excel's ="00123"; a CSV reader that knows no quotes leaves more of them.
  if (part.text.size() > 3 && part.text.starts_with("=\"") && part.text.ends_with('"')) {
    part = Trimmed(Cut(part, 2, 1));
    while (part.text.size() > 2 && part.text.front() == '"' && part.text.back() == '"') {
      part = Trimmed(Cut(part, 1, 1));
    }
    return part;
  }
  const Part inside = Inside(part, kQuotes);
  if (inside.text.size() != part.text.size()) return inside;
  // The apostrophe that keeps a spreadsheet from reading a number, also as typographers have it.
  for (const std::string_view guard : {"'", "\u2018", "\u2019"}) {
    if (part.text.size() > guard.size() && part.text.starts_with(guard)) {
      return Trimmed(Cut(part, guard.size(), 0));
    }
  }
  return part;
}

// -?N+([.,]N+)?[eE][+-]?N{1,3}; without a sign behind the E there must be one digit and a point in
// front, for "123E45" is a serial number.
bool IsRounded(std::string_view bare) {
  if (bare.size() < 4 || bare.size() > 32 || !IsDigit(bare.back())) return false;
  std::size_t mark = bare.size() - 1;
  while (mark > 0 && IsDigit(bare[mark - 1])) --mark;
  if (bare.size() - mark > 3 || mark == 0) return false;
  const bool is_signed = bare[mark - 1] == '+' || bare[mark - 1] == '-';
  std::size_t letter = mark - 1;
  if (is_signed) {
    if (letter == 0) return false;
    --letter;
  }
  if (bare[letter] != 'E' && bare[letter] != 'e') return false;
  std::string_view mantissa = bare.substr(0, letter);
  if (!mantissa.empty() && (mantissa[0] == '-' || mantissa[0] == '+')) mantissa.remove_prefix(1);
  const std::size_t point = mantissa.find_first_of(".,");
  if (point == std::string_view::npos) return is_signed && !mantissa.empty() && AllDigits(mantissa);
  const bool one_digit = point == 1;
  return point > 0 && (is_signed || one_digit) && AllDigits(mantissa.substr(0, point)) &&
         point + 1 < mantissa.size() && AllDigits(mantissa.substr(point + 1));
}

std::size_t FloatTail(std::string_view bare) {
  if (bare.size() < 3 || bare.back() != '0') return 0;
  const std::size_t size = bare[bare.size() - 2] == '0' ? 3 : 2;
  if (bare.size() <= size) return 0;
  const char point = bare[bare.size() - size];
  if (point != '.' && point != ',') return 0;
  const std::string_view whole = bare.substr(0, bare.size() - size);
  if (!IsDigit(whole.front()) || !IsDigit(whole.back())) return 0;
  const bool number = std::ranges::all_of(whole, [point](char c) {
    return IsDigit(c) || (c != point && (c == '.' || c == ',' || c == ' ' || c == '\''));
  });
  return number ? size : 0;
}

Part Unwrapped(std::string_view bare, const Kind& kind) {
  Part part = Trimmed({bare, 0});
  // "Jane Roe <jane@roe.org>": what counts stands in the brackets.
  if (const std::size_t open = part.text.rfind('<');
      open != std::string_view::npos && part.text.ends_with('>')) {
    part = Trimmed(Cut(part, open + 1, 1));
  }
  for (int round = 0; round < 4; ++round) {
    const std::size_t before = part.text.size();
    part = Inside(Inside(part, kBrackets), kQuotes);
    if (const std::size_t label = BehindLabel(part.text, kind); label != 0) {
      part = Trimmed(Cut(part, label, 0));
    }
    // mailto:jane@roe.org?subject=...
    if (const std::size_t query = part.text.find('?');
        kind.name.starts_with("contact.email") && query != std::string_view::npos &&
        part.text.substr(0, query).find('@') != std::string_view::npos) {
      part.text = part.text.substr(0, query);
    }
    while (!part.text.empty() && kTrailing.find(part.text.back()) != std::string_view::npos) {
      part = Trimmed(Cut(part, 0, 1));
    }
    while (!part.text.empty() && kLeading.find(part.text.front()) != std::string_view::npos) {
      part = Trimmed(Cut(part, 1, 0));
    }
    if (part.text.size() == before) break;
  }
  return part;
}

}  // namespace revenant::kinds
