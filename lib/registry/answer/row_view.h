#ifndef REVENANT_REGISTRY_ANSWER_ROW_VIEW_H_
#define REVENANT_REGISTRY_ANSWER_ROW_VIEW_H_

#include <atomic>
#include <memory>

#include "registry/answer/row_table.h"
#include "revenant/link_policy.h"
#include "store/view.h"

namespace revenant {

// A snapshot whose rows are looked for in a table in memory first.
// Threads, errors: those of the snapshot. Lifetime: the snapshot was taken after the table was
// published (row_table.h).
class RowView final : public View {
 public:
  RowView(std::unique_ptr<const View> snapshot, std::shared_ptr<const RowTable> rows)
      : snapshot_(std::move(snapshot)), rows_(std::move(rows)) {}

  Result<void> Scan(Table table, std::string_view prefix, const VisitRaw& visit) const override;
  Result<std::optional<std::string>> Get(Table table, std::string_view key) const override;
  Result<bool> Read(Table table, std::string_view key, RowBytes& row) const override;
  bool MayHoldUncounted() const override { return snapshot_->MayHoldUncounted(); }
  std::string Word(WordId id) const override { return snapshot_->Word(id); }
  WordId FindWord(std::string_view text) const override { return snapshot_->FindWord(text); }

 private:
  // What the table knows: nullopt if nothing, else the row's bytes or that there is none.
  struct Known {
    bool exists = false;
    std::string_view bytes;
  };
  std::optional<Known> Ask(Table table, std::string_view key) const;

  const std::unique_ptr<const View> snapshot_;
  const std::shared_ptr<const RowTable> rows_;
};

// A table of one state, found by searching around every tainted seller with a view that notes what
// is read. nullptr: stopped. kCorruption, kIo.
Result<std::shared_ptr<RowTable>> FillRows(const View& view, const LinkPolicy& policy,
                                           std::uint64_t max_bytes, unsigned threads,
                                           const std::atomic<bool>& stop);

}  // namespace revenant

#endif  // REVENANT_REGISTRY_ANSWER_ROW_VIEW_H_
