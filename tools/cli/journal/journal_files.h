#ifndef REVENANT_TOOLS_CLI_JOURNAL_JOURNAL_FILES_H_
#define REVENANT_TOOLS_CLI_JOURNAL_JOURNAL_FILES_H_

// Files of the verbs about journal and dossiers: keys, and texts read in pieces.

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "context.h"
#include "revenant/journal.h"

namespace revenant::cli {

// The key that signs: --journal-key, else DIR.journal.key beside the store. kNotFound says how to
// make one.
Result<JournalKey> ReadJournalKey(const Context& context);
// The same; makes it for a store that names none. Where the store names one whose file is not
// there, `replace_lost` makes another one sign, for good; else kNotFound.
Result<JournalKey> FindOrMakeJournalKey(const Context& context, bool replace_lost = false);
// Makes the pair: the secret as named above, and the public key beside it (".pub" for ".key").
// kConflict: one is there.
Result<JournalKey> MakeJournalKey(const Context& context);

// The key that signs, held against what the store says: kConflict where it is another store's.
Result<void> HoldToSigner(const Context& context, const Registry& registry, const JournalKey& key);
// As above, where none is named yet it is from now on.
Result<void> NameAsSigner(const Context& context, Registry& registry, const JournalKey& key);

// A public key: the name of its file, or its own text.
Result<JournalPublicKey> ReadPublicKey(const std::string& file_or_text);
// The keys that lead from it to the newest of `signers`, the file of a public key after rotations;
// empty: it alone.
Result<std::vector<JournalPublicKey>> ReadSigners(const std::string& key,
                                                  const std::string& signers);

// Where the public half of a secret key lies: "x.key" as "x.pub".
std::filesystem::path PublicPathOf(std::filesystem::path secret);

// Lower case.
std::string ToHex(std::span<const std::uint8_t> bytes);

// A file ("-": stdin) in pieces.
class PieceReader {
 public:
  static Result<std::unique_ptr<PieceReader>> Open(const std::string& name);
  ~PieceReader();
  Result<std::string> Next();  // empty at the end

 private:
  PieceReader(std::string name, std::FILE* file) : name_(std::move(name)), file_(file) {}
  const std::string name_;
  std::FILE* file_;
};

}  // namespace revenant::cli

#endif  // REVENANT_TOOLS_CLI_JOURNAL_JOURNAL_FILES_H_
