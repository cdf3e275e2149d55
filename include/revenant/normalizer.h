#ifndef REVENANT_NORMALIZER_H_
#define REVENANT_NORMALIZER_H_

#include <memory>

#include "revenant/identifier.h"
#include "revenant/link_policy.h"

namespace revenant {

// The canonical forms of values under a policy: Normalize(), then the policy's rules for pools and
// for values that identify nobody ([junk], `placeholders`, `pools`). No key and no registry is
// needed.
//
//   const Normalizer normalizer(policy);
//   Normalized outcome;
//   normalizer.Normalize({"pay.iban", "", "GB82 WEST 1234 5698 7654 32"}, outcome);
//
// Threads: any number at once. Cost: the first value of a kind has the policy's list of junk worked
// out for it, well under a millisecond for a short list; after that as Normalize().
class Normalizer {
 public:
  explicit Normalizer(const LinkPolicy& policy);
  ~Normalizer();
  Normalizer(Normalizer&&) noexcept;
  Normalizer& operator=(Normalizer&&) noexcept;

  // Replaces the content of `out`.
  void Normalize(const Attribute& attribute, Normalized& out) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace revenant

#endif  // REVENANT_NORMALIZER_H_
