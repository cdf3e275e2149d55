#include "registry/state/case_facts.h"

#include <set>

#include "registry/state/meta_rows.h"
#include "util/try.h"

namespace revenant {
namespace {

Time Moment(std::int64_t micros) {
  return micros == ObservationRow::kNever ? Time::Unknown() : Time{micros};
}

// A stored detail was checked before it was written.
template <typename T>
Result<T> Stored(Result<T> read) {
  if (!read) return Error{Code::kCorruption, "store: " + read.error().message};
  return read;
}

// Every case that has a row of one of these kinds.
std::set<std::string> CaseNames(const SellerFile& file) {
  std::set<std::string> names;
  for (const auto& [reference, row] : file.infringements) names.insert(reference);
  for (const auto& [key, row] : file.facts) {
    if (key.first == FactKind::kNotice) names.insert(key.second);
  }
  return names;
}

CaseState StateOf(const CaseRow* infringement, const CaseRow* notice, const CaseRow* counter) {
  const std::int64_t noticed = notice != nullptr ? notice->set : ObservationRow::kNever;
  if (infringement == nullptr) return CaseState::kReported;
  if (!infringement->in_force()) {
    // Taken back, unless it was reported again since.
    return noticed > infringement->lifted ? CaseState::kReported : CaseState::kRetracted;
  }
  // What was confirmed after the counter-notice came was decided against it.
  const bool open = counter != nullptr && counter->in_force() && counter->set >= infringement->set;
  return open ? CaseState::kCountered : CaseState::kConfirmed;
}

}  // namespace

Result<SellerFile> SellerFile::Read(const View& view, SellerId id, const SellerName& name) {
  SellerFile file;
  file.seller = name;
  TRY(view.ForEachCase(
      id, CaseType::kBan, [&](const CaseKey& key, const CaseRow& row) -> Result<bool> {
        if (row.lifted != ObservationRow::kNever) {
          file.reinstatements.push_back({name, key.case_ref, key.every_case, Time{row.lifted}});
        }
        return true;
      }));
  TRY(view.ForEachCase(id, CaseType::kInfringement,
                       [&](const CaseKey& key, const CaseRow& row) -> Result<bool> {
                         file.infringements.emplace(key.case_ref, row);
                         return true;
                       }));
  for (const FactKind kind : kFactKinds) {
    TRY(view.ForEachCase(id, CaseTypeOf(kind),
                         [&](const CaseKey& key, const CaseRow& row) -> Result<bool> {
                           file.facts.emplace(std::pair(kind, key.case_ref), row);
                           return true;
                         }));
  }
  return file;
}

Result<bool> IsContested(const View& view, SellerId seller) {
  std::map<std::string, std::int64_t> open;
  TRY(view.ForEachCase(seller, CaseType::kObjection,
                       [&](const CaseKey& key, const CaseRow& row) -> Result<bool> {
                         if (row.in_force()) open.emplace(key.case_ref, row.set);
                         return true;
                       }));
  if (open.empty()) return false;
  TRY(view.ForEachCase(
      seller, CaseType::kReview, [&](const CaseKey& key, const CaseRow& row) -> Result<bool> {
        const auto objection = open.find(key.case_ref);
        if (objection != open.end() && row.in_force() && row.set >= objection->second) {
          open.erase(objection);
        }
        return true;
      }));
  return !open.empty();
}

const CaseRow* SellerFile::Find(FactKind kind, const std::string& reference) const {
  const auto found = facts.find({kind, reference});
  return found == facts.end() ? nullptr : &found->second;
}

Time SellerFile::AtOf(FactKind kind, const std::string& reference) const {
  const CaseRow* row = Find(kind, reference);
  return row != nullptr && row->in_force() ? Time{row->set} : Time::Unknown();
}

Result<std::vector<CaseFact>> SellerFile::Cases() const {
  std::vector<CaseFact> cases;
  for (const std::string& reference : CaseNames(*this)) {
    const auto infringement = infringements.find(reference);
    const CaseRow* row = infringement == infringements.end() ? nullptr : &infringement->second;
    const CaseRow* notice = Find(FactKind::kNotice, reference);
    const CaseRow* counter = Find(FactKind::kCounterNotice, reference);
    CaseFact fact;
    fact.seller = seller;
    fact.reference = reference;
    fact.state = StateOf(row, notice, counter);
    if (notice != nullptr && notice->set != ObservationRow::kNever) {
      TRY_ASSIGN(const Notice detail, Stored(NoticeFrom(notice->reason)));
      fact.noticed = Time{notice->set};
      fact.right = detail.right;
      fact.right_holder = detail.right_holder;
      fact.claim = detail.claim;
    }
    if (row != nullptr) {
      fact.at = Moment(row->set);
      fact.retracted = fact.state == CaseState::kRetracted ? Time{row->lifted} : Time::Unknown();
      // The right named by the confirmation wins over that of the complaint.
      if (const auto right = RightFromName(row->reason)) fact.right = *right;
    }
    if (counter != nullptr) fact.countered = Moment(counter->set);
    cases.push_back(std::move(fact));
  }
  return cases;
}

Result<std::vector<ClockFacts>> SellerFile::Clocks() const {
  TRY_ASSIGN(const std::vector<CaseFact> cases, Cases());
  std::vector<ClockFacts> clocks;
  for (const CaseFact& each : cases) {
    if (!each.noticed.known()) continue;
    ClockFacts clock;
    clock.seller = seller;
    clock.case_ref = each.reference;
    clock.notice = each.noticed;
    clock.retracted = each.retracted;
    const auto done = [&](ClockStage stage) {
      return AtOf(FactKind::kMilestone, ToReference({stage, each.reference}));
    };
    clock.acknowledged = done(ClockStage::kAcknowledge);
    clock.measured = done(ClockStage::kMeasure);
    clock.forwarded = done(ClockStage::kForward);
    clock.restored = done(ClockStage::kRestore);
    clock.counter_notice = each.countered;
    const CaseRow* counter = Find(FactKind::kCounterNotice, each.reference);
    clock.counter_rejected = counter != nullptr && !counter->in_force();
    clocks.push_back(std::move(clock));
  }
  return clocks;
}

Result<std::optional<FigureFact>> SellerFile::FigureOf(FigureKind kind) const {
  const CaseRow* row = Find(FactKind::kFigure, std::string(FigureName(kind)));
  if (row == nullptr || !row->in_force()) return std::optional<FigureFact>();
  TRY_ASSIGN(const Figure figure, Stored(FigureFrom(row->reason)));
  return std::optional<FigureFact>({figure.value, figure.source, Time{row->set}});
}

Result<EnforcementPolicy> EnforcementOf(const View& view) {
  TRY_ASSIGN(const std::optional<std::string> text, view.Get(Table::kMeta, kEnforcementName));
  if (!text) return EnforcementPolicy{};
  Result<EnforcementPolicy> policy = ParseEnforcementPolicy(*text, "enforcement of the store");
  if (!policy) return Error{Code::kCorruption, policy.error().message};
  return policy;
}

}  // namespace revenant
