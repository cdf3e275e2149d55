#ifndef REVENANT_STORE_JOURNAL_ROWS_H_
#define REVENANT_STORE_JOURNAL_ROWS_H_

// Rows of the journal, as keys and values. Leaf and body lie apart: erasure deletes the body's row,
// and the tree over the leaves still verifies.
// Threads: pure functions. Errors: decoders give kCorruption naming the row's family.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "revenant/fingerprint.h"
#include "revenant/result.h"
#include "revenant/time.h"
#include "store/rows.h"

namespace revenant {

using JournalHash = std::array<std::uint8_t, 32>;

struct JournalRow {
  Time at;
  JournalHash commitment{};
  std::string type;
  friend bool operator==(const JournalRow&, const JournalRow&) = default;
};

struct JournalBodyRow {
  JournalHash salt{};
  std::vector<Fingerprint> about;  // keyed digests of the names of the sellers that it is about
  std::string body;
  friend bool operator==(const JournalBodyRow&, const JournalBodyRow&) = default;
};

std::string JournalKeyOf(std::uint64_t seq);
std::string JournalNodeKey(unsigned level, std::uint64_t index);
std::string JournalAboutKey(const Fingerprint& about, std::uint64_t seq);

// An entry about many sellers that were entered together names them by their numbers, as digests of
// a sort that no name has: one for each block of numbers, so that only a seller's own block has to
// be looked through. Numbers from `first` up to and including `last`.
std::vector<Fingerprint> AboutSellers(SellerId first, SellerId last);
// What the keys of such rows begin with that may be about `seller`, and whether one is.
std::string JournalBlockPrefix(SellerId seller);
bool IsAbout(const Fingerprint& about, SellerId seller);

Result<std::uint64_t> DecodeJournalKey(std::string_view key);
struct JournalNodeIds {
  unsigned level = 0;
  std::uint64_t index = 0;
};
Result<JournalNodeIds> DecodeJournalNodeKey(std::string_view key);
struct JournalAboutIds {
  Fingerprint about;
  std::uint64_t seq = 0;
};
Result<JournalAboutIds> DecodeJournalAboutKey(std::string_view key);

std::string Encode(const JournalRow& row);
std::string Encode(const JournalBodyRow& row);
Result<JournalRow> DecodeJournalRow(std::string_view bytes);
Result<JournalBodyRow> DecodeJournalBodyRow(std::string_view bytes);
Result<JournalHash> DecodeJournalHash(std::string_view bytes);

}  // namespace revenant

#endif  // REVENANT_STORE_JOURNAL_ROWS_H_
