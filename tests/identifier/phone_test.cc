// Telephone numbers: our tables against Google's library and its metadata, old forms, wrong
// regions.

#include "identifier/phone.h"

#include <doctest/doctest.h>

#include <fstream>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "fixtures.h"
#include "identifier/digit_pattern.h"
#include "identifier/phone_plan.h"
#include "identifier/phone_renumbered.h"
#include "identifier/support.h"
#include "identifier/tables.h"
#include "revenant/tables.h"

namespace revenant {
namespace {

using kinds::DigitPattern;

std::vector<std::vector<std::string>> Rows(const std::string& name) {
  std::vector<std::vector<std::string>> rows;
  std::ifstream file(test::Fixtures() + "/phones/" + name);
  for (std::string line; std::getline(file, line);) {
    std::vector<std::string>& cells = rows.emplace_back(1);
    for (const char c : line) {
      if (c == '\t') {
        cells.emplace_back();
      } else {
        cells.back().push_back(c);
      }
    }
  }
  return rows;
}

Normalized RunAt(std::string_view region, std::string_view value) {
  Normalized out;
  Normalize({"contact.phone", region, value}, out);
  return out;
}

std::string DigitsOf(std::string_view text) {
  std::string digits;
  for (const char c : text) {
    if (kinds::IsDigit(c)) digits.push_back(c);
  }
  return digits;
}

TEST_CASE("ADigitPatternMatchesLikeABacktrackingOne") {
  struct Case {
    std::string_view pattern, digits;
    bool whole;
    int start;  // length of the match at the start; -1: none
  };
  constexpr Case kCases[] = {
      {"0", "0", true, 1},
      {"0", "1", false, -1},
      {R"(\d{3})", "1234", false, 3},
      {R"([2-46]\d?)", "4", true, 1},
      {R"([2-46]\d?)", "5", false, -1},
      {"1(?:2|34)5", "1345", true, 4},
      {R"(1(?:2|34){2}\d{1,3})", "134299", true, 6},
      {"a", "1", false, -1},
      {"(?:00|0)1", "01", true, 2},
      {R"(([457]\d{6})$|1)", "4123456", true, 7},
      {R"(([457]\d{6})$|1)", "41234567", false, -1},
      {R"(0?(?:(11|22)15)?)", "01115", true, 5},
      {R"(12\d*)", "1299999", true, 7},
  };
  for (const Case& c : kCases) {
    CAPTURE(c.pattern);
    CAPTURE(c.digits);
    const DigitPattern pattern(c.pattern);
    CHECK(pattern.Whole(c.digits) == c.whole);
    const auto match = pattern.AtStart(c.digits);
    CHECK((match ? static_cast<int>(match->size) : -1) == c.start);
  }
  for (const std::string_view bad :
       {"a", "(", "[1", "[3-1]", "1{", "1{3,1}", ")", "1|2)", "(?:1"}) {
    CAPTURE(bad);
    CHECK(DigitPattern(bad).faulty());
  }
  const auto match = DigitPattern(R"(0(?:(\d)(2))?)").AtStart("03");
  REQUIRE(match);
  CHECK(match->groups[0].data() == nullptr);
}

TEST_CASE("AnAutomatonSaysWhichPatternsMatch") {
  const std::vector<std::string_view> patterns = {R"(1\d)", "", R"([12]2)", R"(\d*)"};
  const kinds::DigitAutomaton automaton(patterns, [](const auto& accepted) {
    std::uint16_t label = 0;
    for (const std::uint16_t pattern : accepted) label |= static_cast<std::uint16_t>(1U << pattern);
    return label;
  });
  CHECK(automaton.Find("12") == 0b1101);
  CHECK(automaton.Find("13") == 0b1001);
  CHECK(automaton.Find("22") == 0b1100);
  CHECK(automaton.Find("3") == 0b1000);
}

TEST_CASE("EveryPatternOfTheDataCompiles") {
  CHECK(kinds::AllPhonePatternsCompile());
  for (const kinds::Renumbering& row : kinds::Renumberings()) {
    CAPTURE(row.before);
    CHECK_FALSE(DigitPattern(row.before).faulty());
    CHECK(row.when.size() >= 4);
    CHECK_FALSE(row.source.empty());
  }
}

TEST_CASE("NumbersOfEveryRangeAreUsable") {
  int refused = 0;
  const auto rows = Rows("sample.tsv");
  REQUIRE(rows.size() == 12'000);
  for (const auto& row : rows) {
    const Normalized out = RunAt({}, row[1]);
    if (out.status != Status::kValid) ++refused;
    // Its canonical form is canonical.
    if (out.status == Status::kValid) {
      CAPTURE(row[1]);
      CHECK(Show(RunAt({}, out.identifiers()[0].canonical)) == Show(out));
    }
  }
  CHECK(refused <= 2);  // repeated digits
}

TEST_CASE("WhatIsWrittenIsReadAsGooglesLibraryReadsIt") {
  const auto rows = Rows("forms.tsv");
  REQUIRE(rows.size() == 12'529);
  int refused = 0;
  for (const auto& row : rows) {
    const Normalized out = RunAt(row[0], row[1]);
    CAPTURE(row[0]);
    CAPTURE(row[1]);
    CAPTURE(row[2]);
    const std::string shown = Show(out);
    CAPTURE(shown);
    const std::string canonical =
        out.status == Status::kValid ? out.identifiers()[0].canonical : std::string();
    if (canonical == row[2]) continue;
    if (canonical.empty()) {
      // Longer than E.164 allows, ambiguous, or digits to fill a field.
      const bool meant = out.reason == "too long" || out.status == Status::kJunk ||
                         out.reason.find("without the national prefix") != std::string_view::npos;
      CHECK(meant);
      ++refused;
      continue;
    }
    // 00 for a plus sign wherever one is; a mobile with its calling code and no plus sign; old
    // forms of renumbered plans.
    const std::string digits = DigitsOf(row[1]);
    bool meant = digits.starts_with("00");
    if (const auto* plan = kinds::PhoneRegion::Find(row[0])) {
      meant |= digits.starts_with(std::to_string(plan->code()));
    }
    for (const kinds::Renumbering& change : kinds::Renumberings()) {
      meant |= canonical.starts_with("+" + std::to_string(change.new_code));
    }
    CHECK(meant);
  }
  CHECK(refused < 25);
}

TEST_CASE("EachRenumberingIsOneToOneAndTakesNobodysNumber") {
  // Every first four digits at every length; the last digits tell numbers apart.
  std::map<std::string, std::string> olds;
  for (const kinds::Renumbering& row : kinds::Renumberings()) {
    CAPTURE(row.code);
    CAPTURE(row.before);
    const DigitPattern pattern(row.before);
    int met = 0;
    for (int prefix = 0; prefix < 10'000; ++prefix) {
      const std::string head = std::to_string(10'000 + prefix).substr(1);
      for (const std::string_view tail :
           {"271", "2718", "27182", "271828", "2718281", "27182818", "271828182"}) {
        const std::string old = head + std::string(tail);
        if (!pattern.Whole(old)) continue;
        const kinds::RenumberedPhone now = kinds::Renumber(row.code, old);
        if (now.code == 0) continue;
        ++met;
        CHECK(kinds::ClassifyPhone(now.code, now.national()).valid);
        if (!row.closed) CHECK_FALSE(kinds::ClassifyPhone(row.code, old).valid);
        const std::string key = std::to_string(now.code) + " " + std::string(now.national());
        const auto [entry, fresh] = olds.try_emplace(key, old);
        // Gabon's and Mexico's old prefixes are other ways to dial the same number.
        if (!fresh) CHECK((row.code == 241 || row.code == 52));
      }
    }
    CHECK(met > 0);
  }
}

// Old numbers that two numbers of today may be, or whose form somebody else has by now: left alone.
TEST_CASE("AnOldNumberOfTwoMeaningsIsNotRenumbered") {
  struct Case {
    int code;
    std::string_view old, why;
  };
  constexpr Case kCases[] = {
      {237, "22234567", "Cameroon's CT Phones became 242, its landlines 222"},
      {237, "33234567", "the same, 243 and 233"},
      {212, "44345678", "a landline until 2006, then a mobile"},
      {212, "55345678", "the same"},
      {224, "62123456", "Guinea: nobody published which operator's numbers became which"},
      {230, "2912345", "Mauritius: no mobile in 2012"},
      {995, "90123456", "Georgia: a fixed one, which got a 7"},
      {84, "838123456", "Viet Nam's 8 of Ho Chi Minh City is a mobile of today"},
      {84, "523512345", "52 to 57 and 72 to 75: the same"},
      {84, "763512345", "76: the same"},
      {20, "151234567", "Egypt's 15 was assigned again"},
      {55, "1171234567", "Brazil's trunked radio kept eight digits"},
      {228, "71234567", "of today's length"},
  };
  for (const Case& c : kCases) {
    CAPTURE(c.code);
    CAPTURE(c.old);
    CAPTURE(c.why);
    CHECK(kinds::Renumber(c.code, c.old).code == 0);
  }
}

TEST_CASE("EachRenumberingNamesItsDateAndWhoPublishedIt") {
  for (const kinds::Renumbering& row : kinds::Renumberings()) {
    CAPTURE(row.code);
    CHECK(row.when.size() >= 10);
    CHECK(row.when.starts_with("20"));
    CHECK(row.source.size() >= 3);
  }
}

TEST_CASE("OldAndNewFormsMeet") {
  struct Case {
    std::string_view region, old, now;
  };
  constexpr Case kCases[] = {
      {"", "+22507123456", "+2250707123456"},      {"CI", "05 12 34 56", "+2250505123456"},
      {"CI", "20 21 23 45", "+2252720212345"},     {"", "+22997123456", "+2290197123456"},
      {"", "+558491234567", "+5584991234567"},     {"BR", "(84) 9123-4567", "+5584991234567"},
      {"VN", "0166 123 4567", "+84361234567"},     {"VN", "04 3825 1234", "+842438251234"},
      {"", "+59391234567", "+593991234567"},       {"EC", "09 123 4567", "+593991234567"},
      {"", "+5995201234", "+17215201234"},         {"CL", "02 234 5678", "+56222345678"},
      {"CL", "041 234567", "+56412234567"},        {"CO", "(1) 234 5678", "+576012345678"},
      {"CM", "77 12 34 56", "+237677123456"},      {"MA", "022 34 56 78", "+212522345678"},
      {"MU", "712 3456", "+23057123456"},          {"GA", "07 28 01 50", "+24177280150"},
      {"GA", "077 28 01 50", "+24177280150"},      {"MA", "061 23 45 67", "+212661234567"},
      {"EG", "010 123 4567", "+201001234567"},     {"SA", "01 234 5670", "+966112345670"},
      {"MX", "044 55 5350 6000", "+525553506000"}, {"", "+52 1 55 5350 6000", "+525553506000"},
      {"", "+38649123456", "+38349123456"},
  };
  for (const Case& c : kCases) {
    CAPTURE(c.old);
    CHECK(Show(RunAt(c.region, c.old)) == "valid contact.phone " + std::string(c.now));
    CHECK(Show(RunAt({}, c.now)) == "valid contact.phone " + std::string(c.now));
  }
}

TEST_CASE("PhonesAreReadAsTheyAreWritten") {
  constexpr KindCase kCases[] = {
      {"contact.phone", "008613470553080", "valid contact.phone +8613470553080"},
      {"contact.phone", "00 86 134 7055 3080", "valid contact.phone +8613470553080"},
      {"contact.phone@US", "008613470553080", "valid contact.phone +8613470553080"},
      {"contact.phone@US", "011 86 134 7055 3080", "valid contact.phone +8613470553080"},
      {"contact.phone@AU", "0011 86 134 7055 3080", "valid contact.phone +8613470553080"},
      {"contact.phone", "0011 86 134 7055 3080", "valid contact.phone +8613470553080"},
      {"contact.phone@JP", "010 86 134 7055 3080", "valid contact.phone +8613470553080"},
      {"contact.phone@KR", "008613470553080", "valid contact.phone +8613470553080"},
      {"contact.phone", "+44 (0)20 7031 3000", "valid contact.phone +442070313000"},
      {"contact.phone@UK", "020 7031 3000", "valid contact.phone +442070313000"},
      {"contact.phone@us", "1-800-FLOWERS", "valid contact.phone +18003569377"},
      {"contact.phone@DE", "030 901820 Bob", "invalid words beside"},
      {"contact.phone@US", "650 253 0000 ext. 12", "valid contact.phone +16502530000"},
      {"contact.phone@US", "650-253-0000 x12", "valid contact.phone +16502530000"},
      {"contact.phone@US", "650-253-0000,,12#", "valid contact.phone +16502530000"},
      {"contact.phone", "+49 30 901820;", "valid contact.phone +4930901820"},
      {"contact.phone", "tel:+49-30-901820;ext=12", "valid contact.phone +4930901820"},
      {"contact.phone", "tel:901820;phone-context=+49-30", "valid contact.phone +4930901820"},
      {"contact.phone", "+49 30 901820; +49 30 901821", "invalid not a phone number"},
      {"contact.phone", "+4930901820.0", "valid contact.phone +4930901820"},
      {"contact.phone@DE", "4.91512E+11", "invalid a number in E notation"},
      {"contact.phone@AR", "549114a214321", "invalid a letter"},
      {"contact.phone@AR", "(0xx) 1187654321", "valid contact.phone +541187654321"},
      {"contact.phone@CN", "13123456789", "valid contact.phone +8613123456789"},
      {"contact.phone@FR", "612345678", "valid contact.phone +33612345678"},
      {"contact.phone@XX", "650 253 0000", "invalid a national number, and its region"},
      {"contact.phone@DE", "+1 650 253 0000", "valid contact.phone +16502530000"},
      {"contact.phone", "+999 123 456 789", "invalid no such calling code"},
      {"contact.phone", "+1 436 234 5678", "unverifiable contact.phone +14362345678"},
      {"contact.phone", "+1 436 134 5678", "invalid"},
      {"contact.phone", "+49 151", "invalid"},
      {"contact.phone", "+1 222 222 2222", "junk"},
      {"contact.phone@IN", "99999 99999", "junk"},
      {"contact.phone", "+49 1234567890", "junk"},
      {"contact.phone", "+1 234 567 8901", "valid contact.phone +12345678901"},
      {"contact.phone@MW", "1234567", "valid contact.phone +2651234567"},
  };
  CheckCases(kCases);
}

TEST_CASE("PhonesAreReadInAnyScript") {
  if (!kinds::BuiltWithIcu()) return;
  constexpr KindCase kCases[] = {
      {"contact.phone", "＋４９　（３０）　９０１８２０", "valid contact.phone +4930901820"},
      {"contact.phone", "电话：+86 134 7055 3080", "valid contact.phone +8613470553080"},
      {"contact.phone@EG", "٠١٠٠١٢٣٤٥٦٧", "valid contact.phone +201001234567"},
      {"contact.phone@RU", "8 (495) 123-45-67 доб. 12", "valid contact.phone +74951234567"},
  };
  CheckCases(kCases);
}

// One region a column: what fits another country as well is refused, and the reason names it.
TEST_CASE("AForeignNumberInAColumnOfOneRegionIsRefused") {
  constexpr KindCase kCases[] = {
      {"contact.phone@DE", "15005652413",
       "invalid its region's number without the national prefix, or a number of +86"},
      {"contact.phone@DE", "150 0565 2413", "invalid its region's number without"},
      {"contact.phone@AT", "15005652413", "invalid its region's number without"},
      {"contact.phone@DE", "015005652413", "valid contact.phone +4915005652413"},
      {"contact.phone@DE", "+4915005652413", "valid contact.phone +4915005652413"},
      {"contact.phone@DE", "4915005652413", "valid contact.phone +4915005652413"},
      {"contact.phone@CN", "15005652413", "valid contact.phone +8615005652413"},
      {"contact.phone@FR", "15005652413",
       "invalid not in its region's numbering plan, but a number of +86"},
      {"contact.phone@FR", "447911123456",
       "invalid not in its region's numbering plan, but a number of +44"},
      {"contact.phone@DE", "447911123456",
       "invalid its region's number without the national prefix, or a number of +44"},
      {"contact.phone@FR", "8613470553080",
       "invalid not in its region's numbering plan, but a number of +86"},
      // A zero that a spreadsheet ate, or that a form did not ask for.
      {"contact.phone@DE", "1701234567", "valid contact.phone +491701234567"},
      {"contact.phone@ID", "81234567890", "valid contact.phone +6281234567890"},
      {"contact.phone@GB", "7911123456", "valid contact.phone +447911123456"},
      // No prefix is written there.
      {"contact.phone@US", "16502530000", "valid contact.phone +16502530000"},
      {"contact.phone@BR", "11987654321", "valid contact.phone +5511987654321"},
      {"contact.phone@ES", "612345678", "valid contact.phone +34612345678"},
      {"contact.phone@DK", "32123456", "valid contact.phone +4532123456"},
  };
  CheckCases(kCases);
}

// The reason above is for mobiles of eleven digits that are written bare: China's and Brazil's.
TEST_CASE("OnlyChinaAndBrazilWriteMobilesOfElevenDigitsBare") {
  std::set<std::string> bare;
  for (const auto& row : Rows("sample.tsv")) {
    const kinds::PhoneRegion* const plan = kinds::PhoneRegion::Find(row[0]);
    if (plan == nullptr) continue;
    const std::string national = DigitsOf(row[1]).substr(std::to_string(plan->code()).size());
    const kinds::PhoneClass what = kinds::ClassifyPhone(plan->code(), national);
    if (what.mobile && !what.fixed && national.size() >= 11 && !plan->WritesPrefix(what)) {
      bare.insert(row[0]);
    }
  }
  CHECK(bare.contains("CN"));
  CHECK(bare.contains("BR"));
  for (const std::string& region : bare) MESSAGE(region);
}

TEST_CASE("TheDigestOfThePhoneTablesIsTheSameOnEveryBuild") {
  // A change of the tables, or of what is made of them, changes it: then write the new one here.
  CHECK(kinds::PhoneTablesDigest() == "daab952ac315049d");
  CHECK(TablesDigest().size() == 16);
  CHECK(TablesDigest() == TablesDigest());
}

}  // namespace
}  // namespace revenant
