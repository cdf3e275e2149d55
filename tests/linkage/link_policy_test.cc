#include "revenant/link_policy.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace revenant {
namespace {

LinkPolicy MustParse(std::string_view toml) {
  auto policy = ParseLinkPolicy(toml, "policy.toml");
  if (!policy) FAIL(policy.error().message);
  return *policy;
}

// Random damage to a whole policy: it is read as something that can be written again, or refused.
void ReadDamagedPolicies(int rounds) {
  constexpr std::string_view kTelling = "[]{}=.,\"'#\n\r\\ \t0-+_xeu:T\xff";
  const std::uint32_t seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random(seed);
  LinkPolicy policy;
  policy.Set("pay.iban", {.fanout_limit = 1, .carry_limit = 1, .m = 0.5, .u = 1e-7});
  const std::string whole = FormatLinkPolicy(policy);
  for (int round = 0; round < rounds; ++round) {
    std::string toml = whole;
    for (std::uint32_t changes = 1 + random() % 4; changes > 0; --changes) {
      const std::size_t at = random() % toml.size();
      const char byte = random() % 4 == 0 ? static_cast<char>(random() % 256)
                                          : kTelling[random() % kTelling.size()];
      switch (random() % 4) {
        case 0:
          toml[at] = byte;
          break;
        case 1:
          toml.insert(at, 1 + random() % 3, byte);
          break;
        case 2:
          toml.insert(at, toml.substr(random() % toml.size(), random() % 30));
          break;
        default:
          toml.erase(at, 1 + random() % 5);
          break;
      }
    }
    CAPTURE(toml);
    const auto parsed = ParseLinkPolicy(toml, "p");
    if (parsed) {
      REQUIRE(ParseLinkPolicy(FormatLinkPolicy(*parsed), "p").has_value());
    } else {
      CAPTURE(parsed.error().message);
      REQUIRE(parsed.error().message.starts_with("p:"));
    }
  }
}

TEST_SUITE("link policy") {
  TEST_CASE("TheSectionsOfEnforcementAreLeftToTheirOwnReader") {
    CHECK(MustParse("[sanctions]\nfreeze_days = 3\n[duty.payment]\n[clocks]\n[knowledge]\n") ==
          LinkPolicy{});
  }

  TEST_CASE("AnEmptyFileGivesTheDefaults") { CHECK(MustParse("") == LinkPolicy()); }

  TEST_CASE("WithoutOverridesAKindCountsAsTheTableSays") {
    const KindInfo* info = FindKind("pay.iban");
    REQUIRE(info != nullptr);
    const KindPolicy kind = LinkPolicy().For("pay.iban");
    CHECK(kind.role == info->role);
    CHECK(kind.fanout_limit == info->fanout_limit);
    CHECK(kind.carry_limit == info->carry_limit);
    CHECK(kind.m == info->m);
    CHECK(kind.u == info->u);
    CHECK(kind.half_life_days == info->half_life_days);
    CHECK(kind.weight == WeightOf(info->m, info->u));
  }

  TEST_CASE("EverySettingIsRead") {
    const LinkPolicy policy = MustParse(R"(
      [kind."pay.iban"]
      role = "supporting"
      fanout_limit = 7
      carry_limit = 9
      m = 1
      u = 0.25
      half_life_days = 30
      [link]
      max_hops = 3
      hop_discount_bits = 1.5
      prior_bits = -12
      family_share = 0.125
      search_budget = 500
      [verdict]
      review_bits = -0.25
      block_bits = 6.4
      min_redundancy = 3
      hub_review_bits = 4
      hub_ban_rate = 0.02
      hub_smoothing = 5
      document_veto = false
    )");
    CHECK(policy.For("pay.iban") == KindPolicy{.role = Role::kSupporting,
                                               .fanout_limit = 7,
                                               .carry_limit = 9,
                                               .m = 1,
                                               .u = 0.25,
                                               .half_life_days = 30,
                                               .weight = 2000});
    CHECK(policy.max_hops == 3);
    CHECK(policy.hop_discount == 1500);
    CHECK(policy.prior == -12'000);
    CHECK(policy.family_share_permille == 125);
    CHECK(policy.search_budget == 500);
    CHECK(policy.review == -250);
    CHECK(policy.block == 6400);
    CHECK(policy.min_redundancy == 3);
    CHECK(policy.hub_review == 4000);
    CHECK(policy.hub_ban_rate == 0.02);
    CHECK(policy.hub_smoothing == 5);
    CHECK_FALSE(policy.document_veto);
  }

  TEST_CASE("AnOverrideKeepsTheTablesValuesForWhatItLeavesOut") {
    const KindPolicy table = LinkPolicy().For("pay.iban");
    KindPolicy expected = table;
    expected.fanout_limit = table.fanout_limit + 1;
    const LinkPolicy policy = MustParse(
        "[kind.\"pay.iban\"]\nfanout_limit = " + std::to_string(expected.fanout_limit) + "\n");
    CHECK(policy.For("pay.iban") == expected);
  }

  TEST_CASE("CustomKindsFallBackToTheSettingsOfCustomStar") {
    const LinkPolicy policy = MustParse(R"(
      [kind."custom.loyalty"]
      carry_limit = 3
      [kind."custom.*"]
      fanout_limit = 11
    )");
    CHECK(policy.For("custom.unheard_of").fanout_limit == 11);
    CHECK(policy.For("custom.loyalty").fanout_limit == 11);
    CHECK(policy.For("custom.loyalty").carry_limit == 3);
    CHECK(policy.For("custom.unheard_of").carry_limit == LinkPolicy().For("custom.*").carry_limit);
  }

  TEST_CASE("AKindOfOnesOwnThatOnlySupportsWeighsLittleUnlessItSaysMore") {
    constexpr std::string_view kSection = "[kind.\"custom.country\"]\nrole = \"supporting\"\n";
    CHECK(MustParse(std::string(kSection)).For("custom.country").weight == 2000);
    const KindPolicy rare =
        MustParse(std::string(kSection) + "u = 0.0009765625").For("custom.country");
    CHECK(rare.weight == 9000);
    CHECK(MustParse("[kind.\"custom.id\"]\ncarry_limit = 3").For("custom.id").weight == 20000);
    // Written out and read again it is the same.
    const LinkPolicy policy = MustParse(std::string(kSection));
    CHECK(MustParse(FormatLinkPolicy(policy)).For("custom.country") ==
          policy.For("custom.country"));
  }

  TEST_CASE("TheTablesOwnValuesAreWithinTheRangesOfAFile") {
    for (const KindInfo& info : Kinds()) {
      CAPTURE(info.name);
      LinkPolicy policy;
      policy.Set(info.name, policy.For(info.name));
      const auto parsed = ParseStoredLinkPolicy(FormatLinkPolicy(policy), "p");
      REQUIRE_MESSAGE(parsed.has_value(), parsed.error().message);
      CHECK(*parsed == policy);
    }
  }

  TEST_CASE("OtherNamesOfAKindMeanTheKind") {
    REQUIRE(FindKind("pay.pan.unionpay")->name == "pay.pan");
    const LinkPolicy policy = MustParse("[kind.\"pay.pan.unionpay\"]\nfanout_limit = 77");
    CHECK(policy.For("pay.pan").fanout_limit == 77);
    CHECK(policy.For("pay.pan.unionpay").fanout_limit == 77);
    CHECK(policy.overrides().begin()->first == "pay.pan");
  }

  TEST_CASE("UnknownKindsAreIgnored") {
    CHECK(LinkPolicy().For("pay.nonsense").role == Role::kIgnored);
  }

  TEST_CASE("SetDerivesTheWeight") {
    LinkPolicy policy;
    policy.Set("pay.iban", {.m = 0.5, .u = 0.125, .weight = 99});
    CHECK(policy.For("pay.iban").weight == 2000);
  }

  TEST_CASE("WeightIsLog2OfTheOddsInThousandths") {
    CHECK(WeightOf(1, 0.5) == 1000);
    CHECK(WeightOf(0.9, 1e-6) == 19'780);  // log2(900000) = 19.7795...
    CHECK(WeightOf(0.5, 0.5) == 0);
  }

  struct BadPolicy {
    std::string_view name, toml, place, words;
  };
  constexpr BadPolicy kBadPolicies[] = {
      {"syntax", "[link\nmax_hops = 1", "p:1:", ""},
      {"a section without a name", "[ = ]", "p:1:3: ", ""},
      {"not UTF-8", "[link]\n# \xff\n", "p:2:", ""},
      {"unknown section", "[links]\n", "p:1:2: ", "unknown section \"links\""},
      {"unknown top-level key", "\nmax_hops = 1", "p:2:1: ", "unknown section \"max_hops\""},
      {"section of a later version", "[telemetry.roster]\n",
       "p:1:2: ", "unknown section \"telemetry\""},
      {"section as a number", "link = 3", "p:1:1: ", "must be one section"},
      {"section as an array", "[[verdict]]\n", "p:1:3: ", "must be one section"},
      {"unknown setting", "[link]\n  max_hop = 1", "p:2:3: ", "unknown setting \"max_hop\""},
      {"unknown setting lists the known", "[link]\nx = 1",
       "p:2:1: ", "max_hops, hop_discount_bits"},
      {"control characters in a name", "[link]\n\"a\\nb\" = 1", "p:2:1: ", "\"a\\nb\""},
      {"a setting of another section", "[verdict]\nmax_hops = 1", "p:2:1: ", "unknown setting"},
      {"unknown kind", "[kind.\"pay.ibann\"]\n", "p:1:7: ", "unknown kind \"pay.ibann\""},
      {"kind without quotes", "[kind.pay.iban]\nm = 1", "p:1:7: ", "stands in quotes"},
      {"kind under both its names", "[kind.\"pay.pan\"]\n[kind.\"pay.pan.unionpay\"]",
       "p:2:7: ", "a second section for kind \"pay.pan\""},
      {"kind that is no section", "[kind]\n\"pay.iban\" = 5", "p:2:14: ", "must be a section"},
      {"string for a number", "[link]\nmax_hops = \"4\"",
       "p:2:12: ", "max_hops must be a whole number from 1 to 16"},
      {"decimal for a count", "[link]\nmax_hops = 4.0", "p:2:12: ", "a whole number"},
      {"number for a flag", "[verdict]\ndocument_veto = 1", "p:2:17: ", "true or false"},
      {"flag for a number", "[verdict]\nblock_bits = true", "p:2:14: ", "a number from -1000"},
      {"unknown role", "[kind.\"pay.iban\"]\nrole = \"strong\"",
       "p:2:8: ", "\"linking\", \"supporting\" or \"ignored\""},
      {"role of a wrong type", "[kind.\"pay.iban\"]\nrole = 1", "p:2:8: ", "role must be"},
      {"count of nothing", "[kind.\"pay.iban\"]\nfanout_limit = 0", "p:2:16: ", "from 1 to"},
      {"count too large", "[kind.\"pay.iban\"]\ncarry_limit = 1000000001",
       "p:2:15: ", "from 1 to 1000000000"},
      {"count beyond 64 bits", "[link]\nsearch_budget = 9223372036854775808", "p:2:", ""},
      {"count not exact as a double", "[link]\nsearch_budget = 9223372036854775807",
       "p:2:17: ", "from 1 to"},
      {"negative count", "[kind.\"pay.iban\"]\nhalf_life_days = -1", "p:2:18: ", "from 0 to"},
      {"m of zero", "[kind.\"pay.iban\"]\nm = 0", "p:2:5: ", "above 0, at most 1"},
      {"m above one", "[kind.\"pay.iban\"]\nm = 1.001", "p:2:5: ", "above 0, at most 1"},
      {"m not a number", "[kind.\"pay.iban\"]\nm = nan", "p:2:5: ", "above 0, at most 1"},
      {"u of zero", "[kind.\"pay.iban\"]\nu = 0.0", "p:2:5: ", "above 0 and below 1"},
      {"u of one", "[kind.\"pay.iban\"]\nu = 1", "p:2:5: ", "above 0 and below 1"},
      {"u equal to m", "[kind.\"pay.iban\"]\nm = 0.5\nu = 0.5", "p:3:5: ", "must be below m"},
      {"u above m", "[kind.\"pay.iban\"]\nu = 0.6\nm = 0.5", "p:2:5: ", "u (0.6) must be below m"},
      {"u above m, m alone given", "[kind.\"pay.iban\"]\nm = 1e-300", "p:2:5: ", "must be below m"},
      {"share above one", "[link]\nfamily_share = 1.1", "p:2:16: ", "a number from 0 to 1"},
      {"share below zero", "[link]\nfamily_share = -0.1", "p:2:16: ", "a number from 0 to 1"},
      {"infinite bits", "[verdict]\nblock_bits = inf", "p:2:14: ", "a number from"},
      {"too many hops", "[link]\nmax_hops = 17", "p:2:12: ", "1 to 16"},
      {"review above block", "[verdict]\nreview_bits = 9\nblock_bits = 8",
       "p:3:14: ", "block_bits (8) must not be below review_bits (9)"},
      {"review above the usual block", "[verdict]\nreview_bits = 9",
       "p:2:15: ", "must not be below"},
      {"ban rate of one", "[verdict]\nhub_ban_rate = 1", "p:2:16: ", "above 0 and below 1"},
      {"no smoothing", "[verdict]\nhub_smoothing = 0", "p:2:17: ", "above 0"},
      {"rules of the future", "[link]\nrules = 3", "p:2:9: ", "a whole number from 1 to 2"},
      {"a list of no lists", "[verdict]\ncount_once = [\"device\"]",
       "p:2:14: ", "a list of lists of families"},
      {"no family", "[verdict]\ncount_once = [[\"thing\"]]", "p:2:14: ", "a list of lists"},
      {"a family twice", "[verdict]\ncount_once = [[\"device\"], [\"device\"]]",
       "p:2:14: ", "each family once"},
      {"what the rules of before did not know", "[link]\nrules = 1\n[verdict]\ncount_once = []",
       "p:4:1: ", "unknown setting \"count_once\""},
      {"pools of a kind without", "[kind.\"pay.pan\"]\npools = []", "p:2:9: ", "has no pools"},
      {"pools that are no beginning", "[kind.\"pay.iban\"]\npools = [\"700\"]",
       "p:2:9: ", "country and bank"},
      {"junk that is no list", "[junk]\nvalues = \"tbd\"", "p:2:10: ", "a list of at most"},
      {"junk that is nothing", "[junk]\nvalues = [\" \"]", "p:2:10: ", "a list of at most"},
      {"junk of no kind", "[junk.\"pay.ibann\"]\nvalues = []", "p:1:7: ", "unknown kind"},
      {"junk by another name", "[junk]\nwords = []", "p:2:1: ", "unknown setting \"words\""},
      {"a mistyped account", "[junk.\"pay.iban\"]\nvalues = [\"GB34BUKB20201555555555\"]",
       "p:2:11: ", "is not a value of pay.iban"},
      {"words that count of a kind of ours", "[kind.\"pay.iban\"]\nplaceholders = true",
       "p:2:16: ", "own kinds alone"},
      {"words that count perhaps", "[kind.\"custom.a\"]\nplaceholders = 1",
       "p:2:16: ", "true or false"},
      {"the first of several", "[verdict]\nzzz = 1\n[link]\naaa = 1\n[kind.x]", "p:2:1: ", "zzz"},
  };

  TEST_CASE("BadPoliciesAreRefusedByPlace") {
    for (const BadPolicy& bad : kBadPolicies) {
      CAPTURE(bad.name);
      const auto policy = ParseLinkPolicy(bad.toml, "p");
      REQUIRE_FALSE(policy.has_value());
      CHECK(policy.error().code == Code::kInvalidArgument);
      const std::string& message = policy.error().message;
      CAPTURE(message);
      CHECK(message.starts_with(bad.place));
      CHECK(message.find(bad.words) != std::string::npos);
      CHECK(message.find('\n') == std::string::npos);
    }
  }

  TEST_CASE("EdgesOfEveryRangeAreAllowed") {
    CHECK(MustParse("[kind.\"pay.iban\"]\nrole = \"ignored\"\nm = 0.5\nu = 0.5")
              .For("pay.iban")
              .weight == 0);
    CHECK(MustParse("[link]\nmax_hops = 16\nfamily_share = 1\nsearch_budget = 1000000000")
              .family_share_permille == 1000);
    CHECK(MustParse("[verdict]\nreview_bits = 7\nblock_bits = 7").review == 7000);
    CHECK(MustParse("[kind.\"pay.iban\"]\nm = 1\nu = 1e-12").For("pay.iban").m == 1);
  }

  TEST_CASE("JunkIsReadByKindAndWrittenBack") {
    const LinkPolicy policy = MustParse(
        "[junk]\nvalues = [\"tbd\", \"n.a.\", \"tbd\"]\n[junk.\"doc.cn.resident_id_15\"]\n"
        "values = [\"11010519491231002X\"]\n[junk.\"custom.a\"]\nvalues = []\n"
        "[kind.\"custom.a\"]\nplaceholders = true");
    CHECK(policy.junk.size() == 2);
    CHECK(policy.junk.at("") == std::vector<std::string>{"n.a.", "tbd"});
    CHECK(policy.junk.at("doc.cn.resident_id") == std::vector<std::string>{"11010519491231002X"});
    CHECK(policy.For("custom.a").placeholders);
    CHECK_FALSE(policy.For("custom.b").placeholders);
    const std::string toml = FormatLinkPolicy(policy);
    CHECK(toml.find("placeholders = true\n\n[junk]\nvalues = [\"n.a.\", \"tbd\"]\n\n"
                    "[junk.\"doc.cn.resident_id\"]\n") != std::string::npos);
    CHECK(MustParse(toml) == policy);
    LinkPolicy before = LinkPolicy::OfBefore();
    before.junk = policy.junk;
    const auto stored = ParseStoredLinkPolicy(FormatLinkPolicy(before), "p");
    REQUIRE(stored);
    CHECK(*stored == before);
  }

  TEST_CASE("DefaultsAreWrittenOutInFull") {
    CHECK(FormatLinkPolicy(LinkPolicy()) ==
          "[link]\nrules = 2\nmax_hops = 4\nhop_discount_bits = 2\nprior_bits = -10\n"
          "family_share = 0.25\nsearch_budget = 20000\n\n[verdict]\nreview_bits = 0\n"
          "block_bits = 7\nmin_redundancy = 2\nhub_review_bits = 2\nhub_ban_rate = 0.03\n"
          "hub_smoothing = 10\ndocument_veto = true\n"
          "count_once = [[\"device\", \"contact\", \"network\"]]\n");
  }

  // Digests of certificates and stores of before hang on these bytes.
  TEST_CASE("TheRulesOfBeforeAreWrittenAsTheyWere") {
    constexpr std::string_view kBefore =
        "[link]\nmax_hops = 4\nhop_discount_bits = 2\nprior_bits = -10\nfamily_share = 0.25\n"
        "search_budget = 20000\n\n[verdict]\nreview_bits = 0\nblock_bits = 7\n"
        "min_redundancy = 2\nhub_review_bits = 3\nhub_ban_rate = 0.01\nhub_smoothing = 10\n"
        "document_veto = true\n";
    CHECK(FormatLinkPolicy(LinkPolicy::OfBefore()) == kBefore);
    const auto stored = ParseStoredLinkPolicy(kBefore, "p");
    REQUIRE(stored);
    CHECK(*stored == LinkPolicy::OfBefore());
    CHECK(MustParse(kBefore).rules == 2);  // a file of a user's means today's, unless it says so
    CHECK(MustParse("[link]\nrules = 1") == LinkPolicy::OfBefore());
    const auto today = ParseStoredLinkPolicy(FormatLinkPolicy(LinkPolicy()), "p");
    REQUIRE(today);
    CHECK(*today == LinkPolicy());
  }

  TEST_CASE("TheRulesOfBeforeKnowTheKindsAsTheyWere") {
    const LinkPolicy before = LinkPolicy::OfBefore();
    const KindPolicy iban = before.For("pay.iban"), card = before.For("doc.cn.resident_id_15");
    CHECK(iban.weight == 20'000);
    CHECK(iban.fanout_limit == 50);
    CHECK(iban.half_life_days == 1825);
    CHECK(card.fanout_limit == 5);
    CHECK(before.For("device.imei").weight == 18'000);
    CHECK(before.For("custom.any").carry_limit == 50);
    CHECK(before.For("device.mac.nobody").role == Role::kIgnored);
    for (const KindInfo& kind : Kinds()) CHECK(before.For(kind.name).fanout_limit > 0);
  }

  TEST_CASE("FamiliesThatCountOnceAreGroups") {
    using Groups = std::vector<LinkPolicy::Families>;
    CHECK(MustParse("[verdict]\ncount_once = []").count_once == Groups{});
    CHECK(MustParse("[verdict]\ncount_once = [[\"network\", \"contact\"], [\"device\"]]")
              .count_once == Groups{{Family::kDevice}, {Family::kContact, Family::kNetwork}});
  }

  TEST_CASE("PoolsAreBeginningsOfAccounts") {
    const LinkPolicy policy =
        MustParse("[kind.\"pay.iban\"]\npools = [\"GBMODR\", \"DE70011110\", \"GBMODR\"]");
    CHECK(policy.For("pay.iban").pools == std::vector<std::string>{"DE70011110", "GBMODR"});
    CHECK(MustParse(FormatLinkPolicy(policy)) == policy);
  }

  TEST_CASE("DamagedPoliciesAreReadOrRefusedByPlace") { ReadDamagedPolicies(3'000); }

  TEST_CASE("ParsingWhatWasFormattedGivesAnEqualPolicy") {
    const std::uint32_t seed = std::random_device{}();
    CAPTURE(seed);
    std::mt19937 random(seed);
    const auto count = [&](std::uint32_t from, std::uint32_t to) {
      return std::uniform_int_distribution<std::uint32_t>(from, to)(random);
    };
    const auto bits = [&](MilliBits from, MilliBits to) {
      return std::uniform_int_distribution<MilliBits>(from, to)(random);
    };
    // Spread over many magnitudes, as probabilities are.
    const auto rate = [&] {
      return std::exp2(-std::uniform_real_distribution(0.01, 60.0)(random));
    };
    constexpr std::string_view kKinds[] = {"pay.iban", "contact.phone", "custom.*", "custom.tag"};

    for (int round = 0; round < 500; ++round) {
      LinkPolicy policy;
      for (const std::string_view name : kKinds) {
        if (count(0, 1) == 0) continue;
        const double m = rate();
        policy.Set(name, {.role = static_cast<Role>(count(0, 2)),
                          .fanout_limit = count(1, 1'000'000'000),
                          .carry_limit = count(1, 100),
                          .m = m,
                          .u = m * rate(),
                          .half_life_days = count(0, 1'000'000)});
      }
      policy.max_hops = count(1, 16);
      policy.hop_discount = bits(0, 1'000'000);
      policy.prior = bits(-1'000'000, 1'000'000);
      policy.family_share_permille = count(0, 1000);
      policy.search_budget = count(1, 1'000'000'000);
      policy.review = bits(-1'000'000, 1'000'000);
      policy.block = bits(policy.review, 1'000'000);
      policy.min_redundancy = count(1, 1000);
      policy.hub_review = bits(0, 1'000'000);
      policy.hub_ban_rate = rate();
      policy.hub_smoothing = rate() * 1e6;
      policy.document_veto = count(0, 1) == 1;
      policy.count_once.clear();
      if (count(0, 1) == 0) policy.count_once.push_back({Family::kDevice, Family::kContact});
      if (count(0, 3) == 0) policy.count_once.push_back({Family::kPayment});
      std::sort(policy.count_once.begin(), policy.count_once.end());
      if (count(0, 3) == 0) {
        policy.rules = 1;
        policy.count_once.clear();
      } else if (count(0, 1) == 0) {
        policy.velocity = {count(0, 9), count(1, 99), count(0, 9), count(1, 99)};
      }

      const std::string toml = FormatLinkPolicy(policy);
      CAPTURE(toml);
      const auto parsed = ParseStoredLinkPolicy(toml, "p");
      REQUIRE_MESSAGE(parsed.has_value(), parsed.error().message);
      REQUIRE(*parsed == policy);
      REQUIRE(FormatLinkPolicy(*parsed) == toml);
    }
  }
}

TEST_SUITE("slow") {
  TEST_CASE("DamagedPoliciesAreReadOrRefusedByPlaceAtLength") { ReadDamagedPolicies(100'000); }
}

}  // namespace
}  // namespace revenant
