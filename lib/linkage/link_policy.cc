#include "revenant/link_policy.h"

#include <fmt/format.h>

// The distribution's shared library of toml++ throws; compiled into this one file it returns
// errors.
#undef TOML_HEADER_ONLY
#undef TOML_SHARED_LIB
#define TOML_HEADER_ONLY 1
#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
// toml++ 3.3 asserts some of what a malformed file breaks ("[ ="), and under NDEBUG clang may build
// on these assertions. The checks behind them report the error, so they are all that is wanted.
#define TOML_ASSERT(expr) static_assert(true)
#pragma push_macro("NDEBUG")
#undef NDEBUG
#include <toml++/toml.h>
#pragma pop_macro("NDEBUG")

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <span>
#include <utility>
#include <variant>

namespace revenant {
namespace {

// --- The settings, one row each: reading, range checks and writing all run over these tables.

template <typename Owner>
using Member = std::variant<std::uint32_t Owner::*, MilliBits Owner::*, double Owner::*,
                            bool Owner::*, Role Owner::*>;

// A setting of a section. Numbers in the file are `scale` times smaller than the integers inside:
// 1 for counts, which must be whole, 1000 for bits and shares.
template <typename Owner>
struct Setting {
  std::string_view key;
  Member<Owner> member;
  double min = 0;
  double max = 0;
  int scale = 1;
  std::string_view allowed = {};  // says the range where "min to max" would not
};

constexpr double kMaxCount = 1e9;
constexpr double kMaxBits = 1000;
constexpr double kAboveZero = std::numeric_limits<double>::min();
constexpr double kBelowOne = 1 - std::numeric_limits<double>::epsilon();
constexpr std::string_view kOpenRate = "a number above 0 and below 1";

constexpr Setting<KindPolicy> kKindSettings[] = {
    {"role", &KindPolicy::role},
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

constexpr std::string_view kForeignSections[] = {"sanctions", "knowledge", "exchange"};

// The name under which `kind`, found as `info`, keeps its settings: its row's, where it is another
// name for it; its own, where it is one of a platform's kinds.
std::string_view OwnName(const KindInfo& info, std::string_view kind) {
  return info.name == "custom.*" ? kind : info.name;
}

// --- Reading.

// A name out of the file, safe to stand in a one-line message.
std::string Quote(std::string_view name) {
  constexpr std::size_t kLongest = 80;
  if (name.size() > kLongest) return fmt::format("{:?}...", name.substr(0, kLongest));
  return fmt::format("{:?}", name);
}

template <typename Owner>
std::string Allowed(const Setting<Owner>& setting) {
  if (!setting.allowed.empty()) return std::string(setting.allowed);
  const bool is_real =
      setting.scale != 1 || std::holds_alternative<double Owner::*>(setting.member);
  return fmt::format("a {} from {} to {}", is_real ? "number" : "whole number",
                     static_cast<std::int64_t>(setting.min),
                     static_cast<std::int64_t>(setting.max));
}

// Puts the value of `node` into its member of `owner`; nullopt, or what would be allowed.
template <typename Owner>
std::optional<std::string> Assign(const toml::node& node, const Setting<Owner>& setting,
                                  Owner& owner) {
  const auto number = [&]() -> std::optional<double> {
    const bool whole_only =
        setting.scale == 1 && !std::holds_alternative<double Owner::*>(setting.member);
    if (!node.is_integer() && (whole_only || !node.is_floating_point())) return std::nullopt;
    const std::optional<double> value = node.value<double>();
    // Written so that not-a-number is out of range.
    if (!value || !(*value >= setting.min && *value <= setting.max)) return std::nullopt;
    return value;
  };
  const auto assign = [&]<typename T>(T Owner::* member) -> std::optional<std::string> {
    if constexpr (std::is_same_v<T, bool>) {
      const auto* flag = node.as_boolean();
      if (flag == nullptr) return "true or false";
      owner.*member = flag->get();
    } else if constexpr (std::is_same_v<T, Role>) {
      const auto* name = node.as_string();
      const auto role = name ? RoleFromName(name->get()) : std::nullopt;
      if (!role) return "\"linking\", \"supporting\" or \"ignored\"";
      owner.*member = *role;
    } else {
      const std::optional<double> value = number();
      if (!value) return Allowed(setting);
      if constexpr (std::is_same_v<T, double>) {
        owner.*member = *value;
      } else {
        owner.*member = static_cast<T>(std::llround(*value * setting.scale));
      }
    }
    return std::nullopt;
  };
  return std::visit(assign, setting.member);
}

template <typename Owner>
std::string Keys(std::span<const Setting<Owner>> settings) {
  std::string keys;
  for (const auto& setting : settings) {
    keys.append(keys.empty() ? "" : ", ").append(setting.key);
  }
  return keys;
}

// Reads one document and keeps the complaint that stands first in it.
class PolicyReader {
 public:
  explicit PolicyReader(std::string_view file) : file_(file) {}

  Result<LinkPolicy> Read(std::string_view text) {
    const toml::parse_result document = toml::parse(text);
    if (!document) {
      return ErrorAt(document.error().source().begin, document.error().description());
    }
    for (const auto& [key, value] : document.table()) {
      ReadSection(key, value);
    }
    if (problem_) return ErrorAt(problem_->where, problem_->what);
    return std::move(policy_);
  }

 private:
  struct Problem {
    toml::source_position where;
    std::string what;
  };

  Error ErrorAt(toml::source_position where, std::string_view what) const {
    return {Code::kInvalidArgument,
            fmt::format("{}:{}:{}: {}", file_, where.line, where.column, what)};
  }

  // Tables come in the order of their names; the user reads from the top.
  void Complain(const toml::source_region& where, std::string what) {
    if (!problem_ || where.begin < problem_->where) problem_ = {where.begin, std::move(what)};
  }

  void ReadSection(const toml::key& key, const toml::node& node) {
    if (std::find(std::begin(kForeignSections), std::end(kForeignSections), key.str()) !=
        std::end(kForeignSections)) {
      return Complain(key.source(), fmt::format("this version does not know the section [{}] yet; "
                                                "take it out",
                                                key.str()));
    }
    const bool known = key == "kind" || key == "link" || key == "verdict";
    if (!known) {
      return Complain(key.source(),
                      fmt::format("unknown section {}; known: [kind.\"NAME\"], [link], [verdict]",
                                  Quote(key.str())));
    }
    const toml::table* table = node.as_table();
    if (table == nullptr) {
      return Complain(key.source(), fmt::format("{} must be one section, [{}]", key.str(),
                                                key == "kind" ? "kind.\"NAME\"" : key.str()));
    }
    if (key == "kind") return ReadKinds(*table);
    if (key == "link") return ReadSettings<LinkPolicy>(*table, kLinkSettings, policy_);
    ReadSettings<LinkPolicy>(*table, kVerdictSettings, policy_);
    if (policy_.review > policy_.block) {
      Complain(SourceOf(*table, "block_bits", "review_bits"),
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
        Complain(name.source(),
                 fmt::format("unknown kind {}; {}", Quote(name.str()),
                             unquoted ? "a name with dots stands in quotes: [kind.\"pay.iban\"]"
                                      : "`revenant kinds` lists them"));
        continue;
      }
      if (table == nullptr) {
        Complain(node.source(), fmt::format("must be a section, [kind.{}]", Quote(name.str())));
        continue;
      }
      const std::string_view own_name = OwnName(*info, name.str());
      if (policy_.overrides().contains(own_name)) {
        Complain(name.source(), fmt::format("a second section for kind {}, which has both names",
                                            Quote(own_name)));
      }
      KindPolicy kind = policy_.For(name.str());
      ReadSettings<KindPolicy>(*table, kKindSettings, kind);
      // An ignored kind is not weighed: of some of them (private addresses) u is m in the table.
      if (kind.role != Role::kIgnored && !(kind.u < kind.m)) {
        Complain(SourceOf(*table, "u", "m"),
                 fmt::format("u ({}) must be below m ({}), or a shared value would count against "
                             "a link",
                             kind.u, kind.m));
      }
      policy_.Set(name.str(), kind);
    }
  }

  template <typename Owner>
  void ReadSettings(const toml::table& table, std::span<const Setting<Owner>> settings,
                    Owner& owner) {
    for (const auto& [key, node] : table) {
      const auto setting =
          std::find_if(settings.begin(), settings.end(),
                       [&name = key](const auto& row) { return name.str() == row.key; });
      if (setting == settings.end()) {
        Complain(key.source(), fmt::format("unknown setting {}; known here: {}", Quote(key.str()),
                                           Keys(settings)));
      } else if (const auto allowed = Assign(node, *setting, owner)) {
        Complain(node.source(), fmt::format("{} must be {}", setting->key, *allowed));
      }
    }
  }

  // Place of the value of `key`, or of `other` where the file leaves `key` to its default.
  static const toml::source_region& SourceOf(const toml::table& table, std::string_view key,
                                             std::string_view other) {
    if (const toml::node* node = table.get(key)) return node->source();
    if (const toml::node* node = table.get(other)) return node->source();
    return table.source();
  }

  std::string_view file_;
  LinkPolicy policy_;
  std::optional<Problem> problem_;
};

// --- Writing.

template <typename Owner>
void AppendSettings(std::string& out, std::span<const Setting<Owner>> settings,
                    const Owner& owner) {
  for (const auto& setting : settings) {
    const auto write = [&]<typename T>(T Owner::* member) -> std::string {
      if constexpr (std::is_same_v<T, Role>) {
        return fmt::format("\"{}\"", RoleName(owner.*member));
      } else if constexpr (std::is_same_v<T, bool> || std::is_same_v<T, double>) {
        return fmt::format("{}", owner.*member);
      } else if (setting.scale == 1) {
        return fmt::format("{}", owner.*member);
      } else {
        // Division gives the double nearest to the decimal, so this prints what was meant.
        return fmt::format("{}", static_cast<double>(owner.*member) / setting.scale);
      }
    };
    out += fmt::format("{} = {}\n", setting.key, std::visit(write, setting.member));
  }
}

// A TOML basic string; names of kinds may hold any character that the rules of custom kinds allow.
std::string TomlString(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      out += fmt::format("\\u{:04X}", static_cast<unsigned>(c));
    } else {
      out += c;
    }
  }
  return out + '"';
}

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
