#include "revenant/journal_keys.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "journal/base64.h"
#include "journal/note.h"
#include "registry/handle.h"
#include "util/bytes.h"
#include "util/json_writer.h"
#include "util/try.h"

namespace revenant {
namespace {

constexpr std::string_view kSignerName = "journal_key";  // in kMeta: its public key
constexpr std::string_view kEntryType = "journal_key";
constexpr std::string_view kSuccession = "revenant.journal/succession 1";

std::string Succession(const JournalPublicKey& from, const JournalPublicKey& to,
                       const TreeHead& head, Time at) {
  std::string text(kSuccession);
  text += '\n' + from.ToText() + '\n' + to.ToText() + '\n' + std::to_string(head.size) + '\n';
  AppendBase64(text, AsView(head.root));
  text += '\n' + FormatTime(at) + '\n';
  return text;
}

std::string_view TakeLine(std::string_view& rest) {
  const std::size_t end = rest.find('\n');
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  return line;
}

Error NoSigners() {
  return {Code::kInvalidArgument, "this is not the public key of a journal with its successions"};
}

// A note: its text up to an empty line, then signatures up to the next one.
std::string TakeNote(std::string_view& rest) {
  std::string note;
  for (int empty = 0; !rest.empty();) {
    const std::string_view line = TakeLine(rest);
    if (line.empty() && ++empty == 2) break;
    note.append(line) += '\n';
  }
  return note;
}

}  // namespace

Result<std::optional<JournalPublicKey>> SignerOf(const Registry& registry) {
  TRY_ASSIGN(const std::optional<std::string> text,
             SnapshotOf(registry)->Get(Table::kMeta, kSignerName));
  if (!text) return std::optional<JournalPublicKey>();
  TRY_ASSIGN(JournalPublicKey key, JournalPublicKey::Parse(*text));
  return std::optional(std::move(key));
}

Result<void> CheckSigner(const Registry& registry, const JournalPublicKey& key) {
  TRY_ASSIGN(const std::optional<JournalPublicKey> signer, SignerOf(registry));
  if (!signer || signer->ToText() == key.ToText()) return {};
  return Error{Code::kConflict, "journal: it is signed by the key " + signer->name() + ", and " +
                                    key.name() + " is another store's, or one of before"};
}

Result<void> NameSigner(Registry& registry, const JournalPublicKey& key) {
  TRY_ASSIGN(const std::unique_ptr<WriteSession> session, BeginWriting(registry));
  TRY_ASSIGN(const auto named, session->batch().Get(Table::kMeta, kSignerName));
  if (named) return CheckSigner(registry, key);
  session->batch().Put(Table::kMeta, kSignerName, key.ToText());
  return session->Commit(Durability::kSynced);
}

Result<void> RotateSigner(Registry& registry, const JournalKey& now, const JournalPublicKey& next,
                          const Actor& actor) {
  TRY_ASSIGN(const std::unique_ptr<WriteSession> session, BeginWriting(registry, {actor}));
  TRY(CheckSigner(registry, now.public_key()));
  TRY_ASSIGN(const auto journal, registry.Journal());
  const Time at = actor.at.known() ? actor.at : Now();
  std::string body;
  JsonWriter json = JsonWriter::Inside(body);
  json.Text("key", next.ToText());
  json.Text("succession", SignNote(Succession(now.public_key(), next, journal->head(), at), now));
  json.End();
  TRY(session->Enter(kEntryType, body, {}));
  session->batch().Put(Table::kMeta, kSignerName, next.ToText());
  return session->Commit(Durability::kSynced);
}

Result<void> ReplaceLostSigner(Registry& registry, const JournalPublicKey& next,
                               const Actor& actor) {
  TRY_ASSIGN(const std::unique_ptr<WriteSession> session, BeginWriting(registry, {actor}));
  std::string body;
  JsonWriter json = JsonWriter::Inside(body);
  json.Text("key", next.ToText()).Flag("lost", true).End();
  TRY(session->Enter(kEntryType, body, {}));
  session->batch().Put(Table::kMeta, kSignerName, next.ToText());
  return session->Commit(Durability::kSynced);
}

Result<std::string> SignersOf(const Registry& registry) {
  TRY_ASSIGN(const std::optional<JournalPublicKey> signer, SignerOf(registry));
  if (!signer) return Error{Code::kNotFound, "journal: no key signs it yet"};
  std::string text = signer->ToText() + '\n';
  TRY_ASSIGN(const auto journal, registry.Journal());
  TRY(journal->ForEach(0, [&](const JournalEntry& entry) -> Result<bool> {
    if (entry.type != kEntryType || !entry.opening) return true;
    const auto body = nlohmann::json::parse(entry.opening->body, nullptr, false);
    if (!body.is_object() || !body.contains("succession")) return true;
    text += '\n' + body["succession"].get<std::string>();
    return true;
  }));
  return text;
}

Result<std::vector<JournalPublicKey>> FollowSigners(const JournalPublicKey& trusted,
                                                    std::string_view signers) {
  TRY_ASSIGN(const JournalPublicKey newest, JournalPublicKey::Parse(TakeLine(signers)));
  std::vector<JournalPublicKey> keys = {trusted};
  if (!signers.empty() && !TakeLine(signers).empty()) return NoSigners();
  while (!signers.empty()) {
    const std::string note = TakeNote(signers);
    std::string_view rest = note;
    if (TakeLine(rest) != kSuccession) return NoSigners();
    // Those that led to the key which is trusted say nothing about it.
    if (TakeLine(rest) != keys.back().ToText()) continue;
    TRY(OpenNote(note, keys.back()));
    TRY_ASSIGN(keys.emplace_back(), JournalPublicKey::Parse(TakeLine(rest)));
  }
  if (keys.back().ToText() != newest.ToText()) {
    return Error{Code::kInvalidArgument,
                 "no succession leads from the key " + trusted.name() + " to " + newest.name()};
  }
  return keys;
}

}  // namespace revenant
