#ifndef REVENANT_VERDICT_H_
#define REVENANT_VERDICT_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "revenant/event.h"
#include "revenant/fingerprint.h"
#include "revenant/identifier.h"
#include "revenant/link_policy.h"
#include "revenant/record.h"
#include "revenant/time.h"

namespace revenant {

// When a seller was seen with an identifier, and who says so. Times may be unknown.
struct Sighting {
  Time first, last;
  std::vector<std::string> sources;  // in name order
  friend bool operator==(const Sighting&, const Sighting&) = default;
};

// One identifier that the two ends of a hop share.
struct SharedIdentifier {
  std::string kind;
  Fingerprint fingerprint;
  MilliBits weight = 0;        // after hub and gap discounts, before family discount
  bool makes_hop = false;      // linking and not a hub; the others only add weight
  bool from_is_later = false;  // rule 11: `from` carried it after `to` did
  Sighting from, to;
  // Later, but not to be blamed on `from`: this seller, which shares more with `from`, had it
  // before `to` (rule 11, kin). Empty where there is none.
  SellerName kin;
  // The proof of its hop that it belongs to, from 1 on: identifiers that derive from one value
  // count once (rule 7). 0: not computed.
  std::uint32_t proof = 0;
};

// Two sellers that share at least one linking identifier.
struct Hop {
  SellerName from, to;                   // `from` is nearer to the applicant
  std::vector<SharedIdentifier> shared;  // strongest first
  MilliBits weight = 0;                  // all that they share
  MilliBits blame_weight = 0;            // only what `from` carried later than `to`
  bool forbidden = false;  // an investigator's finding stands between the two (rule 5)
};

// The case for "the same hands run both".
struct Link {
  SellerName seller;  // the far end
  std::vector<Hop> path;
  MilliBits strength = 0;        // weakest hop, less the discount for length (rule 8)
  MilliBits blame_strength = 0;  // the same over what was carried later (rule 11)
  std::uint32_t redundancy = 0;  // proofs or go-betweens whose removal would end it (rule 9)
  std::vector<std::vector<Hop>>
      runners_up;  // next best paths that avoid the best one's weakest hop
  bool banned = false;
  Time banned_at;
  std::string ban_reason, ban_case;
};

enum class Decision : std::uint8_t { kClear = 0, kReview = 1, kBlock = 2 };
std::string_view DecisionName(Decision decision);  // "clear", "review", "block"

// The reason for a verdict. Append new ones, never renumber: they stand in certificates.
enum class Because : std::uint8_t {
  kItselfBanned = 1,     // the applicant's own account is banned
  kStrongLink = 2,       // a link beyond block_bits that the applicant carried later
  kLink = 3,             // a link beyond review_bits
  kEarlierHolder = 4,    // strong, but held first (rule 11) or typed by the other side in a list
  kTooFewProofs = 5,     // strong, but resting on fewer proofs than min_redundancy (rule 9)
  kDocumentsDiffer = 6,  // strong, but verified documents disagree (rule 7)
  kDifferentPeople = 7,  // strong, but across a finding of "different people" (rule 5)
  kTaintedHub = 8,       // a widely shared identifier that bans cluster on (rule 10)
  kCutShort = 9,         // the search ran out of budget near a ban (rule 12)
  kNoLink = 10,          // nothing leads to a ban
  kForeignCase = 11,     // a link to what another platform listed: never more than a review
  kKin = 12,             // strong, but kin of the applicant held it before the other side (rule 11)
  kVelocity = 13,        // too much at once: a burst, or a fresh start after a ban ([velocity])
};
std::string_view BecauseName(Because because);  // "strong_link" ...

struct Reason {
  Because because;
  SellerName seller, other;  // the sellers that it is about; empty if none
  std::string text;          // for a person, one sentence
};

// The outcome for one attribute of a record. Never the value itself.
struct AttributeOutcome {
  std::string kind;
  Status status;
  std::string_view reason;  // static text
  std::int32_t where = -1;
  bool repaired = false;
  std::uint32_t attribute = 0;  // which of the record's, from 0
};

// What a list of another platform says of one of the links.
struct ForeignCase {
  SellerName seller;   // the link's far end, exchange/MEMBER:CASE
  std::string reason;  // in the exchange's words
  std::uint32_t infringements = 0;
  Time banned_at;              // to the day
  Time listed_at;              // when it was imported here
  Time expires_at;             // when the list drops it
  std::uint32_t disputes = 0;  // members who say that it is wrong
  bool stale = false;          // the list was not renewed in time: it may have been withdrawn since
  friend bool operator==(const ForeignCase&, const ForeignCase&) = default;
};

// Sellers that came within hours with one supporting identifier of the applicant's.
struct Burst {
  std::string kind;
  Fingerprint fingerprint;
  std::uint64_t sellers = 0;  // that first carried it within the hours up to the application
  std::uint64_t before = 0;   // and before that
  std::uint32_t hours = 0;    // the policy's
  friend bool operator==(const Burst&, const Burst&) = default;
};

// New identifiers within hours of a ban, beside a supporting one that the banned seller had.
struct FreshStart {
  SellerName seller;  // the banned one
  Time banned_at;     // of its latest ban in force
  std::string kind;   // of the identifier shared with it: of several the first by name
  Fingerprint fingerprint;
  std::uint64_t identifiers = 0;  // linking ones that no seller showed before the ban
  std::uint32_t hours = 0;        // the policy's
  friend bool operator==(const FreshStart&, const FreshStart&) = default;
};

// The decision about an application, with its reasons.
struct Verdict {
  SellerName seller;
  Decision decision = Decision::kClear;
  std::vector<Reason> reasons;  // the weightiest first; never empty
  std::vector<Link> links;      // to banned sellers, our own before others' and strongest first, at
                                // most kMaxLinks
  std::vector<ForeignCase> foreign;  // of each link to another platform's case, in order
  // The applicant and linked sellers with an objection that no person has reviewed yet. It changes
  // nothing in the verdict; anyone who acts on it should know.
  std::vector<SellerName> contested;
  // Too much at once under the policy (VelocityPolicy), each a review. By kind, more sellers
  // first; by name, at most kMaxLinks.
  std::vector<Burst> bursts;
  std::vector<FreshStart> fresh_starts;
  std::vector<AttributeOutcome> attributes;  // those that were not plainly valid
  std::uint32_t identifiers = 0;             // how many could be looked up
  // Of these, the ones not compared with the lists of other platforms, for want of an evaluation; 0
  // if the registry has joined no exchange. While there are any, `clear` speaks for this registry
  // alone, and the application should be screened again when their tokens have arrived.
  std::uint32_t awaiting = 0;
  bool cut_short = false;  // the search budget ended before the search did
  Time as_of;

  bool local() const { return decision == Decision::kClear && awaiting > 0; }

  static constexpr std::size_t kMaxLinks = 32;
};

// The reader of an explanation.
enum class Audience : std::uint8_t {
  kManager,  // names both sides, dates and sources
  kSeller,   // for the seller concerned: nothing that identifies any other seller
};

// The link in plain words, several lines.
std::string Describe(const Link& link, Audience audience);

}  // namespace revenant

#endif  // REVENANT_VERDICT_H_
