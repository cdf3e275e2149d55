#include <fmt/format.h>

#include <optional>
#include <utility>

#include "records/record_parser.h"
#include "records/record_source.h"
#include "util/try.h"

namespace revenant {
namespace {

class RecordReaderImpl final : public RecordReader {
 public:
  explicit RecordReaderImpl(std::unique_ptr<RecordSource> source)
      : source_(std::move(source)), parser_(source_->Parse(source_->input())) {}

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
                                 file(), position_)};
      }
    }
    return {};
  }

  std::uint64_t position() const override { return position_; }
  const std::string& file() const override { return source_->file(); }
  RecordFormat format() const override { return source_->format(); }
  const std::vector<std::string>& found() const override { return source_->found(); }
  const std::vector<std::string>& unmapped() const override {
    return format() == RecordFormat::kCsv ? source_->unmapped() : parser_->unmapped();
  }

 private:
  template <typename Step>
  Result<bool> Count(Step step) {
    if (failure_) return *failure_;
    auto more = step();
    if (more && !*more && position_ == 0) more = parser_->NoRecordError();
    if (!more) failure_ = more.error();
    if (more && *more) ++position_;
    return more;
  }

  const std::unique_ptr<RecordSource> source_;
  const std::unique_ptr<RecordParser> parser_;
  std::uint64_t position_ = 0;
  std::optional<Error> failure_;
};

}  // namespace

void ResetRecord(InputRecord& out, std::uint64_t line) {
  out.usable = false;
  out.line = line;
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

Result<std::unique_ptr<RecordReader>> OpenRecordReader(std::unique_ptr<ByteSource> bytes,
                                                       const std::string& file,
                                                       const ReadOptions& options) {
  TRY_ASSIGN(auto source, RecordSource::Open(std::move(bytes), file, options));
  return std::unique_ptr<RecordReader>(std::make_unique<RecordReaderImpl>(std::move(source)));
}

Result<std::unique_ptr<RecordReader>> RecordReader::Open(const std::string& file,
                                                         const ReadOptions& options) {
  TRY_ASSIGN(auto source, RecordSource::Open(file, options));
  return std::unique_ptr<RecordReader>(std::make_unique<RecordReaderImpl>(std::move(source)));
}

}  // namespace revenant
