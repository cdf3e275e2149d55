#include "revenant/fingerprint.h"

#include <doctest/doctest.h>

#include <map>
#include <random>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <thread>
#include <type_traits>
#include <vector>

#include "fingerprint/key_file.h"
#include "fingerprint/keyed_digest.h"
#include "fingerprint/support.h"

namespace revenant {
namespace {

using namespace std::string_view_literals;

static_assert(!std::is_copy_constructible_v<Key> && !std::is_copy_assignable_v<Key>);
static_assert(!std::equality_comparable<Key>);
static_assert(!std::is_copy_constructible_v<Fingerprinter>);
static_assert(sizeof(Fingerprint) == 16, "stored as it lies");

struct GoldenRow {
  std::size_t links;
  std::string kind, scope, canonical, hex;
};

std::vector<GoldenRow> Golden() {
  std::istringstream lines(ReadBytes(Fixture("golden.tsv")));
  std::vector<GoldenRow> rows;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with('#')) continue;
    std::istringstream fields(line);
    std::string cell[5];
    for (std::string& field : cell) std::getline(fields, field, '\t');
    rows.push_back({std::stoul(cell[0]), cell[1], cell[2], cell[3], cell[4]});
  }
  return rows;
}

// The first `links` of the fixture's chain: its bytes count up from zero.
KeyChain FixtureChain(std::size_t links) {
  KeyChain chain(links);
  std::uint8_t next = 0;
  for (MasterKey& master : chain) {
    for (std::uint8_t& byte : master) byte = next++;
  }
  return chain;
}

TEST_CASE("FingerprintsAndCheckValuesNeverChange") {
  std::size_t identifiers = 0;
  for (const GoldenRow& row : Golden()) {
    CAPTURE(row.links);
    CAPTURE(row.kind);
    const SecretText text = EncodeKeyFile(FixtureChain(row.links));
    const auto key = KeyFromText({text.data(), text.size()});
    REQUIRE(key);
    if (row.kind == "check") {
      CHECK(key->CheckValue() == row.hex);
      continue;
    }
    ++identifiers;
    CHECK(Fingerprinter(*key).Of(row.kind, row.scope, row.canonical).ToHex() == row.hex);
    CHECK(Fingerprinter(*key).Of({row.kind, row.scope, row.canonical}).ToHex() == row.hex);
    const KeyedDigest other(FixtureChain(row.links), &Sha256CompressOpenssl);
    CHECK(other.Of(row.kind, row.scope, row.canonical).ToHex() == row.hex);
  }
  CHECK(identifiers == 33);  // the fixture was there and whole
}

TEST_CASE("HardwareAndOpensslGiveOneFingerprint") {
  const Sha256Compress hardware = Sha256Hardware();
  if (hardware == nullptr) return;
  const KeyedDigest fast(FixtureChain(3), hardware);
  const KeyedDigest portable(FixtureChain(3), &Sha256CompressOpenssl);
  std::mt19937_64 random(16);
  for (std::size_t size = 0; size <= 300; ++size) {
    CAPTURE(size);
    const std::string value(size, static_cast<char>(random()));
    CHECK(fast.Of("custom.a", "", value) == portable.Of("custom.a", "", value));
  }
}

TEST_CASE("MovingABoundaryBetweenPartsChangesTheFingerprint") {
  struct Parts {
    std::string_view kind, scope, canonical;
  };
  constexpr Parts kParts[] = {
      {"a", "bc", ""},     {"ab", "c", ""}, {"abc", "", ""},     {"", "abc", ""},
      {"", "", "abc"},     {"a", "", "bc"}, {"ab", "", "c"},     {"a", "b", "c"},
      {"", "a", "bc"},     {"", "ab", "c"}, {"a", "bc", "\0"sv}, {"\1a"sv, "bc", ""},
      {"a\2"sv, "", "bc"},
  };
  const auto key = Key::Generate();
  REQUIRE(key);
  const Fingerprinter fingerprinter(*key);
  std::set<Fingerprint> seen;
  for (const Parts& p : kParts) seen.insert(fingerprinter.Of(p.kind, p.scope, p.canonical));
  CHECK(seen.size() == std::size(kParts));
  CHECK(fingerprinter.Of("a", {}, {}) == fingerprinter.Of("a", "", ""));  // no bytes are no bytes
}

TEST_CASE("DifferentKeysDifferInCheckValueAndFingerprints") {
  std::set<std::string> checks;
  std::set<Fingerprint> fingerprints;
  for (int i = 0; i < 100; ++i) {
    const auto key = Key::Generate();
    REQUIRE(key);
    CHECK(key->CheckValue().size() == 16);
    checks.insert(key->CheckValue());
    fingerprints.insert(Fingerprinter(*key).Of("pay.iban", "", "DE89370400440532013000"));
  }
  CHECK(checks.size() == 100);
  CHECK(fingerprints.size() == 100);
}

// The same newest link under another chain wraps other fingerprints, so it must show.
TEST_CASE("TheCheckValueCoversTheWholeChain") {
  KeyChain chain = FixtureChain(3);
  const CheckBytes before = CheckOf(chain);
  for (std::size_t link = 0; link < 3; ++link) {
    CAPTURE(link);
    chain[link][31] ^= 1;
    CHECK(CheckOf(chain) != before);
    chain[link][31] ^= 1;
  }
  std::swap(chain[0], chain[1]);
  CHECK(CheckOf(chain) != before);
  CHECK(CheckOf(std::span(chain).first(2)) != before);
  CHECK(CheckOf(std::span(chain).last(1)) != before);
}

