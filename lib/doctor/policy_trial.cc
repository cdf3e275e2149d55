#include "revenant/policy_trial.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "doctor/words.h"
#include "registry/answer/screening.h"
#include "registry/handle.h"
#include "registry/state/junk_list.h"
#include "registry/state/kind_policies.h"
#include "registry/totals.h"
#include "revenant/journal.h"
#include "revenant/screener.h"
#include "util/json_writer.h"
#include "util/try.h"

namespace revenant {
namespace {

using Report = PolicyTrialReport;

constexpr std::size_t kExamples = 3, kSizes = 8;
constexpr MilliBits kCurveEnd = 32'000, kCurveStep = 2'000;

// --- Clusters

// A seller's cluster, or itself where it is alone.
using ClusterNumber = std::pair<std::uint64_t, std::uint64_t>;
ClusterNumber NumberOf(SellerId seller, const SellerRow& row) {
  if (row.label == kNoLabel) return {0, static_cast<std::uint64_t>(seller)};
  return {static_cast<std::uint64_t>(row.label), row.part};
}

struct Moved {
  SellerId seller{};
  ClusterNumber before, after;
};

// Both states hold the same sellers, which are read in one order.
Result<std::vector<Moved>> ReadMoved(const View& before, const View& after) {
  std::vector<Moved> sellers;
  TRY(ForEachHeldSeller(before, [&](SellerId seller, const SellerRow& row) -> Result<bool> {
    sellers.push_back({seller, NumberOf(seller, row), {}});
    return true;
  }));
  std::size_t place = 0;
  TRY(ForEachHeldSeller(after, [&](SellerId seller, const SellerRow& row) -> Result<bool> {
    if (place >= sellers.size() || sellers[place].seller != seller) {
      return Error{Code::kConflict, "the store was written to while a policy was tried; try again"};
    }
    sellers[place++].after = NumberOf(seller, row);
    return true;
  }));
  return sellers;
}

struct Mixture {
  std::uint64_t sellers = 0;
  std::vector<std::pair<std::uint64_t, SellerId>> of;  // sizes, and the first seller of each
};

// The clusters of `whole` that hold sellers of several clusters of `part`, at most `limit` of those
// with most sellers; `count` of all.
std::vector<Mixture> MixturesOf(std::vector<Moved>& sellers, ClusterNumber Moved::* whole,
                                ClusterNumber Moved::* part, std::size_t limit,
                                std::uint64_t& count) {
  std::sort(sellers.begin(), sellers.end(), [&](const Moved& a, const Moved& b) {
    return std::tie(a.*whole, a.*part, a.seller) < std::tie(b.*whole, b.*part, b.seller);
  });
  const auto larger = [](const Mixture& a, const Mixture& b) {
    if (a.sellers != b.sellers) return a.sellers > b.sellers;
    return a.of.front().second < b.of.front().second;
  };
  std::vector<Mixture> found;
  const auto cut = [&](std::size_t most) {
    if (found.size() <= most) return;
    std::sort(found.begin(), found.end(), larger);
    found.resize(std::min(found.size(), limit));
  };
  for (std::size_t begin = 0; begin < sellers.size();) {
    Mixture mixture;
    std::size_t end = begin;
    for (; end < sellers.size() && sellers[end].*whole == sellers[begin].*whole; ++end) {
      if (end == begin || sellers[end].*part != sellers[end - 1].*part) {
        mixture.of.push_back({0, sellers[end].seller});
      }
      ++mixture.of.back().first;
    }
    mixture.sellers = end - begin;
    begin = end;
    if (mixture.of.size() < 2) continue;
    ++count;
    std::sort(mixture.of.begin(), mixture.of.end(), [](const auto& a, const auto& b) {
      return a.first != b.first ? a.first > b.first : a.second < b.second;
    });
    found.push_back(std::move(mixture));
    cut(2 * limit + 1'000);
  }
  cut(0);
  return found;
}

Result<std::vector<Report::ClusterChange>> Named(const View& view,
                                                 const std::vector<Mixture>& mixtures) {
  std::vector<Report::ClusterChange> changes;
  for (const Mixture& mixture : mixtures) {
    Report::ClusterChange& change = changes.emplace_back();
    change.sellers = mixture.sellers;
    change.clusters = mixture.of.size();
    for (std::size_t i = 0; i < std::min(kSizes, mixture.of.size()); ++i) {
      change.sizes.push_back(mixture.of[i].first);
    }
    for (std::size_t i = 0; i < std::min(kExamples, mixture.of.size()); ++i) {
      TRY_ASSIGN(const SellerRow row, view.NeedSeller(mixture.of[i].second));
      change.examples.push_back(view.NameOf(row));
    }
  }
  return changes;
}

// --- Hubs

using Hubs = std::map<Fingerprint, Report::HubChange>;
Result<Hubs> ReadHubs(const View& view, const LinkPolicy& policy) {
  const KindPolicies kinds(policy, view);
  Hubs hubs;
  TRY(view.Scan(Table::kFingerprints, "",
                [&](std::string_view key, std::string_view value) -> Result<bool> {
                  TRY_ASSIGN(const Fingerprint fingerprint, DecodeFingerprintKey(key));
                  TRY_ASSIGN(const FingerprintRow row, DecodeFingerprintRow(value));
                  if (!kinds.Linking(row.kind) || !kinds.IsHub(row)) return true;
                  hubs[fingerprint] = {view.Word(row.kind), fingerprint, row.enrolled, row.banned};
                  return true;
                }));
  return hubs;
}

// Those of `hubs` that the others lack.
std::vector<Report::HubChange> Without(const Hubs& hubs, const Hubs& others, std::size_t limit,
                                       std::uint64_t& count) {
  std::vector<Report::HubChange> found;
  for (const auto& [fingerprint, hub] : hubs) {
    if (!others.contains(fingerprint)) found.push_back(hub);
  }
  count = found.size();
  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) {
    if (a.carriers != b.carriers) return a.carriers > b.carriers;
    return std::tie(a.kind, a.fingerprint) < std::tie(b.kind, b.fingerprint);
  });
  found.resize(std::min(found.size(), limit));
  return found;
}

// --- Verdicts

void Count(Report::Verdicts& verdicts, Decision decision) {
  (decision == Decision::kBlock    ? verdicts.block
   : decision == Decision::kReview ? verdicts.review
                                   : verdicts.clear) += 1;
}

std::string FirstReason(const Verdict& verdict) {
  return verdict.reasons.empty() ? std::string() : verdict.reasons.front().text;
}

// Own sellers with a ban or an infringement on file and none in force.
Result<std::vector<SellerName>> ReadCleared(const View& view, std::size_t limit) {
  std::vector<SellerName> cleared;
  SellerId last = kNoSeller;
  TRY(view.Scan(
      Table::kCases, "", [&](std::string_view key, std::string_view value) -> Result<bool> {
        TRY_ASSIGN(const CaseKey of, DecodeCaseKey(key));
        const bool counts = of.type == CaseType::kBan || of.type == CaseType::kInfringement;
        if (!counts || of.every_case || of.seller == last) return true;
        TRY_ASSIGN(const CaseRow entry, DecodeCaseRow(value));
        if (entry.set == ObservationRow::kNever) return true;
        last = of.seller;
        TRY_ASSIGN(const SellerRow row, view.NeedSeller(of.seller));
        if (row.status == SellerStatus::kMentioned || row.bans + row.infringements > 0) {
          return true;
        }
        SellerName name = view.NameOf(row);
        if (!IsForeignCase(name)) cleared.push_back(std::move(name));
        return cleared.size() < limit;
      }));
  return cleared;
}

std::vector<MilliBits> PointsOf(const PolicyTrialOptions& options, const LinkPolicy& before,
                                const LinkPolicy& after) {
  std::vector<MilliBits> points = options.curve;
  if (points.empty()) {
    points = {before.block, after.block};
    const MilliBits whole = after.review >= 0 ? after.review : after.review - kCurveStep + 1;
    for (MilliBits at = whole / kCurveStep * kCurveStep; at <= kCurveEnd; at += kCurveStep) {
      points.push_back(at);
    }
  }
  std::sort(points.begin(), points.end());
  points.erase(std::unique(points.begin(), points.end()), points.end());
  std::erase_if(points, [&](MilliBits at) { return at < after.review; });
  return points;
}

}  // namespace

