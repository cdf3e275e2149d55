#ifndef REVENANT_EXCHANGE_TOKENS_H_
#define REVENANT_EXCHANGE_TOKENS_H_

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "revenant/identifier.h"

namespace revenant {

// Names an exchange: BLAKE2b-256 of its genesis roster.
struct ExchangeId {
  std::array<std::uint8_t, 32> bytes{};
  std::string ToHex() const;
  friend auto operator<=>(const ExchangeId&, const ExchangeId&) = default;
};

// Number of a period in which one OPRF key of each class is in force; the first is 1.
using Epoch = std::uint32_t;

// Requests are blind, so only a key of its own makes a quota on guessable identifiers mean
// something. Append new ones, never renumber: stands in rosters, requests and evaluations.
enum class KeyClass : std::uint8_t {
  kGuessable = 1,  // under 80 bits of entropy: cards, national ids, phones, IBANs, IMEIs
  kRandom = 2,     // UUIDs, wallet addresses
};
inline constexpr KeyClass kKeyClasses[] = {KeyClass::kGuessable, KeyClass::kRandom};
inline constexpr std::uint16_t kGuessableBelowBits = 80;

std::string_view KeyClassName(KeyClass key_class);  // "guessable", "random"
std::optional<KeyClass> KeyClassFromName(std::string_view name);
// By the entropy in the table of kinds. A platform's own kinds and unknown ones count as guessable,
// since nothing vouches for them.
KeyClass KeyClassOf(std::string_view kind);

// N = k·H(x) of an identifier: what only those who hold the identifier can learn, and only through
// the operators. A party that has it can make and open every entry about the identifier, so it
// stays with the holder, sealed. Keep it in memory that wipes itself.
struct ExchangeSecret {
  std::array<std::uint8_t, 32> n{};
};

// The published name of an identifier in one exchange, epoch and kind.
struct Tag {
  std::array<std::uint8_t, 16> bytes{};
  std::string ToHex() const;
  friend auto operator<=>(const Tag&, const Tag&) = default;
};

// BLAKE2b-128(key N; "revenant/tag/1", exchange, epoch, kind); lib/exchange/FORMAT.md has the
// bytes. Cost: under a microsecond.
Tag TagOf(const ExchangeSecret& secret, const ExchangeId& exchange, Epoch epoch,
          std::string_view kind);

}  // namespace revenant

#endif  // REVENANT_EXCHANGE_TOKENS_H_
