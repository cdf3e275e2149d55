// Proofs over batches: what they accept, and that nothing else passes.
#include "exchange/crypto/dleq.h"

#include <doctest/doctest.h>

#include <functional>
#include <vector>

#include "exchange/crypto/token.h"
#include "exchange/rfc9497.h"
#include "revenant/time.h"

namespace revenant {
namespace {

// An honest operator's answer to a batch of random elements.
struct Batch {
  explicit Batch(std::size_t count) : from(count), to(count) {
    RandomScalar(key);
    RandomScalar(random);
    request.fill(7);
    REQUIRE(Ristretto::MultiplyGenerator(key, image));
    Element element = image;  // any will do
    for (Element& next : from) {
      REQUIRE(Ristretto::Add(element, Ristretto::Generator(), element));
      next = element;
    }
    REQUIRE(MultiplyAll(key, from, 2, to));
  }

  DleqStatement statement() const { return {base, image, from, to}; }
  ProofRules rules() const { return ProofRules::BatchBound(purpose, request, statement()); }
  bool Prove(DleqProof& out, unsigned threads = 1) const {
    return MakeProof(rules(), statement(), key, random, threads, out);
  }
  bool Check(const DleqProof& given, unsigned threads = 1) const {
    return CheckProof(rules(), statement(), given, threads);
  }

  Scalar key, random;
  Element base = Ristretto::Generator();
  Element image;
  std::vector<Element> from, to;
  RequestDigest request;
  ProofPurpose purpose = ProofPurpose::kEvaluation;
};

TEST_CASE("HonestBatchesPassWhateverTheirSizeAndTheNumberOfThreads") {
  for (const std::size_t count : {1u, 2u, 3u, 64u}) {
    CAPTURE(count);
    const Batch batch(count);
    DleqProof proof;
    REQUIRE(batch.Prove(proof));
    for (const unsigned threads : {0u, 1u, 2u, 3u, 100u}) {
      CAPTURE(threads);
      CHECK(batch.Check(proof, threads));
      DleqProof again;
      REQUIRE(batch.Prove(again, threads));
      CHECK(again == proof);
    }
  }
}

struct Tampering {
  std::string_view name;
  std::function<void(Batch&, DleqProof&)> change;
};
const Tampering kTamperings[] = {
    {"an evaluation of another element", [](Batch& b, DleqProof&) { b.to[1] = b.to[2]; }},
    {"two evaluations in each other's place",
     [](Batch& b, DleqProof&) { std::swap(b.to[1], b.to[2]); }},
    {"two pairs in each other's place",
     [](Batch& b, DleqProof&) {
       std::swap(b.to[1], b.to[2]);
       std::swap(b.from[1], b.from[2]);
     }},
    {"the identity as an evaluation", [](Batch& b, DleqProof&) { b.to[0] = Element{}; }},
    {"the identity as an element", [](Batch& b, DleqProof&) { b.from[0] = Element{}; }},
    {"the identity for both", [](Batch& b, DleqProof&) { b.from[0] = b.to[0] = Element{}; }},
    {"bytes that are no element", [](Batch& b, DleqProof&) { b.to[3].bytes[0] ^= 1; }},
    {"one item less",
     [](Batch& b, DleqProof&) {
       b.to.pop_back();
       b.from.pop_back();
     }},
    {"an evaluation missing", [](Batch& b, DleqProof&) { b.to.pop_back(); }},
    {"one pair twice",
     [](Batch& b, DleqProof&) {
       b.to.push_back(b.to[0]);
       b.from.push_back(b.from[0]);
     }},
    {"nothing at all",
     [](Batch& b, DleqProof&) {
       b.to.clear();
       b.from.clear();
     }},
    {"another public key", [](Batch& b, DleqProof&) { b.image = b.from[5]; }},
    {"the identity as public key", [](Batch& b, DleqProof&) { b.image = Element{}; }},
    {"another base", [](Batch& b, DleqProof&) { b.base = b.from[5]; }},
    {"another request", [](Batch& b, DleqProof&) { b.request[31] ^= 1; }},
    {"another purpose", [](Batch& b, DleqProof&) { b.purpose = ProofPurpose::kRotation; }},
    {"another challenge", [](Batch&, DleqProof& p) { p.challenge.bytes[0] ^= 1; }},
    {"another response", [](Batch&, DleqProof& p) { p.response.bytes[0] ^= 1; }},
    {"a proof of zeros", [](Batch&, DleqProof& p) { p = DleqProof{}; }},
};

TEST_CASE("WhateverIsChangedNoProofHoldsForIt") {
  const Batch honest(8);
  DleqProof proof;
  REQUIRE(honest.Prove(proof));
  REQUIRE(honest.Check(proof));
  for (const Tampering& tampering : kTamperings) {
    CAPTURE(tampering.name);
    Batch batch = honest;
    DleqProof changed = proof;
    tampering.change(batch, changed);
    CHECK_FALSE(batch.Check(changed));
    CHECK_FALSE(batch.Check(changed, 3));
  }
}

TEST_CASE("AWrongEvaluationCannotBeProvedEvenByWhoHoldsTheKey") {
  Batch batch(8);
  REQUIRE(Ristretto::Add(batch.to[4], Ristretto::Generator(), batch.to[4]));
  DleqProof proof;
  REQUIRE(batch.Prove(proof));
  CHECK_FALSE(batch.Check(proof));
}

TEST_CASE("ElementsThatAreNoneCannotBeProvedOf") {
  for (const Element& bad : {Element{}, Element{{1}}}) {
    Batch batch(3);
    batch.from[1] = bad;
    DleqProof proof;
    CHECK_FALSE(batch.Prove(proof));
    CHECK_FALSE(batch.Prove(proof, 3));
  }
}

// Rotation: one proof says that Δ took the stored tokens and the public key alike.
TEST_CASE("OneProofCoversTokensAndPublicKeyOfARotation") {
  Batch rotation(5);
  Scalar old_key;
  RandomScalar(old_key);
  REQUIRE(Ristretto::MultiplyGenerator(old_key, rotation.base));
  REQUIRE(Ristretto::Multiply(rotation.key, rotation.base, rotation.image));
  rotation.purpose = ProofPurpose::kRotation;
  DleqProof proof;
  REQUIRE(rotation.Prove(proof));
  CHECK(rotation.Check(proof));
  Element fresh;  // a key that is not Δ times the old one
  REQUIRE(Ristretto::MultiplyGenerator(rotation.random, fresh));
  rotation.image = fresh;
  CHECK_FALSE(rotation.Check(proof));
}

TEST_CASE("TheRfcsIndexNumbersNoMoreThan65536Items") {
  const Batch batch(1);
  const RfcRules rfc(OprfSuite::Of(OprfMode::kVoprf), batch.statement());
  CHECK(rfc.max_items() == 65'536);
  const std::vector<Element> many(65'537, Ristretto::Generator());
  DleqProof proof;
  CHECK_FALSE(
      MakeProof(rfc, {batch.base, batch.image, many, many}, batch.key, batch.random, 1, proof));
}

}  // namespace
}  // namespace revenant

TEST_SUITE("slow") {
  TEST_CASE("AnHonestBatchOf65536Passes") {
    const revenant::Batch batch(65'536);
    revenant::DleqProof proof;
    REQUIRE(batch.Prove(proof, 2));
    CHECK(batch.Check(proof, 2));
  }
}
