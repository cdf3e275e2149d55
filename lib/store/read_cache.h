#ifndef REVENANT_STORE_READ_CACHE_H_
#define REVENANT_STORE_READ_CACHE_H_

#include <array>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "store/rows.h"

namespace revenant {

// Rows that the writer read lately, as they stand committed. Searches through a large component
// read the same sellers and fingerprints over and over, and every event the running numbers: a
// look-up here costs a tenth of one in RocksDB. Most rows that are looked for are not there, once
// each; of those nothing is kept but in the table of numbers. Threads: the writer's own.
class ReadCache {
 public:
  using Value = std::optional<std::string>;  // nullopt: there is no such row

  const Value* Find(Table table, std::string_view key) const {
    if (!Keeps(table)) return nullptr;
    const Rows& rows = RowsOf(table);
    const auto found = rows.find(key);
    return found == rows.end() ? nullptr : &found->second;
  }

  // A row was read.
  void Note(Table table, std::string_view key, const Value& value) {
    if (!Keeps(table) || (!value && table != Table::kMeta)) return;
    if (entries_ >= kMaxEntries) Clear();
    entries_ += RowsOf(table).emplace(key, value).second;
  }

  // A row was committed.
  void Replace(Table table, std::string_view key, const Value& value) {
    if (!Keeps(table)) return;
    Rows& rows = RowsOf(table);
    const auto found = rows.find(key);
    if (found != rows.end()) found->second = value;
  }

 private:
  static constexpr std::size_t kMaxEntries = 1'000'000;  // about 250 MB

  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view key) const {
      return std::hash<std::string_view>()(key);
    }
  };
  using Rows = std::unordered_map<std::string, Value, Hash, std::equal_to<>>;

  static constexpr bool Keeps(Table table) {
    return table == Table::kMeta || table == Table::kSellers || table == Table::kFingerprints ||
           table == Table::kObservations;
  }
  Rows& RowsOf(Table table) { return tables_[static_cast<std::size_t>(table)]; }
  const Rows& RowsOf(Table table) const { return tables_[static_cast<std::size_t>(table)]; }

  // Starting again empty is rare enough to be simpler than ageing.
  void Clear() {
    for (Rows& rows : tables_) rows.clear();
    entries_ = 0;
  }

  std::array<Rows, kTableCount> tables_;
  std::size_t entries_ = 0;
};

}  // namespace revenant

#endif  // REVENANT_STORE_READ_CACHE_H_
