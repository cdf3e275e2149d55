// The table of rows of a state: what searches around tainted sellers read is noted.

#include <algorithm>
#include <new>
#include <unordered_set>

#include "registry/answer/row_view.h"
#include "registry/answer/store_graph.h"
#include "registry/state/case_facts.h"
#include "registry/state/counts.h"
#include "registry/state/meta_rows.h"
#include "util/bytes.h"
#include "util/crew.h"
#include "util/try.h"

namespace revenant {
namespace {

// Passes reads on and keeps what they gave.
class NotingView final : public View {
 public:
  NotingView(const View& view, RowTable& rows) : view_(view), rows_(rows) {}

  Result<std::optional<std::string>> Get(Table table, std::string_view key) const override {
    TRY_ASSIGN(std::optional<std::string> row, view_.Get(table, key));
    if (RowTable::PrefixOf(table) > 0) {
      rows_.Put(RowTable::What::kRow, table, key,
                row ? std::string(1, 1).append(*row) : std::string(1, 0));
    }
    return row;
  }

  Result<void> Scan(Table table, std::string_view prefix, const VisitRaw& visit) const override {
    std::string bytes;
    std::size_t count = 0;
    bool whole = prefix.size() == RowTable::PrefixOf(table);
    TRY(view_.Scan(table, prefix, [&](std::string_view key, std::string_view value) {
      Result<bool> more = visit(key, value);
      whole = whole && more && *more && ++count <= kMaxRows;
      if (whole) {
        PutLengthPrefixed(bytes, key);
        PutLengthPrefixed(bytes, value);
      }
      return more;
    }));
    if (whole) rows_.Put(RowTable::What::kRows, table, prefix, bytes);
    return {};
  }

  bool MayHoldUncounted() const override { return view_.MayHoldUncounted(); }
  std::string Word(WordId id) const override { return view_.Word(id); }
  WordId FindWord(std::string_view text) const override { return view_.FindWord(text); }

 private:
  static constexpr std::size_t kMaxRows = 256;  // of one answer

  const View& view_;
  RowTable& rows_;
};

class Filler {
 public:
  Filler(const View& view, const LinkPolicy& policy, const std::atomic<bool>& stop, RowTable& rows)
      : view_(view),
        stop_(stop),
        rows_(rows),
        noting_(view, rows),
        kinds_(policy, view),
        graph_(noting_, policy) {}

  // Every seller that is in a component connected with a ban, banned, or in a finding.
  Result<void> ReadTainted() {
    std::unordered_set<LabelId> tainted;
    TRY(view_.Scan(Table::kComponents, "",
                   [&](std::string_view key, std::string_view value) -> Result<bool> {
                     TRY_ASSIGN(const ComponentIds ids, DecodeComponentKey(key));
                     TRY_ASSIGN(const ComponentRow row, DecodeComponentRow(value));
                     if (ids.part == 0 && row.tainted()) tainted.insert(ids.label);
                     return !stop_;
                   }));
    TRY(noting_.Get(Table::kMeta, kObjectionsMark));  // every suspect's verdict asks for it
    std::size_t read = 0;
    return view_.Scan(Table::kSellers, "",
                      [&](std::string_view key, std::string_view value) -> Result<bool> {
                        TRY_ASSIGN(const SellerRow row, DecodeSellerRow(value));
                        if (row.bans > 0 || row.pairs > 0 || tainted.contains(row.label)) {
                          TRY_ASSIGN(const SellerId seller, DecodeSellerKey(key));
                          TRY(Around(NodeId{static_cast<std::uint64_t>(seller)}));
                          if (++read % kTogether == 0) graph_.GoOn(noting_);
                        }
                        return !stop_ && !rows_.full();
                      });
  }

 private:
  static constexpr std::size_t kTogether = 256;  // sellers, whose rows are read once

  // The seller, and whomever its joining fingerprints lead to: leaves among them, which no
  // component names.
  Result<void> Around(NodeId seller) {
    TRY_ASSIGN(const GraphSeller* node, graph_.Seller(seller));
    for (const Held& held : node->held) {
      if (held.kind->policy.role != Role::kLinking) continue;
      TRY_ASSIGN(const auto state, graph_.At(held.fingerprint, kNoNode));
      if (!state || !state->joins) continue;
      TRY_ASSIGN(const auto carriers, graph_.Carriers(held.fingerprint, kNoNode));
      for (const NodeId carrier : carriers) TRY(graph_.Seller(carrier));
    }
    if (node->has_pairs) TRY(graph_.Foes(seller));
    return {};
  }

  const View& view_;
  const std::atomic<bool>& stop_;
  RowTable& rows_;
  const NotingView noting_;
  KindPolicies kinds_;
  StoreGraph graph_;
};

// Fingerprints are uniform: threads deal them out by their first byte.
Result<void> ReadFingerprints(const View& view, unsigned threads, const std::atomic<bool>& stop,
                              RowTable& rows) {
  std::atomic<unsigned> next = 0;
  const auto read = [&]() -> Result<void> {
    for (unsigned first = next++; first < 256 && !stop; first = next++) {
      const std::string prefix(1, static_cast<char>(first));
      TRY(view.Scan(Table::kFingerprints, prefix,
                    [&](std::string_view key, std::string_view) -> Result<bool> {
                      TRY_ASSIGN(const Fingerprint fingerprint, DecodeFingerprintKey(key));
                      rows.PutFingerprint(fingerprint);
                      return !stop;
                    }));
    }
    return {};
  };
  std::vector<Result<void>> outcomes(std::max(1U, threads));
  const auto share = [&](std::size_t place) {
    try {
      outcomes[place] = read();
    } catch (const std::bad_alloc&) {  // would end the process, leaving a thread
      outcomes[place] = Error{Code::kIo, "not enough memory"};
    }
  };
  Crew crew;  // where the system gives fewer threads, fewer share the prefixes
  for (std::size_t i = 1; i < outcomes.size(); ++i) {
    if (!crew.Start([&share, i] { share(i); })) break;
  }
  share(0);
  crew.Join();
  for (Result<void>& outcome : outcomes) TRY(std::move(outcome));
  return {};
}

}  // namespace

Result<std::shared_ptr<RowTable>> FillRows(const View& view, const LinkPolicy& policy,
                                           std::uint64_t max_bytes, unsigned threads,
                                           const std::atomic<bool>& stop) {
  TRY_ASSIGN(const Counts counts, Counts::Read(view));
  const auto rows = std::make_shared<RowTable>(
      max_bytes, static_cast<std::uint64_t>(std::max<std::int64_t>(0, counts.fingerprints)));
  TRY(Filler(view, policy, stop, *rows).ReadTainted());
  TRY(ReadFingerprints(view, threads, stop, *rows));
  rows->Finish();
  return stop ? std::shared_ptr<RowTable>() : rows;
}

}  // namespace revenant
