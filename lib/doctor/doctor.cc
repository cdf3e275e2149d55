#include "revenant/doctor.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <queue>
#include <set>
#include <system_error>
#include <tuple>
#include <utility>

#include "doctor/files.h"
#include "doctor/words.h"
#include "registry/answer/cluster_graph.h"
#include "registry/handle.h"
#include "registry/state/kind_policies.h"
#include "registry/totals.h"
#include "revenant/cluster_graph.h"
#include "revenant/identifier.h"
#include "store/foreign_rows.h"
#include "util/bytes.h"
#include "util/json_writer.h"
#include "util/try.h"

namespace revenant {
namespace {

using Finding = Diagnosis::Finding;
using Severity = Diagnosis::Severity;

// A value or seller that keeps this many sellers in a cluster is worth looking at, and this many
// are a problem, if they are also one in twenty of all.
constexpr std::uint64_t kManyParted = 10, kTooManyParted = 50;
constexpr std::uint64_t kLargeCluster = 50, kHugeCluster = 1'000;
constexpr std::uint64_t kOneIn = 20;
// A limit this many times the usual one is none.
constexpr std::uint64_t kNoLimit = 100;
constexpr std::uint64_t kPairsCompared = 200;
constexpr std::uint64_t kEnoughValues = 50;  // of a kind in the sample, to say something about it

std::string Percent(std::uint64_t part, std::uint64_t whole) {
  return fmt::format("{:.0f} %", 100.0 * static_cast<double>(part) / static_cast<double>(whole));
}

// What a value's row says, with its fingerprint.
struct Value {
  Fingerprint fingerprint;
  FingerprintRow row;
};

// The `limit` values that come first by `size`.
class Largest {
 public:
  explicit Largest(std::size_t limit) : limit_(std::max<std::size_t>(1, limit)) {}
  void Add(std::uint64_t size, const Fingerprint& fingerprint, const FingerprintRow& row) {
    ++count_;
    if (values_.size() == limit_ && Order{size, fingerprint} >= values_.rbegin()->first) return;
    values_.emplace(Order{size, fingerprint}, Value{fingerprint, row});
    if (values_.size() > limit_) values_.erase(std::prev(values_.end()));
  }
  std::uint64_t count() const { return count_; }
  std::vector<Value> Take() {
    std::vector<Value> taken;
    for (auto& [order, value] : values_) taken.push_back(std::move(value));
    return taken;
  }

 private:
  struct Order {
    std::uint64_t size;
    Fingerprint fingerprint;
    friend bool operator<(const Order& a, const Order& b) {
      return std::tie(b.size, a.fingerprint) < std::tie(a.size, b.fingerprint);
    }
    friend bool operator>=(const Order& a, const Order& b) { return !(a < b); }
  };
  const std::size_t limit_;
  std::uint64_t count_ = 0;
  std::map<Order, Value> values_;
};

class Doctor {
 public:
  Doctor(const View& view, const LinkPolicy& policy, const DoctorOptions& options)
      : view_(view),
        policy_(policy),
        options_(options),
        kinds_(policy, view),
        now_(options.now.known() ? options.now : Now()) {}

  Result<Diagnosis> Examine() {
    TRY_ASSIGN(found_.stats, StatsOf(view_));
    TRY(LookAtValues());
    TRY(LookAtClusters());
    TRY(LookAtSellers());
    TRY(LookAtLists());
    for (Finding& finding : FindingsAboutFiles(options_)) Add(std::move(finding));
    std::stable_sort(found_.findings.begin(), found_.findings.end(),
                     [](const auto& a, const auto& b) {
                       if (a.severity != b.severity) return a.severity > b.severity;
                       return a.sellers > b.sellers;
                     });
    return std::move(found_);
  }

 private:
  void Add(Finding finding) { found_.findings.push_back(std::move(finding)); }
  std::string Command(const std::string& rest) const { return options_.command + " " + rest; }
  std::string TryLimit(const std::string& kind, std::uint64_t limit) const {
    return Command("policy try --set " +
                   ShellWord(fmt::format("kind.\"{}\".fanout_limit={}", kind, limit)));
  }
  bool IsMuchOfAll(std::uint64_t sellers) const { return sellers * kOneIn >= found_.stats.sellers; }
  static std::uint64_t UsualLimit(const std::string& kind) {
    const KindInfo* info = FindKind(kind);
    return info == nullptr ? 0 : info->fanout_limit;
  }

