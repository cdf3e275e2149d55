#include "revenant/audit.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <system_error>
#include <thread>
#include <utility>

#include "audit/audit_batch.h"
#include "audit/audit_counts.h"
#include "audit/audit_feed.h"
#include "audit/import_mark.h"
#include "audit/row_merger.h"
#include "audit/sellers_apart.h"
#include "audit/staging.h"
#include "records/jsonl_records.h"
#include "report/render.h"
#include "revenant/atomic_file.h"
#include "revenant/journal.h"
#include "revenant/json.h"
#include "util/digest.h"
#include "util/ordered_pool.h"
#include "util/try.h"

namespace revenant {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kBatchesAThread = 4;
constexpr int kStateVersion = 3;

constexpr std::string_view kPage = "report.html";
constexpr std::array<std::string_view, 6> kOwnFiles = {
    "results.jsonl", "results.csv", "rejects.csv", "rings.jsonl", "summary.json", kPage};

bool IsOwnFile(std::string_view name) {
  if (name == StagingFolder::kName) return true;
  if (name.ends_with(".tmp")) name.remove_suffix(4);
  return std::find(kOwnFiles.begin(), kOwnFiles.end(), name) != kOwnFiles.end();
}

// Results of an earlier audit may be replaced; nothing else may.
Result<void> PrepareFolder(const fs::path& out) {
  std::error_code error;
  fs::create_directories(out, error);
  if (error) {
    return Error{Code::kIo, fmt::format("{}: cannot create: {}", out.string(), error.message())};
  }
  fs::directory_iterator entries(out, error);
  for (; !error && entries != fs::directory_iterator(); entries.increment(error)) {
    const std::string name = entries->path().filename().string();
    if (IsOwnFile(name)) continue;
    return Error{
        Code::kConflict,
        fmt::format("{}: the folder holds {}, which no audit wrote; name an empty or a new "
                    "folder",
                    out.string(), name)};
  }
  if (error) {
    return Error{Code::kIo, fmt::format("{}: cannot read: {}", out.string(), error.message())};
  }
  return {};
}

Result<void> CheckOptions(std::span<const std::string> files, const AuditOptions& options) {
  const char* wrong = options.sample > 0 && options.limit > 0 ? "a sample and a limit"
                      : options.stored && !files.empty()      ? "files and everybody stored"
                                                              : nullptr;
  if (wrong == nullptr) return {};
  return Error{Code::kInvalidArgument, fmt::format("audit: {}: only one of the two", wrong)};
}

// Bytes of all files; 0: not known, as some are compressed, in UTF-16 or no files.
std::uint64_t TextBytes(std::span<const std::string> files) {
  std::uint64_t bytes = 0;
  for (const std::string& file : files) {
    std::error_code error;
    if (file == "-" || !fs::is_regular_file(file, error)) return 0;
    char head[2] = {};
    std::ifstream(file, std::ios::binary).read(head, sizeof head);
    for (const char* const other : {"\x1f\x8b", "\x28\xb5", "\xff\xfe", "\xfe\xff"}) {
      if (std::equal(head, head + sizeof head, other)) return 0;
    }
    bytes += fs::file_size(file, error);
    if (error) return 0;
  }
  return bytes;
}

class Auditor : private BatchTaker {
 public:
  Auditor(const Registry& registry, const fs::path& out, const AuditOptions& options)
      : registry_(registry),
        options_(options),
        out_(out),
        values_(options.read.keep_values ? RejectValues::kShown : RejectValues::kHidden),
        folder_(out),
        results_(folder_ / kOwnFiles[0]),
        rows_(folder_ / kOwnFiles[1]),
        rejects_(folder_ / kOwnFiles[2]),
        rings_(folder_ / kOwnFiles[3]),
        sellers_(folder_ / "sellers.bin"),
        ring_files_(folder_) {}

