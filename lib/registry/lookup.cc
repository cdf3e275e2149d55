// Looking things up: who carries a value, hubs, sellers.

#include "revenant/lookup.h"

#include <fmt/format.h>

#include <algorithm>

#include "linkage/weigh.h"
#include "registry/answer/store_graph.h"
#include "registry/handle.h"
#include "registry/state/kind_policies.h"
#include "registry/state/seller_names.h"
#include "util/json_writer.h"
#include "util/try.h"

namespace revenant {
namespace {

constexpr std::size_t kSellersAtOnce = 256;  // read before the memory for rows is used again

Result<KeyedAttribute> Identifiers(const Registry& registry, const RawAttribute& value) {
  Record record;
  record.seller = {"nobody", "nobody"};  // nothing is entered
  record.attributes.push_back(value);
  TRY_ASSIGN(const Intake intake, registry.Prepare(record, Time()));
  const AttributeOutcome& outcome = intake.outcomes.front();
  if (outcome.status == Status::kUnknownKind) {
    return Error{Code::kInvalidArgument, fmt::format("no kind {:?}", value.kind)};
  }
  if (intake.event.attributes.empty() || outcome.status == Status::kJunk) {
    return Error{Code::kInvalidArgument,
                 fmt::format("{}: the value {}: {}", value.kind,
                             outcome.status == Status::kJunk ? "identifies nobody" : "is not valid",
                             outcome.reason)};
  }
  return intake.event.attributes.front();
}

FoundValue Described(const KeyedIdentifier& identifier, const LinkPolicy& policy) {
  FoundValue value;
  value.kind = identifier.kind;
  value.fingerprint = identifier.fingerprint;
  const KindPolicy kind = policy.For(identifier.kind);
  value.role = kind.role;
  value.fanout_limit = kind.fanout_limit;
  return value;
}

void Count(const FingerprintRow& row, const KindPolicies& kinds, FoundValue& value) {
  value.carriers = row.carriers;
  value.enrolled = row.enrolled;
  value.banned = row.banned;
  value.late = row.late;
  value.hub = kinds.Linking(row.kind) && kinds.IsHub(row);
}

class Finder {
 public:
  explicit Finder(const Serving::State& now)
      : view_(*now.view), kinds_(*now.policy, view_), graph_(view_, *now.policy) {}

  Result<FoundValue> Find(const KeyedIdentifier& identifier) {
    FoundValue value = Described(identifier, kinds_.policy());
    TRY_ASSIGN(const auto row, view_.FingerprintState(value.fingerprint));
    if (!row) return value;
    Count(*row, kinds_, value);
    TRY(view_.ForEachCarrier(value.fingerprint, *row, [&](const Carrier& carrier) -> Result<bool> {
      if (++read_ % kSellersAtOnce == 0) graph_.GoOn(view_);
      TRY_ASSIGN(FoundCarrier found, Describe(carrier.seller, value.fingerprint));
      value.carriers_named.push_back(std::move(found));
      return true;
    }));
    std::sort(value.carriers_named.begin(), value.carriers_named.end(),
              [](const FoundCarrier& a, const FoundCarrier& b) { return a.seller < b.seller; });
    return value;
  }

 private:
  Result<FoundCarrier> Describe(SellerId id, const Fingerprint& fingerprint) {
    TRY_ASSIGN(const SellerRow row, view_.NeedSeller(id));
    FoundCarrier carrier;
    carrier.seller = view_.NameOf(row);
    carrier.status = row.status;
    carrier.banned = row.bans > 0;
    TRY_ASSIGN(carrier.cluster, ClusterIdOf(view_, row));
    TRY_ASSIGN(const GraphSeller* seller, graph_.Seller(NodeId{static_cast<std::uint64_t>(id)}));
    if (const Held* held = FindHeld(*seller, fingerprint)) {
      carrier.first = held->first;
      carrier.last = held->last;
      carrier.sources.assign(held->sources.begin(), held->sources.end());
    }
    return carrier;
  }

