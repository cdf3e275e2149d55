// The published vectors of RFC 9380, RFC 9496 and RFC 9497 (fixtures/oprf).
#include <doctest/doctest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "exchange/crypto/group.h"
#include "exchange/crypto/hash_to_group.h"
#include "exchange/rfc9497.h"
#include "fixtures.h"
#include "util/bytes.h"

namespace revenant {
namespace {

using Json = nlohmann::json;

Json ReadVectors(const std::string& name) {
  std::ifstream in(test::Fixtures() + "/oprf/" + name);
  REQUIRE_MESSAGE(in.good(), name);
  return Json::parse(in);
}

std::string FromHex(const Json& hex) {
  const auto bytes = HexDecode(hex.get<std::string>());
  REQUIRE(bytes);
  return *bytes;
}

template <typename Fixed>
Fixed FromHexAs(std::string_view hex) {
  Fixed value;
  REQUIRE(HexDecode(hex, value.bytes));
  return value;
}

// A batch's values stand in one string, commas between.
std::vector<std::string> Split(const Json& text) {
  std::vector<std::string> parts(1);
  for (const char c : text.get<std::string>()) {
    if (c == ',') {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

TEST_CASE("ExpandMessageXmdGivesTheVectorsOfRfc9380") {
  const Json file = ReadVectors("rfc9380-expand-message-xmd-sha512.json");
  const DomainTag tag(file["DST"].get<std::string>());
  for (const Json& c : file["tests"]) {
    CAPTURE(c["msg"].get<std::string>());
    const std::string message = c["msg"];
    std::vector<std::uint8_t> out(std::stoul(c["len_in_bytes"].get<std::string>(), nullptr, 16));
    const std::string_view half(message.data(), message.size() / 2);
    const std::string_view pieces[] = {half, std::string_view(message).substr(half.size())};
    ExpandMessageXmd(pieces, tag, out);
    CHECK(HexEncode(out) == c["uniform_bytes"].get<std::string>());
  }
  CHECK(file["tests"].size() == 10);
}

TEST_CASE("MultiplesOfTheGeneratorAreThoseOfRfc9496") {
  const Json multiples = ReadVectors("rfc9496-ristretto255.json")["multiples_of_generator"];
  REQUIRE(multiples.size() == 16);
  Element sum;
  for (std::size_t i = 0; i < multiples.size(); ++i) {
    CAPTURE(i);
    CHECK(HexEncode(sum.bytes) == multiples[i]);
    Scalar scalar;
    scalar.bytes[0] = static_cast<std::uint8_t>(i);
    Element product;
    CHECK(Ristretto::MultiplyGenerator(scalar, product) == (i != 0));
    if (i != 0) CHECK(product == sum);
    CHECK(DecodeElement(sum.bytes).has_value() == (i != 0));
    REQUIRE(Ristretto::Add(sum, Ristretto::Generator(), sum));
  }
}

TEST_CASE("InvalidEncodingsOfRfc9496AreRefusedEverywhere") {
  const Json invalid = ReadVectors("rfc9496-ristretto255.json")["invalid_encodings"];
  Scalar two;
  two.bytes[0] = 2;
  int count = 0;
  for (const auto& [reason, encodings] : invalid.items()) {
    CAPTURE(reason);
    for (const Json& hex : encodings) {
      CAPTURE(hex.get<std::string>());
      const auto element = FromHexAs<Element>(hex.get<std::string>());
      Element out;
      CHECK_FALSE(DecodeElement(element.bytes));
      CHECK_FALSE(Ristretto::Multiply(two, element, out));
      CHECK_FALSE(Ristretto::Add(element, Ristretto::Generator(), out));
      CHECK_FALSE(Ristretto::Add(Ristretto::Generator(), element, out));
      ++count;
    }
  }
  CHECK(count == 29);
}

TEST_CASE("UniformBytesGiveTheElementsOfRfc9496") {
  const Json file = ReadVectors("rfc9496-ristretto255.json");
  const auto derive = [](const Json& hex) {
    WideBytes wide;
    REQUIRE(HexDecode(hex.get<std::string>(), wide));
    return HexEncode(GroupFromWide(wide).bytes);
  };
  for (const Json& c : file["element_derivation"])
    CHECK(derive(c["input"]) == c["output"].get<std::string>());
  const Json& same = file["element_derivation_same_output"];
  for (const Json& input : same["inputs"])
    CHECK(derive(input) == same["output"].get<std::string>());
}

// Everything that a vector of RFC 9497 gives, computed by us.
void CheckVector(OprfMode mode, const OprfKeyPair& key, const Json& vector) {
  const std::string info = vector.contains("Info") ? FromHex(vector["Info"]) : std::string();
  const std::vector<std::string> blinds = Split(vector["Blind"]);
  const std::vector<std::string> blinded = Split(vector["BlindedElement"]);
  OprfQuestion question;
  for (const std::string& input : Split(vector["Input"])) {
    const std::size_t i = question.inputs.size();
    question.inputs.push_back(FromHex(input));
    question.blinds.push_back(FromHexAs<Scalar>(blinds[i]));
    REQUIRE(Blind(mode, question.inputs[i], question.blinds[i], question.blinded.emplace_back()));
    CHECK(HexEncode(question.blinded[i].bytes) == blinded[i]);
  }
  REQUIRE(question.inputs.size() == vector["Batch"]);

  Scalar random{};
  if (mode != OprfMode::kOprf) random = FromHexAs<Scalar>(vector["Proof"]["r"].get<std::string>());
  OprfAnswer answer;
  REQUIRE(BlindEvaluate(mode, key, info, question.blinded, random, answer));
  const std::vector<std::string> evaluated = Split(vector["EvaluationElement"]);
  for (std::size_t i = 0; i < evaluated.size(); ++i) {
    CHECK(HexEncode(answer.evaluated[i].bytes) == evaluated[i]);
  }
  if (mode != OprfMode::kOprf) {
    CHECK(HexEncode(answer.proof.challenge.bytes) + HexEncode(answer.proof.response.bytes) ==
          vector["Proof"]["proof"]);
  }

  std::vector<OprfOutput> outputs;
  REQUIRE(Finalize(mode, key.public_key, info, question, answer, outputs));
  const std::vector<std::string> wanted = Split(vector["Output"]);
  for (std::size_t i = 0; i < wanted.size(); ++i) CHECK(HexEncode(outputs[i]) == wanted[i]);

  if (mode != OprfMode::kOprf) {  // a proof of something else is refused
    answer.proof.response.bytes[0] ^= 1;
    CHECK_FALSE(Finalize(mode, key.public_key, info, question, answer, outputs));
    answer.proof.response.bytes[0] ^= 1;
    std::swap(answer.evaluated[0], question.blinded[0]);
    CHECK_FALSE(Finalize(mode, key.public_key, info, question, answer, outputs));
  }
}

TEST_CASE("AllModesGiveTheVectorsOfRfc9497") {
  int count = 0;
  for (const Json& suite : ReadVectors("rfc9497-ristretto255-sha512.json")) {
    const auto mode = static_cast<OprfMode>(suite["mode"].get<int>());
    CAPTURE(suite["mode"].get<int>());
    OprfKeyPair key;
    REQUIRE(DeriveKeyPair(mode, FromHex(suite["seed"]), FromHex(suite["keyInfo"]), key));
    CHECK(HexEncode(key.secret.value.bytes) == suite["skSm"]);
    if (suite.contains("pkSm")) CHECK(HexEncode(key.public_key.bytes) == suite["pkSm"]);
    const std::string tag = FromHex(suite["groupDST"]);
    CHECK(OprfSuite::Of(mode).hash_to_group.suffix().starts_with(tag));
    CHECK(VoprfHashToGroup().suffix().starts_with(tag) == (mode == OprfMode::kVoprf));
    for (const Json& vector : suite["vectors"]) {
      CheckVector(mode, key, vector);
      ++count;
    }
  }
  MESSAGE("vectors of RFC 9497: ", count);
  CHECK(count == 8);
}

}  // namespace
}  // namespace revenant
