// A member's half of an evaluation or a rotation: the request out, and out of the answers the N of
// every item. What it must remember in between (the seed of its blinds, and which identifier each
// item is) lies in a pending file, sealed to the member itself.
//
// Threads: pure functions, which may use several. Errors: Refusal names; a failed proof, a wrong
// count or one bad element drops the whole batch: nothing of it is given out.
#ifndef REVENANT_EXCHANGE_MEMBER_MEMBER_TOKENS_H_
#define REVENANT_EXCHANGE_MEMBER_MEMBER_TOKENS_H_

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "exchange/crypto/at_rest.h"
#include "exchange/crypto/token.h"
#include "exchange/files/member_keys.h"
#include "exchange/roster/evaluation.h"
#include "revenant/fingerprint.h"

namespace revenant {

// The journal's type of entry for tokens that were asked for.
inline constexpr std::string_view kEvaluationEntry = "exchange_evaluation";

// An identifier as its holder's store names it.
struct TokenItem {
  Fingerprint fingerprint;
  std::string kind;
};

// The member that asks, and its roster.
struct Asking {
  const SignedRoster& roster;
  MemberId member;
  const MemberKeys& keys;
  Time now;
  unsigned threads = 1;
};

struct AskedTokens {
  std::string request;  // for the operator
  std::string pending;  // for ourselves; useless without the member's keys
};

// Asks for N of identifiers of one class. As many inputs (ExpandInput()) as items, at most
// kMaxBatchItems. kInvalidArgument: a kind of another class, too many, none.
Result<AskedTokens> AskForTokens(const Asking& asking, KeyClass key_class, Epoch epoch,
                                 std::span<const TokenItem> items,
                                 std::span<const WideBytes> inputs);

// Asks for the tokens of `from` to be carried on into `to`; no identifier is needed.
Result<AskedTokens> AskForRotation(const Asking& asking, KeyClass key_class, Epoch from, Epoch to,
                                   std::span<const TokenItem> items,
                                   std::span<const ExchangeSecret> secrets);

struct GivenTokens {
  ExchangeId exchange;
  ProofPurpose purpose = ProofPurpose::kEvaluation;
  Epoch epoch = 0;
  std::vector<TokenItem> items;
  ExchangeSecrets secrets;  // N of each
};
// Verifies the answers of the whole chain, in its order, and unblinds. kWrongRequest: they answer
// another request, or the pending file is of another. kNotForUs: it was sealed to other keys.
Result<GivenTokens> TakeTokens(const Asking& asking, std::string_view request,
                               std::string_view pending, std::span<const std::string> evaluations);

}  // namespace revenant

#endif  // REVENANT_EXCHANGE_MEMBER_MEMBER_TOKENS_H_