  const View& view_;
  KindPolicies kinds_;
  StoreGraph graph_;
  std::uint64_t read_ = 0;
};

void WriteValue(JsonWriter& json, const FoundValue& value) {
  json.Text("kind", value.kind).Text("fingerprint", value.fingerprint.ToHex());
  json.Text("role", RoleName(value.role)).Flag("hub", value.hub);
}

}  // namespace

Result<std::vector<FoundValue>> FindCarriers(const Registry& registry, const RawAttribute& value) {
  TRY_ASSIGN(const KeyedAttribute attribute, Identifiers(registry, value));
  const Serving::State now = Inside(registry).Now();
  Finder finder(now);
  std::vector<FoundValue> found;
  for (const KeyedIdentifier& identifier : attribute.identifiers) {
    TRY_ASSIGN(FoundValue one, finder.Find(identifier));
    found.push_back(std::move(one));
  }
  return found;
}

Result<std::vector<FoundValue>> Hubs(const Registry& registry) {
  const Serving::State now = Inside(registry).Now();
  const View& view = *now.view;
  const KindPolicies kinds(*now.policy, view);
  std::vector<FoundValue> hubs;
  TRY(view.Scan(Table::kFingerprints, "",
                [&](std::string_view key, std::string_view bytes) -> Result<bool> {
                  TRY_ASSIGN(const FingerprintRow row, DecodeFingerprintRow(bytes));
                  if (!kinds.Linking(row.kind) || !kinds.IsHub(row)) return true;
                  TRY_ASSIGN(const Fingerprint fingerprint, DecodeFingerprintKey(key));
                  const KeyedIdentifier identifier{fingerprint, view.Word(row.kind)};
                  Count(row, kinds, hubs.emplace_back(Described(identifier, *now.policy)));
                  return true;
                }));
  std::stable_sort(hubs.begin(), hubs.end(), [](const FoundValue& a, const FoundValue& b) {
    return a.carriers != b.carriers ? a.carriers > b.carriers : a.kind < b.kind;
  });
  return hubs;
}

Result<std::vector<HeldSeller>> SellersWithPrefix(const Registry& registry,
                                                  std::string_view prefix) {
  const Serving::State now = Inside(registry).Now();
  const View& view = *now.view;
  std::vector<HeldSeller> sellers;
  TRY(view.Scan(Table::kSellers, "", [&](std::string_view, std::string_view bytes) -> Result<bool> {
    TRY_ASSIGN(const SellerRow row, DecodeSellerRow(bytes));
    HeldSeller seller{view.NameOf(row), row.status, row.since, row.bans, row.infringements, {}};
    if (!seller.seller.ToString().starts_with(prefix)) return true;
    TRY_ASSIGN(seller.cluster, ClusterIdOf(view, row));
    sellers.push_back(std::move(seller));
    return true;
  }));
  std::sort(sellers.begin(), sellers.end(),
            [](const HeldSeller& a, const HeldSeller& b) { return a.seller < b.seller; });
  return sellers;
}

std::string ToJson(const FoundValue& value, const FoundCarrier& carrier) {
  std::string line;
  JsonWriter json(line);
  json.Object().Count("v", 1).Text("platform", carrier.seller.platform);
  json.Text("seller", carrier.seller.external_id).Text("status", StatusName(carrier.status));
  json.Flag("banned", carrier.banned).Text("cluster", carrier.cluster.ToHex());
  WriteValue(json, value);
  json.Moment("first_seen", carrier.first).Moment("last_seen", carrier.last).Array("sources");
  for (const std::string& source : carrier.sources) json.Text({}, source);
  json.End().End();
  return line;
}

std::string ToJson(const FoundValue& hub) {
  std::string line;
  JsonWriter json(line);
  json.Object().Count("v", 1);
  WriteValue(json, hub);
  json.Count("carriers", hub.carriers).Count("enrolled", hub.enrolled);
  json.Count("banned", hub.banned).Count("late", hub.late).Count("limit", hub.fanout_limit).End();
  return line;
}

std::string ToJson(const HeldSeller& seller) {
  std::string line;
  JsonWriter json(line);
  json.Object().Count("v", 1).Text("platform", seller.seller.platform);
  json.Text("seller", seller.seller.external_id).Text("status", StatusName(seller.status));
  json.Moment("since", seller.since).Flag("banned", seller.bans > 0).Count("bans", seller.bans);
  json.Count("infringements", seller.infringements).Text("cluster", seller.cluster.ToHex()).End();
  return line;
}

}  // namespace revenant
