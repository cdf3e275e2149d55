// What is held about a seller, and who received it. It is in this room because only the exchange
// knows the second half.

#include <algorithm>
#include <cmath>
#include <set>

#include "exchange/member/list_state.h"
#include "exchange/member/matcher.h"
#include "exchange/member/member_tokens.h"
#include "exchange/member/membership.h"
#include "exchange/member/rows.h"
#include "registry/handle.h"
#include "registry/state/live.h"
#include "revenant/journal.h"
#include "revenant/link_policy.h"
#include "revenant/policy.h"
#include "revenant/subject.h"
#include "util/try.h"

namespace revenant {
namespace {

Time MomentOf(std::int64_t micros) {
  return micros == ObservationRow::kNever ? Time::Unknown() : Time{micros};
}

std::string_view PurposeOf(const KindPolicy& kind, bool junk) {
  if (junk) return "kept as seen: it identifies nobody and links nothing";
  switch (kind.role) {
    case Role::kLinking:
      return "to recognise a banned seller behind another storefront";
    case Role::kSupporting:
      return "to weigh such a recognition, never to cause it";
    case Role::kIgnored:
      break;
  }
  return "none under the policy in force: it may be withdrawn";
}

// Weight halves every half life: one bit is left after log2(weight in bits) of them.
Time ExpiresOn(const KindPolicy& kind, Time last) {
  constexpr double kMicrosOfDay = 86'400e6;
  if (!last.known() || kind.half_life_days == 0) return {};
  const double bits = static_cast<double>(kind.weight) / 1000;
  const double half_lives = bits > 1 ? std::log2(bits) : 0;
  const double micros = half_lives * kind.half_life_days * kMicrosOfDay;
  const double limit = 9.2e18 - static_cast<double>(std::max<std::int64_t>(last.micros, 0));
  return micros >= limit ? Time{} : Time{last.micros + std::llround(micros)};
}

std::string_view RemovalName(std::uint8_t why) {
  static constexpr std::string_view kNames[] = {"", "withdrawn", "expired", "erased"};
  return why < std::size(kNames) ? kNames[why] : std::string_view();
}

class Reporter {
 public:
  Reporter(const Registry& registry, const SellerName& seller, Time as_of)
      : registry_(registry), view_(SnapshotOf(registry)) {
    report_.seller = seller;
    report_.as_of = as_of;
  }

  Result<SubjectReport> Run() {
    TRY_ASSIGN(const std::optional<SellerId> id, view_->FindSeller(report_.seller));
    if (!id) return Error{Code::kNotFound, report_.seller.ToString() + ": no such seller"};
    id_ = *id;
    TRY_ASSIGN(const SellerRow row, view_->NeedSeller(id_));
    report_.status = row.status;
    report_.since = row.since;
    TRY(Observations());
    TRY(Cases(CaseType::kBan, "ban"));
    TRY(Cases(CaseType::kInfringement, "infringement"));
    TRY_ASSIGN(report_.file, registry_.CaseFile(report_.seller));
    TRY_ASSIGN(report_.contests, ContestsIn(report_.file));
    TRY(Measures());
    TRY(Alerts());
    TRY(Journal());
    TRY_ASSIGN(const std::optional<MembershipRow> joined, FindMembership(*view_));
    if (joined) {
      TRY_ASSIGN(membership_, LoadMembership(*view_));
      TRY(Foreign());
      TRY(Told());
    }
    return std::move(report_);
  }

 private:
  Result<void> Observations() {
    const LinkPolicy policy = registry_.policy();
    std::map<Fingerprint, std::int64_t> every;  // root -> withdrawn from all sources through
    TRY(view_->ForEachObservation(
        id_, [&](const ObservationKey& key, const ObservationRow& row) -> Result<bool> {
          if (key.source == kEverySource) every.emplace(key.root, row.through);
          return true;
        }));
    return view_->ForEachObservation(
        id_, [&](const ObservationKey& key, const ObservationRow& row) -> Result<bool> {
          if (key.source == kEverySource) return true;
          const auto all = every.find(key.root);
          const Shown shown = Show(row, all == every.end() ? ObservationRow::kNever : all->second);
          for (const ObservationRow::Item& item : row.items) {
            HeldObservation& held = report_.observations.emplace_back();
            held.kind = view_->Word(item.kind);
            held.source = view_->Word(key.source);
            held.first = MomentOf(row.first);
            held.last = MomentOf(row.last);
            held.live = shown.live;
            held.junk = item.junk;
            const KindPolicy kind = policy.For(held.kind);
            held.purpose = PurposeOf(kind, item.junk);
            held.expires = ExpiresOn(kind, held.last);
            carried_.insert(item.fingerprint);
          }
          return true;
        });
  }

  Result<void> Cases(CaseType type, std::string_view name) {
    return view_->ForEachCase(
        id_, type, [&](const CaseKey& key, const CaseRow& row) -> Result<bool> {
          report_.cases.push_back({name, key.every_case ? "*" : key.case_ref, row.reason,
                                   MomentOf(row.set), MomentOf(row.lifted)});
          return true;
        });
  }

