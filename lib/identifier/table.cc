#include "identifier/table.h"

#include <xxhash.h>

#include <algorithm>
#include <bit>
#include <cassert>
#include <vector>

namespace revenant {
namespace kinds {
namespace {

std::string_view ScopeName(Scope scope) {
  switch (scope) {
    case Scope::kNone:
      return "";
    case Scope::kCountry:
      return "country";
    case Scope::kApp:
      return "app";
    case Scope::kIssuer:
      return "issuer";
  }
  return "";
}

// Without check digits a slip of the pen is another person's number.
constexpr double kUncheckedBits = 16.5;

double UOf(const Kind& row) {
  const bool number =
      row.traits.family == Family::kDocument || row.traits.family == Family::kOrganisation;
  const bool unchecked = row.check.name.empty() && row.traits.role == Role::kLinking;
  return number && unchecked ? row.traits.Weighing(kUncheckedBits).u() : row.traits.u();
}

KindInfo InfoOf(const Kind& row) {
  return {.name = row.name,
          .title = row.title,
          .family = row.traits.family,
          .role = row.traits.role,
          .check = row.check.name.empty() ? "none" : row.check.name,
          .scope = ScopeName(row.scope),
          .standard = row.standard,
          .entropy_bits = row.bits,
          .good_for_days = row.traits.good_for_days,
          .fanout_limit = row.traits.fanout_limit,
          .carry_limit = row.traits.carry_limit,
          .m = row.traits.m,
          .u = UOf(row),
          .half_life_days = row.traits.half_life_days,
          .example = row.example,
          .example_country = row.example_country};
}

constexpr std::string_view kCustomPrefix = "custom.";

bool IsCustomName(std::string_view kind) {
  if (!kind.starts_with(kCustomPrefix)) return false;
  const std::string_view name = kind.substr(kCustomPrefix.size());
  const auto inner = [](char c) { return c == '.' || c == '-'; };
  const auto fits = [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || inner(c);
  };
  return !name.empty() && name.size() <= 64 && !inner(name.front()) && !inner(name.back()) &&
         std::ranges::all_of(name, fits);
}

// All rows, found by name through an open-addressing table that is at most a quarter full.
class Table {
 public:
  static const Table& Get() {
    static const Table table;
    return table;
  }

  const Kind* Find(std::string_view name) const {
    for (std::size_t slot = Hash(name);; ++slot) {
      const Entry& entry = table_[slot & (table_.size() - 1)];
      if (entry.row < 0) break;
      if (entry.name == name) return rows_[static_cast<std::size_t>(entry.row)];
    }
    return IsCustomName(name) ? custom_ : nullptr;
  }

  std::size_t IndexOf(const Kind* row) const {
    return static_cast<std::size_t>(
        std::ranges::lower_bound(rows_, row->name, {}, [](const Kind* k) { return k->name; }) -
        rows_.begin());
  }

  std::span<const Kind* const> rows() const { return rows_; }
  std::span<const KindInfo> infos() const { return infos_; }

 private:
  struct Entry {
    std::string_view name;
    std::int32_t row = -1;
  };

  Table() {
#define REVENANT_KINDS(function) \
  for (const Kind& row : function()) rows_.push_back(&row);
#include "identifier/table_files.inc"
#undef REVENANT_KINDS
    std::ranges::sort(rows_, {}, [](const Kind* row) { return row->name; });
    table_.resize(std::bit_ceil(rows_.size() * 5));
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      infos_.push_back(InfoOf(*rows_[i]));
      Insert(rows_[i]->name, i);
      std::string_view aliases = rows_[i]->aliases;
      while (!aliases.empty()) {
        const std::size_t end = std::min(aliases.find(' '), aliases.size());
        Insert(aliases.substr(0, end), i);
        aliases.remove_prefix(std::min(end + 1, aliases.size()));
      }
    }
    custom_ = Find("custom.*");
  }

  static std::size_t Hash(std::string_view name) { return XXH3_64bits(name.data(), name.size()); }

  void Insert(std::string_view name, std::size_t row) {
    std::size_t slot = Hash(name);
    while (table_[slot & (table_.size() - 1)].row >= 0) {
      assert(table_[slot & (table_.size() - 1)].name != name);  // a name stands for one row
      ++slot;
    }
    table_[slot & (table_.size() - 1)] = {name, static_cast<std::int32_t>(row)};
  }

  std::vector<const Kind*> rows_;
  std::vector<KindInfo> infos_;
  std::vector<Entry> table_;
  const Kind* custom_ = nullptr;
};

}  // namespace

const Kind* FindRow(std::string_view name) { return Table::Get().Find(name); }

std::span<const Kind* const> AllRows() { return Table::Get().rows(); }

}  // namespace kinds

std::span<const KindInfo> Kinds() { return kinds::Table::Get().infos(); }

const KindInfo* FindKind(std::string_view kind) {
  const kinds::Table& table = kinds::Table::Get();
  const kinds::Kind* const row = table.Find(kind);
  return row == nullptr ? nullptr : &table.infos()[table.IndexOf(row)];
}

}  // namespace revenant
