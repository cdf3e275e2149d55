#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <set>
#include <system_error>
#include <thread>
#include <utility>

#include "audit/digest.h"
#include "audit/ordered_pool.h"
#include "audit/out_file.h"
#include "audit/outcomes.h"
#include "revenant/bulk.h"
#include "revenant/json.h"
#include "util/try.h"

namespace revenant {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kBatchRecords = 128;
constexpr std::size_t kMaxBatchAttributes = 8'192;
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

// Some records of one file on their way through a worker.
struct Batch {
  std::string file;
  std::vector<InputRecord> inputs;
  // What the worker made of them.
  std::optional<Error> failure;
  AttributeCounts counts;
  std::vector<Verdict> verdicts;  // of the usable ones
  std::string results;            // their lines
  std::vector<Reject> rejects;
};

// What a worker does: judges each record, spelling verdicts out beside the others.
class Screener {
 public:
  Screener(const Registry& registry, Time as_of, bool keep_values)
      : registry_(registry), as_of_(as_of), keep_values_(keep_values) {}

  void operator()(Batch& batch) const {
    for (InputRecord& input : batch.inputs) {
      Result<void> judged = Judge(batch, input);
      if (!judged) {
        batch.failure = std::move(judged).error();
        return;
      }
    }
  }

 private:
  Result<void> Judge(Batch& batch, InputRecord& input) const {
    if (input.usable) {
      TRY_ASSIGN(const Intake intake, registry_.Prepare(input.record, as_of_));
      CountOutcomes(batch.file, intake, keep_values_, input, batch.counts);
      TRY_ASSIGN(Certified certified, Screen(intake.event));
      certified.verdict.attributes = intake.NotPlainlyValid();
      batch.results += ToJson(certified.verdict, certified.certificate);
      batch.results += '\n';
      batch.verdicts.push_back(std::move(certified.verdict));
    }
    for (Reject& reject : input.rejects) batch.rejects.push_back(std::move(reject));
    return {};
  }

  // Most have nothing to do with any ban, and their certificates would be most of the results.
  Result<Certified> Screen(const Enrol& application) const {
    TRY_ASSIGN(Verdict verdict, registry_.Screen(application, as_of_));
    if (verdict.decision != Decision::kClear) return registry_.Certify(application, as_of_);
    return Certified{std::move(verdict), ""};
  }

  const Registry& registry_;
  const Time as_of_;
  const bool keep_values_;
};

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
        summary_(out / kOwnFiles[2]) {}

  Result<AuditReport> Run(std::span<const std::string> files) {
    const auto start = std::chrono::steady_clock::now();
    TRY(PrepareFolder(out_));
    TRY(results_.Open());
    TRY(rejects_.Open());
    TRY(summary_.Open());
    std::string header;
    AppendRejectHeader(header, values_);
    TRY(rejects_.Append(header));
    TRY(ScreenAll(files));
    if (report_.interrupted) return std::move(report_);
    TRY(Describe());
    report_.seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    TRY(summary_.Append(ToJson(report_) + "\n"));
    TRY(Publish());
    return std::move(report_);
  }

 private:
  using Pool = OrderedPool<Batch>;

  Result<void> ScreenAll(std::span<const std::string> files) {
    const unsigned cores = std::max(1u, std::thread::hardware_concurrency());
    const unsigned threads = options_.threads == 0 ? cores : options_.threads;
    Pool pool(threads, threads * kBatchesAThread,
              Screener(registry_, as_of_, options_.read.keep_values));
    for (const std::string& file : files) {
      TRY(ScreenFile(pool, file));
      if (report_.interrupted) return {};
    }
    while (!pool.Empty()) TRY(Collect(*pool.Take()));
    return {};
  }

  Result<void> ScreenFile(Pool& pool, const std::string& file) {
    TRY_ASSIGN(const auto reader, RecordReader::Open(file, options_.read));
    for (bool more = true; more && !report_.interrupted;) {
      auto batch = std::make_unique<Batch>();
      TRY_ASSIGN(more, Fill(*reader, *batch));
      while (pool.Full()) TRY(Collect(*pool.Take()));
      pool.Give(std::move(batch));
      const auto& progress = options_.hooks.on_progress;
      if (progress && !progress(report_.records)) report_.interrupted = true;
    }
    report_.inputs.push_back({reader->file(), reader->position()});
    if (const auto& names = reader->unmapped(); !names.empty() && options_.hooks.on_unmapped) {
      options_.hooks.on_unmapped(reader->file(), names);
    }
    return {};
  }

  Result<bool> Fill(RecordReader& reader, Batch& batch) {
    batch.file = reader.file();
    std::size_t attributes = 0;
    while (batch.inputs.size() < kBatchRecords && attributes < kMaxBatchAttributes) {
      InputRecord input;
      TRY_ASSIGN(const bool more, reader.Next(input));
      if (!more) return false;
      attributes += input.record.attributes.size();
      batch.inputs.push_back(std::move(input));
    }
    return true;
  }

  // Batches come back in input order.
  Result<void> Collect(const Batch& batch) {
    if (batch.failure) return *batch.failure;
    report_.records += batch.inputs.size();
    report_.attributes += batch.counts.attributes;
    report_.identifiers += batch.counts.identifiers;
    report_.invalid += batch.counts.invalid;
    report_.junk += batch.counts.junk;
    for (const Verdict& verdict : batch.verdicts) Count(verdict);
    TRY(results_.Append(batch.results));
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

  void Count(const Verdict& verdict) {
    ++report_.screened;
    switch (verdict.decision) {
      case Decision::kClear:
        ++report_.clear;
        break;
      case Decision::kReview:
        ++report_.review;
        break;
      case Decision::kBlock:
        ++report_.block;
        break;
    }
    std::set<Because> named;  // a verdict may name one several times
    for (const Reason& reason : verdict.reasons) named.insert(reason.because);
    for (const Because because : named) ++report_.reasons[because];
    if (verdict.decision == Decision::kClear || verdict.links.empty()) return;
    const Link& link = verdict.links.front();
    ++report_.leads_to[link.seller];
    if (!link.path.empty() && !link.path.front().shared.empty()) {
      ++report_.kinds[link.path.front().shared.front().kind];
    }
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
    for (OutFile* file : {&results_, &rejects_, &summary_}) TRY(file->Finish());
    std::error_code error;
    fs::remove(out_ / kOwnFiles[2], error);
    if (error) {
      return Error{Code::kIo, fmt::format("{}: cannot replace: {}", (out_ / kOwnFiles[2]).string(),
                                          error.message())};
    }
    for (OutFile* file : {&results_, &rejects_, &summary_}) TRY(file->Publish());
    if (const int failed = SyncFolder(out_)) return SystemError("syncing", out_, failed);
    return {};
  }

  const Registry& registry_;
  const AuditOptions& options_;
  const fs::path out_;
  const Time as_of_;
  const RejectValues values_;
  OutFile results_, rejects_, summary_;
  AuditReport report_;
};

}  // namespace

Result<AuditReport> Audit(const Registry& registry, std::span<const std::string> files,
                          const std::filesystem::path& out, const AuditOptions& options) {
  return Auditor(registry, out, options).Run(files);
}

}  // namespace revenant
