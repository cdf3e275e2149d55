#ifndef REVENANT_TESTS_RECORDS_SOURCES_H_
#define REVENANT_TESTS_RECORDS_SOURCES_H_

#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "records/byte_source.h"
#include "records/jsonl_records.h"
#include "records/record_parser.h"
#include "records/record_source.h"

namespace revenant {

// Returns a text in pieces of `piece` bytes, so that every boundary gets crossed somewhere, and
// then ends or fails.
class StringSource final : public ByteSource {
 public:
  explicit StringSource(std::string text, std::size_t piece = SIZE_MAX,
                        std::optional<Error> failure = std::nullopt)
      : text_(std::move(text)), piece_(piece), failure_(std::move(failure)) {}

  Result<std::size_t> Read(std::span<char> out) override {
    const std::size_t count = std::min({out.size(), piece_, text_.size() - given_});
    if (count == 0 && failure_) return *failure_;
    std::memcpy(out.data(), text_.data() + given_, count);
    given_ += count;
    return count;
  }

 private:
  const std::string text_;
  const std::size_t piece_;
  const std::optional<Error> failure_;
  std::size_t given_ = 0;
};

// `head`, then `count` times `filler`, then `tail`: gigabytes that exist nowhere.
class GeneratedSource final : public ByteSource {
 public:
  GeneratedSource(std::string head, char filler, std::uint64_t count, std::string tail)
      : head_(std::move(head)), filler_(filler), left_(count), tail_(std::move(tail)) {}

  Result<std::size_t> Read(std::span<char> out) override {
    if (!head_.empty()) return TakeFrom(head_, out);
    if (left_ == 0) return TakeFrom(tail_, out);
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), left_));
    std::memset(out.data(), filler_, count);
    left_ -= count;
    return count;
  }

 private:
  static std::size_t TakeFrom(std::string& text, std::span<char> out) {
    const std::size_t count = std::min(out.size(), text.size());
    std::memcpy(out.data(), text.data(), count);
    text.erase(0, count);
    return count;
  }

  std::string head_;
  const char filler_;
  std::uint64_t left_;
  std::string tail_;
};

inline std::string Gzip(std::string_view text) {
  z_stream stream{};
  deflateInit2(&stream, 6, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, text.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

inline std::string Zstd(std::string_view text) {
  std::string out(ZSTD_compressBound(text.size()), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 3));
  return out;
}

// Everything that comes out of a reader.
struct ReadAll {
  std::vector<Record> records;
  std::vector<InputRecord> inputs;  // refused ones included
  std::vector<Reject> rejects;
  std::vector<std::string> unmapped;
  std::optional<Error> error;  // at opening or at the end
};

inline ReadAll ReadRecords(std::unique_ptr<ByteSource> source, const ReadOptions& options = {}) {
  ReadAll all;
  auto plain = Decompress(std::move(source), "in");
  if (!plain) {
    all.error = plain.error();
    return all;
  }
  auto reader = OpenRecordReader(*std::move(plain), "in", options);
  if (!reader) {
    all.error = reader.error();
    return all;
  }
  while (true) {
    InputRecord input;
    const auto more = (*reader)->Next(input);
    if (!more) all.error = more.error();
    if (!more || !*more) break;
    if (input.usable) all.records.push_back(input.record);
    all.rejects.insert(all.rejects.end(), input.rejects.begin(), input.rejects.end());
    all.inputs.push_back(std::move(input));
  }
  all.unmapped = (*reader)->unmapped();
  return all;
}

// The same read block by block, as threads would side by side.
inline ReadAll ReadBlocks(std::unique_ptr<ByteSource> bytes, const ReadOptions& options,
                          std::size_t block_bytes) {
  ReadAll all;
  auto source = RecordSource::Open(std::move(bytes), "in", options);
  if (!source) {
    all.error = source.error();
    return all;
  }
  BlockReader blocks = (*source)->Blocks(block_bytes);
  UnmappedNames unmapped;
  std::optional<Error> nothing;
  InputRecord input;  // whatever it holds of one record must not show in the next
  for (TextBlock block; !all.error;) {
    const auto more = blocks.Next(block);
    if (!more) all.error = more.error();
    if (!more || !*more) break;
    Input text(block.bytes, block.begin);
    const auto parser = (*source)->Parse(text);
    while (true) {
      const auto next = parser->Next(input);
      if (!next) all.error = next.error();
      if (!next || !*next) break;
      if (input.usable) all.records.push_back(input.record);
      all.rejects.insert(all.rejects.end(), input.rejects.begin(), input.rejects.end());
      all.inputs.push_back(input);
    }
    nothing = parser->NoRecordError();
    for (const std::string& name : parser->unmapped()) unmapped.Remember(name);
  }
  if (all.inputs.empty() && !all.error) all.error = nothing;
  all.unmapped = (*source)->unmapped().empty() ? unmapped.names() : (*source)->unmapped();
  return all;
}

inline ReadAll ReadRecords(std::string text, const ReadOptions& options = {},
                           std::size_t piece = SIZE_MAX) {
  return ReadRecords(std::make_unique<StringSource>(std::move(text), piece), options);
}

}  // namespace revenant

#endif  // REVENANT_TESTS_RECORDS_SOURCES_H_
