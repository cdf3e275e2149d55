#include "input.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <system_error>

#include "util/try.h"

namespace revenant::cli {

Result<ReadOptions> InputArgs::ReadingOptions() const {
  ReadOptions options;
  if (format == "csv") options.format = RecordFormat::kCsv;
  if (format == "jsonl") options.format = RecordFormat::kJsonLines;
  options.platform = platform;
  options.keep_values = show_values;
  for (const std::string& entry : map) {
    // Kinds hold no '=', columns may: the last one splits.
    const std::size_t equals = entry.rfind('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == entry.size()) {
      return Error{Code::kInvalidArgument, fmt::format("--map {:?}: write COLUMN=KIND", entry)};
    }
    if (!options.columns.emplace(entry.substr(0, equals), entry.substr(equals + 1)).second) {
      return Error{Code::kInvalidArgument,
                   fmt::format("--map {:?}: this column is mapped twice", entry)};
    }
  }
  return options;
}

void AddInputOptions(CLI::App& verb, InputArgs& args, RejectsOption rejects) {
  verb.add_option("--platform", args.platform, "Platform of records that name none")
      ->type_name("P");
  verb.add_option("--map", args.map,
                  "What a column (JSON: a field) means: a kind, or platform, seller, seen, source, "
                  "status; may be repeated")
      ->type_name("COLUMN=KIND")
      ->expected(1)
      ->take_all();
  verb.add_option("--format", args.format, "auto, csv or jsonl; auto takes a first '{' for JSON")
      ->check(CLI::IsMember({"auto", "csv", "jsonl"}))
      ->type_name("FORMAT");
  if (rejects == RejectsOption::kFile) {
    verb.add_option("--rejects", args.rejects,
                    "CSV file for what could not be used; without it rejects are counted and the "
                    "first ten shown")
        ->type_name("FILE");
  }
  verb.add_flag("--show-values", args.show_values,
                "Put raw values into rejects: they are personal data");
}

Result<void> RejectSink::Open() {
  if (args_.rejects.empty()) return {};
  file_.reset(std::fopen(args_.rejects.c_str(), "abe"));
  if (file_) return {};
  return Error{Code::kIo, fmt::format("{}: cannot write: {}", args_.rejects,
                                      std::generic_category().message(errno))};
}

void RejectSink::Begin() {
  if (begun_) return;
  begun_ = true;
  if (!keep_ && ftruncate(fileno(file_.get()), 0) != 0 && errno != EINVAL) error_ = errno;
  std::fseek(file_.get(), 0, SEEK_END);
  if (keep_ && std::ftell(file_.get()) > 0) return;
  std::string header;
  AppendRejectHeader(header, values());
  std::fputs(header.c_str(), file_.get());
}

void RejectSink::Take(const Reject& reject) {
  ++count_;
  if (!file_) return Show(reject);
  Begin();
  std::string row;
  AppendReject(row, reject, values());
  std::fwrite(row.data(), 1, row.size(), file_.get());
  // Out before its batch is in, so that a kill loses none.
  if (std::fflush(file_.get()) != 0 && error_ == 0) error_ = errno;
}

void RejectSink::Show(const Reject& reject) const {
  if (count_ > kShown || context_.quiet) return;
  std::string line = fmt::format("{}:{}", reject.file, reject.line);
  if (reject.column != 0) line += fmt::format(":{}", reject.column);
  line += ": ";
  if (!reject.field.empty()) line += reject.field + ": ";
  if (!reject.kind.empty() && reject.kind != reject.field) line += reject.kind + ": ";
  line += reject.reason;
  if (args_.show_values && !reject.value.empty()) line += fmt::format(" ({:?})", reject.value);
  Message(line);
}

Result<void> RejectSink::Finish() {
  if (!file_) {
    if (count_ > kShown) {
      context_.Note(fmt::format("{} more could not be used; --rejects FILE keeps them all",
                                Grouped(count_ - kShown)));
    }
    return {};
  }
  Begin();  // no rejects: a header says so
  if (std::fflush(file_.get()) != 0 && error_ == 0) error_ = errno;
  if (error_ == 0) return {};
  return Error{Code::kIo, fmt::format("{}: cannot write: {}", args_.rejects,
                                      std::generic_category().message(error_))};
}

void NoteUnmapped(const Context& context, const std::string& file,
                  const std::vector<std::string>& names) {
  context.Note(fmt::format("{}: skipped, as no kinds: {}; --map COLUMN=KIND gives them a meaning",
                           file, fmt::join(names, ", ")));
}

}  // namespace revenant::cli
