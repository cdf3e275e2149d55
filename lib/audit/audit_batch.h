#ifndef REVENANT_LIB_AUDIT_AUDIT_BATCH_H_
#define REVENANT_LIB_AUDIT_AUDIT_BATCH_H_

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "audit/rings.h"
#include "audit/row_merger.h"
#include "records/block_reader.h"
#include "records/record_source.h"
#include "revenant/audit.h"
#include "revenant/screener.h"
#include "revenant/value_facts.h"

namespace revenant {

// What is read of each value that a finding rests on: the same whatever else is in the block.
inline constexpr ValueFactsOptions kAuditValues = {.carriers = 100, .sellers = 100, .values = 32};

// Spells verdicts out one after another: ToJson() up to its end, kLineEnd. Nearly all of them say
// that nothing is known about a seller, and differ in the name and a number: those are assembled
// from the output of ToJson() for the first. Threads: one at a time.
class VerdictLines {
 public:
  void Append(std::string& out, const Verdict& verdict);

 private:
  void Learn(const Verdict& verdict);

  Time as_of_;
  std::string no_link_;  // the reason's text; empty: nothing learned yet
  std::string before_platform_, before_seller_, before_number_, behind_number_;
};

// A block of a file on its way through an audit: read by one thread, judged by another, written by
// the first. Used again and again it keeps its memory, and a stranger's row costs no allocation.
// A seller's rows may stand on both sides of a block's ends: the first rows of a block and the last
// application are handed back unjudged, and whoever collects the blocks joins them.
class AuditBatch {
 public:
  AuditBatch(const Registry& registry, const AuditOptions& options, Time as_of)
      : registry_(registry),
        options_(options),
        as_of_(as_of),
        screener_(registry),
        values_(registry, kAuditValues) {}

  // What it is about: filled before Judge(). Either a block of `source`, or records of it that were
  // read before, or sellers of the registry.
  std::shared_ptr<const RecordSource> source;
  TextBlock block;
  std::string file;                 // as messages have it
  std::vector<AuditedRows> chosen;  // without a source
  std::vector<SellerName> stored;
  bool is_last = false;  // of its file

  // Judges all of it.
  void Judge();

  // What came of it.
  AuditReport part;     // counts of this block alone
  std::string results;  // lines of results.jsonl
  std::string rows;     // of results.csv
  std::string held;     // AuditOptions::among: both instead, by AppendHeld()
  RingItems rings;
  std::string sellers;  // of the applications, by AppendSeller()
  std::vector<Reject> rejects;
  std::vector<std::string> unmapped;  // fields of JSON Lines
  std::optional<Error> failure;
  std::optional<Error> nothing;  // what to say if the file ends here and held no record
  // Of a block: the rows in front, up to the first of a second seller; and if there is one, what
  // the block's last rows may still become.
  std::vector<InputRecord> leading;
  bool has_second_seller = false;
  RowMerger trailing;

 private:
  Result<void> JudgeBlock();
  Result<void> JudgeChosen();
  Result<void> JudgeStored();
  Result<void> JudgeRows(AuditedRows& one);
  Result<void> JudgeApplication(AuditedRows& one);
  Result<void> JudgeSeller(const SellerName& seller);
  void Count(const Verdict& verdict);
  Result<void> Write(const Verdict& verdict);
  // Appends the verdict's line without kLineEnd, and its row.
  Result<void> Spell(std::string& lines, std::string& rows, const Verdict& verdict);

  const Registry& registry_;
  const AuditOptions& options_;
  const Time as_of_;
  Screener screener_;
  ValueFactsReader values_;  // of this block's findings
  VerdictLines lines_;
  std::string certificate_;  // of the verdict at hand
  InputRecord input_;
  HeldResult held_;
  std::vector<Screener::LinkingIdentifier> linking_;
};

// The header of results.csv, and a verdict's row.
void AppendResultHeader(std::string& out);
void AppendResultRow(std::string& out, const Verdict& verdict);

// Is a record of this time to be judged?
inline bool IsSince(Time since, Time seen) {
  return !since.known() || (seen.known() && seen >= since);
}

}  // namespace revenant

#endif  // REVENANT_LIB_AUDIT_AUDIT_BATCH_H_
