#include "journal/journal_files.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cerrno>
#include <system_error>

#include "revenant/atomic_file.h"
#include "revenant/journal_keys.h"
#include "try.h"

namespace revenant::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kPieceBytes = std::size_t{1} << 18;

Error CannotRead(const std::string& name, int number) {
  return {number == ENOENT ? Code::kNotFound : Code::kIo,
          fmt::format("{}: cannot read: {}", name, std::generic_category().message(number))};
}

// Names the file of a key that the store does not take, and what is to be done.
Result<void> Explained(const Context& context, Result<void> held) {
  if (held || held.error().code != Code::kConflict) return held;
  TRY_ASSIGN(const fs::path file, context.JournalKeyPath());
  fs::path next = file;
  next += ".new";
  std::error_code error;
  return Error{Code::kConflict,
               fmt::format("{}: {}; {}", file.string(), held.error().message,
                           fs::exists(next, error)
                               ? "a rotation was cut short: `revenant journal rotate` finishes it"
                               : "--journal-key names the right one")};
}

}  // namespace

fs::path PublicPathOf(fs::path secret) {
  return secret.extension() == ".key" ? secret.replace_extension(".pub") : secret += ".pub";
}

Result<void> HoldToSigner(const Context& context, const Registry& registry, const JournalKey& key) {
  return Explained(context, CheckSigner(registry, key.public_key()));
}

Result<void> NameAsSigner(const Context& context, Registry& registry, const JournalKey& key) {
  return Explained(context, NameSigner(registry, key.public_key()));
}

Result<std::vector<JournalPublicKey>> ReadSigners(const std::string& key,
                                                  const std::string& signers) {
  TRY_ASSIGN(JournalPublicKey trusted, ReadPublicKey(key));
  std::vector<JournalPublicKey> alone;
  alone.push_back(std::move(trusted));
  if (signers.empty()) return alone;
  TRY_ASSIGN(const std::string text, ReadSmallFile(signers));
  Result<std::vector<JournalPublicKey>> keys = FollowSigners(alone.front(), text);
  if (!keys) return Error{keys.error().code, signers + ": " + keys.error().message};
  return keys;
}

Result<JournalKey> ReadJournalKey(const Context& context) {
  TRY_ASSIGN(const fs::path file, context.JournalKeyPath());
  Result<JournalKey> key = JournalKey::Read(file);
  if (!key && key.error().code == Code::kNotFound) {
    return Error{Code::kNotFound,
                 fmt::format("{}: no journal key there; `revenant journal key` makes one, or name "
                             "another by --journal-key",
                             file.string())};
  }
  return key;
}

Result<JournalKey> FindOrMakeJournalKey(const Context& context, bool replace_lost) {
  Result<JournalKey> key = ReadJournalKey(context);
  if (key || key.error().code != Code::kNotFound) return key;
  std::optional<JournalPublicKey> lost;
  {
    // No key for a store that is not there.
    TRY_ASSIGN(const auto registry, context.OpenRegistry(Access::kReadOnly));
    TRY_ASSIGN(lost, SignerOf(*registry));
  }
  if (!lost) return MakeJournalKey(context);
  if (!replace_lost) {
    TRY_ASSIGN(const fs::path file, context.JournalKeyPath());
    return Error{Code::kNotFound,
                 fmt::format("{}: no journal key there, and {} signs this journal: --journal-key "
                             "names its file. If that is lost, `revenant journal key "
                             "--replace-lost` makes another one, which those who verify need anew",
                             file.string(), lost->name())};
  }
  TRY_ASSIGN(const auto registry, context.OpenRegistry(Access::kReadWrite));
  TRY_ASSIGN(JournalKey made, MakeJournalKey(context));
  TRY(ReplaceLostSigner(*registry, made.public_key()));
  context.Note(
      fmt::format("the key {} that signed this journal is not there any more: the journal "
                  "says so, and those who verify need the new one",
                  lost->name()));
  return made;
}

Result<JournalKey> MakeJournalKey(const Context& context) {
  TRY_ASSIGN(const fs::path file, context.JournalKeyPath());
  TRY_ASSIGN(JournalKey key, JournalKey::Generate());
  TRY(key.WriteNew(file));
  TRY(ReplaceFile(PublicPathOf(file), key.public_key().ToText() + '\n'));
  return key;
}

Result<JournalPublicKey> ReadPublicKey(const std::string& file_or_text) {
  std::error_code error;
  if (!fs::exists(file_or_text, error)) {
    Result<JournalPublicKey> key = JournalPublicKey::Parse(file_or_text);
    if (key) return key;
    return Error{Code::kNotFound,
                 fmt::format("--key {}: neither a file nor a public key", file_or_text)};
  }
  TRY_ASSIGN(const std::string text, ReadSmallFile(file_or_text));
  // After a rotation the successions follow.
  Result<JournalPublicKey> key = JournalPublicKey::Parse(text.substr(0, text.find('\n')));
  if (!key) return Error{key.error().code, file_or_text + ": " + key.error().message};
  return key;
}

std::string ToHex(std::span<const std::uint8_t> bytes) {
  return fmt::format("{:02x}", fmt::join(bytes, ""));
}

Result<std::unique_ptr<PieceReader>> PieceReader::Open(const std::string& name) {
  const bool is_stdin = name == "-";
  std::FILE* file = is_stdin ? stdin : std::fopen(name.c_str(), "rbe");
  if (file == nullptr) return CannotRead(name, errno);
  return std::unique_ptr<PieceReader>(new PieceReader(is_stdin ? "stdin" : name, file));
}

PieceReader::~PieceReader() {
  if (file_ != stdin) std::fclose(file_);
}

Result<std::string> PieceReader::Next() {
  std::string piece(kPieceBytes, '\0');
  errno = 0;
  piece.resize(std::fread(piece.data(), 1, piece.size(), file_));
  if (std::ferror(file_) != 0) return CannotRead(name_, errno);
  return piece;
}

}  // namespace revenant::cli