  // --- Values

  // Those that join more sellers than their kind's usual limit, those at the limit, and hubs of
  // bans.
  Result<void> LookAtValues() {
    Largest beyond(options_.findings_a_sort), hubs(options_.findings_a_sort);
    std::map<std::string, Largest> at_limit;
    std::set<WordId> kinds;
    TRY(view_.Scan(Table::kFingerprints, "",
                   [&](std::string_view key, std::string_view bytes) -> Result<bool> {
                     TRY_ASSIGN(const Fingerprint fingerprint, DecodeFingerprintKey(key));
                     TRY_ASSIGN(const FingerprintRow row, DecodeFingerprintRow(bytes));
                     if (!kinds_.Linking(row.kind)) return true;
                     kinds.insert(row.kind);
                     if (row.enrolled < 2) return true;
                     if (kinds_.IsHub(row)) {
                       if (row.banned * 2 >= row.carriers) hubs.Add(row.banned, fingerprint, row);
                       return true;
                     }
                     const std::string kind = view_.Word(row.kind);
                     const std::uint64_t limit = kinds_.Of(row.kind).fanout_limit;
                     if (row.enrolled - row.late > UsualLimit(kind)) {
                       beyond.Add(row.enrolled, fingerprint, row);
                     } else if (row.enrolled - row.late == limit && limit > 2) {
                       at_limit.try_emplace(kind, 1).first->second.Add(row.carriers, fingerprint,
                                                                       row);
                     }
                     return true;
                   }));
    beyond_ = beyond.Take();
    TRY(NameHubs(hubs.Take()));
    for (auto& [kind, values] : at_limit) {
      const std::uint64_t count = values.count();
      TRY(NameAtLimit(kind, count, values.Take().front()));
    }
    for (const WordId kind : kinds) NameLimit(view_.Word(kind), kinds_.Of(kind));
    return {};
  }

  Result<std::vector<SellerName>> CarriersOf(const Value& value, std::size_t limit) const {
    std::vector<SellerName> names;
    TRY(view_.ForEachCarrier(value.fingerprint, value.row,
                             [&](const Carrier& carrier) -> Result<bool> {
                               if (carrier.carrier_class == CarrierClass::kEnrolled) {
                                 TRY_ASSIGN(const SellerRow row, view_.NeedSeller(carrier.seller));
                                 names.push_back(view_.NameOf(row));
                               }
                               return names.size() < limit;
                             }));
    return names;
  }

  static std::string ShortName(const std::string& kind, const Fingerprint& fingerprint) {
    return kind + " " + fingerprint.ToHex().substr(0, 8);
  }

  Result<void> NameHubs(const std::vector<Value>& hubs) {
    for (const Value& hub : hubs) {
      Finding finding;
      finding.severity = Severity::kWarning;
      finding.sort = "hub_of_bans";
      finding.kind = view_.Word(hub.row.kind);
      finding.fingerprint = hub.fingerprint;
      finding.sellers = hub.row.carriers;
      TRY_ASSIGN(finding.examples, CarriersOf(hub, 2));
      finding.what = fmt::format(
          "{} is a hub, so it links nobody, but {} of the {} that carry it are banned.",
          ShortName(finding.kind, hub.fingerprint), hub.row.banned, Sellers(hub.row.carriers));
      finding.advice = "It may be a ring's own. Try a limit that lets it link before you set one.";
      finding.command = TryLimit(finding.kind, hub.row.enrolled - hub.row.late);
      Add(std::move(finding));
    }
    return {};
  }

  Result<void> NameAtLimit(const std::string& kind, std::uint64_t count, const Value& largest) {
    Finding finding;
    finding.sort = "values_at_limit";
    finding.kind = kind;
    finding.fingerprint = largest.fingerprint;
    finding.sellers = largest.row.enrolled;
    TRY_ASSIGN(finding.examples, CarriersOf(largest, 2));
    const std::uint64_t limit = kinds_.Of(largest.row.kind).fanout_limit;
    finding.what =
        fmt::format("{} of {} {} carried by as many sellers as its limit allows ({}), such as {}.",
                    count == 1 ? "1 value" : fmt::format("{} values", count), kind,
                    count == 1 ? "is" : "are", limit, ShortName(kind, largest.fingerprint));
    finding.advice =
        "With the next seller such a value is a hub, and what it joined comes apart. calibrate "
        "says "
        "what limit fits these sellers.";
    finding.command = Command("calibrate");
    Add(std::move(finding));
    return {};
  }

