// What a roster says of an operator, as the operator itself hands it in: signed, with a proof of
// possession for every key. FORMAT.md, "Operator card", has the bytes.
// Threads: pure functions. Errors: Refusal names.
#ifndef REVENANT_EXCHANGE_ROSTER_OPERATOR_CARD_H_
#define REVENANT_EXCHANGE_ROSTER_OPERATOR_CARD_H_

#include <string>
#include <string_view>
#include <vector>

#include "exchange/roster/roster.h"
#include "revenant/result.h"

namespace revenant {

struct OperatorCard {
  Operator who;
  std::vector<EpochKey> keys;  // by epoch and class
};

// `signing` is the secret of who.signing; the keys hold their proofs (possession.h).
std::string OperatorCardFile(const OperatorCard& card, const Signer& signing);
// kWrongExchange, kUnknownVersion, kMalformed, kBadSignature, kBadPossession. Cost: two
// multiplications per key.
Result<OperatorCard> ReadOperatorCard(std::string_view file);

}  // namespace revenant

#endif  // REVENANT_EXCHANGE_ROSTER_OPERATOR_CARD_H_
