#include "input.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include "try.h"

namespace revenant::cli {

namespace {

Result<char> Delimiter(const std::string& text) {
  constexpr std::pair<std::string_view, char> kNames[] = {{"tab", '\t'},  {"\\t", '\t'},
                                                          {"comma", ','}, {"semicolon", ';'},
                                                          {"pipe", '|'},  {"colon", ':'}};
  for (const auto& [name, sign] : kNames) {
    if (text == name) return sign;
  }
  if (text.size() == 1) return text[0];
  return Error{Code::kInvalidArgument,
               "--delimiter: one character such as ';', or tab, comma, semicolon, pipe"};
}

Result<TextEncoding> Encoding(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  constexpr std::pair<std::string_view, TextEncoding> kNames[] = {
      {"auto", TextEncoding::kAuto},
      {"utf-8", TextEncoding::kUtf8},
      {"utf8", TextEncoding::kUtf8},
      {"latin1", TextEncoding::kLatin1},
      {"latin-1", TextEncoding::kLatin1},
      {"iso-8859-1", TextEncoding::kLatin1},
      {"windows-1252", TextEncoding::kWindows1252},
      {"cp1252", TextEncoding::kWindows1252},
      {"ansi", TextEncoding::kWindows1252},
      {"utf-16", TextEncoding::kUtf16},
      {"utf16", TextEncoding::kUtf16}};
  for (const auto& [name, encoding] : kNames) {
    if (text == name) return encoding;
  }
  return Error{Code::kInvalidArgument,
               "--encoding: utf-8, utf-16, latin1 or windows-1252; auto, the default, takes UTF-8, "
               "or UTF-16 with its byte order mark"};
}

}  // namespace

Result<ReadOptions> TableArgs::ReadingOptions() const {
  ReadOptions options;
  options.platform = TrimBlanks(platform);
  options.date_format = date_format;
  TRY_ASSIGN(options.encoding, Encoding(encoding));
  if (!delimiter.empty()) {
    TRY_ASSIGN(options.delimiter, Delimiter(delimiter));
  }
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

Result<ReadOptions> InputArgs::ReadingOptions() const {
  TRY_ASSIGN(ReadOptions options, TableArgs::ReadingOptions());
  if (format == "csv") options.format = RecordFormat::kCsv;
  if (format == "jsonl") options.format = RecordFormat::kJsonLines;
  options.keep_values = show_values;
  for (const std::string& word : nulls) options.nulls.emplace_back(TrimBlanks(word));
  return options;
}

void AddTableOptions(CLI::App& verb, TableArgs& args, std::string_view meanings,
                     DatesOption dates) {
  verb.add_option("--platform", args.platform, "Platform of rows that name none")->type_name("P");
  verb.add_option("--map", args.map,
                  fmt::format("Meaning of a column: {}; may be repeated", meanings))
      ->type_name("COLUMN=NAME")
      ->expected(1)
      ->take_all();
  verb.add_option("--delimiter", args.delimiter,
                  "Separator of columns: ';', tab, ...; default: detected from the header")
      ->type_name("C");
  verb.add_option("--encoding", args.encoding,
                  "utf-8, utf-16, latin1, windows-1252; default: UTF-8, or as a byte order mark "
                  "says")
      ->type_name("NAME");
  if (dates == DatesOption::kNone) return;
  verb.add_option("--date-format", args.date_format,
                  "Format of times, such as %d/%m/%Y or %d.%m.%Y %H:%M; default: "
                  "2026-03-01T10:00:00Z and similar")
      ->type_name("FORM");
}

void AddInputOptions(CLI::App& verb, InputArgs& args, RejectsOption rejects) {
  AddTableOptions(
      verb, args,
      "a kind, or platform, seller, seen, source, status (JSON: of a field), or - to leave it "
      "out",
      DatesOption::kGiven);
  verb.add_option("--null", args.nulls,
                  "A word that stands for an empty cell, such as N/A; may be repeated")
      ->type_name("WORD")
      ->expected(1)
      ->take_all();
  verb.add_option("--format", args.format,
                  "auto, csv or jsonl; auto means JSON if the input starts with '{'")
      ->check(CLI::IsMember({"auto", "csv", "jsonl"}))
      ->type_name("FORMAT");
  if (rejects == RejectsOption::kFile) {
    verb.add_option("--rejects", args.rejects,
                    "CSV file for input that could not be used; without it rejects are counted and "
                    "the first ten shown")
        ->type_name("FILE");
  }
  verb.add_flag("--show-values", args.show_values,
                "Include raw values in rejects: they are personal data");
}

Result<void> RejectSink::Open(std::span<const std::string> inputs) {
  if (args_.rejects.empty()) return {};
  TRY(context_.CheckOutput(args_.rejects, inputs));
  // For its owner alone: it may hold values, and names the sellers refused.
  const int file = ::open(args_.rejects.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (file >= 0) file_.reset(::fdopen(file, "a"));
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
  CountReason(reject);
  if (!file_) return Show(reject);
  Begin();
  std::string row;
  AppendReject(row, reject, values());
  std::fwrite(row.data(), 1, row.size(), file_.get());
  // Out before its batch is in, so that a kill loses none.
  if (std::fflush(file_.get()) != 0 && error_ == 0) error_ = errno;
}

// By kind or field and reason, without the place inside a value that some reasons give.
void RejectSink::CountReason(const Reject& reject) {
  constexpr std::size_t kMostReasons = 1000;  // kinds may be a file's own
  const std::string& about = reject.kind.empty() ? reject.field : reject.kind;
  std::string reason = about.empty() ? reject.reason : about + ": " + reject.reason;
  reason.resize(std::min(reason.find(" (byte "), reason.size()));
  const auto known = reasons_.find(reason);
  if (known != reasons_.end()) {
    ++known->second;
  } else if (reasons_.size() < kMostReasons) {
    reasons_.emplace(std::move(reason), 1);
  }
}

void RejectSink::SumUp() const {
  constexpr std::size_t kShownReasons = 5;
  if (count_ <= kShown) return;
  std::vector<std::pair<std::uint64_t, std::string_view>> often;
  for (const auto& [reason, count] : reasons_) often.emplace_back(count, reason);
  std::stable_sort(often.begin(), often.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  for (std::size_t i = 0; i < std::min(kShownReasons, often.size()); ++i) {
    context_.Note(fmt::format("{:>9} x {}", Grouped(often[i].first), often[i].second));
  }
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
    SumUp();
    return {};
  }
  Begin();  // no rejects: a header says so
  if (std::fflush(file_.get()) != 0 && error_ == 0) error_ = errno;
  if (error_ == 0) {
    SumUp();
    return {};
  }
  return Error{Code::kIo, fmt::format("{}: cannot write: {}", args_.rejects,
                                      std::generic_category().message(error_))};
}

void NoteFound(const Context& context, const std::string& file,
               const std::vector<std::string>& found) {
  context.Note(fmt::format("{}: found {}", file, fmt::join(found, " and ")));
}

void NoteUnmapped(const Context& context, const std::string& file,
                  const std::vector<std::string>& names) {
  std::vector<std::string> shown;
  for (const std::string& name : names) {
    const std::string suggestion = name.starts_with('(') ? std::string() : SuggestKind(name);
    shown.push_back(suggestion.empty()
                        ? name
                        : fmt::format("{} (did you mean `--map {}={}`?)", name, name, suggestion));
  }
  context.Note(fmt::format("{}: ignored unknown columns: {}", file, fmt::join(shown, ", ")));
}

}  // namespace revenant::cli
