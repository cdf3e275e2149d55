#ifndef REVENANT_TIME_H_
#define REVENANT_TIME_H_

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "revenant/result.h"

namespace revenant {

// A moment in UTC, microseconds since 1970, or unknown. Unknown sorts before every known time
// and is never taken to mean now (DESIGN.md section 5).
struct Time {
  static constexpr std::int64_t kUnknownMicros = INT64_MIN + 1;

  std::int64_t micros = kUnknownMicros;

  static constexpr Time Unknown() { return Time{}; }
  constexpr bool known() const { return micros > kUnknownMicros; }
  friend constexpr auto operator<=>(const Time&, const Time&) = default;
};

// The clock. Only code that stamps events reads it; code that judges never does.
Time Now();

// RFC 3339 date-time ("2026-03-01T10:00:00Z"; offsets and up to six decimals accepted, a space may
// stand for the T, a leap second becomes the second after it). A date alone means its first moment
// in UTC. Years 0001 to 9999 in UTC. kInvalidArgument otherwise; the message says what is wrong.
Result<Time> ParseTime(std::string_view text);

// RFC 3339 in UTC, so that ParseTime() returns the same time; six decimals, or none where they
// are zero; "" for unknown. A time outside the years 0001 to 9999, which ParseTime() never returns,
// is shown as the nearest inside them.
std::string FormatTime(Time time);

}  // namespace revenant

#endif  // REVENANT_TIME_H_
