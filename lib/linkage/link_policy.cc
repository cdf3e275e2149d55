#include "revenant/link_policy.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <utility>

#include "util/policy_sections.h"
#include "util/toml_settings.h"

namespace revenant {
namespace {

constexpr double kMaxCount = 1e9;
constexpr double kMaxBits = 1000;
constexpr double kAboveZero = std::numeric_limits<double>::min();
constexpr double kBelowOne = 1 - std::numeric_limits<double>::epsilon();
constexpr std::string_view kOpenRate = "a number above 0 and below 1";

bool SetRole(KindPolicy& kind, const std::string& name) {
  const auto role = RoleFromName(name);
  if (role) kind.role = *role;
  return role.has_value();
}

constexpr Setting<KindPolicy> kKindSettings[] = {
    {"role",
     TextMember<KindPolicy>{[](const KindPolicy& kind) { return std::string(RoleName(kind.role)); },
                            SetRole},
     0, 0, 1, "\"linking\", \"supporting\" or \"ignored\""},
    {"fanout_limit", &KindPolicy::fanout_limit, 1, kMaxCount},
    {"carry_limit", &KindPolicy::carry_limit, 1, kMaxCount},
    {"m", &KindPolicy::m, kAboveZero, 1, 1, "a number above 0, at most 1"},
    {"u", &KindPolicy::u, kAboveZero, kBelowOne, 1, kOpenRate},
    {"half_life_days", &KindPolicy::half_life_days, 0, 1e6},
};
constexpr Setting<LinkPolicy> kLinkSettings[] = {
    {"max_hops", &LinkPolicy::max_hops, 1, 16},
    {"hop_discount_bits", &LinkPolicy::hop_discount, 0, kMaxBits, 1000},
    {"prior_bits", &LinkPolicy::prior, -kMaxBits, kMaxBits, 1000},
    {"family_share", &LinkPolicy::family_share_permille, 0, 1, 1000},
    {"search_budget", &LinkPolicy::search_budget, 1, kMaxCount},
};
constexpr Setting<LinkPolicy> kVerdictSettings[] = {
    {"review_bits", &LinkPolicy::review, -kMaxBits, kMaxBits, 1000},
    {"block_bits", &LinkPolicy::block, -kMaxBits, kMaxBits, 1000},
    {"min_redundancy", &LinkPolicy::min_redundancy, 1, 1000},
    {"hub_review_bits", &LinkPolicy::hub_review, 0, kMaxBits, 1000},
    {"hub_ban_rate", &LinkPolicy::hub_ban_rate, kAboveZero, kBelowOne, 1, kOpenRate},
    {"hub_smoothing", &LinkPolicy::hub_smoothing, kAboveZero, 1e6, 1,
     "a number above 0, at most 1000000"},
    {"document_veto", &LinkPolicy::document_veto},
};

// The name under which `kind`, found as `info`, keeps its settings: its row's, where it is another
// name for it; its own, where it is one of a platform's kinds.
std::string_view OwnName(const KindInfo& info, std::string_view kind) {
  return info.name == "custom.*" ? kind : info.name;
}

class PolicyReader {
 public:
  explicit PolicyReader(std::string_view file) : reader_(file) {}

  Result<LinkPolicy> Read(std::string_view text) {
    const toml::parse_result document = toml::parse(text);
    if (!document) {
      return reader_.ErrorAt(document.error().source().begin, document.error().description());
    }
    for (const auto& [key, value] : document.table()) {
      ReadSection(key, value);
    }
    if (const auto problem = reader_.problem()) return *problem;
    return std::move(policy_);
  }

