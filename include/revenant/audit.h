#ifndef REVENANT_AUDIT_H_
#define REVENANT_AUDIT_H_

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "revenant/records.h"
#include "revenant/registry.h"
#include "revenant/result.h"
#include "revenant/time.h"
#include "revenant/verdict.h"

namespace revenant {

// Whole files against a registry: enrolling their records, and screening them.

// What both report while they run. Callbacks come from the calling thread.
struct BulkHooks {
  // Every input that could not be used, in input order; with its raw value only if
  // ReadOptions::keep_values.
  std::function<void(const Reject&)> on_reject;
  // What was found out about `file` (RecordReader::found()), before its first record.
  std::function<void(const std::string& file, const std::vector<std::string>& found)> on_found;
  // Columns (JSON: fields) of `file` that were skipped because nothing says what they mean.
  std::function<void(const std::string& file, const std::vector<std::string>& names)> on_unmapped;
  // Records consumed so far; false stops after the batch that is under way.
  std::function<bool(std::uint64_t records)> on_progress;
};

// What happened to the attributes of the records that were used.
struct AttributeCounts {
  std::uint64_t attributes = 0;   // all of them
  std::uint64_t identifiers = 0;  // what they yielded, derived ones among them, junk not
  std::uint64_t invalid = 0;      // not such an identifier, or of an unknown kind: rejected
  std::uint64_t junk = 0;         // kept, never links: not rejected
};

// How records get into the registry.
enum class ImportMode : std::uint8_t {
  kAuto,   // kBulk if the input is large, also in proportion to the registry, and bulk is possible;
           // else kBatch
  kBatch,  // a few hundred at a time: each batch is entered as soon as it has been read
  kBulk,   // all at once: sorted, joined in memory and taken in as whole tables, or not at all
};

struct ImportOptions {
  ReadOptions read;
  BulkHooks hooks;
  // `file` continues after this many records; called before any of its rejects.
  std::function<void(const std::string& file, std::uint64_t records)> on_resume;
  // Sees every usable record while its raw values are in memory, in input order and before it is
  // entered; records of an interrupted run as well, which are not entered again. Its first error
  // ends the import. Only in batches (kAuto takes them): kBulk with it is kInvalidArgument.
  std::function<Result<void>(const Record&)> on_record;
  std::size_t batch_records = 256;  // that become durable together
  bool resume = true;               // continue where an interrupted import of the same file stopped
  Time received;                    // to which later `seen` are clamped; unknown: the present
  ImportMode mode = ImportMode::kAuto;
  std::size_t memory_bytes = std::size_t{2} << 30;  // kBulk: for sorting; the rest goes to disk
  unsigned threads = 0;                             // kBulk: 0: one per core
};

// Where the time of a bulk load went, in seconds.
struct LoadTimes {
  double reading = 0;       // parsing, normalising, HMAC; dealing out to partitions
  double sellers = 0;       // sorting by seller; observations
  double fingerprints = 0;  // sorting by fingerprint; carriers, names
  double joining = 0;       // of that, the union-find
  double clusters = 0;      // sellers, members and sums
  double taking_in = 0;     // by the store
  std::uint64_t edges = 0;  // that the union-find was given
  std::uint64_t file_bytes = 0;
};

struct ImportReport : AttributeCounts {
  std::uint64_t records = 0;   // read in this run, refused ones included
  std::uint64_t resumed = 0;   // skipped: an interrupted run had entered them
  std::uint64_t sellers = 0;   // that the registry gained
  std::uint64_t rejected = 0;  // rejects of every sort: records, fields and invalid attributes
  std::uint64_t used = 0;      // records that were not refused
  std::uint64_t undated = 0;   // of those: without `seen`, so the first holder is unknown
  double seconds = 0;
  bool interrupted = false;  // stopped by on_progress; the same call continues from there
  bool bulk = false;  // all at once; if interrupted, nothing was entered and the same call starts
                      // from the beginning
  LoadTimes times;    // if `bulk`
};

// Enrols every record of `files` ("-": stdin) in batches, each one atomic with the place where the
// file stands: after being killed at any moment, the same call continues after the last batch; the
// rejects of that batch may be reported again. A file is the same one by its path, size, time of
// change, beginning and the options under which it is read; stdin cannot resume. Sellers that were
// forgotten are rejects. Errors: of RecordReader and Registry::ApplyAll; records before a damaged
// place are entered. Cost: that of Registry::ApplyAll, and of Registry::GetStats twice.
// In bulk (ImportMode) the resulting state is the same, and appears at once: if killed or
// interrupted, nothing was entered, and nothing of it is left when the store is opened next.
// kConflict: kBulk was asked for and a ban, a finding, an alert or a list is on file. Cost: under a
// microsecond of a core per identifier; other writers wait, readers do not.
Result<ImportReport> Import(Registry& registry, std::span<const std::string> files,
                            const ImportOptions& options);

// Which verdicts are written one by one; all are counted.
enum class AuditResults : std::uint8_t { kAll, kFindings };  // kFindings: all but `clear`

// How far an audit is.
struct AuditProgress {
  std::uint64_t records = 0;  // judged, refused and skipped ones included
  std::uint64_t clear = 0, review = 0, block = 0;
  std::uint64_t rejected = 0;  // rejects of every sort
  double part = -1;            // of all input, 0 to 1; less than 0: its size is not known
};

struct AuditOptions {
  ReadOptions read;
  BulkHooks hooks;
  unsigned threads = 0;  // that screen; 0: one per core
  Time as_of;            // stands in the verdicts; unknown: the present
  AuditResults results = AuditResults::kAll;
  // Which records are judged. Applications none of whose records was seen at `since` or later are
  // skipped; of the rest a sample, in input order, or the first ones. Refused records are chosen
  // like any other. No application is judged by a part of its records.
  Time since;               // unknown: all
  std::uint64_t limit = 0;  // the first records, and those that follow of the last one's seller; 0:
                            // all
  std::uint64_t sample = 0;  // applications, chosen by `seed` (reservoir; held in memory); 0: all
  std::uint64_t seed = 1;
  // Every seller that the registry holds, in name order, from what it holds; those that are banned
  // themselves are skipped. `files` must be empty. Memory: the names.
  bool stored = false;
  // Links applications to each other, too: rings.jsonl, and "ring" in results. Two meet in a value
  // of a linking kind that is no junk and no hub, here (fanout_limit sellers) or in the registry; a
  // seller with more values of a kind than its carry_limit is in no ring. Verdicts stay as they
  // are. Memory: 32 bytes per identifier and 36 per application, and the results twice on disk.
  bool among = false;
  // Continue what an interrupted audit of the same input, options, store and policy left in `out`,
  // to the same bytes (`seconds` aside). Not from stdin or a pipe.
  bool resume = true;
  double save_seconds = 3;  // how often an audit notes how far it is; 0: after each block
  std::function<void(const AuditProgress&)> on_part;            // after each block
  std::function<void(std::uint64_t records)> on_resume;         // continues behind so many
  std::function<void(const std::string& reason)> on_new_start;  // why it does not
};

struct AuditReport : AttributeCounts {
  struct Input {
    std::string file;
    std::uint64_t records = 0;
  };
  std::vector<Input> inputs;
  std::uint64_t records = 0;   // read: screened + merged + refused + skipped
  std::uint64_t screened = 0;  // of which there is a verdict: clear + review + block
  std::uint64_t refused = 0;   // that could not be used at all
  std::uint64_t skipped = 0;   // not chosen (AuditOptions::since, sample), or banned and stored
  std::uint64_t merged = 0;    // that were added to the application that the record before began
  // Applications that do not have all that the input says of their seller, as far as it was read:
  // of a seller who had one before, as other sellers' records stand in between; and those that
  // ended at the limits of one application (revenant/application.h), with the next one behind them.
  std::uint64_t apart = 0, cut = 0;
  std::uint64_t written = 0;   // lines of results.jsonl, and rows of results.csv below its header
  std::uint64_t rejected = 0;  // rejects of every sort
  std::uint64_t clear = 0, review = 0, block = 0;
  std::uint64_t clear_local = 0;  // of the clear ones those with identifiers that await evaluation
  std::uint64_t awaiting = 0;     // such identifiers of all (Verdict::awaiting)
  std::map<Because, std::uint64_t> reasons;                 // verdicts that name it
  std::map<std::string, std::uint64_t, std::less<>> kinds;  // suspects by the strongest identifier
                                                            // of their strongest link's first hop
  std::map<SellerName, std::uint64_t>
      leads_to;  // suspects by the banned end of their strongest link
  struct Rings {
    std::uint64_t rings = 0;    // of two sellers or more
    std::uint64_t sellers = 0;  // in them
    std::uint64_t largest = 0;
    std::uint64_t unknown = 0;  // all of whose applications are clear
    // Values that more applicants share than their kind allows, so that they join nobody here; and
    // how many applicants share the commonest of them.
    std::uint64_t common_values = 0, most_common = 0;
    std::string common_kind;  // of that one
  };
  std::optional<Rings> among;  // AuditOptions::among
  struct Choice {              // as AuditOptions has them
    AuditResults results = AuditResults::kAll;
    Time since;
    std::uint64_t limit = 0, sample = 0, seed = 0;
    bool stored = false;
  };
  Choice choice;
  Time as_of;
  Stats stats;                  // of the registry that judged
  std::string key_check_value;  // of its key
  std::string policy_digest;    // BLAKE2b-256 of FormatLinkPolicy(), in hex
  double seconds = 0;           // of all runs
  std::uint64_t resumed = 0;    // of `records`: judged by an interrupted run
  bool interrupted = false;     // stopped by on_progress: no result was written
  bool resumable = false;       // if so: the same call continues from there
};

// Screens `files` against one state, if `registry` was opened for reading only. Consecutive records
// of one seller in one file are one application; those that stand apart are counted. Writes into
// the folder `out` (made if absent): results.jsonl (ToJson of each verdict, in input order),
// results.csv (a row for each, cells that a spreadsheet would run defused), rejects.csv,
// rings.jsonl (if asked for), report.html (report.h) and summary.json (ToJson of the report). They
// appear complete or not at all, the summary last; until then they grow in `out`/.unfinished, which
// an interrupted audit leaves behind and a failed one does not. kConflict: `out` holds other files,
// or another audit writes there. kInvalidArgument: a sample and a limit, files and `stored`. Other
// errors: of RecordReader and Registry::Screen; kIo; kCorruption: the counts do not add up. Memory:
// some MiB per thread, and more for records at their limit (ReadOptions).
Result<AuditReport> Audit(const Registry& registry, std::span<const std::string> files,
                          const std::filesystem::path& out, const AuditOptions& options);

}  // namespace revenant

#endif  // REVENANT_AUDIT_H_
