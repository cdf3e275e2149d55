#include "revenant/record.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

namespace revenant {
namespace {

using namespace std::string_view_literals;

struct NameCase {
  std::string_view name, text, platform, external_id;
};
constexpr NameCase kNames[] = {
    {"plain", "shop-eu:S-1042", "shop-eu", "S-1042"},
    {"the first colon splits", "shop:urn:seller:7", "shop", "urn:seller:7"},
    {"an external id may hold spaces", "shop:store 7", "shop", "store 7"},
    {"UTF-8 in both", "\xe6\xb7\x98:\xc3\xa9", "\xe6\xb7\x98", "\xc3\xa9"},
    {"an external id may be a colon", "a::", "a", ":"},
};

TEST_CASE("SellerNamesSplitAtTheFirstColonAndComeBack") {
  for (const NameCase& c : kNames) {
    CAPTURE(c.name);
    const auto parsed = ParseSellerName(c.text);
    REQUIRE(parsed);
    CHECK(parsed->platform == c.platform);
    CHECK(parsed->external_id == c.external_id);
    CHECK(parsed->ToString() == c.text);
    CHECK(CheckSellerName(*parsed));
  }
}

struct BadName {
  std::string_view name, text, why;
};
constexpr BadName kBadNames[] = {
    {"nothing", "", "no colon"},
    {"no colon", "shop", "no colon"},
    {"no platform", ":S-1", "platform is empty"},
    {"no external id", "shop:", "external id is empty"},
    {"space in the platform", "my shop:S-1", "white space"},
    {"wide space in the platform", "my\xe3\x80\x80shop:S-1", "white space"},
    {"no-break space in the platform", "my\xc2\xa0shop:S-1", "white space"},
    {"line feed", "shop:S\n1", "control"},
    {"zero byte", "shop:S\0001"sv, "control"},
    {"tab in the platform", "sh\top:S1", "control"},
    {"delete", "shop:S\x7f", "control"},
    {"C1 control", "shop:S\xc2\x85", "control"},
    {"not UTF-8", "shop:S\xff", "not UTF-8"},
    {"platform not UTF-8", "sh\xc0\xafop:S", "not UTF-8"},
};

TEST_CASE("BadSellerNamesAreRefusedWithTheReasonAndWithoutTheName") {
  for (const BadName& c : kBadNames) {
    CAPTURE(c.name);
    const auto parsed = ParseSellerName(c.text);
    REQUIRE_FALSE(parsed);
    CHECK(parsed.error().code == Code::kInvalidArgument);
    CHECK(parsed.error().message.find(c.why) != std::string::npos);
    CHECK(parsed.error().message.find("S-1") == std::string::npos);
  }
}

TEST_CASE("NamePartsMayBeOf512BytesAndNoMore") {
  const std::string full(kMaxNameBytes, 'x');
  CHECK(CheckSellerName({full, full}));
  CHECK_FALSE(CheckSellerName({full + "x", "1"}));
  CHECK_FALSE(CheckSellerName({"shop", full + "x"}));
}

// Such a name would parse back as another seller.
TEST_CASE("APlatformWithAColonIsRefused") {
  const auto checked = CheckSellerName({"a:b", "c"});
  REQUIRE_FALSE(checked);
  CHECK(checked.error().message.find("colon") != std::string::npos);
}

TEST_CASE("StatusesAndCodesHaveNames") {
  CHECK(StatusName(SellerStatus::kMentioned) == "mentioned");
  CHECK(StatusName(SellerStatus::kApplicant) == "applicant");
  CHECK(StatusName(SellerStatus::kActive) == "active");
  CHECK(StatusName(static_cast<SellerStatus>(200)) == "unknown");
  CHECK(CodeName(Code::kInvalidArgument) == "invalid argument"sv);
  CHECK(CodeName(Code::kNotFound) == "not found"sv);
  CHECK(CodeName(Code::kConflict) == "conflict"sv);
  CHECK(CodeName(Code::kUnsupportedFormat) == "unsupported format"sv);
  CHECK(CodeName(Code::kCorruption) == "corruption"sv);
  CHECK(CodeName(Code::kIo) == "I/O error"sv);
}

}  // namespace
}  // namespace revenant
