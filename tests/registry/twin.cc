#include "registry/twin.h"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>
#include <tuple>

namespace revenant {
namespace {

constexpr std::int64_t kUnknown = Time::kUnknownMicros;

// Known times before unknown ones.
std::int64_t Sortable(std::int64_t micros) { return micros <= kUnknown ? INT64_MAX : micros; }
std::int64_t EarlierKnown(std::int64_t a, std::int64_t b) {
  return Sortable(a) == Sortable(b) ? std::max(a, b) : (Sortable(a) < Sortable(b) ? a : b);
}

// Fixtures hold plain ASCII names only, so quoting is all that JSON asks for.
std::string Quoted(std::string_view text) { return fmt::format("\"{}\"", text); }
std::string Moment(std::string_view name, std::int64_t micros) {
  if (micros == INT64_MIN) return "";
  return fmt::format(",\"{}\":{}", name,
                     micros == kUnknown ? "null" : Quoted(FormatTime(Time{micros})));
}

std::string ClusterHex(const SellerName& earliest) {
  std::string text;
  text += static_cast<char>(earliest.platform.size());
  text += earliest.platform;
  text += static_cast<char>(earliest.external_id.size());
  text += earliest.external_id;
  unsigned char hash[16];
  crypto_generichash(hash, sizeof hash, reinterpret_cast<const unsigned char*>(text.data()),
                     text.size(), nullptr, 0);
  std::string hex;
  for (const unsigned char byte : hash) hex += fmt::format("{:02x}", byte);
  return hex;
}

std::pair<SellerName, SellerName> Ordered(SellerName a, SellerName b) {
  return a < b ? std::pair(a, b) : std::pair(b, a);
}

}  // namespace

bool Twin::Seller::Live(const Fingerprint& root, const Observation& observation) const {
  const auto every = every_source.find(root);
  return observation.last >
         std::max(observation.through, every == every_source.end() ? INT64_MIN : every->second);
}

std::int64_t Twin::Seller::ShownFirst(const Fingerprint& root,
                                      const Observation& observation) const {
  const auto every = every_source.find(root);
  return std::max({observation.first, observation.through,
                   every == every_source.end() ? INT64_MIN : every->second});
}

bool Twin::Seller::Banned() const {
  return std::any_of(bans.begin(), bans.end(), [&](const auto& entry) {
    return entry.second.set > std::max(entry.second.lifted, every_ban_lifted);
  });
}

std::int64_t Twin::Seller::FirstBan() const {
  std::int64_t first = INT64_MAX;
  for (const auto& [case_ref, ban] : bans) {
    if (ban.set > std::max(ban.lifted, every_ban_lifted)) first = std::min(first, ban.set);
  }
  return first;
}

std::map<Fingerprint, std::string> Twin::Seller::Carries() const {
  std::map<Fingerprint, std::string> carries;
  for (const auto& [key, observation] : observations) {
    if (!Live(key.first, observation)) continue;
    for (const auto& [fingerprint, item] : observation.items) {
      if (!item.junk) carries[fingerprint] = item.kind;
    }
  }
  return carries;
}

std::int64_t Twin::Seller::FirstSeen(const Fingerprint& fingerprint) const {
  std::int64_t first = kUnknown;
  for (const auto& [key, observation] : observations) {
    if (Live(key.first, observation) && observation.items.contains(fingerprint)) {
      first = EarlierKnown(first, ShownFirst(key.first, observation));
    }
  }
  return first;
}

void Twin::On(const Enrol& event) {
  Seller& seller = sellers_[event.seller];
  seller.status = std::max(seller.status, event.status);
  if (event.status != SellerStatus::kMentioned) {
    seller.since = EarlierKnown(seller.since, event.seen.micros);
  }
  for (const KeyedAttribute& attribute : event.attributes) {
    Observation& observation = seller.observations[{
        attribute.root, event.source.empty() ? event.seller.platform : event.source}];
    observation.first = EarlierKnown(std::max(observation.first, kUnknown), event.seen.micros);
    observation.last = std::max(observation.last, event.seen.micros);
    for (const KeyedIdentifier& identifier : attribute.identifiers) {
      Item& item = observation.items[identifier.fingerprint];
      item.kind = identifier.kind;
      item.junk |= identifier.junk;
      item.verified |= identifier.verified;
      item.checked |= identifier.checked;
    }
  }
}

void Twin::On(const Withdraw& event) {
  Seller& seller = sellers_[event.seller];
  if (event.source.empty()) {
    std::int64_t& through = seller.every_source.emplace(event.root, INT64_MIN).first->second;
    through = std::max(through, event.through.micros);
  } else {
    std::int64_t& through = seller.observations[{event.root, event.source}].through;
    through = std::max(through, event.through.micros);
  }
}

void Twin::On(const Ban& event) {
  Case& ban = sellers_[event.seller].bans[event.case_ref];
  std::tie(ban.set, ban.reason) =
      std::max(std::pair(ban.set, ban.reason), std::pair(event.at.micros, event.reason));
}
void Twin::On(const Reinstate& event) {
  Seller& seller = sellers_[event.seller];
  std::int64_t& lifted =
      event.every_case ? seller.every_ban_lifted : seller.bans[event.case_ref].lifted;
  lifted = std::max(lifted, event.at.micros);
}
void Twin::On(const Infringe& event) {
  Case& infringement = sellers_[event.seller].infringements[event.case_ref];
  std::tie(infringement.set, infringement.reason) =
      std::max(std::pair(infringement.set, infringement.reason),
               std::pair(event.at.micros, std::string(RightName(event.right))));
}
void Twin::On(const Retract& event) {
  Case& infringement = sellers_[event.seller].infringements[event.case_ref];
  infringement.lifted = std::max(infringement.lifted, event.at.micros);
}
void Twin::On(const Attest& event) {
  Case& fact = sellers_[event.seller].file[{event.kind, event.reference}];
  std::tie(fact.set, fact.reason) =
      std::max(std::pair(fact.set, fact.reason), std::pair(event.at.micros, event.detail));
}
void Twin::On(const Revoke& event) {
  Case& fact = sellers_[event.seller].file[{event.kind, event.reference}];
  fact.lifted = std::max(fact.lifted, event.at.micros);
}
void Twin::On(const CannotLink& event) {
  sellers_[event.a], sellers_[event.b];
  Pair& pair = pairs_[Ordered(event.a, event.b)];
  pair.forbidden = std::max(pair.forbidden, event.at.micros);
}
void Twin::On(const AllowLink& event) {
  sellers_[event.a], sellers_[event.b];
  Pair& pair = pairs_[Ordered(event.a, event.b)];
  pair.allowed = std::max(pair.allowed, event.at.micros);
}
void Twin::On(const Forget& event) {
  sellers_.erase(event.seller);
  std::erase_if(pairs_, [&](const auto& entry) {
    return entry.first.first == event.seller || entry.first.second == event.seller;
  });
}

std::set<SellerName> Twin::CarriersOf(const Fingerprint& fingerprint) const {
  std::set<SellerName> carriers;
  for (const auto& [name, seller] : sellers_) {
    if (seller.Carries().contains(fingerprint)) carriers.insert(name);
  }
  return carriers;
}

bool Twin::IsHub(const Fingerprint& fingerprint, const std::string& kind) const {
  const std::set<SellerName> carriers = CarriersOf(fingerprint);
  std::int64_t first_ban = INT64_MAX;
  for (const SellerName& name : carriers) {
    if (name.platform.starts_with("exchange/")) continue;
    first_ban = std::min(first_ban, sellers_.at(name).FirstBan());
  }
  std::size_t counted = 0;
  for (const SellerName& name : carriers) {
    const Seller& seller = sellers_.at(name);
    const bool late = policy_.rules >= 2 && seller.FirstSeen(fingerprint) > first_ban;
    counted += seller.status == SellerStatus::kActive && !late;
  }
  return policy_.For(kind).role == Role::kLinking && counted > policy_.For(kind).fanout_limit;
}

bool Twin::IsLeaf(const SellerName& name) const {
  const Seller& seller = sellers_.at(name);
  if (seller.status != SellerStatus::kActive) return true;
  std::map<std::string, std::size_t> by_kind;
  for (const auto& [fingerprint, kind] : seller.Carries()) ++by_kind[kind];
  return std::any_of(by_kind.begin(), by_kind.end(), [&](const auto& entry) {
    const KindPolicy kind = policy_.For(entry.first);
    return kind.role == Role::kLinking && entry.second > kind.carry_limit;
  });
}

bool Twin::Forbidden(const SellerName& a, const SellerName& b) const {
  const auto found = pairs_.find(Ordered(a, b));
  return found != pairs_.end() && found->second.forbidden > found->second.allowed;
}

namespace {

struct Incident {
  std::int64_t minus_weight = 0;
  std::string kind;
  std::int64_t first = 0;
  SellerName seller;
  std::vector<std::pair<std::int64_t, SellerName>> carriers;
  Fingerprint fingerprint;  // last, and only tells equals apart
  friend auto operator<=>(const Incident&, const Incident&) = default;
};

}  // namespace

std::map<SellerName, std::set<SellerName>> Twin::Components() const {
  // Merge sets that share a joining fingerprint until nothing changes.
  std::map<Fingerprint, std::string> kinds;
  std::map<SellerName, std::set<SellerName>> component;
  for (const auto& [name, seller] : sellers_) {
    component[name] = {name};
    for (const auto& [fingerprint, kind] : seller.Carries()) kinds[fingerprint] = kind;
  }
  for (const auto& [fingerprint, kind] : kinds) {
    if (policy_.For(kind).role != Role::kLinking || IsHub(fingerprint, kind)) continue;
    std::set<SellerName> together;
    for (const SellerName& name : CarriersOf(fingerprint)) {
      if (!IsLeaf(name)) together.insert(component[name].begin(), component[name].end());
    }
    for (const SellerName& name : together) component[name] = together;
  }
  return component;
}

std::map<SellerName, std::set<SellerName>> Twin::Clusters() const {
  std::map<SellerName, std::set<SellerName>> clusters = Components();
  std::set<std::set<SellerName>> constrained;
  for (const auto& [pair, registers] : pairs_) {
    if (Forbidden(pair.first, pair.second) && clusters[pair.first].contains(pair.second)) {
      constrained.insert(clusters[pair.first]);
    }
  }
  for (const std::set<SellerName>& component : constrained) {
    std::vector<Incident> incidents;
    for (const SellerName& name : component) {
      for (const auto& [fingerprint, kind] : sellers_.at(name).Carries()) {
        if (policy_.For(kind).role != Role::kLinking || IsHub(fingerprint, kind)) continue;
        Incident incident{-policy_.For(kind).weight,
                          kind,
                          Sortable(sellers_.at(name).FirstSeen(fingerprint)),
                          name,
                          {},
                          fingerprint};
        for (const SellerName& carrier : CarriersOf(fingerprint)) {
          if (IsLeaf(carrier)) continue;
          incident.carriers.emplace_back(Sortable(sellers_.at(carrier).FirstSeen(fingerprint)),
                                         carrier);
        }
        std::sort(incident.carriers.begin(), incident.carriers.end());
        incidents.push_back(incident);
      }
    }
    std::sort(incidents.begin(), incidents.end());
    std::map<SellerName, std::set<SellerName>> group;
    std::map<Fingerprint, std::set<SellerName>> held;  // sellers that the fingerprint joined
    for (const SellerName& name : component) group[name] = {name};
    for (const Incident& incident : incidents) {
      std::set<SellerName>& holders = held[incident.fingerprint];
      std::set<SellerName> together = group[incident.seller];
      if (!holders.empty()) {
        const std::set<SellerName>& others = group[*holders.begin()];
        bool refused = false;
        for (const SellerName& a : together) {
          for (const SellerName& b : others) refused = refused || Forbidden(a, b);
        }
        if (refused) continue;
        together.insert(others.begin(), others.end());
      }
      holders.insert(incident.seller);
      for (const SellerName& name : together) group[name] = together;
    }
    for (const auto& [name, members] : group) clusters[name] = members;
  }
  return clusters;
}

std::map<SellerName, std::size_t> Twin::OthersInfringements() const {
  const auto cases_of = [&](const SellerName& name) {
    const auto& cases = sellers_.at(name).infringements;
    return std::count_if(cases.begin(), cases.end(),
                         [](const auto& entry) { return entry.second.set > entry.second.lifted; });
  };
  std::map<SellerName, std::size_t> others;
  for (const auto& [name, members] : Clusters()) {
    if (sellers_.at(name).status == SellerStatus::kMentioned) continue;
    for (const SellerName& member : members) {
      if (member != name) others[name] += static_cast<std::size_t>(cases_of(member));
    }
  }
  return others;
}

std::set<SellerName> Twin::Linked() const {
  const auto clusters = Clusters(), components = Components();
  // Does a fingerprint through which the seller joins have another, banned carrier?
  const auto touches = [&](const SellerName& name) {
    for (const auto& [fingerprint, kind] : sellers_.at(name).Carries()) {
      if (policy_.For(kind).role != Role::kLinking || IsHub(fingerprint, kind)) continue;
      for (const SellerName& carrier : CarriersOf(fingerprint)) {
        if (carrier != name && sellers_.at(carrier).Banned()) return true;
      }
    }
    return false;
  };
  std::set<SellerName> linked;
  for (const auto& [name, seller] : sellers_) {
    if (seller.status == SellerStatus::kMentioned || seller.Banned()) continue;
    bool divided = false;
    for (const SellerName& a : components.at(name)) {
      for (const SellerName& b : components.at(name)) divided = divided || Forbidden(a, b);
    }
    bool found = touches(name);
    for (const SellerName& member : clusters.at(name)) {
      found = found || sellers_.at(member).Banned() || (!divided && touches(member));
    }
    if (found) linked.insert(name);
  }
  return linked;
}

std::string Twin::Export() const {
  const auto clusters = Clusters();
  std::string out;
  for (const auto& [name, seller] : sellers_) {
    bool any = seller.status != SellerStatus::kMentioned;
    std::string line =
        fmt::format("{{\"v\":1,\"platform\":{},\"seller\":{},\"status\":{}", Quoted(name.platform),
                    Quoted(name.external_id), Quoted(StatusName(seller.status)));
    if (seller.since > kUnknown) line += Moment("since", seller.since);
    const std::set<SellerName>& cluster = clusters.at(name);
    const SellerName earliest =
        *std::min_element(cluster.begin(), cluster.end(), [&](const auto& a, const auto& b) {
          return std::pair(Sortable(sellers_.at(a).since), a) <
                 std::pair(Sortable(sellers_.at(b).since), b);
        });
    line += fmt::format(",\"cluster\":\"{}\",\"observations\":[", ClusterHex(earliest));
    std::string comma;
    for (const auto& [key, observation] : seller.observations) {
      if (!seller.Live(key.first, observation)) continue;
      any = true;
      line += fmt::format("{}{{\"root\":\"{}\",\"source\":{}{}{},\"identifiers\":[", comma,
                          key.first.ToHex(), Quoted(key.second),
                          Moment("first", seller.ShownFirst(key.first, observation)),
                          Moment("last", observation.last));
      comma.clear();
      for (const auto& [fingerprint, item] : observation.items) {
        line +=
            fmt::format("{}{{\"kind\":{},\"fingerprint\":\"{}\"{}{}{}{}}}", comma,
                        Quoted(item.kind), fingerprint.ToHex(), item.junk ? ",\"junk\":true" : "",
                        item.checked    ? ",\"checked\":true"
                        : item.verified ? ",\"checked\":false"
                                        : "",
                        item.verified ? ",\"verified\":true" : "",
                        !item.junk && IsHub(fingerprint, item.kind) ? ",\"hub\":true" : "");
        comma = ",";
      }
      line += "]}";
      comma = ",";
    }
    const auto cases = [&](std::string_view title, std::string_view what, const auto& rows,
                           std::int64_t every_lifted) {
      line += fmt::format("],\"{}\":[", title);
      std::string separator;
      for (const auto& [case_ref, row] : rows) {
        if (row.set <= std::max(row.lifted, every_lifted)) continue;
        any = true;
        line += fmt::format("{}{{\"case\":{},\"{}\":{}{}}}", separator, Quoted(case_ref), what,
                            Quoted(row.reason), Moment("at", row.set));
        separator = ",";
      }
    };
    cases("bans", "reason", seller.bans, seller.every_ban_lifted);
    cases("infringements", "right", seller.infringements, INT64_MIN);
    line += "]";
    std::string file;
    for (const auto& [key, fact] : seller.file) {
      if (fact.set <= fact.lifted) continue;
      std::string detail;
      for (const char c : fact.reason) detail += c == '"' ? "\\\"" : std::string(1, c);
      file += fmt::format("{}{{\"kind\":{},\"reference\":{},\"detail\":\"{}\"{}}}",
                          file.empty() ? "" : ",", Quoted(FactKindName(key.first)),
                          Quoted(key.second), detail, Moment("at", fact.set));
    }
    any = any || !file.empty();
    if (!file.empty()) line += ",\"file\":[" + file + "]";
    line += ",\"cannot_link\":[";
    comma.clear();
    for (const auto& [other, unused] : sellers_) {
      if (!Forbidden(name, other)) continue;
      any = true;
      line += fmt::format("{}{{\"platform\":{},\"seller\":{}{}}}", comma, Quoted(other.platform),
                          Quoted(other.external_id),
                          Moment("at", pairs_.at(Ordered(name, other)).forbidden));
      comma = ",";
    }
    if (any) out += line + "]}\n";
  }
  return out;
}

Stats Twin::GetStats() const {
  Stats stats;
  std::map<Fingerprint, std::string> kinds;
  std::set<std::set<SellerName>> clusters;
  const auto by_seller = Clusters();
  for (const auto& [name, seller] : sellers_) {
    stats.banned += seller.Banned();
    for (const auto& [key, observation] : seller.observations) {
      stats.observations += seller.Live(key.first, observation);
    }
    for (const auto& [fingerprint, kind] : seller.Carries()) kinds[fingerprint] = kind;
    if (seller.status == SellerStatus::kMentioned) continue;
    ++stats.sellers;
    clusters.insert(by_seller.at(name));
  }
  stats.fingerprints = kinds.size();
  for (const auto& [fingerprint, kind] : kinds) stats.hubs += IsHub(fingerprint, kind);
  for (const std::set<SellerName>& cluster : clusters) {
    ++stats.clusters;
    stats.linked_clusters += cluster.size() > 1;
    stats.largest_cluster = std::max<std::uint64_t>(stats.largest_cluster, cluster.size());
  }
  return stats;
}

}  // namespace revenant
