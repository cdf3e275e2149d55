#include "revenant/link_policy.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <optional>
#include <set>
#include <span>
#include <utility>
#include <vector>

#include "linkage/kinds_of_before.h"
#include "util/policy_sections.h"
#include "util/toml_settings.h"

namespace revenant {
namespace {

constexpr double kMaxCount = 1e9;
constexpr double kMaxBits = 1000;
constexpr double kMaxHours = 24 * 366;
constexpr double kAboveZero = std::numeric_limits<double>::min();
constexpr double kBelowOne = 1 - std::numeric_limits<double>::epsilon();
constexpr std::string_view kOpenRate = "a number above 0 and below 1";

bool SetRole(KindPolicy& kind, const std::string& name) {
  const auto role = RoleFromName(name);
  if (role) kind.role = *role;
  return role.has_value();
}

// Of a platform's own kind that supports: 2 bits.
constexpr double kSupportingM = 0.5, kSupportingU = 0.125;

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
constexpr Setting<VelocityPolicy> kVelocitySettings[] = {
    {"burst_sellers", &VelocityPolicy::burst_sellers, 0, kMaxCount},
    {"burst_hours", &VelocityPolicy::burst_hours, 1, kMaxHours},
    {"fresh_identifiers", &VelocityPolicy::fresh_identifiers, 0, kMaxCount},
    {"fresh_hours", &VelocityPolicy::fresh_hours, 1, kMaxHours},
};
// Not among the others: what they are depends on it.
constexpr Setting<LinkPolicy> kRulesSetting = {"rules", &LinkPolicy::rules, 1, LinkPolicy::kRules};
// Lists, which no row of a table describes. Rules 1 knows neither.
constexpr std::string_view kCountOnce = "count_once", kPools = "pools";
// Known to every edition: it is about values, not about judging.
constexpr std::string_view kPlaceholders = "placeholders", kValues = "values";
constexpr Family kFamilies[] = {Family::kDevice,  Family::kDocument, Family::kPayment,
                                Family::kContact, Family::kNetwork,  Family::kOrganisation,
                                Family::kCustom};

// The settings that these rules know.
template <std::size_t N>
std::vector<Setting<LinkPolicy>> KnownTo(std::uint32_t rules, const Setting<LinkPolicy> (&all)[N]) {
  std::vector<Setting<LinkPolicy>> known;
  std::copy_if(std::begin(all), std::end(all), std::back_inserter(known),
               [&](const auto& setting) { return setting.since <= rules; });
  return known;
}

std::optional<Family> FamilyFromName(std::string_view name) {
  for (const Family family : kFamilies) {
    if (FamilyName(family) == name) return family;
  }
  return std::nullopt;
}

// May a list of pools name this? The country and the beginning of the account, which says whose
// customers share it.
bool IsPoolPrefix(std::string_view text) {
  const auto capital = [](char c) { return c >= 'A' && c <= 'Z'; };
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  return text.size() >= 5 && text.size() <= 32 && capital(text[0]) && capital(text[1]) &&
         std::all_of(text.begin(), text.end(), [&](char c) { return capital(c) || digit(c); });
}

// The name under which `kind`, found as `info`, keeps its settings: its row's, where it is another
// name for it; its own, where it is one of a platform's kinds.
std::string_view OwnName(const KindInfo& info, std::string_view kind) {
  return info.name == "custom.*" ? kind : info.name;
}

class PolicyReader {
 public:
  // `unsaid`: the rules of a text that names none.
  PolicyReader(std::string_view file, std::uint32_t unsaid) : reader_(file), unsaid_(unsaid) {}

