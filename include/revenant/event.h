#ifndef REVENANT_EVENT_H_
#define REVENANT_EVENT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "revenant/case_file.h"
#include "revenant/fingerprint.h"
#include "revenant/link_policy.h"
#include "revenant/policy.h"
#include "revenant/record.h"
#include "revenant/time.h"

namespace revenant {

// Every change of a registry is one of these values, applied by one deterministic function: nodes
// that apply the same events hold the same facts. Events carry fingerprints, never raw
// identifiers, and were stamped before (no `at` is unknown, no `seen` lies in the future).
// Repeating an event changes nothing, and their order does not matter (DESIGN.md section 5).

// An identifier as the registry knows it.
struct KeyedIdentifier {
  Fingerprint fingerprint;
  std::string kind;
  // The value stands for a missing one or identifies nobody: kept, and links nothing, unless the
  // policy accepts such values of the kind (KindPolicy::placeholders).
  bool junk = false;
  bool verified = false;  // the source says that it checked the document itself
  bool checked = false;   // the value passed its kind's check digits, as any typed value may
  friend bool operator==(const KeyedIdentifier&, const KeyedIdentifier&) = default;
};

// One attribute that was observed: its own fingerprint (the root) and all that derives from it.
struct KeyedAttribute {
  Fingerprint root;
  std::vector<KeyedIdentifier> identifiers;  // the root itself first
};

// The seller exists with this status (the strongest ever given counts) and carries these
// attributes. With kMentioned it only carries them: an observation.
struct Enrol {
  SellerName seller;
  SellerStatus status = SellerStatus::kActive;
  std::string source;  // empty: the seller's platform
  Time seen;           // of the enrolment and of each attribute
  std::vector<KeyedAttribute> attributes;
};

// Sightings of the attribute up to `through` no longer count, with everything derived from it.
struct Withdraw {
  SellerName seller;
  Fingerprint root;
  std::string source;  // empty: every source
  Time through;
};

struct Ban {
  SellerName seller;
  std::string case_ref;  // may be empty
  std::string reason;
  Time at;
};

// Lifts the ban of one case, or with `every_case` all bans up to `at`.
struct Reinstate {
  SellerName seller;
  std::string case_ref;
  bool every_case = false;
  Time at;
};

struct Infringe {
  SellerName seller;
  std::string case_ref;
  Right right = Right::kTrademark;
  Time at;
};

struct Retract {
  SellerName seller;
  std::string case_ref;
  Time at;
};

// "Different people": an investigator's finding about two sellers, and its reversal.
struct CannotLink {
  SellerName a, b;
  Time at;
};
struct AllowLink {
  SellerName a, b;
  Time at;
};

// Removes the seller from history. kConflict while a ban, infringement or measure rests on it,
// unless `override_reason` says why it must be erased all the same.
struct Forget {
  SellerName seller;
  std::string override_reason;
  Time at;
};

// From now on this policy holds; every hub and cluster is judged again.
struct SetPolicy {
  LinkPolicy policy;
};

// Something goes on file about the seller: a notice, an order, a measure carried out ... The latest
// entry of a kind and reference holds. kInvalidArgument: see CheckFact() in case_file.h.
struct Attest {
  SellerName seller;
  FactKind kind = FactKind::kNotice;
  std::string reference;
  std::string detail;
  Time at;
};

// A fact on file no longer holds: a measure was undone, an order lifted, a counter-notice
// rejected.
struct Revoke {
  SellerName seller;
  FactKind kind = FactKind::kNotice;
  std::string reference;
  Time at;
};

// From now on these rules hold for what follows from links. It changes no link and no cluster.
struct SetEnforcement {
  EnforcementPolicy policy;
};

// Append new ones, never reorder: places in the variant are stored.
using Event = std::variant<Enrol, Withdraw, Ban, Reinstate, Infringe, Retract, CannotLink,
                           AllowLink, Forget, SetPolicy, Attest, Revoke, SetEnforcement>;
std::string_view EventName(const Event& event);  // "enrol", "withdraw", ...

}  // namespace revenant

#endif  // REVENANT_EVENT_H_
