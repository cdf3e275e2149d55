#ifndef REVENANT_EXCHANGE_MEMBER_LIST_STATE_H_
#define REVENANT_EXCHANGE_MEMBER_LIST_STATE_H_

// A list as the store holds it, ours or another member's: entries in runs, and the digests that
// the state hash is made of. Changes are staged in a batch; the caller compares the hash that
// results with what was signed before it lets the batch be committed.
// Threads: belongs to one batch. Cost: the runs that change, and 40 bytes for every other run.

#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "exchange/files/feed.h"
#include "exchange/member/rows.h"
#include "store/store.h"

namespace revenant {

// What became of entries: their ids, ascending. What they are now stands in the runs.
struct ListChange {
  std::vector<std::uint64_t> added;
  std::vector<std::uint64_t> replaced;  // under their old ids: retagged, or differing disputes
  std::vector<std::uint64_t> removed;
};

class ListState {
 public:
  static Result<ListState> Load(Batch& batch, const FeedId& feed);

  // Null where no header is held.
  const std::optional<FeedFile>& held() const { return held_; }
  const RunDigests& digests() const { return digests_; }
  std::uint64_t live_entries() const { return live_; }
  std::uint64_t live_bytes() const { return SnapshotBytes(digests_.size(), live_); }

  // kMalformed: what the delta does to the list cannot be done.
  Result<ListChange> Apply(const FeedHeader& header, const Delta& delta);
  // Replaces the whole list.
  Result<ListChange> Replace(const FeedHeader& header, const RunBytes& runs);
  // kStateHash unless the header says exactly this.
  Result<void> CheckAgainst(const FeedHeader& header) const;
  // Makes `file` the list's newest header.
  void Put(const FeedFile& file);

  Result<void> ForEachEntry(const std::function<Result<bool>(const LiveEntry&)>& visit) const;

 private:
  // What is left of a delta, front first.
  struct Rest {
    std::span<const Removed> removed;
    std::span<const NewEntry> put;
    std::span<const Disputed> disputed;
    std::uint64_t next_new = 0;  // the id that the next new entry must have
    std::uint64_t retagged = 0;
  };

  ListState(Batch& batch, const FeedId& feed) : batch_(&batch), feed_(feed) {}
  void PutRun(std::uint64_t number, const std::string& bytes);
  Result<void> ApplyToRun(std::uint64_t number, const FeedHeader& header, Rest& rest,
                          ListChange& change);
  Result<void> TakePut(const NewEntry& entry, const FeedHeader& header, Run& run, Rest& rest,
                       ListChange& change) const;

  Batch* batch_;
  FeedId feed_;
  std::string held_bytes_;
  std::optional<FeedFile> held_;
  RunDigests digests_;
  std::uint64_t live_ = 0;
};

// Calls `visit` with the entries of these ascending ids that are in the list.
Result<void> ForEachEntryOf(const View& view, const FeedId& feed,
                            std::span<const std::uint64_t> ids,
                            const std::function<Result<void>(const LiveEntry&)>& visit);

// The newest header held of a feed; its views point into `bytes`.
struct HeldHeader {
  std::string bytes;
  FeedHeader header;
  Digest digest{};
};
Result<std::optional<HeldHeader>> FindHeader(const View& view, const FeedId& feed);
// All runs of a list, each compared with its digest. kCorruption.
Result<RunBytes> FindRuns(const View& view, const FeedId& feed);
Result<void> ForEachHeader(
    const View& view, const std::function<Result<bool>(const FeedId&, const HeldHeader&)>& visit);

}  // namespace revenant

#endif  // REVENANT_EXCHANGE_MEMBER_LIST_STATE_H_
