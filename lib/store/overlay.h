#ifndef REVENANT_STORE_OVERLAY_H_
#define REVENANT_STORE_OVERLAY_H_

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "store/rows.h"

namespace revenant {

// What a batch has written, by table and key: read before the store is, and committed in the end,
// each row once however often it was put. Threads: one at a time.
class Overlay {
 public:
  using Value = std::optional<std::string>;  // nullopt: the row is deleted
  using Rows = std::map<std::string, Value, std::less<>>;

  // nullptr: the batch did not write this row.
  const Value* Find(Table table, std::string_view key) const {
    const Rows& rows = RowsOf(table);
    if (rows.empty()) return nullptr;
    const auto found = rows.find(key);
    return found == rows.end() ? nullptr : &found->second;
  }

  void Set(Table table, std::string_view key, Value value) {
    bytes_ += kRowBytes + key.size() + (value ? value->size() : 0);
    Rows& rows = tables_[static_cast<std::size_t>(table)];
    const auto place = rows.lower_bound(key);
    const bool there = place != rows.end() && place->first == key;
    if (marked_) {
      undo_.push_back({table, std::string(key),
                       there ? std::optional<Value>(std::move(place->second)) : std::nullopt});
    }
    if (there) {
      place->second = std::move(value);
    } else {
      rows.emplace_hint(place, key, std::move(value));
    }
  }

  // Rows of one table, in order of their keys.
  const Rows& RowsOf(Table table) const { return tables_[static_cast<std::size_t>(table)]; }
  // About as many bytes as a write of all of it takes, or more.
  std::size_t bytes() const { return bytes_; }

  // Back to where the mark was set; there is one at a time.
  void SetMark() { marked_ = true; }
  void DropMark() {
    marked_ = false;
    undo_.clear();
  }
  void RollBackToMark() {
    for (auto each = undo_.rbegin(); each != undo_.rend(); ++each) {
      Rows& rows = tables_[static_cast<std::size_t>(each->table)];
      if (each->before) {
        rows.find(each->key)->second = *std::move(each->before);
      } else {
        rows.erase(each->key);
      }
    }
    DropMark();
  }

 private:
  static constexpr std::size_t kRowBytes = 16;  // lengths, tags

  struct Undo {
    Table table{};
    std::string key;
    std::optional<Value> before;  // nullopt: the batch had not written the row
  };
  std::array<Rows, kTableCount> tables_;
  std::vector<Undo> undo_;
  bool marked_ = false;
  std::size_t bytes_ = 0;
};

}  // namespace revenant

#endif  // REVENANT_STORE_OVERLAY_H_
