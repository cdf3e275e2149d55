#include "revenant/clocks.h"

#include <doctest/doctest.h>

#include <map>

namespace revenant {
namespace {

constexpr std::int64_t kHour = 3'600'000'000;
Time Hour(std::int64_t hour) { return Time{1'000'000 * kHour + hour * kHour}; }
Time Plus(Time time, std::int64_t micros) { return Time{time.micros + micros}; }

// 12 hours to acknowledge, 72 to act, 24 to forward, 240 of waiting, 6 to restore.
const Regime kRegime{12, 72, 24, 240, 6, 0};

std::map<ClockStage, Deadline> Run(const ClockFacts& facts, Time as_of,
                                   const Regime& regime = kRegime) {
  std::map<ClockStage, Deadline> by_stage;
  for (const Deadline& each : Clocks(facts, regime, as_of)) {
    CHECK(by_stage.emplace(each.stage, each).second);
  }
  return by_stage;
}

TEST_CASE("An open clock is late a moment after its last moment") {
  const ClockFacts facts{.notice = Hour(0)};
  struct Row {
    const char* name;
    std::int64_t micros;  // after twelve hours
    DeadlineState state;
  };
  const Row rows[] = {{"a moment before", -1, DeadlineState::kNext},
                      {"at the last moment", 0, DeadlineState::kNext},
                      {"a moment after", 1, DeadlineState::kLate}};
  for (const Row& row : rows) {
    CAPTURE(row.name);
    const auto clocks = Run(facts, Plus(Hour(12), row.micros));
    CHECK(clocks.at(ClockStage::kAcknowledge).state == row.state);
    CHECK(clocks.at(ClockStage::kAcknowledge).due == Hour(12));
    CHECK(clocks.at(ClockStage::kMeasure).state == DeadlineState::kNext);
  }
}

TEST_CASE("What was done is judged by when, and what is yet to come does not count") {
  struct Row {
    const char* name;
    Time done;
    DeadlineState state;
  };
  const Row rows[] = {{"in time", Hour(72), DeadlineState::kDone},
                      {"a moment late", Plus(Hour(72), 1), DeadlineState::kDoneLate},
                      {"only after the day asked for", Hour(101), DeadlineState::kLate}};
  for (const Row& row : rows) {
    CAPTURE(row.name);
    const ClockFacts facts{.notice = Hour(0), .measured = row.done};
    CHECK(Run(facts, Hour(100)).at(ClockStage::kMeasure).state == row.state);
  }
}

TEST_CASE("The clocks of a case start one after the other") {
  ClockFacts facts;
  CHECK(Run(facts, Hour(0)).empty());
  facts.notice = Hour(0);
  CHECK(Run(facts, Hour(-1)).empty());
  CHECK(Run(facts, Hour(0)).size() == 2);
  facts.measured = Hour(10);
  facts.counter_notice = Hour(20);
  CHECK(Run(facts, Hour(20)).at(ClockStage::kForward).due == Hour(44));
  CHECK(Run(facts, Hour(20)).count(ClockStage::kRestore) == 0);
  facts.forwarded = Hour(30);
  const Deadline restore = Run(facts, Hour(30)).at(ClockStage::kRestore);
  CHECK(restore.not_before == Hour(270));
  CHECK(restore.due == Hour(276));
  // A counter-notice that was rejected restores nothing.
  facts.counter_rejected = true;
  CHECK(Run(facts, Hour(30)).count(ClockStage::kRestore) == 0);
  // A notice that was found wrong restores without waiting.
  facts.retracted = Hour(40);
  CHECK(Run(facts, Hour(40)).at(ClockStage::kRestore).due == Hour(46));
  CHECK_FALSE(Run(facts, Hour(40)).at(ClockStage::kRestore).not_before.known());
}

TEST_CASE("A notice that was taken back before anything was done asks for no measure") {
  const ClockFacts facts{.notice = Hour(0), .retracted = Hour(5)};
  const auto clocks = Run(facts, Hour(100));
  CHECK(clocks.count(ClockStage::kMeasure) == 0);
  CHECK(clocks.count(ClockStage::kRestore) == 0);
  CHECK(clocks.at(ClockStage::kAcknowledge).state == DeadlineState::kLate);
}

TEST_CASE("A regime without a limit sets no deadline") {
  const ClockFacts facts{.notice = Hour(0), .counter_notice = Hour(1)};
  CHECK(Clocks(facts, Regime{}, Hour(1000)).empty());
}

TEST_CASE("The regimes of the paper are there: twelve and seventy-two hours") {
  const ClockPolicy policy;
  const ClockFacts facts{.notice = Hour(0)};
  CHECK(Run(facts, Hour(0), policy.regimes.at("h12")).at(ClockStage::kMeasure).due == Hour(12));
  CHECK(Run(facts, Hour(0), policy.regimes.at("h72")).at(ClockStage::kMeasure).due == Hour(72));
  CHECK(policy.regimes.contains(policy.regime));
}

TEST_CASE("What is late stands first, then what is next, by deadline") {
  std::vector<Deadline> list;
  const auto add = [&](const char* reference, DeadlineState state, int hour) {
    Deadline deadline;
    deadline.case_ref = reference;
    deadline.state = state;
    deadline.due = Hour(hour);
    list.push_back(deadline);
  };
  add("d", DeadlineState::kDone, 0);
  add("b", DeadlineState::kNext, 5);
  add("c", DeadlineState::kNext, 6);
  add("a", DeadlineState::kLate, 9);
  SortDue(list);
  std::string order;
  for (const Deadline& each : list) order += each.case_ref;
  CHECK(order == "abcd");
}

struct ZoneCase {
  const char* text;
  std::int32_t minutes;
  const char* written;  // nullptr: refused
};
const ZoneCase kZones[] = {
    {"Z", 0, "Z"},
    {"z", 0, "Z"},
    {"+00:00", 0, "Z"},
    {"-00:00", 0, "Z"},
    {"+08:00", 480, "+08:00"},
    {"-03:30", -210, "-03:30"},
    {"+14:00", 840, "+14:00"},
    {"+14:01", 0, nullptr},
    {"+08:60", 0, nullptr},
    {"08:00", 0, nullptr},
    {"+8:00", 0, nullptr},
    {"Asia/Shanghai", 0, nullptr},
    {"", 0, nullptr},
    {"+0a:00", 0, nullptr},
};

TEST_CASE("Zones are offsets from UTC and nothing else") {
  for (const ZoneCase& row : kZones) {
    CAPTURE(row.text);
    const Result<std::int32_t> zone = ParseZone(row.text);
    REQUIRE(zone.has_value() == (row.written != nullptr));
    if (!zone) {
      CHECK(zone.error().code == Code::kInvalidArgument);
      continue;
    }
    CHECK(*zone == row.minutes);
    CHECK(FormatZone(*zone) == row.written);
  }
}

TEST_CASE("A time in a zone is the same moment") {
  const Time time = *ParseTime("2026-03-01T20:30:00Z");
  CHECK(FormatTimeIn(time, 480) == "2026-03-02T04:30:00+08:00");
  CHECK(FormatTimeIn(time, -210) == "2026-03-01T17:00:00-03:30");
  CHECK(FormatTimeIn(time, 0) == "2026-03-01T20:30:00Z");
  CHECK(FormatTimeIn(Time::Unknown(), 480) == "");
  for (const std::int32_t zone : {-210, 0, 480}) {
    CHECK(*ParseTime(FormatTimeIn(time, zone)) == time);
  }
}

}  // namespace
}  // namespace revenant
