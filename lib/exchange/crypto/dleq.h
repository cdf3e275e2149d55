// Proofs that one secret scalar k took every element of a batch to its counterpart: to[i] = k *
// from[i], and image = k * base (RFC 9497 section 2.2, discrete logarithm equivalence).
//
// The RFC folds a batch into one pair of elements with coefficients that each depend on their own
// pair alone. A holder of k can therefore pick 65,536 wrong evaluations whose errors cancel out
// (Wagner's k-list finds them in minutes), and the RFC's verifier accepts. ProofRules makes every
// coefficient depend on the whole batch, on the request and on both keys, so that no error can be
// chosen after its coefficient is known.
//
// MakeProof() and CheckProof() are templates over the group and the rules so that tests can play
// the forgery through in a group small enough for it, and prove under the RFC's own rules
// (tests/exchange/rfc9497.h). Threads: pure functions, which may use several. Cost:
// proving takes one multiplication and one addition per item, verifying two of each.
#ifndef REVENANT_EXCHANGE_CRYPTO_DLEQ_H_
#define REVENANT_EXCHANGE_CRYPTO_DLEQ_H_

#include <array>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "exchange/crypto/group.h"
#include "exchange/crypto/hash_to_group.h"
#include "util/split_work.h"

namespace revenant {

// What a batch-bound proof is about. Append new ones, never renumber: hashed into every proof.
enum class ProofPurpose : std::uint8_t {
  kEvaluation = 1,  // k of the base G took each blinded element to its evaluation
  kRotation = 2,    // Δ took each token of an epoch, and the epoch's key, to the next
};
using RequestDigest = std::array<std::uint8_t, 32>;

// What is claimed: image = k * base, and to[i] = k * from[i]. As many `from` as `to`.
struct DleqStatement {
  Element base;
  Element image;
  std::span<const Element> from;
  std::span<const Element> to;
};

struct DleqProof {
  Scalar challenge;  // c
  Scalar response;   // s
  friend bool operator==(const DleqProof&, const DleqProof&) = default;
};

// How a statement is hashed into coefficients and into the challenge.
class ProofRules {
 public:
  static ProofRules BatchBound(ProofPurpose purpose, const RequestDigest& request,
                               const DleqStatement& statement);

  // Most items that the index of a coefficient can number.
  static constexpr std::size_t max_items() { return std::size_t{1} << 32; }

  WideBytes Coefficient(std::size_t index, const Element& from, const Element& to) const;
  // `parts` are M, Z, t2 and t3.
  WideBytes Challenge(const DleqStatement& statement, const std::array<Element, 4>& parts) const;

 private:
  explicit ProofRules(const WideBytes& seed) : seed_(seed) {}

  WideBytes seed_;
};

namespace dleq_internal {

// The batch folded into one pair: sums of coefficient * from[i] and of coefficient * to[i].
struct Composite {
  Element from;
  Element to;
};
enum class Fold : std::uint8_t { kFromOnly, kBoth };

template <typename Group, typename Rules>
bool FoldRun(const Rules& rules, const DleqStatement& statement, Fold fold, std::size_t begin,
             std::size_t end, Composite& sum) {
  for (std::size_t i = begin; i < end; ++i) {
    const Scalar weight = Group::Reduce(rules.Coefficient(i, statement.from[i], statement.to[i]));
    Element part;
    if (!Group::Multiply(weight, statement.from[i], part) ||
        !Group::Add(sum.from, part, sum.from)) {
      return false;
    }
    if (fold == Fold::kBoth &&
        (!Group::Multiply(weight, statement.to[i], part) || !Group::Add(sum.to, part, sum.to))) {
      return false;
    }
  }
  return true;
}

// False: an element is none, is the identity, or the batch is empty, uneven or too long.
template <typename Group, typename Rules>
bool FoldAll(const Rules& rules, const DleqStatement& statement, Fold fold, unsigned threads,
             Composite& sum) {
  const std::size_t count = statement.from.size();
  if (count == 0 || count != statement.to.size() || count > rules.max_items()) return false;
  std::vector<Composite> runs(RunCount(count, threads));
  if (!SplitWork(count, threads, [&](std::size_t run, std::size_t begin, std::size_t end) {
        return FoldRun<Group>(rules, statement, fold, begin, end, runs[run]);
      })) {
    return false;
  }
  sum = Composite{};
  for (const Composite& run : runs) {
    if (!Group::Add(sum.from, run.from, sum.from) || !Group::Add(sum.to, run.to, sum.to)) {
      return false;
    }
  }
  return true;
}

}  // namespace dleq_internal

// Proves `statement` with k = `secret`; `random` is fresh for every proof and as secret as k.
// False: an element is none or the identity, or the batch is empty, uneven or too long.
template <typename Group = Ristretto, typename Rules>
bool MakeProof(const Rules& rules, const DleqStatement& statement, const Scalar& secret,
               const Scalar& random, unsigned threads, DleqProof& out) {
  using dleq_internal::Fold;
  dleq_internal::Composite sum;
  std::array<Element, 4> parts;
  if (!FoldAll<Group>(rules, statement, Fold::kFromOnly, threads, sum) ||
      !Group::Multiply(secret, sum.from, parts[1]) ||
      !Group::Multiply(random, statement.base, parts[2]) ||
      !Group::Multiply(random, sum.from, parts[3])) {
    return false;
  }
  parts[0] = sum.from;
  out.challenge = Group::Reduce(rules.Challenge(statement, parts));
  Wiped<Scalar> product;
  product.value = Group::Multiply(out.challenge, secret);
  out.response = Group::Subtract(random, product.value);
  return true;
}

// False: not proved. `proof` must hold canonical scalars (DecodeScalar()).
template <typename Group = Ristretto, typename Rules>
bool CheckProof(const Rules& rules, const DleqStatement& statement, const DleqProof& proof,
                unsigned threads) {
  using dleq_internal::Fold;
  dleq_internal::Composite sum;
  if (!FoldAll<Group>(rules, statement, Fold::kBoth, threads, sum)) return false;
  std::array<Element, 4> parts = {sum.from, sum.to};
  Element left;
  Element right;
  if (!Group::Multiply(proof.response, statement.base, left) ||
      !Group::Multiply(proof.challenge, statement.image, right) ||
      !Group::Add(left, right, parts[2]) || !Group::Multiply(proof.response, sum.from, left) ||
      !Group::Multiply(proof.challenge, sum.to, right) || !Group::Add(left, right, parts[3])) {
    return false;
  }
  return Group::Reduce(rules.Challenge(statement, parts)) == proof.challenge;
}

}  // namespace revenant

#endif  // REVENANT_EXCHANGE_CRYPTO_DLEQ_H_
