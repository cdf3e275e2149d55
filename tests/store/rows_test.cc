// Rows come back as they were written, older forms are read, and bytes that are none are damage.

#include "store/rows.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <random>

#include "store/journal_rows.h"
#include "store/row_parts.h"

namespace revenant {
namespace {

constexpr std::int64_t kNever = ObservationRow::kNever;
constexpr std::int64_t kUnknown = Time::kUnknownMicros;
constexpr std::int64_t kDay = 86'400'000'000;

std::uint64_t FirstSeed() {
  const char* seed = std::getenv("REVENANT_SEED");
  return seed == nullptr ? 1 : std::strtoull(seed, nullptr, 10);
}

struct InstantCase {
  const char* name;
  std::int64_t micros;
  std::size_t bytes;
};
constexpr InstantCase kInstants[] = {
    {"never", kNever, 1},
    {"unknown", kUnknown, 1},
    {"1970", 0, 1},
    {"a day", 20'000 * kDay, 3},
    {"a day before 1970", -kDay, 1},
    {"a second", 1'780'000'000'000'000, 5},
    {"a millisecond", 1'780'000'000'001'000, 7},
    {"a microsecond", 1'780'000'000'000'001, 8},
    {"the last in units", (std::int64_t{1} << 60) - 1, 9},
    {"the first as it is", std::int64_t{1} << 60, 10},
    {"the end of times", INT64_MAX, 11},
    {"one after unknown", kUnknown + 1, 11},
};

TEST_CASE("InstantsComeBackAndCostWhatTheirPrecisionDoes") {
  for (const InstantCase& each : kInstants) {
    CAPTURE(each.name);
    std::string bytes;
    PutInstant(bytes, each.micros);
    CHECK(bytes.size() == each.bytes);
    ByteReader reader(bytes);
    CHECK(GetInstant(reader) == each.micros);
    CHECK(reader.AtEnd());
  }
}

TEST_CASE("AnInstantOutOfRangeIsDamage") {
  for (std::uint64_t code = UINT64_MAX - 8; code != 0; ++code) {
    std::string bytes;
    PutVarint64(bytes, code);
    ByteReader reader(bytes);
    GetInstant(reader);
    CHECK(reader.ok() == false);
  }
}

class Drawn {
 public:
  explicit Drawn(std::uint64_t seed) : random_(seed) {}

  std::uint64_t Below(std::uint64_t bound) { return random_() % bound; }
  Fingerprint Print() {
    Fingerprint fingerprint;
    for (auto& byte : fingerprint.bytes) byte = static_cast<std::uint8_t>(random_());
    return fingerprint;
  }
  std::int64_t Moment() {
    switch (Below(5)) {
      case 0:
        return kNever;
      case 1:
        return kUnknown;
      case 2:
        return static_cast<std::int64_t>(Below(30'000)) * kDay;
      case 3:
        return static_cast<std::int64_t>(Below(2'000'000'000)) * 1'000'000;
      default:
        return static_cast<std::int64_t>(random_());
    }
  }
  ObservationRow Registers(const Fingerprint& root) {
    ObservationRow row{Moment(), Moment(), Moment(), {}};
    if (Below(2) == 0) row.last = row.first, row.through = kNever;
    for (std::uint64_t i = Below(4); i > 0; --i) {
      row.items.push_back({i == 1 ? root : Print(), WordId{static_cast<std::uint32_t>(Below(300))},
                           Below(4) == 0, Below(2) == 0});
    }
    std::sort(row.items.begin(), row.items.end());
    return row;
  }
  ObservedRow Row() {
    ObservedRow row;
    const Observed like{Print(), WordId{7}, {5 * kDay, 5 * kDay}};
    for (std::uint64_t i = Below(ObservedRow::kInline + 1); i > 0; --i) {
      Observed each{Print(), WordId{static_cast<std::uint32_t>(Below(3))}, {}};
      each.registers = Registers(each.root);
      if (Below(2) == 0) {  // most of a seller's are from one source and day
        each.source = like.source;
        each.registers.first = like.registers.first;
        each.registers.last = like.registers.last;
        each.registers.through = like.registers.through;
      }
      row.observed.push_back(std::move(each));
    }
    std::sort(row.observed.begin(), row.observed.end(), InOrder);
    row.count = row.observed.size();
    return row;
  }

 private:
  std::mt19937_64 random_;
};

TEST_CASE("ASellersObservationsComeBackAndEveryCutOfThemIsDamage") {
  const std::uint64_t seed = FirstSeed();
  CAPTURE(seed);
  Drawn drawn(seed);
  for (int i = 0; i < 500; ++i) {
    const ObservedRow row = drawn.Row();
    const std::string bytes = Encode(row);
    const Result<ObservedRow> back = DecodeObservedRow(bytes);
    REQUIRE(back);
    CHECK(*back == row);
    CHECK(DecodeObservedRow(bytes + '\0').error().code == Code::kCorruption);
    const std::string cut = bytes.substr(0, drawn.Below(bytes.size()));
    CHECK(DecodeObservedRow(cut).error().code == Code::kCorruption);
  }
  CHECK(Encode(*DecodeObservedRow(Encode(ObservedRow{100'000, {}}))) ==
        Encode(ObservedRow{100'000, {}}));
}

TEST_CASE("AFirstObservationLikeTheOneBeforeItIsDamage") {
  std::string bytes = EncodeObserved(std::vector<Observed>{{Fingerprint{}, WordId{1}, {1, 1}}});
  REQUIRE(DecodeObservedRow(bytes));
  bytes[1] = static_cast<char>(bytes[1] | 1);  // the head
  CHECK(DecodeObservedRow(bytes).error().code == Code::kCorruption);
  bytes[1] = 32;
  CHECK(DecodeObservedRow(bytes).error().code == Code::kCorruption);
}

TEST_CASE("FourAttributesOfOneDayTakeLittleMoreThanTheirFingerprints") {
  std::vector<Observed> observed;
  Drawn drawn(1);
  for (int i = 0; i < 4; ++i) {
    const Fingerprint root = drawn.Print();
    observed.push_back({root, WordId{3}, {20'000 * kDay, 20'000 * kDay, kNever, {}}});
    observed.back().registers.items.push_back({root, WordId{5}, false, true});
  }
  std::sort(observed.begin(), observed.end(), InOrder);
  CHECK(EncodeObserved(observed).size() == 1 + 4 * (16 + 2) + 1 + 3);
}

TEST_CASE("TheCommonCarrierTakesTwoNumbersAndEveryOtherComesBackToo") {
  constexpr SellerId kSeller{300};
  FingerprintRow row;
  row.kind = WordId{5};
  row.carriers = row.enrolled = 1;
  row.inline_carriers = {{CarrierClass::kEnrolled, kSeller, 1}};
  CHECK(Encode(row).size() == 3);
  CHECK(*DecodeFingerprintRow(Encode(row)) == row);
  const auto comes_back = [](const FingerprintRow& each) {
    CHECK(Encode(each).size() > 5);
    CHECK(*DecodeFingerprintRow(Encode(each)) == each);
  };
  FingerprintRow banned = row, twice = row, leaf = row, two = row, many = row;
  banned.banned = 1;
  twice.inline_carriers[0].observations = 2;
  leaf.enrolled = 0;
  leaf.inline_carriers[0].carrier_class = CarrierClass::kLeaf;
  two.carriers = two.enrolled = 2;
  two.inline_carriers.push_back({CarrierClass::kEnrolled, SellerId{301}, 1});
  many.carriers = many.enrolled = 33;
  many.inline_carriers.clear();
  for (const FingerprintRow& each : {banned, twice, leaf, two}) comes_back(each);
  CHECK(*DecodeFingerprintRow(Encode(many)) == many);
}

TEST_CASE("AFingerprintsRowOfAnOlderFormatIsRead") {
  // Kind 5, one carrier, enrolled: class 0, seller 300, one observation.
  const Result<FingerprintRow> row =
      DecodeFingerprintRow(std::string("\x05\x01\x01\x00\x00\x00\xac\x02\x01", 9));
  REQUIRE(row);
  CHECK(row->carriers == 1);
  REQUIRE(row->inline_carriers.size() == 1);
  CHECK(row->inline_carriers[0] == Carrier{CarrierClass::kEnrolled, SellerId{300}, 1});
}

TEST_CASE("ASellersRowComesBackInBothFormats") {
  SellerRow plain;
  plain.platform = WordId{2};
  plain.external_id = "S-1";
  plain.status = SellerStatus::kActive;
  plain.since = Time{20'000 * kDay};
  plain.carries = {{WordId{4}, 1}, {WordId{9}, 200}};
  SellerRow placed = plain, summed = plain, unknown = plain;
  placed.label = LabelId{77};
  placed.part = 2;
  summed.infringements = 3;
  unknown.since = Time::Unknown();
  for (const SellerRow& row : {plain, placed, summed, unknown}) {
    const std::string bytes = Encode(row);
    REQUIRE(DecodeSellerRow(bytes));
    CHECK(*DecodeSellerRow(bytes) == row);
    for (std::size_t cut = 0; cut < 7; ++cut) CHECK_FALSE(DecodeSellerRow(bytes.substr(0, cut)));
  }
  std::string old("\x02\x03S-1\x02", 6);  // platform, external id, status
  PutMoment(old, plain.since.micros);
  old += std::string(5, '\0');
  old += std::string("\x04\x01\x09\xc8\x01", 5);
  REQUIRE(DecodeSellerRow(old));
  CHECK(*DecodeSellerRow(old) == plain);
}

TEST_CASE("ABlockOfSellersIsAboutEachOfThemAndNobodyElse") {
  for (const auto& [first, last] : {std::pair<std::uint64_t, std::uint64_t>{1, 1},
                                    {4'000, 4'100},
                                    {4'096, 8'191},
                                    {8'190, 20'000}}) {
    const std::vector<Fingerprint> about = AboutSellers(SellerId{first}, SellerId{last});
    for (std::uint64_t seller = first - 1; seller <= last + 1; ++seller) {
      const auto said = std::count_if(about.begin(), about.end(), [&](const Fingerprint& each) {
        return IsAbout(each, SellerId{seller}) &&
               AsView(each.bytes).starts_with(JournalBlockPrefix(SellerId{seller}));
      });
      CHECK(said == (seller >= first && seller <= last));
    }
  }
  CHECK(AboutSellers(SellerId{1}, SellerId{1'000'000}).size() == 245);
}

}  // namespace
}  // namespace revenant
