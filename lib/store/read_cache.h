#ifndef REVENANT_STORE_READ_CACHE_H_
#define REVENANT_STORE_READ_CACHE_H_

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "store/rows.h"

namespace revenant {

// Rows that the writer read lately, as they stand committed. Searches through a large component
// read the same sellers and fingerprints over and over: a look-up here costs a tenth of one in
// RocksDB. Threads: the writer's own.
class ReadCache {
 public:
  using Value = std::optional<std::string>;  // nullopt: there is no such row

  // Whether a point read of this row is worth keeping: those that searches come back to.
  static bool Keeps(Table table, std::string_view key) {
    return table == Table::kSellers || table == Table::kFingerprints ||
           (table == Table::kObservations && IsObservedKey(key));
  }

  const Value* Find(Table table, std::string_view key) const {
    const auto found = values_.find(Name(table, key));
    return found == values_.end() ? nullptr : &found->second;
  }
  const Value& Keep(Table table, std::string_view key, Value value) {
    MakeRoom();
    return values_.insert_or_assign(Name(table, key), std::move(value)).first->second;
  }
  // The row was written: what is kept of it is old.
  void Forget(Table table, std::string_view key) { values_.erase(Name(table, key)); }

 private:
  static constexpr std::size_t kMaxEntries = 1'000'000;  // about 200 MB

  static std::string Name(Table table, std::string_view key) {
    std::string name(1, static_cast<char>(table));
    name += key;
    return name;
  }
  // A full start anew is rare enough to be simpler than ageing.
  void MakeRoom() {
    if (values_.size() >= kMaxEntries) values_.clear();
  }

  std::unordered_map<std::string, Value> values_;
};

}  // namespace revenant

#endif  // REVENANT_STORE_READ_CACHE_H_
