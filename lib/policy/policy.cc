#include "revenant/policy.h"

#include <fmt/ranges.h>

#include <set>

#include "util/policy_sections.h"
#include "util/toml_settings.h"

namespace revenant {
namespace {

constexpr double kMaxCount = 1e6;
constexpr double kMaxShare = 1;
constexpr double kMaxRate = 1000;
constexpr double kMaxBits = 1000;
constexpr double kMaxHours = 87'600;  // ten years

// One of the weights, which stand in an array.
template <Right kRight>
std::uint32_t& Weight(SanctionPolicy& policy) {
  return policy.weight[static_cast<std::size_t>(kRight) - 1];
}

bool SetCurrency(SanctionPolicy& policy, const std::string& code) {
  const bool good = code.size() == 3 && std::all_of(code.begin(), code.end(),
                                                    [](char c) { return c >= 'A' && c <= 'Z'; });
  if (good) policy.currency = code;
  return good;
}
bool SetCompensation(SanctionPolicy& policy, const std::string& name) {
  const auto source = CompensationFromName(name);
  if (source) policy.compensation = *source;
  return source.has_value();
}
bool SetPlatformType(DutyPolicy& policy, const std::string& name) {
  const auto type = PlatformTypeFromName(name);
  if (type) policy.platform_type = *type;
  return type.has_value();
}
bool SetZone(Regime& regime, const std::string& text) {
  const Result<std::int32_t> zone = ParseZone(text);
  if (zone) regime.zone_minutes = *zone;
  return zone.has_value();
}

constexpr double kMaxMoney = static_cast<double>(kMaxAmount);

constexpr Setting<SanctionPolicy> kSanctionSettings[] = {
    {"freeze_from", &SanctionPolicy::freeze_from, 1, kMaxCount},
    {"deduct_from", &SanctionPolicy::deduct_from, 1, kMaxCount},
    {"terminate_from", &SanctionPolicy::terminate_from, 1, kMaxCount},
    {"file_from", &SanctionPolicy::file_from, 1, kMaxCount},
    {"freeze_days", &SanctionPolicy::freeze_days, 1, 36'500},
    {"freeze_share", &SanctionPolicy::freeze_share, 0, kMaxShare, 1000},
    {"deduct_share", &SanctionPolicy::deduct_share, 0, kMaxShare, 1000},
    {"window_days", &SanctionPolicy::window_days, 0, 36'500},
    {"weight_trademark", Weight<Right::kTrademark>, 0, 100, 1000},
    {"weight_patent", Weight<Right::kPatent>, 0, 100, 1000},
    {"weight_copyright", Weight<Right::kCopyright>, 0, 100, 1000},
    {"weight_design", Weight<Right::kDesign>, 0, 100, 1000},
    {"weight_secret", Weight<Right::kSecret>, 0, 100, 1000},
    {"hold_while_countered", &SanctionPolicy::hold_while_countered},
    {"deduct_from_linked", &SanctionPolicy::deduct_from_linked},
    {"currency",
     TextMember<SanctionPolicy>{[](const SanctionPolicy& policy) { return policy.currency; },
                                SetCurrency},
     0, 0, 1, "three capital letters (ISO 4217), such as \"EUR\""},
    {"deposit_base", &SanctionPolicy::deposit_base, 0, kMaxMoney},
    {"deposit_floor", &SanctionPolicy::deposit_floor, 0, kMaxMoney},
    {"deposit_ceiling", &SanctionPolicy::deposit_ceiling, 0, kMaxMoney},
    {"own_rate", &SanctionPolicy::own_rate, 0, kMaxRate, 1000},
    {"linked_rate", &SanctionPolicy::linked_rate, 0, kMaxRate, 1000},
    {"hub_rate", &SanctionPolicy::hub_rate, 0, kMaxRate, 1000},
    {"compensation",
     TextMember<SanctionPolicy>{[](const SanctionPolicy& policy) {
                                  return std::string(CompensationName(policy.compensation));
                                },
                                SetCompensation},
     0, 0, 1, "\"deposit\", \"insurance\" or \"deposit_then_insurance\""},
};

constexpr Setting<KnowledgePolicy> kKnowledgeSettings[] = {
    {"price_ratio", &KnowledgePolicy::price_ratio, 0, kMaxRate, 1000},
    {"sales_ratio", &KnowledgePolicy::sales_ratio, 0, kMaxCount, 1000},
    {"negative_review_ratio", &KnowledgePolicy::negative_review_ratio, 0, kMaxRate, 1000},
    {"banned_links", &KnowledgePolicy::banned_links, 1, kMaxCount},
    {"listing_words", &KnowledgePolicy::listing_words, 1, kMaxCount},
    {"supplier_bans", &KnowledgePolicy::supplier_bans, 1, kMaxCount},
    {"notice_contact", &KnowledgePolicy::notice_contact},
    {"notice_proof_of_right", &KnowledgePolicy::notice_proof_of_right},
    {"notice_evidence", &KnowledgePolicy::notice_evidence},
    {"notice_good_faith", &KnowledgePolicy::notice_good_faith},
    {"notice_signature", &KnowledgePolicy::notice_signature},
};

constexpr Setting<DutyPolicy> kDutySettings[] = {
    {"platform_type",
     TextMember<DutyPolicy>{[](const DutyPolicy& policy) {
                              return std::string(PlatformTypeName(policy.platform_type));
                            },
                            SetPlatformType},
     0, 0, 1, "\"information\", \"logistics\", \"marketing\" or \"payment\""},
};
constexpr Setting<DutyThresholds> kThresholdSettings[] = {
    {"review_bits", &DutyThresholds::review_millibits, -kMaxBits, kMaxBits, 1000},
    {"block_bits", &DutyThresholds::block_millibits, -kMaxBits, kMaxBits, 1000},
    {"deposit_factor", &DutyThresholds::deposit_factor, 0.1, 10, 1000, "a number from 0.1 to 10"},
};

constexpr Setting<ClockPolicy> kClockSettings[] = {
    {"regime",
     TextMember<ClockPolicy>{[](const ClockPolicy& policy) { return policy.regime; },
                             [](ClockPolicy& policy, const std::string& name) {
                               policy.regime = name;
                               return true;
                             }},
     0, 0, 1, "the name of a regime"},
};
constexpr Setting<Regime> kRegimeSettings[] = {
    {"acknowledge_hours", &Regime::acknowledge_hours, 0, kMaxHours},
    {"measure_hours", &Regime::measure_hours, 0, kMaxHours},
    {"forward_hours", &Regime::forward_hours, 0, kMaxHours},
    {"wait_hours", &Regime::wait_hours, 0, kMaxHours},
    {"restore_hours", &Regime::restore_hours, 0, kMaxHours},
    {"zone",
     TextMember<Regime>{[](const Regime& regime) { return FormatZone(regime.zone_minutes); },
                        SetZone},
     0, 0, 1, "an offset from UTC such as \"+08:00\" or \"Z\""},
};

template <Family kFamily>
std::uint32_t& ListedDays(ExchangePolicy& policy) {
  return policy.listed_days[static_cast<std::size_t>(kFamily)];
}

constexpr Setting<ExchangePolicy> kExchangeSettings[] = {
    {"min_infringements", &ExchangePolicy::min_infringements, 1, 255},
    {"valid_days", &ExchangePolicy::valid_days, 1, 3653},
    {"silence_days", &ExchangePolicy::silence_days, 1, 3653},
    {"retroactive_days", &ExchangePolicy::retroactive_days, 0, 36'500},
    {"max_seq_leap", &ExchangePolicy::max_seq_leap, 1, 1e9},
    {"request_items", &ExchangePolicy::request_items, 1, 1e6},
    {"guessable_daily", &ExchangePolicy::guessable_daily, 0, 1e9},
    {"guessable_backlog", &ExchangePolicy::guessable_backlog, 0, 1e9},
    {"random_daily", &ExchangePolicy::random_daily, 0, 1e9},
    {"random_backlog", &ExchangePolicy::random_backlog, 0, 1e9},
};
constexpr double kMaxListedDays = 7305;  // twenty years
constexpr Setting<ExchangePolicy> kListedDaysSettings[] = {
    {"device", ListedDays<Family::kDevice>, 1, kMaxListedDays},
    {"document", ListedDays<Family::kDocument>, 1, kMaxListedDays},
    {"payment", ListedDays<Family::kPayment>, 1, kMaxListedDays},
    {"contact", ListedDays<Family::kContact>, 1, kMaxListedDays},
    {"network", ListedDays<Family::kNetwork>, 1, kMaxListedDays},
    {"organisation", ListedDays<Family::kOrganisation>, 1, kMaxListedDays},
};

// The name of a kind, or a country ("cn") whose code is part of a kind's name.
std::optional<std::string> ExportKey(std::string_view key) {
  if (const KindInfo* info = FindKind(key)) return std::string(info->name);
  if (key.size() != 2) return std::nullopt;
  const std::string part = fmt::format(".{}.", key);
  const auto kinds = Kinds();
  const bool given = std::any_of(kinds.begin(), kinds.end(), [&](const KindInfo& info) {
    return info.name.find(part) != info.name.npos;
  });
  return given ? std::optional(std::string(key)) : std::nullopt;
}

std::optional<ExportRule> ExportRuleFrom(std::string_view text) {
  if (text == "*") return ExportRule{ExportRule::Scope::kAnywhere, {}};
  if (text == "none") return ExportRule{ExportRule::Scope::kNobody, {}};
  std::set<std::string_view> countries;
  while (!text.empty()) {
    const std::string_view code = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(text.size(), code.size() + 1));
    const bool two_capitals = code.size() == 2 && std::all_of(code.begin(), code.end(), [](char c) {
                                return c >= 'A' && c <= 'Z';
                              });
    if (!two_capitals) return std::nullopt;
    countries.insert(code);
  }
  return ExportRule{ExportRule::Scope::kCountries, fmt::format("{}", fmt::join(countries, " "))};
}

std::string TextOf(const ExportRule& rule) {
  switch (rule.scope) {
    case ExportRule::Scope::kAnywhere:
      return "*";
    case ExportRule::Scope::kNobody:
      return "none";
    case ExportRule::Scope::kCountries:
      break;
  }
  return rule.countries;
}

class PolicyReader {
 public:
  explicit PolicyReader(std::string_view file) : reader_(file) {}

  Result<EnforcementPolicy> Read(std::string_view text) {
    const toml::parse_result document = toml::parse(text);
    if (!document) {
      return reader_.ErrorAt(document.error().source().begin, document.error().description());
    }
    for (const auto& [key, value] : document.table()) ReadSection(key, value);
    if (const auto problem = reader_.problem()) return *problem;
    return std::move(policy_);
  }

 private:
  void ReadSection(const toml::key& key, const toml::node& node) {
    if (IsLinkSection(key.str())) return;
    if (!IsEnforcementSection(key.str())) {
      return reader_.Complain(key.source(), fmt::format("unknown section {}; known: {}",
                                                        QuoteName(key.str()), kKnownSections));
    }
    const toml::table* table = node.as_table();
    if (table == nullptr) {
      return reader_.Complain(key.source(),
                              fmt::format("{} must be one section, [{}]", key.str(), key.str()));
    }
    if (key == "sanctions") return ReadSanctions(*table);
    if (key == "knowledge") {
      return reader_.Read<KnowledgePolicy>(*table, kKnowledgeSettings, policy_.knowledge);
    }
    if (key == "duty") return ReadDuty(*table);
    if (key == "exchange") return ReadExchange(*table);
    ReadClocks(*table);
  }

  void ReadSanctions(const toml::table& table) {
    SanctionPolicy& sanctions = policy_.sanctions;
    reader_.Read<SanctionPolicy>(table, kSanctionSettings, sanctions);
    if (sanctions.deposit_floor > sanctions.deposit_ceiling) {
      reader_.Complain(SettingsReader::SourceOf(table, "deposit_floor", "deposit_ceiling"),
                       fmt::format("deposit_floor ({}) must not be above deposit_ceiling ({})",
                                   sanctions.deposit_floor, sanctions.deposit_ceiling));
    }
  }

  void ReadDuty(const toml::table& table) {
    reader_.Read<DutyPolicy>(
        table, kDutySettings, policy_.duty, [&](const toml::key& key, const toml::node& node) {
          const auto type = PlatformTypeFromName(key.str());
          if (!type || !node.is_table()) return false;
          DutyThresholds& thresholds = policy_.duty.types[static_cast<std::size_t>(*type)];
          const toml::table& own = *node.as_table();
          reader_.Read<DutyThresholds>(own, kThresholdSettings, thresholds);
          if (thresholds.review_millibits > thresholds.block_millibits) {
            reader_.Complain(SettingsReader::SourceOf(own, "block_bits", "review_bits"),
                             "block_bits must not be below review_bits");
          }
          return true;
        });
  }

  void ReadClocks(const toml::table& table) {
    ClockPolicy& clocks = policy_.clocks;
    reader_.Read<ClockPolicy>(table, kClockSettings, clocks,
                              [&](const toml::key& key, const toml::node& node) {
                                if (!node.is_table()) return false;
                                Regime& regime = clocks.regimes[std::string(key.str())];
                                reader_.Read<Regime>(*node.as_table(), kRegimeSettings, regime);
                                return true;
                              });
    if (!clocks.regimes.contains(clocks.regime)) {
      reader_.Complain(
          SettingsReader::SourceOf(table, "regime", "regime"),
          fmt::format("regime {} has no section [clocks.{}]", QuoteName(clocks.regime), "NAME"));
    }
  }

  void ReadExchange(const toml::table& table) {
    ExchangePolicy& exchange = policy_.exchange;
    reader_.Read<ExchangePolicy>(
        table, kExchangeSettings, exchange, [&](const toml::key& key, const toml::node& node) {
          if (!node.is_table()) return false;
          if (key == "listed_days") {
            reader_.Read<ExchangePolicy>(*node.as_table(), kListedDaysSettings, exchange);
          } else if (key == "only_to") {
            ReadExportRules(*node.as_table());
          } else {
            return false;
          }
          return true;
        });
  }

  void ReadExportRules(const toml::table& table) {
    for (const auto& [key, node] : table) {
      const std::optional<std::string> name = ExportKey(key.str());
      if (!name) {
        reader_.Complain(key.source(), fmt::format("{} is neither a kind (`revenant kinds` lists "
                                                   "them) nor a country that has kinds, such as cn",
                                                   QuoteName(key.str())));
        continue;
      }
      const auto* text = node.as_string();
      const auto rule = text == nullptr ? std::nullopt : ExportRuleFrom(text->get());
      if (rule) {
        policy_.exchange.only_to[*name] = *rule;
      } else {
        reader_.Complain(node.source(),
                         fmt::format("{} must be countries such as \"CN HK\", \"\" for our own "
                                     "alone, \"*\" or \"none\"",
                                     *name));
      }
    }
  }

  SettingsReader reader_;
  EnforcementPolicy policy_;
};

}  // namespace

Result<EnforcementPolicy> ParseEnforcementPolicy(std::string_view toml, std::string_view file) {
  return PolicyReader(file).Read(toml);
}

std::string FormatEnforcementPolicy(const EnforcementPolicy& policy) {
  std::string out = "[sanctions]\n";
  AppendSettings<SanctionPolicy>(out, kSanctionSettings, policy.sanctions);
  out += "\n[knowledge]\n";
  AppendSettings<KnowledgePolicy>(out, kKnowledgeSettings, policy.knowledge);
  out += "\n[duty]\n";
  AppendSettings<DutyPolicy>(out, kDutySettings, policy.duty);
  for (std::size_t i = 0; i < kPlatformTypeCount; ++i) {
    out += fmt::format("\n[duty.{}]\n", PlatformTypeName(static_cast<PlatformType>(i)));
    AppendSettings<DutyThresholds>(out, kThresholdSettings, policy.duty.types[i]);
  }
  out += "\n[clocks]\n";
  AppendSettings<ClockPolicy>(out, kClockSettings, policy.clocks);
  for (const auto& [name, regime] : policy.clocks.regimes) {
    out += fmt::format("\n[clocks.{}]\n", TomlString(name));
    AppendSettings<Regime>(out, kRegimeSettings, regime);
  }
  out += "\n[exchange]\n";
  AppendSettings<ExchangePolicy>(out, kExchangeSettings, policy.exchange);
  out += "\n[exchange.listed_days]\n";
  AppendSettings<ExchangePolicy>(out, kListedDaysSettings, policy.exchange);
  out += "\n[exchange.only_to]\n";
  for (const auto& [kind, rule] : policy.exchange.only_to) {
    out += fmt::format("{} = {}\n", TomlString(kind), TomlString(TextOf(rule)));
  }
  return out;
}

}  // namespace revenant
