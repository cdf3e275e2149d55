#include "identifier/junk_forms.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "identifier/placeholder.h"

namespace revenant::kinds {
namespace {

bool Among(const std::vector<Identifier>& forms, const Identifier& one) {
  return std::any_of(forms.begin(), forms.end(), [&](const Identifier& each) {
    return each.scope == one.scope && each.canonical == one.canonical;
  });
}

TEST_CASE("WordsForMissingValuesAreKnownInTheFormsThatWereStored") {
  struct Case {
    const char *kind, *scope, *canonical;
    bool known;
  };
  constexpr Case kCases[] = {
      {"custom.a", "", "N/A", true},
      {"custom.a", "", "n/a", true},
      {"custom.a", "", "n.a.", true},
      {"custom.a", "", "None", true},
      {"custom.a", "", "(none)", true},
      {"custom.a", "", "NOT AVAILABLE", true},
      {"custom.a", "", "Нет", true},
      {"custom.a", "", "0", true},
      {"custom.a", "", "----", true},
      {"custom.a", "", "xxxx", true},
      {"custom.a", "", "123456", true},
      {"custom.a", "", "DE 129", false},
      {"custom.a", "", "none of your business", false},
      {"contact.email", "", "test@test.com", true},
      {"contact.email", "", "anna@web.de", false},
      {"doc.passport.number", "DE", "NONE", true},
      {"doc.idcard.number", "FR", "NONE", true},
  };
  for (const Case& each : kCases) {
    CAPTURE(each.kind);
    CAPTURE(each.canonical);
    const auto forms = FormsOf(each.kind, PlaceholderSpellings(), Forms::kMeantNone);
    CHECK(Among(forms, {each.kind, each.scope, each.canonical}) == each.known);
  }
}

TEST_CASE("EverySpellingOfAWordReadsAsAPlaceholder") {
  for (const std::string& spelling : PlaceholderSpellings()) {
    if (spelling.find('@') != std::string::npos) continue;
    CAPTURE(spelling);
    Normalized normal;
    Normalize({"custom.a", "", spelling}, normal);
    // A few patterns are values after all; they are left out by FormsOf().
    if (spelling.size() > 2 && normal.status != Status::kJunk) {
      CHECK(std::ranges::none_of(PlaceholderWords(),
                                 [&](std::string_view word) { return word == spelling; }));
    }
  }
}

TEST_CASE("CasesAreThoseOfTheWholeWord") {
  CHECK(CasesOf("n.a.") == std::vector<std::string>{"N.A.", "N.a.", "n.a."});
  CHECK(CasesOf("Später") == std::vector<std::string>{"SPÄTER", "Später", "später"});
  CHECK(CasesOf("нет") == std::vector<std::string>{"НЕТ", "Нет", "нет"});
  CHECK(CasesOf("123") == std::vector<std::string>{"123"});
}

TEST_SUITE("slow") {
  TEST_CASE("NoExampleOfAKindIsAWordForAMissingValue") {
    Normalized normal;
    for (const KindInfo& kind : Kinds()) {
      const std::string name(kind.name == "custom.*" ? "custom.x" : kind.name);
      CAPTURE(name);
      Normalize({name, kind.example_country, kind.example}, normal);
      REQUIRE(!normal.identifiers().empty());
      const Identifier root = normal.identifiers().front();
      CHECK_FALSE(Among(FormsOf(root.kind, PlaceholderSpellings(), Forms::kMeantNone), root));
    }
  }
}

}  // namespace
}  // namespace revenant::kinds
