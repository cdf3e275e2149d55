#include "revenant/registry.h"

#include <fmt/format.h>

#include "identifier/junk_forms.h"
#include "registry/apply/desk.h"
#include "registry/apply/recorder.h"
#include "registry/handle.h"
#include "registry/impl.h"
#include "registry/state/awaiting.h"
#include "registry/state/meta_rows.h"
#include "store/damage.h"
#include "util/bytes.h"
#include "util/try.h"

namespace revenant {
namespace {

std::string ImportMarkName(std::string_view input) { return "import/" + std::string(input); }

// May the caller continue without this event? (Otherwise the store itself is in trouble.)
bool IsRefusal(const Error& error) {
  return error.code == Code::kConflict || error.code == Code::kNotFound ||
         error.code == Code::kInvalidArgument;
}

// Every event in turn; one that is refused leaves an empty result, if `refused` takes it.
Result<std::vector<Applied>> ApplyEach(WriteSession& session, std::span<const Event> events,
                                       Desk* desk, std::vector<Registry::Refusal>* refused) {
  std::vector<Applied> results;
  results.reserve(events.size());
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (refused == nullptr) {
      TRY_ASSIGN(results.emplace_back(), session.Apply(events[i], desk));
      continue;
    }
    Result<Applied> applied = session.ApplyOrUndo(events[i], desk);
    if (!applied && !IsRefusal(applied.error())) return std::move(applied).error();
    results.push_back(applied ? *applied : Applied{});
    if (!applied) refused->push_back({i, std::move(applied).error()});
  }
  return results;
}

void NoteImported(Batch& batch, const ImportMark& mark) {
  const std::string name = ImportMarkName(mark.input);
  if (mark.records == 0) {
    batch.Delete(Table::kMeta, name);
  } else {
    batch.Put(Table::kMeta, name, EncodeNumber(mark.records));
  }
}

Result<std::shared_ptr<const LinkPolicy>> ReadPolicy(const Store& store) {
  TRY_ASSIGN(const std::optional<std::string> text, store.Meta(kPolicyName));
  if (!text) return DamageIn("store: its policy is missing");
  TRY_ASSIGN(LinkPolicy policy, ParseStoredLinkPolicy(*text, "policy of the store"));
  return std::shared_ptr<const LinkPolicy>(std::make_shared<LinkPolicy>(std::move(policy)));
}

Result<void> CheckKey(const Store& store, const std::string& check_value, const std::string& dir) {
  TRY_ASSIGN(const std::optional<std::string> stored, store.Meta(kKeyCheckName));
  if (!stored) {
    return Error{Code::kNotFound, dir + ": the store was never finished; remove it and run init"};
  }
  if (*stored == check_value) return {};
  return Error{Code::kInvalidArgument, dir + ": another key made this store (its check value is " +
                                           *stored + ", this key's is " + check_value + ")"};
}

// What makes an empty database a store: key check, policy and the journal's first entry, written
// together.
Result<void> WriteBirth(Store& store, const Key& key, const LinkPolicy& policy,
                        const Actor& actor) {
  std::unique_ptr<Batch> batch = store.NewBatch();
  batch->Put(Table::kMeta, kKeyCheckName, key.CheckValue());
  batch->Put(Table::kMeta, kPolicyName, FormatLinkPolicy(policy));
  batch->Put(Table::kMeta, kJunkEditionName, kinds::PlaceholderEdition());
  TRY_ASSIGN(JournalLog log, JournalLog::Open(*batch));
  const Fingerprinter keyed(key);
  Recorder recorder(*batch, std::move(log), keyed, actor, nullptr);
  TRY(recorder.NoteBirth(key.CheckValue(), policy));
  return store.Commit(*batch, true);
}

}  // namespace

