// A dossier says the case, and nobody can change a byte of it.

#include "revenant/dossier.h"

#include <nlohmann/json.hpp>

#include "dossier/envelope.h"
#include "registry/stage.h"

namespace revenant {
namespace {

const JournalKey& OurKey() {
  static const JournalKey key = std::move(JournalKey::Generate().value());
  return key;
}
const Actor kAnn{"ann", Day(100)};

// The worked case: "old" was banned for its first infringement, "new" opens later with the same
// account and infringes again.
struct Case : Stage {
  Case() {
    Shows("old", 1, {"custom.strong=1", "custom.other=1"});
    Apply(Infringe{Shop("old"), "C-1", Right::kTrademark, Day(9)});
    IsBanned("old", 10);
    Shows("new", 20, {"custom.strong=1", "custom.other=1", "custom.side=7"});
    Apply(Infringe{Shop("new"), "C-2", Right::kDesign, Day(30)});
  }
  Dossier Make(const char* id = "new") {
    Result<Dossier> dossier = MakeDossier(**this, Shop(id), OurKey(), kAnn);
    if (!dossier) FAIL(dossier.error().message);
    return std::move(*dossier);
  }
};
Json SectionsOf(const Dossier& dossier) { return Json::parse(dossier.json)["dossier"]; }
DossierCheck Verified(std::string_view text) { return VerifyDossier(text, OurKey().public_key()); }

TEST_CASE("BothFormsOfADossierHoldWithThePublicKeyAlone") {
  Case story;
  const Dossier dossier = story.Make();
  for (const std::string& form : {dossier.json, dossier.html}) {
    const DossierCheck check = Verified(form);
    CAPTURE(check.refusal);
    CHECK(check.holds);
    CHECK(check.seller == "p:new");
    CHECK(check.checked.size() == 3);
  }
}

TEST_CASE("ADossierSaysWhoWhatWhenAndWhatFollows") {
  Case story;
  const Json sections = SectionsOf(story.Make());
  CHECK(sections["about"]["seller"] == "p:new");
  CHECK(sections["about"]["made_by"] == "ann");
  CHECK(sections["findings"]["verdict"] == "block");
  CHECK(sections["links"][0]["seller"] == "p:old");
  CHECK(sections["links"][0]["ban"]["reason"] == "fakes");
  CHECK(sections["links"][0]["path"][0]["shared"][0]["from_sources"] == Json{"form"});
  REQUIRE(sections["seller"]["observations"].size() == 3);
  CHECK(sections["seller"]["observations"][0]["source"] == "form");
  CHECK(sections["seller"]["observations"][0]["first"] == FormatTime(Day(20)));
  CHECK(sections["seller"]["infringements"][0]["case"] == "C-2");
  // Enrolment and infringement; nobody else's entries.
  REQUIRE(sections["journal"]["entries"].size() == 2);
  const auto line = sections["journal"]["entries"][1]["entry"].get<std::string>();
  CHECK(line.find(" infringe ") != std::string::npos);
}

bool Owes(const Json& measures, const char* seller, const char* step) {
  return std::any_of(measures.begin(), measures.end(), [&](const Json& measure) {
    return measure["seller"] == seller && measure["step"] == step;
  });
}

TEST_CASE("TheSecondInfringementOfThePersonOwesADeductionUntilANoticeIsFoundWrong") {
  Case story;
  const Json due = SectionsOf(story.Make())["sanctions"]["measures_due"];
  REQUIRE(Owes(due, "p:new", "deduct"));
  CHECK(Owes(due, "p:new", "freeze"));

  // The deduction is carried out; then the first notice turns out wrong, which steps back down.
  const auto measure = std::find_if(due.begin(), due.end(), [](const Json& one) {
    return one["seller"] == "p:new" && one["step"] == "deduct";
  });
  MeasureDetail detail;
  for (const Json& counted : (*measure)["basis"]) {
    BasisCase& basis = detail.basis.emplace_back();
    basis.name = {"p", counted["case"].get<std::string>().substr(2)};
  }
  detail.amount = 100;
  detail.currency = "EUR";
  story.Apply(Attest{Shop("new"), FactKind::kMeasure, MeasureReference(Step::kDeduct, {"p", "C-2"}),
                     ToDetail(detail), Day(40)});
  story.Apply(Retract{Shop("old"), "C-1", Day(50)});
  const Json after = SectionsOf(story.Make())["sanctions"];
  CHECK_FALSE(Owes(after["measures_due"], "p:new", "deduct"));
  REQUIRE(Owes(after["measures_to_undo"], "p:new", "deduct"));
  const Json undo = after["measures_to_undo"][0];
  CHECK(undo["cases_that_fell"] == Json{"p:C-1"});
  CHECK(Verified(story.Make().html).holds);
}

TEST_CASE("NoByteOfADossierMayChange") {
  Case story;
  const Dossier dossier = story.Make();
  for (const std::string* form : {&dossier.json, &dossier.html}) {
    // Every byte of so long a text takes minutes: each 17th, and the whole of both ends.
    for (std::size_t i = 0; i < form->size(); i += (i < 300 || i + 300 > form->size()) ? 1 : 17) {
      std::string bad = *form;
      bad[i] = static_cast<char>(bad[i] ^ 1);
      const DossierCheck check = Verified(bad);
      CAPTURE(i);
      CHECK_FALSE(check.holds);
      CHECK_FALSE(check.refusal.empty());
    }
    CHECK_FALSE(Verified(*form + "\n").holds);
    CHECK_FALSE(Verified(std::string_view(*form).substr(0, form->size() - 1)).holds);
  }
}

TEST_CASE("TheReasonNamesTheSectionThatWasChanged") {
  Case story;
  const Dossier dossier = story.Make();
  const auto changed = [](std::string text, std::string_view from, std::string_view to) {
    const std::size_t at = text.find(from);
    REQUIRE(at != std::string::npos);
    return text.replace(at, from.size(), to);
  };
  struct Row {
    const char *from, *to, *says;
  };
  for (const Row& row :
       {Row{"\"ban\": {\n", "\"ban\": { \n", "is not as it was written"},
        Row{"\"verdict\": \"block\"", "\"verdict\": \"clear\"", "section \"findings\""},
        Row{"\"case\": \"C-2\"", "\"case\": \"C-3\"", "section \"seller\""},
        Row{"\"made_by\": \"ann\"", "\"made_by\": \"bob\"", "section \"about\""},
        Row{"\"knowledge\": {", "\"knowledgf\": {", "sections are not those"},
        Row{"\"entries\": [", "\"entriet\": [", "section \"journal\""},
        Row{"\"v\": 1", "\"v\": 2", "later version"}}) {
    CAPTURE(row.says);
    const DossierCheck check = Verified(changed(dossier.json, row.from, row.to));
    CHECK_FALSE(check.holds);
    CAPTURE(check.refusal);
    CHECK(check.refusal.find(row.says) != std::string::npos);
  }
  const DossierCheck page = Verified(changed(dossier.html, ">In short<", ">In sport<"));
  CHECK(page.refusal == "the page was changed after it was signed");
  const JournalKey other = std::move(JournalKey::Generate().value());
  const DossierCheck foreign = VerifyDossier(dossier.json, other.public_key());
  CHECK(foreign.refusal.find("signed with another key") != std::string::npos);
}

// What the holder of the key signs must hold together all the same.
DossierCheck Resealed(const Json& sections) {
  return Verified(Seal(sections, Day(100), OurKey()).json);
}

TEST_CASE("ASignatureDoesNotVouchForWhatDoesNotFollow") {
  Case story;
  const Json good = SectionsOf(story.Make());
  REQUIRE(Resealed(good).holds);
  struct Row {
    const char* name;
    const char* says;
    void (*change)(Json&);
  };
  static const Row kRows[] = {
      {"another proof", "not under the checkpoint",
       [](Json& all) {
         Json& entries = all["journal"]["entries"];
         entries[0]["proof"] = entries[1]["proof"];
       }},
      {"no proof", "has no proof", [](Json& all) { all["journal"]["entries"][0].erase("proof"); }},
      {"an entry that is none", "cannot be read",
       [](Json& all) { all["journal"]["entries"][0]["entry"] = "entry 1"; }},
      {"another body", "does not commit to",
       [](Json& all) {
         auto line = all["journal"]["entries"][1]["entry"].get<std::string>();
         line.replace(line.find("C-2"), 3, "C-9");
         all["journal"]["entries"][1]["entry"] = line;
       }},
      {"no journal", "no section \"journal\"", [](Json& all) { all.erase("journal"); }},
      {"no checkpoint", "its checkpoint", [](Json& all) { all["journal"]["checkpoint"] = ""; }},
      {"a certificate of another seller", "about another seller",
       [](Json& all) { all["about"]["seller"] = "p:old"; }},
      {"a damaged certificate", "its certificate",
       [](Json& all) { all["certificate"] = all["certificate"].get<std::string>() + " "; }},
  };
  for (const Row& row : kRows) {
    CAPTURE(row.name);
    Json bad = good;
    row.change(bad);
    const DossierCheck check = Resealed(bad);
    CHECK_FALSE(check.holds);
    CAPTURE(check.refusal);
    CHECK(check.refusal.find(row.says) != std::string::npos);
  }
}

TEST_CASE("WhatIsNoDossierIsRefused") {
  const std::string nested =
      "{\"v\":1,\"signature\":\"\",\"dossier\":{\"a\":" + std::string(100'000, '[') +
      std::string(100'000, ']') + "}}";
  for (const std::string& text :
       {std::string(), std::string("{}"), std::string("hello"), std::string("<!DOCTYPE html>"),
        std::string("<!DOCTYPE html><script type=\"application/json\" id=\"dossier\">\n{"),
        nested}) {
    const DossierCheck check = Verified(text);
    CHECK_FALSE(check.holds);
    CHECK_FALSE(check.refusal.empty());
  }
}

TEST_CASE("NothingThatSomebodyTypedRunsInThePage") {
  Stage stage;
  Record record;
  record.seller = {"p", "<script>alert(1)</script>&\"'"};
  record.source = "</script><b>";
  record.seen = Day(1);
  record.attributes = {{"custom.strong", "", "1"}};
  REQUIRE((*stage).Enrol(record));
  const auto dossier = MakeDossier(*stage, record.seller, OurKey(), kAnn);
  REQUIRE(dossier);
  CHECK(dossier->html.find("<script>alert") == std::string::npos);
  CHECK(dossier->html.find("</script><b>") == std::string::npos);
  CHECK(Verified(dossier->html).holds);
}

TEST_CASE("NoDossierNamesAForgottenNeighbour") {
  Stage stage;
  stage.Shows("a", 1, {"custom.side=1"});
  stage.AreDifferent("a", "b");
  REQUIRE((*stage).Apply(Forget{Shop("b"), "", Day(60)}));
  const auto dossier = MakeDossier(*stage, Shop("a"), OurKey(), kAnn);
  REQUIRE(dossier);
  CHECK(Verified(dossier->json).holds);
  CHECK(dossier->json.find("p:b") == std::string::npos);
}

TEST_CASE("ASellerThatNobodyKnowsHasNoDossier") {
  Stage stage;
  CHECK(MakeDossier(*stage, Shop("x"), OurKey(), kAnn).error().code == Code::kNotFound);
}

}  // namespace
}  // namespace revenant
