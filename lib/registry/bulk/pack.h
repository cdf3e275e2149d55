#ifndef REVENANT_REGISTRY_BULK_PACK_H_
#define REVENANT_REGISTRY_BULK_PACK_H_

// Events of a bulk load on their way to being sorted: bytes without a pointer in them, words as
// numbers. They live for one load, in memory and in its temporary file, and are no format.
// Threads: BulkWords any number; all else one at a time.

#include <array>
#include <cstring>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "registry/state/junk_list.h"
#include "revenant/event.h"
#include "store/view.h"
#include "util/mutex.h"

namespace revenant {

// The store's words and those that a load adds to them.
class BulkWords {
 public:
  explicit BulkWords(const View& view, std::size_t known) : view_(view), known_(known) {}

  WordId Intern(std::string_view text);
  std::string At(WordId id) const;
  // Those that the store did not have, in the order of their numbers, which continue after `known`.
  // Not while words are interned.
  const std::vector<std::string>& added() const NO_THREAD_SAFETY_ANALYSIS { return added_; }
  std::size_t known() const { return known_; }

 private:
  const View& view_;
  const std::size_t known_;
  mutable Mutex mutex_;
  std::unordered_map<std::string, WordId> ids_ GUARDED_BY(mutex_);
  std::vector<std::string> added_ GUARDED_BY(mutex_);
};

// A record is a PackedRecord and the external id, then a PackedAttribute for each attribute: the
// root, unless it is the first identifier, and PackedItems.
struct PackedRecord {
  Fingerprint name;          // keyed digest of the seller's name
  std::uint32_t bytes = 0;   // of the whole record
  std::uint64_t number = 0;  // of a seller that the store knew: the record is what it knew
  WordId platform{};
  WordId source{};
  std::int64_t first = 0, last = 0, through = 0;  // registers of its sightings
  std::uint32_t attributes = 0;
  std::uint16_t id_bytes = 0;
  SellerStatus status = SellerStatus::kMentioned;
};
struct PackedAttribute {
  std::uint32_t items = 0;
  std::uint32_t root_first = 0;
};
struct PackedItem {
  Fingerprint fingerprint;
  WordId kind{};
  std::uint32_t flags = 0;
  static constexpr std::uint32_t kJunk = 1, kVerified = 2, kChecked = 4, kReadsJunk = 8;
};

template <typename Packed>
void PutPacked(std::string& out, const Packed& packed) {
  static_assert(std::is_trivially_copyable_v<Packed>);
  out.append(reinterpret_cast<const char*>(&packed), sizeof packed);
}
template <typename Packed>
Packed GetPacked(const char*& at) {
  Packed packed;
  std::memcpy(&packed, at, sizeof packed);
  at += sizeof packed;
  return packed;
}

// Records that were read together.
struct BulkBlock {
  std::string records;  // packed, one after the other
  std::uint64_t count = 0, attributes = 0;
  std::array<std::uint8_t, 32> digest{};  // of what they say, set by Seal()

  std::string told;  // what the digest is taken of
  std::unordered_map<std::string, WordId> words;
};

// Appends one event; `name` is its seller's keyed digest.
void Pack(const Enrol& event, const Fingerprint& name, const JunkList& junk, BulkWords& words,
          BulkBlock& block);
// After the last one.
void Seal(BulkBlock& block);

// A seller of the store and all its observations as records, handed to `sink` one by one.
Result<void> PackKnown(const View& view, SellerId seller, const SellerRow& row,
                       const Fingerprint& name,
                       const std::function<Result<void>(std::string_view record)>& sink);

}  // namespace revenant

#endif  // REVENANT_REGISTRY_BULK_PACK_H_