struct PolicyTrial::Impl {
  Impl(const Registry& behind, const LinkPolicy& tried, const PolicyTrialOptions& how)
      : registry(behind),
        policy(tried),
        options(how),
        as_of(how.as_of.known() ? how.as_of : Now()),
        session(Rehearse(behind)),
        screener(behind),
        junk(policy, Inside(behind).keyed) {}

  // The policy with one value of block_bits.
  struct Judging {
    Judging(const View& view, const LinkPolicy& with, MilliBits block) : policy(with) {
      policy.block = block;
      screening.emplace(view, policy);
    }
    LinkPolicy policy;
    std::optional<Screening> screening;
  };

  Result<void> Compare();
  Result<void> JudgeCleared(const View& now);
  Result<Verdict> Judged(Judging& by, const Enrol& application) {
    by.screening->GoOn(session->batch());
    return by.screening->Run(application, as_of);
  }
  // What the policy says with each value of block_bits, in the order of the curve.
  Result<void> FollowCurve(const Enrol& application, const Verdict& verdict,
                           const std::function<void(Report::CurvePoint&, Decision)>& note);
  Result<void> Judge(const Record& record);
  // Of what was given and what that is to the new policy.
  Result<void> Judge(const Verdict& before, const Enrol& application);
  Result<Decisions> JudgeDecisions(std::uint64_t count);

