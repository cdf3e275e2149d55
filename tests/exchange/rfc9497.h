// RFC 9497 with ristretto255-SHA512, exactly: the modes OPRF, VOPRF and POPRF, over the group, the
// hashing and the proofs of lib/exchange/crypto. Only tests call this. The exchange uses of the RFC
// the hashing of mode VOPRF; its proofs cover whole batches (dleq.h), which the RFC's do not, and
// it keeps N = k·H(x) instead of Finalize()'s output, which could not follow a change of keys.
//
// Threads: pure functions. Secrets: time depends on lengths alone.
// Errors: false for what RFC 9497 refuses (InvalidInput, Inverse, Verify, Deserialize), with the
// outputs unspecified.
#ifndef REVENANT_TESTS_EXCHANGE_RFC9497_H_
#define REVENANT_TESTS_EXCHANGE_RFC9497_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "exchange/crypto/dleq.h"
#include "exchange/crypto/group.h"
#include "exchange/crypto/hash_to_group.h"

namespace revenant {

enum class OprfMode : std::uint8_t { kOprf = 0, kVoprf = 1, kPoprf = 2 };

// What every use of a mode hashes with. One of each, made once.
struct OprfSuite {
  OprfMode mode;
  std::string context;  // contextString: "OPRFV1-" mode "-ristretto255-SHA512"
  DomainTag hash_to_group;
  DomainTag hash_to_scalar;
  DomainTag derive_key_pair;

  static const OprfSuite& Of(OprfMode mode);

 private:
  explicit OprfSuite(OprfMode which);
};

// The RFC's own way of hashing a statement, for MakeProof() and CheckProof().
class RfcRules {
 public:
  RfcRules(const OprfSuite& suite, const DleqStatement& statement);

  static constexpr std::size_t max_items() { return std::size_t{1} << 16; }
  WideBytes Coefficient(std::size_t index, const Element& from, const Element& to) const;
  WideBytes Challenge(const DleqStatement& statement, const std::array<Element, 4>& parts) const;

 private:
  const OprfSuite& suite_;
  WideBytes seed_{};
};

struct OprfKeyPair {
  Wiped<Scalar> secret;
  Element public_key;
};
// Section 3.2.1. False where 256 attempts give nothing but 0 (which no one has seen).
bool DeriveKeyPair(OprfMode mode, std::string_view seed, std::string_view info, OprfKeyPair& out);

// What a client sends: blind * HashToGroup(input).
bool Blind(OprfMode mode, std::string_view input, const Scalar& blind, Element& out);

// What a server answers. `info` counts in mode POPRF only, proof and `random` (ProofRandomScalar)
// in VOPRF and POPRF.
struct OprfAnswer {
  std::vector<Element> evaluated;
  DleqProof proof;
};
bool BlindEvaluate(OprfMode mode, const OprfKeyPair& key, std::string_view info,
                   std::span<const Element> blinded, const Scalar& random, OprfAnswer& out);

// What a client keeps of a batch while it waits for the answer.
struct OprfQuestion {
  std::vector<std::string> inputs;
  SecretScalars blinds;
  std::vector<Element> blinded;
};
using OprfOutput = std::array<std::uint8_t, 64>;
// Verifies the proof (VOPRF, POPRF), unblinds and hashes. `public_key` counts in these modes only.
bool Finalize(OprfMode mode, const Element& public_key, std::string_view info,
              const OprfQuestion& question, const OprfAnswer& answer, std::vector<OprfOutput>& out);

}  // namespace revenant

#endif  // REVENANT_TESTS_EXCHANGE_RFC9497_H_
