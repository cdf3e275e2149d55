#include "exchange/crypto/group.h"

#include <doctest/doctest.h>

#include <cstring>
#include <random>

#include "exchange/crypto/hash_to_group.h"
#include "util/bytes.h"

namespace revenant {
namespace {

// The order of the group, 2^252 + 27742317777372353535851937790883648493.
constexpr std::string_view kOrder =
    "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";

Scalar FromHex(std::string_view hex) {
  Scalar scalar;
  REQUIRE(HexDecode(hex, scalar.bytes));
  return scalar;
}
Scalar Small(std::uint8_t value) {
  Scalar scalar;
  scalar.bytes[0] = value;
  return scalar;
}

struct ScalarCase {
  std::string_view name, hex;
  bool canonical;
};
constexpr ScalarCase kScalars[] = {
    {"zero", "0000000000000000000000000000000000000000000000000000000000000000", true},
    {"one", "0100000000000000000000000000000000000000000000000000000000000000", true},
    {"order - 1", "ecd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010", true},
    {"order", kOrder, false},
    {"order + 5", "f2d3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010", false},
    {"5 with the top bit", "0500000000000000000000000000000000000000000000000000000000000080",
     false},
    {"all ones", "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", false},
};

TEST_CASE("ScalarsThatLibsodiumWouldReduceInSilenceAreRefused") {
  for (const ScalarCase& c : kScalars) {
    CAPTURE(c.name);
    const auto scalar = DecodeScalar(FromHex(c.hex).bytes);
    CHECK(scalar.has_value() == c.canonical);
    if (scalar) CHECK(HexEncode(scalar->bytes) == c.hex);
  }
}

TEST_CASE("TheIdentityIsNoElementThatAnybodyMaySend") {
  const Element identity;
  Element out;
  CHECK_FALSE(DecodeElement(identity.bytes));
  CHECK_FALSE(Ristretto::Multiply(Small(3), identity, out));
  CHECK_FALSE(Ristretto::Multiply(Small(0), Ristretto::Generator(), out));
  CHECK_FALSE(Ristretto::MultiplyGenerator(Small(0), out));
  CHECK(Ristretto::Add(identity, Ristretto::Generator(), out));
  CHECK(out == Ristretto::Generator());
}

TEST_CASE("OneInversionServesABatch") {
  for (const std::size_t count : {0u, 1u, 2u, 3u, 100u}) {
    CAPTURE(count);
    SecretScalars scalars(count);
    for (Scalar& scalar : scalars) RandomScalar(scalar);
    SecretScalars inverses = scalars;
    REQUIRE(InvertAll(inverses));
    for (std::size_t i = 0; i < count; ++i) {
      CHECK(Ristretto::Multiply(scalars[i], inverses[i]) == Small(1));
      Scalar alone;
      REQUIRE(Invert(scalars[i], alone));
      CHECK(alone == inverses[i]);
    }
  }
}

TEST_CASE("AZeroAnywhereInABatchStopsItsInversionAndChangesNothing") {
  for (const std::size_t place : {0u, 1u, 4u}) {
    CAPTURE(place);
    SecretScalars scalars(5);
    for (Scalar& scalar : scalars) RandomScalar(scalar);
    scalars[place] = Scalar{};
    SecretScalars before = scalars;
    CHECK_FALSE(InvertAll(scalars));
    CHECK(scalars == before);
  }
}

TEST_CASE("AMessageHashesAlikeHoweverItIsCut") {
  const DomainTag tag("tests-of-revenant");
  const std::string message(300, 'm');
  const std::string_view whole[] = {message};
  const Scalar wanted = HashToScalar(whole, tag);
  for (std::size_t cut = 0; cut <= message.size(); cut += 7) {
    const std::string_view parts[] = {std::string_view(message).substr(0, cut), "",
                                      std::string_view(message).substr(cut)};
    CHECK(HashToScalar(parts, tag) == wanted);
  }
  CHECK_FALSE(HashToScalar(whole, DomainTag("tests-of-revenanu")) == wanted);
}

}  // namespace
}  // namespace revenant
