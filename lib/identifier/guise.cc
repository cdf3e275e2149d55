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

// What whole families of numbers are called, whatever the kind's own name is.
struct FamilyWords {
  std::string_view kinds;  // what their names begin with
  std::string_view words;
};
constexpr FamilyWords kFamilyWords[] = {
    {"tax.",
     "vat tax tin vatin tva btw ust ustid ustidnr idnr id nr uid iva piva mwst moms mva alv "
     "nif cif nie nip dph dic afm pdv ddv kmkr pvn pvm oss eori reg registration "
     "steuernummer steuernr stnr"},
    {"doc.es.", "nif cif dni nie"},
    {"doc.",
     "passport passeport pasaporte passaporto paspoort paszport reisepass pass passnr "
     "personalausweis ausweis ausweisnr perso \u043F\u0430\u0441\u043F\u043E\u0440\u0442 "
     "\u62A4\u7167 \u62A4\u7167\u53F7 \u62A4\u7167\u53F7\u7801 \u8EAB\u4EFD\u8BC1 "
     "\u8EAB\u4EFD\u8BC1\u53F7 \u8EAB\u4EFD\u8BC1\u53F7\u7801 "
     "\u8EAB\u4EFD\u8B49\u865F \u516C\u6C11\u8EAB\u4EFD\u53F7\u7801"},
    {"pay.pan",
     "visa mastercard maestro amex american express unionpay discover diners jcb card "
     "karte carte tarjeta carta credit debit \u5361\u53F7"},
    {"pay.crypto.eth", "eth ether ethereum erc bep bsc bnb evm polygon matic arbitrum usdt usdc"},
    {"pay.crypto.tron", "tron trc trx usdt usdc"},
    {"pay.crypto.btc", "btc xbt bitcoin"},
    {"pay.crypto.ltc", "ltc litecoin"},
    {"pay.crypto.doge", "doge dogecoin"},
    {"pay.crypto.xrp", "xrp xrpl ripple"},
    {"device.", "guid uuid udid urn gsma"},
};

bool IsFamilyWord(std::string_view word, const Kind& kind) {
  return std::ranges::any_of(kFamilyWords, [&](const FamilyWords& family) {
    return kind.name.starts_with(family.kinds) && HasWord(family.words, word);
  });
}

// What may stand beside the words of a label that are known: anything; words and a running number
// of one digit, as far as they cannot be the value's own; nothing.
enum class Strange : std::uint8_t { kWords, kCounts, kNothing };

// Whether `label` (letters, blanks, dots, at most a few words) may stand in front of a value of
// `kind`: one of its words names the kind, or all of them are as good as none. `strange`
// says what else may stand there. `named` tells whether a word named the kind.
bool IsLabelOf(std::string_view label, const Kind& kind, Strange strange, bool* named = nullptr) {
  const auto inner = [](char c) { return IsAsciiLetter(c) || IsDigit(c) || (c & 0x80) != 0; };
  bool names = false;
  bool plain = true;
  bool any = false;
  for (std::size_t at = 0; at < label.size();) {
    std::size_t end = at;
    while (end < label.size() && inner(label[end])) ++end;
    if (end > at) {
      std::string_view word = label.substr(at, end - at);
      const bool one_digit = word.size() == 1 && IsDigit(word[0]);
      any = true;
      // "IMEI1", "IMEI 2": a running number of several.
      while (word.size() > 1 && IsDigit(word.back())) word.remove_suffix(1);
      const bool count = word.size() == 1 && IsDigit(word[0]);
      if (count && (!names || (strange != Strange::kWords && !one_digit))) return false;
      if (count && strange == Strange::kNothing) return false;
      const bool own = SameWord(word, kind.name.substr(kind.name.rfind('.') + 1));
      if (own ||
          (word.size() > 2 && (HasWord(kind.name, word) || HasWord(kind.title, word) ||
                               HasWord(kind.aliases, word))) ||
          IsFamilyWord(word, kind)) {
        names = true;
      } else if (!count && !IsPlainLabel(word)) {
        // Behind the name the value may have begun: two letters are a country, one is a part of it.
        const bool a_word = !names || (word.size() > 2 &&
                                       std::ranges::none_of(label.substr(at, end - at), IsDigit));
        if (strange == Strange::kNothing || (strange == Strange::kCounts && !a_word)) return false;
        plain = false;
      }
    }
    at = end + 1;
  }
  if (named != nullptr) *named = names;
  return any && (names || plain);
}

constexpr std::size_t kMaxLabel = 48;

