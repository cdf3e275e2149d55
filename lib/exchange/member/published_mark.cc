#include "exchange/member/published_mark.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "revenant/atomic_file.h"
#include "util/durable_file.h"
#include "util/try.h"

namespace revenant {
namespace {

constexpr std::string_view kHeader = "revenant-published 1\n";
constexpr std::size_t kMaxFileBytes = std::size_t{1} << 20;

// The number in front of `text`, which loses it and the `end` behind it.
template <typename T>
bool TakeNumber(std::string_view& text, char end, T& out) {
  const auto read = std::from_chars(text.data(), text.data() + text.size(), out);
  const auto used = static_cast<std::size_t>(read.ptr - text.data());
  if (read.ec != std::errc() || used >= text.size() || text[used] != end) return false;
  text.remove_prefix(used + 1);
  return true;
}

}  // namespace

Result<PublishedMarks> PublishedMarks::Read(const std::filesystem::path& member_key) {
  std::filesystem::path file = member_key;
  file += ".published";
  PublishedMarks marks(file);
  const Result<SecretText> bytes = ReadWholeFile(file, kMaxFileBytes);
  if (!bytes) {
    if (bytes.error().code == Code::kNotFound) return marks;
    return bytes.error();
  }
  const Error damaged{Code::kCorruption, file.string() +
                                             " is damaged: put back its newest copy, or begin a "
                                             "new key generation and remove it"};
  std::string_view rest(bytes->data(), bytes->size());
  if (!rest.starts_with(kHeader)) return damaged;
  rest.remove_prefix(kHeader.size());
  while (!rest.empty()) {
    const std::size_t space = rest.find(' ');
    if (space != 2 * sizeof FeedId::bytes) return damaged;
    PublishedMark& mark = marks.marks_[std::string(rest.substr(0, space))];
    rest.remove_prefix(space + 1);
    if (!TakeNumber(rest, ' ', mark.generation) || !TakeNumber(rest, ' ', mark.seq) ||
        !TakeNumber(rest, '\n', mark.next_id)) {
      return damaged;
    }
  }
  return marks;
}

std::optional<PublishedMark> PublishedMarks::Find(const FeedId& feed) const {
  const auto found = marks_.find(feed.ToHex());
  if (found == marks_.end()) return std::nullopt;
  return found->second;
}

Result<void> PublishedMarks::Advance(const FeedId& feed, const PublishedMark& mark) {
  PublishedMark& kept = marks_[feed.ToHex()];
  kept = std::max(kept, mark);
  std::string text(kHeader);
  for (const auto& [list, held] : marks_) {
    text += fmt::format("{} {} {} {}\n", list, held.generation, held.seq, held.next_id);
  }
  return ReplaceFile(file_, text);
}

}  // namespace revenant
