#include "registry/bulk/load.h"

#include <sodium.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <thread>
#include <unordered_map>

#include "registry/answer/serving.h"
#include "registry/apply/recorder.h"
#include "registry/apply/write_session.h"
#include "registry/bulk/tables.h"
#include "registry/state/meta_rows.h"
#include "registry/state/seller_names.h"
#include "store/bulk_writer.h"
#include "store/journal_rows.h"
#include "util/bytes.h"
#include "util/try.h"

namespace revenant {
namespace {

// The few rows that do not come out of the sorting.
class SmallRows final : public RowSink {
 public:
  void Put(Table table, std::string_view key, std::string_view value) override {
    rows_[{table, std::string(key)}] = value;
  }

  Result<void> WriteTo(BulkWriter& writer) const {
    for (auto row = rows_.begin(); row != rows_.end();) {
      const Table table = row->first.first;
      TableFile file(writer, table);
      for (; row != rows_.end() && row->first.first == table; ++row) {
        TRY(file.Put(row->first.second, row->second));
      }
      TRY(file.Finish());
    }
    return {};
  }

 private:
  std::map<std::pair<Table, std::string>, std::string> rows_;
};

}  // namespace

struct BulkLoad::Impl {
  Impl(Serving& behind, WriterTurn taken, const Options& wanted)
      : serving(behind),
        turn(std::move(taken)),
        options(wanted),
        policy(serving.gate.policy()),
        junk(serving.JunkOf(policy)),
        view(serving.store->Snapshot()) {}

  Result<void> ReadTombstones();
  Result<std::uint64_t> NumberOf(std::string_view counter) const;
  Result<void> TakeKnown();
  Result<void> EnterJournal();
  Result<void> Begin();
  unsigned threads() const {
    return options.threads != 0 ? options.threads
                                : std::max(1U, std::thread::hardware_concurrency());
  }

  Serving& serving;
  WriterTurn turn;
  const Options options;
  const std::shared_ptr<const LinkPolicy> policy;
  const std::shared_ptr<const JunkList> junk;
  const std::unique_ptr<View> view;
  Actor actor;
  Time now;
  JournalLog journal;
  std::unordered_map<Fingerprint, Time> forgotten;
  std::unique_ptr<BulkWords> words;
  // What writes files goes before the folder that they are in.
  std::unique_ptr<BulkWriter> writer;
  std::unique_ptr<BulkTables> tables;
  std::uint64_t known = 0;  // last number of a seller of the store
  ImportNote note;
  std::string digests;  // of the blocks
  SmallRows small;
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
  TRY_ASSIGN(journal, turn.TakeJournal());
  actor = turn.ActorOr(options.actor);
  now = actor.at.known() ? actor.at : revenant::Now();
  words = std::make_unique<BulkWords>(*view, serving.store->WordCount());
  TRY_ASSIGN(writer, BulkWriter::Begin(*serving.store));
  BulkTables::Options how{.memory_bytes = options.memory_bytes, .threads = threads()};
  TRY_ASSIGN(known, NumberOf(kSellerCounter));
  TRY_ASSIGN(how.labels, NumberOf(kLabelCounter));
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
  return view->Scan(
      Table::kSellers, "", [&](std::string_view key, std::string_view value) -> Result<bool> {
        TRY_ASSIGN(const SellerId seller, DecodeSellerKey(key));
        TRY_ASSIGN(const SellerRow row, DecodeSellerRow(value));
        TRY(PackKnown(*view, seller, row, TombstoneOf(serving.keyed, view->NameOf(row)),
                      [&](std::string_view record) { return tables->Take(record); }));
        return true;
      });
}

BulkLoad::BulkLoad(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
BulkLoad::~BulkLoad() = default;
const BulkLoad::Phases& BulkLoad::phases() const { return impl_->phases; }

Result<bool> BulkLoad::Fits(const View& view) {
  bool fits = true;
  for (const Table table : {Table::kCases, Table::kPairs, Table::kAlerts, Table::kExchange}) {
    TRY(view.Scan(table, "", [&](std::string_view, std::string_view) -> Result<bool> {
      fits = false;
      return false;
    }));
  }
  return fits;
}

Result<std::unique_ptr<BulkLoad>> BulkLoad::Begin(Serving& serving, WriterState& writers,
                                                  const Options& options) {
  TRY_ASSIGN(WriterTurn turn, WriterTurn::Take(serving, writers));
  auto impl = std::make_unique<Impl>(serving, std::move(turn), options);
  TRY_ASSIGN(const bool fits, Fits(*impl->view));
  if (!fits) {
    return Error{Code::kConflict,
                 "there are bans, findings, alerts or lists on file: enter records in batches"};
  }
  TRY(impl->Begin());
  return std::unique_ptr<BulkLoad>(new BulkLoad(std::move(impl)));
}

Result<void> BulkLoad::Pack(const Enrol& event, BulkBlock& block) const {
  const Fingerprint name = TombstoneOf(impl_->serving.keyed, event.seller);
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
  revenant::Pack(event, name, *impl_->junk, *impl_->words, block);
  return {};
}

Result<void> BulkLoad::Take(BulkBlock& block, const std::string& input) {
  if (block.count == 0) return {};
  ImportNote& note = impl_->note;
  if (note.input.empty()) {
    note.input = input;
  } else if (!note.input.ends_with(input)) {
    note.input += ", " + input;
  }
  note.records += block.count;
  note.attributes += block.attributes;
  impl_->digests += AsView(block.digest);
  const std::string_view records = block.records;
  for (std::size_t at = 0; at < records.size();) {
    const char* reader = records.data() + at;
    const std::size_t bytes = GetPacked<PackedRecord>(reader).bytes;
    TRY(impl_->tables->Take(records.substr(at, bytes)));
    at += bytes;
  }
  return {};
}

// One entry for the whole load, about all its sellers, by their numbers.
Result<void> BulkLoad::Impl::EnterJournal() {
  note.packed = true;
  randombytes_buf(note.nonce.data(), note.nonce.size());
  crypto_generichash(note.digest.data(), note.digest.size(), AsBytes(digests).data(),
                     digests.size(), note.nonce.data(), note.nonce.size());
  std::vector<Fingerprint> about = tables->known_names();
  const std::vector<Fingerprint> newcomers =
      AboutSellers(SellerId{known + 1}, SellerId{tables->last_number()});
  about.insert(about.end(), newcomers.begin(), newcomers.end());
  TRY(journal.Append(small, now, "import", BodyOf(actor, TellImport(note)), about));
  return {};
}

Result<bool> BulkLoad::Finish(const std::function<bool()>& go_on) {
  if (impl_->note.records == 0) return true;
  TRY(impl_->TakeKnown());
  Tasks tasks(impl_->threads(), go_on);
  TRY(impl_->tables->Write(tasks, impl_->small, impl_->phases));
  if (tasks.stopped() || (go_on && !go_on())) return false;
  TRY(impl_->EnterJournal());
  TRY(impl_->small.WriteTo(*impl_->writer));
  impl_->phases.file_bytes = impl_->writer->file_bytes();
  const auto start = std::chrono::steady_clock::now();
  // A screening meanwhile sees all tables as they were, then all as they are; it has to ask the
  // store, since the filter knows nothing of the new rows.
  TRY(impl_->serving.gate.ChangePolicy(
      impl_->policy, [&] { return impl_->writer->Ingest(impl_->words->added()); }));
  impl_->turn.GiveBack(std::move(impl_->journal));
  impl_->phases.ingest =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return true;
}

}  // namespace revenant
