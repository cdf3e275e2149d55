// Applications: judged one by one, many at once, and whole files of them.

#include <atomic>
#include <vector>

#include "c/guard.h"
#include "revenant/audit.h"
#include "revenant/json.h"
#include "util/crew.h"

namespace revenant::c {
namespace {

constexpr std::uint32_t kFlags = RV_JSON | RV_JSON_OF_CLEAR | RV_CERTIFY;
constexpr std::uint32_t kMostThreads = 256;
constexpr std::size_t kAtATime = 32;  // that a thread takes from a batch

rv_verdict InShort(const Verdict& verdict) {
  rv_verdict out{};
  out.decision = static_cast<std::uint8_t>(verdict.decision);
  out.because = static_cast<std::uint8_t>(verdict.reasons.front().because);
  out.cut_short = verdict.cut_short ? 1 : 0;
  out.contested = verdict.contested.empty() ? 0 : 1;
  out.identifiers = verdict.identifiers;
  out.awaiting = verdict.awaiting;
  out.links = static_cast<std::uint32_t>(verdict.links.size());
  if (!verdict.links.empty()) {
    out.redundancy = verdict.links.front().redundancy;
    out.strength = verdict.links.front().strength;
  }
  return out;
}

Result<rv_verdict> Judge(Desk& desk, const rv_application& application, Time as_of,
                         std::uint32_t flags) {
  TRY(Fill(application, desk.record));
  desk.certificate.clear();
  TRY_ASSIGN(const Verdict* const verdict,
             (flags & RV_CERTIFY) != 0
                 ? desk.screener.ScreenAndCertify(desk.record, desk.certificate, as_of)
                 : desk.screener.Screen(desk.record, as_of));
  rv_verdict out = InShort(*verdict);
  const std::uint32_t wants = verdict->decision == Decision::kClear ? RV_JSON_OF_CLEAR : RV_JSON;
  if ((flags & wants) != 0) TRY(Give(ToJson(*verdict, desk.certificate), &out.json));
  return out;
}

// One of the batch's threads at its desk. Verdicts may be shorter or longer than ours.
class Batch {
 public:
  Batch(Store& store, const rv_batch& batch, rv_verdict* verdicts)
      : store_(store), batch_(batch), as_of_(TimeOrNow(batch.as_of)), verdicts_(verdicts) {}

  void Work() noexcept {
    std::unique_ptr<Desk> desk;
    rv_error said RV_ERROR_INIT;
    for (std::size_t begin; (begin = next_.fetch_add(kAtATime)) < batch_.count;) {
      const std::size_t end = std::min(begin + kAtATime, batch_.count);
      for (std::size_t i = begin; i < end; ++i) One(desk, said, i);
    }
    try {
      if (desk != nullptr) store_.ReturnDesk(std::move(desk));
    } catch (...) {  // no memory to keep it in: the next call makes another
    }
  }

  // The first failure by place.
  const std::optional<std::pair<std::size_t, Error>>& failure() const { return failure_; }

 private:
  void One(std::unique_ptr<Desk>& desk, rv_error& said, std::size_t i) noexcept {
    rv_verdict verdict{};
    verdict.code = Guarded(&said, [&]() -> Result<void> {
      if (desk == nullptr) desk = store_.TakeDesk();
      const auto* place = reinterpret_cast<const char*>(batch_.applications) + i * stride_;
      TRY_ASSIGN(verdict, Judge(*desk, *reinterpret_cast<const rv_application*>(place), as_of_,
                                batch_.flags));
      return {};
    });
    char* to = reinterpret_cast<char*>(verdicts_) + i * batch_.verdict_size;
    std::memcpy(to, &verdict, std::min<std::size_t>(batch_.verdict_size, sizeof verdict));
    if (verdict.code == RV_OK) return;
    try {
      MutexLock lock(mutex_);
      if (failure_ && failure_->first < i) return;
      failure_.emplace(i, Error{static_cast<Code>(verdict.code), said.message});
    } catch (...) {  // no memory for the message; the code is in its verdict
    }
  }

