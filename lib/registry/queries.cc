// What a registry answers without judging: clusters, totals, a check of itself.

#include <algorithm>

#include "journal/log.h"
#include "registry/derive/rebuild.h"
#include "registry/handle.h"
#include "registry/impl.h"
#include "registry/state/event_names.h"
#include "registry/state/meta_rows.h"
#include "registry/state/seller_names.h"
#include "registry/totals.h"
#include "util/try.h"

namespace revenant {
namespace {

Result<ClusterSummary> Summary(const View& view, const std::vector<SellerId>& members) {
  ClusterSummary summary;
  for (const SellerId seller : members) {
    TRY_ASSIGN(const SellerRow row, view.NeedSeller(seller));
    summary.sellers.push_back(view.NameOf(row));
    summary.banned += row.bans > 0;
    summary.infringements += row.infringements;
  }
  // Members come earliest first, and the earliest names the cluster.
  summary.id = ClusterIdOf(summary.sellers.front());
  std::sort(summary.sellers.begin(), summary.sellers.end());
  return summary;
}

Result<std::vector<SellerId>> Members(const View& view, LabelId label, std::uint32_t part) {
  std::vector<SellerId> members;
  TRY(view.ForEachMember(label, part, [&](SellerId seller) -> Result<bool> {
    members.push_back(seller);
    return true;
  }));
  return members;
}

}  // namespace

Result<void> ForEachLinkedCluster(const View& view, const VisitCluster& visit) {
  return view.Scan(Table::kComponents, "",
                   [&](std::string_view key, std::string_view value) -> Result<bool> {
                     TRY_ASSIGN(const ComponentIds ids, DecodeComponentKey(key));
                     TRY_ASSIGN(const ComponentRow row, DecodeComponentRow(value));
                     if (row.parts > 0) return true;  // the whole, whose parts follow
                     return visit(ids.label, ids.part, row);
                   });
}

Result<void> ForEachHeldSeller(const View& view, const VisitSeller& visit) {
  return view.Scan(Table::kSellers, "",
                   [&](std::string_view key, std::string_view value) -> Result<bool> {
                     TRY_ASSIGN(const SellerId seller, DecodeSellerKey(key));
                     TRY_ASSIGN(const SellerRow row, DecodeSellerRow(value));
                     if (row.status == SellerStatus::kMentioned) return true;
                     return visit(seller, row);
                   });
}

Result<ClusterSummary> Registry::Cluster(const SellerName& seller) const {
  const Serving::State now = impl_->Now();
  TRY_ASSIGN(const auto known, FindNamed(*now.view, seller));
  const SellerRow& row = known.second;
  if (row.label == kNoLabel) return Summary(*now.view, {known.first});
  TRY_ASSIGN(const std::vector<SellerId> members, Members(*now.view, row.label, row.part));
  return Summary(*now.view, members);
}

Result<std::vector<ClusterSummary>> Registry::Clusters(std::uint64_t min_size) const {
  const Serving::State now = impl_->Now();
  std::vector<ClusterSummary> clusters;
  TRY(ForEachLinkedCluster(
      *now.view, [&](LabelId label, std::uint32_t part, const ComponentRow& row) -> Result<bool> {
        if (row.size < min_size) return true;
        TRY_ASSIGN(const std::vector<SellerId> members, Members(*now.view, label, part));
        TRY_ASSIGN(ClusterSummary summary, Summary(*now.view, members));
        clusters.push_back(std::move(summary));
        return true;
      }));
  if (min_size <= 1) {
    TRY(ForEachHeldSeller(*now.view, [&](SellerId seller, const SellerRow& row) -> Result<bool> {
      if (row.label != kNoLabel) return true;
      TRY_ASSIGN(ClusterSummary summary, Summary(*now.view, {seller}));
      clusters.push_back(std::move(summary));
      return true;
    }));
  }
  std::sort(clusters.begin(), clusters.end(), [](const auto& a, const auto& b) {
    if (a.sellers.size() != b.sellers.size()) return a.sellers.size() > b.sellers.size();
    return a.id < b.id;
  });
  return clusters;
}

Result<void> Registry::ForEachSeller(
    const std::function<void(const SellerName&, const ClusterId&, bool banned)>& visit) const {
  const Serving::State now = impl_->Now();
  return ForEachHeldSeller(*now.view, [&](SellerId, const SellerRow& row) -> Result<bool> {
    TRY_ASSIGN(const ClusterId cluster, ClusterIdOf(*now.view, row));
    visit(now.view->NameOf(row), cluster, row.bans > 0);
    return true;
  });
}

Result<Stats> StatsOf(const View& view) {
  TRY_ASSIGN(const Counts counts, Counts::Read(view));
  Stats stats;
  stats.sellers = static_cast<std::uint64_t>(counts.sellers);
  stats.observations = static_cast<std::uint64_t>(counts.observations);
  stats.fingerprints = static_cast<std::uint64_t>(counts.fingerprints);
  stats.hubs = static_cast<std::uint64_t>(counts.hubs);
  stats.banned = static_cast<std::uint64_t>(counts.banned);
  std::uint64_t linked_sellers = 0;
  TRY(ForEachLinkedCluster(view,
                           [&](LabelId, std::uint32_t, const ComponentRow& row) -> Result<bool> {
                             if (row.size < 2) return true;  // a part of one
                             ++stats.linked_clusters;
                             linked_sellers += row.size;
                             stats.largest_cluster = std::max(stats.largest_cluster, row.size);
                             return true;
                           }));
  stats.clusters = stats.linked_clusters + stats.sellers - linked_sellers;
  if (stats.largest_cluster == 0 && stats.sellers > 0) stats.largest_cluster = 1;
  return stats;
}

Result<Stats> Registry::GetStats() const { return StatsOf(*impl_->Now().view); }

Result<std::vector<Alert>> Registry::Alerts(std::uint64_t after, std::size_t limit) const {
  const Serving::State now = impl_->Now();
  const auto name_of = [&](SellerId seller) -> Result<SellerName> {
    TRY_ASSIGN(const std::optional<SellerRow> row, now.view->Seller(seller));
    return row ? now.view->NameOf(*row) : SellerName{};
  };
  std::vector<Alert> alerts;
  for (std::uint64_t number = after + 1; alerts.size() < limit; ++number) {
    TRY_ASSIGN(const std::optional<std::string> bytes,
               now.view->Get(Table::kAlerts, AlertKey(number)));
    if (!bytes) break;
    TRY_ASSIGN(const AlertRow row, DecodeAlertRow(*bytes));
    Alert alert{number, row.linked,           row.sanctions, {},
                {},     EventName(row.event), Time{row.at},  row.more};
    TRY_ASSIGN(alert.seller, name_of(row.seller));
    TRY_ASSIGN(alert.cause, name_of(row.cause));
    alerts.push_back(std::move(alert));
  }
  return alerts;
}

Result<std::uint64_t> Registry::AcknowledgedAlerts() const {
  TRY_ASSIGN(const std::optional<std::string> bytes, impl_->serving.store->Meta(kAlertsRead));
  return bytes ? DecodeNumber(*bytes) : Result<std::uint64_t>(std::uint64_t{0});
}

Result<void> Registry::AcknowledgeAlerts(std::uint64_t number) {
  TRY_ASSIGN(const std::unique_ptr<WriteSession> session, BeginWriting(*this));
  TRY_ASSIGN(const std::optional<std::string> last,
             session->batch().Get(Table::kMeta, kAlertCounter));
  TRY_ASSIGN(const std::uint64_t given, last ? DecodeNumber(*last) : Result<std::uint64_t>(0));
  if (number > given) {
    return Error{Code::kInvalidArgument,
                 "alerts: there are " + std::to_string(given) + ", not " + std::to_string(number)};
  }
  TRY_ASSIGN(const std::uint64_t known, AcknowledgedAlerts());
  if (number <= known) return {};
  session->batch().Put(Table::kMeta, kAlertsRead, EncodeNumber(number));
  return session->Commit(Durability::kSynced);
}

Result<FsckReport> Registry::Fsck() const {
  const Serving::State now = impl_->Now();
  FsckReport report;
  if (Result<void> sums = impl_->serving.store->VerifyChecksums(); !sums) {
    report.problems.push_back(sums.error().message);
    return report;
  }
  const auto unreadable = [&](const Error& error) -> Result<FsckReport> {
    if (error.code != Code::kCorruption) return error;
    report.problems.push_back(error.message);
    return report;
  };
  Result<Derived> derived = Derive(*now.view, *now.policy);
  if (!derived) return unreadable(derived.error());
  report.rows += static_cast<std::uint64_t>(derived->counts.observations);
  if (Result<void> compared = CompareDerived(*now.view, *derived, report); !compared) {
    return unreadable(compared.error());
  }
  const auto note = [&](std::string problem) {
    if (report.problems.size() < FsckReport::kMaxProblems) {
      report.problems.push_back(std::move(problem));
    }
  };
  const std::shared_ptr<const JunkList> junk = impl_->serving.JunkOf(now.policy);
  if (Result<void> judged = CheckJunk(*now.view, *junk, note); !judged) {
    return unreadable(judged.error());
  }
  const Result<std::uint64_t> journal = CheckJournalRows(*now.view, note);
  if (!journal) return unreadable(journal.error());
  report.rows += *journal;
  return report;
}

}  // namespace revenant
