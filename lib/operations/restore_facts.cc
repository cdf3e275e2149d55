// A store made of exported facts.

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "journal/log.h"
#include "operations/part_folder.h"
#include "registry/apply/recorder.h"
#include "registry/derive/rebuild.h"
#include "registry/proof/export.h"
#include "registry/proof/facts.h"
#include "registry/state/counts.h"
#include "registry/state/meta_rows.h"
#include "revenant/operations.h"
#include "store/store.h"
#include "util/bytes.h"
#include "util/json_writer.h"
#include "util/text_digest.h"
#include "util/try.h"

namespace revenant {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kSellersABatch = 2000;

// Facts into rows; nothing is derived.
class FactWriter {
 public:
  FactWriter(Store& store, const Facts& facts) : store_(store), facts_(facts) {}

  Result<void> Run() {
    std::uint64_t last = 0;
    for (const auto& [name, seller] : facts_.sellers) ids_.emplace(name, SellerId{++last});
    std::size_t in_batch = 0;
    for (const auto& [name, seller] : facts_.sellers) {
      if (batch_ == nullptr) batch_ = store_.NewBatch();
      TRY(Write(name, seller));
      if (++in_batch < kSellersABatch) continue;
      TRY(Commit());
      in_batch = 0;
    }
    if (batch_ == nullptr) batch_ = store_.NewBatch();
    batch_->Put(Table::kMeta, kSellerCounter, EncodeNumber(last));
    if (facts_.enforcement) batch_->Put(Table::kMeta, kEnforcementName, *facts_.enforcement);
    if (objections_) batch_->Put(Table::kMeta, kObjectionsMark, "1");
    for (const auto& [digest, at] : facts_.tombstones) {
      batch_->Put(Table::kTombstones, AsView(digest.bytes), EncodeNumber(ZigZag(at)));
    }
    return Commit();
  }

 private:
  Result<void> Commit() {
    TRY(store_.Commit(*batch_, false));
    batch_.reset();
    return {};
  }

  Result<void> Write(const SellerName& name, const Facts::Seller& facts) {
    const SellerId id = ids_.at(name);
    SellerRow row;
    row.platform = batch_->InternWord(name.platform);
    row.external_id = name.external_id;
    row.status = facts.status;
    row.since = Time{facts.since};
    batch_->PutSeller(id, row);
    batch_->Put(Table::kNames, NameKey(row.platform, name.external_id),
                EncodeNumber(static_cast<std::uint64_t>(id)));
    TRY(WriteObservations(id, facts));
    for (const auto& [reference, entry] : facts.bans) {
      PutCase({id, CaseType::kBan, false, reference}, entry);
    }
    if (facts.every_ban_lifted != Facts::kNever) {
      PutCase({id, CaseType::kBan, true, ""}, {Facts::kNever, facts.every_ban_lifted, ""});
    }
    for (const auto& [reference, entry] : facts.infringements) {
      PutCase({id, CaseType::kInfringement, false, reference}, entry);
    }
    for (const auto& [key, entry] : facts.file) {
      PutCase({id, CaseTypeOf(key.first), false, key.second}, entry);
      objections_ |= key.first == FactKind::kObjection;
    }
    for (const auto& [other, pair] : facts.pairs) {
      const auto found = ids_.find(other);
      if (found == ids_.end()) {
        return Error{Code::kInvalidArgument, "export: " + name.ToString() +
                                                 " may not be linked to " + other.ToString() +
                                                 ", which has no line"};
      }
      batch_->Put(Table::kPairs, PairKey(id, found->second),
                  Encode(PairRow{pair.forbidden, pair.allowed}));
    }
    return {};
  }

  Result<void> WriteObservations(SellerId id, const Facts::Seller& facts) {
    std::vector<Observed> observed;
    for (const auto& [key, entry] : facts.observations) {
      Observed& out = observed.emplace_back();
      out.root = key.first;
      out.source = key.second.empty() ? kEverySource : batch_->InternWord(key.second);
      out.registers.first = entry.first;
      out.registers.last = entry.last;
      out.registers.through = entry.through;
      for (const Facts::Item& item : entry.items) {
        out.registers.items.push_back({item.fingerprint, batch_->InternWord(item.kind), item.junk,
                                       item.verified, item.checked, item.reads_junk});
      }
      std::sort(out.registers.items.begin(), out.registers.items.end());
    }
    if (observed.empty()) return {};
    std::sort(observed.begin(), observed.end(), InOrder);
    EmitObserved(id, observed, [&](std::string_view key, std::string_view value) {
      batch_->Put(Table::kObservations, key, value);
    });
    return {};
  }

