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
    {"unknown exchange key", "[exchange]\nvalid = 1",
     "policy.toml:2:1: ", "unknown setting \"valid\""},
    {"no exchange section", "exchange = 1", "policy.toml:1:1: ", "must be one section"},
    {"an exchange table that is none", "[exchange.days]\ndevice = 1",
     "policy.toml:1:", "unknown setting \"days\""},
    {"a family of nobody", "[exchange.listed_days]\ncustom = 1",
     "policy.toml:2:1: ", "unknown setting \"custom\""},
    {"a kind of nobody", "[exchange.only_to]\n\"pay.ibann\" = \"*\"",
     "policy.toml:2:1: ", "neither a kind"},
    {"a country that gives no kinds", "[exchange.only_to]\nzz = \"*\"",
     "policy.toml:2:1: ", "neither a kind"},
    {"a country in small letters", "[exchange.only_to]\ncn = \"cn\"",
     "policy.toml:2:", "cn must be countries"},
    {"two spaces between countries", "[exchange.only_to]\ncn = \"CN  HK\"",
     "policy.toml:2:", "cn must be countries"},
    {"a rule that is no text", "[exchange.only_to]\ncn = true", "policy.toml:2:", "cn must be"},
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

struct Bound {
  const char* section;
  const char* key;
  std::int64_t min, max;
};
const Bound kExchangeBounds[] = {
    {"exchange", "min_infringements", 1, 255},
    {"exchange", "valid_days", 1, 3653},
    {"exchange", "silence_days", 1, 3653},
    {"exchange", "retroactive_days", 0, 36'500},
    {"exchange", "max_seq_leap", 1, 1'000'000'000},
    {"exchange", "request_items", 1, 1'000'000},
    {"exchange", "guessable_daily", 0, 1'000'000'000},
    {"exchange", "guessable_backlog", 0, 1'000'000'000},
    {"exchange", "random_daily", 0, 1'000'000'000},
    {"exchange", "random_backlog", 0, 1'000'000'000},
    {"exchange.listed_days", "device", 1, 7305},
    {"exchange.listed_days", "document", 1, 7305},
    {"exchange.listed_days", "payment", 1, 7305},
    {"exchange.listed_days", "contact", 1, 7305},
    {"exchange.listed_days", "network", 1, 7305},
    {"exchange.listed_days", "organisation", 1, 7305},
};

TEST_CASE("Numbers of the exchange are taken up to their bounds and refused beyond them") {
  for (const Bound& row : kExchangeBounds) {
    CAPTURE(row.key);
    const auto with = [&](const std::string& value) {
      return "[" + std::string(row.section) + "]\n" + row.key + " = " + value;
    };
    for (const std::int64_t good : {row.min, row.max}) {
      const EnforcementPolicy policy = MustParse(with(std::to_string(good)));
      CHECK(MustParse(FormatEnforcementPolicy(policy)) == policy);
    }
    for (const std::string& bad : {std::to_string(row.min - 1), std::to_string(row.max + 1),
                                   std::to_string(row.min) + ".5", std::string("\"1\"")}) {
      const std::string error = ErrorOf(with(bad));
      CHECK(error.starts_with("policy.toml:2:"));
      CHECK(error.find(std::string(row.key) + " must be a whole number from ") != error.npos);
    }
  }
}

struct MayGoCase {
  const char* name;
  const char* rules;
  const char* kind;
  const char* home;
  const char* country;
  bool may;
};
const MayGoCase kMayGo[] = {
    {"what has no rule goes anywhere", "", "pay.iban", "CN", "FR", true},
    {"Chinese kinds stay in China", "", "doc.cn.resident_id", "CN", "FR", false},
    {"and go there from elsewhere", "", "doc.cn.resident_id", "FR", "CN", true},
    {"but nowhere else", "", "doc.cn.resident_id", "FR", "DE", false},
    {"at home nothing leaves", "", "doc.cn.resident_id", "FR", "FR", true},
    {"a country may let its kinds out", "cn = \"*\"", "doc.cn.resident_id", "CN", "FR", true},
    {"a kind's own rule goes first", "\"doc.cn.resident_id\" = \"FR\"", "doc.cn.resident_id", "CN",
     "FR", true},
    {"and its countries are all", "\"doc.cn.resident_id\" = \"FR\"", "doc.cn.resident_id", "DE",
     "CN", false},
    {"nobody is nobody, at home too", "\"pay.iban\" = \"none\"", "pay.iban", "FR", "FR", false},
    {"nothing named is home alone", "\"pay.iban\" = \"\"", "pay.iban", "FR", "FR", true},
    {"nothing named goes nowhere", "\"pay.iban\" = \"\"", "pay.iban", "FR", "DE", false},
    {"several countries", "\"pay.iban\" = \"FR DE\"", "pay.iban", "ES", "DE", true},
    {"a code is no part of two others", "\"pay.iban\" = \"AD ES\"", "pay.iban", "FR", "DE", false},
    {"a country's rule holds for its kinds alone", "br = \"BR\"", "pay.iban", "FR", "DE", true},
};

TEST_CASE("Identifiers go where the rules let them") {
  for (const MayGoCase& row : kMayGo) {
    CAPTURE(row.name);
    const ExchangePolicy policy =
        MustParse("[exchange.only_to]\n" + std::string(row.rules)).exchange;
    CHECK(policy.MayGo(row.kind, row.home, row.country) == row.may);
  }
}

TEST_CASE("Entries stand as long as their family does") {
  const ExchangePolicy policy = MustParse("[exchange.listed_days]\npayment = 9\n").exchange;
  CHECK(policy.ListedDays("pay.iban") == 9);
  CHECK(policy.ListedDays("device.imei") == 365);
  CHECK(policy.ListedDays("doc.cn.resident_id") == 1826);
  CHECK(policy.ListedDays("org.cn.uscc") == 1826);
  CHECK(policy.ListedDays("custom.badge") == 0);
  CHECK(policy.ListedDays("no.such.kind") == 0);
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
