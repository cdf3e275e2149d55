#include "audit/audit_feed.h"

#include <algorithm>
#include <random>
#include <utility>

#include "audit/row_merger.h"
#include "util/try.h"

namespace revenant {
namespace {

constexpr std::size_t kChosenABatch = 256;  // applications, or stored sellers

// Some of a stream, each with the same chance (algorithm R). The same seed, the same choice.
template <typename Item>
class Reservoir {
 public:
  Reservoir(std::uint64_t size, std::uint64_t seed) : size_(size), random_(seed) {}
  // Where to put the next item; null: nowhere.
  Item* Next() {
    ++seen_;
    if (items_.size() < size_) return &items_.emplace_back(seen_, Item()).second;
    const std::uint64_t place = random_() % seen_;
    if (place >= size_) return nullptr;
    items_[place].first = seen_;
    return &items_[place].second;
  }
  std::uint64_t seen() const { return seen_; }
  // In the order in which they came.
  std::vector<std::pair<std::uint64_t, Item>>& Sorted() {
    std::sort(items_.begin(), items_.end(),
              [](const auto& a, const auto& b) { return a.first < b.first; });
    return items_;
  }

 private:
  const std::uint64_t size_;
  std::mt19937_64 random_;
  std::uint64_t seen_ = 0;
  std::vector<std::pair<std::uint64_t, Item>> items_;
};

class Feeder {
 public:
  Feeder(const Registry& registry, const AuditOptions& options, const FedPlace& from,
         BatchTaker& taker, Fed& fed)
      : registry_(registry), options_(options), from_(from), taker_(taker), fed_(fed) {}

  Result<void> Run(std::span<const std::string> files) {
    if (options_.stored) return FeedStored();
    if (options_.sample > 0) return FeedSample(files);
    if (options_.limit > 0) return FeedFirst(files);
    for (std::uint64_t i = from_.file; i < files.size() && !stopped_; ++i) {
      TRY(FeedFile(files[i], i == from_.file ? from_.file_records : 0));
    }
    return {};
  }

 private:
  // All of it, in blocks.
  Result<void> FeedFile(const std::string& file, std::uint64_t done) {
    TRY_ASSIGN(std::unique_ptr<RecordSource> opened, RecordSource::Open(file, options_.read));
    const std::shared_ptr<RecordSource> source = std::move(opened);
    SayFound(source->file(), source->found());
    if (done > 0) TRY(Skip(*source, done));
    BlockReader blocks = source->Blocks();
    std::unique_ptr<AuditBatch> batch = taker_.NewBatch(source->file(), source);
    TRY(blocks.Next(batch->block));  // the first block is always there
    while (!stopped_) {
      std::unique_ptr<AuditBatch> next = taker_.NewBatch(source->file(), source);
      TRY_ASSIGN(const bool more, blocks.Next(next->block));
      batch->is_last = !more;
      TRY(Give(std::move(batch)));
      batch = std::move(next);
      if (!more) break;
    }
    taker_.TakeBack(std::move(batch));
    return {};
  }

  static Result<void> Skip(RecordSource& source, std::uint64_t count) {
    const std::unique_ptr<RecordParser> parser = source.Parse(source.input());
    for (; count > 0; --count) {
      TRY_ASSIGN(const bool more, parser->Skip());
      if (more) continue;
      return Error{Code::kConflict, source.file() + ": is shorter than it was before"};
    }
    return {};
  }

  // The first records of all files, and what else the last seller of them says.
  Result<void> FeedFirst(std::span<const std::string> files) {
    std::uint64_t left = options_.limit - std::min(options_.limit, from_.records - from_.skipped);
    for (std::uint64_t i = from_.file; i < files.size() && left > 0; ++i) {
      TRY_ASSIGN(const auto reader, RecordReader::Open(files[i], options_.read));
      SayFound(reader->file(), reader->found());
      if (i == from_.file && from_.file_records > 0) TRY(reader->SkipRecords(from_.file_records));
      RowMerger merger;
      std::unique_ptr<AuditBatch> batch;
      const auto choose = [&](AuditedRows& rows) -> Result<void> {
        if (left == 0) return {};
        const bool judged = IsSince(options_.since, rows.application.latest);
        left -= std::min(left, judged ? rows.rows() : rows.refused);
        batch->chosen.push_back(std::move(rows));
        return {};
      };
      InputRecord input;
      for (bool more = true; more && left > 0;) {
        batch = taker_.NewBatch(reader->file(), nullptr);
        while (left > 0 && batch->chosen.size() < kChosenABatch) {
          TRY_ASSIGN(more, reader->Next(input));
          if (!more) break;
          TRY(merger.Take(input, choose));
        }
        if (!more) TRY(merger.Finish(choose));
        batch->is_last = !more || left == 0;
        if (batch->is_last) batch->unmapped = reader->unmapped();
        TRY(Give(std::move(batch)));
        if (stopped_) return {};
      }
    }
    return {};
  }

