// Schnorr proofs that an operator holds the secret behind a public key that a roster lists, so that
// no party can enter a key made from another's. FORMAT.md, "Proof of possession", has the bytes.
// Threads: pure functions. Secrets: time depends on lengths alone.
#ifndef REVENANT_EXCHANGE_ROSTER_POSSESSION_H_
#define REVENANT_EXCHANGE_ROSTER_POSSESSION_H_

#include "exchange/crypto/group.h"
#include "exchange/roster/roster.h"

namespace revenant {

// Fills `key.key` and `key.proof` from the secret; epoch, class and place must be set. False: the
// secret is 0.
[[nodiscard]] bool ProvePossession(const Scalar& secret, EpochKey& key);

// A CheckPossession (roster.h). The proof binds epoch, class, place and key; not the exchange,
// whose id is a digest of the genesis roster, proofs and all.
bool PossessionHolds(const EpochKey& key, const ExchangeId& exchange);

}  // namespace revenant

#endif  // REVENANT_EXCHANGE_ROSTER_POSSESSION_H_