Registry::Registry(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Registry::~Registry() = default;

struct RegistryMaker {  // the only one that may construct handles
  static Result<std::unique_ptr<Registry>> Make(const std::filesystem::path& dir, const Key& key,
                                                const Store::Options& options,
                                                const LinkPolicy* policy, const Actor& actor,
                                                std::uint64_t in_memory_bytes = 0);
  static Result<void> JudgeAnew(Registry::Impl& inner, const LogSink& log);
  static Registry::Impl& Inside(const Registry& registry) { return *registry.impl_; }
};

// What a version took in that did not know today's words for missing values.
Result<void> RegistryMaker::JudgeAnew(Registry::Impl& inner, const LogSink& log) {
  TRY_ASSIGN(const bool knows, KnowsTodaysWords(*inner.serving.store->Snapshot()));
  if (knows) return {};
  TRY_ASSIGN(const std::unique_ptr<WriteSession> session,
             WriteSession::Begin(inner.serving, inner.writers, {}));
  TRY_ASSIGN(const Applied applied, session->Apply(SetPolicy{session->policy()}));
  TRY(session->Commit(Durability::kBuffered));
  const std::uint64_t words = applied.now_junk;
  if (words > 0 && log) {
    log(LogLevel::kWarning,
        fmt::format("{} entered by an earlier version {} for a missing value (N/A, none, 0 ...): "
                    "{} nobody any more, and clusters were judged again",
                    words == 1 ? "1 observation" : fmt::format("{} observations", words),
                    words == 1 ? "stands" : "stand", words == 1 ? "it links" : "they link"));
  }
  return {};
}

Result<std::unique_ptr<Registry>> RegistryMaker::Make(const std::filesystem::path& dir,
                                                      const Key& key, const Store::Options& options,
                                                      const LinkPolicy* policy, const Actor& actor,
                                                      std::uint64_t in_memory_bytes) {
  TRY_ASSIGN(std::unique_ptr<Store> store, Store::Open(dir, options));
  if (options.mode == Store::Mode::kCreate) {
    TRY(WriteBirth(*store, key, policy == nullptr ? LinkPolicy{} : *policy, actor));
  }
  TRY(CheckKey(*store, key.CheckValue(), dir.string()));
  TRY_ASSIGN(auto stored_policy, ReadPolicy(*store));
  const Access access =
      options.mode == Store::Mode::kReadOnly ? Access::kReadOnly : Access::kReadWrite;
  const Gate::Born born =
      options.mode == Store::Mode::kCreate ? Gate::Born::kNow : Gate::Born::kBefore;
  auto impl = std::make_unique<Registry::Impl>(std::move(store), key, access,
                                               std::move(stored_policy), born, in_memory_bytes);
  TRY_ASSIGN(const bool in_exchange, IsInExchange(*impl->serving.store->Snapshot()));
  impl->serving.in_exchange = in_exchange;
  if (options.mode == Store::Mode::kReadWrite) TRY(JudgeAnew(*impl, options.log));
  return std::unique_ptr<Registry>(new Registry(std::move(impl)));
}

Serving& Inside(const Registry& registry) { return RegistryMaker::Inside(registry).serving; }

Result<std::unique_ptr<WriteSession>> BeginWriting(Registry& registry,
                                                   const WriteSession::Options& options) {
  Registry::Impl& inner = RegistryMaker::Inside(registry);
  return WriteSession::Begin(inner.serving, inner.writers, options);
}

std::unique_ptr<WriteSession> Rehearse(const Registry& registry) {
  return WriteSession::Rehearse(Inside(registry));
}

std::unique_ptr<View> SnapshotOf(const Registry& registry) {
  return Inside(registry).store->Snapshot();
}

Result<bool> FitsBulkLoad(const Registry& registry) {
  const Registry::Impl& inner = RegistryMaker::Inside(registry);
  if (inner.writers.access == Access::kReadOnly) return false;
  return BulkLoad::Fits(*inner.serving.store->Snapshot());
}

Result<std::unique_ptr<BulkLoad>> BeginBulkLoad(Registry& registry,
                                                const BulkLoad::Options& options) {
  Registry::Impl& inner = RegistryMaker::Inside(registry);
  return BulkLoad::Begin(inner.serving, inner.writers, options);
}

Result<std::unique_ptr<Registry>> OpenRegistry(const std::filesystem::path& dir, const Key& key,
                                               const Store::Options& options,
                                               const LinkPolicy* policy, const Actor& actor,
                                               std::uint64_t in_memory_bytes) {
  return RegistryMaker::Make(dir, key, options, policy, actor, in_memory_bytes);
}

Result<std::unique_ptr<Registry>> Registry::Create(const std::filesystem::path& dir, const Key& key,
                                                   const LinkPolicy& policy, const Actor& actor) {
  return RegistryMaker::Make(dir, key, {.mode = Store::Mode::kCreate}, &policy, actor);
}

Result<std::unique_ptr<Registry>> Registry::Open(const std::filesystem::path& dir, const Key& key,
                                                 Access access) {
  return Open(dir, key, OpenOptions{.access = access});
}

Result<std::unique_ptr<Registry>> Registry::Open(const std::filesystem::path& dir, const Key& key,
                                                 const OpenOptions& options) {
  const Store::Mode mode =
      options.access == Access::kReadOnly ? Store::Mode::kReadOnly : Store::Mode::kReadWrite;
  return RegistryMaker::Make(dir, key, {.mode = mode, .log = options.log}, nullptr, {},
                             options.in_memory_bytes);
}

Result<bool> Registry::Refresh() {
  if (impl_->writers.access != Access::kReadOnly) return false;
  MutexLock refreshing(impl_->writers.mutex);
  TRY_ASSIGN(const bool is_behind, impl_->serving.store->IsBehind());
  if (!is_behind) return false;
  bool is_new = false;
  TRY(impl_->serving.gate.Follow([&]() -> Result<std::shared_ptr<const LinkPolicy>> {
    TRY_ASSIGN(is_new, impl_->serving.store->Refresh());
    if (!is_new) return std::shared_ptr<const LinkPolicy>();
    TRY_ASSIGN(const bool in_exchange, IsInExchange(*impl_->serving.store->Snapshot()));
    impl_->serving.in_exchange = in_exchange;
    return ReadPolicy(*impl_->serving.store);
  }));
  return is_new;
}

void Registry::ActAs(Actor actor) {
  MutexLock writing(impl_->writers.mutex);
  impl_->writers.actor = std::move(actor);
}

Result<Applied> Registry::Apply(const Event& event, Durability durability, const Actor& actor) {
  TRY_ASSIGN(std::vector<Applied> applied,
             ApplyAll({&event, 1}, nullptr, nullptr, durability, actor));
  return applied.front();
}

Result<std::vector<Applied>> Registry::ApplyAll(std::span<const Event> events,
                                                const ImportMark* mark,
                                                std::vector<Refusal>* refused,
                                                Durability durability, const Actor& actor) {
  TRY_ASSIGN(const std::unique_ptr<WriteSession> session,
             BeginWriting(*this, {actor, mark == nullptr ? nullptr : &mark->input}));
  TRY_ASSIGN(std::vector<Applied> results, ApplyEach(*session, events, nullptr, refused));
  if (mark != nullptr) NoteImported(session->batch(), *mark);
  TRY(session->Commit(durability));
  if (mark != nullptr && mark->records == 0) TRY(impl_->serving.store->Tidy());  // it is over
  return results;
}

Result<Entered> Registry::Enter(const Event& event, Time received, Durability durability,
                                const Actor& actor) {
  TRY_ASSIGN(std::vector<Entered> entered,
             EnterAll({&event, 1}, received, nullptr, durability, actor));
  return std::move(entered.front());
}

Result<std::vector<Entered>> Registry::EnterAll(std::span<const Event> events, Time received,
                                                std::vector<Refusal>* refused,
                                                Durability durability, const Actor& actor) {
  Desk desk(received.known() ? received : revenant::Now());
  TRY_ASSIGN(const std::unique_ptr<WriteSession> session, BeginWriting(*this, {actor}));
  TRY(ApplyEach(*session, events, &desk, refused));
  TRY(session->Commit(durability));
  return desk.TakeEntered();
}

Result<std::uint64_t> Registry::ImportedRecords(std::string_view input) const {
  TRY_ASSIGN(const std::optional<std::string> bytes,
             impl_->serving.store->Meta(ImportMarkName(input)));
  if (!bytes) return std::uint64_t{0};
  return DecodeNumber(*bytes);
}

Result<void> Registry::WarmUp() const { return impl_->serving.gate.WaitUntilFilled(); }

LinkPolicy Registry::policy() const { return *impl_->serving.gate.policy(); }

std::uint32_t Registry::format_version() const { return kFormatVersion; }
std::string Registry::key_check_value() const { return impl_->serving.check_value; }

}  // namespace revenant