  Result<LinkPolicy> Read(std::string_view text) {
    const toml::parse_result document = toml::parse(text);
    if (!document) {
      return reader_.ErrorAt(document.error().source().begin, document.error().description());
    }
    // First, since what kinds are by default depends on them; out of range they are refused below.
    if (document["link"]["rules"].value_or(std::int64_t{unsaid_}) == 1) {
      policy_ = LinkPolicy::OfBefore();
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
    if (key == "junk") return ReadJunk(*table);
    if (key == "link") {
      std::vector<Setting<LinkPolicy>> settings = KnownTo(policy_.rules, kLinkSettings);
      settings.insert(settings.begin(), kRulesSetting);
      return reader_.Read<LinkPolicy>(*table, settings, policy_);
    }
    if (key == "velocity") {
      if (policy_.rules < 2) {
        return reader_.Complain(key.source(), "[velocity] is not known to rules 1");
      }
      return reader_.Read<VelocityPolicy>(*table, kVelocitySettings, policy_.velocity);
    }
    const auto read_lists = [&](const toml::key& name, const toml::node& value) {
      if (name != kCountOnce || policy_.rules < 2) return false;
      ReadCountOnce(value);
      return true;
    };
    reader_.Read<LinkPolicy>(*table, KnownTo(policy_.rules, kVerdictSettings), policy_, read_lists);
    if (policy_.review > policy_.block) {
      reader_.Complain(SettingsReader::SourceOf(*table, "block_bits", "review_bits"),
                       fmt::format("block_bits ({}) must not be below review_bits ({})",
                                   policy_.block / 1000.0, policy_.review / 1000.0));
    }
  }

  void ReadCountOnce(const toml::node& node) {
    constexpr std::string_view kAllowed =
        "a list of lists of families, each family once: [[\"contact\", \"network\"]]";
    std::vector<LinkPolicy::Families> groups;
    std::set<Family> named;
    const toml::array* lists = node.as_array();
    bool allowed = lists != nullptr;
    for (std::size_t i = 0; allowed && i < lists->size(); ++i) {
      const toml::array* list = lists->get(i)->as_array();
      allowed = list != nullptr && !list->empty();
      LinkPolicy::Families& group = groups.emplace_back();
      for (std::size_t j = 0; allowed && j < list->size(); ++j) {
        const auto name = list->get(j)->value<std::string_view>();
        const auto family = name ? FamilyFromName(*name) : std::nullopt;
        allowed = family && named.insert(*family).second;
        if (allowed) group.push_back(*family);
      }
      std::sort(group.begin(), group.end());
    }
    if (!allowed) {
      return reader_.Complain(node.source(), fmt::format("{} must be {}", kCountOnce, kAllowed));
    }
    std::sort(groups.begin(), groups.end());
    policy_.count_once = std::move(groups);
  }

  void ReadPools(std::string_view kind, const toml::node& node, KindPolicy& policy) {
    const toml::array* list = node.as_array();
    if (FindKind(std::string(kind) + ".pool") == nullptr) {
      return reader_.Complain(node.source(), fmt::format("{} has no pools; kinds with a kind "
                                                         "\"NAME.pool\" have: pay.iban",
                                                         QuoteName(kind)));
    }
    policy.pools.clear();
    bool allowed = list != nullptr;
    for (std::size_t i = 0; allowed && i < list->size(); ++i) {
      const auto prefix = list->get(i)->value<std::string_view>();
      allowed = prefix && IsPoolPrefix(*prefix);
      if (allowed) policy.pools.emplace_back(*prefix);
    }
    if (!allowed) {
      reader_.Complain(node.source(),
                       fmt::format("{} must be a list of country and bank without the "
                                   "check digits between: [\"DE70011110\"]",
                                   kPools));
    }
    std::sort(policy.pools.begin(), policy.pools.end());
    policy.pools.erase(std::unique(policy.pools.begin(), policy.pools.end()), policy.pools.end());
  }

  void ReadPlaceholders(const KindInfo& info, const toml::node& node, KindPolicy& policy) {
    const std::optional<bool> value = node.value_exact<bool>();
    if (!value) {
      reader_.Complain(node.source(), fmt::format("{} must be true or false", kPlaceholders));
    } else if (*value && info.family != Family::kCustom) {
      reader_.Complain(node.source(),
                       fmt::format("{} can be true of a platform's own kinds alone, custom.NAME",
                                   kPlaceholders));
    } else {
      policy.placeholders = *value;
    }
  }

  void ReadJunk(const toml::table& table) {
    for (const auto& [key, node] : table) {
      if (key == kValues) {
        ReadJunkValues("", node);
        continue;
      }
      const KindInfo* info = FindKind(key.str());
      const toml::table* section = node.as_table();
      if (info == nullptr || section == nullptr) {
        reader_.Complain(
            key.source(),
            fmt::format("unknown {} {}; known here: values, and sections "
                        "[junk.\"KIND\"] with values of one kind",
                        section == nullptr ? "setting" : "kind", QuoteName(key.str())));
        continue;
      }
      for (const auto& [name, value] : *section) {
        if (name == kValues) {
          ReadJunkValues(OwnName(*info, key.str()), value);
        } else {
          reader_.Complain(name.source(), fmt::format("unknown setting {}; known here: values",
                                                      QuoteName(name.str())));
        }
      }
    }
  }

  void ReadJunkValues(std::string_view kind, const toml::node& node) {
    constexpr std::size_t kMostValues = 10'000, kLongest = 256;
    const toml::array* list = node.as_array();
    bool allowed = list != nullptr && list->size() <= kMostValues;
    std::vector<std::string>& values = policy_.junk[std::string(kind)];
    for (std::size_t i = 0; allowed && i < list->size(); ++i) {
      const auto value = list->get(i)->value_exact<std::string_view>();
      const auto visible = [](char c) { return static_cast<unsigned char>(c) > ' '; };
      allowed =
          value && value->size() <= kLongest && std::any_of(value->begin(), value->end(), visible);
      if (!allowed) continue;
      values.emplace_back(*value);
      const std::string_view why = kind.empty() ? std::string_view() : WhyNoValue(kind, *value);
      if (!why.empty()) {
        reader_.Complain(list->get(i)->source(),
                         fmt::format("{} is not a value of {}: {}", QuoteName(*value), kind, why));
      }
    }
    if (!allowed) {
      reader_.Complain(node.source(),
                       fmt::format("{} must be a list of at most {} strings of 1 to {} bytes: "
                                   "[\"n.a.\", \"tbd\"]",
                                   kValues, kMostValues, kLongest));
    }
    std::sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end()), values.end());
    if (values.empty()) policy_.junk.erase(std::string(kind));
  }

