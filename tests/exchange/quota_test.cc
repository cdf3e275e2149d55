// The ledger against a naive twin, through re-opening, days and damage.
#include "exchange/quota.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <map>
#include <random>

#include "exchange/epoch_keys.h"
#include "exchange/refusal.h"
#include "exchange/token_world.h"

namespace revenant {
namespace {

std::uint64_t FirstSeed() {
  const char* seed = std::getenv("REVENANT_SEED");
  return seed == nullptr ? 1 : std::strtoull(seed, nullptr, 10);
}

TokenRequest RequestOf(std::uint32_t member, std::size_t count, std::uint32_t number) {
  TokenRequest request;
  request.member = MemberId{member};
  request.epoch = 1;
  request.elements.resize(count);
  request.digest[0] = static_cast<std::uint8_t>(number);
  request.digest[1] = static_cast<std::uint8_t>(number >> 8);
  return request;
}

// Not ReplaceFile(): thousands of them would wait for the disk.
void Write(const std::filesystem::path& file, std::string_view bytes) {
  std::ofstream out(file, std::ios::binary | std::ios::trunc);
  out << bytes;
}

Result<void> Add(Ledger& ledger, const TokenRequest& request, const Quota& quota, Time now) {
  return ledger.Add(request.digest, request, quota, now);
}

TEST_CASE("ADaysRateIsUsedBeforeTheBacklogAndComesBackTheNextDay") {
  const TemporaryFolder folder;
  Ledger ledger = Need(Ledger::Open(folder.path() / "ledger"));
  const Quota quota{.backlog = 100, .daily = 10};
  const auto left = [&](Time now) {
    const Allowance allowance = ledger.Left(MemberId{1}, KeyClass::kGuessable, quota, now);
    return std::pair(allowance.today, allowance.backlog);
  };
  CHECK(left(Day(1)) == std::pair<std::uint64_t, std::uint64_t>(10, 100));
  Need(Add(ledger, RequestOf(1, 4, 1), quota, Day(1)));
  CHECK(left(Day(1)) == std::pair<std::uint64_t, std::uint64_t>(6, 100));
  Need(Add(ledger, RequestOf(1, 20, 2), quota, Day(1)));
  CHECK(left(Day(1)) == std::pair<std::uint64_t, std::uint64_t>(0, 86));
  CHECK(left(Day(2)) == std::pair<std::uint64_t, std::uint64_t>(10, 86));
  CHECK(left(Day(2, -1)) == std::pair<std::uint64_t, std::uint64_t>(0, 86));

  const Result<void> refused = Add(ledger, RequestOf(1, 97, 3), quota, Day(2));
  REQUIRE_FALSE(refused);
  CHECK(IsRefusal(refused.error(), Refusal::kOverQuota));
  CHECK(left(Day(2)) == std::pair<std::uint64_t, std::uint64_t>(10, 86));
  Need(Add(ledger, RequestOf(1, 96, 4), quota, Day(2)));
  CHECK(left(Day(2)) == std::pair<std::uint64_t, std::uint64_t>(0, 0));
}

TEST_CASE("AClockThatIsPutBackGivesNoSecondDay") {
  const TemporaryFolder folder;
  Ledger ledger = Need(Ledger::Open(folder.path() / "ledger"));
  const Quota quota{.backlog = 0, .daily = 10};
  Need(Add(ledger, RequestOf(1, 10, 1), quota, Day(5)));
  CHECK_FALSE(Add(ledger, RequestOf(1, 1, 2), quota, Day(4)));
  CHECK_FALSE(Add(ledger, RequestOf(1, 1, 2), quota, Day(5)));
  CHECK(Add(ledger, RequestOf(1, 1, 2), quota, Day(6)));
}

TEST_CASE("AnEndlessQuotaIsNoOverflow") {
  const TemporaryFolder folder;
  Ledger ledger = Need(Ledger::Open(folder.path() / "ledger"));
  const Quota quota{.backlog = UINT64_MAX, .daily = UINT64_MAX};
  CHECK(Add(ledger, RequestOf(1, 5, 1), quota, Day(1)));
}

TEST_CASE("MembersAndClassesDoNotShareTheirQuotas") {
  const TemporaryFolder folder;
  Ledger ledger = Need(Ledger::Open(folder.path() / "ledger"));
  const Quota quota{.backlog = 0, .daily = 10};
  Need(Add(ledger, RequestOf(1, 10, 1), quota, Day(1)));
  CHECK(Add(ledger, RequestOf(2, 10, 2), quota, Day(1)));
  TokenRequest random = RequestOf(1, 10, 3);
  random.key_class = KeyClass::kRandom;
  CHECK(Add(ledger, random, quota, Day(1)));
  CHECK_FALSE(Add(ledger, RequestOf(1, 1, 4), quota, Day(1)));
}

TEST_CASE("ARotationMayCarryOnWhatWasEvaluatedAndNoMore") {
  const TemporaryFolder folder;
  Ledger ledger = Need(Ledger::Open(folder.path() / "ledger"));
  const Quota quota{.backlog = 0, .daily = 10};
  Need(Add(ledger, RequestOf(1, 8, 1), quota, Day(1)));
  const auto rotate = [&](std::size_t count, std::uint32_t number, Epoch from, Epoch to) {
    TokenRequest request = RequestOf(1, count, number);
    request.purpose = ProofPurpose::kRotation;
    request.from_epoch = from;
    request.epoch = to;
    return Add(ledger, request, quota, Day(1)).has_value();
  };
  CHECK_FALSE(rotate(9, 2, 1, 2));
  CHECK(rotate(5, 3, 1, 2));
  CHECK_FALSE(rotate(4, 4, 1, 2));
  CHECK(rotate(3, 5, 1, 2));
  CHECK_FALSE(rotate(1, 6, 1, 2));
  CHECK(rotate(8, 7, 2, 3));  // what was carried into an epoch may be carried on
  CHECK_FALSE(rotate(1, 8, 2, 3));
  // The guessing quota has nothing to do with it.
  CHECK(ledger.Left(MemberId{1}, KeyClass::kGuessable, quota, Day(1)).today == 2);
}

TEST_CASE("RandomChargesEqualANaiveTwinThroughReopening") {
  const std::uint64_t first = FirstSeed();
  for (std::uint64_t seed = first; seed < first + 3; ++seed) {
    CAPTURE(seed);
    std::mt19937_64 draw(seed);
    const TemporaryFolder folder;
    const std::filesystem::path file = folder.path() / "ledger";
    Ledger ledger = Need(Ledger::Open(file));
    const Quota quota{.backlog = 60, .daily = 9};
    std::map<std::pair<std::uint32_t, int>, std::uint64_t> by_day;
    std::map<std::uint32_t, std::uint64_t> by_backlog;
    std::map<std::uint32_t, bool> answered;
    int day = 1;
    for (int step = 0; step < 150; ++step) {
      if (draw() % 4 == 0) ++day;
      if (draw() % 5 == 0) ledger = Need(Ledger::Open(file));
      const auto member = static_cast<std::uint32_t>(1 + draw() % 3);
      const auto number = static_cast<std::uint32_t>(draw() % 120);
      const std::uint64_t count = 1 + draw() % 12;
      const std::uint64_t today = quota.daily - by_day[{member, day}];
      const std::uint64_t backlog = quota.backlog - by_backlog[member];
      const bool fits = count <= today + backlog;
      const Result<void> added = Add(ledger, RequestOf(member, count, number), quota, Day(day));
      CHECK(added.has_value() == (answered[number] || fits));
      if (!answered[number] && fits) {
        answered[number] = true;
        by_day[{member, day}] += std::min(count, today);
        by_backlog[member] += count - std::min(count, today);
      }
      const Allowance left = ledger.Left(MemberId{member}, KeyClass::kGuessable, quota, Day(day));
      CHECK(left.today == quota.daily - by_day[{member, day}]);
      CHECK(left.backlog == quota.backlog - by_backlog[member]);
    }
  }
}

TEST_CASE("RefusalsAreRememberedAndTheOldestGiveWay") {
  const TemporaryFolder folder;
  const std::filesystem::path file = folder.path() / "ledger";
  Ledger ledger = Need(Ledger::Open(file));
  Need(ledger.NoteRefused(RequestOf(1, 5, 1), Day(1)));
  Need(ledger.NoteRefused(RequestOf(1, 5, 1), Day(2)));
  ledger = Need(Ledger::Open(file));
  REQUIRE(ledger.refused().size() == 1);
  CHECK(ledger.refused()[0].times == 2);
  CHECK(ledger.refused()[0].count == 5);
  CHECK(ledger.refused()[0].at == Day(2));
  for (std::uint32_t i = 2; i < 2 + Ledger::kMaxRefused; ++i) {
    Need(ledger.NoteRefused(RequestOf(1, 5, i), Day(3)));
  }
  CHECK(ledger.refused().size() == Ledger::kMaxRefused);
  CHECK(ledger.refused()[0].request[0] == 2);
}

TEST_CASE("ADamagedLedgerIsNeverTakenForAnEmptyOne") {
  const TemporaryFolder folder;
  const std::filesystem::path file = folder.path() / "ledger";
  Ledger ledger = Need(Ledger::Open(file));
  Need(Add(ledger, RequestOf(1, 5, 1), {.daily = 10}, Day(1)));
  Need(ledger.NoteRefused(RequestOf(1, 50, 2), Day(1)));
  const SecretText whole = Need(ReadWholeFile(file, 4096));
  const std::string bytes(whole.data(), whole.size());
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    CAPTURE(i);
    std::string flipped = bytes;
    flipped[i] ^= 1;
    Write(file, flipped);
    CHECK_FALSE(Ledger::Open(file));
    Write(file, bytes.substr(0, i));
    CHECK_FALSE(Ledger::Open(file));
  }
  Write(file, bytes);
  CHECK(Need(Ledger::Open(file)).charges().size() == 1);
}

TEST_CASE("EpochKeysComeBackFromTheirFileAndNoOtherText") {
  const TemporaryFolder folder;
  const std::filesystem::path file = folder.path() / "epochs.key";
  EpochKeys keys;
  for (const Epoch epoch : {3u, 1u, 2u}) {
    for (const KeyClass key_class : kKeyClasses) keys.Make(epoch, key_class);
  }
  CHECK(keys.epochs() == std::vector<Epoch>{1, 2, 3});
  Need(keys.Write(file));
  const EpochKeys again = Need(EpochKeys::Read(file));
  for (const Epoch epoch : {1u, 2u, 3u}) {
    for (const KeyClass key_class : kKeyClasses) {
      REQUIRE(again.Find(epoch, key_class) != nullptr);
      CHECK(*again.Find(epoch, key_class) == *keys.Find(epoch, key_class));
    }
  }
  Scalar delta;
  REQUIRE(again.Delta(1, 2, KeyClass::kRandom, delta));
  CHECK(Ristretto::Multiply(delta, *again.Find(1, KeyClass::kRandom)) ==
        *again.Find(2, KeyClass::kRandom));
  CHECK_FALSE(again.Delta(1, 4, KeyClass::kRandom, delta));

  const SecretText whole = Need(ReadWholeFile(file, 4096));
  const std::string text(whole.data(), whole.size());
  for (std::size_t i = 0; i < text.size(); i += 3) {
    CAPTURE(i);
    std::string flipped = text;
    flipped[i] ^= 1;
    Write(file, flipped);
    CHECK_FALSE(EpochKeys::Read(file));
    Write(file, text.substr(0, i));
    CHECK_FALSE(EpochKeys::Read(file));
  }
  Write(file, text);
  std::filesystem::permissions(file, std::filesystem::perms::group_read,
                               std::filesystem::perm_options::add);
  CHECK_FALSE(EpochKeys::Read(file));
}

}  // namespace
}  // namespace revenant
