// The ledger against a naive twin, through re-opening, days and damage.
#include "exchange/operator/quota.h"

#include <doctest/doctest.h>
#include <xxhash.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <map>
#include <random>

#include "exchange/files/refusal.h"
#include "exchange/operator/epoch_keys.h"
#include "exchange/token_world.h"
#include "util/wire.h"

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
    std::map<std::uint32_t, int> answered;  // on which day
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
      // The ledger's clock is its newest charge.
      int newest = 0;
      for (const auto& [known, on] : answered) newest = std::max(newest, on);
      const bool remembered =
          answered.contains(number) && newest - answered[number] <= Ledger::kRememberedDays;
      CHECK(added.has_value() == (remembered || fits));
      if (!remembered && fits) {
        answered[number] = day;
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
  // A member with many refusals pushes out its own, not another's.
  Need(ledger.NoteRefused(RequestOf(2, 7, 1000), Day(4)));
  for (std::uint32_t i = 300; i < 300 + 2 * Ledger::kMaxRefused; ++i) {
    Need(ledger.NoteRefused(RequestOf(1, 5, i), Day(4)));
  }
  ledger = Need(Ledger::Open(file));
  CHECK(ledger.refused().size() == Ledger::kMaxRefused);
  CHECK(std::count_if(ledger.refused().begin(), ledger.refused().end(), [](const auto& refused) {
          return refused.member == MemberId{2} && refused.count == 7;
        }) == 1);
}

TEST_CASE("AChargeCostsOneRecordHoweverManyWereBefore") {
  const TemporaryFolder folder;
  const std::filesystem::path file = folder.path() / "ledger";
  Ledger ledger = Need(Ledger::Open(file));
  const Quota quota{.backlog = 0, .daily = 100'000};
  std::uintmax_t before = 0;
  for (std::uint32_t i = 0; i < 200; ++i) {
    Need(Add(ledger, RequestOf(1, 1, i), quota, Day(1)));
    const std::uintmax_t now = std::filesystem::file_size(file);
    if (i > 0) CHECK(now - before == 72);
    before = now;
  }
}

// Charges of older days are folded into sums: neither the file nor memory grows with the years, and
// nothing that was used is ever given back.
TEST_CASE("ALedgerOfYearsStaysSmallAndForgetsNoSum") {
  const TemporaryFolder folder;
  const std::filesystem::path file = folder.path() / "ledger";
  Ledger ledger = Need(Ledger::Open(file));
  const Quota quota{.backlog = 4'000, .daily = 100};
  std::uint32_t number = 0;
  std::uint64_t used = 0;
  for (int day = 1; day <= 60; ++day) {
    for (int request = 0; request < 101; ++request, ++number) {
      Need(Add(ledger, RequestOf(1, 1, number), quota, Day(day)));
      ++used;
    }
    const Allowance left = ledger.Left(MemberId{1}, KeyClass::kGuessable, quota, Day(day));
    REQUIRE(left.today == 0);
    REQUIRE(left.backlog == 4'000u - day);  // one a day went beyond the rate
  }
  CHECK(ledger.Used(MemberId{1}, KeyClass::kGuessable).evaluated == used);
  CHECK(ledger.charges().size() == 8 * 101);
  CHECK(std::filesystem::file_size(file) < 5'000 * 72);
  const Ledger again = Need(Ledger::Open(file));
  CHECK(again.Used(MemberId{1}, KeyClass::kGuessable).evaluated == used);
  CHECK(again.Left(MemberId{1}, KeyClass::kGuessable, quota, Day(60)).backlog == 3'940);
  CHECK(again.LeftToRotate(MemberId{1}, KeyClass::kGuessable, 1, 2) == used);
  CHECK(again.charges().size() == 8 * 101);
}

TEST_CASE("ALedgerOfVersionOneIsReadAndReplacedAtTheFirstChange") {
  const TemporaryFolder folder;
  const std::filesystem::path file = folder.path() / "ledger";
  std::string bytes;
  WireWriter out(bytes);
  out.Raw("RVNTLEDG").U16(1).U32(1);
  const TokenRequest request = RequestOf(1, 5, 1);
  out.Raw(request.digest).U32(1).U8(0).U8(0).U32(1).U32(5).U32(4).U32(1).Moment(Day(1));
  out.U32(0);
  out.U64(XXH3_64bits(bytes.data(), bytes.size()));
  Write(file, bytes);
  Ledger ledger = Need(Ledger::Open(file));
  const Quota quota{.backlog = 10, .daily = 4};
  const KeyClass key_class = ledger.charges()[0].key_class;
  CHECK(ledger.Find(request.digest) != nullptr);
  CHECK(ledger.Left(MemberId{1}, key_class, quota, Day(1)).backlog == 9);
  Need(Add(ledger, RequestOf(2, 3, 2), quota, Day(1)));
  ledger = Need(Ledger::Open(file));
  CHECK(ledger.charges().size() == 2);
  CHECK(ledger.Left(MemberId{1}, key_class, quota, Day(1)).backlog == 9);
}

TEST_CASE("ARecordThatWasCutShortWasNeverAnsweredAndIsDropped") {
  const TemporaryFolder folder;
  const std::filesystem::path file = folder.path() / "ledger";
  Ledger ledger = Need(Ledger::Open(file));
  const Quota quota{.backlog = 0, .daily = 10};
  Need(Add(ledger, RequestOf(1, 3, 1), quota, Day(1)));
  const std::uintmax_t whole = std::filesystem::file_size(file);
  Need(Add(ledger, RequestOf(1, 3, 2), quota, Day(1)));
  for (std::uintmax_t size = whole + 1; size < whole + 72; ++size) {
    std::filesystem::resize_file(file, size);
    Ledger torn = Need(Ledger::Open(file));
    REQUIRE(torn.charges().size() == 1);
    Need(Add(torn, RequestOf(1, 3, 3), quota, Day(1)));
    REQUIRE(Need(Ledger::Open(file)).charges().size() == 2);
    std::filesystem::resize_file(file, whole);
    std::ofstream(file, std::ios::binary | std::ios::app) << std::string(71, 'x');
  }
}

TEST_CASE("ADiskThatIsFullChargesNothing") {
  const TemporaryFolder folder;
  const std::filesystem::path file = folder.path() / "ledger";
  Ledger ledger = Need(Ledger::Open(file));
  const Quota quota{.backlog = 0, .daily = 10};
  Need(Add(ledger, RequestOf(1, 3, 1), quota, Day(1)));
  std::filesystem::remove(file);  // as good as a disk that fails: the append finds nothing
  CHECK_FALSE(Add(ledger, RequestOf(1, 3, 2), quota, Day(1)));
  CHECK(ledger.Left(MemberId{1}, KeyClass::kGuessable, quota, Day(1)).today == 7);
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
  }
  for (std::size_t i = 0; i < 16; ++i) {  // no more than part of the front
    Write(file, bytes.substr(0, i));
    CHECK_FALSE(Ledger::Open(file));
  }
  // Records dropped from the middle, moved or repeated.
  const std::string front = bytes.substr(0, 16);
  const std::string first = bytes.substr(16, 72);
  const std::string second = bytes.substr(88, 72);
  for (const std::string& changed : {front + second, front + second + first, front + first + first,
                                     front + first + second + first}) {
    Write(file, changed);
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
