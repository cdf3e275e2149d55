// From identifiers to N = k·H(x) and to tags, a batch at a time: what members and operators compute
// between the files. evaluation.h puts it into files, dleq.h proves it.
//
//   member    inputs = ExpandInput(identifier)..., blinds = DrawBlinds(seed)
//             C = BlindAll(inputs, blinds)                        C -> operator
//   operator  D = EvaluateAll(k, C), proof                        D -> member
//   member    Verify(proof), N = UnblindAll(blinds, D), TagOf(N, ...)
//
// Threads: pure functions, each of which may use several. Secrets: time depends on lengths alone.
// Errors: false where an element is none or is the identity, or a scalar is 0; nothing of the
// output may be used then. FORMAT.md beside this file has the bytes.
#ifndef REVENANT_EXCHANGE_CRYPTO_TOKEN_H_
#define REVENANT_EXCHANGE_CRYPTO_TOKEN_H_

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "exchange/crypto/group.h"
#include "revenant/exchange_tokens.h"
#include "revenant/identifier.h"

namespace revenant {

using BlindSeed = std::array<std::uint8_t, 32>;
using TokenInputs = std::vector<WideBytes, WipingAllocator<WideBytes>>;
using ExchangeSecrets = std::vector<ExchangeSecret, WipingAllocator<ExchangeSecret>>;

// expand_message_xmd of x = "revenant/x/1" | exchange | kind | scope | canonical. As secret as the
// identifier: a holder of it can test guesses without any operator. Cost: about a microsecond.
void ExpandInput(const ExchangeId& exchange, const Identifier& identifier, WideBytes& out);

// `count` uniform scalars out of one random seed, so that the seed is all there is to keep.
void DrawBlinds(const BlindSeed& seed, std::size_t count, SecretScalars& out);

// As many outputs as inputs and blinds.
[[nodiscard]] bool BlindAll(std::span<const WideBytes> inputs, std::span<const Scalar> blinds,
                            unsigned threads, std::span<Element> out);

// Also what blinds stored N for a rotation.
[[nodiscard]] bool MultiplyAll(const Scalar& key, std::span<const Element> points, unsigned threads,
                               std::span<Element> out);
[[nodiscard]] bool BlindSecrets(std::span<const ExchangeSecret> secrets,
                                std::span<const Scalar> blinds, unsigned threads,
                                std::span<Element> out);

// Inverts the blinds in place (one inversion a batch), then N[i] = D[i] / blind[i].
[[nodiscard]] bool UnblindAll(std::span<Scalar> blinds, std::span<const Element> evaluated,
                              unsigned threads, std::span<ExchangeSecret> out);

}  // namespace revenant

#endif  // REVENANT_EXCHANGE_CRYPTO_TOKEN_H_
