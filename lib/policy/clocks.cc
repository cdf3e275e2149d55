#include "revenant/clocks.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "policy/named_enum.h"

namespace revenant {
namespace {

constexpr std::int64_t kMicrosPerMinute = 60'000'000;
constexpr std::int64_t kMicrosPerHour = 60 * kMicrosPerMinute;
constexpr std::int32_t kMostZoneMinutes = 14 * 60;  // of any zone in use

constexpr std::string_view kDeadlineStateNames[] = {"late", "next", "done_late", "done"};

Time After(Time start, std::uint32_t hours) {
  return Time{start.micros + std::int64_t{hours} * kMicrosPerHour};
}

DeadlineState StateOf(Time due, Time done, Time as_of) {
  if (done.known() && done <= as_of) {
    return done <= due ? DeadlineState::kDone : DeadlineState::kDoneLate;
  }
  return as_of <= due ? DeadlineState::kNext : DeadlineState::kLate;
}

}  // namespace

std::string_view DeadlineStateName(DeadlineState state) {
  return NameAt(kDeadlineStateNames, state);
}

std::vector<Deadline> Clocks(const ClockFacts& facts, const Regime& regime, Time as_of) {
  std::vector<Deadline> deadlines;
  const auto run = [&](ClockStage stage, Time start, std::uint32_t hours, Time done,
                       Time not_before = {}) {
    if (!start.known() || start > as_of || hours == 0) return;
    const Time due = After(start, hours);
    deadlines.push_back(
        {facts.seller, facts.case_ref, stage, not_before, due, done, StateOf(due, done, as_of)});
  };
  run(ClockStage::kAcknowledge, facts.notice, regime.acknowledge_hours, facts.acknowledged);
  // A notice that was taken back asks for no measure any more, unless one was taken.
  if (!facts.retracted.known() || facts.measured.known()) {
    run(ClockStage::kMeasure, facts.notice, regime.measure_hours, facts.measured);
  }
  run(ClockStage::kForward, facts.counter_notice, regime.forward_hours, facts.forwarded);

  // Only what was taken is given back: at once where the notice fell, else when the complainant has
  // had the time to go to court, unless the counter-notice was rejected.
  if (!facts.measured.known()) return deadlines;
  if (facts.retracted.known()) {
    run(ClockStage::kRestore, facts.retracted, regime.restore_hours, facts.restored);
  } else if (facts.forwarded.known() && !facts.counter_rejected) {
    const Time not_before = After(facts.forwarded, regime.wait_hours);
    if (regime.restore_hours > 0 && facts.forwarded <= as_of) {
      const Time due = After(not_before, regime.restore_hours);
      deadlines.push_back({facts.seller, facts.case_ref, ClockStage::kRestore, not_before, due,
                           facts.restored, StateOf(due, facts.restored, as_of)});
    }
  }
  return deadlines;
}

void SortDue(std::vector<Deadline>& deadlines) {
  std::sort(deadlines.begin(), deadlines.end(), [](const Deadline& a, const Deadline& b) {
    return std::tie(a.state, a.due, a.seller, a.case_ref, a.stage) <
           std::tie(b.state, b.due, b.seller, b.case_ref, b.stage);
  });
}

Result<std::int32_t> ParseZone(std::string_view text) {
  const Error wrong{Code::kInvalidArgument, "not an offset from UTC such as +08:00, -03:30 or Z"};
  if (text == "Z" || text == "z") return std::int32_t{0};
  if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':') return wrong;
  std::int32_t digits[4];
  std::size_t count = 0;
  for (const std::size_t at : {1, 2, 4, 5}) {
    if (text[at] < '0' || text[at] > '9') return wrong;
    digits[count++] = text[at] - '0';
  }
  const std::int32_t hours = digits[0] * 10 + digits[1], minutes = digits[2] * 10 + digits[3];
  const std::int32_t zone = hours * 60 + minutes;
  if (minutes > 59 || zone > kMostZoneMinutes) return wrong;
  return text[0] == '-' ? -zone : zone;
}

std::string FormatZone(std::int32_t minutes) {
  if (minutes == 0) return "Z";
  const std::int32_t size = minutes < 0 ? -minutes : minutes;
  return fmt::format("{}{:02}:{:02}", minutes < 0 ? '-' : '+', size / 60, size % 60);
}

std::string FormatTimeIn(Time time, std::int32_t zone_minutes) {
  if (!time.known()) return "";
  std::string text = FormatTime(Time{time.micros + zone_minutes * kMicrosPerMinute});
  text.pop_back();  // the Z
  return text + FormatZone(zone_minutes);
}

}  // namespace revenant
