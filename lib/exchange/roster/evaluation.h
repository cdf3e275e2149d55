// The two files between member and operator: a request (blinded elements out) and an evaluation
// (evaluated elements and their proof back). FORMAT.md, "Request" and "Evaluation", has the bytes.
// Here they are written and read; operator.h and member_tokens.h decide whether to believe them.
//
// A rotation is the same exchange of files: blinded N of an ending epoch go out, blinded N of the
// next come back. With two operators the second is handed the request and the first one's
// evaluation, and evaluates what stands there; both are about one request.
//
// Threads: pure functions. Errors: Refusal names; counts are compared with the file's own size
// before anything is allocated.
#ifndef REVENANT_EXCHANGE_ROSTER_EVALUATION_H_
#define REVENANT_EXCHANGE_ROSTER_EVALUATION_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "exchange/crypto/dleq.h"
#include "exchange/files/file_header.h"
#include "exchange/roster/roster.h"

namespace revenant {

// More go into several requests.
inline constexpr std::uint32_t kMaxBatchItems = 1'000'000;

struct TokenRequest {
  ExchangeId exchange;
  ProofPurpose purpose = ProofPurpose::kEvaluation;
  KeyClass key_class = KeyClass::kGuessable;
  Epoch epoch = 0;       // whose keys evaluate
  Epoch from_epoch = 0;  // of a rotation: whose N these are; else 0
  std::uint64_t roster_version = 0;
  MemberId member{};
  std::uint32_t generation = 0;  // of the member's signing key
  Time created;
  std::vector<Element> elements;  // not looked at yet: what uses them refuses what is none

  // What every answer and every proof names: BLAKE2b-256 of the signed part.
  RequestDigest digest{};
};

// Fills `request.digest`.
std::string RequestFile(TokenRequest& request, const Signer& member);
// Its frame and fields; the signature is checked against the roster by CheckRequestSignature().
Result<TokenRequest> ReadRequest(std::string_view file);
// kUnknownMember, kRemovedMember, kOldGeneration, kBadSignature.
Result<const Member*> CheckRequestSignature(std::string_view file, const TokenRequest& request,
                                            const Roster& roster);

struct TokenEvaluation {
  ExchangeId exchange;
  RequestDigest request{};
  std::uint8_t place = 0;  // of the operator in the chain
  Digest previous{};       // digest of the evaluation that this one continues; zero for the first
  std::uint64_t roster_version = 0;
  Time created;
  DleqProof proof;
  std::vector<Element> elements;

  Digest digest{};  // BLAKE2b-256 of the signed part
};

std::string EvaluationFile(TokenEvaluation& evaluation, const Signer& signer);
// kBadProof: the proof's scalars are not canonical. The signature is checked here.
Result<TokenEvaluation> ReadEvaluation(std::string_view file, const Roster& roster);

// The keys of one stage of the chain: what it claims is image = k * base, out[i] = k * in[i].
struct StageKeys {
  Element base;
  Element image;
};
// Of every operator that has a key, by place. kWrongEpoch: the roster names no keys for it.
Result<std::vector<StageKeys>> ChainOf(const TokenRequest& request, const Roster& roster);

// What both sides ask of epochs: those that count, and for a rotation the one just before.
// kWrongEpoch, kRosterExpired, kRosterGap (made under a later roster), kWrongExchange.
Result<void> CheckTerms(const TokenRequest& request, const SignedRoster& roster, Time now);

}  // namespace revenant

#endif  // REVENANT_EXCHANGE_ROSTER_EVALUATION_H_