  const Registry& registry;
  const LinkPolicy policy;
  const PolicyTrialOptions options;
  const Time as_of;
  // Holds the state under the policy; never committed.
  std::unique_ptr<WriteSession> session;
  Screener screener;  // of the state as it is
  const JunkList junk;
  std::optional<Judging> judging;
  std::deque<Judging> curve;
  Report report;
};

Result<void> PolicyTrial::Impl::Compare() {
  const std::unique_ptr<View> now = SnapshotOf(registry);
  const LinkPolicy policy_now = registry.policy();
  TRY_ASSIGN(const Applied applied, session->Apply(SetPolicy{policy}));
  const View& then = session->batch();
  report.now_junk = applied.now_junk;
  report.no_longer_junk = applied.no_longer_junk;
  TRY_ASSIGN(report.before, StatsOf(*now));
  TRY_ASSIGN(report.after, StatsOf(then));
  {
    TRY_ASSIGN(std::vector<Moved> sellers, ReadMoved(*now, then));
    const std::vector<Mixture> joined =
        MixturesOf(sellers, &Moved::after, &Moved::before, options.max_listed, report.joined);
    const std::vector<Mixture> parted =
        MixturesOf(sellers, &Moved::before, &Moved::after, options.max_listed, report.parted);
    TRY_ASSIGN(report.joins, Named(*now, joined));
    TRY_ASSIGN(report.parts, Named(*now, parted));
  }
  {
    TRY_ASSIGN(const Hubs hubs_now, ReadHubs(*now, policy_now));
    TRY_ASSIGN(const Hubs hubs_then, ReadHubs(then, policy));
    report.hubs_gained = Without(hubs_then, hubs_now, options.max_listed, report.gained);
    report.hubs_lost = Without(hubs_now, hubs_then, options.max_listed, report.lost);
  }
  judging.emplace(then, policy, policy.block);
  for (const MilliBits block : PointsOf(options, policy_now, policy)) {
    report.curve.push_back({block, {}, 0});
    curve.emplace_back(then, policy, block);
  }
  return JudgeCleared(*now);
}

Result<void> PolicyTrial::Impl::FollowCurve(
    const Enrol& application, const Verdict& verdict,
    const std::function<void(Report::CurvePoint&, Decision)>& note) {
  for (std::size_t i = 0; i < curve.size(); ++i) {
    Decision decision = verdict.decision;
    // Only links are measured against it.
    if (!verdict.links.empty() && curve[i].policy.block != policy.block) {
      TRY_ASSIGN(const Verdict other, Judged(curve[i], application));
      decision = other.decision;
    }
    note(report.curve[i], decision);
  }
  return {};
}

