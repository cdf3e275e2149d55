#ifndef REVENANT_EXCHANGE_FILES_MEMBER_KEYS_H_
#define REVENANT_EXCHANGE_FILES_MEMBER_KEYS_H_

// A party's own secrets: root (signs rosters), signing (signs files), receiving (opens what is
// sealed to it) and keeping (seals what it stores). The root belongs off line; a file without it
// serves for everything but rosters.
// Threads: const members may run concurrently. Lifetime: wipes itself; cannot be copied.

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "exchange/files/file_header.h"
#include "revenant/result.h"
#include "util/wiping.h"

namespace revenant {

class MemberKeys {
 public:
  using Secret = std::array<std::uint8_t, 32>;

  // kIo: the system gave no randomness.
  static Result<MemberKeys> Generate();
  // The next generation: new signing and receiving keys under the same root and keeping key.
  Result<MemberKeys> NextGeneration() const;

  // A text file of mode 0600. kInvalidArgument: not such a file, or others have access to it.
  // kCorruption: damaged. kNotFound, kIo.
  static Result<MemberKeys> Read(const std::filesystem::path& file);
  // kConflict: it exists. `with_root` false leaves the root secret out.
  Result<void> WriteNew(const std::filesystem::path& file, bool with_root = true) const;

  bool has_root() const { return state_->root.has_value(); }
  const PublicKey& root_key() const { return state_->root_key; }
  const Signer& root() const { return *state_->root; }  // only with has_root()
  const Signer& signing() const { return *state_->signing; }
  const PublicKey& receiving_key() const { return state_->receiving_key; }
  const Secret& receiving_secret() const { return state_->secrets.value.receiving; }
  // Key for one purpose ("tokens") of the data that this party stores sealed.
  void KeepingKey(std::string_view purpose, Wiped<Secret>& key) const;

 private:
  struct Secrets {
    Secret root, signing, receiving, keeping;
  };
  struct State {  // never moves, so that there is one place to wipe
    Wiped<Secrets> secrets;
    std::optional<Signer> root, signing;
    PublicKey root_key{}, receiving_key{};
  };

  static Result<MemberKeys> Decode(std::string_view text);
  SecretText Encode(bool with_root) const;
  void DeriveKeys(bool with_root);

  std::unique_ptr<State> state_ = std::make_unique<State>();
};

}  // namespace revenant

#endif  // REVENANT_EXCHANGE_FILES_MEMBER_KEYS_H_
