// Tokens as members get them: blind, evaluate, prove, verify, unblind, rotate.
#include "exchange/crypto/token.h"

#include <doctest/doctest.h>

#include <set>

#include "exchange/crypto/hash_to_group.h"
#include "exchange/files/refusal.h"
#include "exchange/token_world.h"

namespace revenant {
namespace {

Scalar SecretOf(const TokenWorld& world, int place, Epoch epoch, KeyClass key_class) {
  const EpochKeys keys = Need(EpochKeys::Read(world.Folder(place) / "epochs.key"));
  const Scalar* secret = keys.Find(epoch, key_class);
  REQUIRE(secret != nullptr);
  return *secret;
}

// k * H(x), computed straight from the keys.
ExchangeSecret Direct(const TokenWorld& world, const Identifier& identifier, Epoch epoch) {
  WideBytes wide;
  ExpandInput(world.roster.exchange, identifier, wide);
  Element element = GroupFromWide(wide);
  for (std::size_t place = 0; place < world.desks.size(); ++place) {
    const Scalar key = SecretOf(world, static_cast<int>(place), epoch, KeyClassOf(identifier.kind));
    REQUIRE(Ristretto::Multiply(key, element, element));
  }
  return {element.bytes};
}

TEST_CASE("NIsKTimesHOfXWhateverTheBlindsAndHoweverManyOperators") {
  for (const int operators : {1, 2}) {
    CAPTURE(operators);
    TokenWorld world(operators);
    for (const std::string kind : {"contact.phone", "pay.crypto.eth"}) {
      CAPTURE(kind);
      const TokenWorld::Things things = world.Make(0, 5, kind);
      const GivenTokens mine = world.Get(1, things);
      const GivenTokens theirs = world.Get(2, things);
      REQUIRE(mine.items.size() == 5);
      for (std::size_t i = 0; i < 5; ++i) {
        CHECK(mine.items[i].fingerprint == things.items[i].fingerprint);
        CHECK(mine.items[i].kind == kind);
        CHECK(mine.secrets[i].n == Direct(world, things.identifiers[i], 1).n);
        CHECK(mine.secrets[i].n == theirs.secrets[i].n);
        CHECK(TagOf(mine.secrets[i], mine.exchange, 1, kind) ==
              TagOf(theirs.secrets[i], mine.exchange, 1, kind));
      }
    }
  }
}

TEST_CASE("ARequestShowsNothingThatTwoRequestsShare") {
  const TokenWorld world;
  const TokenWorld::Things things = world.Make(0, 3);
  const TokenRequest one = Need(ReadRequest(world.Ask(1, things).request));
  const TokenRequest two = Need(ReadRequest(world.Ask(1, things).request));
  CHECK(one.digest != two.digest);
  for (std::size_t i = 0; i < 3; ++i) CHECK_FALSE(one.elements[i] == two.elements[i]);
}

TEST_CASE("InputsDifferWhereAnythingOfTheIdentifierDiffers") {
  ExchangeId exchange;
  ExchangeId other;
  other.bytes[31] = 1;
  const Identifier base{"doc.passport.number", "GB", "123456789"};
  const std::pair<ExchangeId, Identifier> all[] = {
      {exchange, base},
      {other, base},
      {exchange, {"doc.passport.numbe", "GB", "123456789"}},
      {exchange, {"doc.passport.number", "FR", "123456789"}},
      {exchange, {"doc.passport.number", "GB", "123456788"}},
      {exchange, {"doc.passport.number", "GB1", "23456789"}},  // parts cannot flow together
      {exchange, {"doc.passport.numberG", "B", "123456789"}},
  };
  std::set<WideBytes> seen;
  for (const auto& [id, identifier] : all) {
    WideBytes wide;
    ExpandInput(id, identifier, wide);
    CHECK(seen.insert(wide).second);
  }
}

TEST_CASE("ATagIsOfOneExchangeEpochAndKind") {
  ExchangeSecret secret;
  secret.n.fill(0x42);
  ExchangeId exchange;
  exchange.bytes.fill(0x11);
  ExchangeSecret other_secret = secret;
  other_secret.n[0] ^= 1;
  const Tag tag = TagOf(secret, exchange, 1, "pay.iban");
  // Computed apart from this code: hashlib.blake2b(b"revenant/tag/1\0" + b"\x11"*32 +
  // (1).to_bytes(4, "little") + (8).to_bytes(2, "little") + b"pay.iban", digest_size=16,
  // key=b"\x42"*32).
  CHECK(tag.ToHex() == "f0b9e104876b3e28bb80b7c936e9780d");
  CHECK(TagOf(secret, exchange, 2, "pay.iban") != tag);
  CHECK(TagOf(secret, {}, 1, "pay.iban") != tag);
  CHECK(TagOf(secret, exchange, 1, "pay.pan") != tag);
  CHECK(TagOf(other_secret, exchange, 1, "pay.iban") != tag);
}

struct ClassCase {
  std::string_view kind;
  KeyClass key_class;
};
constexpr ClassCase kClasses[] = {
    {"pay.pan", KeyClass::kGuessable},
    {"pay.iban", KeyClass::kGuessable},
    {"doc.cn.resident_id", KeyClass::kGuessable},
    {"contact.phone", KeyClass::kGuessable},
    {"device.imei", KeyClass::kGuessable},
    {"pay.crypto.eth", KeyClass::kRandom},
    {"device.idfa", KeyClass::kRandom},
    {"custom.anything", KeyClass::kGuessable},
    {"no.such.kind", KeyClass::kGuessable},
};

TEST_CASE("KindsThatCanBeGuessedAreEvaluatedUnderKeysOfTheirOwn") {
  for (const ClassCase& c : kClasses) {
    CAPTURE(c.kind);
    CHECK(KeyClassOf(c.kind) == c.key_class);
  }
  for (const KeyClass key_class : kKeyClasses) {
    CHECK(KeyClassFromName(KeyClassName(key_class)) == key_class);
  }
  CHECK_FALSE(KeyClassFromName("both"));
  const TokenWorld world;
  TokenWorld::Things mixed = world.Make(0, 2);
  mixed.items[1].kind = "pay.crypto.eth";
  const auto asked = AskForTokens(world.As(1), KeyClass::kGuessable, 1, mixed.items, mixed.inputs);
  REQUIRE_FALSE(asked);
  CHECK(asked.error().code == Code::kInvalidArgument);
}

TEST_CASE("BlindsAreThoseOfTheirSeedAndNoTwoAreAlike") {
  BlindSeed seed{};
  for (const std::size_t count : {1u, 255u, 256u, 257u, 1000u}) {
    CAPTURE(count);
    SecretScalars some;
    SecretScalars again;
    DrawBlinds(seed, count, some);
    DrawBlinds(seed, 1000, again);
    REQUIRE(some.size() == count);
    CHECK(std::equal(some.begin(), some.end(), again.begin()));
    std::set<std::array<std::uint8_t, 32>> seen;
    for (const Scalar& scalar : some) {
      CHECK(DecodeScalar(scalar.bytes));
      CHECK(seen.insert(scalar.bytes).second);
    }
  }
}

TEST_CASE("TokensOfOneEpochAreCarriedIntoTheNextWithoutTheirIdentifiers") {
  for (const int operators : {1, 2}) {
    CAPTURE(operators);
    TokenWorld world(operators);
    const TokenWorld::Things things = world.Make(0, 4);
    const GivenTokens old = world.Get(1, things, Day(95));
    const AskedTokens asked = Need(
        AskForRotation(world.As(1, Day(96)), KeyClass::kGuessable, 1, 2, old.items, old.secrets));
    const std::vector<std::string> answers = Need(world.Answer(asked.request, Day(96)));
    const GivenTokens fresh =
        Need(TakeTokens(world.As(1, Day(96)), asked.request, asked.pending, answers));
    CHECK(fresh.purpose == ProofPurpose::kRotation);
    CHECK(fresh.epoch == 2);
    const GivenTokens direct = world.Get(2, things, Day(97), 2);
    for (std::size_t i = 0; i < 4; ++i) {
      CHECK(fresh.items[i].fingerprint == things.items[i].fingerprint);
      CHECK(fresh.secrets[i].n == Direct(world, things.identifiers[i], 2).n);
      CHECK(fresh.secrets[i].n == direct.secrets[i].n);
      CHECK(fresh.secrets[i].n != old.secrets[i].n);
    }
  }
}

TEST_CASE("AProofOfPossessionHoldsForItsKeyEpochClassAndPlaceAlone") {
  Scalar secret;
  RandomScalar(secret);
  EpochKey key;
  key.epoch = 7;
  key.key_class = KeyClass::kRandom;
  key.place = 1;
  REQUIRE(ProvePossession(secret, key));
  CHECK(PossessionHolds(key, {}));
  const std::pair<const char*, void (*)(EpochKey&)> changes[] = {
      {"epoch", [](EpochKey& k) { k.epoch = 8; }},
      {"class", [](EpochKey& k) { k.key_class = KeyClass::kGuessable; }},
      {"place", [](EpochKey& k) { k.place = 0; }},
      {"key", [](EpochKey& k) { k.key = Ristretto::Generator().bytes; }},
      {"identity", [](EpochKey& k) { k.key = {}; }},
      {"challenge", [](EpochKey& k) { k.proof[0] ^= 1; }},
      {"response", [](EpochKey& k) { k.proof[32] ^= 1; }},
      {"a scalar not reduced", [](EpochKey& k) { k.proof[63] |= 0x80; }},
      {"zeros", [](EpochKey& k) { k.proof = {}; }},
  };
  for (const auto& [name, change] : changes) {
    CAPTURE(name);
    EpochKey changed = key;
    change(changed);
    CHECK_FALSE(PossessionHolds(changed, {}));
  }
  CHECK_FALSE(ProvePossession(Scalar{}, key));
}

}  // namespace
}  // namespace revenant
