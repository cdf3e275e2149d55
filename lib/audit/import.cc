#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <system_error>
#include <utility>

#include "audit/bulk_import.h"
#include "audit/import_mark.h"
#include "audit/outcomes.h"
#include "registry/handle.h"
#include "revenant/audit.h"
#include "util/try.h"

namespace revenant {
namespace {

// A batch also ends here, so that records of thousands of attributes do not pile up.
constexpr std::size_t kMaxBatchAttributes = 16'384;
// Bytes of input below which a bulk load gains nothing (and a small import stays resumable).
constexpr std::uintmax_t kWorthALoad = 1 << 20;
// A bulk load goes through all sellers that the store has, at a tenth of what a batch takes for a
// record of a hundred bytes: from so many bytes of input a seller on it is the quicker way.
constexpr std::uintmax_t kBytesASeller = 10;

class Importer {
 public:
  Importer(Registry& registry, const ImportOptions& options)
      : registry_(registry), options_(options) {}

  Result<ImportReport> Run(std::span<const std::string> files) {
    const auto start = std::chrono::steady_clock::now();
    TRY_ASSIGN(const Stats before, registry_.GetStats());
    for (const std::string& file : files) {
      TRY(ImportFile(file));
      if (report_.interrupted) break;
    }
    if (!report_.interrupted) TRY(ClearMarks());
    TRY_ASSIGN(const Stats after, registry_.GetStats());
    report_.sellers = after.sellers - before.sellers;
    report_.seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return report_;
  }

 private:
  Result<void> ImportFile(const std::string& file) {
    mark_.input = options_.resume ? ImportName(file, options_.read) : std::string();
    TRY_ASSIGN(const auto reader, RecordReader::Open(file, options_.read));
    if (!reader->found().empty() && options_.hooks.on_found) {
      options_.hooks.on_found(reader->file(), reader->found());
    }
    if (!mark_.input.empty()) {
      TRY_ASSIGN(const std::uint64_t done, registry_.ImportedRecords(mark_.input));
      if (done > 0 && options_.on_resume) options_.on_resume(reader->file(), done);
      TRY(Skip(*reader, done));
      report_.resumed += done;
      marked_.push_back(mark_.input);
    }
    Result<void> read = ReadRecords(*reader);
    // Everything before a damaged place is good.
    if (Result<void> kept = Flush(*reader); !kept) return kept;
    if (const auto& names = reader->unmapped(); !names.empty() && options_.hooks.on_unmapped) {
      options_.hooks.on_unmapped(reader->file(), names);
    }
    return read;
  }

  // Past the records that an interrupted run had entered.
  Result<void> Skip(RecordReader& reader, std::uint64_t count) const {
    if (!options_.on_record) return reader.SkipRecords(count);
    InputRecord input;
    for (; count > 0; --count) {
      TRY_ASSIGN(const bool more, reader.Next(input));
      if (!more) return reader.SkipRecords(1);  // its error says what is wrong
      if (input.usable) TRY(options_.on_record(input.record));
    }
    return {};
  }

  Result<void> ReadRecords(RecordReader& reader) {
    InputRecord input;
    while (!report_.interrupted) {
      TRY_ASSIGN(const bool more, reader.Next(input));
      if (!more) break;
      ++report_.records;
      TRY(Take(reader, input));
      if (++batch_records_ >= options_.batch_records || batch_attributes_ > kMaxBatchAttributes) {
        TRY(Flush(reader));
      }
    }
    return {};
  }

  Result<void> Take(const RecordReader& reader, InputRecord& input) {
    if (input.usable) {
      ++report_.used;
      report_.undated += !input.record.seen.known();
      if (options_.on_record) TRY(options_.on_record(input.record));
      const Time received = options_.received.known() ? options_.received : Now();
      TRY_ASSIGN(Intake intake, registry_.Prepare(input.record, received));
      CountIntake(reader.file(), intake, options_.read.keep_values, input, report_);
      batch_attributes_ += intake.event.attributes.size();
      batch_.emplace_back(std::move(intake.event));
      lines_.push_back(input.line);
    }
    for (const Reject& reject : input.rejects) Refuse(reject);
    return {};
  }

  // Makes durable what was read so far, together with the place in the file.
  Result<void> Flush(const RecordReader& reader) {
    if (std::exchange(batch_records_, 0) == 0) return {};
    mark_.records = reader.position();
    std::vector<Registry::Refusal> refused;
    TRY(registry_.ApplyAll(batch_, mark_.input.empty() ? nullptr : &mark_, &refused));
    for (Registry::Refusal& refusal : refused) {
      Refuse(RejectRecord(reader.file(), lines_[refusal.index], std::move(refusal.error.message)));
    }
    batch_.clear();
    lines_.clear();
    batch_attributes_ = 0;
    const auto& progress = options_.hooks.on_progress;
    if (progress && !progress(report_.records)) report_.interrupted = true;
    return {};
  }

  // The marks of all files stay until the last one is in: until then the same call skips the first
  // ones quickly. Synced, so that a finished import survives power loss.
  Result<void> ClearMarks() {
    if (marked_.empty()) marked_.emplace_back("-");  // stdin: a write for the sake of its sync
    for (const std::string& name : marked_) {
      const ImportMark done{name, 0};
      TRY(registry_.ApplyAll({}, &done, nullptr, Durability::kSynced));
    }
    return {};
  }

  void Refuse(const Reject& reject) {
    ++report_.rejected;
    if (options_.hooks.on_reject) options_.hooks.on_reject(reject);
  }

  Registry& registry_;
  const ImportOptions& options_;
  ImportReport report_;
  ImportMark mark_;
  std::vector<std::string> marked_;
  std::vector<Event> batch_;
  std::vector<std::uint64_t> lines_;  // where the records of the batch begin
  std::size_t batch_records_ = 0;     // refused ones included
  std::size_t batch_attributes_ = 0;
};

// Is it worth a bulk load, and may it be one?
Result<bool> LoadsInBulk(const Registry& registry, std::span<const std::string> files,
                         const ImportOptions& options) {
  if (options.on_record) {  // in bulk no code holds one record after the other
    if (options.mode != ImportMode::kBulk) return false;
    return Error{Code::kInvalidArgument,
                 "a bulk import does not call on_record: import in batches"};
  }
  if (options.mode != ImportMode::kAuto) return options.mode == ImportMode::kBulk;
  TRY_ASSIGN(const bool fits, FitsBulkLoad(registry));
  if (!fits) return false;
  std::uintmax_t bytes = 0;
  for (const std::string& file : files) {
    std::error_code error;
    if (file == "-" || !std::filesystem::is_regular_file(file, error)) return false;
    const std::string name = ImportName(file, options.read);
    TRY_ASSIGN(const std::uint64_t done, registry.ImportedRecords(name));
    if (done > 0) return false;  // continues where it stopped
    bytes += std::filesystem::file_size(file, error);
  }
  TRY_ASSIGN(const Stats stats, registry.GetStats());
  return bytes >= std::max(kWorthALoad, stats.sellers * kBytesASeller);
}

}  // namespace

Result<ImportReport> Import(Registry& registry, std::span<const std::string> files,
                            const ImportOptions& options) {
  TRY_ASSIGN(const bool bulk, LoadsInBulk(registry, files, options));
  return bulk ? ImportInBulk(registry, files, options) : Importer(registry, options).Run(files);
}

}  // namespace revenant