  void NameLimit(const std::string& kind, const KindPolicy& of) {
    const std::uint64_t usual = UsualLimit(kind);
    if (usual == 0 || of.fanout_limit < usual * kNoLimit) return;
    Finding finding;
    finding.severity = Severity::kWarning;
    finding.sort = "limit_is_none";
    finding.kind = kind;
    finding.what = fmt::format(
        "The policy lets {} sellers share a {} before it counts as a hub; usual "
        "are {}.",
        of.fanout_limit, kind, usual);
    finding.advice = "A value that a form fills in, or an agent's, then joins all who have it.";
    finding.command = TryLimit(kind, usual);
    Add(std::move(finding));
  }

  // --- Clusters

  struct Cluster {
    std::uint64_t size = 0;
    LabelId label{};
    std::uint32_t part = 0;
    friend bool operator<(const Cluster& a,
                          const Cluster& b) {  // the smallest is on top of a queue
      return std::tie(b.size, a.label, a.part) < std::tie(a.size, b.label, b.part);
    }
  };

  // What an identifier does in the cluster that it is in.
  struct Joined {
    std::uint64_t members = 0;  // of the cluster, those looked at
    std::uint32_t parts = 0;    // that are left without it; 0: it is no cut point
    std::uint32_t parted = 0;
    bool cut_short = false;
    std::vector<SellerName> pair;  // two that share nothing else, if there are any
  };

  Result<void> LookAtClusters() {
    std::priority_queue<Cluster> largest;
    TRY(ForEachLinkedCluster(
        view_, [&](LabelId label, std::uint32_t part, const ComponentRow& row) -> Result<bool> {
          if (row.size < 2) return true;
          largest.push({row.size, label, part});
          if (largest.size() > options_.clusters) largest.pop();
          return true;
        }));
    std::vector<Cluster> clusters;
    for (; !largest.empty(); largest.pop()) clusters.push_back(largest.top());
    std::reverse(clusters.begin(), clusters.end());
    for (const Cluster& cluster : clusters) {
      SellerId first = kNoSeller;
      TRY(view_.ForEachMember(cluster.label, cluster.part, [&](SellerId seller) -> Result<bool> {
        first = seller;
        return false;
      }));
      if (first != kNoSeller) TRY(LookInto(first, cluster.size));
    }
    for (const Value& value : beyond_) TRY(NameBeyond(value));
    return {};
  }

  Result<void> LookInto(SellerId first, std::uint64_t size) {
    TRY_ASSIGN(const ClusterGraph graph,
               ReadClusterGraph(view_, policy_, first, options_.sellers_a_cluster));
    const ClusterShape shape = ShapeOf(graph);
    std::uint64_t explained = 0;
    for (const ClusterShape::CutPoint& cut : shape.identifiers) {
      explained += cut.parted;
      NoteValue(graph, shape, cut);
    }
    for (const Value& value : beyond_) {  // those that are held by others as well
      const auto in =
          std::find_if(graph.identifiers.begin(), graph.identifiers.end(),
                       [&](const auto& one) { return one.fingerprint == value.fingerprint; });
      if (in == graph.identifiers.end()) continue;
      explained += value.row.enrolled;
      joined_.try_emplace(value.fingerprint, Joined{shape.members, 0, 0, graph.cut_short, {}});
    }
    std::size_t named = 0;
    for (const ClusterShape::CutPoint& cut : shape.sellers) {
      explained += cut.parted;
      if (cut.parted >= kManyParted && named++ < options_.findings_a_sort)
        NameSeller(graph, shape, cut);
    }
    TRY_ASSIGN(const SellerRow row, view_.NeedSeller(first));
    NameCluster(view_.NameOf(row), size, explained, shape, graph);
    return {};
  }

