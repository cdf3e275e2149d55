#include "registry/bulk_load.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <thread>
#include <unordered_map>

#include "registry/applier.h"
#include "registry/bulk_tables.h"
#include "registry/impl.h"
#include "registry/recorder.h"
#include "store/bulk_writer.h"
#include "util/try.h"

namespace revenant {
namespace {

// Rows that do not come out of the sorting. Those of the journal's leaves and bodies come in the
// order of their keys and go to their files at once; the few others wait.
class SmallRows final : public RowSink {
 public:
  explicit SmallRows(BulkWriter& writer)
      : writer_(writer), leaves_(writer, Table::kJournal), bodies_(writer, Table::kJournalBodies) {}

  void Put(Table table, std::string_view key, std::string_view value) override {
    if (table == Table::kJournal) return Note(leaves_.Put(key, value));
    if (table == Table::kJournalBodies) return Note(bodies_.Put(key, value));
    if (table == Table::kJournalAbout) return;  // comes out of the sorting
    rows_[{table, std::string(key)}] = value;
  }
  Result<void> outcome() const { return outcome_; }

  Result<void> Finish() {
    TRY(outcome_);
    TRY(leaves_.Finish());
    TRY(bodies_.Finish());
    for (auto row = rows_.begin(); row != rows_.end();) {
      const Table table = row->first.first;
      TableFile file(writer_, table);
      for (; row != rows_.end() && row->first.first == table; ++row) {
        TRY(file.Put(row->first.second, row->second));
      }
      TRY(file.Finish());
    }
    return {};
  }

 private:
  void Note(Result<void> done) {
    if (!done && outcome_) outcome_ = std::move(done);
  }

  BulkWriter& writer_;
  TableFile leaves_, bodies_;
  std::map<std::pair<Table, std::string>, std::string> rows_;
  Result<void> outcome_;
};

}  // namespace

struct BulkLoad::Impl {
  Impl(Registry::Impl& registry, const Options& wanted)
      : inner(registry),
        options(wanted),
        writing(registry.writer),
        policy(registry.gate.policy()),
        view(registry.store->Snapshot()) {}

  Result<void> ReadTombstones();
  Result<std::uint64_t> NumberOf(std::string_view counter) const;
  Result<void> TakeKnown();
  Result<void> Begin();
  unsigned threads() const {
    return options.threads != 0 ? options.threads
                                : std::max(1U, std::thread::hardware_concurrency());
  }

