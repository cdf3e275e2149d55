// What the tests of this room share.
#ifndef REVENANT_TESTS_JOURNAL_SUPPORT_H_
#define REVENANT_TESTS_JOURNAL_SUPPORT_H_

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

#include "journal/journal_file.h"
#include "journal/merkle.h"
#include "revenant/journal.h"

namespace revenant {

inline const JournalKey& OurKey() {
  static const JournalKey key = std::move(JournalKey::Generate().value());
  return key;
}
inline const JournalKey& OtherKey() {
  static const JournalKey key = std::move(JournalKey::Generate().value());
  return key;
}

inline constexpr Time kNoon{1'780'000'000'000'000};

inline JournalEntry EntryNo(std::uint64_t seq, std::string type = "ban",
                            const std::string& more = "") {
  JournalEntry entry;
  entry.seq = seq;
  entry.at = Time{kNoon.micros + static_cast<std::int64_t>(seq)};
  entry.type = std::move(type);
  JournalEntry::Opening& opening = entry.opening.emplace();
  opening.salt.fill(static_cast<std::uint8_t>(seq * 7 + 1));
  opening.body = R"({"by":"ann","seller":"p:)" + std::to_string(seq) + '"' + more + '}';
  entry.commitment = CommitmentTo(opening);
  return entry;
}

// The file of these entries, numbered as they say, signed by `key`.
inline std::string FileOf(const std::vector<JournalEntry>& entries,
                          const JournalKey& key = OurKey()) {
  std::string file;
  const JournalFileWriter::Sink sink = [&](std::string_view piece) { file += piece; };
  Frontier frontier;
  for (const JournalEntry& entry : entries) frontier.Append(LeafHashOf(entry));
  JournalFileWriter writer(key, kNoon, sink);
  writer.Begin(frontier.Head());
  for (const JournalEntry& entry : entries) writer.Add(entry);
  writer.End();
  return file;
}

inline std::vector<JournalEntry> Entries(std::uint64_t count) {
  std::vector<JournalEntry> entries;
  for (std::uint64_t seq = 0; seq < count; ++seq) entries.push_back(EntryNo(seq));
  return entries;
}

inline Result<JournalCheck> VerifyText(std::string_view file,
                                       std::span<const std::string> witnesses = {},
                                       std::size_t piece_bytes = 4096,
                                       const JournalKey& key = OurKey()) {
  return VerifyJournal(
      [&, at = std::size_t{0}]() mutable -> Result<std::string> {
        const std::string piece(file.substr(at, piece_bytes));
        at += piece.size();
        return piece;
      },
      key.public_key(), witnesses);
}

}  // namespace revenant

#endif  // REVENANT_TESTS_JOURNAL_SUPPORT_H_
