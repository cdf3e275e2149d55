#include "identifier/phone_text.h"

#include <algorithm>

#include "identifier/kind.h"
#include "util/ascii.h"

namespace revenant::kinds {
namespace {

constexpr std::string_view kNoNumber = "not a phone number";

constexpr bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
constexpr bool IsOneOf(char c, std::string_view signs) {
  return signs.find(c) != std::string_view::npos;
}
constexpr bool IsSeparator(char c) { return IsOneOf(c, " \t-()[]./\\~*"); }

// ITU-T E.161: ABC on 2, DEF on 3 and so on.
constexpr char KeyOf(char letter) {
  return "22233344455566677778889999"[static_cast<std::size_t>(AsciiLower(letter) - 'a')];
}

// Where `word` (lower case) stands in `text`, whatever its case.
std::size_t FindWord(std::string_view text, std::string_view word) {
  const auto found = std::ranges::search(text, word, {}, AsciiLower);
  return found.empty() ? std::string_view::npos
                       : static_cast<std::size_t>(found.begin() - text.begin());
}

bool EndsWithWord(std::string_view text, std::string_view word) {
  return text.size() >= word.size() &&
         std::ranges::equal(text.substr(text.size() - word.size()), word, {}, AsciiLower);
}

std::string_view DropTrailing(std::string_view text, std::string_view signs) {
  return text.substr(0, text.find_last_not_of(signs) + 1);
}

// From the first digit or plus sign to the last letter, digit or '#'; up to a second number, if
// one stands behind a slash ("530-583-6985/x4857").
std::string_view Core(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_of("+0123456789"), text.size()));
  while (!text.empty() && !IsLetter(text.back()) && !IsDigit(text.back()) && text.back() != '#') {
    text.remove_suffix(1);
  }
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '/' && text[at] != '\\') continue;
    const std::size_t next = text.find_first_not_of(' ', at + 1);
    if (next != std::string_view::npos && AsciiLower(text[next]) == 'x') return text.substr(0, at);
  }
  return text;
}

// Three digits with only separators between them come first; then separators, letters and digits.
bool IsViable(std::string_view text) {
  if (text.size() == 2 && IsDigit(text[0]) && IsDigit(text[1])) return true;
  int digits = 0;
  const std::size_t start = std::min(text.find_first_not_of('+'), text.size());
  for (const char c : text.substr(start)) {
    if (IsDigit(c)) {
      ++digits;
    } else if (digits < 3 && IsLetter(c)) {
      if (c != 'x') return false;
    } else if (!IsSeparator(c) && !IsLetter(c)) {
      return false;
    }
  }
  return digits >= 3;
}

// Cuts an extension: "ext. 12", "x12", "#12", ",,12", "-12#".
std::string_view WithoutExtension(std::string_view text) {
  std::string_view rest = text;
  const bool hash = rest.ends_with('#');
  if (hash) rest.remove_suffix(1);
  std::size_t digits = 0;
  while (!rest.empty() && IsDigit(rest.back())) {
    rest.remove_suffix(1);
    ++digits;
  }
  if (digits == 0 || digits > 20) return text;
  const std::string_view before = DropTrailing(rest, " \t,-");
  std::string_view label = before;
  if (label.ends_with(':') || label.ends_with('.')) label.remove_suffix(1);
  static constexpr std::string_view kWords[] = {
      "extension", "extensio",  "extensi", "anexo",       "extn",  "ext",     "xtn",    "xt",
      "int",       "durchwahl", "apparat", "nebenstelle", "ramal", "interno", "toestel"};
  std::string_view head;
  for (const std::string_view word : kWords) {
    if (!EndsWithWord(label, word) || (word == "int" && digits > 9)) continue;
    head = label.substr(0, label.size() - word.size());
    break;
  }
  if (head.empty() && digits <= 9 && !label.empty() && IsOneOf(label.back(), "xX#~")) {
    head = label.substr(0, label.size() - 1);
  }
  if (head.empty() && digits <= 9 && rest.find(',') != std::string_view::npos) {
    const std::string_view number = DropTrailing(rest, " \t,");
    if (rest.find(',', number.size()) != std::string_view::npos) head = number;
  }
  if (head.empty() && hash && digits <= 6 && !rest.empty() &&
      (rest.back() == '-' || rest.back() == ' ')) {
    head = DropTrailing(rest, "- ");
  }
  head = DropTrailing(head, " \t,");
  return IsViable(head) ? head : text;
}

// "4.91512E+11", in any language's decimal sign.
bool IsRounded(std::string_view text) {
  const std::size_t mark = text.find_first_of("eE");
  if (mark == 0 || mark == std::string_view::npos || mark + 1 == text.size()) return false;
  std::string_view power = text.substr(mark + 1);
  if (power[0] == '+') power.remove_prefix(1);
  return AllDigits(power) && power.size() <= 2 && !power.empty() &&
         text.substr(0, mark).find_first_not_of("0123456789.,") == std::string_view::npos;
}

// A column of floating point numbers writes ".0" behind each.
std::string_view WithoutDecimals(std::string_view text) {
  const std::size_t dot = text.find('.');
  if (dot == std::string_view::npos || dot < 6) return text;
  const std::string_view whole = text.substr(0, dot);
  const bool plain = AllDigits(whole.substr(whole[0] == '+' ? 1 : 0));
  const bool zeros = text.find_first_not_of('0', dot + 1) == std::string_view::npos;
  return plain && zeros && text.size() - dot <= 3 ? whole : text;
}

// Where RFC 3966 says which country a local number belongs to: "tel:7042;phone-context=+1-914-555".
constexpr std::string_view kContext = ";phone-context=";

