#include "journal/journal_files.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <cerrno>
#include <system_error>

#include "util/try.h"

namespace revenant::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kPieceBytes = std::size_t{1} << 18;

Error SystemError(const std::string& name, const char* doing, int number) {
  return {number == ENOENT ? Code::kNotFound : Code::kIo,
          fmt::format("{}: cannot {}: {}", name, doing, std::generic_category().message(number))};
}

std::string DraftOf(const std::string& name) { return name + ".new"; }

// "x.key" as "x.pub".
fs::path PublicPathOf(fs::path secret) {
  return secret.extension() == ".key" ? secret.replace_extension(".pub") : secret += ".pub";
}

}  // namespace

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

Result<JournalKey> FindOrMakeJournalKey(const Context& context) {
  Result<JournalKey> key = ReadJournalKey(context);
  if (key || key.error().code != Code::kNotFound) return key;
  TRY(context.OpenRegistry(Access::kReadOnly));  // no key for a store that is not there
  return MakeJournalKey(context);
}

Result<JournalKey> MakeJournalKey(const Context& context) {
  TRY_ASSIGN(const fs::path file, context.JournalKeyPath());
  TRY_ASSIGN(JournalKey key, JournalKey::Generate());
  TRY(key.WriteNew(file));
  TRY(WriteWhole(PublicPathOf(file).string(), key.public_key().ToText() + '\n'));
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
  Result<JournalPublicKey> key = JournalPublicKey::Parse(text);
  if (!key) return Error{key.error().code, file_or_text + ": " + key.error().message};
  return key;
}

Result<std::unique_ptr<WholeFile>> WholeFile::Create(const std::string& name) {
  // What it holds is for its owner alone, until the owner gives it on.
  const int opened = ::open(DraftOf(name).c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  std::FILE* file = opened < 0 ? nullptr : ::fdopen(opened, "wb");
  if (file == nullptr) return SystemError(name, "write", errno);
  return std::unique_ptr<WholeFile>(new WholeFile(name, file));
}

WholeFile::~WholeFile() {
  if (file_ == nullptr) return;
  std::fclose(file_);
  std::remove(DraftOf(name_).c_str());
}

void WholeFile::Write(std::string_view text) {
  errno = 0;
  if (error_ == 0 && std::fwrite(text.data(), 1, text.size(), file_) != text.size()) {
    error_ = errno == 0 ? EIO : errno;
  }
}

Result<void> WholeFile::Finish() {
  errno = 0;
  if (error_ == 0 && std::fflush(file_) != 0) error_ = errno;
  if (error_ != 0) return SystemError(name_, "write", error_);
  std::fclose(std::exchange(file_, nullptr));
  if (std::rename(DraftOf(name_).c_str(), name_.c_str()) != 0) {
    const int number = errno;
    std::remove(DraftOf(name_).c_str());
    return SystemError(name_, "write", number);
  }
  return {};
}

Result<void> WriteWhole(const std::string& name, std::string_view text) {
  TRY_ASSIGN(const auto file, WholeFile::Create(name));
  file->Write(text);
  return file->Finish();
}

Result<std::unique_ptr<PieceReader>> PieceReader::Open(const std::string& name) {
  const bool is_stdin = name == "-";
  std::FILE* file = is_stdin ? stdin : std::fopen(name.c_str(), "rbe");
  if (file == nullptr) return SystemError(name, "read", errno);
  return std::unique_ptr<PieceReader>(new PieceReader(is_stdin ? "stdin" : name, file));
}

PieceReader::~PieceReader() {
  if (file_ != stdin) std::fclose(file_);
}

Result<std::string> PieceReader::Next() {
  std::string piece(kPieceBytes, '\0');
  errno = 0;
  piece.resize(std::fread(piece.data(), 1, piece.size(), file_));
  if (std::ferror(file_) != 0) return SystemError(name_, "read", errno);
  return piece;
}

}  // namespace revenant::cli
