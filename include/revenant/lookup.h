#ifndef REVENANT_LOOKUP_H_
#define REVENANT_LOOKUP_H_

// The sellers that carry a value, the values that too many sellers carry, and the sellers on file.
//
//   const auto found = FindCarriers(*registry, {"pay.iban", "", "DE89370400440532013000"});
//   for (const FoundValue& value : *found)
//     for (const FoundCarrier& one : value.carriers) std::cout << one.seller.ToString() << '\n';

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "revenant/fingerprint.h"
#include "revenant/record.h"
#include "revenant/registry.h"
#include "revenant/result.h"
#include "revenant/time.h"

namespace revenant {

// One seller that carries the value today: its sightings, from all sources together.
struct FoundCarrier {
  SellerName seller;
  SellerStatus status = SellerStatus::kActive;
  bool banned = false;
  ClusterId cluster;
  Time first, last;  // when it was seen with the value; unknown where no sighting has a date
  std::vector<std::string> sources;  // sorted
};

// One identifier that a value reads as. An attribute may derive several: a Czech account and its
// IBAN, say.
struct FoundValue {
  std::string kind;
  Fingerprint fingerprint;
  Role role = Role::kLinking;      // by the store's policy
  std::uint64_t fanout_limit = 0;  // of its kind
  bool hub = false;                // more carry it than the limit allows: it links nobody
  std::uint64_t carriers = 0, enrolled = 0, banned = 0;
  // Enrolled ones that came after the first ban on it, where not counting them keeps it from being
  // a hub; else 0.
  std::uint64_t late = 0;
  std::vector<FoundCarrier> carriers_named;  // by name; empty in a list of hubs
};

// What carries the value, by identifier, in the order in which it reads; an identifier that nobody
// carries is among them. Errors: kInvalidArgument (no such kind; an invalid value; one that stands
// for nobody: the text says why), the store's. Threads: as Registry's const members; one state.
// Cost: reads all carriers of the value with what they hold.
Result<std::vector<FoundValue>> FindCarriers(const Registry& registry, const RawAttribute& value);

// Hubs of linking kinds, those of most carriers first. Errors: the store's. Threads: as Registry's
// const members; one state. Cost: reads the rows of all fingerprints once.
Result<std::vector<FoundValue>> Hubs(const Registry& registry);

// A seller that events have named.
struct HeldSeller {
  SellerName seller;
  SellerStatus status = SellerStatus::kActive;
  Time since;                                 // earliest known enrolment
  std::uint64_t bans = 0, infringements = 0;  // cases in force
  ClusterId cluster;
};

// Those whose "PLATFORM:EXTERNAL_ID" begins with `prefix`, by name; merely mentioned ones and cases
// of other platforms are among them. Errors: the store's. Threads: as Registry's const members; one
// state. Cost: reads the rows of all sellers once; memory for those that are found.
Result<std::vector<HeldSeller>> SellersWithPrefix(const Registry& registry,
                                                  std::string_view prefix);

// One line of JSON without its end: a carrier of a value, a hub, a seller.
std::string ToJson(const FoundValue& value, const FoundCarrier& carrier);
std::string ToJson(const FoundValue& hub);
std::string ToJson(const HeldSeller& seller);

}  // namespace revenant

#endif  // REVENANT_LOOKUP_H_