  // A sample of the applications of all files: read in one go, then judged.
  Result<void> FeedSample(std::span<const std::string> files) {
    struct Chosen {
      AuditedRows rows;
      std::size_t file = 0;
    };
    Reservoir<Chosen> chosen(options_.sample, options_.seed);
    std::uint64_t read = 0;
    for (std::size_t i = 0; i < files.size(); ++i) {
      TRY_ASSIGN(const auto reader, RecordReader::Open(files[i], options_.read));
      SayFound(reader->file(), reader->found());
      RowMerger merger;
      const auto choose = [&](AuditedRows& rows) -> Result<void> {
        const bool refused = !rows.application.input.usable;
        if (!refused && !IsSince(options_.since, rows.application.latest)) return {};
        if (Chosen* const place = chosen.Next()) {
          place->rows = std::move(rows);
          place->file = i;
        }
        return {};
      };
      InputRecord input;
      while (true) {
        TRY_ASSIGN(const bool more, reader->Next(input));
        if (!more) break;
        if (read++ % kChosenABatch == 0 && !taker_.GoesOn(read)) return {};
        TRY(merger.Take(input, choose));
      }
      TRY(merger.Finish(choose));
      fed_.sampled.push_back({reader->file(), reader->position()});
      SayUnmapped(reader->file(), reader->unmapped());
    }
    auto& items = chosen.Sorted();
    std::size_t next = 0;  // the first that has not been judged yet
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (fed_.chosen < from_.records) next = i + 1;
      fed_.chosen += items[i].second.rows.rows();
    }
    fed_.left_out = read - fed_.chosen;
    while (next < items.size()) {
      const std::size_t file = items[next].second.file;
      std::unique_ptr<AuditBatch> batch = taker_.NewBatch(fed_.sampled[file].file, nullptr);
      for (; next < items.size() && items[next].second.file == file; ++next) {
        if (batch->chosen.size() == kChosenABatch) break;
        batch->chosen.push_back(std::move(items[next].second.rows));
      }
      TRY(Give(std::move(batch)));
      if (stopped_) return {};
    }
    return {};
  }

  // Everybody in the registry who is not banned.
  Result<void> FeedStored() {
    std::vector<SellerName> sellers;
    TRY(registry_.ForEachSeller([&](const SellerName& seller, const ClusterId&, bool banned) {
      if (IsForeignCase(seller)) return;
      banned ? void(++fed_.left_out) : sellers.push_back(seller);
    }));
    std::sort(sellers.begin(), sellers.end());
    if (options_.sample > 0) {
      Reservoir<SellerName> chosen(options_.sample, options_.seed);
      for (SellerName& seller : sellers) {
        if (SellerName* const place = chosen.Next()) *place = std::move(seller);
      }
      fed_.left_out += sellers.size();
      sellers.clear();
      for (auto& [number, seller] : chosen.Sorted()) sellers.push_back(std::move(seller));
      fed_.left_out -= sellers.size();
    }
    if (options_.limit > 0 && sellers.size() > options_.limit) sellers.resize(options_.limit);
    fed_.chosen = sellers.size();
    for (std::size_t i = from_.records; i < sellers.size();) {
      std::unique_ptr<AuditBatch> batch = taker_.NewBatch({}, nullptr);
      for (; i < sellers.size() && batch->stored.size() < kChosenABatch; ++i) {
        batch->stored.push_back(std::move(sellers[i]));
      }
      TRY(Give(std::move(batch)));
      if (stopped_) return {};
    }
    return {};
  }

  Result<void> Give(std::unique_ptr<AuditBatch> batch) {
    TRY_ASSIGN(const bool goes_on, taker_.Give(std::move(batch)));
    stopped_ = !goes_on;
    return {};
  }

  void SayFound(const std::string& file, const std::vector<std::string>& found) const {
    if (!found.empty() && options_.hooks.on_found) options_.hooks.on_found(file, found);
  }
  void SayUnmapped(const std::string& file, const std::vector<std::string>& names) const {
    if (!names.empty() && options_.hooks.on_unmapped) options_.hooks.on_unmapped(file, names);
  }

  const Registry& registry_;
  const AuditOptions& options_;
  const FedPlace from_;
  BatchTaker& taker_;
  Fed& fed_;
  bool stopped_ = false;
};

}  // namespace

Result<void> Feed(const Registry& registry, std::span<const std::string> files,
                  const AuditOptions& options, const FedPlace& from, BatchTaker& taker, Fed& fed) {
  return Feeder(registry, options, from, taker, fed).Run(files);
}

}  // namespace revenant
