#ifndef REVENANT_STORE_READ_CACHE_H_
#define REVENANT_STORE_READ_CACHE_H_

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "store/rows.h"

namespace revenant {

// Rows that the writer read lately, as they stand committed. Searches through a large component
// read the same sellers and fingerprints over and over: a look-up here costs a tenth of one in
// RocksDB. Threads: the writer's own.
class ReadCache {
 public:
  using Value = std::optional<std::string>;  // nullopt: there is no such row
  using Rows = std::vector<std::pair<std::string, std::string>>;

  // Point reads of these tables, and scans of one seller's observations, are worth keeping.
  static bool Keeps(Table table) {
    return table == Table::kSellers || table == Table::kFingerprints;
  }
  static bool KeepsScan(Table table, std::string_view prefix) {
    return table == Table::kObservations && prefix.size() == kSellerPrefix;
  }

  const Value* Find(Table table, std::string_view key) const {
    const auto found = values_.find(Name(table, key));
    return found == values_.end() ? nullptr : &found->second;
  }
  const Value& Keep(Table table, std::string_view key, Value value) {
    MakeRoom();
    return values_.insert_or_assign(Name(table, key), std::move(value)).first->second;
  }
  const Rows* FindScan(std::string_view prefix) const {
    const auto found = scans_.find(std::string(prefix));
    return found == scans_.end() ? nullptr : &found->second;
  }
  const Rows& KeepScan(std::string_view prefix, Rows rows) {
    MakeRoom();
    return scans_.insert_or_assign(std::string(prefix), std::move(rows)).first->second;
  }
  // The row was written: what is kept of it is old.
  void Forget(Table table, std::string_view key) {
    if (Keeps(table)) values_.erase(Name(table, key));
    if (table == Table::kObservations) scans_.erase(std::string(key.substr(0, kSellerPrefix)));
  }

 private:
  static constexpr std::size_t kSellerPrefix = 8;
  static constexpr std::size_t kMaxEntries = 1'000'000;  // about 200 MB

  static std::string Name(Table table, std::string_view key) {
    std::string name(1, static_cast<char>(table));
    name += key;
    return name;
  }
  // A full start anew is rare enough to be simpler than ageing.
  void MakeRoom() {
    if (values_.size() + scans_.size() < kMaxEntries) return;
    values_.clear();
    scans_.clear();
  }

  std::unordered_map<std::string, Value> values_;
  std::unordered_map<std::string, Rows> scans_;
};

}  // namespace revenant

#endif  // REVENANT_STORE_READ_CACHE_H_
