// What people run into on their first day: files as spreadsheets leave them, entries that come too
// late, questions about nothing.

#include <doctest/doctest.h>

#include "command.h"

namespace revenant::test {
namespace {

constexpr std::string_view kKnown =
    "Platform;SELLER;Seen;pay.iban;contact.phone@de\n"
    "eu;honest;2024-01-05;DE89370400440532013000;030 23125104\n"
    ";;;;\n"
    "eu;thief;2026-02-01;DE89370400440532013000;030 23125104\n"
    " ; ;;;\n";

struct Shop : Workshop {
  Shop() {
    Write("known.csv", kKnown);
    REQUIRE(On("s", {"init"}).exit_code == 0);
    imported = On("s", {"import", "known.csv"});
    REQUIRE(imported.exit_code == 0);
  }
  Outcome imported;
};

bool Has(const std::string& text, std::string_view part) { return text.find(part) != text.npos; }

TEST_CASE("BlankRowsAreSkippedAndHeadersReadInAnyCase") {
  const Shop shop;
  CHECK(Has(shop.imported.out, "2 records"));
  CHECK_FALSE(Has(shop.imported.err, "reject"));
  CHECK(Has(shop.On("s", {"stats"}).out, "2"));
  shop.Write("bans.csv", "PLATFORM,Seller,reason,At\neu,thief,fakes,2026-03-01\n,,,\n");
  CHECK(Has(shop.On("s", {"ban", "--from", "bans.csv"}).out, "1 row banned"));
}

TEST_CASE("ADecisionThatChangesNothingSaysWhy") {
  const Shop shop;
  const auto ban = [&](const char* at, const char* reason) {
    return shop.On("s", {"ban", "eu:thief", "--reason", reason, "--at", at});
  };
  REQUIRE(ban("2026-03-10", "fakes").exit_code == 0);
  const Outcome earlier = ban("2026-03-01", "fakes");
  CHECK(earlier.exit_code == 0);
  CHECK(Has(earlier.err, "the ban without a case of 2026-03-10 (fakes) stands, as the latest"));
  CHECK_FALSE(Has(ban("2026-03-10", "fakes").err, "stands"));  // the same once more
  const Outcome replaced = ban("2026-03-11", "fraud");
  CHECK(Has(replaced.err, "replaces the ban without a case of 2026-03-10 (fakes)"));
  REQUIRE(shop.On("s", {"reinstate", "eu:thief", "--case", "", "--at", "2026-03-20"}).exit_code ==
          0);
  const Outcome lifted = ban("2026-03-15", "fakes");
  CHECK(Has(lifted.err, "was lifted on 2026-03-20, which is later"));
  CHECK(Lines(shop.On("s", {"cluster", "eu:thief", "--json"}).out)[0]["banned"] == 0);
}

TEST_CASE("WithoutAnIdentifierNothingIsCompared") {
  const Shop shop;
  shop.Write("new.csv", "platform,seller,IBAN\neu,x,DE89370400440532013000\n");
  const Outcome screened = shop.On("s", {"screen", "new.csv"});
  CHECK(screened.exit_code == 1);
  CHECK(Has(screened.err, "nothing was compared"));
  CHECK(Has(shop.On("s", {"screen", "new.csv", "--json"}).out, "Nothing was compared: "));
  const Outcome audited = shop.On("s", {"audit", "new.csv", "--out", "out"});
  CHECK(audited.exit_code == 1);
  CHECK(Has(audited.err, "nothing was compared"));
  CHECK(shop.On("s", {"audit", "--stored", "--out", "stored"}).exit_code == 0);
  const Outcome mapped = shop.On("s", {"screen", "new.csv", "--map", "IBAN=pay.iban"});
  CHECK(mapped.exit_code == 0);
  CHECK_FALSE(Has(mapped.err, "nothing was compared"));
}

TEST_CASE("RowsOfOneApplicantAddUpAndItIsSaid") {
  const Shop shop;
  shop.Write("new.csv",
             "platform,seller,pay.iban,contact.phone@DE\neu,x,DE89370400440532013000,\n"
             "eu,x,,030 23125104\neu,y,GB82WEST12345698765432,\n");
  const Outcome screened = shop.On("s", {"screen", "new.csv", "--json"});
  const auto verdicts = Lines(screened.out);
  REQUIRE(verdicts.size() == 2);
  CHECK(verdicts[0]["seller"] == "x");
  CHECK(verdicts[0]["identifiers"] == 2);
  CHECK(Has(screened.err, "1 row added to others of the same seller"));
  CHECK(Has(shop.On("s", {"audit", "new.csv", "--out", "out"}).out,
            "3 records in all: 0 refused, 0 skipped, 1 added to the one before"));

  // Far apart: `screen` holds the file, `audit` says what it cannot do.
  shop.Write("apart.csv",
             "platform,seller,pay.iban,contact.phone@DE\neu,x,DE89370400440532013000,\n"
             "eu,y,GB82WEST12345698765432,\neu,x,,030 23125104\n");
  const auto held = Lines(shop.On("s", {"screen", "apart.csv", "--json"}).out);
  REQUIRE(held.size() == 2);
  CHECK(held[0] == verdicts[0]);
  const Outcome audited = shop.On("s", {"audit", "apart.csv", "--out", "out"});
  CHECK(Has(audited.out, "1 application of a seller that had one before"));
  CHECK(Has(audited.out, "sort the input by platform and seller"));
  const Outcome counted = shop.On("s", {"audit", "apart.csv", "--out", "out", "--json"});
  CHECK(Lines(counted.out)[0]["applications_apart"] == 1);
  CHECK(Lines(counted.out)[0]["counted"]["merged"] == 0);

  // From stdin each row is answered at once.
  const Outcome piped = shop.On("s", {"screen", "-", "--json"}, shop.Read("new.csv"));
  CHECK(Lines(piped.out).size() == 3);
  CHECK(Has(piped.err, "1 row of a seller that had one before; from stdin each row is answered"));
}

TEST_CASE("WhatIsLaterThanTheMomentOfAVerdictIsSaid") {
  const Shop shop;
  REQUIRE(shop.On("s", {"ban", "eu:thief", "--reason", "fakes", "--at", "2026-03-01"}).exit_code ==
          0);
  shop.Write("new.csv", "platform,seller,seen,pay.iban\neu,x,2026-02-20,DE89370400440532013000\n");
  const Outcome before = shop.On("s", {"screen", "new.csv", "--as-of", "2026-02-10"});
  CHECK(Has(before.err, "1 application seen after the moment of the verdict (--as-of)"));
  CHECK(Has(before.err, "1 application with a link to a ban dated after --as-of"));
  const Outcome after = shop.On("s", {"screen", "new.csv", "--as-of", "2026-03-10"});
  CHECK_FALSE(Has(after.err, "seen after"));
  CHECK_FALSE(Has(after.err, "dated after"));
  shop.Write("new.csv", "platform,seller,seen,pay.iban\neu,x,2999-01-01,DE89370400440532013000\n");
  CHECK(Has(shop.On("s", {"screen", "new.csv"}).err, "moment of the verdict (now)"));
}

TEST_CASE("WhoHeldItFirstIsSaid") {
  const Shop shop;
  REQUIRE(shop.On("s", {"ban", "eu:thief", "--reason", "fakes", "--at", "2026-03-01"}).exit_code ==
          0);
  const Outcome honest = shop.On("s", {"explain", "eu:honest", "eu:thief"});
  CHECK(Has(honest.out, "and held them first."));
  CHECK(Has(honest.out,
            "which may have copied it. So this may lead to a review, but never to a block."));
  CHECK(Has(shop.On("s", {"explain", "eu:honest", "eu:thief", "--for", "seller"}).out,
            "Your account was seen with all of them before the other one was."));
  CHECK(Has(shop.On("s", {"explain", "eu:thief", "eu:honest"}).out, "probably run by the same"));
  REQUIRE(shop.On("s", {"dossier", "eu:honest", "--out", "case"}).exit_code == 0);
  const std::string page = shop.Read("case.html");
  CHECK(Has(page, "shares identifiers with"));
  CHECK(Has(page, "may have copied it"));
}

TEST_CASE("AMilestoneAndAnObjectionNeedTheirNotice") {
  const Shop shop;
  REQUIRE(shop.On("s", {"notice", "eu:thief", "--case", "N1"}).exit_code == 0);
  for (const Words& words : {Words{"milestone", "eu:thief", "--stage", "measure"},
                             Words{"counter-notice", "eu:thief"}}) {
    CAPTURE(words.front());
    Words wrong = words, right = words;
    wrong.insert(wrong.end(), {"--case", "N-1"});
    right.insert(right.end(), {"--case", "N1"});
    const Outcome outcome = shop.On("s", wrong);
    CHECK(outcome.exit_code == 2);
    CHECK(Has(outcome.err, "there is no notice on case N-1; there is N1"));
    CHECK(shop.On("s", right).exit_code == 0);
  }
}

TEST_CASE("FindSellersAndHubsAtTheCommandLine") {
  const Shop shop;
  const Outcome found = shop.On("s", {"find", "pay.iban=DE89 3704 0044 0532 0130 00"});
  CHECK(found.exit_code == 0);
  CHECK(Has(found.out, "eu:honest"));
  CHECK(Has(found.out, "eu:thief"));
  CHECK_FALSE(Has(found.out, "DE89"));
  CHECK(shop.On("s", {"find", "pay.iban=GB82WEST12345698765432"}).exit_code == 1);
  const Outcome typo = shop.On("s", {"find", "pay.ibn=x"});
  CHECK(typo.exit_code == 2);
  CHECK(Has(typo.err, "did you mean pay.iban?"));
  CHECK(shop.On("s", {"sellers", "--prefix", "eu:h"}).out == "eu:honest\n");
  CHECK(shop.On("s", {"sellers", "--prefix", "de:"}).exit_code == 1);
  CHECK(shop.On("s", {"hubs"}).exit_code == 1);
  CHECK(Has(shop.On("s", {"help"}).out, "Enforce:"));
}

}  // namespace
}  // namespace revenant::test
