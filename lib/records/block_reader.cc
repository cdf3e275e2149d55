#include "records/block_reader.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "records/csv_reader.h"
#include "util/try.h"

namespace revenant {
namespace {

// Of the bytes of a row a reader keeps at least every third (of `"",` the comma), so a row that is
// longer than this is over the limit.
std::size_t HeldBytes(std::size_t max_row_bytes) {
  constexpr std::size_t kSlack = 16;
  return 3 * std::min(max_row_bytes, SIZE_MAX / 8) + kSlack;
}

// The place behind `text`, which begins at `begin`.
TextPosition Behind(TextPosition begin, std::string_view text) {
  const auto newlines = static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n'));
  if (newlines == 0) return {begin.line, begin.column + text.size()};
  return {begin.line + newlines, text.size() - text.rfind('\n')};
}

}  // namespace

BlockReader::BlockReader(Input& input, std::string file, RowEnds::Quotes quotes,
                         std::size_t max_row_bytes, std::size_t block_bytes, char delimiter)
    : input_(input),
      file_(std::move(file)),
      block_bytes_(block_bytes),
      max_held_bytes_(HeldBytes(max_row_bytes)),
      ends_(quotes, delimiter),
      next_(input.At()) {}

Result<bool> BlockReader::Next(TextBlock& out) {
  if (out.bytes.capacity() > 4 * kBlockBytes) std::string().swap(out.bytes);
  out.bytes.swap(rest_);
  rest_.clear();
  out.begin = next_;
  cut_ = 0;
  for (std::size_t target = block_bytes_; cut_ == 0 && !ended_ && !failure_; target *= 2) {
    Fill(out.bytes, std::min(target, std::max(block_bytes_, max_held_bytes_ + 1)));
    Follow(out.bytes);
    if (cut_ == 0 && out.bytes.size() > max_held_bytes_) {
      TRY(DropRest(out));
      given_ = true;
      return true;
    }
  }
  // An unfinished row belongs to the next block; of what an error cuts off nothing is given.
  if (!ended_) {
    if (!failure_) rest_.assign(out.bytes, cut_);
    out.bytes.resize(cut_);
    followed_ = rest_.size();
  }
  if (out.bytes.empty() && failure_) return *failure_;
  if (out.bytes.empty() && given_) return false;
  next_ = Behind(out.begin, out.bytes);
  given_ = true;
  return true;
}

void BlockReader::Fill(std::string& bytes, std::size_t target) {
  std::size_t filled = bytes.size();
  bytes.resize(std::max(filled, target));
  while (filled < bytes.size()) {
    const auto got = input_.Read(std::span(bytes).subspan(filled));
    if (!got) failure_ = got.error();
    ended_ = got && *got == 0;
    if (ended_ || failure_) break;
    filled += *got;
  }
  bytes.resize(filled);
}

void BlockReader::Follow(std::string_view bytes) {
  const std::size_t end = ends_.PassAll(bytes.substr(followed_));
  if (end != RowEnds::kNone) cut_ = followed_ + end;
  followed_ = bytes.size();
}

Result<void> BlockReader::DropRest(TextBlock& out) {
  TextPosition quote;  // that opened the field, if it is in quotes
  const auto find_quote = [&](TextPosition begin, std::string_view passed) {
    const std::uint64_t first = ends_.passed() - passed.size();
    if (!ends_.InQuotes() || ends_.quote_at() < first) return;
    quote = Behind(begin, passed.substr(0, ends_.quote_at() - first));
  };
  find_quote(out.begin, out.bytes);
  next_ = Behind(out.begin, out.bytes);
  out.bytes += ends_.InQuotes() ? "\"\n" : "\n";
  rest_.clear();
  followed_ = 0;
  for (std::size_t end = RowEnds::kNone; end == RowEnds::kNone && !ended_ && !failure_;) {
    Fill(rest_, block_bytes_);
    end = ends_.PassOne(rest_);
    const std::string_view passed = std::string_view(rest_).substr(0, end);
    find_quote(next_, passed);
    next_ = Behind(next_, passed);
    rest_.erase(0, passed.size());
  }
  if (failure_) return *failure_;
  if (!ended_ || !ends_.InQuotes()) return {};
  failure_ = UnendedQuoteError(file_, quote);
  return *failure_;
}

}  // namespace revenant
