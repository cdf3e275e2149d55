#ifndef REVENANT_EXCHANGE_POLICY_H_
#define REVENANT_EXCHANGE_POLICY_H_

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "revenant/identifier.h"

namespace revenant {

// Where identifiers of a kind may go from here, as [exchange.only_to] has it.
struct ExportRule {
  enum class Scope : std::uint8_t {
    kCountries,  // members in the countries named, and those in our own, where nothing leaves
    kAnywhere,   // "*"
    kNobody,     // "none": in no list at all
  };
  Scope scope = Scope::kCountries;
  std::string countries;  // "CN HK", ascending, each once; empty: only members in our own country
  friend bool operator==(const ExportRule&, const ExportRule&) = default;
};

// What leaves for the other members of an exchange, and how long what was said counts: [exchange]
// of the policy file. A value type; what the roster fixes for all members is not here.
struct ExchangePolicy {
  // --- What leaves ---
  std::uint32_t min_infringements = 1;  // confirmed ones, for a banned seller to be listed
  std::uint32_t valid_days = 7;         // how long a list of ours is fresh, unless the export says
  // [exchange.listed_days]: by Family but kCustom, how long an entry stands, from the day of the
  // ban. Devices are sold on: a list that remembers them longer than their owner does accuses
  // strangers.
  std::array<std::uint32_t, 6> listed_days = {365, 1826, 1826, 1826, 1826, 1826};
  // [exchange.only_to]: by kind ("doc.cn.resident_id"), or by the country whose authorities give
  // the kinds with its code in their names ("cn"); the kind's own rule goes first. Chinese kinds
  // stay in China by default (Personal Information Protection Law, articles 38 to 40).
  std::map<std::string, ExportRule, std::less<>> only_to = {{"cn", {{}, "CN"}}};

  // --- What comes in ---
  std::uint32_t silence_days = 14;       // of a lister, after which a disputed entry weighs nothing
  std::uint32_t retroactive_days = 360;  // applications up to this age raise alerts for new entries
  std::uint32_t max_seq_leap = 1'000'000;  // of a list's number; where the roster's is lower, that

  // --- Tokens ---
  std::uint32_t request_items = 65'536;  // identifiers in one request to the operators
  // Quotas of members for which a draft of a roster names none (`exchange roster --draft`).
  std::uint32_t guessable_daily = 10'000;
  std::uint32_t guessable_backlog = 0;
  std::uint32_t random_daily = 1'000'000;
  std::uint32_t random_backlog = 0;

  // May an identifier of `kind` that is held in the country `home` be listed to members in
  // `country`? Codes of two capitals (ISO 3166-1).
  bool MayGo(std::string_view kind, std::string_view home, std::string_view country) const;
  std::uint32_t ListedDays(std::string_view kind) const;

  friend bool operator==(const ExchangePolicy&, const ExchangePolicy&) = default;
};

}  // namespace revenant

#endif  // REVENANT_EXCHANGE_POLICY_H_