 private:
  void ReadSection(const toml::key& key, const toml::node& node) {
    if (IsEnforcementSection(key.str())) return;
    if (!IsLinkSection(key.str())) {
      return reader_.Complain(key.source(), fmt::format("unknown section {}; known: {}",
                                                        QuoteName(key.str()), kKnownSections));
    }
    const toml::table* table = node.as_table();
    if (table == nullptr) {
      return reader_.Complain(key.source(),
                              fmt::format("{} must be one section, [{}]", key.str(),
                                          key == "kind" ? "kind.\"NAME\"" : key.str()));
    }
    if (key == "kind") return ReadKinds(*table);
    if (key == "link") return reader_.Read<LinkPolicy>(*table, kLinkSettings, policy_);
    reader_.Read<LinkPolicy>(*table, kVerdictSettings, policy_);
    if (policy_.review > policy_.block) {
      reader_.Complain(SettingsReader::SourceOf(*table, "block_bits", "review_bits"),
                       fmt::format("block_bits ({}) must not be below review_bits ({})",
                                   policy_.block / 1000.0, policy_.review / 1000.0));
    }
  }

  void ReadKinds(const toml::table& kinds) {
    // In name order, so "custom.*" is known before the custom kinds that build on it.
    for (const auto& [name, node] : kinds) {
      const toml::table* table = node.as_table();
      const KindInfo* info = FindKind(name.str());
      if (info == nullptr) {
        const bool unquoted = name.str().find('.') == std::string_view::npos && table != nullptr;
        reader_.Complain(
            name.source(),
            fmt::format("unknown kind {}; {}", QuoteName(name.str()),
                        unquoted ? "a name with dots stands in quotes: [kind.\"pay.iban\"]"
                                 : "`revenant kinds` lists them"));
        continue;
      }
      if (table == nullptr) {
        reader_.Complain(node.source(),
                         fmt::format("must be a section, [kind.{}]", QuoteName(name.str())));
        continue;
      }
      const std::string_view own_name = OwnName(*info, name.str());
      if (policy_.overrides().contains(own_name)) {
        reader_.Complain(
            name.source(),
            fmt::format("a second section for kind {}, which has both names", QuoteName(own_name)));
      }
      KindPolicy kind = policy_.For(name.str());
      reader_.Read<KindPolicy>(*table, kKindSettings, kind);
      // An ignored kind is not weighed: of some of them (private addresses) u is m in the table.
      if (kind.role != Role::kIgnored && !(kind.u < kind.m)) {
        reader_.Complain(
            SettingsReader::SourceOf(*table, "u", "m"),
            fmt::format("u ({}) must be below m ({}), or a shared value would count against "
                        "a link",
                        kind.u, kind.m));
      }
      policy_.Set(name.str(), kind);
    }
  }

  SettingsReader reader_;
  LinkPolicy policy_;
};

}  // namespace

MilliBits WeightOf(double m, double u) { return std::llround(std::log2(m / u) * 1000); }

KindPolicy LinkPolicy::For(std::string_view kind) const {
  const KindInfo* info = FindKind(kind);
  if (info == nullptr) return KindPolicy{.role = Role::kIgnored};
  // A platform's own kind without settings of its own takes those of "custom.*".
  for (const std::string_view name : {OwnName(*info, kind), info->name}) {
    if (const auto found = overrides_.find(name); found != overrides_.end()) return found->second;
  }
  return {.role = info->role,
          .fanout_limit = info->fanout_limit,
          .carry_limit = info->carry_limit,
          .m = info->m,
          .u = info->u,
          .half_life_days = info->half_life_days,
          .weight = WeightOf(info->m, info->u)};
}

void LinkPolicy::Set(std::string_view kind, const KindPolicy& policy) {
  const KindInfo* info = FindKind(kind);
  KindPolicy& stored = overrides_[std::string(info ? OwnName(*info, kind) : kind)];
  stored = policy;
  stored.weight = WeightOf(policy.m, policy.u);
}

Result<LinkPolicy> ParseLinkPolicy(std::string_view toml, std::string_view file) {
  return PolicyReader(file).Read(toml);
}

std::string FormatLinkPolicy(const LinkPolicy& policy) {
  std::string out;
  for (const auto& [name, kind] : policy.overrides()) {
    out += fmt::format("[kind.{}]\n", TomlString(name));
    AppendSettings<KindPolicy>(out, kKindSettings, kind);
    out += '\n';
  }
  out += "[link]\n";
  AppendSettings<LinkPolicy>(out, kLinkSettings, policy);
  out += "\n[verdict]\n";
  AppendSettings<LinkPolicy>(out, kVerdictSettings, policy);
  return out;
}

}  // namespace revenant
