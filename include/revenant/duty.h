#ifndef REVENANT_DUTY_H_
#define REVENANT_DUTY_H_

#include <array>
#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "revenant/time.h"

namespace revenant {

// The duties of a platform by what it does (DESIGN.md section 8): obligations, conditions for
// exemption, thresholds, and a checklist of what it can and cannot show.
// Threads: pure functions over static tables.

enum class PlatformType : std::uint8_t {
  kInformation = 0,  // information intermediary
  kLogistics = 1,    // logistics and warehousing
  kMarketing = 2,    // marketing with revenue sharing
  kPayment = 3,      // payment settlement
};
inline constexpr std::size_t kPlatformTypeCount = 4;
std::string_view PlatformTypeName(PlatformType type);  // "information", ...
std::optional<PlatformType> PlatformTypeFromName(std::string_view name);

enum class DutyLevel : std::uint8_t { kLow = 0, kModerate = 1, kHigh = 2 };
std::string_view DutyLevelName(DutyLevel level);  // "low", "moderate", "high"
DutyLevel LevelOf(PlatformType type);

// [duty], and [duty.information] ... for each type.
struct DutyThresholds {
  std::int64_t review_millibits = 0;    // what [verdict] review_bits should be, at most
  std::int64_t block_millibits = 0;     // and block_bits
  std::uint32_t deposit_factor = 1000;  // of the floating deposit, in thousandths
  friend bool operator==(const DutyThresholds&, const DutyThresholds&) = default;
};
struct DutyPolicy {
  PlatformType platform_type = PlatformType::kMarketing;
  // In order of PlatformType. The higher the duty, the earlier it looks and refuses.
  std::array<DutyThresholds, kPlatformTypeCount> types = {
      DutyThresholds{3'000, 10'000, 500}, DutyThresholds{1'500, 8'500, 750},
      DutyThresholds{0, 7'000, 1000}, DutyThresholds{0, 7'000, 1500}};
  const DutyThresholds& Of(PlatformType type) const {
    return types[static_cast<std::size_t>(type)];
  }
  friend bool operator==(const DutyPolicy&, const DutyPolicy&) = default;
};

// Something to be done, or a condition under which the platform does not answer for its sellers.
struct DutyItem {
  std::string_view id;               // "verify_identity"
  std::string_view title;            // a sentence
  DutyLevel from = DutyLevel::kLow;  // asked from this level on
  bool payment_only = false;         // asked of payment settlement only
  bool exemption = false;            // a condition for exemption
  std::string_view evidence;         // what shows it
};
std::span<const DutyItem> DutyItems();  // static data, in the order of a checklist

enum class CanShow : std::uint8_t { kNo, kYes, kUnknown };
struct DutyLine {
  const DutyItem* item = nullptr;
  CanShow shown = CanShow::kUnknown;
};

// What a platform can and cannot show. Ids that no item has are a caller's error: see UnknownItems.
struct DutyFacts {
  std::set<std::string, std::less<>> shown;                // ids that it can show
  std::set<std::string, std::less<>> lacking;              // ids that it knows it cannot
  std::int64_t review_millibits = 0, block_millibits = 0;  // the thresholds in force
};

struct DutyAssessment {
  PlatformType type = PlatformType::kInformation;
  DutyLevel level = DutyLevel::kLow;
  DutyThresholds thresholds;
  std::vector<DutyLine> obligations;  // those of the level
  std::vector<DutyLine> exemptions;   // every condition that holds for it
  bool thresholds_met = false;        // review and block are no laxer than asked for
  bool obligations_shown = false;     // every obligation
  bool exempt = false;                // every obligation and every condition is shown
};

std::vector<std::string> UnknownItems(const DutyFacts& facts);
DutyAssessment AssessDuty(PlatformType type, const DutyFacts& facts, const DutyPolicy& policy);

}  // namespace revenant

#endif  // REVENANT_DUTY_H_
