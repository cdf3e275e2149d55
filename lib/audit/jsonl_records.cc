#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "audit/json_record.h"
#include "audit/line_reader.h"
#include "audit/record_parser.h"
#include "util/bytes.h"
#include "util/try.h"

namespace revenant {
namespace {

constexpr std::size_t kMaxUnmappedNames = 100;
constexpr std::size_t kMaxUnmappedBytes = 100;

class JsonRecords final : public RecordParser {
 public:
  explicit JsonRecords(ParserContext context)
      : lines_(context.input, context.options.max_record_bytes),
        file_(std::move(context.file)),
        names_(std::move(context.names)),
        too_long_(fmt::format("longer than {} bytes, the limit for one record",
                              context.options.max_record_bytes)),
        record_(names_, context.options, file_,
                [this](std::string_view name) { RememberUnmapped(name); }) {}

  Result<bool> Next(InputRecord& out) override {
    TRY_ASSIGN(const LineReader::Line line, NextLine());
    if (line == LineReader::Line::kEnd) return false;
    ResetRecord(out, lines_.where().line);
    if (line == LineReader::Line::kTooLong) {
      RefuseLine(out, 0, too_long_);
    } else {
      ReadLine(out);
    }
    return true;
  }

  Result<bool> Skip() override {
    TRY_ASSIGN(const LineReader::Line line, NextLine());
    return line != LineReader::Line::kEnd;
  }

  const std::vector<std::string>& unmapped() const override { return unmapped_; }

 private:
  Result<LineReader::Line> NextLine() {
    TRY_ASSIGN(const LineReader::Line line, lines_.Next());
    if (line == LineReader::Line::kEnd && !any_) {
      return ErrorAt(Code::kInvalidArgument, file_, lines_.where(), "the file holds no record");
    }
    any_ = true;
    return line;
  }

  void RefuseLine(InputRecord& out, std::uint64_t column, std::string_view reason) {
    RefuseRecord(out, {file_, out.line, column, "", "", std::string(reason), ""});
  }

  void ReadLine(InputRecord& out) {
    const std::string_view text = lines_.text();
    const std::uint64_t first_column = lines_.where().column;
    // The parser would take a NUL for the end of its text.
    if (const std::size_t nul = text.find('\0'); nul != std::string_view::npos) {
      return RefuseLine(out, first_column + nul, "holds a NUL byte");
    }
    if (const std::size_t good = Utf8Prefix(text); good < text.size()) {
      return RefuseLine(out, first_column + good, "is not UTF-8");
    }
    record_.Begin(out);
    const bool parsed = nlohmann::json::sax_parse(text.begin(), text.end(), &record_);
    record_.Finish(parsed, lines_.where());
  }

  // Names come from the file: at most so many, cut short, safe to print.
  void RememberUnmapped(std::string_view name) {
    if (unmapped_.size() == kMaxUnmappedNames) return;
    std::string printable(name.substr(0, std::min(name.size(), kMaxUnmappedBytes)));
    printable.resize(Utf8Prefix(printable));
    for (char& c : printable) {
      if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
    }
    if (std::find(unmapped_.begin(), unmapped_.end(), printable) == unmapped_.end()) {
      unmapped_.push_back(std::move(printable));
    }
  }

  LineReader lines_;
  const std::string file_;
  const ColumnNames names_;
  const std::string too_long_;
  JsonRecord record_;
  std::vector<std::string> unmapped_;
  bool any_ = false;
};

}  // namespace

std::unique_ptr<RecordParser> OpenJsonRecords(ParserContext context) {
  return std::make_unique<JsonRecords>(std::move(context));
}

}  // namespace revenant
