#ifndef REVENANT_REGISTRY_PROOF_CITED_FACTS_H_
#define REVENANT_REGISTRY_PROOF_CITED_FACTS_H_

// What the registers of today say of the facts that a certificate rests on, and of the state that
// it was made in. CERTIFICATE.md beside this file argues what registers can prove.
// Threads: pure.

#include <functional>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "registry/proof/certificate_format.h"
#include "registry/proof/facts.h"

namespace revenant {

// Facts that a certificate names, by what they are facts of.
class Relied {
 public:
  explicit Relied(const certified::Certificate& certificate);

  using ObservationKey = std::tuple<SellerName, Fingerprint, std::string>;  // root, source
  struct Cited {
    certified::Observation registers;
    std::map<Fingerprint, std::string> kinds;  // identifiers that it is cited for
  };
  const std::map<ObservationKey, Cited>& observations() const { return observations_; }
  const std::map<SellerName, certified::Seller>& sellers() const { return sellers_; }
  // The moment of judging: its as_of, or the latest date that it cites, should that be later.
  std::int64_t at() const { return at_; }
  // Does anything rest on what is recorded of this seller? (The applicant's own account may be
  // named without that.)
  bool RestsOn(const SellerName& seller) const { return seller != bystander_; }

 private:
  std::map<ObservationKey, Cited> observations_;
  std::map<SellerName, certified::Seller> sellers_;
  SellerName bystander_;
  std::int64_t at_;
};

// One line for each fact that is not as it was.
struct Findings {
  std::vector<std::string> contradicted;  // the registers rule it out
  std::vector<std::string> changed;       // it was so, and later events changed it
  std::vector<std::string> erased;        // its seller was forgotten
  std::vector<std::string> unseen;        // these facts cannot show whether it ever was
};
Findings Examine(const Relied& relied, const Facts& facts, bool whole);

// What the registers leave open about an earlier moment, of facts that the certificate does not
// cite. The first answer of each is the likelier.
enum class Doubt : std::uint8_t {
  kHiddenEnd,    // withdrawn or lifted since; was it in force? (yes)
  kHiddenStart,  // banned or found to be different people since; a first time then? (no)
  kUndated,      // seen at an unknown time; by then? (yes)
  kEnrolled,     // enrolled now, and known then; enrolled then? (yes)
};
inline constexpr int kDoubts = 4;

// One history out of those that the registers allow: how each doubt is answered.
struct History {
  bool dates = true;        // false: everything uncited was so all along
  unsigned unlikelier = 0;  // bit of a Doubt: all of its facts take the second answer
  // If set, unlikely(n) answers for the nth fact in doubt instead, in name order.
  std::function<bool(std::uint64_t n)> unlikely;
};

// The facts as far as their own dates show them at the certificate's moment. A register that moved
// on since hides what it held; what the certificate cites stands in for it.
struct Rewound {
  Facts facts;
  std::uint64_t doubts = 0;  // facts in doubt
  std::uint64_t hidden = 0;  // those of them that a later date hides
};
Rewound Rewind(const Facts& facts, const Relied& relied, const History& history);

}  // namespace revenant

#endif  // REVENANT_REGISTRY_PROOF_CITED_FACTS_H_
