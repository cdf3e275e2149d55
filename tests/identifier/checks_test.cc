#include "identifier/checks.h"

#include <doctest/doctest.h>

#include <string>

#include "identifier/md5.h"
#include "identifier/shape.h"

namespace revenant::kinds {
namespace {

struct CheckCase {
  std::string_view name;
  bool (*ok)(std::string_view);
  std::string_view text;  // passes as it stands
};

// Examples of the standards and of the papers that describe the algorithms.
constexpr CheckCase kCases[] = {
    {"Luhn: ISO/IEC 7812 sample", LuhnOk, "79927398713"},
    {"Luhn base 16: MEID", Luhn16Ok, "AF0123450ABCDEC"},
    {"Luhn base 36: GSTIN", Luhn36Ok, "27AAPFU0939F1ZV"},
    {"Verhoeff", VerhoeffOk, "2363"},
    {"Damm", DammOk, "5724"},
    {"MOD 11-2", Mod11_2Ok, "079X"},
    {"MOD 11-2: resident ID of GB 11643", Mod11_2Ok, "11010519491231002X"},
    {"MOD 11,10", Mod11_10Ok, "794623"},
    {"MOD 37-2", Mod37_2Ok, "G123489654321Y"},
    {"MOD 37,36", Mod37_36Ok, "A12425GABC1234002M"},
    {"MOD 97-10", Mod97_10Ok, "9999123456789012141490"},
    {"MOD 97-10: LEI", Mod97_10Ok, "5493000IBP32UQZ0KL24"},
};

TEST_CASE("EveryCheckPassesItsStandardsExampleAndNoSingleChange") {
  for (const CheckCase& c : kCases) {
    CAPTURE(c.name);
    CHECK(c.ok(c.text));
    for (std::size_t i = 0; i < c.text.size(); ++i) {
      if (!IsDigit(c.text[i])) continue;
      for (char digit = '0'; digit <= '9'; ++digit) {
        std::string changed(c.text);
        if (changed[i] == digit) continue;
        changed[i] = digit;
        CAPTURE(changed);
        CHECK_FALSE(c.ok(changed));
      }
    }
  }
}

TEST_CASE("EveryCheckRefusesWhatIsOutsideItsAlphabet") {
  for (const CheckCase& c : kCases) {
    CAPTURE(c.name);
    for (const std::string_view bad : {"", "1", "12 4", "12\xff", "??", "12a"})
      CHECK_FALSE(c.ok(bad));
  }
}

TEST_CASE("VerhoeffAndDammFindTransposedNeighbours") {
  CHECK_FALSE(VerhoeffOk("3263"));
  CHECK_FALSE(DammOk("7524"));
}

TEST_CASE("CheckCharactersAreComputed") {
  CHECK(LuhnDigit("7992739871") == '3');
  CHECK(LuhnDigit("AF0123450ABCDE", 16) == 'C');
  CHECK(LuhnDigit("12x") == '\0');
  CHECK(Mod11_2Digit("11010519491231002") == 'X');
  CHECK(IcaoDigit("L898902C3") == '6');  // ICAO 9303 part 4, appendix B
  CHECK(IcaoDigit("740812") == '2');
  CHECK(IcaoDigit("a") == '\0');
}

TEST_CASE("SumsRunFromEitherEndAndRepeatTheirWeights") {
  CHECK(WeightedSum("1234", {1, 2}) == 1 + 4 + 3 + 8);
  CHECK(WeightedSumRight("1234", {1, 2}) == 4 + 6 + 2 + 2);
  CHECK(WeightedDigitSum("58", {2, 1}) == 1 + 8);
  CHECK(WeightedSum("A", {3}) == 30);
  CHECK(WeightedSum("1-", {1}) == -1);
  CHECK(ModDigits("98765432109876543210", 97) == 62);
  CHECK(Mod97("98765432109876543210") == 62);
}

TEST_CASE("DatesAreThoseOfTheCalendar") {
  CHECK(IsDate(2000, 2, 29));
  CHECK_FALSE(IsDate(1900, 2, 29));
  CHECK_FALSE(IsDate(2001, 13, 1));
  CHECK_FALSE(IsDate(2001, 4, 31));
  CHECK_FALSE(IsDate(2978, 1, 1));
  CHECK(IsYymmdd("000229", 0));  // 2000
  CHECK_FALSE(IsYymmdd("010229", 0));
  CHECK_FALSE(IsYymmdd("0102", 0));
  CHECK(IsYyyymmdd("x19991231", 1));
  CHECK_FALSE(IsYyyymmdd("1999 231", 0));
}

std::string Hex(std::span<const std::uint8_t> bytes) {
  std::string hex;
  for (const std::uint8_t byte : bytes) {
    hex.push_back("0123456789abcdef"[byte >> 4]);
    hex.push_back("0123456789abcdef"[byte & 15]);
  }
  return hex;
}

TEST_CASE("Keccak256IsTheOneBeforeSha3") {
  CHECK(Hex(Keccak256("")) == "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470");
  CHECK(Hex(Keccak256("abc")) ==
        "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45");
  // A whole block and one more: the padding goes into a block of its own.
  CHECK(Hex(Keccak256(std::string(136, 'a'))) ==
        "a6c4d403279fe3e0af03729caada8374b5ca54d8065329a3ebcaeb4b60aa386e");
}

TEST_CASE("Md5IsThatOfRfc1321") {
  CHECK(Md5Hex("") == "d41d8cd98f00b204e9800998ecf8427e");
  CHECK(Md5Hex("message digest") == "f96b697d7cb7938d525a2f31aaf161d0");
  CHECK(Md5Hex(std::string(64, 'a')) == "014842d480b571495a4a0363793f7367");
}

TEST_CASE("Base58CheckReadsWhatItWrites") {
  const auto genesis = Base58CheckDecode("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa");
  REQUIRE(genesis);
  CHECK(Hex(genesis->span()) == "0062e907b15cbf27d5425399ebf6f0fb50ebb88f18");
  CHECK(Base58CheckEncode(genesis->span()) == "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa");
  CHECK_FALSE(Base58CheckDecode("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb"));
  CHECK_FALSE(Base58CheckDecode("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfN0"));
  CHECK_FALSE(Base58CheckDecode(""));
  CHECK_FALSE(Base58CheckDecode(std::string(81, '1')));
  CHECK(Base58CheckDecode("rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh", kRippleAlphabet));
}

TEST_CASE("Bech32FollowsTheBips") {
  for (const std::string_view ok : {"A12UEL5L", "a12uel5l", "?1ezyfcl"}) {
    CHECK(Bech32Check(ok) == Bech32::kBech32);
  }
  for (const std::string_view ok : {"A1LQFN3A", "a1lqfn3a", "?1v759aa"}) {
    CHECK(Bech32Check(ok) == Bech32::kBech32m);
  }
  for (const std::string_view bad : {"pzry9x0s0muk", "1pzry9x0s0muk", "x1b4n0q5v", "li1dgmt3",
                                     "A1G7SGD8", "10a06t8", "1qzzfhee", "A12uel5l"}) {
    CAPTURE(bad);
    CHECK(Bech32Check(bad) == Bech32::kNone);
  }
  CHECK(SegwitOk("BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4", "bc"));
  CHECK(SegwitOk("bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0", "bc"));
  CHECK_FALSE(SegwitOk("bc1p38j9r5y49hruaue7wxjce0updqjuyyx0kh56v8s25huc6995vvpql3jow4", "bc"));
  CHECK_FALSE(SegwitOk("tb1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3q0sl5k7", "bc"));
}

TEST_CASE("ShapesSayWhereAValueDeparts") {
  struct Case {
    Shape shape;
    std::string_view text;
    int at;  // -1: fits
  };
  const Case cases[] = {
      {"A2N3", "AB123", -1},
      {"A2N3", "A1123", 1},
      {"A2N3", "AB12", 4},
      {"A2N3", "AB1234", 5},
      {"N9|N12", "123456789012", -1},
      {"N9|N12", "1234567890", 10},
      {"'ES'N2", "ES12", -1},
      {"[A-CX]N", "X1", -1},
      {"[A-CX]N", "D1", 0},
      {"N2-4A", "123A", -1},
      {"N2-4A", "1A", 1},
      {"A?N2", "12", -1},
      {"H4", "12AF", -1},
      {"H4", "12AG", 3},
      {"X3", "A-1", 1},
  };
  for (const Case& c : cases) {
    CAPTURE(c.shape.pattern());
    CAPTURE(c.text);
    std::size_t at = 99;
    CHECK(c.shape.Matches(c.text, &at) == (c.at < 0));
    if (c.at >= 0) CHECK(at == static_cast<std::size_t>(c.at));
  }
}

TEST_CASE("LookAlikesAreRepairedOnlyWhereTheShapeDecides") {
  std::string text = "O0IS8";
  const Shape digits = "N5";
  REQUIRE(digits.Repair(text.data(), text.size(), 0));
  CHECK(text == "00158");
  text = "0B1";
  const Shape mixed = "A2N";
  REQUIRE(mixed.Repair(text.data(), text.size(), 0));
  CHECK(text == "OB1");
  text = "O0";
  const Shape either = "X2";
  REQUIRE(either.Repair(text.data(), text.size(), 0));
  CHECK(text == "O0");
  text = "Q1";
  CHECK_FALSE(Shape("N2").Repair(text.data(), text.size(), 0));
}

}  // namespace
}  // namespace revenant::kinds
