#include "revenant/time.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <optional>

#include "util/append_digits.h"

namespace revenant {
namespace {

constexpr std::int64_t kMicrosPerSecond = 1'000'000;
constexpr std::int64_t kSecondsPerDay = 86'400;

constexpr std::int64_t DayNumber(int year, unsigned month, unsigned day) {
  using namespace std::chrono;
  return sys_days{
      year_month_day{std::chrono::year{year}, std::chrono::month{month}, std::chrono::day{day}}}
      .time_since_epoch()
      .count();
}
constexpr std::int64_t kFirstMicros = DayNumber(1, 1, 1) * kSecondsPerDay * kMicrosPerSecond;
constexpr std::int64_t kLastMicros =
    DayNumber(10'000, 1, 1) * kSecondsPerDay * kMicrosPerSecond - 1;

Error Refuse(const char* why) {
  return {Code::kInvalidArgument,
          fmt::format("not an RFC 3339 time such as 2026-03-01T10:00:00Z: {}", why)};
}

// Takes text apart from the front; every member says whether it found what it was asked for.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  bool Digits(std::size_t count, int& value) {
    if (rest_.size() < count) return false;
    value = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (rest_[i] < '0' || rest_[i] > '9') return false;
      value = value * 10 + (rest_[i] - '0');
    }
    rest_.remove_prefix(count);
    return true;
  }
  bool AnyOf(std::string_view set) {
    if (rest_.empty() || set.find(rest_[0]) == std::string_view::npos) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool done() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

// The day as days since 1970; nullopt when no calendar holds it.
std::optional<std::int64_t> ScanDate(Scanner& scanner) {
  int year, month, day;
  if (!scanner.Digits(4, year) || !scanner.AnyOf("-") || !scanner.Digits(2, month) ||
      !scanner.AnyOf("-") || !scanner.Digits(2, day)) {
    return std::nullopt;
  }
  const std::chrono::year_month_day date{std::chrono::year{year},
                                         std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days{date}.time_since_epoch().count();
}

// Time of day as seconds; up to 24:00:00 for a leap second, which the caller must check.
std::optional<std::int64_t> ScanClock(Scanner& scanner, bool& leap) {
  int hour, minute, second;
  if (!scanner.Digits(2, hour) || !scanner.AnyOf(":") || !scanner.Digits(2, minute) ||
      !scanner.AnyOf(":") || !scanner.Digits(2, second) || hour > 23 || minute > 59 ||
      second > 60) {
    return std::nullopt;
  }
  leap = second == 60;
  return hour * 3600 + minute * 60 + second;
}

// Decimals of a second as microseconds: 0 when there are none, nullopt when badly formed.
std::optional<std::int64_t> ScanFraction(Scanner& scanner) {
  if (!scanner.AnyOf(".")) return 0;
  std::int64_t micros = 0;
  std::int64_t unit = kMicrosPerSecond / 10;
  int digit;
  if (!scanner.Digits(1, digit)) return std::nullopt;
  do {
    if (unit == 0) return std::nullopt;  // a seventh decimal
    micros += digit * unit;
    unit /= 10;
  } while (scanner.Digits(1, digit));
  return micros;
}

// Seconds that local time is ahead of UTC.
std::optional<std::int64_t> ScanOffset(Scanner& scanner) {
  if (scanner.AnyOf("Zz")) return 0;
  const bool ahead = scanner.AnyOf("+");
  int hour, minute;
  if ((!ahead && !scanner.AnyOf("-")) || !scanner.Digits(2, hour) || !scanner.AnyOf(":") ||
      !scanner.Digits(2, minute) || hour > 23 || minute > 59) {
    return std::nullopt;
  }
  const std::int64_t seconds = hour * 3600 + minute * 60;
  return ahead ? seconds : -seconds;
}

// Leap seconds end a month in UTC; POSIX time, which this library counts in, has none of its own
// and uses the second after it.
bool StartsMonth(std::int64_t seconds) {
  if (seconds % kSecondsPerDay != 0) return false;
  const std::chrono::sys_days day{std::chrono::days{seconds / kSecondsPerDay}};
  return std::chrono::year_month_day{day}.day() == std::chrono::day{1};
}

}  // namespace

Time Now() {
  using namespace std::chrono;
  return {duration_cast<microseconds>(system_clock::now().time_since_epoch()).count()};
}

Result<Time> ParseTime(std::string_view text) {
  Scanner scanner(text);
  const auto day = ScanDate(scanner);
  if (!day) return Refuse("no such date");
  std::int64_t seconds = *day * kSecondsPerDay;
  std::int64_t fraction = 0;
  if (!scanner.done()) {
    if (!scanner.AnyOf("Tt ")) return Refuse("'T' expected after the date");
    bool leap = false;
    const auto clock = ScanClock(scanner, leap);
    if (!clock) return Refuse("no such time of day");
    const auto decimals = ScanFraction(scanner);
    if (!decimals) return Refuse("one to six decimals expected after the dot");
    const auto offset = ScanOffset(scanner);
    if (!offset) return Refuse("the offset ('Z' or +hh:mm) is missing or wrong");
    if (!scanner.done()) return Refuse("more text after the offset");
    seconds += *clock - *offset;
    fraction = *decimals;
    if (leap && !StartsMonth(seconds)) return Refuse("no leap second there");
  }
  const Time time{seconds * kMicrosPerSecond + fraction};
  if (time.micros < kFirstMicros || time.micros > kLastMicros) {
    return Refuse("outside the years 0001 to 9999");
  }
  return time;
}

std::string FormatTime(Time time) {
  using namespace std::chrono;
  if (!time.known()) return "";
  const sys_time<microseconds> moment{
      microseconds{std::clamp(time.micros, kFirstMicros, kLastMicros)}};
  const auto day = floor<days>(moment);
  const year_month_day date{day};
  const hh_mm_ss clock{moment - day};
  std::string text;
  text.reserve(32);
  AppendDigits(text, "", static_cast<int>(date.year()), 4);
  AppendDigits(text, "-", static_cast<unsigned>(date.month()), 2);
  AppendDigits(text, "-", static_cast<unsigned>(date.day()), 2);
  AppendDigits(text, "T", clock.hours().count(), 2);
  AppendDigits(text, ":", clock.minutes().count(), 2);
  AppendDigits(text, ":", clock.seconds().count(), 2);
  if (clock.subseconds().count() != 0) AppendDigits(text, ".", clock.subseconds().count(), 6);
  text += 'Z';
  return text;
}

}  // namespace revenant
