#include "revenant/time.h"

#include <doctest/doctest.h>

#include <cstdint>
#include <random>
#include <string>
#include <string_view>

namespace revenant {
namespace {

struct TimeCase {
  std::string_view name, text;
  std::int64_t micros;
  std::string_view canonical;
};
constexpr TimeCase kTimes[] = {
    {"the epoch", "1970-01-01T00:00:00Z", 0, "1970-01-01T00:00:00Z"},
    {"a usual time", "2026-03-01T10:00:00Z", 1772359200000000, "2026-03-01T10:00:00Z"},
    {"a date is its first moment", "2026-03-01", 1772323200000000, "2026-03-01T00:00:00Z"},
    {"lower case letters", "2026-03-01t10:00:00z", 1772359200000000, "2026-03-01T10:00:00Z"},
    {"a space for the T", "2026-03-01 10:00:00Z", 1772359200000000, "2026-03-01T10:00:00Z"},
    {"ahead of UTC", "2026-03-01T10:00:00+08:00", 1772330400000000, "2026-03-01T02:00:00Z"},
    {"behind UTC, next day", "2026-02-28T20:30:00-05:30", 1772330400000000, "2026-03-01T02:00:00Z"},
    {"unknown local offset", "2026-03-01T10:00:00-00:00", 1772359200000000, "2026-03-01T10:00:00Z"},
    {"one decimal", "2026-03-01T10:00:00.5Z", 1772359200500000, "2026-03-01T10:00:00.500000Z"},
    {"six decimals", "2026-03-01T10:00:00.000001Z", 1772359200000001,
     "2026-03-01T10:00:00.000001Z"},
    {"zero decimals vanish", "2026-03-01T10:00:00.000Z", 1772359200000000, "2026-03-01T10:00:00Z"},
    {"a leap day", "2024-02-29T23:59:59Z", 1709251199000000, "2024-02-29T23:59:59Z"},
    {"a leap day of a 400th year", "2000-02-29", 951782400000000, "2000-02-29T00:00:00Z"},
    {"a leap second", "2016-12-31T23:59:60Z", 1483228800000000, "2017-01-01T00:00:00Z"},
    {"a leap second elsewhere", "2017-01-01T08:59:60+09:00", 1483228800000000,
     "2017-01-01T00:00:00Z"},
    {"before the epoch", "1969-12-31T23:59:59.999999Z", -1, "1969-12-31T23:59:59.999999Z"},
    {"the first moment", "0001-01-01", -62135596800000000, "0001-01-01T00:00:00Z"},
    {"the last moment", "9999-12-31T23:59:59.999999Z", 253402300799999999,
     "9999-12-31T23:59:59.999999Z"},
};

TEST_CASE("TimesAreReadAndWrittenAsUtc") {
  for (const TimeCase& c : kTimes) {
    CAPTURE(c.name);
    const auto time = ParseTime(c.text);
    REQUIRE(time);
    CHECK(time->known());
    CHECK(time->micros == c.micros);
    CHECK(FormatTime(*time) == c.canonical);
    CHECK(ParseTime(c.canonical)->micros == c.micros);
  }
}

struct BadTime {
  std::string_view name, text;
};
// Other days than the example that the messages give.
constexpr BadTime kBadTimes[] = {
    {"empty", ""},
    {"not a time", "yesterday"},
    {"seconds since 1970", "1772359200"},
    {"year zero", "0000-01-01"},
    {"month zero", "2026-00-01"},
    {"month 13", "2026-13-01"},
    {"day zero", "2026-01-00"},
    {"31 April", "2026-04-31"},
    {"leap day of a common year", "2026-02-29"},
    {"leap day of a 100th year", "1900-02-29"},
    {"short date", "2026-3-1"},
    {"five-digit year", "12026-04-01"},
    {"signed year", "-026-03-01"},
    {"no offset", "2026-04-01T10:00:00"},
    {"no seconds", "2026-04-01T10:00Z"},
    {"hour 24", "2026-04-01T24:00:00Z"},
    {"minute 60", "2026-04-01T10:60:00Z"},
    {"second 61", "2026-04-01T10:00:61Z"},
    {"second 60 inside a day", "2026-04-01T10:00:60Z"},
    {"second 60 inside a month", "2026-03-15T23:59:60Z"},
    {"dot without decimals", "2026-04-01T10:00:00.Z"},
    {"seven decimals", "2026-04-01T10:00:00.0000001Z"},
    {"comma", "2026-04-01T10:00:00,5Z"},
    {"offset without colon", "2026-04-01T10:00:00+0800"},
    {"offset hour 24", "2026-04-01T10:00:00+24:00"},
    {"offset minute 60", "2026-04-01T10:00:00+01:60"},
    {"text after it", "2026-04-01T10:00:00Zulu"},
    {"text after a date", "2026-04-01x"},
    {"leading space", " 2026-04-01"},
    {"before year 1 in UTC", "0001-01-01T00:00:00+00:01"},
    {"after year 9999 in UTC", "9999-12-31T23:59:59-00:01"},
    {"leap second at the end of time", "9999-12-31T23:59:60Z"},
    {"full-width digits",
     "\xef\xbc\x92"
     "026-03-01"},
};

TEST_CASE("WhatIsNoTimeIsRefusedWithoutQuotingIt") {
  for (const BadTime& c : kBadTimes) {
    CAPTURE(c.name);
    const auto time = ParseTime(c.text);
    REQUIRE_FALSE(time);
    CHECK(time.error().code == Code::kInvalidArgument);
    if (!c.text.empty()) CHECK(time.error().message.find(c.text) == std::string::npos);
  }
}

TEST_CASE("EveryTruncationOfATimeIsRefusedExceptItsDate") {
  const std::string_view text = "2026-03-01T10:00:00.123456+08:00";
  for (std::size_t size = 0; size < text.size(); ++size) {
    CAPTURE(size);
    CHECK(ParseTime(text.substr(0, size)).has_value() == (size == 10));
  }
}

TEST_CASE("FormattedTimesParseBackToThemselves") {
  std::mt19937_64 random(20260301);
  std::uniform_int_distribution<std::int64_t> any(-62135596800000000, 253402300799999999);
  for (int i = 0; i < 20'000; ++i) {
    const Time time{any(random)};
    const auto back = ParseTime(FormatTime(time));
    REQUIRE(back);
    CHECK(*back == time);
  }
}

TEST_CASE("UnknownSortsFirstAndPrintsAsNothing") {
  CHECK_FALSE(Time::Unknown().known());
  CHECK_FALSE(Time{}.known());
  CHECK(FormatTime(Time::Unknown()) == "");
  CHECK(FormatTime(Time{INT64_MIN}) == "");
  CHECK(Time::Unknown() < *ParseTime("0001-01-01"));
}

TEST_CASE("TimesBeyondTheCalendarPrintAsItsEnds") {
  CHECK(FormatTime(Time{INT64_MAX}) == "9999-12-31T23:59:59.999999Z");
  CHECK(FormatTime(Time{INT64_MIN + 2}) == "0001-01-01T00:00:00Z");
}

TEST_CASE("NowIsThisCentury") {
  CHECK(Now() > *ParseTime("2025-01-01"));
  CHECK(Now() < *ParseTime("2100-01-01"));
}

}  // namespace
}  // namespace revenant
