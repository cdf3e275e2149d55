#ifndef REVENANT_CLOCKS_H_
#define REVENANT_CLOCKS_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "revenant/case_file.h"
#include "revenant/record.h"
#include "revenant/result.h"
#include "revenant/time.h"

namespace revenant {

// Response clocks: notice -> acknowledgement -> measure -> counter-notice -> forwarding -> restore.
// Hours are hours that pass, by day and night: no business calendar is assumed. Everything inside
// is UTC; a zone only says how a deadline is written for people. Threads: pure functions.

// How long each stage may take, in hours; 0: this regime sets no limit.
struct Regime {
  std::uint32_t acknowledge_hours = 0;  // from the notice
  std::uint32_t measure_hours = 0;      // from the notice
  std::uint32_t forward_hours = 0;      // from the counter-notice
  std::uint32_t wait_hours = 0;         // after forwarding, for the complainant to go to court
  std::uint32_t restore_hours = 0;      // from the end of that wait, or from a retraction
  std::int32_t zone_minutes = 0;        // offset from UTC in which deadlines are shown
  friend bool operator==(const Regime&, const Regime&) = default;
};

// [clocks] and [clocks.NAME] for each regime. 12 and 72 hours are those of DESIGN.md; `cn` has the
// fifteen days of the Chinese E-Commerce Law, article 43.
struct ClockPolicy {
  std::string regime = "h72";  // the one that holds
  std::map<std::string, Regime, std::less<>> regimes = {
      {"cn", {12, 72, 24, 360, 24, 480}},
      {"h12", {4, 12, 12, 240, 12, 0}},
      {"h72", {24, 72, 72, 240, 24, 0}},
  };
  friend bool operator==(const ClockPolicy&, const ClockPolicy&) = default;
};

// When things happened in one case. Unknown: not yet.
struct ClockFacts {
  SellerName seller;
  std::string case_ref;
  Time notice, acknowledged, measured, counter_notice, forwarded, restored, retracted;
  bool counter_rejected = false;
};

enum class DeadlineState : std::uint8_t {
  kLate,      // not done, and the time is up
  kNext,      // not done, still in time
  kDoneLate,  // done after its time
  kDone,
};
std::string_view DeadlineStateName(DeadlineState state);  // "late", "next", "done_late", "done"

struct Deadline {
  SellerName seller;
  std::string case_ref;
  ClockStage stage = ClockStage::kAcknowledge;
  Time not_before;  // kRestore: the complainant's time runs until here; unknown: at once
  Time due;         // the last moment that is in time
  Time done;        // unknown: not yet
  DeadlineState state = DeadlineState::kNext;
  friend bool operator==(const Deadline&, const Deadline&) = default;
};

// Every clock that runs or ran, those of a case in order of stage.
std::vector<Deadline> Clocks(const ClockFacts& facts, const Regime& regime, Time as_of);

// Sorts what is open before what is done, late before next, and each by its deadline.
void SortDue(std::vector<Deadline>& deadlines);

// "+08:00", "-03:30" or "Z" as minutes; kInvalidArgument otherwise. Names of zones change with
// politics and are not understood.
Result<std::int32_t> ParseZone(std::string_view text);
std::string FormatZone(std::int32_t minutes);
// RFC 3339 with that offset; "" for unknown.
std::string FormatTimeIn(Time time, std::int32_t zone_minutes);

}  // namespace revenant

#endif  // REVENANT_CLOCKS_H_
