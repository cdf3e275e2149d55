#include "identifier/text.h"

#include <algorithm>
#include <cstring>

#ifdef REVENANT_WITH_ICU
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/uspoof.h>
#include <unicode/utf16.h>
#endif

namespace revenant::kinds {
namespace {

// Which Drop bit takes an ASCII character out; 0 for one that stays.
constexpr std::array<std::uint16_t, 128> kDropClass = [] {
  std::array<std::uint16_t, 128> table{};
  const auto set = [&table](std::string_view characters, std::uint16_t bit) {
    for (const char c : characters) table[static_cast<unsigned char>(c)] = bit;
  };
  set(" \t\n\v\f\r", kDropSpaces);
  set("-", kDropDashes);
  set(".", kDropDots);
  set("/\\", kDropSlashes);
  set("()[]{}", kDropBrackets);
  set(":", kDropColons);
  set(",", kDropCommas);
  set("_", kDropUnderscores);
  set("'\"`", kDropQuotes);
  return table;
}();

constexpr bool IsSpace(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

constexpr char FoldAscii(char c, Fold fold) {
  if (fold == Fold::kUpper && c >= 'a' && c <= 'z') return static_cast<char>(c - 'a' + 'A');
  if (fold == Fold::kLower && c >= 'A' && c <= 'Z') return static_cast<char>(c - 'A' + 'a');
  return c;
}

constexpr bool IsControl(char c) { return (c >= 0 && c < ' ' && !IsSpace(c)) || c == 0x7F; }

using FoldTable = std::array<char, 256>;

constexpr FoldTable FoldTableOf(Fold fold) {
  FoldTable table{};
  for (std::size_t i = 0; i < table.size(); ++i) {
    table[i] = FoldAscii(static_cast<char>(static_cast<unsigned char>(i)), fold);
  }
  return table;
}

const FoldTable& TableOf(Fold fold) {
  static constexpr FoldTable kKeep = FoldTableOf(Fold::kKeep);
  static constexpr FoldTable kUpper = FoldTableOf(Fold::kUpper);
  static constexpr FoldTable kLower = FoldTableOf(Fold::kLower);
  return fold == Fold::kUpper ? kUpper : fold == Fold::kLower ? kLower : kKeep;
}

// The same of any byte, and a bit that no rule may be without for what is no plain character.
constexpr std::uint16_t kNotPlain = 1 << 15;
constexpr std::array<std::uint16_t, 256> kStopClass = [] {
  std::array<std::uint16_t, 256> table{};
  for (std::size_t i = 0; i < table.size(); ++i) {
    const char c = static_cast<char>(static_cast<unsigned char>(i));
    table[i] = i >= 0x80 || IsControl(c) || IsSpace(c) ? kNotPlain : kDropClass[i];
  }
  return table;
}();

// Appends an ASCII character to a word unless the rule drops it. White space that stays becomes
// plain spaces, none of them in front.
void PushAscii(char c, std::uint32_t offset, const TextRule& rule, Text& out) {
  const std::uint16_t drop_class = kDropClass[static_cast<unsigned char>(c)];
  if ((drop_class & rule.drop) != 0) return;
  if (drop_class == kDropSpaces) {
    if (out.size() != 0) out.Push(' ', offset);
    return;
  }
  out.Push(FoldAscii(c, rule.fold), offset);
}

// Reads one code point at `at` and moves past it; -1 if it is ill-formed (Unicode, table 3-7).
std::int32_t NextCodePoint(std::string_view text, std::size_t& at) {
  const auto byte = [&](std::size_t i) -> unsigned {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0;
  };
  const auto tail = [&](std::size_t i) { return (byte(i) & 0xC0) == 0x80; };
  const unsigned head = byte(at);
  if (head < 0x80) {
    ++at;
    return static_cast<std::int32_t>(head);
  }
  std::size_t length = 0;
  std::uint32_t code = 0;
  if (head >= 0xC2 && head <= 0xDF) {
    length = 2;
    code = head & 0x1F;
  } else if (head >= 0xE0 && head <= 0xEF) {
    length = 3;
    code = head & 0x0F;
  } else if (head >= 0xF0 && head <= 0xF4) {
    length = 4;
    code = head & 0x07;
  } else {
    return -1;
  }
  for (std::size_t i = 1; i < length; ++i) {
    if (!tail(at + i)) return -1;
    code = code << 6 | (byte(at + i) & 0x3F);
  }
  const bool overlong = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
  const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
  if (overlong || surrogate || code > 0x10FFFF) return -1;
  at += length;
  return static_cast<std::int32_t>(code);
}

#ifdef REVENANT_WITH_ICU

// Cyrillic and Greek letters that are drawn like a Latin one, and the Turkish i's. Used only where
// the whole value then is ASCII, so an honest Cyrillic or Greek text is never bent.
struct LookAlike {
  char16_t code;
  char latin;
};
constexpr LookAlike kLookAlikes[] = {
    {0x0130, 'I'}, {0x0131, 'i'}, {0x0391, 'A'}, {0x0392, 'B'}, {0x0395, 'E'}, {0x0396, 'Z'},
    {0x0397, 'H'}, {0x0399, 'I'}, {0x039A, 'K'}, {0x039C, 'M'}, {0x039D, 'N'}, {0x039F, 'O'},
    {0x03A1, 'P'}, {0x03A4, 'T'}, {0x03A5, 'Y'}, {0x03A7, 'X'}, {0x03B1, 'a'}, {0x03BD, 'v'},
    {0x03BF, 'o'}, {0x03C1, 'p'}, {0x03F2, 'c'}, {0x03F3, 'j'}, {0x03F9, 'C'}, {0x0405, 'S'},
    {0x0406, 'I'}, {0x0408, 'J'}, {0x0410, 'A'}, {0x0412, 'B'}, {0x0415, 'E'}, {0x041A, 'K'},
    {0x041C, 'M'}, {0x041D, 'H'}, {0x041E, 'O'}, {0x0420, 'P'}, {0x0421, 'C'}, {0x0422, 'T'},
    {0x0423, 'Y'}, {0x0425, 'X'}, {0x0430, 'a'}, {0x0432, 'b'}, {0x0435, 'e'}, {0x043A, 'k'},
    {0x043C, 'm'}, {0x043D, 'h'}, {0x043E, 'o'}, {0x0440, 'p'}, {0x0441, 'c'}, {0x0442, 't'},
    {0x0443, 'y'}, {0x0445, 'x'}, {0x0455, 's'}, {0x0456, 'i'}, {0x0458, 'j'}, {0x04AE, 'Y'},
    {0x04BB, 'h'}, {0x04C0, 'I'}, {0x0501, 'd'}, {0x050C, 'G'}, {0x051A, 'Q'}, {0x051B, 'q'},
    {0x051C, 'W'}, {0x051D, 'w'},
};
static_assert(std::ranges::is_sorted(kLookAlikes, {}, &LookAlike::code));

char LatinOf(UChar32 code) {
  const auto* const found = std::ranges::lower_bound(
      kLookAlikes, code, {}, [](const LookAlike& entry) { return UChar32{entry.code}; });
  return found != std::end(kLookAlikes) && UChar32{found->code} == code ? found->latin : '\0';
}

const UNormalizer2* Nfkd() {
  UErrorCode status = U_ZERO_ERROR;
  const UNormalizer2* const instance = unorm2_getNFKDInstance(&status);
  return U_SUCCESS(status) ? instance : nullptr;
}

// The ASCII character that `code` (not ASCII, fully decomposed) stands for in a word; ' ' and '-'
// for spaces and dashes; '\0' for one to leave out; -1 when there is none.
int AsciiOf(UChar32 code) {
  if (code < 0x80) return code;
  // u_charDigitValue is -1 for everything but a decimal digit (Nd).
  if (const int digit = u_charDigitValue(code); digit >= 0) return '0' + digit;
  if (const char latin = LatinOf(code); latin != '\0') return latin;
  if (u_hasBinaryProperty(code, UCHAR_DEFAULT_IGNORABLE_CODE_POINT) ||
      u_charType(code) == U_FORMAT_CHAR) {
    return '\0';
  }
  if (u_hasBinaryProperty(code, UCHAR_DASH)) return '-';
  if (u_isUWhiteSpace(code)) return ' ';
  switch (code) {
    case 0x00B7:  // middle dot
    case 0x2022:  // bullet
    case 0x2027:  // hyphenation point
    case 0x3002:  // ideographic full stop
    case 0x30FB:  // katakana middle dot
      return '.';
    case 0x2044:  // fraction slash
    case 0x2215:  // division slash
      return '/';
    case 0x2018:
    case 0x2019:
      return '\'';
    case 0x201C:
    case 0x201D:
      return '"';
    case 0x3001:  // ideographic comma
    case 0x060C:  // Arabic comma
      return ',';
    case 0x30FC:  // katakana long sound mark, typed for a dash
      return '-';
    default:
      return -1;
  }
}

// Appends what one code point beyond ASCII contributes to a word; false if it has no ASCII form.
bool PushCodePoint(UChar32 code, std::uint32_t offset, const TextRule& rule, Text& out) {
  const auto push = [&](UChar32 part) {
    const int ascii = AsciiOf(part);
    if (ascii < 0) return false;
    if (ascii == 0) return part != 0;
    PushAscii(static_cast<char>(ascii), offset, rule, out);
    return true;
  };
  if (rule.tilde && (code == 0xD1 || code == 0xF1)) {
    out.Push('~', offset);
    return true;
  }
  if (rule.tilde && code == 0x0303 && out.size() != 0 && out.view().back() == 'N') {
    out.data()[out.size() - 1] = '~';
    return true;
  }
  if (LatinOf(code) != '\0') return push(code);  // before decomposition, which would part İ
  std::array<UChar, 32> parts;
  UErrorCode status = U_ZERO_ERROR;
  const UNormalizer2* const nfkd = Nfkd();
  const int32_t length = nfkd == nullptr
                             ? -1
                             : unorm2_getDecomposition(nfkd, code, parts.data(),
                                                       static_cast<int32_t>(parts.size()), &status);
  if (length < 0) return push(code);  // it has no decomposition
  if (U_FAILURE(status)) return false;
  for (int32_t i = 0; i < length;) {
    UChar32 part;
    U16_NEXT(parts.data(), i, length, part);
    if (!push(part)) return false;
  }
  return true;
}

// NFKC of `raw` as UTF-8; if `rule` wants it, invisible characters are taken out and every space is
// a plain one.
bool ReadUnicode(std::string_view raw, const TextRule& rule, std::string& out) {
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* const nfkc = icu::Normalizer2::getNFKCInstance(status);
  if (U_FAILURE(status)) return false;
  icu::StringByteSink<std::string> sink(&out);
  nfkc->normalizeUTF8(0, icu::StringPiece(raw.data(), static_cast<int32_t>(raw.size())), sink,
                      nullptr, status);
  if (U_FAILURE(status)) return false;
  std::string kept;
  for (std::size_t at = 0; at < out.size();) {
    const std::size_t start = at;
    const UChar32 code = NextCodePoint(out, at);
    const bool smoothed = code >= 0x80 && rule.reading == Reading::kText;
    if (smoothed && u_hasBinaryProperty(code, UCHAR_DEFAULT_IGNORABLE_CODE_POINT)) continue;
    if (smoothed && u_isUWhiteSpace(code)) {  // the separators that NFKC leaves alone
      kept += ' ';
    } else {
      kept.append(out, start, at - start);
    }
  }
  out = std::move(kept);
  std::size_t first = 0;
  std::size_t last = out.size();
  for (std::size_t at = 0; at < out.size();) {
    const UChar32 code = NextCodePoint(out, at);
    if (!u_isUWhiteSpace(code)) break;
    first = at;
  }
  last = first;
  for (std::size_t at = first; at < out.size();) {
    const UChar32 code = NextCodePoint(out, at);
    if (!u_isUWhiteSpace(code)) last = at;
  }
  out = out.substr(first, last - first);
  return true;
}

#endif  // REVENANT_WITH_ICU

constexpr std::string_view kNotUtf8 = "not UTF-8";
constexpr std::string_view kControl = "a control character";
#ifndef REVENANT_WITH_ICU
constexpr std::string_view kNeedsIcu = "not ASCII, and this build has no ICU";
#endif

// Where the value begins behind white space and one of `labels`; 0 if it has none of them.
std::size_t BehindLabel(std::string_view raw, std::string_view labels) {
  if (labels.empty()) return 0;
  std::size_t start = 0;
  while (start < raw.size() && IsSpace(raw[start])) ++start;
  while (!labels.empty()) {
    const std::string_view label = labels.substr(0, labels.find('|'));
    if (raw.substr(start).starts_with(label)) return start + label.size();
    labels.remove_prefix(std::min(label.size() + 1, labels.size()));
  }
  return 0;
}

TextFault ReadWord(std::string_view raw, const TextRule& rule, Text& out) {
  const auto stop = static_cast<std::uint16_t>(rule.drop | kNotPlain);
  const auto stays = [&](char c) {
    return (kStopClass[static_cast<unsigned char>(c)] & stop) == 0;
  };
  for (std::size_t at = BehindLabel(raw, rule.labels); at < raw.size();) {
    // Most values are nothing but characters that stay.
    std::size_t end = at;
    while (end < raw.size() && stays(raw[end])) ++end;
    if (end > at) {
      out.PushRun(raw.substr(at, end - at), static_cast<std::uint32_t>(at), TableOf(rule.fold));
      at = end;
      continue;
    }
    const auto byte = static_cast<unsigned char>(raw[at]);
    if (byte < 0x80) [[likely]] {
      if (IsControl(raw[at])) return {kControl, static_cast<std::int32_t>(at)};
      PushAscii(raw[at], static_cast<std::uint32_t>(at), rule, out);
      ++at;
      continue;
    }
    const std::size_t start = at;
    [[maybe_unused]] const std::int32_t code = NextCodePoint(raw, at);
    if (code < 0) return {kNotUtf8, static_cast<std::int32_t>(start)};
#ifdef REVENANT_WITH_ICU
    if (!PushCodePoint(code, static_cast<std::uint32_t>(start), rule, out)) {
      // Ill-formed bytes further on are the graver fault.
      if (const std::size_t bad = FirstBadUtf8(raw); bad < raw.size()) {
        return {kNotUtf8, static_cast<std::int32_t>(bad)};
      }
      return {"a character that such a value does not have", static_cast<std::int32_t>(start)};
    }
#else
    return {kNeedsIcu, static_cast<std::int32_t>(start)};
#endif
  }
  out.DropTrailingSpaces();
  return {};
}

TextFault ReadFree(std::string_view raw, const TextRule& rule, Text& out) {
  // Both without an early end, so that compilers take many bytes at a time.
  bool holds_control = false, holds_high = false;
  for (const char c : raw) holds_control |= IsControl(c);
  for (const char c : raw) holds_high |= (c & 0x80) != 0;
  if (holds_control) {
    const auto* const odd = std::ranges::find_if(raw, IsControl);
    return {kControl, static_cast<std::int32_t>(odd - raw.begin())};
  }
  if (holds_high) {
    if (const std::size_t bad = FirstBadUtf8(raw); bad < raw.size()) {
      return {kNotUtf8, static_cast<std::int32_t>(bad)};
    }
#ifdef REVENANT_WITH_ICU
    std::string text;
    if (!ReadUnicode(raw, rule, text)) return {"cannot be normalised"};
    std::ranges::transform(text, text.begin(), [&](char c) { return FoldAscii(c, rule.fold); });
    out.Assign(text);
    return {};
#else
    const auto* const high = std::ranges::find_if(raw, [](char c) { return (c & 0x80) != 0; });
    return {kNeedsIcu, static_cast<std::int32_t>(high - raw.begin())};
#endif
  }
  std::size_t first = 0;
  std::size_t last = raw.size();
  while (first < last && IsSpace(raw[first])) ++first;
  while (last > first && IsSpace(raw[last - 1])) --last;
  out.PushRun(raw.substr(first, last - first), static_cast<std::uint32_t>(first),
              TableOf(rule.fold));
  return {};
}

}  // namespace

std::int32_t Text::OffsetOf(std::size_t index) const {
  return index < size_ ? static_cast<std::int32_t>(offsets_[index]) : raw_size_;
}

void Text::Grow(std::size_t needed) {
  const std::size_t capacity = std::max(needed, capacity_ * 2);
  auto data = std::make_unique<char[]>(capacity);
  auto offsets = std::make_unique<std::uint32_t[]>(capacity);
  std::copy_n(data_, size_, data.get());
  std::copy_n(offsets_, size_, offsets.get());
  heap_data_ = std::move(data);
  heap_offsets_ = std::move(offsets);
  data_ = heap_data_.get();
  offsets_ = heap_offsets_.get();
  capacity_ = capacity;
}

void Text::PushRun(std::string_view run, std::uint32_t offset, const std::array<char, 256>& fold) {
  if (size_ + run.size() > capacity_) Grow(size_ + run.size());
  char* const data = data_ + size_;
  std::uint32_t* const offsets = offsets_ + size_;
  for (std::size_t i = 0; i < run.size(); ++i) {
    data[i] = fold[static_cast<unsigned char>(run[i])];
    offsets[i] = offset + static_cast<std::uint32_t>(i);
  }
  size_ += run.size();
}

void Text::Assign(std::string_view text) {
  if (text.size() > capacity_) Grow(text.size());  // never a part of this: it is longer
  if (!text.empty()) std::memmove(data_, text.data(), text.size());
  std::fill(offsets_ + std::min(size_, text.size()), offsets_ + text.size(), 0U);
  size_ = text.size();
}

void Text::RemovePrefix(std::size_t count) {
  std::copy(data_ + count, data_ + size_, data_);
  std::copy(offsets_ + count, offsets_ + size_, offsets_);
  size_ -= count;
}

TextFault ReadText(std::string_view raw, const TextRule& rule, Text& out) {
  out.Clear();
  out.SetRawSize(raw.size());
  if (raw.size() > rule.max_bytes) {
    return {"too long", static_cast<std::int32_t>(rule.max_bytes)};
  }
  switch (rule.reading) {
    case Reading::kWord:
      return ReadWord(raw, rule, out);
    case Reading::kText:
    case Reading::kVerbatim:
      return ReadFree(raw, rule, out);
    case Reading::kRaw:
      if (const std::size_t bad = FirstBadUtf8(raw); bad < raw.size()) {
        return {kNotUtf8, static_cast<std::int32_t>(bad)};
      }
      out.Assign({});
      return {};
  }
  return {};
}

bool BuiltWithIcu() {
#ifdef REVENANT_WITH_ICU
  return true;
#else
  return false;
#endif
}

std::size_t FirstBadUtf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    if (NextCodePoint(text, at) < 0) return at;
  }
  return text.size();
}