  Result<AuditReport> Run(std::span<const std::string> files) {
    TRY(CheckOptions(files, options_));
    TRY(PrepareFolder(out_));
    TRY(folder_.Open());
    TRY(Begin(files));
    TRY(JudgeAll(files));
    if (report_.interrupted) return Interrupt();
    if (options_.among) TRY(WriteRings());
    TRY_ASSIGN(report_.apart, CountRepeatedSellers(sellers_));
    TRY(Describe());
    TRY(CheckCounts());
    report_.seconds = Seconds();
    TRY(Publish());
    return std::move(report_);
  }

 private:
  using Pool = OrderedPool<AuditBatch>;
  using Clock = std::chrono::steady_clock;

  // --- Beginning, and continuing where an interrupted audit stopped

  Result<void> Begin(std::span<const std::string> files) {
    text_bytes_ = options_.limit > 0 || options_.stored ? 0 : TextBytes(files);
    TRY(DescribeTask(files));
    const std::string left = folder_.State();
    std::string reason = "its input cannot be read again";
    if (!left.empty() && options_.resume && resumable_) {
      TRY_ASSIGN(reason, Continue(left));
      if (reason.empty()) {
        for (std::size_t i = 0; i < report_.inputs.size() && i < files.size(); ++i) {
          report_.inputs[i].file = DisplayName(files[i]);  // no need to be UTF-8
        }
        if (options_.on_resume) options_.on_resume(report_.records);
        return {};
      }
    }
    if (!left.empty() && options_.resume && options_.on_new_start) options_.on_new_start(reason);
    report_ = {};
    as_of_ = options_.as_of.known() ? options_.as_of : Now();
    seconds_before_ = 0;
    ring_files_.kinds.clear();
    ring_files_.applications = 0;
    file_ = file_records_ = bytes_ = lines_ = 0;
    TRY(folder_.Empty());
    for (StagedFile* file : Files()) TRY(file->OpenNew());
    std::string header;
    AppendRejectHeader(header, values_);
    TRY(rejects_.Append(header));
    if (!options_.among) TRY(AppendHeader());
    return {};
  }

  Result<void> AppendHeader() {
    std::string header;
    AppendResultHeader(header);
    return rows_.Append(header);
  }

  // Those that grow while records are judged.
  std::vector<StagedFile*> Files() {
    if (options_.among) return {&rejects_, &sellers_, &ring_files_.held, &ring_files_.items};
    return {&rejects_, &sellers_, &results_, &rows_};
  }

  // What must be the same for an audit to go on, in words that say what is not.
  Result<void> DescribeTask(std::span<const std::string> files) {
    std::string inputs;
    for (const std::string& file : files) {
      const std::string name = ImportName(file, options_.read);
      resumable_ = resumable_ && !name.empty();
      inputs += name + "\n";
    }
    const AuditOptions& o = options_;
    const std::string options = fmt::format(
        "{} {} {} {} {} {} {} {} {}", static_cast<int>(o.results), o.since.micros, o.limit,
        o.sample, o.seed, o.stored, o.among, o.read.keep_values, o.as_of.micros);
    TRY_ASSIGN(const std::unique_ptr<JournalReader> journal, registry_.Journal());
    TRY_ASSIGN(const Stats stats, registry_.GetStats());
    std::string store = fmt::format("{} {} ", registry_.key_check_value(), journal->head().size);
    for (const std::uint8_t byte : journal->head().root) store += fmt::format("{:02x}", byte);
    store += ToJson(stats);
    task_ = {{"input", Blake2bHex(inputs)},
             {"options", options},
             {"policy", Blake2bHex(FormatLinkPolicy(registry_.policy()))},
             {"store", Blake2bHex(store)}};
    return {};
  }

