#ifndef REVENANT_LIB_AUDIT_AUDIT_BATCH_H_
#define REVENANT_LIB_AUDIT_AUDIT_BATCH_H_

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "records/block_reader.h"
#include "records/record_source.h"
#include "revenant/audit.h"
#include "revenant/screener.h"

namespace revenant {

// Spells verdicts out one after another: ToJson() and a line's end. Nearly all of them say that
// nothing is known about a seller, and differ in the name and a number: those are assembled from
// the output of ToJson() for the first. Threads: one at a time.
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
class AuditBatch {
 public:
  AuditBatch(const Registry& registry, Time as_of, bool keep_values)
      : as_of_(as_of), keep_values_(keep_values), screener_(registry) {}

  // What it is about: filled before Judge().
  std::shared_ptr<const RecordSource> source;
  TextBlock block;
  bool is_last = false;  // of its file

  // Judges every record of the block.
  void Judge();

  // What came of it.
  AuditReport part;     // counts of this block alone
  std::string results;  // lines of results.jsonl
  std::vector<Reject> rejects;
  std::vector<std::string> unmapped;  // fields of JSON Lines
  std::optional<Error> failure;
  std::optional<Error> nothing;  // what to say if the file ends here and held no record

 private:
  Result<void> JudgeAll(RecordParser& parser);
  Result<void> JudgeRecord();
  void Count(const Verdict& verdict);

  const Time as_of_;
  const bool keep_values_;
  Screener screener_;
  VerdictLines lines_;
  std::string certificate_;  // of the verdict at hand
  InputRecord input_;
};

// Adds what one block came to: counts, reasons, kinds and the sellers that suspects lead to.
void AddPart(AuditReport& report, const AuditReport& part);

}  // namespace revenant

#endif  // REVENANT_LIB_AUDIT_AUDIT_BATCH_H_
