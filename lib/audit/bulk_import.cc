#include "audit/bulk_import.h"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

#include "audit/block_cutter.h"
#include "audit/import_mark.h"
#include "audit/ordered_pool.h"
#include "audit/outcomes.h"
#include "audit/record_parser.h"
#include "registry/bulk_load.h"
#include "util/try.h"

namespace revenant {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kBlockBytes = 256 << 10;
constexpr std::size_t kMaxUnmappedNames = 100;
// Of a text that cannot be cut, so many records make a block.
constexpr std::uint64_t kBlockRecords = 4096;

double SecondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// A block of text and what its records come to.
struct Job {
  const RecordParser* parser = nullptr;  // of the file
  TextBlock text;

  BulkBlock packed;
  AttributeCounts counts;
  std::uint64_t records = 0;  // refused ones included
  std::vector<Reject> rejects;
  std::vector<std::string> unmapped;
  Result<void> outcome;  // what ended it before its end
};

class BulkImporter {
 public:
  BulkImporter(Registry& registry, const ImportOptions& options)
      : registry_(registry), options_(options) {}

  Result<ImportReport> Run(std::span<const std::string> files) {
    const auto start = Clock::now();
    BulkLoad::Options how;
    how.memory_bytes = options_.memory_bytes;
    how.threads = options_.threads;
    TRY_ASSIGN(load_, BulkLoad::Begin(registry_, how));
    report_.bulk = true;
    Result<void> read;
    for (const std::string& file : files) {
      read = ImportFile(file);
      if (!read || report_.interrupted) break;
    }
    report_.times.reading = SecondsSince(start);
    if (!report_.interrupted) TRY(Finish());
    report_.seconds = SecondsSince(start);
    if (!read) return std::move(read).error();  // whatever came before a damaged place is in
    return std::move(report_);
  }

 private:
  Result<void> Finish() {
    TRY_ASSIGN(const bool done, load_->Finish([this] { return Progress(); }));
    const BulkLoad::Phases& phases = load_->phases();
    LoadTimes& times = report_.times;
    times.sellers = phases.sellers;
    times.fingerprints = phases.fingerprints;
    times.joining = phases.components;
    times.clusters = phases.clusters;
    times.taking_in = phases.ingest;
    times.edges = phases.edges;
    times.file_bytes = phases.file_bytes;
    report_.interrupted = !done;
    if (done) report_.sellers = phases.sellers_loaded;
    return {};
  }

  Result<void> ImportFile(const std::string& file) {
    file_ = DisplayName(file);
    const std::string mark = ImportName(file, options_.read);
    input_name_ = mark.empty() ? file_ : mark;
    TRY_ASSIGN(auto source, OpenByteSource(file, file_));
    Input input(std::move(source));
    TRY_ASSIGN(const OpenedParser opened, OpenParser(input, file_, options_.read));
    parser_ = opened.parser.get();
    unmapped_ = parser_->unmapped();
    const std::uint64_t records_before = report_.records;
    const TextPosition start = input.At();
    std::string head = input.TakeUnconsumed();
    BlockCutter cutter(std::move(head), input.TakeSource(), start, opened.format, kBlockBytes,
                       options_.read.max_record_bytes + 2 * kBlockBytes);
    Result<void> read = ReadBlocks(cutter);
    if (read && !report_.interrupted && report_.records == records_before) {
      input.StartAt(cutter.position());
      InputRecord none;
      const Result<bool> empty = opened.parser->Next(none);  // says that there is no record
      if (!empty) read = empty.error();
    }
    if (!unmapped_.empty() && options_.hooks.on_unmapped) {
      options_.hooks.on_unmapped(file_, unmapped_);
    }
    return read;
  }