  Result<void> Measures() {
    TRY_ASSIGN(const EnforcementPolicy policy, registry_.enforcement());
    TRY_ASSIGN(const GroupFacts group, registry_.FactsForSanctions(report_.seller));
    const SanctionAssessment assessed = AssessSanctions(group, policy.sanctions, report_.as_of);
    const auto add = [&](const MeasureKey& key, Time done, bool to_undo) {
      if (key.seller == report_.seller) {
        report_.measures.push_back({key.step, key.name, done, to_undo});
      }
    };
    for (const MeasureFact& fact : assessed.standing_measures) add(fact.key, fact.done, false);
    for (const MeasureToUndo& undo : assessed.to_undo) {
      add(undo.measure.key, undo.measure.done, true);
    }
    for (const MeasureDue& due : assessed.due) add(due.key, {}, false);
    return {};
  }

  Result<void> Alerts() {
    constexpr std::size_t kPage = 1000;
    for (std::uint64_t after = 0;;) {
      TRY_ASSIGN(const std::vector<Alert> page, registry_.Alerts(after, kPage));
      for (const Alert& alert : page) {
        if (alert.seller == report_.seller || alert.cause == report_.seller) {
          report_.alerts.push_back(alert);
        }
      }
      if (page.size() < kPage) return {};
      after = page.back().number;
    }
  }

  Result<void> Journal() {
    TRY_ASSIGN(const auto journal, registry_.Journal());
    TRY_ASSIGN(const std::vector<std::uint64_t> seqs, journal->About(report_.seller));
    for (const std::uint64_t seq : seqs) {
      TRY_ASSIGN(JournalEntry entry, journal->At(seq));
      const HeldEntry held{seq, entry.at, std::move(entry.type)};
      if (held.type == kEvaluationEntry) report_.evaluations.push_back(held);
      report_.journal.push_back(held);
    }
    return {};
  }

  Result<void> Foreign() {
    return view_->Scan(
        Table::kExchange, std::string(1, kMatchRow),
        [&](std::string_view key, std::string_view value) -> Result<bool> {
          TRY_ASSIGN(const MatchRow match, DecodeMatchRow(value));
          if (!carried_.contains(match.fingerprint)) return true;
          const EntryKey place = EntryKeyAtEnd(key);
          const Member* member = membership_.roster.roster.Find(match.publisher);
          ForeignEntry& entry = report_.foreign.emplace_back();
          entry.foreign_case =
              ForeignCaseName(member == nullptr ? "" : member->name, match.content.case_number);
          entry.kind = match.kind;
          const auto reason = static_cast<std::uint8_t>(match.content.reason);
          if (const ReasonInfo* info = FindReason(reason)) entry.reason = info->name;
          entry.listed_at = match.listed_at;
          entry.expires = TimeOfDay(match.expires_on);
          entry.disputes = match.disputes;
          TRY_ASSIGN(const auto bytes,
                     GetRow(*view_, RowKey(kOpinionRow).Feed(place.feed).U64(place.id)));
          if (!bytes) return true;
          TRY_ASSIGN(const OpinionRow ours, DecodeOpinionRow(*bytes));
          entry.opinion = ours.opinion;
          return true;
        });
  }

  Result<void> Told() {
    return view_->Scan(Table::kExchange, RowKey(kToldRow).Of(id_).str(),
                       [&](std::string_view key, std::string_view value) -> Result<bool> {
                         TRY_ASSIGN(const ToldRow row, DecodeToldRow(value));
                         const EntryKey place = EntryKeyAtEnd(key);
                         ToldEntry& told = report_.told.emplace_back();
                         told.feed = place.feed;
                         told.id = place.id;
                         told.kind = row.kind;
                         told.listed = row.listed;
                         told.gone = row.gone;
                         told.why = RemovalName(row.why);
                         TRY_ASSIGN(told.readers, ReadersOf(place.feed));
                         return true;
                       });
  }

  // All members that the list is for, those that have left since included: they have what they were
  // sent.
  Result<std::vector<std::string>> ReadersOf(const FeedId& feed) {
    TRY_ASSIGN(const std::optional<HeldHeader> held, FindHeader(*view_, feed));
    std::vector<std::string> readers;
    if (!held) return readers;
    const std::vector<MemberId>& audience = held->header.audience;
    for (const Member& member : membership_.roster.roster.members) {
      const bool meant = audience.empty() ||
                         std::find(audience.begin(), audience.end(), member.id) != audience.end();
      if (meant && member.id != membership_.self) readers.push_back(member.name);
    }
    return readers;
  }

  const Registry& registry_;
  const std::unique_ptr<View> view_;
  SellerId id_{};
  Membership membership_;
  std::set<Fingerprint> carried_;
  SubjectReport report_;
};

}  // namespace

Result<SubjectReport> MakeSubjectReport(const Registry& registry, const SellerName& seller,
                                        Time as_of) {
  return Reporter(registry, seller, as_of).Run();
}

}  // namespace revenant
