#ifndef REVENANT_REGISTRY_ANSWER_ROW_TABLE_H_
#define REVENANT_REGISTRY_ANSWER_ROW_TABLE_H_

// Rows of the sellers connected with a ban, in memory: what the screening of a suspect reads.
//
// It holds, as they stand in the store, the rows that a search reads of every tainted seller (its
// own row, its observations, its bans, its component's sums, its linking fingerprints, and the rows
// of those that these lead to), and a Bloom filter of all fingerprints, which recognises those that
// no seller carries. Nothing in it is ever replaced: a write to a row that it holds only *marks*
// the entry, and from then on the store is asked. So it is right for every reader:
//
// The table is filled from one state S and published after everything written since S was marked. A
// reader takes it up, then a snapshot T, then looks: an entry that is not marked when
//   it looks is the row in T. For a batch between S and T that touched the row marked the entry
//   before it was committed, and T was taken after that commit. The same goes for a fingerprint
//   that is not in the filter: a batch that made its row set the bits before it was committed.
//
// Threads: any number may look beside one that marks; Put() before it is published, by one.
// Memory: bytes(); about 26 bytes plus key and value per entry, 2 bytes per fingerprint of the
// store.

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "revenant/fingerprint.h"
#include "store/rows.h"
#include "util/bloom.h"

namespace revenant {

// What a batch writes, as far as a table must know.
struct RowTouches {
  std::vector<std::uint64_t> entries;  // of those that hold what is written, if they are held
  std::vector<Bloom::Key> fingerprints;

  void Add(Table table, std::string_view key);
  void Append(const RowTouches& more);
  void Clear();
};

class RowTable {
 public:
  // An entry answers one of two questions.
  enum class What : std::uint8_t {
    kRow,   // what stands under this key? Its bytes: a 1 and the value, or a 0: there is none
    kRows,  // what stands under keys that begin so? Its bytes: keys and values, length-prefixed
  };
  // How many first bytes of a key the rows of a table are asked for by; 0: they are not held.
  static std::size_t PrefixOf(Table table);

  // Stops growing at `max_bytes`. `fingerprints`: how many there are about in the store.
  RowTable(std::uint64_t max_bytes, std::uint64_t fingerprints);

  bool Holds(What what, Table table, std::string_view key) const;
  void Put(What what, Table table, std::string_view key, std::string_view bytes);
  void PutFingerprint(const Fingerprint& fingerprint);
  // After the last Put(), before the first Find().
  void Finish();

  // nullopt: ask the store.
  std::optional<std::string_view> Find(What what, Table table, std::string_view key) const;
  // False: no row of the store stands under it.
  bool MayHave(const Fingerprint& fingerprint) const;

  // Before what is written becomes visible.
  void Mark(const RowTouches& touches);
  // So much was marked, or came in, that a new table would serve better.
  bool worn() const;

  std::size_t entries() const { return count_; }
  std::uint64_t marked() const { return marked_.load(std::memory_order_relaxed); }
  std::uint64_t bytes() const;
  bool full() const { return bytes_.size() >= max_bytes_; }

 private:
  friend struct RowTouches;
  static constexpr std::uint64_t kMarked = std::uint64_t{1} << 63;
  struct Slot {
    std::uint64_t hash = 0;
    std::atomic<std::uint64_t> place{0};  // of its bytes, plus one; 0: empty; with kMarked
  };
  static std::uint64_t HashOf(What what, Table table, std::string_view key);
  std::size_t Home(std::uint64_t hash) const {
    return static_cast<std::size_t>((hash >> 32) * slot_count_ >> 32);
  }
  Slot* PlaceFor(std::uint64_t hash, What what, Table table, std::string_view key) const;
  void Grow(std::size_t slots);

  const std::uint64_t max_bytes_;
  std::string bytes_;  // entries one after another: what and table, key, bytes
  std::unique_ptr<Slot[]> slots_;
  std::size_t slot_count_ = 0, count_ = 0;
  Bloom fingerprints_;
  std::atomic<std::uint64_t> marked_{0};
};

}  // namespace revenant

#endif  // REVENANT_REGISTRY_ANSWER_ROW_TABLE_H_
