#include "exchange/member/selection.h"

#include <algorithm>

#include "registry/state/kind_policies.h"
#include "registry/state/live.h"
#include "util/try.h"

namespace revenant {
namespace {

class Selector {
 public:
  Selector(const View& view, const LinkPolicy& policy, const ExchangePolicy& rules,
           std::string_view home, const std::vector<std::string>& countries, Time now)
      : view_(view),
        kinds_(policy, view),
        rules_(rules),
        home_(home),
        countries_(countries),
        today_(DayOf(now)) {}

  Result<Selection> Run() {
    TRY(view_.Scan(Table::kSellers, "",
                   [&](std::string_view key, std::string_view value) -> Result<bool> {
                     TRY_ASSIGN(const SellerId seller, DecodeSellerKey(key));
                     TRY_ASSIGN(const SellerRow row, DecodeSellerRow(value));
                     TRY(Seller(seller, row));
                     return true;
                   }));
    return std::move(selection_);
  }

 private:
  Result<void> Seller(SellerId seller, const SellerRow& row) {
    if (IsForeignCase(view_.NameOf(row))) return {};
    if (row.bans == 0) return Neighbour(row);
    if (row.infringements < rules_.min_infringements) {
      ++selection_.plan.low_confidence;
      return {};
    }
    TRY_ASSIGN(const auto withheld, GetRow(view_, RowKey(kWithheldRow).Of(seller)));
    if (withheld) {
      ++selection_.plan.withheld;
      return {};
    }
    Candidate candidate;
    candidate.seller = seller;
    candidate.infringements =
        static_cast<std::uint8_t>(std::min<std::uint32_t>(row.infringements, 255));
    TRY(ReadCases(candidate));
    return ReadIdentifiers(candidate);
  }

  Result<void> Neighbour(const SellerRow& row) {
    if (row.label == kNoLabel) return {};
    TRY_ASSIGN(const ComponentRow sums, view_.Component(row.label, row.part));
    selection_.plan.neighbours += sums.banned > 0;
    return {};
  }

  // The first ban in force dates the case, the last gives its reason.
  Result<void> ReadCases(Candidate& candidate) {
    std::vector<std::pair<CaseKey, CaseRow>> cases;
    std::int64_t every_lifted = ObservationRow::kNever;
    const auto visit = [&](const CaseKey& key, const CaseRow& row) -> Result<bool> {
      if (key.every_case) {
        every_lifted = row.lifted;
      } else {
        cases.emplace_back(key, row);
      }
      return true;
    };
    TRY(view_.ForEachCase(candidate.seller, CaseType::kBan, visit));
    const std::int64_t bans_lifted = every_lifted;
    TRY(view_.ForEachCase(candidate.seller, CaseType::kInfringement, visit));
    std::int64_t first = INT64_MAX, last = INT64_MIN;
    for (const auto& [key, row] : cases) {
      const bool ban = key.type == CaseType::kBan;
      if (row.set <= std::max(row.lifted, ban ? bans_lifted : ObservationRow::kNever)) continue;
      PutLengthPrefixed(candidate.evidence, key.case_ref);
      if (!ban) continue;
      first = std::min(first, row.set);
      if (row.set <= last) continue;
      last = row.set;
      const ReasonInfo* info = FindReason(std::string_view(row.reason));
      candidate.reason = info == nullptr ? ExchangeReason::kOther : info->reason;
    }
    candidate.banned_on = first == INT64_MAX ? DayNumber{0} : DayOf(Time{first});
    return {};
  }

  Result<void> ReadIdentifiers(const Candidate& candidate) {
    return ForEachLive(view_, candidate.seller, [&](LiveObservation& live) -> Result<bool> {
      const bool foreign = view_.Word(live.key.source).starts_with(kForeignPlatform);
      for (const ObservationRow::Item& item : live.row.items) TRY(Item(candidate, item, foreign));
      return true;
    });
  }

  Result<void> Item(Candidate candidate, const ObservationRow::Item& item, bool foreign) {
    if (selection_.wanted.contains({candidate.seller, item.fingerprint})) return {};
    ExportPlan& plan = selection_.plan;
    candidate.kind = view_.Word(item.kind);
    candidate.fingerprint = item.fingerprint;
    const auto left_out = [](std::uint64_t& count) -> Result<void> {
      ++count;
      return {};
    };
    if (item.junk) return left_out(plan.junk);
    if (foreign) return left_out(plan.foreign);
    const KindInfo* info = FindKind(candidate.kind);
    if (info == nullptr || info->family == Family::kCustom || !kinds_.Linking(item.kind)) {
      return left_out(plan.not_linking);
    }
    TRY_ASSIGN(const std::optional<FingerprintRow> state, view_.FingerprintState(item.fingerprint));
    if (state && kinds_.IsHub(*state)) return left_out(plan.hubs);
    const bool stays = std::any_of(countries_.begin(), countries_.end(), [&](const auto& country) {
      return !rules_.MayGo(candidate.kind, home_, country);
    });
    if (stays) return left_out(plan.jurisdiction);
    const unsigned until = candidate.banned_on + rules_.ListedDays(candidate.kind);
    candidate.expires_on = static_cast<DayNumber>(std::min(until, 0xffffu));
    if (candidate.expires_on <= today_) return left_out(plan.expired);
    selection_.wanted.emplace(CandidateKey(candidate.seller, item.fingerprint),
                              std::move(candidate));
    return {};
  }

  const View& view_;
  const KindPolicies kinds_;
  const ExchangePolicy& rules_;
  std::string_view home_;
  const std::vector<std::string>& countries_;
  DayNumber today_;
  Selection selection_;
};

}  // namespace

Result<Selection> Select(const View& view, const LinkPolicy& policy, const ExchangePolicy& rules,
                         std::string_view home, const std::vector<std::string>& countries,
                         Time now) {
  return Selector(view, policy, rules, home, countries, now).Run();
}

}  // namespace revenant