std::string FoldCase(std::string_view text) {
#ifdef REVENANT_WITH_ICU
  if (std::ranges::any_of(text, [](char c) { return (c & 0x80) != 0; })) {
    UErrorCode status = U_ZERO_ERROR;
    const icu::Normalizer2* const fold = icu::Normalizer2::getNFKCCasefoldInstance(status);
    std::string folded;
    if (U_SUCCESS(status)) {
      icu::StringByteSink<std::string> sink(&folded);
      fold->normalizeUTF8(0, icu::StringPiece(text.data(), static_cast<int32_t>(text.size())), sink,
                          nullptr, status);
    }
    if (U_SUCCESS(status)) return folded;
  }
#endif
  std::string folded(text);
  std::ranges::transform(folded, folded.begin(), [](char c) { return FoldAscii(c, Fold::kLower); });
  return folded;
}

std::string Skeleton(std::string_view text) {
#ifdef REVENANT_WITH_ICU
  struct Closer {
    void operator()(USpoofChecker* checker) const { uspoof_close(checker); }
  };
  // Opening a checker loads data; one a thread is kept.
  thread_local const std::unique_ptr<USpoofChecker, Closer> checker = [] {
    UErrorCode status = U_ZERO_ERROR;
    USpoofChecker* const opened = uspoof_open(&status);
    return std::unique_ptr<USpoofChecker, Closer>(U_SUCCESS(status) ? opened : nullptr);
  }();
  if (checker == nullptr) return {};
  std::string skeleton(text.size() * 4 + 16, '\0');
  UErrorCode status = U_ZERO_ERROR;
  const int32_t length =
      uspoof_getSkeletonUTF8(checker.get(), 0, text.data(), static_cast<int32_t>(text.size()),
                             skeleton.data(), static_cast<int32_t>(skeleton.size()), &status);
  if (U_FAILURE(status)) return {};
  skeleton.resize(static_cast<std::size_t>(length));
  return skeleton;
#else
  static_cast<void>(text);
  return {};
#endif
}

}  // namespace revenant::kinds
