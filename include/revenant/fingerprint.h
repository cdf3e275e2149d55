#ifndef REVENANT_FINGERPRINT_H_
#define REVENANT_FINGERPRINT_H_

#include <array>
#include <compare>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "revenant/identifier.h"
#include "revenant/result.h"

namespace revenant {

// 128-bit keyed digest of an identifier. A uniform hash already: no second one is needed.
struct Fingerprint {
  std::array<std::uint8_t, 16> bytes{};

  std::string ToHex() const;
  static std::optional<Fingerprint> FromHex(std::string_view hex);
  friend auto operator<=>(const Fingerprint&, const Fingerprint&) = default;
};

// The secret of a registry: one random 256-bit master key and, after rotations, the chain of
// earlier ones. Wipes itself; cannot be copied, printed or compared. One that was moved from may
// only be assigned to or destroyed.
// Threads: const members may run concurrently.
class Key {
 public:
  // New random key. kIo: the system gave no randomness.
  static Result<Key> Generate();

  // Reads a key file. kInvalidArgument: not a key file, or its mode grants anything to group or
  // others. kCorruption: damaged. kUnsupportedFormat: made by a later version. kNotFound, kIo.
  static Result<Key> Read(const std::filesystem::path& file);

  // Key from the caller's own keeper (a KMS): exactly the bytes of a key file, wiped after use.
  // The error of `fetch`, or as Read().
  static Result<Key> FromKeeper(const std::function<Result<std::string>()>& fetch);

  // Writes the key file with mode 0600, synced with its folder. kConflict: the file exists; it is
  // not touched. kNotFound: the folder does not exist. kIo: nothing is left behind.
  Result<void> WriteNew(const std::filesystem::path& file) const;

  // A key whose newest link is random and whose chain holds this key's links: rotation.
  // kConflict: rotated 254 times already. kIo: the system gave no randomness.
  Result<Key> Rotated() const;

  // Public 8-byte value (hex) that tells keys apart, chain and all, without revealing them.
  std::string CheckValue() const;

  // Check value of the key that Rotated() made this one from; nullopt when it was never rotated.
  // Fingerprinter::Rewrap() is right for a store that carries this value, and for no other.
  std::optional<std::string> PreviousCheckValue() const;

  Key(Key&&) noexcept;
  Key& operator=(Key&&) noexcept;
  ~Key();

 private:
  friend class Fingerprinter;
  struct Impl;
  explicit Key(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// Turns identifiers into fingerprints: first 16 bytes of HMAC-SHA-256(key, "revenant/fp/1" | kind |
// scope | canonical), every part length-prefixed; after n rotations wrapped n times (DESIGN.md
// section 4; lib/fingerprint/README.md has the bytes).
// Threads: const members may run concurrently. Lifetime: keeps nothing of the Key, wipes itself.
// Cost: 0.11 us with SHA instructions, 0.23 us without, 0.1 us more for every rotation; no
// allocation.
class Fingerprinter {
 public:
  explicit Fingerprinter(const Key& key);
  ~Fingerprinter();
  Fingerprinter(Fingerprinter&&) noexcept;
  Fingerprinter& operator=(Fingerprinter&&) noexcept;

  Fingerprint Of(const Identifier& identifier) const;
  Fingerprint Of(std::string_view kind, std::string_view scope, std::string_view canonical) const;

  // What a fingerprint made under the key before the last rotation becomes; itself if there was no
  // rotation.
  Fingerprint Rewrap(const Fingerprint& old) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace revenant

template <>
struct std::hash<revenant::Fingerprint> {
  std::size_t operator()(const revenant::Fingerprint& fingerprint) const noexcept {
    std::size_t head;
    __builtin_memcpy(&head, fingerprint.bytes.data(), sizeof head);
    return head;
  }
};

#endif  // REVENANT_FINGERPRINT_H_
