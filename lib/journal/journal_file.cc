#include "journal/journal_file.h"

#include <algorithm>
#include <charconv>

#include "journal/base64.h"

namespace revenant {
namespace {

constexpr std::string_view kErased = "-";

// Takes the next field off `line`; it ends at a space or with the line.
std::string_view NextField(std::string_view& line) {
  const std::size_t end = std::min(line.find(' '), line.size());
  const std::string_view field = line.substr(0, end);
  line.remove_prefix(std::min(end + 1, line.size()));
  return field;
}

}  // namespace

bool IsEntryType(std::string_view type) {
  return !type.empty() && std::all_of(type.begin(), type.end(),
                                      [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; });
}

bool IsEntryBody(std::string_view body) {
  return body.starts_with('{') && body.ends_with('}') && IsUtf8(body) &&
         std::none_of(body.begin(), body.end(),
                      [](char c) { return static_cast<unsigned char>(c) < 0x20; });
}

std::string FormatEntry(const JournalEntry& entry) {
  std::string line(kEntryWord);
  line += std::to_string(entry.seq) + ' ' + FormatTime(entry.at) + ' ' + entry.type + ' ';
  AppendBase64(line, AsView(entry.commitment));
  line += ' ';
  if (entry.opening) {
    AppendBase64(line, AsView(entry.opening->salt));
    line += ' ' + entry.opening->body;
  } else {
    line += kErased;
  }
  return line;
}

std::optional<JournalEntry> ParseEntry(std::string_view line) {
  std::string_view rest = line;
  if (!rest.starts_with(kEntryWord)) return std::nullopt;
  rest.remove_prefix(kEntryWord.size());
  JournalEntry entry;
  const std::string_view seq = NextField(rest);
  if (std::from_chars(seq.data(), seq.data() + seq.size(), entry.seq).ec != std::errc()) {
    return std::nullopt;
  }
  const Result<Time> at = ParseTime(NextField(rest));
  if (!at) return std::nullopt;
  entry.at = *at;
  entry.type = NextField(rest);
  if (!IsEntryType(entry.type)) return std::nullopt;
  if (!FromBase64(NextField(rest), entry.commitment)) return std::nullopt;
  if (rest != kErased) {
    JournalEntry::Opening& opening = entry.opening.emplace();
    if (!FromBase64(NextField(rest), opening.salt)) return std::nullopt;
    opening.body = rest;
    if (!IsEntryBody(opening.body)) return std::nullopt;
  }
  if (FormatEntry(entry) != line) return std::nullopt;  // every entry has one line only
  return entry;
}

void JournalFileWriter::Begin(const TreeHead& head) {
  std::string text(kJournalFirstLine);
  text.append("\n").append(kKeyWord).append(key_.public_key().ToText()).append("\n");
  text.append(kHeadLine).append("\n");
  text += SignCheckpoint({head, at_, false}, key_);
  sink_(text);
}

void JournalFileWriter::Add(const JournalEntry& entry) {
  sink_(FormatEntry(entry) + '\n');
  const TreeHash leaf = LeafHashOf(entry);
  frontier_.Append(leaf);
  hashes_.append(AsView(leaf));
  if (++part_entries_ == kPartEntries) EndPart();
}

void JournalFileWriter::EndPart() {
  std::string text(kHashesWord);
  AppendBase64(text, hashes_);
  text.append("\n").append(kPartLine).append("\n");
  text += SignCheckpoint({frontier_.Head(), at_, true}, key_);
  sink_(text);
  hashes_.clear();
  part_entries_ = 0;
}

void JournalFileWriter::End() {
  if (part_entries_ > 0) EndPart();
  sink_(std::string(kEndLine) + '\n');
}

}  // namespace revenant
