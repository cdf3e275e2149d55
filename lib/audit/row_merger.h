#ifndef REVENANT_LIB_AUDIT_ROW_MERGER_H_
#define REVENANT_LIB_AUDIT_ROW_MERGER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "revenant/application.h"
#include "revenant/result.h"

namespace revenant {

// What an audit judges at once: consecutive rows of one seller, or one row that was refused. Rows
// that were refused between two of the seller's own stand in it, too.
struct AuditedRows {
  Application application;       // if its input is not usable: the row that was refused
  std::uint64_t refused = 0;     // of the rows
  std::vector<Reject> refusals;  // of those between the others
  bool is_cut = false;           // the next one begins with a row that it could not hold

  std::uint64_t rows() const { return application.rows + refused; }
};

// Joins consecutive rows of one seller. What it joins depends on the rows alone, not on how many of
// them are given at once, as long as the first one given begins a run. Memory: one application.
// Threads: one at a time.
class RowMerger {
 public:
  // Rows refused between two of one seller, so many that they are taken for an end of its rows.
  static constexpr std::size_t kMaxRefusedBetween = 64;

  // Takes `row` over, and calls done(AuditedRows&) for what is complete, in order.
  template <typename Done>
  Result<void> Take(InputRecord& row, Done&& done);
  // No row of the same seller follows.
  template <typename Done>
  Result<void> Finish(Done&& done);

 private:
  void AddRefused();
  template <typename Done>
  Result<void> GiveRefused(InputRecord& row, Done& done);

  bool is_open_ = false;
  AuditedRows open_;
  std::vector<InputRecord> refused_;  // rows behind it
  AuditedRows lone_;
};

template <typename Done>
Result<void> RowMerger::Take(InputRecord& row, Done&& done) {
  if (!row.usable) {
    if (is_open_ && refused_.size() < kMaxRefusedBetween) {
      refused_.push_back(std::move(row));
      return {};
    }
    if (auto finished = Finish(done); !finished) return finished;
    return GiveRefused(row, done);
  }
  if (is_open_ && open_.application.input.record.seller == row.record.seller) {
    AddRefused();
    if (open_.application.Add(row)) return {};
    open_.is_cut = true;
  }
  if (auto finished = Finish(done); !finished) return finished;
  open_.application.Begin(row);
  is_open_ = true;
  return {};
}

template <typename Done>
Result<void> RowMerger::Finish(Done&& done) {
  if (!is_open_) return {};
  is_open_ = false;
  if (Result<void> given = done(open_); !given) return given;
  open_.refused = 0;
  open_.refusals.clear();
  open_.is_cut = false;
  for (InputRecord& row : refused_) {
    if (Result<void> given = GiveRefused(row, done); !given) return given;
  }
  refused_.clear();
  return {};
}

template <typename Done>
Result<void> RowMerger::GiveRefused(InputRecord& row, Done& done) {
  std::swap(lone_.application.input, row);
  lone_.refused = 1;
  return done(lone_);
}

inline void RowMerger::AddRefused() {
  for (InputRecord& row : refused_) {
    ++open_.refused;
    for (Reject& reject : row.rejects) open_.refusals.push_back(std::move(reject));
  }
  refused_.clear();
}

}  // namespace revenant

#endif  // REVENANT_LIB_AUDIT_ROW_MERGER_H_
