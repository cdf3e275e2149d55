#include "journal/note.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "journal/base64.h"
#include "util/try.h"

namespace revenant {
namespace {

constexpr std::string_view kSignatureMark = "\u2014 ";  // em dash, space
constexpr std::size_t kSignatureBytes = 64;
constexpr std::string_view kPart = "part";

Error Bad(std::string what) { return {Code::kInvalidArgument, std::move(what)}; }

// Takes the next line off `text`, without its line feed; nullopt where none is left.
std::optional<std::string_view> NextLine(std::string_view& text) {
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return line;
}

// A decimal number as it is written out, and no other way.
std::optional<std::uint64_t> ParseSize(std::string_view text) {
  std::uint64_t size = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), size);
  if (error != std::errc() || std::to_string(size) != text) return std::nullopt;
  return size;
}

}  // namespace

std::string SignNote(std::string_view text, const JournalKey& key) {
  const auto id = key.public_key().id();
  std::string note(text);
  note += '\n';
  note += kSignatureMark;
  note += key.public_key().name() + ' ';
  AppendBase64(note, std::string(AsView(id)) + key.Sign(text));
  note += '\n';
  return note;
}

Result<std::string> OpenNote(std::string_view note, const JournalPublicKey& key) {
  const std::size_t blank = note.find("\n\n");
  if (blank == std::string_view::npos) return Bad("this is not a signed note");
  const std::string_view text = note.substr(0, blank + 1);
  std::string_view rest = note.substr(blank + 2);
  bool same_name = false;
  while (const std::optional<std::string_view> line = NextLine(rest)) {
    if (!line->starts_with(kSignatureMark)) return Bad("a line after the text is no signature");
    const std::string_view signature = line->substr(kSignatureMark.size());
    const std::size_t space = signature.find(' ');
    if (space == std::string_view::npos) return Bad("a signature line cannot be read");
    if (signature.substr(0, space) != key.name()) continue;
    same_name = true;
    const auto bytes = FromBase64(signature.substr(space + 1));
    const auto id = key.id();
    if (!bytes || bytes->size() != id.size() + kSignatureBytes) {
      return Bad("a signature line cannot be read");
    }
    if (!bytes->starts_with(AsView(id))) continue;
    if (!key.Verify(text, std::string_view(*bytes).substr(id.size()))) {
      return Bad("the signed text or its signature was altered");
    }
    if (!rest.empty() && !rest.ends_with('\n')) return Bad("the note has no end");
    return std::string(text);
  }
  if (!rest.empty()) return Bad("the note has no end");
  return Bad(same_name ? "signed with another key of the same name" : "signed with another key");
}

std::string SignCheckpoint(const Checkpoint& checkpoint, const JournalKey& key) {
  std::string text = key.public_key().name() + '\n' + std::to_string(checkpoint.head.size) + '\n';
  AppendBase64(text, AsView(checkpoint.head.root));
  text += '\n' + FormatTime(checkpoint.at) + '\n';
  if (checkpoint.part) text.append(kPart) += '\n';
  return SignNote(text, key);
}

Result<Checkpoint> OpenCheckpoint(std::string_view note, const JournalPublicKey& key) {
  TRY_ASSIGN(const std::string text, OpenNote(note, key));
  std::string_view rest = text;
  const auto origin = NextLine(rest);
  const auto size = NextLine(rest);
  const auto root = NextLine(rest);
  const auto at = NextLine(rest);
  const auto last = NextLine(rest);
  const Error bad = Bad("signed with this key, but no checkpoint");
  if (!origin || *origin != key.name() || !size || !root || !at || !rest.empty()) return bad;
  Checkpoint checkpoint;
  const std::optional<std::uint64_t> number = ParseSize(*size);
  const Result<Time> time = ParseTime(*at);
  if (!number || !time || FormatTime(*time) != *at || (last && *last != kPart) ||
      !FromBase64(*root, checkpoint.head.root)) {
    return bad;
  }
  checkpoint.head.size = *number;
  checkpoint.at = *time;
  checkpoint.part = last.has_value();
  return checkpoint;
}

}  // namespace revenant
