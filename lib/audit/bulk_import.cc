#include "audit/bulk_import.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <optional>
#include <thread>
#include <utility>

#include "audit/import_mark.h"
#include "audit/outcomes.h"
#include "records/jsonl_records.h"
#include "records/record_source.h"
#include "registry/handle.h"
#include "util/ordered_pool.h"
#include "util/try.h"

namespace revenant {
namespace {

using Clock = std::chrono::steady_clock;

double SecondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// A block of text and the results of its records.
struct Job {
  TextBlock text;

  BulkBlock packed;
  AttributeCounts counts;
  std::uint64_t records = 0;  // refused ones included
  std::uint64_t used = 0, undated = 0;
  std::vector<Reject> rejects;
  std::vector<std::string> unmapped;
  std::optional<Error> none;  // what to say if nothing holds a record
  Result<void> outcome;       // what ended it before its end
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
    TRY_ASSIGN(const Stats before, registry_.GetStats());
    sellers_before_ = before.sellers;
    TRY_ASSIGN(load_, BeginBulkLoad(registry_, how));
    report_.bulk = true;
    Result<void> read;
    for (const std::string& file : files) {
      read = ImportFile(file);
      if (!read || report_.interrupted) break;
    }
    report_.times.reading = SecondsSince(start);
    if (!report_.interrupted) TRY(Finish());
    report_.seconds = SecondsSince(start);
    if (!read) return std::move(read).error();  // everything before a damaged place is in
    return report_;
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
    if (!done) return {};
    TRY_ASSIGN(const Stats after, registry_.GetStats());
    report_.sellers = after.sellers - sellers_before_;
    return {};
  }

  Result<void> ImportFile(const std::string& file) {
    const std::string mark = ImportName(file, options_.read);
    TRY_ASSIGN(source_, RecordSource::Open(file, options_.read));
    input_name_ = mark.empty() ? std::filesystem::path(source_->file()).filename().string() : mark;
    unmapped_ = {};
    if (!source_->found().empty() && options_.hooks.on_found) {
      options_.hooks.on_found(source_->file(), source_->found());
    }
    const Result<void> read = ReadBlocks();
    const auto& names =
        source_->format() == RecordFormat::kCsv ? source_->unmapped() : unmapped_.names();
    if (!names.empty() && options_.hooks.on_unmapped) {
      options_.hooks.on_unmapped(source_->file(), names);
    }
    return read;
  }

  Result<void> ReadBlocks() {
    const unsigned threads = options_.threads != 0
                                 ? options_.threads
                                 : std::max(1U, std::thread::hardware_concurrency());
    OrderedPool<Job> pool(threads, 4 * std::size_t{threads}, [this](Job& job) { Work(job); });
    BlockReader blocks = source_->Blocks();
    const std::uint64_t records_before = report_.records;
    std::optional<Error> none;  // what to say if there was no record
    const auto take = [&]() -> Result<void> {
      const std::unique_ptr<Job> job = pool.Take();
      none = std::move(job->none);
      return Take(*job);
    };
    Result<void> read;
    for (bool more = true; more && !report_.interrupted;) {
      while (pool.Full()) TRY(take());
      auto job = std::make_unique<Job>();
      const Result<bool> next = blocks.Next(job->text);
      if (!next) read = next.error();
      more = next && *next;
      if (more) pool.Give(std::move(job));
    }
    while (!pool.Empty() && !report_.interrupted) TRY(take());
    if (read && none && report_.records == records_before) read = *none;
    return read;
  }

  // On a thread of the pool.
  void Work(Job& job) const {
    Input input(job.text.bytes, job.text.begin);
    const std::unique_ptr<RecordParser> parser = source_->Parse(input);
    InputRecord record;
    while (job.outcome) {
      const Result<bool> next = parser->Next(record);
      if (!next) job.outcome = next.error();
      if (!next || !*next) break;
      ++job.records;
      job.outcome = Enter(record, job);
    }
    if (job.records == 0) job.none = parser->NoRecordError();
    job.unmapped = parser->unmapped();
    job.text = {};
    Seal(job.packed);
  }

  Result<void> Enter(InputRecord& input, Job& job) const {
    if (input.usable) {
      ++job.used;
      job.undated += !input.record.seen.known();
      const Time received = options_.received.known() ? options_.received : Now();
      TRY_ASSIGN(const Intake intake, registry_.Prepare(input.record, received));
      CountIntake(source_->file(), intake, options_.read.keep_values, input, job.counts);
      if (Result<void> packed = load_->Pack(intake.event, job.packed); !packed) {
        if (packed.error().code != Code::kConflict) return packed;
        input.rejects.push_back(RejectRecord(source_->file(), input.line, packed.error().message));
      }
    }
    std::move(input.rejects.begin(), input.rejects.end(), std::back_inserter(job.rejects));
    return {};
  }

  // In the order of the input.
  Result<void> Take(Job& job) {
    TRY(load_->Take(job.packed, input_name_));
    report_.records += job.records;
    report_.used += job.used;
    report_.undated += job.undated;
    report_.attributes += job.counts.attributes;
    report_.identifiers += job.counts.identifiers;
    report_.invalid += job.counts.invalid;
    report_.junk += job.counts.junk;
    report_.rejected += job.rejects.size();
    for (const Reject& reject : job.rejects) {
      if (options_.hooks.on_reject) options_.hooks.on_reject(reject);
    }
    for (const std::string& name : job.unmapped) unmapped_.Remember(name);
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
  std::uint64_t sellers_before_ = 0;
  std::unique_ptr<RecordSource> source_;  // the file at hand
  std::string input_name_;                // as the journal names it
  UnmappedNames unmapped_;
};

}  // namespace

Result<ImportReport> ImportInBulk(Registry& registry, std::span<const std::string> files,
                                  const ImportOptions& options) {
  return BulkImporter(registry, options).Run(files);
}

}  // namespace revenant
