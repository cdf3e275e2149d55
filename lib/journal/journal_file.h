// The file of an exported journal, line by line: what its writer and its verifier share. FORMAT.md
// beside this file is its normative description.
// Threads: pure functions; a writer belongs to one thread.
#ifndef REVENANT_JOURNAL_JOURNAL_FILE_H_
#define REVENANT_JOURNAL_JOURNAL_FILE_H_

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "journal/merkle.h"
#include "revenant/journal.h"

namespace revenant {

inline constexpr std::string_view kJournalFirstLine = "revenant-journal 1";
inline constexpr std::string_view kJournalMagic = "revenant-journal ";
inline constexpr std::string_view kKeyWord = "key ";
inline constexpr std::string_view kHeadLine = "head";
inline constexpr std::string_view kEntryWord = "entry ";
inline constexpr std::string_view kHashesWord = "hashes ";
inline constexpr std::string_view kPartLine = "checkpoint";
inline constexpr std::string_view kEndLine = "end";

// Entries between two checkpoints of a file: how closely an altered entry can be located when its
// hash was altered with it.
inline constexpr std::size_t kPartEntries = 256;

// Without its line feed. nullopt: not a line that FormatEntry() writes.
std::string FormatEntry(const JournalEntry& entry);
std::optional<JournalEntry> ParseEntry(std::string_view line);

// An entry type or a body as they may stand in a line: the former a word of small letters and
// underscores, the latter an object without control characters.
bool IsEntryType(std::string_view type);
bool IsEntryBody(std::string_view body);

// Writes a file, entry after entry. Lifetime: key and sink must outlive it.
class JournalFileWriter {
 public:
  using Sink = std::function<void(std::string_view)>;
  JournalFileWriter(const JournalKey& key, Time at, const Sink& sink)
      : key_(key), at_(at), sink_(sink) {}

  void Begin(const TreeHead& head);
  void Add(const JournalEntry& entry);
  void End();

 private:
  void EndPart();

  const JournalKey& key_;
  const Time at_;
  const Sink& sink_;
  Frontier frontier_;
  std::string hashes_;  // of the part at hand
  std::size_t part_entries_ = 0;
};

}  // namespace revenant

#endif  // REVENANT_JOURNAL_JOURNAL_FILE_H_