  // Takes over what an interrupted audit left. Returns why not, or nothing.
  Result<std::string> Continue(const std::string& left) {
    const nlohmann::json state = nlohmann::json::parse(left, nullptr, false);
    if (state.is_discarded() || !state.is_object() || state.value("v", 0) != kStateVersion) {
      return std::string("what is left of it cannot be read");
    }
    try {
      for (const auto& [part, value] : task_) {
        if (state.at(part) != value) {
          return fmt::format("the {} changed since", part == "options" ? "options were" : part);
        }
      }
      as_of_ = Time{state.at("as_of").get<std::int64_t>()};
      file_ = state.at("file");
      file_records_ = state.at("file_records");
      bytes_ = state.at("bytes");
      lines_ = state.at("lines");
      seconds_before_ = state.at("seconds");
      ring_files_.kinds = state.at("ring_kinds").get<std::vector<std::string>>();
      ring_files_.applications = state.at("ring_applications");
      report_ = LoadCounts(state.at("counts"));
      const auto& sizes = state.at("sizes");
      for (StagedFile* file : Files()) {
        TRY_ASSIGN(const bool there, file->Continue(sizes.at(file->path().filename().string())));
        if (!there) return std::string("some of what it left is gone");
      }
    } catch (const nlohmann::json::exception&) {
      return std::string("what is left of it cannot be read");
    }
    report_.resumed = report_.records;
    return std::string();
  }

  Result<void> Save() {
    nlohmann::json state(task_);
    state["v"] = kStateVersion;
    state["as_of"] = as_of_.micros;
    state["file"] = file_;
    state["file_records"] = file_records_;
    state["bytes"] = bytes_;
    state["lines"] = lines_;
    state["seconds"] = Seconds();
    state["ring_kinds"] = ring_files_.kinds;
    state["ring_applications"] = ring_files_.applications;
    state["counts"] = SaveCounts(report_);
    for (StagedFile* file : Files()) {
      TRY(file->Sync());
      state["sizes"][file->path().filename().string()] = file->size();
    }
    saved_ = Clock::now();
    return folder_.SaveState(state.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) +
                             "\n");
  }

  Result<AuditReport> Interrupt() {
    if (resumable_ && options_.resume) {
      TRY(Save());
      folder_.Keep();
      report_.resumable = true;
    }
    return std::move(report_);
  }

  double Seconds() const {
    return seconds_before_ + std::chrono::duration<double>(Clock::now() - start_).count();
  }

  // --- Reading

  Result<void> JudgeAll(std::span<const std::string> files) {
    const unsigned cores = std::max(1u, std::thread::hardware_concurrency());
    const unsigned threads = options_.threads == 0 ? cores : options_.threads;
    Pool pool(threads, threads * kBatchesAThread, [](AuditBatch& batch) { batch.Judge(); });
    pool_ = &pool;
    edge_ = std::make_unique<AuditBatch>(registry_, options_, as_of_);
    const FedPlace from{file_, file_records_, report_.records, report_.skipped};
    TRY(Feed(registry_, files, options_, from, *this, fed_));
    if (report_.interrupted && !(resumable_ && options_.resume)) return {};
    while (!pool.Empty()) TRY(Collect());  // what has been read is not read again
    if (report_.interrupted) return {};
    report_.records += fed_.left_out;
    report_.skipped += fed_.left_out;
    if (options_.sample > 0 && !options_.stored) report_.inputs = std::move(fed_.sampled);
    return {};
  }

  Result<bool> Give(std::unique_ptr<AuditBatch> batch) override {
    while (pool_->Full()) TRY(Collect());
    pool_->Give(std::move(batch));
    return GoesOn(report_.records);
  }

  bool GoesOn(std::uint64_t records) override {
    const auto& progress = options_.hooks.on_progress;
    if (progress && !progress(records)) report_.interrupted = true;
    return !report_.interrupted;
  }

  std::unique_ptr<AuditBatch> NewBatch(const std::string& file,
                                       const std::shared_ptr<RecordSource>& source) override {
    std::unique_ptr<AuditBatch> batch;
    if (spare_.empty()) {
      batch = std::make_unique<AuditBatch>(registry_, options_, as_of_);
    } else {
      batch = std::move(spare_.back());
      spare_.pop_back();
    }
    batch->source = source;
    batch->file = file;
    batch->chosen.clear();
    batch->stored.clear();
    batch->is_last = false;
    batch->unmapped.clear();
    return batch;
  }

  void TakeBack(std::unique_ptr<AuditBatch> batch) override { spare_.push_back(std::move(batch)); }