  void NoteValue(const ClusterGraph& graph, const ClusterShape& shape,
                 const ClusterShape::CutPoint& cut) {
    const ClusterGraph::Identifier& identifier = graph.identifiers[cut.place];
    Joined joined{shape.members, cut.parts, cut.parted, graph.cut_short, PairBy(graph, cut.place)};
    const bool beyond = std::any_of(beyond_.begin(), beyond_.end(), [&](const Value& value) {
      return value.fingerprint == identifier.fingerprint;
    });
    if (!beyond && cut.parted >= kManyParted) NameCutValue(identifier, joined);
    joined_[identifier.fingerprint] = std::move(joined);
  }

  // Two that this identifier joins and no other does.
  static std::vector<SellerName> PairBy(const ClusterGraph& graph, std::uint32_t identifier) {
    std::map<std::uint32_t, std::set<std::uint32_t>> others;  // of its carriers, what else joins
    for (const ClusterGraph::Carry& carry : graph.carries) {
      if (carry.identifier == identifier && !carry.refused && others.size() < kPairsCompared) {
        others.try_emplace(carry.seller);
      }
    }
    for (const ClusterGraph::Carry& carry : graph.carries) {
      const auto found = others.find(carry.seller);
      if (found == others.end() || carry.identifier == identifier) continue;
      if (graph.identifiers[carry.identifier].joins) found->second.insert(carry.identifier);
    }
    if (others.size() < 2) return {};
    const auto& [first, of_first] = *others.begin();
    for (auto other = std::next(others.begin()); other != others.end(); ++other) {
      const bool share = std::any_of(other->second.begin(), other->second.end(),
                                     [&](std::uint32_t one) { return of_first.contains(one); });
      if (!share) return {graph.sellers[first].name, graph.sellers[other->first].name};
    }
    return {};
  }

  std::string Explain(const std::vector<SellerName>& pair) const {
    if (pair.size() < 2) return "";
    return Command(
        fmt::format("explain {} {}", ShellWord(pair[0].ToString()), ShellWord(pair[1].ToString())));
  }

  // "without it 280 of 300 sellers come apart, into 281 clusters"
  std::string Parting(const Joined& joined) const {
    return fmt::format("without it {} of {}{} come apart, into {} groups", joined.parted,
                       joined.cut_short ? "the nearest " : "", Sellers(joined.members),
                       joined.parts);
  }

  void NameCutValue(const ClusterGraph::Identifier& identifier, const Joined& joined) {
    Finding finding;
    const bool grave = joined.parted >= kTooManyParted && IsMuchOfAll(joined.parted);
    finding.severity = grave ? Severity::kProblem : Severity::kWarning;
    finding.sort = "value_joins_clusters";
    finding.kind = identifier.kind;
    finding.fingerprint = identifier.fingerprint;
    finding.sellers = joined.parted;
    finding.examples = joined.pair;
    finding.what =
        fmt::format("{} is carried by {} and joins clusters that nothing else joins: {}.",
                    ShortName(identifier.kind, identifier.fingerprint),
                    Sellers(identifier.carriers), Parting(joined));
    finding.advice =
        "Look at two sellers that share only this. If strangers can share it, withdraw it where it "
        "is wrong, or record that they are different people (cannot-link).";
    finding.command = Explain(joined.pair);
    Add(std::move(finding));
  }

  Result<void> NameBeyond(const Value& value) {
    Finding finding;
    finding.sort = "value_joins_too_many";
    finding.kind = view_.Word(value.row.kind);
    finding.fingerprint = value.fingerprint;
    finding.sellers = value.row.enrolled;
    const std::uint64_t usual = UsualLimit(finding.kind);
    const std::uint64_t counted = value.row.enrolled - value.row.late;
    const bool grave = counted >= 4 * usual && counted >= 2 * kManyParted;
    finding.severity = grave ? Severity::kProblem : Severity::kWarning;
    finding.what = fmt::format(
        "{} joins {}, {} of them banned; a {} of more than {} is usually "
        "nobody's own",
        ShortName(finding.kind, value.fingerprint), Sellers(value.row.enrolled), value.row.banned,
        finding.kind, Sellers(usual));
    const auto joined = joined_.find(value.fingerprint);
    if (joined != joined_.end() && joined->second.parts > 0) {
      finding.what += "; " + Parting(joined->second);
      finding.examples = joined->second.pair;
    }
    finding.what += ".";
    if (finding.examples.empty()) {
      TRY_ASSIGN(finding.examples, CarriersOf(value, 2));
    }
    finding.advice = fmt::format(
        "The policy's limit for {} is {}. Look at what a lower one would part, then set it; to see "
        "what the value does: {}",
        finding.kind, kinds_.Of(value.row.kind).fanout_limit, Explain(finding.examples));
    finding.command = TryLimit(finding.kind, usual);
    Add(std::move(finding));
    return {};
  }

