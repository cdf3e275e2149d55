// Who carries a value, which values are hubs, who is held.

#include "revenant/lookup.h"

#include <doctest/doctest.h>

#include "registry/stage.h"

namespace revenant {
namespace {

std::string Names(const std::vector<FoundCarrier>& carriers) {
  std::string names;
  for (const FoundCarrier& carrier : carriers) {
    names += carrier.seller.external_id;
    if (carrier.banned) names += '!';
    if (carrier.status == SellerStatus::kApplicant) names += '?';
    names += ' ';
  }
  return names;
}

std::vector<FoundValue> Find(Stage& stage, const char* kind, const char* value) {
  Result<std::vector<FoundValue>> found = FindCarriers(*stage, {kind, "", value});
  REQUIRE(found);
  return *std::move(found);
}

TEST_CASE("AValueIsFoundWithAllThatCarryItToday") {
  Stage stage;
  stage.Shows("b", 3, {"custom.strong=k1", "custom.side=s1"});
  stage.Shows("a", 1, {"custom.strong=k1"});
  stage.Shows("a", 5, {"custom.strong=k1"});
  stage.Shows("c", 2, {"custom.strong=k2"});
  stage.IsBanned("b", 9);
  const FoundValue found = Find(stage, "custom.strong", " k1 ").front();
  CHECK(Names(found.carriers_named) == "a b! ");
  CHECK(found.carriers_named[0].first == Day(1));
  CHECK(found.carriers_named[0].last == Day(5));
  CHECK(found.carriers_named[0].cluster == found.carriers_named[1].cluster);
  CHECK(found.carriers_named[0].sources == std::vector<std::string>{"form"});
  CHECK(found.carriers == 2);
  CHECK(found.banned == 1);
  CHECK_FALSE(found.hub);
  CHECK(Find(stage, "custom.side", "s1").front().role == Role::kSupporting);
  CHECK(Find(stage, "custom.strong", "k3").front().carriers_named.empty());

  stage.Withdraws("a", "custom.strong=k1", 9);
  CHECK(Names(Find(stage, "custom.strong", "k1").front().carriers_named) == "b! ");
}

TEST_CASE("WhatReadsAsSeveralIdentifiersIsFoundByEach") {
  Stage stage;
  stage.Shows("a", 1, {"pay.iban=CZ6508000000192000145399"});
  const std::vector<FoundValue> found = Find(stage, "pay.iban", "cz65 0800 0000 1920 0014 5399");
  REQUIRE(found.size() > 1);
  CHECK(found[0].kind == "pay.iban");
  for (const FoundValue& one : found) CHECK(Names(one.carriers_named) == "a ");
}

TEST_CASE("WhatCannotBeLookedForSaysWhy") {
  Stage stage;
  struct Row {
    const char *kind, *value, *message;
  };
  for (const Row& row :
       {Row{"no.kind", "k1", "no kind \"no.kind\""},
        Row{"pay.iban", "DE00", "pay.iban: the value is not valid: "},
        Row{"custom.strong", "N/A", "custom.strong: the value identifies nobody: "}}) {
    CAPTURE(row.kind);
    const auto found = FindCarriers(*stage, {row.kind, "", row.value});
    REQUIRE_FALSE(found);
    CHECK(found.error().code == Code::kInvalidArgument);
    CHECK(found.error().message.starts_with(row.message));
    CHECK(found.error().message.find("DE00") == std::string::npos);
  }
}

TEST_CASE("HubsComeWithTheirCarriersBansAndLimits") {
  Stage stage(With("custom.strong", [](KindPolicy& kind) { kind.fanout_limit = 2; }));
  for (const char* name : {"a", "b", "c", "d"}) stage.Shows(name, 1, {"custom.strong=k1"});
  for (const char* name : {"a", "b", "c"}) stage.Shows(name, 1, {"custom.strong=k2"});
  for (const char* name : {"a", "b"}) stage.Shows(name, 1, {"custom.strong=k3"});
  stage.IsBanned("d", 9);
  Result<std::vector<FoundValue>> hubs = Hubs(*stage);
  REQUIRE(hubs);
  REQUIRE(hubs->size() == 2);  // z is within the limit
  CHECK(hubs->at(0).fingerprint == Find(stage, "custom.strong", "k1").front().fingerprint);
  CHECK(hubs->at(0).carriers == 4);
  CHECK(hubs->at(0).banned == 1);
  CHECK(hubs->at(1).carriers == 3);
  CHECK(hubs->at(1).banned == 0);
  for (const FoundValue& hub : *hubs) {
    CHECK(hub.hub);
    CHECK(hub.fanout_limit == 2);
  }
}

TEST_CASE("SellersAreListedByNameAndByTheBeginningOfIt") {
  Stage stage;
  for (const char* name : {"b", "a1", "a2"}) stage.Shows(name, 1, {"custom.strong=k1"});
  stage.IsBanned("m", 9);  // named by a ban alone
  const auto names = [&](std::string_view prefix) {
    const Result<std::vector<HeldSeller>> sellers = SellersWithPrefix(*stage, prefix);
    REQUIRE(sellers);
    std::string text;
    for (const HeldSeller& seller : *sellers) {
      text += seller.seller.external_id + (seller.bans > 0 ? "! " : " ");
    }
    return text;
  };
  CHECK(names("") == "a1 a2 b m! ");
  CHECK(names("p:a") == "a1 a2 ");
  CHECK(names("p") == "a1 a2 b m! ");
  CHECK(names("q").empty());
}

}  // namespace
}  // namespace revenant
