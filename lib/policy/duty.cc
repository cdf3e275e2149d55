#include "revenant/duty.h"

#include <algorithm>

#include "policy/named_enum.h"

namespace revenant {
namespace {

constexpr std::string_view kTypeNames[] = {"information", "logistics", "marketing", "payment"};
static_assert(std::size(kTypeNames) == kPlatformTypeCount);
constexpr std::string_view kLevelNames[] = {"low", "moderate", "high"};
constexpr DutyLevel kLevels[] = {DutyLevel::kLow, DutyLevel::kModerate, DutyLevel::kHigh,
                                 DutyLevel::kHigh};
static_assert(std::size(kLevels) == kPlatformTypeCount);

constexpr DutyItem kItems[] = {
    {.id = "verify_identity",
     .title = "Sellers' identity and bank account are verified when they are let in.",
     .evidence = "enrolments with verified identifiers"},
    {.id = "notice_channel",
     .title = "Right holders have a channel for notices, in any language.",
     .evidence = "notices received and their languages"},
    {.id = "timely_response",
     .title = "Notices are acknowledged and acted upon within the clocks in force.",
     .evidence = "`due`: nothing late"},
    {.id = "counter_notice",
     .title = "Sellers can object, and objections are passed on.",
     .evidence = "counter-notices and when they were forwarded"},
    {.id = "keep_records",
     .title = "Decisions and their evidence are kept so that they can be verified.",
     .evidence = "journal and certificates"},
    {.id = "repeat_infringers",
     .title = "Repeat infringers are sanctioned by a published ladder that follows the person.",
     .evidence = "`sanctions`: nothing due is left undone"},
    {.id = "screen_applicants",
     .title = "Applications are screened for links to banned accounts.",
     .from = DutyLevel::kModerate,
     .evidence = "verdicts with certificates"},
    {.id = "supplier_checks",
     .title = "Suppliers and senders of banned sellers are watched.",
     .from = DutyLevel::kModerate,
     .evidence = "`supplier`: warnings acted upon"},
    {.id = "stop_goods",
     .title = "Goods named in a qualified notice are held back.",
     .from = DutyLevel::kModerate,
     .evidence = "milestones `measure` of the cases"},
    {.id = "monitor_listings",
     .title = "Listings are watched for infringing words, prices and surges of sales.",
     .from = DutyLevel::kHigh,
     .evidence = "figures and wordings on file"},
    {.id = "deposit",
     .title = "Sellers keep a deposit that floats with their risk, or insurance.",
     .from = DutyLevel::kHigh,
     .evidence = "figures deposit_held and insurance_cover"},
    {.id = "share_fingerprints",
     .title = "Fingerprints of confirmed infringers are exchanged with other platforms.",
     .from = DutyLevel::kHigh,
     .evidence = "exports of the exchange"},
    {.id = "freeze_funds",
     .title = "Funds of confirmed infringers can be frozen and paid out to right holders.",
     .from = DutyLevel::kHigh,
     .payment_only = true,
     .evidence = "measures freeze and deduct"},
    {.id = "beneficial_owner",
     .title = "The owners of the accounts that are paid out to are known.",
     .from = DutyLevel::kHigh,
     .payment_only = true,
     .evidence = "documents of the account holders"},
    {.id = "no_knowledge",
     .title = "The platform neither knew of the infringement nor should have known.",
     .exemption = true,
     .evidence = "`knowledge`: none"},
    {.id = "prompt_measures",
     .title = "The necessary measures were taken in time after every qualified notice.",
     .exemption = true,
     .evidence = "`due`: every measure done in time"},
    {.id = "no_selection",
     .title = "The platform did not choose, edit or recommend the listing.",
     .exemption = true,
     .evidence = "the platform's own records"},
    {.id = "no_direct_gain",
     .title = "The platform has no share in the proceeds of the infringing sale.",
     .from = DutyLevel::kModerate,
     .exemption = true,
     .evidence = "the platform's own records"},
};

bool Asked(const DutyItem& item, PlatformType type) {
  return item.from <= LevelOf(type) && (!item.payment_only || type == PlatformType::kPayment);
}

bool AllShown(const std::vector<DutyLine>& lines) {
  return std::all_of(lines.begin(), lines.end(),
                     [](const DutyLine& line) { return line.shown == CanShow::kYes; });
}

}  // namespace

std::string_view PlatformTypeName(PlatformType type) { return NameAt(kTypeNames, type); }
std::optional<PlatformType> PlatformTypeFromName(std::string_view name) {
  return Named<PlatformType>(kTypeNames, name);
}
std::string_view DutyLevelName(DutyLevel level) { return NameAt(kLevelNames, level); }
DutyLevel LevelOf(PlatformType type) { return kLevels[static_cast<std::size_t>(type)]; }

std::span<const DutyItem> DutyItems() { return kItems; }

std::vector<std::string> UnknownItems(const DutyFacts& facts) {
  std::set<std::string, std::less<>> unknown = facts.shown;
  unknown.insert(facts.lacking.begin(), facts.lacking.end());
  for (const DutyItem& item : kItems) {
    const auto found = unknown.find(item.id);
    if (found != unknown.end()) unknown.erase(found);
  }
  return {unknown.begin(), unknown.end()};
}

DutyAssessment AssessDuty(PlatformType type, const DutyFacts& facts, const DutyPolicy& policy) {
  DutyAssessment assessment;
  assessment.type = type;
  assessment.level = LevelOf(type);
  assessment.thresholds = policy.Of(type);
  for (const DutyItem& item : kItems) {
    if (!Asked(item, type)) continue;
    DutyLine line{&item, CanShow::kUnknown};
    // What is known to be lacking outweighs a claim that it is there.
    if (facts.shown.contains(item.id)) line.shown = CanShow::kYes;
    if (facts.lacking.contains(item.id)) line.shown = CanShow::kNo;
    (item.exemption ? assessment.exemptions : assessment.obligations).push_back(line);
  }
  assessment.thresholds_met = facts.review_millibits <= assessment.thresholds.review_millibits &&
                              facts.block_millibits <= assessment.thresholds.block_millibits;
  assessment.obligations_shown = AllShown(assessment.obligations);
  assessment.exempt =
      assessment.obligations_shown && assessment.thresholds_met && AllShown(assessment.exemptions);
  return assessment;
}

}  // namespace revenant
