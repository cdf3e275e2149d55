#include "records/jsonl_records.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "records/json_record.h"
#include "records/line_mender.h"
#include "records/line_reader.h"
#include "revenant/name_hints.h"
#include "util/bytes.h"
#include "util/try.h"

namespace revenant {
namespace {

constexpr std::size_t kMaxUnmappedNames = 100;
constexpr std::size_t kMaxUnmappedBytes = 100;

class JsonRecords final : public RecordParser {
 public:
  JsonRecords(Input& input, const std::string& file, const ReadOptions& options,
              const ColumnNames& names)
      : lines_(input, options.max_record_bytes),
        file_(file),
        too_long_(fmt::format("longer than {} bytes, the limit for one record",
                              options.max_record_bytes)),
        record_(names, options, file_,
                [this](std::string_view name) { unmapped_.Remember(name); }) {}

  Result<bool> Next(InputRecord& out) override {
    TRY_ASSIGN(const LineReader::Line line, lines_.Next());
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
    TRY_ASSIGN(const LineReader::Line line, lines_.Next());
    return line != LineReader::Line::kEnd;
  }

  Error NoRecordError() const override {
    return ErrorAt(Code::kInvalidArgument, file_, lines_.where(), "the file holds no record");
  }
  const std::vector<std::string>& unmapped() const override { return unmapped_.names(); }

 private:
  void RefuseLine(InputRecord& out, std::uint64_t column, std::string_view reason) {
    RefuseRecord(out, {file_, out.line, column, "", "", std::string(reason), ""});
  }

  void ReadLine(InputRecord& out) {
    const std::string_view text = lines_.text();
    const std::uint64_t first_column = lines_.where().column;
    // The parser would take a NUL for the end of its text.
    const std::size_t nul = text.find('\0');
    const std::size_t good = Utf8Prefix(text);
    const bool is_sound = nul == std::string_view::npos && good == text.size();
    if (is_sound && Parse(out, text)) return;
    // A string that is no text costs itself alone, if the rest is in order.
    if (MendLine(text, mended_) && IsUtf8(mended_) && mended_.find('\0') == std::string::npos) {
      ResetRecord(out, out.line);
      if (Parse(out, mended_)) return;
    }
    if (nul != std::string_view::npos) {
      ResetRecord(out, out.line);
      return RefuseLine(out, first_column + nul, "holds a NUL byte");
    }
    if (good < text.size()) {
      ResetRecord(out, out.line);
      return RefuseLine(out, first_column + good, "is not UTF-8");
    }
    ResetRecord(out, out.line);
    Parse(out, text);  // says where it goes wrong
  }

  // Whether it was JSON, or refused for what stands in it.
  bool Parse(InputRecord& out, std::string_view text) {
    record_.Begin(out);
    const bool parsed = nlohmann::json::sax_parse(text.begin(), text.end(), &record_);
    record_.Finish(parsed, lines_.where());
    return parsed || record_.is_refused();
  }

  LineReader lines_;
  const std::string& file_;
  const std::string too_long_;
  std::string mended_;
  JsonRecord record_;
  UnmappedNames unmapped_;
};

}  // namespace

void UnmappedNames::Remember(std::string_view name) {
  if (names_.size() == kMaxUnmappedNames) return;
  constexpr std::string_view kHidden = "(a field, not shown: its name looks like a value)";
  std::string printable(
      LooksLikeValue(name) ? kHidden : name.substr(0, std::min(name.size(), kMaxUnmappedBytes)));
  printable.resize(Utf8Prefix(printable));
  for (char& c : printable) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
  }
  if (std::find(names_.begin(), names_.end(), printable) == names_.end()) {
    names_.push_back(std::move(printable));
  }
}

std::unique_ptr<RecordParser> ParseJsonRecords(Input& input, const std::string& file,
                                               const ReadOptions& options,
                                               const ColumnNames& names) {
  return std::make_unique<JsonRecords>(input, file, options, names);
}

}  // namespace revenant
