#include "revenant/registry.h"

#include <fmt/format.h>

#include "identifier/junk_forms.h"
#include "registry/apply/applier.h"
#include "registry/apply/desk.h"
#include "registry/apply/recorder.h"
#include "registry/derive/rebuild.h"
#include "registry/impl.h"
#include "registry/state/awaiting.h"
#include "store/damage.h"
#include "util/bytes.h"
#include "util/try.h"

namespace revenant {
namespace {

constexpr std::string_view kKeyCheckName = "key_check";

std::string ImportMarkName(std::string_view input) { return "import/" + std::string(input); }

// May the caller go on without this event? (Otherwise the store itself is in trouble.)
bool IsRefusal(const Error& error) {
  return error.code == Code::kConflict || error.code == Code::kNotFound ||
         error.code == Code::kInvalidArgument;
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

std::string ClusterId::ToHex() const { return HexEncode(bytes); }

Registry::Registry(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Registry::~Registry() = default;

struct RegistryMaker {  // the one who may construct handles
  static Result<std::unique_ptr<Registry>> Make(const std::filesystem::path& dir, const Key& key,
                                                const Store::Options& options,
                                                const LinkPolicy* policy, const Actor& actor,
                                                std::uint64_t in_memory_bytes = 0);
  static Result<void> JudgeAnew(Registry::Impl& inner, const LogSink& log);
  static Registry::Impl& Inside(const Registry& registry) { return *registry.impl_; }
};

// What a version took in that did not know today's words for missing values.
Result<void> RegistryMaker::JudgeAnew(Registry::Impl& inner, const LogSink& log) {
  TRY_ASSIGN(const bool knows, KnowsTodaysWords(*inner.store->Snapshot()));
  if (knows) return {};
  const Event event = SetPolicy{*inner.gate.policy()};
  std::lock_guard writing(inner.writer);
  TRY_ASSIGN(const std::vector<Applied> applied, inner.Write({&event, 1}, nullptr, nullptr, {}));
  const std::uint64_t words = applied.front().now_junk;
  if (words > 0 && log) {
    log(LogLevel::kWarning,
        fmt::format("{} taken in by an earlier version {} for a missing value (N/A, none, 0 ...): "
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
  TRY_ASSIGN(const bool in_exchange, IsInExchange(*impl->store->Snapshot()));
  impl->in_exchange = in_exchange;
  if (options.mode == Store::Mode::kReadWrite) TRY(JudgeAnew(*impl, options.log));
  return std::unique_ptr<Registry>(new Registry(std::move(impl)));
}

Registry::Impl& Inside(const Registry& registry) { return RegistryMaker::Inside(registry); }

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
  if (impl_->access != Access::kReadOnly) return false;
  std::lock_guard refreshing(impl_->writer);
  TRY_ASSIGN(const bool is_behind, impl_->store->IsBehind());
  if (!is_behind) return false;
  bool is_new = false;
  TRY(impl_->gate.Follow([&]() -> Result<std::shared_ptr<const LinkPolicy>> {
    TRY_ASSIGN(is_new, impl_->store->Refresh());
    if (!is_new) return std::shared_ptr<const LinkPolicy>();
    TRY_ASSIGN(const bool in_exchange, IsInExchange(*impl_->store->Snapshot()));
    impl_->in_exchange = in_exchange;
    return ReadPolicy(*impl_->store);
  }));
  return is_new;
}

Result<std::pair<SellerId, SellerRow>> Registry::Impl::Need(const View& view,
                                                            const SellerName& name) {
  TRY_ASSIGN(const std::optional<SellerId> seller, view.FindSeller(name));
  if (!seller) return Error{Code::kNotFound, name.ToString() + ": no such seller"};
  TRY_ASSIGN(SellerRow row, view.NeedSeller(*seller));
  return std::pair(*seller, std::move(row));
}

std::shared_ptr<const JunkList> Registry::Impl::JunkOf(
    const std::shared_ptr<const LinkPolicy>& policy) const {
  std::lock_guard lock(junk_mutex);
  if (junk_policy != policy) {
    junk = std::make_shared<const JunkList>(*policy, keyed);
    junk_policy = policy;
  }
  return junk;
}

Result<JournalLog> Registry::Impl::TakeJournal() {
  if (!journal) return JournalLog::Open(*store->Snapshot());
  JournalLog log = *std::move(journal);
  journal.reset();
  return log;
}

Actor Registry::Impl::ActorOr(const Actor& named) const {
  return {named.who.empty() ? actor.who : named.who, named.at.known() ? named.at : actor.at};
}

void Registry::ActAs(Actor actor) {
  std::lock_guard writing(impl_->writer);
  impl_->actor = std::move(actor);
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
  if (impl_->access == Access::kReadOnly) {
    return Error{Code::kConflict, "the store was opened for reading only"};
  }
  std::vector<Applied> results;
  std::uint64_t commit = 0;
  {
    std::lock_guard writing(impl_->writer);
    TRY_ASSIGN(results, impl_->Write(events, mark, refused, actor));
    commit = impl_->store->LastCommit();
  }
  // Not under the lock: those who wait for the disk wait for it together.
  if (durability == Durability::kSynced) TRY(impl_->store->SyncThrough(commit));
  if (mark != nullptr && mark->records == 0) TRY(impl_->store->Tidy());  // the import is over
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
  if (impl_->access == Access::kReadOnly) {
    return Error{Code::kConflict, "the store was opened for reading only"};
  }
  Desk desk(received.known() ? received : Now());
  std::uint64_t commit = 0;
  {
    std::lock_guard writing(impl_->writer);
    TRY(impl_->Write(events, nullptr, refused, actor, &desk));
    commit = impl_->store->LastCommit();
  }
  if (durability == Durability::kSynced) TRY(impl_->store->SyncThrough(commit));
  return desk.TakeEntered();
}

Result<std::vector<Applied>> Registry::Impl::Write(std::span<const Event> events,
                                                   const ImportMark* mark,
                                                   std::vector<Refusal>* refused, const Actor& who,
                                                   Desk* desk) {
  std::unique_ptr<Batch> batch = store->NewBatch();
  const std::shared_ptr<const LinkPolicy> policy_before = gate.policy();
  std::shared_ptr<const LinkPolicy> policy = policy_before;
  std::shared_ptr<const JunkList> judging = JunkOf(policy);
  auto applier = std::make_unique<Applier>(*batch, *policy, keyed, *judging);
  TRY_ASSIGN(JournalLog log, TakeJournal());
  Recorder recorder(*batch, std::move(log), keyed, ActorOr(who),
                    mark == nullptr ? nullptr : &mark->input);
  TRY(recorder.Begin());
  std::vector<Applied> results;
  results.reserve(events.size());
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (refused != nullptr) batch->SetMark();
    Result<Applied> applied =
        desk == nullptr ? applier->Apply(events[i]) : desk->Pass(*batch, *applier, events[i]);
    if (!applied) {
      Error error = std::move(applied).error();
      if (refused == nullptr || !IsRefusal(error)) return error;
      batch->RollBackToMark();
      refused->push_back({i, std::move(error)});
      results.emplace_back();
      continue;
    }
    if (refused != nullptr) batch->DropMark();
    if (applied->changed) TRY(recorder.Note(events[i], applier->subject()));
    results.push_back(*applied);
    if (const auto* change = std::get_if<SetPolicy>(&events[i])) {
      policy = std::make_shared<LinkPolicy>(change->policy);
      judging = JunkOf(policy);
      applier = std::make_unique<Applier>(*batch, *policy, keyed, *judging);
    }
  }
  TRY(recorder.Finish());
  if (mark != nullptr) {
    const std::string name = ImportMarkName(mark->input);
    if (mark->records == 0) {
      batch->Delete(Table::kMeta, name);
    } else {
      batch->Put(Table::kMeta, name, EncodeNumber(mark->records));
    }
  }
  if (policy == policy_before) {
    gate.Enter(applier->taint(), *batch);
    TRY(store->Commit(*batch, false));
  } else {
    TRY(gate.ChangePolicy(policy, [&] { return store->Commit(*batch, false); }));
  }
  journal = recorder.TakeLog();
  return results;
}

Result<std::uint64_t> Registry::ImportedRecords(std::string_view input) const {
  TRY_ASSIGN(const std::optional<std::string> bytes, impl_->store->Meta(ImportMarkName(input)));
  if (!bytes) return std::uint64_t{0};
  return DecodeNumber(*bytes);
}

Result<void> Registry::WarmUp() const { return impl_->gate.WaitUntilFilled(); }

LinkPolicy Registry::policy() const { return *impl_->gate.policy(); }

std::uint32_t Registry::format_version() const { return kFormatVersion; }
std::string Registry::key_check_value() const { return impl_->check_value; }

}  // namespace revenant
