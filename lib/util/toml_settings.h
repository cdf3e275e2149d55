#ifndef REVENANT_UTIL_TOML_SETTINGS_H_
#define REVENANT_UTIL_TOML_SETTINGS_H_

// Sections of a policy file as tables of settings: reading, range checks and writing run over the
// same rows. Include it in a .cc only: it brings all of toml++ along.

#include <fmt/format.h>

// The distribution's shared library of toml++ throws; compiled into the file that includes this it
// returns errors.
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
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

#include "revenant/result.h"

namespace revenant {

// A setting that stands as text in the file: a name of an enumeration, a currency.
template <typename Owner>
struct TextMember {
  std::string (*get)(const Owner&);
  bool (*set)(Owner&, const std::string&);  // false, owner untouched: not allowed
};

template <typename Owner>
using SettingMember = std::variant<std::uint32_t Owner::*, std::int64_t Owner::*, double Owner::*,
                                   bool Owner::*, std::uint32_t& (*)(Owner&), TextMember<Owner>>;

// A setting of a section. Numbers in the file are `scale` times smaller than the integers inside:
// 1 for counts, which must be whole, 1000 for bits and shares.
template <typename Owner>
struct Setting {
  std::string_view key;
  SettingMember<Owner> member;
  double min = 0;
  double max = 0;
  int scale = 1;
  std::string_view allowed = {};  // says the range where "min to max" would not
  std::uint32_t since = 1;        // the edition of the rules that brought it, where there are some
};

// A name out of the file, safe to stand in a one-line message.
inline std::string QuoteName(std::string_view name) {
  constexpr std::size_t kLongest = 80;
  if (name.size() > kLongest) return fmt::format("{:?}...", name.substr(0, kLongest));
  return fmt::format("{:?}", name);
}

// A TOML basic string.
inline std::string TomlString(std::string_view text) {
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

// Reads one document and keeps the complaint that stands first in it.
class SettingsReader {
 public:
  explicit SettingsReader(std::string_view file) : file_(file) {}

  Error ErrorAt(toml::source_position where, std::string_view what) const {
    return {Code::kInvalidArgument,
            fmt::format("{}:{}:{}: {}", file_, where.line, where.column, what)};
  }
  // Tables come in the order of their names; the user reads from the top.
  void Complain(const toml::source_region& where, std::string what) {
    if (!problem_ || where.begin < problem_->where) problem_ = {where.begin, std::move(what)};
  }
  std::optional<Error> problem() const {
    if (!problem_) return std::nullopt;
    return ErrorAt(problem_->where, problem_->what);
  }

  // Reads every key of `table` that `skip` does not claim into `owner`.
  template <typename Owner, typename Skip>
  void Read(const toml::table& table, std::span<const Setting<Owner>> settings, Owner& owner,
            Skip skip) {
    for (const auto& [key, node] : table) {
      if (skip(key, node)) continue;
      const auto setting =
          std::find_if(settings.begin(), settings.end(),
                       [&name = key](const auto& row) { return name.str() == row.key; });
      if (setting == settings.end()) {
        Complain(key.source(), fmt::format("unknown setting {}; known here: {}",
                                           QuoteName(key.str()), Keys(settings)));
      } else if (const auto allowed = Assign(node, *setting, owner)) {
        Complain(node.source(), fmt::format("{} must be {}", setting->key, *allowed));
      }
    }
  }
  template <typename Owner>
  void Read(const toml::table& table, std::span<const Setting<Owner>> settings, Owner& owner) {
    Read(table, settings, owner, [](const auto&, const auto&) { return false; });
  }

  // Place of the value of `key`, or of `other` where the file leaves `key` to its default.
  static const toml::source_region& SourceOf(const toml::table& table, std::string_view key,
                                             std::string_view other) {
    if (const toml::node* node = table.get(key)) return node->source();
    if (const toml::node* node = table.get(other)) return node->source();
    return table.source();
  }

 private:
  struct Problem {
    toml::source_position where;
    std::string what;
  };

  template <typename Owner>
  static std::string Keys(std::span<const Setting<Owner>> settings) {
    std::string keys;
    for (const auto& setting : settings) {
      keys.append(keys.empty() ? "" : ", ").append(setting.key);
    }
    return keys;
  }

  template <typename Owner>
  static std::string Allowed(const Setting<Owner>& setting) {
    if (!setting.allowed.empty()) return std::string(setting.allowed);
    const bool is_real =
        setting.scale != 1 || std::holds_alternative<double Owner::*>(setting.member);
    return fmt::format("a {} from {} to {}", is_real ? "number" : "whole number",
                       static_cast<std::int64_t>(setting.min),
                       static_cast<std::int64_t>(setting.max));
  }

  // nullopt where the node is no number of the setting's kind and range.
  template <typename Owner>
  static std::optional<double> Number(const toml::node& node, const Setting<Owner>& setting) {
    const bool whole_only =
        setting.scale == 1 && !std::holds_alternative<double Owner::*>(setting.member);
    if (!node.is_integer() && (whole_only || !node.is_floating_point())) return std::nullopt;
    const std::optional<double> value = node.value<double>();
    // Written so that not-a-number is out of range.
    if (!value || !(*value >= setting.min && *value <= setting.max)) return std::nullopt;
    return value;
  }

  // Puts the value of `node` into its member of `owner`; nullopt, or what would be allowed.
  template <typename Owner>
  static std::optional<std::string> Assign(const toml::node& node, const Setting<Owner>& setting,
                                           Owner& owner) {
    const auto put = [&](auto& target) -> std::optional<std::string> {
      using T = std::decay_t<decltype(target)>;
      if constexpr (std::is_same_v<T, bool>) {
        const auto* flag = node.as_boolean();
        if (flag == nullptr) return "true or false";
        target = flag->get();
      } else {
        const std::optional<double> value = Number(node, setting);
        if (!value) return Allowed(setting);
        if constexpr (std::is_same_v<T, double>) {
          target = *value;
        } else {
          target = static_cast<T>(std::llround(*value * setting.scale));
        }
      }
      return std::nullopt;
    };
    const auto assign = [&](const auto& member) -> std::optional<std::string> {
      using M = std::decay_t<decltype(member)>;
      if constexpr (std::is_same_v<M, TextMember<Owner>>) {
        const auto* text = node.as_string();
        if (text == nullptr || !member.set(owner, text->get())) return std::string(setting.allowed);
        return std::nullopt;
      } else if constexpr (std::is_member_object_pointer_v<M>) {
        return put(owner.*member);
      } else {
        return put(member(owner));
      }
    };
    return std::visit(assign, setting.member);
  }

  std::string_view file_;
  std::optional<Problem> problem_;
};

// Appends "key = value" for every row.
template <typename Owner>
void AppendSettings(std::string& out, std::span<const Setting<Owner>> settings,
                    const Owner& owner) {
  for (const auto& setting : settings) {
    const auto text = [&](const auto& value) -> std::string {
      using T = std::decay_t<decltype(value)>;
      if constexpr (std::is_same_v<T, bool> || std::is_same_v<T, double>) {
        return fmt::format("{}", value);
      } else if (setting.scale == 1) {
        return fmt::format("{}", value);
      } else {
        // Division gives the double nearest to the decimal, so this prints what was meant.
        return fmt::format("{}", static_cast<double>(value) / setting.scale);
      }
    };
    const auto write = [&](const auto& member) -> std::string {
      using M = std::decay_t<decltype(member)>;
      if constexpr (std::is_same_v<M, TextMember<Owner>>) {
        return TomlString(member.get(owner));
      } else if constexpr (std::is_member_object_pointer_v<M>) {
        return text(owner.*member);
      } else {
        Owner copy = owner;
        return text(member(copy));
      }
    };
    out += fmt::format("{} = {}\n", setting.key, std::visit(write, setting.member));
  }
}

}  // namespace revenant

#endif  // REVENANT_UTIL_TOML_SETTINGS_H_