  void NameSeller(const ClusterGraph& graph, const ClusterShape& shape,
                  const ClusterShape::CutPoint& cut) {
    Finding finding;
    finding.severity = Severity::kWarning;
    finding.sort = "seller_joins_clusters";
    finding.sellers = cut.parted;
    const SellerName& name = graph.sellers[cut.place].name;
    finding.examples = {name};
    finding.what = fmt::format(
        "{} alone holds a cluster together: without it {} of {}{} come apart, "
        "into {} groups.",
        name.ToString(), cut.parted, graph.cut_short ? "the nearest " : "", Sellers(shape.members),
        cut.parts);
    finding.advice =
        "An agency's account, one that changed hands, or one that carries other people's values? "
        "Look at it before you act on the cluster.";
    finding.command = Command("graph " + ShellWord(name.ToString()) + " --format dot");
    Add(std::move(finding));
  }

  // A large cluster is one finding more only where no value or seller explains it.
  void NameCluster(const SellerName& first, std::uint64_t size, std::uint64_t explained,
                   const ClusterShape& shape, const ClusterGraph& graph) {
    if (size < kLargeCluster || (!IsMuchOfAll(size) && size < kHugeCluster)) return;
    Finding finding;
    const bool grave = IsMuchOfAll(size) && explained * 2 < shape.members;
    finding.severity = grave ? Severity::kProblem : Severity::kWarning;
    finding.sort = "cluster_too_large";
    finding.sellers = size;
    finding.examples = {first};
    finding.what = fmt::format("The cluster of {} has {}, {} of all.", first.ToString(),
                               Sellers(size), Percent(size, found_.stats.sellers));
    finding.advice = DescribeShape(graph, shape) + ".";
    finding.command = Command("cluster " + ShellWord(first.ToString()));
    Add(std::move(finding));
  }

  // --- Sellers

  struct Junk {
    std::uint64_t observed = 0, junk = 0;
  };

  Result<void> LookAtSellers() {
    std::uint64_t old = 0;
    Time oldest;
    SellerName oldest_name;
    const std::int64_t before =
        now_.micros - static_cast<std::int64_t>(options_.application_days) * 86'400'000'000;
    const std::uint64_t every = std::max<std::uint64_t>(
        1, found_.stats.sellers / std::max<std::size_t>(1, options_.sample));
    std::uint64_t place = 0;
    std::map<WordId, Junk> junk;
    TRY(ForEachHeldSeller(view_, [&](SellerId seller, const SellerRow& row) -> Result<bool> {
      if (row.status == SellerStatus::kApplicant && row.bans == 0 && row.since.known() &&
          row.since.micros < before) {
        ++old;
        if (!oldest.known() || row.since < oldest) {
          oldest = row.since;
          oldest_name = view_.NameOf(row);
        }
      }
      if (place++ % every != 0) return true;
      TRY(view_.ForEachObservation(
          seller, [&](const ObservationKey& key, const ObservationRow& one) -> Result<bool> {
            for (const ObservationRow::Item& item : one.items) {
              if (item.fingerprint != key.root) continue;
              ++junk[item.kind].observed;
              junk[item.kind].junk += item.junk;
            }
            return true;
          }));
      return true;
    }));
    if (old > 0) NameApplications(old, oldest, oldest_name);
    for (const auto& [kind, count] : junk) NameJunk(view_.Word(kind), count);
    return {};
  }

