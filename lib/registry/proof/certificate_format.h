#ifndef REVENANT_REGISTRY_PROOF_CERTIFICATE_FORMAT_H_
#define REVENANT_REGISTRY_PROOF_CERTIFICATE_FORMAT_H_

// What a certificate holds, and its bytes. CERTIFICATE.md beside this file says the same field by
// field, for anyone who writes another checker.
// Threads: pure functions.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "revenant/event.h"
#include "revenant/fingerprint.h"
#include "revenant/link_policy.h"
#include "revenant/verdict.h"
#include "store/rows.h"

namespace revenant::certified {

// A register: a known time, Time::kUnknownMicros, or ObservationRow::kNever.
struct Moment {
  std::int64_t micros = ObservationRow::kNever;
  friend auto operator<=>(const Moment&, const Moment&) = default;
};

// One live observation of an identifier: its registers.
struct Observation {
  Fingerprint root;
  std::string source;
  Moment first, last;
  Moment through;  // the later of the source's own register and that of every source
  friend bool operator==(const Observation&, const Observation&) = default;
};

// One identifier that the ends of a hop share.
struct Shared {
  std::string kind;
  Fingerprint fingerprint;
  MilliBits weight = 0;
  bool makes_hop = false;
  bool later = false;
  bool contested = false;             // later by its dates, but blames nobody (rules 1, 5, 11)
  std::uint64_t enrolled = 0;         // enrolled sellers that carry it, less the applicant
  std::optional<std::uint64_t> late;  // of these, left out of the limit (rule 10), if that decides
  std::vector<Observation> from, to;  // an applicant's own words stand in Application
  std::optional<SellerName> kin;      // the seller because of which it blames nobody (rule 11)
  friend bool operator==(const Shared&, const Shared&) = default;
};

struct Hop {
  SellerName from, to;
  MilliBits weight = 0, blame_weight = 0;
  bool refused = false;  // a finding of "different people" stands between the two
  std::vector<Shared> shared;
  friend bool operator==(const Hop&, const Hop&) = default;
};

// Verified documents, of a kind of which a person has one, that differ.
struct Documents {
  std::string kind;
  std::vector<Fingerprint> applicant, seller;
  friend bool operator==(const Documents&, const Documents&) = default;
};

struct Link {
  SellerName seller;
  MilliBits strength = 0, blame_strength = 0;
  std::uint64_t redundancy = 0;
  Decision decision = Decision::kClear;  // what it alone would lead to
  Because because = Because::kNoLink;
  std::vector<Documents> documents;
  std::vector<Hop> path;
  friend bool operator==(const Link&, const Link&) = default;
};

struct BanRelied {
  std::string case_ref, reason;
  Moment at;
  friend bool operator==(const BanRelied&, const BanRelied&) = default;
};

// A seller on a path, or the applicant's own account.
struct Seller {
  SellerName name;
  Fingerprint tombstone;  // keyed digest that would stand for the name, were it forgotten
  SellerStatus status = SellerStatus::kMentioned;
  std::optional<BanRelied> ban;  // the latest in force
  friend bool operator==(const Seller&, const Seller&) = default;
};

struct Kind {
  std::string name;
  Family family = Family::kCustom;
  MilliBits weight = 0;
  bool one_per_person = false;
  friend bool operator==(const Kind&, const Kind&) = default;
};

struct Identifier {
  std::string kind;
  Fingerprint fingerprint;
  bool junk = false;
  bool verified = false;  // by its source; under rules 1: its check digits agreed
  friend auto operator<=>(const Identifier&, const Identifier&) = default;
};
struct Attribute {
  Fingerprint root;
  std::vector<Identifier> identifiers;
  friend auto operator<=>(const Attribute&, const Attribute&) = default;
};

struct Application {
  SellerName name;
  SellerStatus status = SellerStatus::kActive;
  std::string source;
  Moment seen;
  std::vector<Attribute> attributes;
  friend bool operator==(const Application&, const Application&) = default;
};

struct Reason {
  Because because = Because::kNoLink;
  std::optional<SellerName> seller, other;
  friend bool operator==(const Reason&, const Reason&) = default;
};

struct Hub {
  std::string kind;
  Fingerprint fingerprint;
  MilliBits lift = 0;
  std::uint64_t banned = 0, carriers = 0;
  friend bool operator==(const Hub&, const Hub&) = default;
};

// An identifier of the applicant's that two different people carry.
struct Contested {
  std::string kind;
  SellerName a, b;
  friend bool operator==(const Contested&, const Contested&) = default;
};

// What came too much at once, by the policy's [velocity].
struct Burst {
  std::string kind;
  Fingerprint fingerprint;
  std::uint64_t sellers = 0, before = 0;
  friend bool operator==(const Burst&, const Burst&) = default;
};
struct FreshStart {
  SellerName seller;
  Moment banned_at;
  std::string kind;
  Fingerprint fingerprint;
  std::uint64_t identifiers = 0;
  friend bool operator==(const FreshStart&, const FreshStart&) = default;
};
struct Velocity {
  std::vector<Burst> bursts;
  std::vector<FreshStart> fresh_starts;
  friend bool operator==(const Velocity&, const Velocity&) = default;
};

struct Policy {
  std::string toml;    // canonical; every kind that is named below has its section
  std::string digest;  // BLAKE2b-256 of it, in hex
  friend bool operator==(const Policy&, const Policy&) = default;
};

struct Certificate {
  std::uint32_t rules = LinkPolicy::kRules;  // its policy's, and the version of its bytes
  Moment as_of;
  std::string key_check;
  Policy policy;
  Application application;
  Decision decision = Decision::kClear;
  bool cut_short = false;
  std::uint64_t identifiers = 0;  // that could be looked up
  std::vector<Reason> reasons;
  std::vector<Link> links;
  std::vector<Seller> sellers;  // in name order
  std::vector<Kind> kinds;      // in name order
  std::vector<Hub> hubs;
  std::vector<Contested> contested;
  std::optional<Velocity> velocity;  // where there is any
  friend bool operator==(const Certificate&, const Certificate&) = default;
};

// Hexadecimal BLAKE2b-256.
std::string DigestOf(std::string_view bytes);

// Canonical bytes, digest included. kInvalidArgument: a text is not UTF-8, or a time lies outside
// the years 0001 to 9999.
Result<std::string> Encode(const Certificate& certificate);

// Reads what Encode() wrote, and nothing else: other bytes of the same meaning, an unknown or a
// missing field and a digest that does not agree are refused (kCorruption, saying what is wrong).
// Cost: a few times the bytes; never more than kMaxBytes of them.
Result<Certificate> Decode(std::string_view bytes);
inline constexpr std::size_t kMaxBytes = std::size_t{16} << 20;

}  // namespace revenant::certified

#endif  // REVENANT_REGISTRY_PROOF_CERTIFICATE_FORMAT_H_