  Registry::Impl& inner;
  const Options options;
  const std::lock_guard<std::mutex> writing;
  const std::shared_ptr<const LinkPolicy> policy;
  const std::unique_ptr<View> view;
  Actor actor;
  Time now;
  JournalLog journal;
  std::unordered_map<Fingerprint, Time> forgotten;
  std::unique_ptr<BulkWords> words;
  // What writes files goes before the folder that they are in.
  std::unique_ptr<BulkWriter> writer;
  std::unique_ptr<SmallRows> small;
  std::unique_ptr<BulkTables> tables;
  std::uint64_t known = 0;  // sellers
  std::uint32_t blocks = 0;
  Phases phases;
};

Result<void> BulkLoad::Impl::ReadTombstones() {
  return view->Scan(Table::kTombstones, "",
                    [&](std::string_view key, std::string_view) -> Result<bool> {
                      TRY_ASSIGN(const Fingerprint digest, DecodeFingerprintKey(key));
                      TRY_ASSIGN(const std::optional<Time> when, view->Tombstone(digest));
                      if (when) forgotten.emplace(digest, *when);
                      return true;
                    });
}

Result<void> BulkLoad::Impl::Begin() {
  TRY(ReadTombstones());
  TRY_ASSIGN(journal, inner.TakeJournal());
  actor = inner.ActorOr(options.actor);
  now = actor.at.known() ? actor.at : revenant::Now();
  words = std::make_unique<BulkWords>(*view, inner.store->WordCount());
  TRY_ASSIGN(writer, BulkWriter::Begin(*inner.store));
  small = std::make_unique<SmallRows>(*writer);
  BulkTables::Options how{
      .journal_from = journal.size(), .memory_bytes = options.memory_bytes, .threads = threads()};
  TRY_ASSIGN(known, NumberOf("sellers"));
  TRY_ASSIGN(how.labels, NumberOf("labels"));
  how.known = known;
  tables = std::make_unique<BulkTables>(*writer, *words, *policy, how);
  return {};
}

Result<std::uint64_t> BulkLoad::Impl::NumberOf(std::string_view counter) const {
  TRY_ASSIGN(const std::optional<std::string> bytes, view->Get(Table::kMeta, counter));
  if (!bytes) return std::uint64_t{0};
  return DecodeNumber(*bytes);
}

// Sellers of the store go where those of the input go.
Result<void> BulkLoad::Impl::TakeKnown() {
  if (known == 0) return {};
  return view->Scan(Table::kSellers, "",
                    [&](std::string_view key, std::string_view value) -> Result<bool> {
                      TRY_ASSIGN(const SellerId seller, DecodeSellerKey(key));
                      TRY_ASSIGN(const SellerRow row, DecodeSellerRow(value));
                      TRY(PackKnown(*view, seller, row, TombstoneOf(inner.keyed, view->NameOf(row)),
                                    [&](std::string_view record) { return tables->Take(record); }));
                      return true;
                    });
}

BulkLoad::BulkLoad(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
BulkLoad::~BulkLoad() = default;
const BulkLoad::Phases& BulkLoad::phases() const { return impl_->phases; }

Result<bool> BulkLoad::Fits(const Registry& registry) {
  const Registry::Impl& inner = Inside(registry);
  bool fits = inner.access == Access::kReadWrite;
  const std::unique_ptr<View> view = inner.store->Snapshot();
  for (const Table table : {Table::kCases, Table::kPairs, Table::kAlerts, Table::kExchange}) {
    TRY(view->Scan(table, "", [&](std::string_view, std::string_view) -> Result<bool> {
      fits = false;
      return false;
    }));
  }
  return fits;
}

Result<std::unique_ptr<BulkLoad>> BulkLoad::Begin(Registry& registry, const Options& options) {
  if (Inside(registry).access == Access::kReadOnly) {
    return Error{Code::kConflict, "the store was opened for reading only"};
  }
  auto impl = std::make_unique<Impl>(Inside(registry), options);
  TRY_ASSIGN(const bool fits, Fits(registry));
  if (!fits) {
    return Error{Code::kConflict,
                 "there are bans, findings, alerts or lists on file: enter records in batches"};
  }
  TRY(impl->Begin());
  return std::unique_ptr<BulkLoad>(new BulkLoad(std::move(impl)));
}

Result<void> BulkLoad::Pack(const Enrol& event, BulkBlock& block) const {
  const Fingerprint name = TombstoneOf(impl_->inner.keyed, event.seller);
  if (!impl_->forgotten.empty()) {
    const auto forgotten = impl_->forgotten.find(name);
    if (forgotten != impl_->forgotten.end()) {
      return ForgottenError(event.seller, forgotten->second);
    }
  }
  const bool sound = std::none_of(event.attributes.begin(), event.attributes.end(),
                                  [](const auto& each) { return each.identifiers.empty(); });
  if (!sound) {
    return Error{Code::kInvalidArgument, "an attribute without identifiers was to be observed"};
  }
  revenant::Pack(event, name, *impl_->words, block);
  return {};
}

Result<void> BulkLoad::Take(BulkBlock& block, const std::string& input) {
  if (block.count == 0) return {};
  ImportNote note{input, block.count, block.attributes, block.nonce, block.digest, true};
  TRY(impl_->journal.Append(*impl_->small, impl_->now, "import",
                            BodyOf(impl_->actor, TellImport(note)), block.names));
  TRY(impl_->small->outcome());
  for (std::size_t at = 0; at < block.records.size();) {
    char* record = block.records.data() + at;
    const char* reader = record;
    auto head = GetPacked<PackedRecord>(reader);
    head.block = impl_->blocks;
    std::memcpy(record, &head, sizeof head);
    TRY(impl_->tables->Take({record, head.bytes}));
    at += head.bytes;
  }
  ++impl_->blocks;
  return {};
}

Result<bool> BulkLoad::Finish(const std::function<bool()>& go_on) {
  if (impl_->blocks == 0) return true;
  TRY(impl_->TakeKnown());
  Tasks tasks(impl_->threads(), go_on);
  TRY(impl_->tables->Write(tasks, *impl_->small, impl_->phases));
  if (tasks.stopped() || (go_on && !go_on())) return false;
  TRY(impl_->small->Finish());
  impl_->phases.file_bytes = impl_->writer->file_bytes();
  const auto start = std::chrono::steady_clock::now();
  // Whoever screens meanwhile sees all tables as they were, then all as they are; and is told to
  // ask the store, since the filter knows nothing of what came in.
  TRY(impl_->inner.gate.ChangePolicy(impl_->policy,
                                     [&] { return impl_->writer->Ingest(impl_->words->added()); }));
  impl_->inner.journal = std::move(impl_->journal);
  impl_->phases.ingest =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return true;
}

}  // namespace revenant
