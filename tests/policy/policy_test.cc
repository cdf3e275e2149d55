#include "revenant/policy.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <random>
#include <string>

namespace revenant {
namespace {

EnforcementPolicy MustParse(std::string_view toml) {
  auto policy = ParseEnforcementPolicy(toml, "policy.toml");
  if (!policy) FAIL(policy.error().message);
  return *policy;
}
std::string ErrorOf(std::string_view toml) {
  const auto policy = ParseEnforcementPolicy(toml, "policy.toml");
  REQUIRE_FALSE(policy);
  CHECK(policy.error().code == Code::kInvalidArgument);
  return policy.error().message;
}

TEST_CASE("What is not written keeps its default, and the sections of links are left alone") {
  CHECK(MustParse("") == EnforcementPolicy{});
  CHECK(MustParse("[link]\nmax_hops = 3\n[verdict]\n[kind.\"pay.iban\"]\nrole = \"ignored\"\n") ==
        EnforcementPolicy{});
}

TEST_CASE("Every section is read") {
  const EnforcementPolicy policy = MustParse(R"(
[sanctions]
deduct_from = 3
freeze_share = 0.25
weight_design = 0.5
currency = "USD"
deposit_base = 5
compensation = "insurance"
[knowledge]
price_ratio = 0.6
notice_signature = true
[duty]
platform_type = "payment"
[duty.payment]
block_bits = 6.5
deposit_factor = 2
[clocks]
regime = "mine"
[clocks.mine]
measure_hours = 36
zone = "+08:00"
)");
  CHECK(policy.sanctions.deduct_from == 3);
  CHECK(policy.sanctions.freeze_share == 250);
  CHECK(policy.sanctions.weight[static_cast<std::size_t>(Right::kDesign) - 1] == 500);
  CHECK(policy.sanctions.currency == "USD");
  CHECK(policy.sanctions.deposit_base == 5);
  CHECK(policy.sanctions.compensation == Compensation::kInsurance);
  CHECK(policy.knowledge.price_ratio == 600);
  CHECK(policy.knowledge.notice_signature);
  CHECK(policy.duty.platform_type == PlatformType::kPayment);
  CHECK(policy.duty.Of(PlatformType::kPayment).block_millibits == 6500);
  CHECK(policy.duty.Of(PlatformType::kPayment).deposit_factor == 2000);
  CHECK(policy.clocks.regimes.at("mine").measure_hours == 36);
  CHECK(policy.clocks.regimes.at("mine").zone_minutes == 480);
  CHECK(policy.clocks.regimes.at("mine").acknowledge_hours == 0);
  CHECK(MustParse(FormatEnforcementPolicy(policy)) == policy);
}

struct ErrorCase {
  const char* name;
  const char* toml;
  const char* place;
  const char* says;
};
const ErrorCase kErrors[] = {
    {"syntax", "[sanctions", "policy.toml:1:", ""},
    {"unknown section", "\n[sanction]\n", "policy.toml:2:2: ", "unknown section \"sanction\""},
    {"unknown key", "[sanctions]\nfrezze_from = 1",
     "policy.toml:2:1: ", "unknown setting \"frezze_from\""},
    {"too low", "[sanctions]\nfreeze_from = 0", "policy.toml:2:", "a whole number from 1"},
    {"not whole", "[sanctions]\nfreeze_from = 1.5", "policy.toml:2:", "a whole number"},
    {"too high", "[sanctions]\nfreeze_share = 1.01", "policy.toml:2:", "a number from 0 to 1"},
    {"wrong type", "[knowledge]\nprice_ratio = \"0.7\"", "policy.toml:2:", "price_ratio must be"},
    {"not a number", "[knowledge]\nprice_ratio = nan", "policy.toml:2:", "price_ratio must be"},
    {"no flag", "[knowledge]\nnotice_contact = 1", "policy.toml:2:", "true or false"},
    {"no currency", "[sanctions]\ncurrency = \"eur\"", "policy.toml:2:", "three capital letters"},
    {"no such purse", "[sanctions]\ncompensation = \"lottery\"", "policy.toml:2:", "insurance"},
    {"floor above ceiling", "[sanctions]\ndeposit_floor = 2\ndeposit_ceiling = 1",
     "policy.toml:2:", "must not be above"},
    {"no such type", "[duty]\nplatform_type = \"bazaar\"", "policy.toml:2:", "\"marketing\""},
    {"no such section of a type", "[duty.bazaar]\nblock_bits = 1",
     "policy.toml:1:", "unknown setting \"bazaar\""},
    {"review above block", "[duty.payment]\nreview_bits = 5\nblock_bits = 4",
     "policy.toml:3:", "must not be below"},
    {"no such regime", "[clocks]\nregime = \"none\"", "policy.toml:2:", "has no section"},
    {"no such zone", "[clocks.h72]\nzone = \"CET\"", "policy.toml:2:", "+08:00"},
    {"not a section", "sanctions = 3", "policy.toml:1:1: ", "must be one section"},
    {"the first complaint in the file", "[sanctions]\nb = 1\n[knowledge]\na = 1",
     "policy.toml:2:1: ", "\"b\""},
};

TEST_CASE("What is wrong is named with its place") {
  for (const ErrorCase& row : kErrors) {
    CAPTURE(row.name);
    const std::string error = ErrorOf(row.toml);
    CAPTURE(error);
    CHECK(error.starts_with(row.place));
    CHECK(error.find(row.says) != std::string::npos);
  }
}

TEST_CASE("The canonical text of any policy that is accepted is read as the same policy") {
  const char* given = std::getenv("REVENANT_SEED");
  const std::uint64_t seed = given == nullptr ? 1 : std::strtoull(given, nullptr, 10);
  CAPTURE(seed);
  std::mt19937_64 random(seed);
  const std::string whole = FormatEnforcementPolicy({});
  CHECK(MustParse(whole) == EnforcementPolicy{});
  constexpr std::string_view kTelling = "[]{}=.,\"'#\n\\ 0123456789-+_e";
  int accepted = 0;
  for (int round = 0; round < 1000; ++round) {
    std::string toml = whole;
    for (std::uint64_t changes = 1 + random() % 3; changes > 0; --changes) {
      const std::size_t at = random() % toml.size();
      const char byte = kTelling[random() % kTelling.size()];
      if (random() % 2 == 0) {
        toml[at] = byte;
      } else {
        toml.insert(at, 1, byte);
      }
    }
    const auto parsed = ParseEnforcementPolicy(toml, "p");
    if (!parsed) {
      CHECK(parsed.error().message.starts_with("p:"));
      continue;
    }
    ++accepted;
    REQUIRE(MustParse(FormatEnforcementPolicy(*parsed)) == *parsed);
  }
  CHECK(accepted > 10);
}

}  // namespace
}  // namespace revenant