  void SayUnmapped(const std::string& file, const std::vector<std::string>& names) const {
    if (!names.empty() && options_.hooks.on_unmapped) options_.hooks.on_unmapped(file, names);
  }

  // --- Writing

  // Batches come back in input order. What may go on behind a block's end waits in `run_`, which no
  // state counts: an audit that goes on reads it again.
  Result<void> Collect() {
    std::unique_ptr<AuditBatch> batch = pool_->Take();
    if (batch->failure) return *batch->failure;
    const auto join = [this](AuditedRows& rows) -> Result<void> {
      edge_->chosen.push_back(std::move(rows));
      return {};
    };
    for (InputRecord& row : batch->leading) TRY(run_.Take(row, join));
    const bool ends_here = !batch->source || batch->has_second_seller || batch->is_last;
    if (ends_here) TRY(run_.Finish(join));
    TRY(WriteJoined(batch->file));
    TRY(Write(*batch));
    if (batch->has_second_seller) {
      run_ = std::move(batch->trailing);
      if (batch->is_last) {
        TRY(run_.Finish(join));
        TRY(WriteJoined(batch->file));
      }
    }
    bytes_ += batch->source ? batch->block.bytes.size() : 0;
    for (const std::string& name : batch->unmapped) unmapped_.Remember(name);
    if (batch->is_last) TRY(FinishFile(*batch));
    spare_.push_back(std::move(batch));
    SayProgress();
    const std::chrono::duration<double> since = Clock::now() - saved_;
    if (resumable_ && options_.resume && since.count() >= options_.save_seconds) TRY(Save());
    return {};
  }

  Result<void> WriteJoined(const std::string& file) {
    if (edge_->chosen.empty()) return {};
    edge_->file = file;
    edge_->Judge();
    edge_->chosen.clear();
    if (edge_->failure) return *edge_->failure;
    return Write(*edge_);
  }

  Result<void> Write(const AuditBatch& batch) {
    AddPart(report_, batch.part);
    file_records_ += batch.part.records;
    TRY(sellers_.Append(batch.sellers));
    if (options_.among) {
      TRY(ring_files_.held.Append(batch.held));
      TRY(ring_files_.Append(batch.rings));
    } else {
      const auto& text = batch.results;
      lines_ += static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n'));
      TRY(results_.Append(text));
      TRY(rows_.Append(batch.rows));
    }
    std::string row;
    for (const Reject& reject : batch.rejects) {
      ++report_.rejected;
      row.clear();
      AppendReject(row, reject, values_);
      TRY(rejects_.Append(row));
      if (options_.hooks.on_reject) options_.hooks.on_reject(reject);
    }
    return {};
  }

  void SayProgress() const {
    if (!options_.on_part) return;
    AuditProgress progress{report_.records, report_.clear,    report_.review,
                           report_.block,   report_.rejected, -1};
    const auto share = [](std::uint64_t done, std::uint64_t all) {
      return std::min(1.0, static_cast<double>(done) / static_cast<double>(all));
    };
    if (fed_.chosen > 0) {
      progress.part = share(report_.records, fed_.chosen);
    } else if (options_.limit > 0) {
      progress.part = share(report_.records - report_.skipped, options_.limit);
    } else if (text_bytes_ > 0) {
      progress.part = share(bytes_, text_bytes_);
    }
    options_.on_part(progress);
  }

  Result<void> FinishFile(const AuditBatch& last) {
    if (file_records_ == 0 && last.source) return *last.nothing;
    report_.inputs.push_back({last.file, file_records_});
    const bool by_header = last.source && !last.source->unmapped().empty();
    SayUnmapped(last.file, by_header ? last.source->unmapped() : unmapped_.names());
    ++file_;
    file_records_ = 0;
    unmapped_ = {};
    return {};
  }

  Result<void> WriteRings() {
    for (StagedFile* file : {&results_, &rows_, &rings_}) TRY(file->OpenNew());
    TRY(AppendHeader());
    TRY_ASSIGN(report_.among, revenant::WriteRings(ring_files_, registry_, options_.results,
                                                   results_, rows_, rings_, report_.written));
    lines_ = report_.written;
    return {};
  }