Result<void> PolicyTrial::Impl::JudgeCleared(const View& now) {
  TRY_ASSIGN(const std::vector<SellerName> cleared, ReadCleared(now, options.max_cleared));
  report.cleared = cleared.size();
  for (const SellerName& name : cleared) {
    TRY_ASSIGN(const Enrol given, registry.ApplicationOf(name));
    TRY_ASSIGN(const Verdict* before, screener.Screen(given, as_of));
    report.wrongly_blocked_before += before->decision == Decision::kBlock;
    const Enrol application = junk.Judged(given);
    TRY_ASSIGN(const Verdict after, Judged(*judging, application));
    report.wrongly_blocked_after += after.decision == Decision::kBlock;
    TRY(FollowCurve(application, after, [](Report::CurvePoint& point, Decision decision) {
      point.wrongly_blocked += decision == Decision::kBlock;
    }));
  }
  return {};
}

Result<void> PolicyTrial::Impl::Judge(const Record& record) {
  TRY_ASSIGN(const Verdict* before, screener.Screen(record, as_of));
  TRY_ASSIGN(const Intake intake, registry.Prepare(record, as_of));
  return Judge(*before, junk.Judged(intake.event));
}

Result<PolicyTrial::Decisions> PolicyTrial::Impl::JudgeDecisions(std::uint64_t count) {
  Decisions decisions;
  TRY_ASSIGN(const std::unique_ptr<JournalReader> journal, registry.Journal());
  std::set<SellerName> seen;
  for (std::uint64_t seq = journal->head().size; seq-- > 0 && decisions.read < count;) {
    TRY_ASSIGN(const JournalEntry entry, journal->At(seq));
    if (entry.type != "decision") continue;
    ++decisions.read;
    const auto body =
        nlohmann::json::parse(entry.opening ? entry.opening->body : "", nullptr, false);
    const auto named = body.is_object() ? body.find("seller") : body.end();
    const std::string text =
        named != body.end() && named->is_string() ? named->get<std::string>() : std::string();
    const std::size_t colon = text.find(':');
    if (colon == text.npos) {
      ++decisions.forgotten;
      continue;
    }
    const SellerName seller{text.substr(0, colon), text.substr(colon + 1)};
    const Result<Enrol> given = registry.ApplicationOf(seller);
    if (!given && given.error().code != Code::kNotFound) return given.error();
    decisions.forgotten += !given;
    if (!given || !seen.insert(seller).second) continue;
    ++decisions.judged;
    TRY_ASSIGN(const Verdict* before, screener.Screen(*given, as_of));
    TRY(Judge(*before, junk.Judged(*given)));
  }
  return decisions;
}

Result<void> PolicyTrial::Impl::Judge(const Verdict& before, const Enrol& application) {
  TRY_ASSIGN(const Verdict after, Judged(*judging, application));
  ++report.applications;
  Count(report.verdicts_before, before.decision);
  Count(report.verdicts_after, after.decision);
  if (before.decision != after.decision) {
    ++report.changed;
    if (report.changes.size() < options.max_listed) {
      const Verdict& graver = before.decision > after.decision ? before : after;
      report.changes.push_back(
          {application.seller, before.decision, after.decision, FirstReason(graver)});
    }
  }
  return FollowCurve(application, after, [](Report::CurvePoint& point, Decision decision) {
    Count(point.verdicts, decision);
  });
}

