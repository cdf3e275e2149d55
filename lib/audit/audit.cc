#include "revenant/audit.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <system_error>
#include <thread>
#include <utility>

#include "audit/audit_batch.h"
#include "records/jsonl_records.h"
#include "report/render.h"
#include "revenant/atomic_file.h"
#include "revenant/json.h"
#include "util/digest.h"
#include "util/ordered_pool.h"
#include "util/try.h"

namespace revenant {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kBatchesAThread = 4;

constexpr std::array<std::string_view, 4> kOwnFiles = {"results.jsonl", "rejects.csv",
                                                       "summary.json", "report.html"};

bool IsOwnFile(std::string_view name) {
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

class Auditor {
 public:
  Auditor(const Registry& registry, const fs::path& out, const AuditOptions& options)
      : registry_(registry),
        options_(options),
        out_(out),
        as_of_(options.as_of.known() ? options.as_of : Now()),
        values_(options.read.keep_values ? RejectValues::kShown : RejectValues::kHidden),
        results_(out / kOwnFiles[0]),
        rejects_(out / kOwnFiles[1]),
        summary_(out / kOwnFiles[2]),
        page_(out / kOwnFiles[3]) {}

  Result<AuditReport> Run(std::span<const std::string> files) {
    const auto start = std::chrono::steady_clock::now();
    TRY(PrepareFolder(out_));
    TRY(results_.Open());
    TRY(rejects_.Open());
    TRY(summary_.Open());
    TRY(page_.Open());
    std::string header;
    AppendRejectHeader(header, values_);
    TRY(rejects_.Append(header));
    TRY(ScreenAll(files));
    if (report_.interrupted) return std::move(report_);
    TRY(Describe());
    report_.seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    const std::string summary = ToJson(report_) + "\n";
    TRY(summary_.Append(summary));
    TRY(results_.Finish());
    TRY(report::RenderReport(out_ / (std::string(kOwnFiles[0]) + ".tmp"), summary, page_));
    TRY(Publish());
    return std::move(report_);
  }

 private:
  using Pool = OrderedPool<AuditBatch>;

  Result<void> ScreenAll(std::span<const std::string> files) {
    const unsigned cores = std::max(1u, std::thread::hardware_concurrency());
    const unsigned threads = options_.threads == 0 ? cores : options_.threads;
    Pool pool(threads, threads * kBatchesAThread, [](AuditBatch& batch) { batch.Judge(); });
    for (const std::string& file : files) {
      TRY(ScreenFile(pool, file));
      if (report_.interrupted) return {};
    }
    while (!pool.Empty()) TRY(Collect(pool));
    return {};
  }

  Result<void> ScreenFile(Pool& pool, const std::string& file) {
    TRY_ASSIGN(std::unique_ptr<RecordSource> opened, RecordSource::Open(file, options_.read));
    const std::shared_ptr<RecordSource> source = std::move(opened);
    if (!source->found().empty() && options_.hooks.on_found) {
      options_.hooks.on_found(source->file(), source->found());
    }
    BlockReader blocks = source->Blocks();
    std::unique_ptr<AuditBatch> batch = NewBatch(source);
    TRY(blocks.Next(batch->block));  // the first block is always there
    while (!report_.interrupted) {
      std::unique_ptr<AuditBatch> next = NewBatch(source);
      TRY_ASSIGN(const bool more, blocks.Next(next->block));
      batch->is_last = !more;
      while (pool.Full()) TRY(Collect(pool));
      pool.Give(std::move(batch));
      const auto& progress = options_.hooks.on_progress;
      if (progress && !progress(report_.records)) report_.interrupted = true;
      batch = std::move(next);
      if (!more) break;
    }
    spare_.push_back(std::move(batch));
    return {};
  }

  std::unique_ptr<AuditBatch> NewBatch(const std::shared_ptr<RecordSource>& source) {
    std::unique_ptr<AuditBatch> batch;
    if (spare_.empty()) {
      batch = std::make_unique<AuditBatch>(registry_, as_of_, options_.read.keep_values);
    } else {
      batch = std::move(spare_.back());
      spare_.pop_back();
    }
    batch->source = source;
    batch->is_last = false;
    return batch;
  }

  // Batches come back in input order.
  Result<void> Collect(Pool& pool) {
    std::unique_ptr<AuditBatch> batch = pool.Take();
    if (batch->failure) return *batch->failure;
    AddPart(report_, batch->part);
    file_records_ += batch->part.records;
    TRY(results_.Append(batch->results));
    std::string row;
    for (const Reject& reject : batch->rejects) {
      ++report_.rejected;
      row.clear();
      AppendReject(row, reject, values_);
      TRY(rejects_.Append(row));
      if (options_.hooks.on_reject) options_.hooks.on_reject(reject);
    }
    for (const std::string& name : batch->unmapped) unmapped_.Remember(name);
    if (batch->is_last) TRY(FinishFile(*batch));
    spare_.push_back(std::move(batch));
    return {};
  }

  Result<void> FinishFile(const AuditBatch& last) {
    if (file_records_ == 0) return *last.nothing;
    const RecordSource& source = *last.source;
    report_.inputs.push_back({source.file(), file_records_});
    const auto& names = source.unmapped().empty() ? unmapped_.names() : source.unmapped();
    if (!names.empty() && options_.hooks.on_unmapped) {
      options_.hooks.on_unmapped(source.file(), names);
    }
    file_records_ = 0;
    unmapped_ = {};
    return {};
  }

  Result<void> Describe() {
    report_.as_of = as_of_;
    report_.key_check_value = registry_.key_check_value();
    report_.policy_digest = Blake2bHex(FormatLinkPolicy(registry_.policy()));
    TRY_ASSIGN(report_.stats, registry_.GetStats());
    return {};
  }

  // The summary comes last: where one stands, the files beside it are its own.
  Result<void> Publish() {
    for (AtomicFile* file : {&rejects_, &summary_, &page_}) TRY(file->Finish());
    std::error_code error;
    fs::remove(out_ / kOwnFiles[2], error);
    if (error) {
      return Error{Code::kIo, fmt::format("{}: cannot replace: {}", (out_ / kOwnFiles[2]).string(),
                                          error.message())};
    }
    for (AtomicFile* file : {&results_, &rejects_, &page_, &summary_}) TRY(file->Publish());
    return {};
  }

  const Registry& registry_;
  const AuditOptions& options_;
  const fs::path out_;
  const Time as_of_;
  const RejectValues values_;
  AtomicFile results_, rejects_, summary_, page_;
  AuditReport report_;
  std::vector<std::unique_ptr<AuditBatch>> spare_;
  // Of the file whose blocks come back.
  std::uint64_t file_records_ = 0;
  UnmappedNames unmapped_;
};

}  // namespace

Result<AuditReport> Audit(const Registry& registry, std::span<const std::string> files,
                          const std::filesystem::path& out, const AuditOptions& options) {
  return Auditor(registry, out, options).Run(files);
}

}  // namespace revenant
