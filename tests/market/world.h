#ifndef REVENANT_TESTS_MARKET_WORLD_H_
#define REVENANT_TESTS_MARKET_WORLD_H_

// An invented market place: accounts opened over time, with their identifiers and later bans. The
// same seed, size and rates give the same market on every machine.

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "market/rates.h"
#include "market/values.h"

namespace revenant::market {

// What an account is, for the score. Everybody but infringers is honest.
enum class Class : std::uint8_t {
  kSingle,
  kShops,        // one person, several shops
  kFamily,       // shares an address and perhaps a phone, a PC, an account with relatives who sell
  kCafe,         // signs up from a shared PC
  kAgencySmall,  // by an agent of at most ten clients
  kAgencyLarge,
  kPoolSmall,  // paid by way of a pooled account of at most twelve
  kPoolLarge,
  kRecycledPhone,
  kSecondHand,     // a handset that another seller had
  kLentCard,       // a card that another seller has too
  kBoughtShop,     // took over a storefront's phone and mailbox from a seller who was banned
  kSecondShop,     // of an honest seller whose account an infringer typed
  kFirstOffence,   // an infringer nobody knows yet; neither honest nor a returner
  kReturn,         // an infringer who comes back
  kTypedDocument,  // the same, under a made-up document number
  kSixShops,       // a banned one of a person's six shops; the person returns under its document
  kMule,           // reaches the ban only by way of a go-between's account
  kFloodBefore,    // returns on an identifier that the ring had put on many accounts before the ban
  kFlooder,        // the same, but put there after the ban
  kBot,            // an account that floods: let in by another door, never judged
};
inline constexpr std::size_t kClasses = 21;
std::string_view NameOf(Class cls);
inline bool IsHonest(Class cls) { return cls < Class::kFirstOffence; }
inline bool IsReturn(Class cls) { return cls >= Class::kReturn && cls < Class::kBot; }

struct Account {
  Class cls = Class::kSingle;
  std::uint32_t hands = 0;  // whose it is: accounts of one person or ring have the same number
  std::int64_t minute = 0;  // since the market opened
  bool infringes = false;
  std::int64_t ban_after = 0;  // minutes after it opened, if it infringes and is let in; 0: never
  bool judged = false;         // screened before it is let in
  std::vector<Value> values;

  const Value* Find(Kind kind) const;
  void Put(const Value& value);  // in place of what it has of this kind
};

struct World {
  std::int64_t history_minutes = 0, minutes = 0;
  std::vector<Account> accounts;  // in order of time
};

// The minute at which the account was banned, if that was before the screening began.
std::optional<std::int64_t> FallInHistory(const World& world, std::size_t account);

// About `size` accounts, a little more.
World Generate(std::uint64_t seed, std::size_t size, const Rates& rates);

}  // namespace revenant::market

#endif  // REVENANT_TESTS_MARKET_WORLD_H_
