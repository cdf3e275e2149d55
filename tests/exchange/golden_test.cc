// The exchange's own transcripts against a second implementation (fixtures/oprf/generate.py), which
// was written from FORMAT.md: changing a byte of them breaks every other platform's reader.
#include <doctest/doctest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "exchange/crypto/dleq.h"
#include "exchange/crypto/token.h"
#include "exchange/roster/possession.h"
#include "fixtures.h"
#include "util/bytes.h"

namespace revenant {
namespace {

using Json = nlohmann::json;

template <typename Bytes>
Bytes FromHex(const Json& hex) {
  Bytes bytes;
  REQUIRE(HexDecode(hex.get<std::string>(), bytes));
  return bytes;
}
Scalar ScalarOf(const Json& hex) { return {FromHex<std::array<std::uint8_t, 32>>(hex)}; }
Element ElementOf(const Json& hex) { return {FromHex<std::array<std::uint8_t, 32>>(hex)}; }

struct Golden {
  Golden() {
    std::ifstream in(test::Fixtures() + "/oprf/batch_proof.json");
    REQUIRE(in.good());
    file = Json::parse(in);
    exchange.bytes = FromHex<std::array<std::uint8_t, 32>>(file["exchange"]);
    key = ScalarOf(file["key"]);
    random = ScalarOf(file["random"]);
    for (const Json& item : file["items"]) {
      blinded.push_back(ElementOf(item["blinded"]));
      evaluated.push_back(ElementOf(item["evaluated"]));
      blinds.push_back(ScalarOf(item["blind"]));
    }
  }
  std::string Proof(ProofPurpose purpose, const Element& base, const Element& image) const {
    const DleqStatement statement{base, image, blinded, evaluated};
    const auto request = FromHex<RequestDigest>(file["request"]);
    const ProofRules rules = ProofRules::BatchBound(purpose, request, statement);
    DleqProof proof;
    REQUIRE(MakeProof(rules, statement, key, random, 2, proof));
    CHECK(CheckProof(rules, statement, proof, 1));
    return HexEncode(proof.challenge.bytes) + HexEncode(proof.response.bytes);
  }

  Json file;
  ExchangeId exchange;
  Scalar key, random;
  std::vector<Element> blinded, evaluated;
  SecretScalars blinds;
};

TEST_CASE("TokensAndTagsAreThoseOfTheSecondImplementation") {
  const Golden golden;
  TokenInputs inputs;
  for (const Json& item : golden.file["items"]) {
    ExpandInput(golden.exchange, {item["kind"], item["scope"], item["canonical"]},
                inputs.emplace_back());
  }
  const std::size_t count = inputs.size();
  std::vector<Element> blinded(count);
  std::vector<Element> evaluated(count);
  REQUIRE(BlindAll(inputs, golden.blinds, 1, blinded));
  CHECK(blinded == golden.blinded);
  REQUIRE(MultiplyAll(golden.key, blinded, 1, evaluated));
  CHECK(evaluated == golden.evaluated);
  SecretScalars blinds = golden.blinds;
  ExchangeSecrets secrets(count);
  REQUIRE(UnblindAll(blinds, evaluated, 1, secrets));
  for (std::size_t i = 0; i < count; ++i) {
    const Json& item = golden.file["items"][i];
    CAPTURE(item["kind"].get<std::string>());
    CHECK(HexEncode(secrets[i].n) == item["n"]);
    CHECK(TagOf(secrets[i], golden.exchange, golden.file["epoch"], item["kind"].get<std::string>())
              .ToHex() == item["tag"]);
  }
}

TEST_CASE("BatchProofsAreThoseOfTheSecondImplementation") {
  const Golden golden;
  CHECK(golden.Proof(ProofPurpose::kEvaluation, Ristretto::Generator(),
                     ElementOf(golden.file["public"])) == golden.file["evaluation_proof"]);
  const Json& rotation = golden.file["rotation"];
  CHECK(golden.Proof(ProofPurpose::kRotation, ElementOf(rotation["base"]),
                     ElementOf(rotation["image"])) == rotation["proof"]);
}

TEST_CASE("TheSecondImplementationsProofOfPossessionHolds") {
  const Golden golden;
  const Json& possession = golden.file["possession"];
  EpochKey key;
  key.epoch = possession["epoch"];
  key.key_class = static_cast<KeyClass>(possession["class"].get<int>());
  key.place = possession["place"];
  key.key = FromHex<std::array<std::uint8_t, 32>>(golden.file["public"]);
  key.proof = FromHex<std::array<std::uint8_t, 64>>(possession["proof"]);
  CHECK(PossessionHolds(key, golden.exchange));
  key.place = 0;
  CHECK_FALSE(PossessionHolds(key, golden.exchange));
}

}  // namespace
}  // namespace revenant