  Store& store_;
  const rv_batch& batch_;
  const Time as_of_;
  rv_verdict* const verdicts_;
  // Applications of another header lie further apart: the first says how far.
  const std::size_t stride_ = batch_.applications->size;
  std::atomic<std::size_t> next_{0};
  Mutex mutex_;
  std::optional<std::pair<std::size_t, Error>> failure_;
};

Result<rv_batch> Checked(const rv_batch* given, rv_verdict* verdicts) {
  TRY(CheckSize("rv_batch", given));
  const rv_batch& batch = *given;
  if (batch.verdict_size != sizeof(rv_verdict)) {
    return Wrong("rv_batch.verdict_size", "is not sizeof(rv_verdict)");
  }
  if ((batch.flags & ~kFlags) != 0) return Wrong("rv_batch.flags", "has one that does not exist");
  if (batch.threads > kMostThreads) return Wrong("rv_batch.threads", "is over 256");
  if (batch.count == 0) return batch;
  if (batch.applications == nullptr) return Wrong("rv_batch.applications", "is NULL");
  if (verdicts == nullptr) return Wrong("verdicts", "is NULL");
  TRY(CheckSize("rv_application", batch.applications));
  for (std::size_t i = 1; i < batch.count; ++i) {
    const auto* first = reinterpret_cast<const char*>(batch.applications);
    std::uint32_t size = 0;
    std::memcpy(&size, first + i * batch.applications->size, sizeof size);
    if (size == batch.applications->size) continue;
    return Wrong("rv_application", fmt::format("number {} has another size than the first", i));
  }
  return batch;
}

Result<std::vector<std::string>> Files(const char* const* files, std::size_t count) {
  if (files == nullptr || count == 0) return Wrong("files", "there are none");
  std::vector<std::string> names;
  for (std::size_t i = 0; i < count; ++i) {
    TRY_ASSIGN(names.emplace_back(), Text("files", files[i]));
  }
  return names;
}

}  // namespace

extern "C" {

rv_code rv_screen_many(rv_registry registry, const rv_batch* given, rv_verdict* verdicts,
                       rv_error* error) {
  std::optional<Error> failure;
  const rv_code code = OnStore(registry, error, [&](Store& store) -> Result<void> {
    TRY_ASSIGN(const rv_batch batch, Checked(given, verdicts));
    if (batch.count == 0) return {};
    Batch work(store, batch, verdicts);
    Crew crew;
    const std::size_t useful = (batch.count + kAtATime - 1) / kAtATime;
    for (std::size_t i = 1; i < std::min<std::size_t>(batch.threads, useful); ++i) {
      if (!crew.Start([&work] { work.Work(); })) break;  // the others do its part
    }
    work.Work();
    crew.Join();
    if (work.failure()) {
      const auto& [place, what] = *work.failure();
      failure = {what.code, fmt::format("application {}: {}", place, what.message)};
    }
    return {};
  });
  if (code == RV_OK && failure) {
    Put(error, static_cast<rv_code>(failure->code), failure->message);
  }
  return code;
}

rv_code rv_screen(rv_registry registry, const char* record, int64_t as_of, uint32_t flags,
                  int32_t* decision, char** json, rv_error* error) {
  Clear(json);
  return OnStore(registry, error, [&](Store& store) -> Result<void> {
    if ((flags & ~std::uint32_t{RV_CERTIFY}) != 0) return Wrong("flags", "only RV_CERTIFY");
    TRY_ASSIGN(const std::string_view text, Text("record", record));
    TRY_ASSIGN(const Record application, ReadRecord(text));
    Certified judged;
    if ((flags & RV_CERTIFY) != 0) {
      TRY_ASSIGN(judged, store.registry->Certify(application, TimeOrNow(as_of)));
    } else {
      TRY_ASSIGN(judged.verdict, store.registry->Screen(application, TimeOrNow(as_of)));
    }
    if (json != nullptr) TRY(Give(ToJson(judged.verdict, judged.certificate), json));
    Set(decision, judged.verdict.decision);
    return {};
  });
}

rv_code rv_audit(rv_registry registry, const char* const* files, size_t count, const char* out,
                 char** json, rv_error* error) {
  Clear(json);
  return OnStore(registry, error, [&](Store& store) -> Result<void> {
    TRY_ASSIGN(const std::vector<std::string> names, Files(files, count));
    TRY_ASSIGN(const std::string_view folder, Text("out", out));
    TRY_ASSIGN(const AuditReport report, Audit(*store.registry, names, folder, {}));
    return Give(ToJson(report), json);
  });
}

rv_code rv_import(rv_registry registry, const char* const* files, size_t count,
                  const char* platform, char** json, rv_error* error) {
  Clear(json);
  return OnStore(registry, error, [&](Store& store) -> Result<void> {
    TRY_ASSIGN(const std::vector<std::string> names, Files(files, count));
    ImportOptions options;
    TRY_ASSIGN(options.read.platform, TextOrNone("platform", platform));
    TRY_ASSIGN(const ImportReport report, Import(*store.registry, names, options));
    return Give(ToJson(report), json);
  });
}

}  // extern "C"

}  // namespace revenant::c
