#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "json_line.h"
#include "revenant/operations.h"
#include "try.h"
#include "verb.h"
#include "verbs.h"

namespace revenant::cli {
namespace {

Result<int> RunCompact(Context& context) {
  TRY_ASSIGN(const auto registry, context.OpenRegistry(Access::kReadWrite));
  TRY_ASSIGN(const CompactReport report, Compact(*registry));
  if (context.json) {
    context.out.Line(JsonLine({{"v", 1},
                               {"bytes_before", std::to_string(report.bytes_before)},
                               {"bytes_after", std::to_string(report.bytes_after)},
                               {"files_before", report.files_before},
                               {"files_after", report.files_after}}));
  } else {
    const auto megabytes = [](std::uint64_t bytes) { return static_cast<double>(bytes) / 1e6; };
    context.out.Line(
        fmt::format("{:.1f} MB in {} before, {:.1f} MB in {} now", megabytes(report.bytes_before),
                    Counted(report.files_before, "file"), megabytes(report.bytes_after),
                    Counted(report.files_after, "file")));
  }
  return kDone;
}

Result<int> RunRekey(Context& context) {
  TRY_ASSIGN(const std::filesystem::path dir, context.StorePath());
  TRY_ASSIGN(const std::filesystem::path key_file, context.KeyPath());
  TRY_ASSIGN(const Actor actor, context.Acting());
  TRY_ASSIGN(const RekeyReport report,
             Rekey(dir, key_file, actor, [&](LogLevel level, std::string_view line) {
               if (level == LogLevel::kWarning) context.Note(line);
             }));
  if (context.json) {
    context.out.Line(JsonLine({{"v", 1},
                               {"key_check_before", report.key_check_before},
                               {"key_check", report.key_check},
                               {"rows", std::to_string(report.rows)},
                               {"resumed", report.resumed}}));
  } else if (report.resumed) {
    context.out.Line("what an earlier run had begun is finished");
  } else {
    context.out.Line(Counted(report.rows, "row") + " written again");
  }
  context.Note(fmt::format(
      "{} is the new key: copy it to where its copies are kept. {} opens the checkpoints and "
      "back-ups of before; name a new folder for the next back-up",
      report.key_file.string(), report.old_key_file.string()));
  return kDone;
}

// Opening for writing does it; this says what there was to do.
Result<int> RunUpgrade(Context& context) {
  TRY_ASSIGN(const std::filesystem::path dir, context.StorePath());
  TRY(context.OpenRegistry(Access::kReadOnly));  // the right key, a store that is whole
  TRY_ASSIGN(const std::uint64_t before, StoredFormat(dir));
  TRY(context.OpenRegistry(Access::kReadWrite));
  TRY_ASSIGN(const std::uint64_t after, StoredFormat(dir));
  if (context.json) {
    context.out.Line(
        JsonLine({{"v", 1}, {"from", before}, {"to", after}, {"changed", before != after}}));
  } else if (before == after) {
    context.out.Line(fmt::format("format {}: nothing to do", after));
  } else {
    context.out.Line(fmt::format(
        "format {} is format {} now; earlier versions cannot read it any more", before, after));
  }
  return kDone;
}

}  // namespace

void AddCompact(CLI::App& app, Context& context) {
  const Verb<> verb(app, context, "compact",
                    "Rewrite the tables, so that deleted rows leave the disk");
  verb.Footer(
      "RocksDB does so by itself in time; this does it now. Takes the size of the store a second "
      "time\n"
      "until it is done. Readers beside it go on.");
  verb.Runs(RunCompact);
}

void AddRekey(CLI::App& app, Context& context) {
  const Verb<> verb(app, context, "rekey", "Put the store under a new key, without any raw value");
  verb.Footer(
      "Verdicts stay as they are; every fingerprint becomes another one, so that the old key and "
      "an\n"
      "old copy tell nothing of the new store. Cut short, the same command goes on; nothing can "
      "write\n"
      "meanwhile, and readers go on with what they have. Takes the size of the store a second "
      "time\n"
      "until it is done. Certificates and journal entries of before keep the fingerprints of "
      "before.");
  verb.Runs(RunRekey);
}

void AddUpgrade(CLI::App& app, Context& context) {
  const Verb<> verb(app, context, "upgrade",
                    "Bring a store of an earlier version into this one's format");
  verb.Footer(
      "Any verb that writes does the same on the way. Take a checkpoint before: earlier versions "
      "cannot\n"
      "read the store afterwards.");
  verb.Runs(RunUpgrade);
}

}  // namespace revenant::cli
