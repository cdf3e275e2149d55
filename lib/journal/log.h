// The journal inside the store: appending within a batch, reading through a view, erasing bodies.
// Threads: a JournalLog belongs to the writer; reading functions to their view.
// Errors: kCorruption, kIo; kInvalidArgument: a type or body that no file could hold.
#ifndef REVENANT_JOURNAL_LOG_H_
#define REVENANT_JOURNAL_LOG_H_

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "journal/merkle.h"
#include "revenant/fingerprint.h"
#include "revenant/journal.h"
#include "store/store.h"

namespace revenant {

// Reads hashes of complete subtrees out of a store's rows; leaves are hashed again.
ReadNode NodesOf(const View& view);

// Entries that the store's journal has.
Result<std::uint64_t> JournalSizeOf(const View& view);
Result<JournalEntry> ReadJournalEntry(const View& view, std::uint64_t seq);

// The end of the journal, where entries are added. A value: copy it before a batch, keep the copy
// if the batch fails.
class JournalLog {
 public:
  static Result<JournalLog> Open(const View& view);

  std::uint64_t size() const { return frontier_.size(); }
  TreeHead head() const { return frontier_.Head(); }

  // Adds an entry to the rows and returns its number. `about`: whose erasure takes its body, as
  // keyed digests of names or as AboutSellers(). Cost: two hashes and four rows on average.
  Result<std::uint64_t> Append(RowSink& rows, Time at, std::string_view type, std::string body,
                               std::span<const Fingerprint> about);

  // Deletes body and salt of every entry about a seller, by the digest of its name and its number
  // (kNoSeller where it has none); returns the entries' numbers, in order.
  static Result<std::vector<std::uint64_t>> Erase(Batch& batch, const Fingerprint& about,
                                                  SellerId seller);

 private:
  Frontier frontier_;
};

// Calls `problem` for every contradiction in the journal's tables; returns the rows read.
Result<std::uint64_t> CheckJournalRows(const View& view,
                                       const std::function<void(std::string)>& problem);

// For Registry::Journal(): a reader of what `view` shows. `about` digests a seller's name.
using DigestName = std::function<Fingerprint(const SellerName&)>;
Result<std::unique_ptr<JournalReader>> ReadJournal(std::shared_ptr<const View> view,
                                                   DigestName about);

}  // namespace revenant

#endif  // REVENANT_JOURNAL_LOG_H_