  // A value that the kind refuses would never be met: it was mistyped. Empty: it may be one.
  static std::string_view WhyNoValue(std::string_view kind, std::string_view value) {
    const KindInfo* info = FindKind(kind);
    Normalized normal;
    Normalize({kind, info->scope == "country" ? "DE" : "", value}, normal);
    // Of kinds scoped by country another may know it.
    return normal.status == Status::kInvalid && info->scope != "country" ? normal.reason
                                                                         : std::string_view();
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
      const auto read_lists = [&](const toml::key& key, const toml::node& value) {
        if (key == kPlaceholders) {
          ReadPlaceholders(*info, value, kind);
          return true;
        }
        if (key != kPools || policy_.rules < 2) return false;
        ReadPools(own_name, value, kind);
        return true;
      };
      reader_.Read<KindPolicy>(*table, kKindSettings, kind, read_lists);
      // A kind that only supports is no identifier. A policy that says nothing of its weight does
      // not mean that it is as rare as one.
      const bool is_weighed = table->contains("m") || table->contains("u");
      if (info->family == Family::kCustom && kind.role == Role::kSupporting && !is_weighed) {
        kind.m = kSupportingM;
        kind.u = kSupportingU;
      }
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
  const std::uint32_t unsaid_;
  LinkPolicy policy_;
};

// A list of strings, or of such lists, as TOML.
std::string TomlList(const std::vector<std::string>& items) {
  return "[" + fmt::format("{}", fmt::join(items, ", ")) + "]";
}
std::string CountOnceText(const LinkPolicy& policy) {
  std::vector<std::string> groups;
  for (const LinkPolicy::Families& group : policy.count_once) {
    std::vector<std::string> names;
    for (const Family family : group) names.push_back(TomlString(FamilyName(family)));
    groups.push_back(TomlList(names));
  }
  return TomlList(groups);
}
std::string StringsText(const std::vector<std::string>& texts) {
  std::vector<std::string> quoted;
  for (const std::string& text : texts) quoted.push_back(TomlString(text));
  return TomlList(quoted);
}

}  // namespace

LinkPolicy LinkPolicy::OfBefore() {
  LinkPolicy policy;
  policy.rules = 1;
  policy.max_hops = 4;
  policy.hop_discount = 2'000;
  policy.prior = -10'000;
  policy.family_share_permille = 250;
  policy.search_budget = 20'000;
  policy.review = 0;
  policy.block = 7'000;
  policy.min_redundancy = 2;
  policy.hub_review = 3'000;
  policy.hub_ban_rate = 0.01;
  policy.hub_smoothing = 10;
  policy.document_veto = true;
  policy.count_once.clear();
  return policy;
}

MilliBits WeightOf(double m, double u) { return std::llround(std::log2(m / u) * 1000); }

KindPolicy LinkPolicy::For(std::string_view kind) const {
  const KindInfo* info = FindKind(kind);
  if (info == nullptr) return KindPolicy{.role = Role::kIgnored};
  // A platform's own kind without settings of its own takes those of "custom.*".
  for (const std::string_view name : {OwnName(*info, kind), info->name}) {
    if (const auto found = overrides_.find(name); found != overrides_.end()) return found->second;
  }
  if (rules < 2) {
    if (const KindPolicy* before = KindOfBefore(info->name)) return *before;
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
  return PolicyReader(file, LinkPolicy::kRules).Read(toml);
}

Result<LinkPolicy> ParseStoredLinkPolicy(std::string_view toml, std::string_view file) {
  return PolicyReader(file, 1).Read(toml);
}

std::string FormatLinkPolicy(const LinkPolicy& policy) {
  std::string out;
  for (const auto& [name, kind] : policy.overrides()) {
    out += fmt::format("[kind.{}]\n", TomlString(name));
    AppendSettings<KindPolicy>(out, kKindSettings, kind);
    if (policy.rules >= 2 && !kind.pools.empty()) {
      out += fmt::format("{} = {}\n", kPools, StringsText(kind.pools));
    }
    if (kind.placeholders) out += fmt::format("{} = true\n", kPlaceholders);
    out += '\n';
  }
  for (const auto& [name, values] : policy.junk) {
    out += name.empty() ? "[junk]\n" : fmt::format("[junk.{}]\n", TomlString(name));
    out += fmt::format("{} = {}\n\n", kValues, StringsText(values));
  }
  out += "[link]\n";
  if (policy.rules >= 2) AppendSettings<LinkPolicy>(out, {&kRulesSetting, 1}, policy);
  AppendSettings<LinkPolicy>(out, KnownTo(policy.rules, kLinkSettings), policy);
  out += "\n[verdict]\n";
  AppendSettings<LinkPolicy>(out, KnownTo(policy.rules, kVerdictSettings), policy);
  if (policy.rules >= 2) out += fmt::format("{} = {}\n", kCountOnce, CountOnceText(policy));
  if (policy.rules >= 2 && policy.velocity != VelocityPolicy{}) {
    out += "\n[velocity]\n";
    AppendSettings<VelocityPolicy>(out, kVelocitySettings, policy.velocity);
  }
  return out;
}

}  // namespace revenant
