#ifndef REVENANT_EXCHANGE_MEMBER_PUBLISHED_MARK_H_
#define REVENANT_EXCHANGE_MEMBER_PUBLISHED_MARK_H_

// How far each of our lists was published, kept beside the member key and so apart from the store.
// A store that was put back from a copy would otherwise assign numbers and ids a second time:
// readers would see two headers of one number, and two contents sealed under one nonce.
// Errors: kIo, kCorruption (a damaged file). Threads: one at a time.

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>

#include "exchange/files/feed.h"

namespace revenant {

struct PublishedMark {
  std::uint32_t generation = 0;
  std::uint32_t seq = 0;
  std::uint64_t next_id = 0;
  friend auto operator<=>(const PublishedMark&, const PublishedMark&) = default;
};

// The file MEMBER_KEY.published: a line per list, replaced whole.
class PublishedMarks {
 public:
  static Result<PublishedMarks> Read(const std::filesystem::path& member_key);

  std::optional<PublishedMark> Find(const FeedId& feed) const;
  // Durable when it returns. Never goes back.
  Result<void> Advance(const FeedId& feed, const PublishedMark& mark);

 private:
  explicit PublishedMarks(std::filesystem::path file) : file_(std::move(file)) {}
  std::filesystem::path file_;
  std::map<std::string, PublishedMark> marks_;  // by the list's id in hexadecimal
};

}  // namespace revenant

#endif  // REVENANT_EXCHANGE_MEMBER_PUBLISHED_MARK_H_
