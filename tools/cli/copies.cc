// Copies of a store, and stores made of them.

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <system_error>

#include "journal/journal_files.h"
#include "json_line.h"
#include "revenant/operations.h"
#include "try.h"
#include "verb.h"
#include "verbs.h"

namespace revenant::cli {
namespace {

struct CopyArgs {
  std::string dir;
  std::size_t keep = 0;
  std::optional<std::uint64_t> number;
};

LogSink WarningsOf(const Context& context) {
  return [&context](LogLevel level, std::string_view line) {
    if (level == LogLevel::kWarning) context.Note(line);
  };
}

std::string Megabytes(std::uint64_t bytes) {
  return fmt::format("{:.1f} MB", static_cast<double>(bytes) / 1e6);
}

nlohmann::ordered_json CopyJson(const CopyReport& copy) {
  return {{"v", 1},
          {"digest", copy.digest},
          {"key_check", copy.key_check},
          {"format", copy.format},
          {"files", copy.files},
          {"bytes", std::to_string(copy.bytes)},
          {"written", std::to_string(copy.written)}};
}

Result<int> RunCheckpoint(const CopyArgs& args, Context& context) {
  TRY_ASSIGN(const std::filesystem::path store, context.StorePath());
  TRY_ASSIGN(const Time now, context.Now());
  TRY_ASSIGN(const CopyReport copy, MakeCheckpoint(store, args.dir, now, WarningsOf(context)));
  if (context.json) {
    context.out.Line(JsonLine(CopyJson(copy)));
    return kDone;
  }
  context.out.Line(fmt::format("{}: {} of {}, {} written; the rest are hard links", args.dir,
                               Counted(copy.files, "file"), Megabytes(copy.bytes),
                               Megabytes(copy.written)));
  context.out.Line("digest " + copy.digest);
  context.Note("the key is not in it: keep a copy of the key elsewhere");
  return kDone;
}

Result<int> RunBackup(const CopyArgs& args, Context& context) {
  TRY_ASSIGN(const std::filesystem::path store, context.StorePath());
  TRY_ASSIGN(const Time now, context.Now());
  TRY_ASSIGN(const BackupReport report,
             BackUp(store, args.dir, now, args.keep, WarningsOf(context)));
  if (context.json) {
    nlohmann::ordered_json line = CopyJson(report.copy);
    line["number"] = report.number;
    line["removed"] = report.removed;
    line["mended"] = report.mended;
    context.out.Line(JsonLine(line));
    return kDone;
  }
  context.out.Line(fmt::format("{}: back-up {}, {} of {}, {} of them new", args.dir, report.number,
                               Counted(report.copy.files, "file"), Megabytes(report.copy.bytes),
                               Megabytes(report.copy.written)));
  if (report.removed > 0) context.out.Line(Counted(report.removed, "older back-up") + " removed");
  context.out.Line("digest " + report.copy.digest);
  if (report.mended > 0) {
    context.Note(
        fmt::format("{} of earlier back-ups: damaged, and written again; look at that disk",
                    Counted(report.mended, "file")));
  }
  context.Note("the key is not in it: keep a copy of the key elsewhere");
  return kDone;
}

// Says whether the key that the command would open it with is the right one.
void SayWhichKey(const Context& context, const std::string& key_check) {
  const Result<std::filesystem::path> file = context.KeyPath();
  if (!file) return;
  const Result<Key> key = Key::Read(*file);
  if (key && key->CheckValue() == key_check) return;
  context.Note(fmt::format("{}: {}; the store opens with the key whose check value is {}",
                           file->string(), key ? "is another key" : "holds no key", key_check));
}

Result<int> RestoreFactsFrom(const std::string& source, const std::filesystem::path& store,
                             Context& context) {
  TRY_ASSIGN(const std::filesystem::path key_file, context.KeyPath());
  Result<Key> key = Key::Read(key_file);
  if (!key && key.error().code == Code::kNotFound) {
    return Error{
        Code::kNotFound,
        fmt::format("{}: there is no such key file; --key names that of the store which was "
                    "exported",
                    key_file.string())};
  }
  if (!key) return std::move(key).error();
  TRY_ASSIGN(const Actor actor, context.Acting());
  TRY_ASSIGN(const auto input, PieceReader::Open(source));
  Result<FactsReport> made =
      RestoreFacts([&] { return input->Next(); }, store, *key, actor, WarningsOf(context));
  if (!made) return Error{made.error().code, source + ": " + made.error().message};
  if (context.json) {
    context.out.Line(JsonLine({{"v", 1},
                               {"from", "facts"},
                               {"number", nullptr},
                               {"digest", made->digest},
                               {"key_check", key->CheckValue()},
                               {"journal", false},
                               {"alerts", false},
                               {"sellers", made->sellers},
                               {"forgotten", made->tombstones},
                               {"same_export", made->same}}));
  } else {
    context.out.Line(fmt::format("{}: {} and {} of forgotten ones", store.string(),
                                 Counted(made->sellers, "seller"),
                                 Counted(made->tombstones, "mark")));
    context.out.Line(made->same
                         ? "its `export --facts` has the same bytes"
                         : "its `export --facts` differs from what was read: another version "
                           "wrote that, or it was changed");
  }
  if (!made->whole) {
    context.Note(
        source +
        ": has no last line that counts the others, as exports of before have none: whether "
        "it is whole cannot be told");
  }
  context.Note(
      "an export holds no journal, alerts, marks of imports or membership of an exchange: the "
      "journal "
      "begins anew");
  return made->same ? kDone : kNothing;
}

Result<int> RunRestore(const CopyArgs& args, Context& context) {
  TRY_ASSIGN(const std::filesystem::path store, context.StorePath());
  std::error_code error;
  if (args.dir.empty()) {
    return Error{Code::kInvalidArgument, "SOURCE: an empty name is no copy's; name one"};
  }
  // A pipe is one too: `restore <(zcat facts.jsonl.gz)`.
  const std::filesystem::file_status source = std::filesystem::status(args.dir, error);
  if (args.dir == "-" ||
      (std::filesystem::exists(source) && !std::filesystem::is_directory(source))) {
    if (args.number) {
      return Error{Code::kInvalidArgument, "--number: of a back-up; " + args.dir + " is none"};
    }
    return RestoreFactsFrom(args.dir, store, context);
  }
  TRY_ASSIGN(const RestoreReport made,
             RestoreCopy(args.dir, store, args.number, WarningsOf(context)));
  const bool backup = made.from == CopyKind::kBackup;
  if (context.json) {
    const auto number = backup ? nlohmann::ordered_json(made.number) : nlohmann::ordered_json();
    context.out.Line(JsonLine({{"v", 1},
                               {"from", backup ? "backup" : "checkpoint"},
                               {"number", number},
                               {"digest", made.copy.digest},
                               {"key_check", made.copy.key_check},
                               {"journal", true},
                               {"alerts", true},
                               {"journal_entries", std::to_string(made.journal_entries)},
                               {"files", made.copy.files},
                               {"bytes", std::to_string(made.copy.bytes)}}));
  } else {
    context.out.Line(
        fmt::format("{}: {} of {}, every one as its digest says; {} and {} with it", store.string(),
                    Counted(made.copy.files, "file"), Megabytes(made.copy.bytes),
                    Counted(made.journal_entries, "journal entry"), Counted(made.alerts, "alert")));
  }
  SayWhichKey(context, made.copy.key_check);
  return kDone;
}

}  // namespace

void AddCheckpoint(CLI::App& app, Context& context) {
  const Verb<CopyArgs> verb(app, context, "checkpoint",
                            "Copy the store as it is now, beside a process that writes");
  verb.Add("DIR", verb->dir, "Folder to make; hard links where it is on the same disk")->required();
  verb.Footer(
      "Every block is checked, and a list of all files with their digests is written last. Needs "
      "no\n"
      "key, and holds none. `--store DIR` reads it as it is; `restore DIR` makes a store of it.");
  verb.Runs(RunCheckpoint);
}

void AddBackup(CLI::App& app, Context& context) {
  const Verb<CopyArgs> verb(app, context, "backup",
                            "Add a back-up to a folder of them; only what is new is written");
  verb.Add("DIR", verb->dir, "Folder of the back-ups; made if it is not there")->required();
  verb.Add("--keep", verb->keep, "N", "Remove all but the newest N; default: keep all");
  verb.Footer(
      "Beside a process that writes or not. All that it consists of is read back and compared.\n"
      "Needs no key, and holds none: keep a copy of the key elsewhere.");
  verb.Runs(RunBackup);
}

void AddRestore(CLI::App& app, Context& context) {
  const Verb<CopyArgs> verb(app, context, "restore",
                            "Make the store named by --store from a checkpoint, back-up or export");
  verb.Add("SOURCE", verb->dir,
           "What `checkpoint` or `backup` made, or the output of `export --facts`; - is stdin")
      ->required();
  verb.Add("--number", verb->number, "N", "This back-up, not the newest");
  verb.Footer(
      "A damaged source is refused, and the file named. The store must not be there yet, and "
      "appears\n"
      "whole or not at all. An export holds facts alone: it needs --key, and the journal begins "
      "anew.\n"
      "An export that was cut off is refused, unless 0.1.0 wrote it: that cannot be told.\n"
      "Exit code 1: an export was read that the new store does not export byte by byte.");
  verb.Runs(RunRestore);
}

}  // namespace revenant::cli