// The number in front of parameters: ";ext=12", ";isub=1"; a lone semicolon at the end goes too.
std::string_view WithoutParameters(std::string_view text) {
  for (std::size_t at = text.find(';'); at != std::string_view::npos; at = text.find(';', at + 1)) {
    const std::string_view rest = text.substr(at + 1);
    const std::size_t name = std::min(rest.find_first_of("=0123456789"), rest.size());
    if (rest.find_first_not_of(" \t") == std::string_view::npos ||
        (name > 0 && name < rest.size() && rest[name] == '=')) {
      return text.substr(0, at);
    }
  }
  return text;
}

// The number in front of words in brackets: "030 23125104 (WhatsApp)".
std::string_view WithoutRemark(std::string_view text) {
  text = DropTrailing(text, " \t");
  const std::size_t open = text.rfind('(');
  if (!text.ends_with(')') || open == std::string_view::npos) return text;
  const std::string_view remark = text.substr(open + 1, text.size() - open - 2);
  const auto digits = std::ranges::count_if(text.substr(0, open), IsDigit);
  constexpr int kWhole = 7;  // fewer may be finished by a word on the keys
  const bool words = std::ranges::any_of(remark, IsLetter) && std::ranges::none_of(remark, IsDigit);
  return words && digits >= kWhole ? text.substr(0, open) : text;
}

std::string_view Dial(std::string_view text, DialledText& out) {
  out.plus = text.starts_with('+');
  std::size_t letters = 0;
  std::size_t crosses = 0;
  std::size_t look_alikes = 0;
  for (const char c : text) {
    letters += IsLetter(c) ? 1 : 0;
    look_alikes += IsOneOf(c, "OoIl") ? 1 : 0;
    crosses += c == 'x' || c == 'X' ? 1 : 0;
  }
  // Fewer than three letters are no word; an x stands for a separator or for a carrier's code.
  if (letters < 3 && letters != crosses) return "a letter between the digits";
  // A hand that takes O for zero and l for one spells no word on the keys.
  if (letters != 0 && letters == look_alikes) return "letters that look like digits";
  out.letters = letters >= 3 && letters != crosses;
  for (const char c : text) {
    const bool key = out.letters && IsLetter(c);
    if (!IsDigit(c) && !key) continue;
    if (out.size == out.data.size()) return "too long";
    if (!key && (!out.letters || out.before_letters == out.size)) ++out.before_letters;
    out.data[out.size++] = key ? KeyOf(c) : c;
  }
  return {};
}

std::string_view ReadAscii(std::string_view text, DialledText& out) {
  const std::size_t context = FindWord(text, kContext);
  std::array<char, DialledText::kMaxTyped + 1> joined;
  if (context != std::string_view::npos) {
    std::string_view prefix = text.substr(context + kContext.size());
    prefix = prefix.substr(0, prefix.find(';'));
    if (!prefix.starts_with('+')) prefix = {};  // a domain says nothing
    const std::size_t scheme = FindWord(text, "tel:");
    const std::size_t start = scheme == std::string_view::npos ? 0 : scheme + 4;
    if (start > context) return kNoNumber;
    auto end = std::ranges::copy(prefix, joined.begin()).out;
    end = std::ranges::copy(text.substr(start, context - start), end).out;
    text = {joined.data(), static_cast<std::size_t>(end - joined.begin())};
  }
  text = Core(WithoutRemark(WithoutParameters(text)));
  if (IsRounded(text)) return "rounded by a spreadsheet: its digits are lost";
  text = WithoutExtension(WithoutDecimals(text));
  return IsViable(text) ? Dial(text, out) : kNoNumber;
}

// The common case at once: a plus sign or none, digits, and between them spaces, dashes, brackets.
// False: there is more to read.
bool DialPlain(std::string_view text, DialledText& out) {
  out.plus = text.starts_with('+');
  for (const char c : text.substr(out.plus ? 1 : 0)) {
    if (IsDigit(c) && out.size < out.data.size()) {
      out.data[out.size++] = c;
    } else if (c != ' ' && c != '-' && c != '(' && c != ')') {
      return false;
    }
  }
  out.before_letters = out.size;
  return out.size >= 3;
}

constexpr TextRule kAsAscii{Reading::kWord, kDropNothing, Fold::kKeep};

}  // namespace

std::string_view ReadDialled(std::string_view raw, DialledText& out) {
  if (DialPlain(raw, out)) return {};
  out = {};
  if (raw.size() > DialledText::kMaxTyped) return "too long";
  if (std::ranges::all_of(raw, [](char c) { return c >= ' ' && c <= '~'; })) {
    return ReadAscii(raw, out);
  }
  if (raw.find('\0') != std::string_view::npos) return "a NUL";
  Text text;
  if (const TextFault fault = ReadText(raw, kAsAscii, text); fault.reason.empty()) {
    return ReadAscii(text.view(), out);
  }
  // Words of another script around the number ("电话：+86 138…"); "доб." is an extension.
  for (const std::string_view word : {"доб", "Доб", "ДОБ"}) raw = raw.substr(0, raw.find(word));
  const std::size_t first = raw.find_first_of("+0123456789");
  if (first == std::string_view::npos) return kNoNumber;
  raw = raw.substr(first, raw.find_last_of("0123456789#") + 1 - first);
  if (const TextFault fault = ReadText(raw, kAsAscii, text); !fault.reason.empty()) {
    return fault.reason;
  }
  return ReadAscii(text.view(), out);
}

}  // namespace revenant::kinds