  void PutCase(const CaseKey& key, const Facts::Case& entry) {
    batch_->Put(Table::kCases, Encode(key), Encode(CaseRow{entry.set, entry.lifted, entry.reason}));
  }

  Store& store_;
  const Facts& facts_;
  std::map<SellerName, SellerId> ids_;
  std::unique_ptr<Batch> batch_;
  bool objections_ = false;
};

// What follows from the facts, and the journal's entry.
Result<void> WriteRest(Store& store, const LinkPolicy& policy, const FactsReport& report,
                       const Actor& actor) {
  const std::unique_ptr<Batch> batch = store.NewBatch();
  TRY_ASSIGN(const Derived derived, Derive(*batch, policy));
  TRY(WriteDerived(*batch, derived));
  batch->Put(Table::kMeta, Counts::kName, derived.counts.Encode());
  std::string body;
  JsonWriter json = JsonWriter::Inside(body);
  json.Text("what", "facts").Text("digest", report.digest).Count("sellers", report.sellers).End();
  TRY_ASSIGN(JournalLog log, JournalLog::Open(*batch));
  TRY(log.Append(*batch, actor.at.known() ? actor.at : Now(), "restore", BodyOf(actor, body), {}));
  return store.Commit(*batch, true);
}

}  // namespace

Result<FactsReport> RestoreFacts(const std::function<Result<std::string>()>& read,
                                 const fs::path& dir, const Key& key, const Actor& actor,
                                 const LogSink& log) {
  TRY_ASSIGN(PartFolder part, PartFolder::Make(dir));
  FactsReader reader;
  TextDigest digest;
  for (;;) {
    TRY_ASSIGN(const std::string piece, read());
    if (piece.empty()) break;
    digest.Add(piece);
    TRY(reader.Add(piece));
  }
  TRY_ASSIGN(const Facts facts, reader.Finish());
  if (!facts.policy || facts.live_only) {
    return Error{
        Code::kInvalidArgument,
        "export: it holds no policy and only what counts today: no store can be made of it; "
        "`revenant export --facts` writes everything"};
  }
  if (facts.end == Facts::End::kMissing) {
    return Error{Code::kInvalidArgument,
                 "export: it was cut off: the last line, which counts the others, is missing; take "
                 "a whole one"};
  }
  if (facts.end == Facts::End::kWrong) {
    return Error{Code::kInvalidArgument,
                 "export: lines were changed, added or taken out: they are not those that its last "
                 "line counts"};
  }
  TRY_ASSIGN(const LinkPolicy policy, ParseStoredLinkPolicy(*facts.policy, "policy of the export"));
  if (facts.enforcement) TRY(ParseEnforcementPolicy(*facts.enforcement, "policy of the export"));
  FactsReport report;
  report.sellers = facts.sellers.size();
  report.tombstones = facts.tombstones.size();
  report.digest = digest.Hex();
  report.whole = facts.end == Facts::End::kRight;
  // A registry's handle would leave its filter, which knows nothing of rows that it did not write:
  // so the handle goes before, and what it left is of another state by the first of these rows.
  TRY(Registry::Create(part.path(), key, policy, actor));
  {
    TRY_ASSIGN(const std::unique_ptr<Store> store,
               Store::Open(part.path(), {.mode = Store::Mode::kReadWrite, .log = log}));
    TRY(FactWriter(*store, facts).Run());
    TRY(WriteRest(*store, policy, report, actor));
    TRY(store->Tidy());
    TextDigest exported;
    TRY(ExportAll(*store->Snapshot(), policy, ExportScope::kFacts,
                  [&](std::string_view piece) { exported.Add(piece); }));
    report.same = exported.Hex() == report.digest;
  }
  TRY(part.Publish());
  return report;
}

}  // namespace revenant