// Where the value begins behind a label in front; 0 if there is none.
std::size_t BehindLabel(std::string_view text, const Kind& kind) {
  constexpr std::string_view kMarks[] = {":", "\uFF1A", "=", "#", "\u2116", "\u00B0", "\u00BA"};
  const std::string_view head = text.substr(0, kMaxLabel);
  std::size_t best = 0;
  for (const std::string_view mark : kMarks) {
    Strange strange = Strange::kWords;
    // Behind the first mark only what is known goes on: "urn:gsma:imei:", not "MAC: 00:".
    for (std::size_t at = head.find(mark); at != std::string_view::npos && at != 0;
         at = head.find(mark, at + 1)) {
      const std::string_view label = head.substr(0, at);
      const bool words = std::ranges::none_of(label, [](char c) { return c == '@' || c == '/'; });
      if (words && IsLabelOf(label, kind, strange)) best = std::max(best, at + mark.size());
      strange = Strange::kNothing;
    }
  }
  if (best != 0) return best;
  // Words and a blank: "IMEI 3529...", "CPF no. 123..."; or a dash, behind a word that names it:
  // "BTW-BE 0428...".
  for (std::size_t at = head.find_first_of(" -"); at != std::string_view::npos;
       at = head.find_first_of(" -", at + 1)) {
    bool named = false;
    if (!IsLabelOf(head.substr(0, at), kind, Strange::kCounts, &named)) break;
    if (named || head[at] == ' ') best = at + 1;
  }
  return best;
}

// English names of months, whole or cut to three letters, as spreadsheets print dates.
bool IsMonthName(std::string_view word) {
  constexpr std::string_view kMonths[] = {"january",   "february", "march",    "april",
                                          "may",       "june",     "july",     "august",
                                          "september", "october",  "november", "december"};
  return std::ranges::any_of(kMonths, [word](std::string_view month) {
    return SameWord(word, month) || SameWord(word, month.substr(0, 3));
  });
}

// A card's number without the month that it is good for ("12/27", "exp 12/2027") behind it.
std::string_view WithoutExpiry(std::string_view text) {
  const std::size_t slash = text.rfind('/');
  if (slash == std::string_view::npos || slash < 3) return text;
  const std::string_view year = text.substr(slash + 1);
  const std::string_view month = text.substr(slash - 2, 2);
  if ((year.size() != 2 && year.size() != 4) || !AllDigits(year) || !AllDigits(month)) return text;
  if (month < "01" || month > "12" || IsDigit(text[slash - 3])) return text;
  std::size_t end = slash - 2;
  while (end > 0 && !IsDigit(text[end - 1])) --end;
  return text.substr(0, end);
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

bool IsDate(std::string_view bare) {
  if (bare.size() < 6 || bare.size() > 48 || !IsDigit(bare[0])) return false;
  std::array<std::string_view, 3> parts;
  char mark = '\0';
  std::size_t at = 0;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    std::size_t end = at;
    const bool name = i == 1 && at < bare.size() && IsAsciiLetter(bare[at]);
    while (end < bare.size() && (name ? IsAsciiLetter(bare[end]) : IsDigit(bare[end]))) ++end;
    parts[i] = bare.substr(at, end - at);
    at = end;
    if (i == 2) break;
    if (at == bare.size() || (i == 1 && bare[at] != mark)) return false;
    mark = bare[at++];
    if (mark != '-' && mark != '/' && mark != '.' && mark != ' ') return false;
  }
  const auto& [first, second, third] = parts;
  const auto within = [](std::string_view digits, int least, int most) {
    if (digits.empty() || digits.size() > 4 || !AllDigits(digits)) return false;
    const int number = Number(digits, 0, digits.size());
    return number >= least && number <= most;
  };
  const auto is_year = [&within](std::string_view part) {
    return part.size() == 4 && (within(part, 1800, 2200) || within(part, 0, 1) || part == "9999");
  };
  const auto is_day = [&within](std::string_view p) { return p.size() <= 2 && within(p, 0, 31); };
  const auto is_month = [&within](std::string_view p) { return p.size() <= 2 && within(p, 0, 12); };
  // Day and month may be zero: a spreadsheet's first day is 1900-01-00. In six digits dashes are a
  // sort code's.
  const bool short_year = third.size() == 2 && (mark == '.' || mark == '/');
  bool date = false;
  if (!second.empty() && IsAsciiLetter(second[0])) {
    date = IsMonthName(second) && is_day(first) && (is_year(third) || third.size() == 2);
  } else if (mark != ' ') {
    const bool in_order = is_day(first) && is_month(second);
    date = (is_year(first) && is_month(second) && is_day(third)) ||
           ((in_order || (is_month(first) && is_day(second))) && is_year(third)) ||
           (in_order && short_year);
  }
  if (!date || at == bare.size()) return date;
  // "T00:00:00.000Z", " 12:30 PM", " 00:00:00 +0000 UTC".
  const std::string_view time = bare.substr(at);
  const std::size_t colon = time.find(':');
  return (time[0] == ' ' || time[0] == ',' || AsciiLower(time[0]) == 't') && time.size() >= 4 &&
         colon != std::string_view::npos && IsDigit(time[colon - 1]) &&
         time.find_first_not_of("0123456789:.,+- TtZzAaPpMmUCG") == std::string_view::npos;
}

bool IsNegative(std::string_view bare) {
  std::size_t sign = bare.starts_with('-') ? 1 : 0;
  if (bare.starts_with("\u2212")) sign = 3;
  const std::string_view number = bare.substr(sign);
  return sign != 0 && !number.empty() && IsDigit(number.front()) && IsDigit(number.back()) &&
         number.find_first_not_of("0123456789.,") == std::string_view::npos;
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
    if (kind.name.starts_with("pay.pan")) part.text = WithoutExpiry(part.text);
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
