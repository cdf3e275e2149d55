#include "revenant/journal_keys.h"

#include <doctest/doctest.h>

#include "registry/worlds.h"

namespace revenant {
namespace {

template <typename T>
T Value(Result<T> result) {
  if (!result) FAIL(result.error().message);
  return std::move(*result);
}
void Value(const Result<void>& result) {
  if (!result) FAIL(result.error().message);
}

JournalKey NewKey() { return Value(JournalKey::Generate()); }

std::string Exported(const Registry& registry, const JournalKey& key) {
  std::string out;
  Value(Value(registry.Journal())->Export(key, Time{9}, [&](std::string_view piece) {
    out += piece;
  }));
  return out;
}

std::function<Result<std::string>()> Once(const std::string& text) {
  return [text, done = false]() mutable -> Result<std::string> {
    return std::exchange(done, true) ? std::string() : text;
  };
}

TEST_CASE("AnotherStoresKeyDoesNotSign") {
  World world(TightPolicy()), other(TightPolicy());
  const JournalKey ours = NewKey(), theirs = NewKey();
  Value(CheckSigner(*world, ours.public_key()));  // none is named yet
  Value(NameSigner(*world, ours.public_key()));
  Value(NameSigner(*other, theirs.public_key()));
  Value(NameSigner(*world, ours.public_key()));
  for (const Result<void>& refused :
       {CheckSigner(*world, theirs.public_key()), NameSigner(*world, theirs.public_key()),
        RotateSigner(*world, theirs, NewKey().public_key())}) {
    REQUIRE(!refused);
    CHECK(refused.error().code == Code::kConflict);
    CHECK(refused.error().message.find(ours.public_key().name()) != std::string::npos);
  }
  CHECK(Value(SignerOf(*world))->ToText() == ours.public_key().ToText());
  world.CheckSound();
}

TEST_CASE("VerifiersFollowFromEachKeyToTheNewest") {
  World world(TightPolicy());
  std::vector<JournalKey> keys;
  std::vector<std::string> witnesses;
  for (int i = 0; i < 4; ++i) {
    keys.push_back(NewKey());
    if (i == 0) {
      Value(NameSigner(*world, keys[0].public_key()));
    } else {
      const auto n = static_cast<std::size_t>(i);
      Value(RotateSigner(*world, keys[n - 1], keys[n].public_key(), {"ann", Time{5 + i}}));
    }
    world.Apply(Ban{{"p", "s" + std::to_string(i)}, "c", "fakes", Time{9}});
    witnesses.push_back(
        SignCheckpoint({Value(world->Journal())->head(), Time{20 + i}, false}, keys.back()));
  }
  world.CheckSound();
  const std::string signers = Value(SignersOf(*world));
  const std::string file = Exported(*world, keys.back());
  for (std::size_t i = 0; i < keys.size(); ++i) {
    CAPTURE(i);
    const std::vector<JournalPublicKey> chain = Value(FollowSigners(keys[i].public_key(), signers));
    REQUIRE(chain.size() == keys.size() - i);
    CHECK(chain.back().ToText() == keys.back().public_key().ToText());
    const JournalCheck check = Value(VerifyJournalUnder(Once(file), chain, {&witnesses[i], 1}));
    CHECK(!check.fault);
    CHECK(check.witness);
    if (i > 0) {  // a checkpoint of a key that is not among those trusted is none
      CHECK(!VerifyJournalUnder(Once(file), chain, {&witnesses[0], 1}));
    }
  }
  CHECK(FollowSigners(NewKey().public_key(), signers).error().code == Code::kInvalidArgument);
}

TEST_CASE("NoSuccessionLeadsToTheKeyAfterALostOne") {
  World world(TightPolicy());
  const JournalKey first = NewKey(), second = NewKey(), third = NewKey();
  Value(NameSigner(*world, first.public_key()));
  Value(ReplaceLostSigner(*world, second.public_key(), {"ann", Time{5}}));
  Value(RotateSigner(*world, second, third.public_key()));
  const std::string signers = Value(SignersOf(*world));
  CHECK(!FollowSigners(first.public_key(), signers));
  CHECK(Value(FollowSigners(second.public_key(), signers)).size() == 2);
  const JournalEntry entry = Value(Value(world->Journal())->At(1));
  CHECK(entry.type == "journal_key");
  CHECK(entry.opening->body.find("\"lost\":true") != std::string::npos);
  CHECK(!CheckSigner(*world, first.public_key()));
}

TEST_CASE("AForgedSuccessionIsNotFollowed") {
  World world(TightPolicy());
  const JournalKey first = NewKey(), second = NewKey(), thief = NewKey();
  Value(NameSigner(*world, first.public_key()));
  Value(RotateSigner(*world, first, second.public_key()));
  const std::string signers = Value(SignersOf(*world));
  REQUIRE(FollowSigners(first.public_key(), signers));
  const auto replaced = [&](std::string text) {
    const std::string from = second.public_key().ToText(), to = thief.public_key().ToText();
    for (std::size_t at; (at = text.find(from)) != std::string::npos;) {
      text.replace(at, from.size(), to);
    }
    return text;
  };
  CHECK(!FollowSigners(first.public_key(), replaced(signers)));
  CHECK(!FollowSigners(first.public_key(), thief.public_key().ToText() + "\n"));
  for (std::size_t i = 0; i < signers.size(); ++i) {
    std::string flipped = signers;
    flipped[i] ^= 1;
    CHECK(!FollowSigners(first.public_key(), flipped));
  }
  // Cut off, it leads nowhere; only the very end of the last line may be missing.
  for (std::size_t i = 0; i + 1 < signers.size(); ++i) {
    CHECK(!FollowSigners(first.public_key(), signers.substr(0, i)));
  }
}

}  // namespace
}  // namespace revenant