PolicyTrial::PolicyTrial(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
PolicyTrial::~PolicyTrial() = default;

Result<std::unique_ptr<PolicyTrial>> PolicyTrial::Begin(const Registry& registry,
                                                        const LinkPolicy& policy,
                                                        const PolicyTrialOptions& options) {
  auto impl = std::make_unique<Impl>(registry, policy, options);
  TRY(impl->Compare());
  return std::unique_ptr<PolicyTrial>(new PolicyTrial(std::move(impl)));
}

Result<void> PolicyTrial::Judge(const Record& application) { return impl_->Judge(application); }

Result<PolicyTrial::Decisions> PolicyTrial::JudgeDecisions(std::uint64_t count) {
  return impl_->JudgeDecisions(count);
}

const PolicyTrialReport& PolicyTrial::report() const { return impl_->report; }

// --- In words and as JSON

namespace {

std::string Names(const std::vector<SellerName>& sellers) {
  std::string text;
  for (const SellerName& seller : sellers) {
    text += (text.empty() ? "" : ", ") + seller.ToString();
  }
  return text;
}

std::string FromTo(std::uint64_t before, std::uint64_t after) {
  return before == after ? fmt::format("{} as before", before)
                         : fmt::format("{} -> {}", before, after);
}

void AppendClusters(std::string& text, const char* verb,
                    const std::vector<Report::ClusterChange>& changes, std::uint64_t count) {
  for (const Report::ClusterChange& change : changes) {
    const bool all = change.sizes.size() == change.clusters;
    text += fmt::format("  {} {} clusters ({}{}): {}, among them {}\n", verb, change.clusters,
                        fmt::join(change.sizes, ", "), all ? "" : " ...", Sellers(change.sellers),
                        Names(change.examples));
  }
  if (count > changes.size()) text += fmt::format("  and {} more\n", count - changes.size());
}

void AppendHubs(std::string& text, const char* what, const std::vector<Report::HubChange>& hubs,
                std::uint64_t count) {
  for (const Report::HubChange& hub : hubs) {
    text += fmt::format("  {}: {} {}, carried by {}, {} banned\n", what, hub.kind,
                        hub.fingerprint.ToHex().substr(0, 8), Sellers(hub.carriers), hub.banned);
  }
  if (count > hubs.size()) text += fmt::format("  and {} more\n", count - hubs.size());
}

// "7", "11.4"
std::string Bits(MilliBits bits) { return fmt::format("{}", static_cast<double>(bits) / 1000); }

void AppendApplications(std::string& text, const Report& report) {
  const auto verdicts = [](const Report::Verdicts& of) {
    return fmt::format("{} clear, {} review, {} block", of.clear, of.review, of.block);
  };
  text += fmt::format("{} application{}: {}", report.applications,
                      report.applications == 1 ? "" : "s", verdicts(report.verdicts_before));
  if (report.verdicts_before != report.verdicts_after) {
    text += " -> " + verdicts(report.verdicts_after);
  }
  text += fmt::format("; {} verdict{}\n", report.changed,
                      report.changed == 1 ? " changes" : "s change");
  for (const Report::VerdictChange& change : report.changes) {
    text += fmt::format("  {}: {} -> {}: {}\n", change.seller.ToString(),
                        DecisionName(change.before), DecisionName(change.after), change.why);
  }
  if (report.changed > report.changes.size()) {
    text += fmt::format("  and {} more\n", report.changed - report.changes.size());
  }
}

void AppendCurve(std::string& text, const Report& report) {
  const bool applied = report.applications > 0, cleared = report.cleared > 0;
  if (!applied && !cleared) return;
  text += fmt::format("{:>12}", "block_bits");
  if (applied) text += fmt::format("{:>10}{:>10}{:>10}", "clear", "review", "block");
  text += cleared ? fmt::format("{:>18}\n", "wrongly blocked") : "\n";
  for (const Report::CurvePoint& point : report.curve) {
    text += fmt::format("{:>12}", Bits(point.block));
    const Report::Verdicts& of = point.verdicts;
    if (applied) text += fmt::format("{:>10}{:>10}{:>10}", of.clear, of.review, of.block);
    text += cleared ? fmt::format("{:>18}\n", point.wrongly_blocked) : "\n";
  }
}

}  // namespace

std::string Describe(const PolicyTrialReport& report) {
  std::string text = fmt::format(
      "Clusters of two or more: {}; the largest: {}. {} would be joined from several, {} would "
      "fall apart\n",
      FromTo(report.before.linked_clusters, report.after.linked_clusters),
      FromTo(report.before.largest_cluster, report.after.largest_cluster), report.joined,
      report.parted);
  AppendClusters(text, "joined from", report.joins, report.joined);
  AppendClusters(text, "falls into", report.parts, report.parted);
  text += fmt::format("Hubs: {}\n", FromTo(report.before.hubs, report.after.hubs));
  AppendHubs(text, "a hub then", report.hubs_gained, report.gained);
  AppendHubs(text, "no hub any more", report.hubs_lost, report.lost);
  if (report.now_junk + report.no_longer_junk > 0) {
    text += fmt::format("Observations that would be junk: {}; that would link again: {}\n",
                        report.now_junk, report.no_longer_junk);
  }
  if (report.applications > 0) AppendApplications(text, report);
  if (report.cleared > 0) {
    text += fmt::format(
        "Of {} whose bans or infringements were all taken back, blocked if {} "
        "applied today: {}\n",
        Sellers(report.cleared), report.cleared == 1 ? "it" : "they",
        FromTo(report.wrongly_blocked_before, report.wrongly_blocked_after));
  }
  AppendCurve(text, report);
  return text;
}

namespace {

void Write(JsonWriter& json, std::string_view key, const Stats& stats) {
  json.Object(key).Count("sellers", stats.sellers).Count("observations", stats.observations);
  json.Count("fingerprints", stats.fingerprints).Count("clusters", stats.clusters);
  json.Count("linked_clusters", stats.linked_clusters);
  json.Count("largest_cluster", stats.largest_cluster).Count("hubs", stats.hubs);
  json.Count("banned", stats.banned).End();
}

void Write(JsonWriter& json, std::string_view key,
           const std::vector<Report::ClusterChange>& changes) {
  json.Array(key);
  for (const Report::ClusterChange& change : changes) {
    json.Object().Count("sellers", change.sellers).Count("clusters", change.clusters);
    json.Array("sizes");
    for (const std::uint64_t size : change.sizes) json.Count({}, size);
    json.End().Array("examples");
    for (const SellerName& seller : change.examples) json.Text({}, seller.ToString());
    json.End().End();
  }
  json.End();
}

void Write(JsonWriter& json, std::string_view key, const std::vector<Report::HubChange>& hubs) {
  json.Array(key);
  for (const Report::HubChange& hub : hubs) {
    json.Object().Text("kind", hub.kind).Text("fingerprint", hub.fingerprint.ToHex());
    json.Count("carriers", hub.carriers).Count("banned", hub.banned).End();
  }
  json.End();
}

void Write(JsonWriter& json, std::string_view key, const Report::Verdicts& verdicts) {
  json.Object(key).Count("clear", verdicts.clear).Count("review", verdicts.review);
  json.Count("block", verdicts.block).End();
}

}  // namespace

std::string ToJson(const PolicyTrialReport& report, const std::vector<std::string>& settings) {
  std::string text;
  JsonWriter json(text);
  json.Object().Count("v", 1).Array("changes");
  for (const std::string& setting : settings) json.Text({}, setting);
  json.End();
  Write(json, "before", report.before);
  Write(json, "after", report.after);
  json.Count("now_junk", report.now_junk).Count("no_longer_junk", report.no_longer_junk);
  json.Count("clusters_joined", report.joined).Count("clusters_parted", report.parted);
  Write(json, "joined", report.joins);
  Write(json, "parted", report.parts);
  json.Count("hubs_gained_count", report.gained).Count("hubs_lost_count", report.lost);
  Write(json, "hubs_gained", report.hubs_gained);
  Write(json, "hubs_lost", report.hubs_lost);
  json.Count("applications", report.applications);
  Write(json, "verdicts_before", report.verdicts_before);
  Write(json, "verdicts_after", report.verdicts_after);
  json.Count("verdicts_changed", report.changed).Array("verdict_changes");
  for (const Report::VerdictChange& change : report.changes) {
    json.Object()
        .Text("seller", change.seller.ToString())
        .Text("before", DecisionName(change.before));
    json.Text("after", DecisionName(change.after)).Text("why", change.why).End();
  }
  json.End().Count("cleared", report.cleared);
  json.Count("wrongly_blocked_before", report.wrongly_blocked_before);
  json.Count("wrongly_blocked_after", report.wrongly_blocked_after).Array("curve");
  for (const Report::CurvePoint& point : report.curve) {
    json.Object().Bits("block_bits", point.block).Count("clear", point.verdicts.clear);
    json.Count("review", point.verdicts.review).Count("block", point.verdicts.block);
    json.Count("wrongly_blocked", point.wrongly_blocked).End();
  }
  json.End().End();
  return text;
}

}  // namespace revenant
