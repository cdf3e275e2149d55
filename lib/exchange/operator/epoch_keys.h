// The secrets that an operator evaluates with: one scalar an epoch and class, in a file of mode
// 0600. FORMAT.md, "Operator's key file", has its text.
// Threads: const members may run concurrently. Lifetime: wipes itself; cannot be copied.
#ifndef REVENANT_EXCHANGE_OPERATOR_EPOCH_KEYS_H_
#define REVENANT_EXCHANGE_OPERATOR_EPOCH_KEYS_H_

#include <filesystem>
#include <string_view>
#include <vector>

#include "exchange/crypto/group.h"
#include "revenant/exchange_tokens.h"
#include "revenant/result.h"

namespace revenant {

class EpochKeys {
 public:
  EpochKeys() = default;
  EpochKeys(EpochKeys&&) = default;
  EpochKeys& operator=(EpochKeys&&) = default;

  // kInvalidArgument: no such file, or others have access to it. kCorruption, kUnsupportedFormat,
  // kNotFound, kIo.
  static Result<EpochKeys> Read(const std::filesystem::path& file);
  // Replaces the file, then overwrites what stood in it before. Whether the bytes on the disk are
  // gone then is up to the disk: a key that must be destroyed for certain belongs in an HSM.
  Result<void> Write(const std::filesystem::path& file) const;

  const Scalar* Find(Epoch epoch, KeyClass key_class) const;
  // A new random key unless there is one.
  void Make(Epoch epoch, KeyClass key_class);
  // Δ = key of `to` / key of `from`. False: one of them is missing.
  [[nodiscard]] bool Delta(Epoch from, Epoch to, KeyClass key_class, Scalar& delta) const;
  // Forgets the keys of an epoch, and with them every Δ from it; how many there were.
  std::size_t Destroy(Epoch epoch);
  std::vector<Epoch> epochs() const;  // ascending

 private:
  struct Entry {
    Epoch epoch;
    KeyClass key_class;
    Scalar secret;
  };
  static Result<EpochKeys> Decode(std::string_view text);
  SecretText Encode() const;

  std::vector<Entry, WipingAllocator<Entry>> entries_;  // by epoch and class
};

}  // namespace revenant

#endif  // REVENANT_EXCHANGE_OPERATOR_EPOCH_KEYS_H_
