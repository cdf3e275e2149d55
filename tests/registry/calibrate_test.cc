// What calibration says of small and odd stores; that it recovers rates is shown on a market
// (tests/market).

#include "revenant/calibrate.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "registry/stage.h"

namespace revenant {
namespace {

bool Leaves(const Calibration& found, std::string_view words) {
  return std::any_of(found.left.begin(), found.left.end(), [&](const std::string& sentence) {
    return sentence.find(words) != std::string::npos;
  });
}
const ProposedChange* ChangeOf(const Calibration& found, std::string_view section,
                               std::string_view key) {
  for (const ProposedChange& change : found.changes) {
    if (change.section == section && change.key == key) return &change;
  }
  return nullptr;
}
Calibration Found(Stage& stage, const CalibrateOptions& options = {}) {
  Result<Calibration> found = Calibrate(*stage, options);
  REQUIRE(found);
  return std::move(*found);
}

// Every tenth is banned in its second month. Of those three in four come back under the old phone,
// half of them with the old account as well; of the others every fifth shares a phone with the
// next.
void FillWith(Stage& stage, int sellers) {
  for (int i = 0; i < sellers; ++i) {
    const auto opens = [&](const std::string& id, int day, const std::string& phone,
                           const std::string& account) {
      stage.Shows(id.c_str(), day, {phone.c_str(), account.c_str()});
    };
    const std::string id = fmt::format("s{}", i);
    const bool pairs_up = i % 5 == 1 || i % 5 == 2;  // 1 with 2, 6 with 7
    const int phone = pairs_up ? i / 5 * 5 + 1 : i;
    opens(id, i % 50, fmt::format("custom.phone=n{}", phone),
          fmt::format("pay.alipay=2088{:012}", 77'001 + i));
    if (i % 10 != 0) continue;
    stage.IsBanned(id.c_str(), i % 50 + 40);
    const bool returns = i / 10 % 4 != 3, keeps_account = i / 10 % 4 == 1;
    if (returns) {
      opens(id + "b", i % 50 + 60, fmt::format("custom.phone=n{}", i),
            fmt::format("pay.alipay=2088{:012}", keeps_account ? 77'001 + i : 500'000 + i));
    }
  }
}

TEST_CASE("AnEmptyStoreSaysSoAndChangesNothing") {
  Stage stage{LinkPolicy{}};
  const Calibration found = Found(stage);
  CHECK(found.sellers == 0);
  CHECK(found.changes.empty());
  CHECK(found.policy == LinkPolicy{});
  CHECK(Leaves(found, "no enrolled seller carries an identifier"));
  CHECK(Leaves(found, "hub_ban_rate stays"));
}

TEST_CASE("WithoutBansNothingIsSaidOfWhoComesBack") {
  Stage stage{LinkPolicy{}};
  for (int i = 0; i < 100; ++i) {
    stage.Shows(fmt::format("s{}", i).c_str(), i, {fmt::format("custom.phone=n{}", i).c_str()});
  }
  const Calibration found = Found(stage);
  CHECK(found.sellers == 100);
  CHECK(found.banned == 0);
  CHECK(found.policy == LinkPolicy{});
  CHECK(Leaves(found, "hub_ban_rate stays"));
  CHECK(Leaves(found, "custom.phone: m stays"));
  CHECK(Leaves(found, "custom.phone: u stays"));
}

TEST_CASE("ATinyStoreChangesNothing") {
  Stage stage{LinkPolicy{}};
  Chain(stage);
  const Calibration found = Found(stage);
  CHECK(found.changes.empty());
  CHECK(found.policy == LinkPolicy{});
  CHECK(Leaves(found, "fewer than 20"));
}

TEST_CASE("RatesAreThoseThatTheStoreWasMadeWith") {
  Stage stage{LinkPolicy{}};
  FillWith(stage, 1200);
  const std::string before = stage.Export(ExportScope::kFacts);
  const Calibration found = Found(stage);
  CHECK(stage.Export(ExportScope::kFacts) == before);  // it reads, and no more
  CHECK(found.banned == 120);
  CHECK(found.sellers == 1290);
  CHECK(found.policy.hub_ban_rate == doctest::Approx(120.0 / 1290).epsilon(0.001));
  REQUIRE(found.kinds.size() == 2);
  const KindRates& phone = found.kinds[0];
  CHECK(phone.kind == "custom.phone");
  CHECK(phone.returns == doctest::Approx(90).epsilon(0.1));
  CHECK(phone.keeps() == doctest::Approx(1).epsilon(0.05));
  // 480 of 1170 open ones share with the next.
  CHECK(phone.stranger_share() == doctest::Approx(480.0 / 1170).epsilon(0.05));
  const KindRates& account = found.kinds[1];
  CHECK(account.keeps() == doctest::Approx(1.0 / 3).epsilon(0.1));
  CHECK(account.sharers == 0);
  REQUIRE(ChangeOf(found, "kind.\"custom.phone\"", "u") != nullptr);
  CHECK(ChangeOf(found, "kind.\"pay.alipay\"", "u") == nullptr);
  CHECK(ChangeOf(found, "kind.\"pay.alipay\"", "m")->after == doctest::Approx(0.33).epsilon(0.1));
  CHECK(Leaves(found, "pay.alipay: u stays"));
  // What so many strangers share cannot block alone.
  const KindPolicy judged = found.policy.For("custom.phone");
  CHECK(judged.weight + found.policy.prior < found.policy.block);
}

TEST_CASE("LiftedBansCountAsNone") {
  Stage stage{LinkPolicy{}};
  FillWith(stage, 1200);
  for (int i = 0; i < 1200; i += 20) {
    stage.Apply(Reinstate{Shop(fmt::format("s{}", i).c_str()), "", true, Day(200)});
  }
  const Calibration found = Found(stage);
  CHECK(found.banned == 60);
}

TEST_CASE("TheProposalIsAPolicyFile") {
  Stage stage{LinkPolicy{}};
  FillWith(stage, 1200);
  const Calibration found = Found(stage);
  const std::string toml = FormatCalibration(found);
  const Result<LinkPolicy> read = ParseLinkPolicy(toml, "proposal");
  REQUIRE(read);
  CHECK(*read == found.policy);
  CHECK(toml.starts_with("# Measured on 1290 of 1290 enrolled sellers"));
  for (const ProposedChange& change : found.changes) {
    CHECK(toml.find(change.why) != std::string::npos);
  }
}

TEST_CASE("ASampleIsTheSameForTheSameSeed") {
  Stage stage{LinkPolicy{}};
  FillWith(stage, 600);
  const Calibration once = Found(stage, {200, 1}), again = Found(stage, {200, 1});
  CHECK(once.sampled < 200);
  CHECK(once.sampled_banned == 60);  // fewer than half of the sample: all
  CHECK(FormatCalibration(once) == FormatCalibration(again));
  const Result<Calibration> none = Calibrate(*stage, {1, 1});
  REQUIRE(!none);
  CHECK(none.error().code == Code::kInvalidArgument);
}

}  // namespace
}  // namespace revenant