  Result<void> ReadBlocks(BlockCutter& cutter) {
    const unsigned threads = options_.threads != 0
                                 ? options_.threads
                                 : std::max(1U, std::thread::hardware_concurrency());
    OrderedPool<Job> pool(threads, 4 * std::size_t{threads}, [this](Job& job) { Work(job); });
    Result<void> failure;
    bool more = true;
    while (more && !report_.interrupted) {
      while (pool.Full()) TRY(Take(*pool.Take()));
      auto job = std::make_unique<Job>();
      const Result<bool> next = cutter.Next(job->text);
      if (!next) failure = next.error();
      more = next && *next;
      if (!more) break;
      job->parser = parser_;
      pool.Give(std::move(job));
    }
    while (!pool.Empty() && !report_.interrupted) TRY(Take(*pool.Take()));
    if (!failure || report_.interrupted) return failure;
    return cutter.too_long() ? ReadOn(cutter) : Result<void>();
  }

  // The rest of a text in which no record ends for too long, on this thread.
  Result<void> ReadOn(BlockCutter& cutter) {
    const TextPosition start = cutter.position();
    Input input(cutter.TakeRest());
    input.StartAt(start);
    const std::unique_ptr<RecordParser> parser = parser_->ForBlock(input);
    bool more = true;
    while (more && !report_.interrupted) {
      Job job;
      more = ReadRecords(*parser, kBlockRecords, job);
      job.unmapped = parser->unmapped();
      TRY(Take(job));
    }
    return {};
  }

  // On a thread of the pool.
  void Work(Job& job) const {
    Input input(std::make_unique<TextSource>(job.text.text));
    input.StartAt(job.text.start);
    const std::unique_ptr<RecordParser> parser = job.parser->ForBlock(input);
    ReadRecords(*parser, UINT64_MAX, job);
    job.unmapped = parser->unmapped();
    job.text.text = {};
  }

  // At most so many; false at the end, or where it went wrong.
  bool ReadRecords(RecordParser& parser, std::uint64_t limit, Job& job) const {
    InputRecord input;
    bool more = true;
    while (more && job.records < limit) {
      const Result<bool> next = parser.Next(input);
      if (!next) job.outcome = next.error();
      more = next && *next;
      if (!more) break;
      ++job.records;
      job.outcome = Enter(input, job);
      more = job.outcome.has_value();
    }
    Seal(job.packed);
    return more;
  }

  Result<void> Enter(InputRecord& input, Job& job) const {
    if (input.usable) {
      const Time received = options_.received.known() ? options_.received : Now();
      TRY_ASSIGN(const Intake intake, registry_.Prepare(input.record, received));
      CountOutcomes(file_, intake, options_.read.keep_values, input, job.counts);
      if (Result<void> packed = load_->Pack(intake.event, job.packed); !packed) {
        if (packed.error().code != Code::kConflict) return packed;
        input.rejects.push_back(RejectRecord(file_, input.line, packed.error().message));
      }
    }
    std::move(input.rejects.begin(), input.rejects.end(), std::back_inserter(job.rejects));
    return {};
  }

  // In the order of the input.
  Result<void> Take(Job& job) {
    TRY(load_->Take(job.packed, input_name_));
    report_.records += job.records;
    report_.attributes += job.counts.attributes;
    report_.identifiers += job.counts.identifiers;
    report_.invalid += job.counts.invalid;
    report_.junk += job.counts.junk;
    report_.rejected += job.rejects.size();
    for (const Reject& reject : job.rejects) {
      if (options_.hooks.on_reject) options_.hooks.on_reject(reject);
    }
    for (std::string& name : job.unmapped) {
      if (unmapped_.size() == kMaxUnmappedNames) break;
      if (std::find(unmapped_.begin(), unmapped_.end(), name) == unmapped_.end()) {
        unmapped_.push_back(std::move(name));
      }
    }
    if (!Progress()) report_.interrupted = true;
    return job.outcome;
  }

  bool Progress() const {
    const auto& progress = options_.hooks.on_progress;
    return !progress || progress(report_.records);
  }

  Registry& registry_;
  const ImportOptions& options_;
  std::unique_ptr<BulkLoad> load_;
  ImportReport report_;
  std::string file_, input_name_;  // the file at hand, as messages and the journal name it
  const RecordParser* parser_ = nullptr;
  std::vector<std::string> unmapped_;
};

}  // namespace

Result<ImportReport> ImportInBulk(Registry& registry, std::span<const std::string> files,
                                  const ImportOptions& options) {
  return BulkImporter(registry, options).Run(files);
}

}  // namespace revenant
