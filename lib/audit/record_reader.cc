#include <fmt/format.h>

#include <optional>
#include <utility>

#include "audit/record_parser.h"
#include "util/try.h"

namespace revenant {
namespace {

class RecordReaderImpl final : public RecordReader {
 public:
  RecordReaderImpl(std::unique_ptr<ByteSource> source, std::string file, ReadOptions options)
      : input_(std::move(source)), file_(std::move(file)), options_(std::move(options)) {}

  Result<void> Open() {
    if (!options_.platform.empty()) {
      TRY(CheckSellerName({.platform = options_.platform, .external_id = "x"}));
    }
    TRY_ASSIGN(ColumnNames names, ColumnNames::Create(options_.columns));
    TRY(input_.SkipBlankHead(file_));
    TRY(ChooseFormat());
    ParserContext context{input_, file_, options_, std::move(names)};
    if (format_ == RecordFormat::kCsv) {
      TRY_ASSIGN(parser_, OpenCsvRecords(std::move(context)));
    } else {
      parser_ = OpenJsonRecords(std::move(context));
    }
    return {};
  }

  Result<bool> Next(InputRecord& out) override {
    return Count([&] { return parser_->Next(out); });
  }

  Result<void> SkipRecords(std::uint64_t count) override {
    for (; count > 0; --count) {
      TRY_ASSIGN(const bool more, Count([&] { return parser_->Skip(); }));
      if (!more) {
        return Error{Code::kInvalidArgument,
                     fmt::format("{}: only {} records, fewer than were read before: it is not the "
                                 "same file any more",
                                 file_, position_)};
      }
    }
    return {};
  }

  std::uint64_t position() const override { return position_; }
  const std::string& file() const override { return file_; }
  RecordFormat format() const override { return format_; }
  const std::vector<std::string>& unmapped() const override { return parser_->unmapped(); }

 private:
  Result<void> ChooseFormat() {
    format_ = options_.format;
    if (format_ != RecordFormat::kAuto) return {};
    TRY_ASSIGN(const std::string_view window, input_.Peek());
    if (window.starts_with('[')) {
      return ErrorAt(Code::kInvalidArgument, file_, input_.At(),
                     "this looks like one JSON array; write one object a line (JSON Lines), as "
                     "`jq -c '.[]'` does");
    }
    format_ = window.starts_with('{') ? RecordFormat::kJsonLines : RecordFormat::kCsv;
    return {};
  }

  template <typename Step>
  Result<bool> Count(Step step) {
    if (failure_) return *failure_;
    auto more = step();
    if (!more) failure_ = more.error();
    if (more && *more) ++position_;
    return more;
  }

  Input input_;
  const std::string file_;
  const ReadOptions options_;
  RecordFormat format_ = RecordFormat::kAuto;
  std::unique_ptr<RecordParser> parser_;
  std::uint64_t position_ = 0;
  std::optional<Error> failure_;
};

}  // namespace

void ResetRecord(InputRecord& out, std::uint64_t line) {
  out.usable = false;
  out.line = line;
  out.record.attributes.clear();
  out.places.clear();
  out.rejects.clear();
}

void RefuseRecord(InputRecord& out, Reject reject) {
  out.usable = false;
  out.rejects.clear();
  out.rejects.push_back(std::move(reject));
}

Reject RejectAttribute(std::string_view file, const InputRecord& input, std::size_t index,
                       std::string_view reason) {
  const FieldPlace& place = input.places[index];
  return {std::string(file),
          place.line,
          place.column,
          place.field,
          input.record.attributes[index].kind,
          std::string(reason),
          ""};
}

Result<std::unique_ptr<RecordReader>> OpenRecordReader(std::unique_ptr<ByteSource> source,
                                                       const std::string& file,
                                                       const ReadOptions& options) {
  auto reader = std::make_unique<RecordReaderImpl>(std::move(source), file, options);
  TRY(reader->Open());
  return std::unique_ptr<RecordReader>(std::move(reader));
}

Result<std::unique_ptr<RecordReader>> RecordReader::Open(const std::string& file,
                                                         const ReadOptions& options) {
  const std::string name = DisplayName(file);
  TRY_ASSIGN(auto source, OpenByteSource(file, name));
  return OpenRecordReader(std::move(source), name, options);
}

}  // namespace revenant