TEST_CASE("RewrappedFingerprintsAreThoseOfTheRotatedKey") {
  auto key = Key::Generate();
  REQUIRE(key);
  CHECK(key->PreviousCheckValue() == std::nullopt);
  const Fingerprinter original(*key);
  std::map<std::string, Fingerprint> stored;  // what a store would hold, without the values
  for (int i = 0; i < 50; ++i) {
    const std::string value = "value " + std::to_string(i);
    stored[value] = original.Of("custom.a", "GB", value);
    CHECK(original.Rewrap(stored[value]) == stored[value]);
  }
  for (int rotation = 1; rotation <= 3; ++rotation) {
    CAPTURE(rotation);
    auto next = key->Rotated();
    REQUIRE(next);
    CHECK(next->CheckValue() != key->CheckValue());
    CHECK(next->PreviousCheckValue() == key->CheckValue());
    const Fingerprinter old_one(*key), new_one(*next);
    for (auto& [value, fingerprint] : stored) {
      CHECK(old_one.Of("custom.a", "GB", value) == fingerprint);
      const Fingerprint rewrapped = new_one.Rewrap(fingerprint);
      CHECK(rewrapped != fingerprint);
      CHECK(new_one.Of("custom.a", "GB", value) == rewrapped);
      fingerprint = rewrapped;
    }
    *key = *std::move(next);
  }
}

TEST_CASE("AKeyCanBeRotatedUntilItsChainIsFull") {
  auto key = Key::Generate();
  REQUIRE(key);
  for (std::size_t links = 1; links < kMaxChainLinks; ++links) {
    auto next = key->Rotated();
    REQUIRE(next);
    *key = *std::move(next);
  }
  const auto one_more = key->Rotated();
  REQUIRE_FALSE(one_more);
  CHECK(one_more.error().code == Code::kConflict);

  const TempFolder folder;
  REQUIRE(key->WriteNew(folder / "full.key"));
  const auto back = Key::Read(folder / "full.key");
  REQUIRE(back);
  CHECK(back->CheckValue() == key->CheckValue());

  // The longest file there is, and one byte: read to its end, not to the end of a good one.
  REQUIRE(WriteNewSecretFile(folder / "longer.key", ReadBytes(folder / "full.key") + "\n"));
  CHECK(Key::Read(folder / "longer.key").error().code == Code::kCorruption);
}

TEST_CASE("KeysAndFingerprintersSurviveMovesAndEachOther") {
  auto generated = Key::Generate();
  REQUIRE(generated);
  Key key = *std::move(generated);
  const std::string check = key.CheckValue();
  Fingerprinter outliving(key);
  const Fingerprint before = outliving.Of("a", "b", "c");
  {
    const Key moved = std::move(key);
    CHECK(moved.CheckValue() == check);
    CHECK(Fingerprinter(moved).Of("a", "b", "c") == before);
  }
  CHECK(outliving.Of("a", "b", "c") == before);
  Fingerprinter second = std::move(outliving);
  CHECK(second.Of("a", "b", "c") == before);
  auto again = Key::Generate();
  REQUIRE(again);
  key = *std::move(again);  // a moved-from key can be assigned to
  CHECK(key.CheckValue() != check);
}

TEST_CASE("ManyThreadsShareAFingerprinter") {
  const auto key = Key::Generate();
  REQUIRE(key);
  const Fingerprinter shared(*key);
  std::vector<std::vector<Fingerprint>> results(4);
  std::vector<std::thread> threads;
  for (auto& result : results) {
    threads.emplace_back([&shared, &result] {
      for (int i = 0; i < 2'000; ++i) result.push_back(shared.Of("a", "", std::to_string(i)));
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const auto& result : results) CHECK(result == results[0]);
}

TEST_CASE("FingerprintsGoToHexAndBack") {
  Fingerprint fingerprint;
  for (std::size_t i = 0; i < 16; ++i) fingerprint.bytes[i] = static_cast<std::uint8_t>(0xf0 + i);
  CHECK(fingerprint.ToHex() == "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff");
  CHECK(Fingerprint::FromHex(fingerprint.ToHex()) == fingerprint);
  CHECK(Fingerprint::FromHex("F0F1F2F3F4F5F6F7F8F9FAFBFCFDFEFF") == fingerprint);
  for (const std::string_view bad :
       {""sv, "f0"sv, "f0f1f2f3f4f5f6f7f8f9fafbfcfdfef"sv, "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff0"sv,
        "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff00"sv, "f0f1f2f3f4f5f6f7f8f9fafbfcfdfefg"sv,
        " f0f1f2f3f4f5f6f7f8f9fafbfcfdfef"sv}) {
    CAPTURE(bad);
    CHECK(Fingerprint::FromHex(bad) == std::nullopt);
  }
}

TEST_CASE("FingerprintsSortByTheirBytes") {
  Fingerprint low, high;
  low.bytes[15] = 0xff;
  high.bytes[0] = 0x01;
  CHECK(low < high);
  CHECK(low.ToHex() < high.ToHex());
  CHECK(std::hash<Fingerprint>()(low) != std::hash<Fingerprint>()(high));
}

}  // namespace
}  // namespace revenant
