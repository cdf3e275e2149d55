#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>

#include "revenant/date_format.h"
#include "revenant/records.h"
#include "util/append_digits.h"
#include "util/ascii.h"
#include "util/try.h"

namespace revenant {
namespace {

constexpr std::string_view kWrite = "write 2026-03-01T10:00:00Z, or 2026-03-01 alone";

Error Refuse(std::string_view why) {
  return {Code::kInvalidArgument, fmt::format("not a time that can be read: {}", why)};
}

// The numbers of a moment as they were written.
struct Parts {
  int year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0;
  std::int64_t micros = 0;
  std::string offset = "Z";
};

// Whether there is such a date and time of day is ParseTime's to say.
Result<Time> TimeOf(const Parts& parts) {
  if (parts.year < 1 || parts.year > 9999) return Refuse("outside the years 0001 to 9999");
  std::string text;
  text.reserve(32);
  AppendDigits(text, "", parts.year, 4);
  AppendDigits(text, "-", parts.month, 2);
  AppendDigits(text, "-", parts.day, 2);
  AppendDigits(text, "T", parts.hour, 2);
  AppendDigits(text, ":", parts.minute, 2);
  AppendDigits(text, ":", parts.second, 2);
  if (parts.micros != 0) AppendDigits(text, ".", parts.micros, 6);
  text += parts.offset;
  Result<Time> time = ParseTime(text);
  if (time) return time;
  const std::string& message = time.error().message;
  const std::size_t colon = message.rfind(": ");
  return Refuse(colon == std::string::npos ? message : message.substr(colon + 2));
}

// Takes a text apart from the front; every member says whether it found what it was asked for.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  bool Number(std::size_t least, std::size_t most, int& value) {
    std::size_t size = 0;
    value = 0;
    for (; size < most && size < rest_.size() && IsAsciiDigit(rest_[size]); ++size) {
      value = value * 10 + (rest_[size] - '0');
    }
    if (size < least) return false;
    rest_.remove_prefix(size);
    return true;
  }
  bool AnyOf(std::string_view set) {
    if (rest_.empty() || set.find(rest_[0]) == std::string_view::npos) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void Blanks() {
    while (AnyOf(" ")) {
    }
  }
  bool Word(std::string_view word) {
    if (rest_.size() < word.size()) return false;
    for (std::size_t i = 0; i < word.size(); ++i) {
      const char c =
          rest_[i] >= 'a' && rest_[i] <= 'z' ? static_cast<char>(rest_[i] - 32) : rest_[i];
      if (c != word[i]) return false;
    }
    rest_.remove_prefix(word.size());
    return true;
  }
  // Digits of a fraction, cut to microseconds.
  bool Fraction(std::int64_t& micros) {
    std::int64_t unit = 100'000;
    micros = 0;
    std::size_t count = 0;
    for (; !rest_.empty() && IsAsciiDigit(rest_[0]); ++count) {
      micros += (rest_[0] - '0') * unit;
      unit /= 10;
      rest_.remove_prefix(1);
    }
    return count > 0;
  }
  // "Z", "UTC", "GMT", "+01", "+0100", "+01:00", and behind such a number "UTC" as Go writes it.
  bool Offset(std::string& offset) {
    if (Word("Z") || Word("UTC") || Word("GMT")) return true;
    const char sign = rest_.empty() ? ' ' : rest_[0];
    int hour = 0, minute = 0;
    if (!AnyOf("+-") || !Number(2, 2, hour)) return false;
    const bool colon = AnyOf(":");
    if (!Number(2, 2, minute) && colon) return false;
    offset = fmt::format("{}{:02}:{:02}", sign, hour, minute);
    Scanner behind(rest_);
    behind.Blanks();
    if (behind.Word("UTC")) rest_ = behind.rest_;
    return true;
  }
  bool done() const { return rest_.empty(); }
  std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

// What to do about a text that is a time, but in a form that does not say enough.
std::optional<std::string_view> KnownForm(std::string_view text) {
  const auto all_of = [&](std::string_view set) {
    return std::all_of(text.begin(), text.end(), [&](char c) {
      return IsAsciiDigit(c) || set.find(c) != std::string_view::npos;
    });
  };
  if (!all_of("/.-: ")) return std::nullopt;
  if (text.find('/') != std::string_view::npos ||
      (std::count(text.begin(), text.end(), '.') == 2 ||
       std::count(text.begin(), text.end(), '-') == 2)) {
    return "day and month may stand either way round; write 2024-03-07 or 2024-03-07T10:00:00Z";
  }
  const std::size_t digits = static_cast<std::size_t>(
      std::find_if_not(text.begin(), text.end(), IsAsciiDigit) - text.begin());
  const bool is_whole = digits == text.size();
  if (digits == 5 && (is_whole || text[digits] == '.')) {
    return "a spreadsheet's day number; format the column as text such as 2026-03-01 and save "
           "again";
  }
  if (is_whole && digits == 10) {
    return "seconds since 1970, it seems; write 2026-03-01T10:00:00Z";
  }
  if (is_whole && digits == 13) {
    return "milliseconds since 1970, it seems; write 2026-03-01T10:00:00Z";
  }
  if (is_whole && digits == 8) {
    return "write 2026-03-01, with its hyphens";
  }
  return std::nullopt;
}

constexpr std::array<std::string_view, 12> kMonths = {"JAN", "FEB", "MAR", "APR", "MAY", "JUN",
                                                      "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"};

bool ScanMonthName(Scanner& scanner, int& month) {
  for (std::size_t i = 0; i < kMonths.size(); ++i) {
    if (!scanner.Word(kMonths[i])) continue;
    month = static_cast<int>(i) + 1;
    return true;
  }
  return false;
}

// One conversion of a format; what %s says stands in `seconds`.
bool Convert(char what, Scanner& scanner, Parts& parts, std::optional<std::int64_t>& seconds) {
  switch (what) {
    case 'Y':
      return scanner.Number(4, 4, parts.year);
    case 'y':
      if (!scanner.Number(2, 2, parts.year)) return false;
      parts.year += parts.year < 69 ? 2000 : 1900;
      return true;
    case 'm':
      return scanner.Number(1, 2, parts.month);
    case 'b':
      return ScanMonthName(scanner, parts.month);
    case 'e':
      scanner.Blanks();
      return scanner.Number(1, 2, parts.day);
    case 'd':
      return scanner.Number(1, 2, parts.day);
    case 'H':
      return scanner.Number(1, 2, parts.hour);
    case 'M':
      return scanner.Number(2, 2, parts.minute);
    case 'S':
      return scanner.Number(2, 2, parts.second);
    case 'f':
      return scanner.Fraction(parts.micros);
    case 'z':
      return scanner.Offset(parts.offset);
    case '%':
      return scanner.AnyOf("%");
    default:
      break;
  }
  int high = 0, low = 0;  // 's', in two halves that fit an int
  const bool is_negative = scanner.AnyOf("-");
  const std::size_t digits = static_cast<std::size_t>(
      std::find_if_not(scanner.rest().begin(), scanner.rest().end(), IsAsciiDigit) -
      scanner.rest().begin());
  if (digits == 0 || digits > 12) return false;
  const std::size_t first = digits > 6 ? digits - 6 : 0;
  if (!scanner.Number(first, first, high) || !scanner.Number(digits - first, digits - first, low)) {
    return false;
  }
  const std::int64_t value = std::int64_t{high} * 1'000'000 + low;
  seconds = is_negative ? -value : value;
  return true;
}

}  // namespace

Result<Time> ReadTime(std::string_view text) {
  text = TrimBlanks(text);
  if (text.empty()) return Refuse(kWrite);
  if (const auto known = KnownForm(text)) {
    // Nothing that is in order looks like one of these, but for ISO's own hyphens.
    if (text.size() < 10 || text[4] != '-' || text[7] != '-') return Refuse(*known);
  }
  Scanner scanner(text);
  Parts parts;
  if (!scanner.Number(4, 4, parts.year) || !scanner.AnyOf("-") ||
      !scanner.Number(2, 2, parts.month) || !scanner.AnyOf("-") ||
      !scanner.Number(2, 2, parts.day)) {
    return Refuse(kWrite);
  }
  if (scanner.done()) return TimeOf(parts);
  if (!scanner.AnyOf("Tt ")) return Refuse(kWrite);
  scanner.Blanks();
  if (!scanner.Number(2, 2, parts.hour) || !scanner.AnyOf(":") ||
      !scanner.Number(2, 2, parts.minute)) {
    return Refuse("no such time of day; write it as in 2026-03-01T10:00:00Z");
  }
  if (scanner.AnyOf(":")) {
    if (!scanner.Number(2, 2, parts.second)) {
      return Refuse("no such time of day; write it as in 2026-03-01T10:00:00Z");
    }
    if (scanner.AnyOf(".,") && !scanner.Fraction(parts.micros)) {
      return Refuse("decimals of the second are missing behind the dot");
    }
  }
  scanner.Blanks();
  if (!scanner.done() && !scanner.Offset(parts.offset)) {
    return Refuse("the offset is neither Z nor one such as +01:00");
  }
  if (!scanner.done()) return Refuse("more text stands behind it");
  return TimeOf(parts);
}

Result<DateFormat> DateFormat::Create(std::string_view format) {
  std::string whole;
  std::string met;
  for (std::size_t i = 0; i < format.size(); ++i) {
    if (format[i] != '%') {
      whole += format[i];
      continue;
    }
    const char what = i + 1 < format.size() ? format[i + 1] : '\0';
    ++i;
    constexpr std::pair<char, std::string_view> kShort[] = {
        {'F', "%Y-%m-%d"}, {'T', "%H:%M:%S"}, {'D', "%m/%d/%y"}};
    const auto abbreviation = std::find_if(std::begin(kShort), std::end(kShort),
                                           [&](const auto& one) { return one.first == what; });
    const bool is_short = abbreviation != std::end(kShort);
    if (!is_short &&
        (what == '\0' || std::string_view("YymdeHMSsfzb%").find(what) == std::string_view::npos)) {
      return Error{Code::kInvalidArgument,
                   "date format: only %Y %y %m %b %d %e %H %M %S %f %z %s %F %T %D and %% are "
                   "known"};
    }
    const std::string part = is_short ? std::string(abbreviation->second) : std::string{'%', what};
    whole += part;
    met += part;
  }
  const auto has = [&](std::string_view any) {
    return std::any_of(any.begin(), any.end(),
                       [&](char c) { return met.find(std::string{'%', c}) != std::string::npos; });
  };
  if (!has("s") && !(has("Yy") && has("mb") && has("de"))) {
    return Error{Code::kInvalidArgument,
                 "date format: a year, a month and a day are needed, as in %d/%m/%Y"};
  }
  return DateFormat(std::move(whole));
}

Result<Time> DateFormat::Parse(std::string_view text) const {
  Scanner scanner(TrimBlanks(text));
  Parts parts;
  std::optional<std::int64_t> seconds;
  const Error wrong = Refuse(fmt::format("it does not have the form {}", format_));
  for (std::size_t i = 0; i < format_.size(); ++i) {
    const bool good = format_[i] == '%' ? Convert(format_[++i], scanner, parts, seconds)
                                        : scanner.AnyOf(std::string_view(&format_[i], 1));
    if (!good) return wrong;
  }
  if (!scanner.done()) return wrong;
  if (!seconds) return TimeOf(parts);
  using namespace std::chrono;
  const sys_seconds moment{std::chrono::seconds{*seconds}};
  const auto day = floor<days>(moment);
  const year_month_day date{day};
  const hh_mm_ss clock{moment - day};
  parts.year = static_cast<int>(date.year());
  parts.month = static_cast<int>(static_cast<unsigned>(date.month()));
  parts.day = static_cast<int>(static_cast<unsigned>(date.day()));
  parts.hour = static_cast<int>(clock.hours().count());
  parts.minute = static_cast<int>(clock.minutes().count());
  parts.second = static_cast<int>(clock.seconds().count());
  return TimeOf(parts);
}

}  // namespace revenant