  Result<void> Describe() {
    report_.as_of = as_of_;
    report_.key_check_value = registry_.key_check_value();
    report_.policy_digest = task_.at("policy");
    report_.choice = {options_.results, options_.since, options_.limit,
                      options_.sample,  options_.seed,  options_.stored};
    TRY_ASSIGN(report_.stats, registry_.GetStats());
    return {};
  }

  // What was read, what was made of it and what was written are counted apart.
  Result<void> CheckCounts() const {
    const AuditReport& r = report_;
    std::uint64_t read = options_.stored ? r.records : 0;
    for (const AuditReport::Input& input : r.inputs) read += input.records;
    const std::uint64_t judged = r.clear + r.review + r.block;
    const std::uint64_t due =
        options_.results == AuditResults::kAll ? r.screened : r.review + r.block;
    if (read == r.records && r.records == judged + r.merged + r.refused + r.skipped &&
        judged == r.screened && r.written == due && lines_ == due) {
      return {};
    }
    return Error{
        Code::kCorruption,
        fmt::format("audit: the counts do not add up: {} read, {} counted; {} clear, {} review, "
                    "{} block, {} merged, {} refused, {} skipped; {} of {} lines written: this is "
                    "a fault of "
                    "the program, and nothing was written",
                    read, r.records, r.clear, r.review, r.block, r.merged, r.refused, r.skipped,
                    lines_, due)};
  }

  // The summary comes last: where one stands, the files beside it are its own.
  Result<void> Publish() {
    std::vector<StagedFile*> files = {&results_, &rows_, &rejects_};
    if (options_.among) files.push_back(&rings_);
    for (StagedFile* file : files) TRY(file->Sync());
    const std::string summary = ToJson(report_) + "\n";
    AtomicFile page(out_ / kPage);
    TRY(page.Open());
    TRY(report::RenderReport(results_.path(), summary, page));
    TRY(page.Finish());
    std::vector<std::string> old = {"summary.json"};
    if (!options_.among) old.emplace_back("rings.jsonl");
    for (const std::string_view name : kOwnFiles) {
      if (name != kPage) old.push_back(std::string(name) + ".tmp");  // that of the page is in use
    }
    for (const std::string& name : old) {
      std::error_code error;
      fs::remove(out_ / name, error);
      if (!error) continue;
      return Error{Code::kIo,
                   fmt::format("{}: cannot replace: {}", (out_ / name).string(), error.message())};
    }
    for (StagedFile* file : files) TRY(file->MoveTo(out_));
    TRY(page.Publish());
    if (const int failed = SyncFolder(out_)) return SystemError("syncing", out_, failed);
    return ReplaceFile(out_ / "summary.json", summary);
  }

  const Registry& registry_;
  const AuditOptions& options_;
  const fs::path out_;
  Time as_of_;  // set by Begin()
  const RejectValues values_;
  const Clock::time_point start_ = Clock::now();
  StagingFolder folder_;
  StagedFile results_, rows_, rejects_, rings_, sellers_;
  RingFiles ring_files_;
  AuditReport report_;
  std::vector<std::unique_ptr<AuditBatch>> spare_;
  bool resumable_ = true;
  std::map<std::string, std::string> task_;
  Clock::time_point saved_ = start_;
  double seconds_before_ = 0;
  std::uint64_t text_bytes_ = 0;  // of all that there is to do; 0: not known
  Pool* pool_ = nullptr;
  Fed fed_;
  RowMerger run_;                     // behind the last block
  std::unique_ptr<AuditBatch> edge_;  // judges what reaches over ends of blocks
  // Where the blocks that came back have got to.
  std::uint64_t file_ = 0, file_records_ = 0, bytes_ = 0, lines_ = 0;
  UnmappedNames unmapped_;
};

}  // namespace

Result<AuditReport> Audit(const Registry& registry, std::span<const std::string> files,
                          const std::filesystem::path& out, const AuditOptions& options) {
  return Auditor(registry, out, options).Run(files);
}

}  // namespace revenant