  void NameApplications(std::uint64_t count, Time oldest, const SellerName& name) {
    Finding finding;
    finding.severity = Severity::kWarning;
    finding.sort = "applications_never_fade";
    finding.sellers = count;
    finding.examples = {name};
    finding.what = fmt::format(
        "{} applied more than {} days ago and neither opened nor was banned; "
        "the first on {}.",
        Sellers(count), options_.application_days, FormatTime(oldest).substr(0, 10));
    finding.advice =
        "Data of people who never became sellers has to go some day: forget them, or import those "
        "that opened as active.";
    finding.command = Command("forget " + ShellWord(name.ToString()));
    Add(std::move(finding));
  }

  void NameJunk(const std::string& kind, const Junk& count) {
    if (count.observed < kEnoughValues || count.junk * 5 < count.observed) return;
    Finding finding;
    finding.severity = Severity::kWarning;
    finding.sort = "kind_of_junk";
    finding.kind = kind;
    finding.sellers = count.junk;
    finding.what = fmt::format(
        "{} of the values of {} are junk ({} of {} in the sample): they "
        "identify nobody and link nothing.",
        Percent(count.junk, count.observed), kind, count.junk, count.observed);
    finding.advice =
        "A form's default, a test value or a column under the wrong name? Look at the next "
        "import's "
        "rejects and at [junk] in the policy.";
    finding.command = Command("policy show");
    Add(std::move(finding));
  }

  // --- Lists of other platforms

  Result<void> LookAtLists() {
    const std::string prefix = ForeignFeedKey({}).substr(0, 1);
    std::uint64_t stale = 0;
    Time since;
    TRY(view_.Scan(Table::kExchange, prefix,
                   [&](std::string_view, std::string_view bytes) -> Result<bool> {
                     TRY_ASSIGN(const std::uint64_t number, DecodeNumber(bytes));
                     const Time until{UnZigZag(number)};
                     if (until > now_) return true;
                     ++stale;
                     if (!since.known() || until < since) since = until;
                     return true;
                   }));
    if (stale == 0) return {};
    Finding finding;
    finding.severity = Severity::kWarning;
    finding.sort = "lists_are_stale";
    finding.what = fmt::format("{} of other platforms {} stale, the first since {}.",
                               stale == 1 ? "1 list" : fmt::format("{} lists", stale),
                               stale == 1 ? "is" : "are", FormatTime(since).substr(0, 10));
    finding.advice = "Take in the publisher's next list; until then its cases may be out of date.";
    finding.command = Command("exchange status");
    Add(std::move(finding));
    return {};
  }

  const View& view_;
  const LinkPolicy& policy_;
  const DoctorOptions& options_;
  const KindPolicies kinds_;
  const Time now_;
  std::vector<Value> beyond_;  // values that join more than is usual, largest first
  std::map<Fingerprint, Joined> joined_;
  Diagnosis found_;
};

}  // namespace

std::string_view SeverityName(Diagnosis::Severity severity) {
  return severity == Severity::kProblem   ? "problem"
         : severity == Severity::kWarning ? "warning"
                                          : "note";
}

std::string ShellWord(std::string_view word) {
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("_@%+=:,./-").find(c) != std::string_view::npos;
  };
  if (!word.empty() && std::all_of(word.begin(), word.end(), plain)) return std::string(word);
  std::string quoted = "'";
  for (const char c : word) {
    if (c == '\'') {
      quoted += "'\\''";
    } else {
      quoted += c;
    }
  }
  return quoted + "'";
}

Result<Diagnosis> Diagnose(const Registry& registry, const DoctorOptions& options) {
  const Serving::State now = Inside(registry).Now();
  return Doctor(*now.view, *now.policy, options).Examine();
}

std::string ToJson(const Diagnosis::Finding& finding) {
  std::string text;
  JsonWriter json(text);
  json.Object().Count("v", 1).Text("severity", SeverityName(finding.severity));
  json.Text("finding", finding.sort).Text("what", finding.what).Text("advice", finding.advice);
  json.TextOrNull("command", finding.command).Count("sellers", finding.sellers);
  json.TextOrNull("kind", finding.kind);
  json.TextOrNull("fingerprint", finding.fingerprint ? finding.fingerprint->ToHex() : "");
  json.Array("examples");
  for (const SellerName& seller : finding.examples) json.Text({}, seller.ToString());
  json.End().End();
  return text;
}

}  // namespace revenant
