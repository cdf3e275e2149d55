#include "registry/answer/row_table.h"

#include <xxhash.h>

#include <utility>

#include "registry/answer/taint_filter.h"
#include "util/bytes.h"

namespace revenant {
namespace {

// An entry as it lies in memory. The bytes are our own: nothing can be wrong with them.
struct Entry {
  std::string_view key, bytes;
  char head = 0;
};

char HeadOf(RowTable::What what, Table table) {
  return static_cast<char>(static_cast<unsigned>(table) << 1 | static_cast<unsigned>(what));
}

Entry EntryAt(std::string_view all, std::uint64_t place) {
  Entry entry;
  entry.head = all[place];
  ByteReader reader(all.substr(place + 1));
  entry.key = reader.LengthPrefixed();
  entry.bytes = reader.LengthPrefixed();
  return entry;
}

}  // namespace

// --- What is written ---

void RowTouches::Add(Table table, std::string_view key) {
  const std::size_t prefix = RowTable::PrefixOf(table);
  if (prefix == 0) return;
  entries.push_back(RowTable::HashOf(RowTable::What::kRow, table, key));
  entries.push_back(RowTable::HashOf(RowTable::What::kRows, table, key.substr(0, prefix)));
  if (table != Table::kFingerprints) return;
  if (const Result<Fingerprint> fingerprint = DecodeFingerprintKey(key)) {
    fingerprints.push_back(TaintKey(*fingerprint));
  }
}

void RowTouches::Append(const RowTouches& more) {
  entries.insert(entries.end(), more.entries.begin(), more.entries.end());
  fingerprints.insert(fingerprints.end(), more.fingerprints.begin(), more.fingerprints.end());
}

void RowTouches::Clear() {
  entries.clear();
  fingerprints.clear();
}

// --- The table ---

std::size_t RowTable::PrefixOf(Table table) {
  constexpr std::size_t kId = 8;
  switch (table) {
    case Table::kSellers:
    case Table::kObservations:
    case Table::kPairs:
    case Table::kComponents:
      return kId;
    case Table::kMeta:  // asked for by whole keys only
      return 1;
    case Table::kCases:  // of one type
      return kId + 1;
    case Table::kFingerprints:
    case Table::kCarriers:
      return sizeof(Fingerprint);
    default:
      return 0;
  }
}

RowTable::RowTable(std::uint64_t max_bytes, std::uint64_t fingerprints)
    : max_bytes_(max_bytes), fingerprints_(fingerprints + fingerprints / 8 + 4096) {
  Grow(1024);
}

std::uint64_t RowTable::HashOf(What what, Table table, std::string_view key) {
  return XXH3_64bits_withSeed(key.data(), key.size(),
                              static_cast<std::uint8_t>(HeadOf(what, table)));
}

RowTable::Slot* RowTable::PlaceFor(std::uint64_t hash, What what, Table table,
                                   std::string_view key) const {
  const char head = HeadOf(what, table);
  for (std::size_t i = Home(hash);; i = i + 1 == slot_count_ ? 0 : i + 1) {
    Slot& slot = slots_[i];
    const std::uint64_t place = slot.place.load(std::memory_order_acquire) & ~kMarked;
    if (place == 0) return &slot;
    if (slot.hash != hash) continue;
    const Entry entry = EntryAt(bytes_, place - 1);
    if (entry.head == head && entry.key == key) return &slot;
  }
}

bool RowTable::Holds(What what, Table table, std::string_view key) const {
  return PlaceFor(HashOf(what, table, key), what, table, key)->place.load() != 0;
}

void RowTable::Put(What what, Table table, std::string_view key, std::string_view bytes) {
  if (full()) return;
  if (count_ + 1 > slot_count_ / 2) Grow(2 * slot_count_);
  const std::uint64_t hash = HashOf(what, table, key);
  Slot* slot = PlaceFor(hash, what, table, key);
  if (slot->place.load() != 0) return;  // of one state: it stands there already
  const std::size_t place = bytes_.size();
  bytes_.push_back(HeadOf(what, table));
  PutLengthPrefixed(bytes_, key);
  PutLengthPrefixed(bytes_, bytes);
  slot->hash = hash;
  slot->place = place + 1;
  ++count_;
}

void RowTable::PutFingerprint(const Fingerprint& fingerprint) {
  fingerprints_.Add(TaintKey(fingerprint));
}

void RowTable::Grow(std::size_t slots) {
  const std::unique_ptr<Slot[]> old = std::exchange(slots_, std::make_unique<Slot[]>(slots));
  const std::size_t old_count = std::exchange(slot_count_, slots);
  for (std::size_t i = 0; i < old_count; ++i) {
    const std::uint64_t place = old[i].place.load();
    if (place == 0) continue;
    std::size_t at = Home(old[i].hash);
    while (slots_[at].place.load() != 0) at = at + 1 == slot_count_ ? 0 : at + 1;
    slots_[at].hash = old[i].hash;
    slots_[at].place = place;
  }
}

void RowTable::Finish() {
  Grow(count_ + count_ / 2 + 16);
  bytes_.shrink_to_fit();
}

std::optional<std::string_view> RowTable::Find(What what, Table table, std::string_view key) const {
  const Slot* slot = PlaceFor(HashOf(what, table, key), what, table, key);
  const std::uint64_t place = slot->place.load(std::memory_order_acquire);
  if (place == 0 || (place & kMarked) != 0) return std::nullopt;
  return EntryAt(bytes_, place - 1).bytes;
}

bool RowTable::MayHave(const Fingerprint& fingerprint) const {
  return fingerprints_.Has(TaintKey(fingerprint));
}

void RowTable::Mark(const RowTouches& touches) {
  for (const std::uint64_t hash : touches.entries) {
    // Whose hash is the same is marked with it: that costs a read and no more.
    for (std::size_t i = Home(hash);; i = i + 1 == slot_count_ ? 0 : i + 1) {
      const std::uint64_t place = slots_[i].place.load(std::memory_order_relaxed);
      if (place == 0) break;
      if (slots_[i].hash != hash || (place & kMarked) != 0) continue;
      slots_[i].place.store(place | kMarked, std::memory_order_release);
      marked_.fetch_add(1, std::memory_order_relaxed);
    }
  }
  for (const Bloom::Key& fingerprint : touches.fingerprints) fingerprints_.Add(fingerprint);
}

bool RowTable::worn() const { return marked() > count_ / 4 + 1000 || fingerprints_.full(); }

std::uint64_t RowTable::bytes() const {
  return bytes_.size() + slot_count_ * sizeof(Slot) + fingerprints_.bytes();
}

}  // namespace revenant
