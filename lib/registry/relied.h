#ifndef REVENANT_REGISTRY_RELIED_H_
#define REVENANT_REGISTRY_RELIED_H_

// What the registers of today say of the facts that a certificate rests on, and of the state that
// it was made in. CERTIFICATE.md beside this file argues what registers can prove.
// Threads: pure.

#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "registry/certificate.h"
#include "registry/facts.h"

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

// The facts as far as their own dates show them at the certificate's moment. A register that moved
// on since hides what it held: what the certificate cites stands in for it, else a guess does.
struct Rewinding {
  bool dates = true;       // false: leave out nothing for its date
  bool optimistic = true;  // hidden facts were in force, and who is enrolled now was so then
};
struct Rewound {
  Facts facts;
  std::uint64_t guesses = 0;  // registers that hide what they held
};
Rewound Rewind(const Facts& facts, const Relied& relied, Rewinding how);

}  // namespace revenant

#endif  // REVENANT_REGISTRY_RELIED_H_
