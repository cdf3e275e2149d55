// What a store and a certificate of before were judged by, and what came since: verified by the
// source, pools, kin on paper.

#include <doctest/doctest.h>

#include "registry/proof/certificate_format.h"
#include "registry/stage.h"
#include "revenant/certificate.h"

namespace revenant {
namespace {

std::string Certify(Stage& stage, const char* id, Values values) {
  const Result<Certified> certified =
      stage->Certify(stage.Prepared(id, 40, values, SellerStatus::kApplicant), Day(100));
  if (!certified) FAIL(certified.error().message);
  return certified->certificate;
}
CertificateCheck Verify(Stage& stage, const std::string& certificate) {
  const Result<CertificateCheck> check = VerifyCertificate(*stage, certificate);
  if (!check) FAIL(check.error().message);
  return *check;
}
std::string Text(const CertificateCheck& check) {
  std::string text(OutcomeName(check.outcome));
  for (const std::string& line : check.differs) text += "\n  " + line;
  return text;
}
LinkPolicy Before() {
  LinkPolicy policy = PlainPolicy();
  policy.rules = 1;
  policy.count_once.clear();
  return policy;
}

TEST_CASE("ACertificateIsJudgedByTheRulesThatItNames") {
  Stage stage(Before());
  stage.Shows("e", 1, {"custom.strong=1", "custom.weak=7"});
  stage.Shows("a", 5, {"custom.strong=1"});
  stage.IsBanned("a", 9);
  const std::string before = Certify(stage, "new", {"custom.strong=1", "custom.weak=7"});
  CHECK(before.find("\"type\":\"revenant/certificate/1\",\"v\":1}") != std::string::npos);
  CHECK(before.find("rules") == std::string::npos);
  CHECK(certified::Decode(before)->decision == Decision::kBlock);  // nobody asked for kin then
  CHECK_MESSAGE(Verify(stage, before).outcome == CertificateOutcome::kHolds,
                Text(Verify(stage, before)));

  stage.Apply(SetPolicy{PlainPolicy()});
  CHECK(stage->policy().rules == 2);
  CHECK_MESSAGE(Verify(stage, before).outcome == CertificateOutcome::kHeldThen,
                Text(Verify(stage, before)));
  const std::string today = Certify(stage, "new", {"custom.strong=1", "custom.weak=7"});
  CHECK(today.find("\"type\":\"revenant/certificate/2\",\"v\":2}") != std::string::npos);
  CHECK(certified::Decode(today)->decision == Decision::kReview);
  CHECK(today.find("\"kin\":{\"platform\":\"p\",\"seller\":\"e\"}") != std::string::npos);
  CHECK_MESSAGE(Verify(stage, today).outcome == CertificateOutcome::kHolds,
                Text(Verify(stage, today)));
  // One of before that names today's rules, or the other way round, is none.
  for (std::string forged : {before, today}) {
    const bool old = forged == before;
    const std::size_t at = forged.find("revenant/certificate/") + 21;
    forged[at] = old ? '2' : '1';
    forged[forged.rfind('}') - 1] = forged[at];
    const std::size_t digest = forged.find("\"digest\":\"") + 10;
    std::string body = forged;
    body.erase(digest - 10, 76);  // with its key and comma
    forged.replace(digest, 64, certified::DigestOf(body));
    CHECK(Verify(stage, forged).outcome == CertificateOutcome::kFalse);
  }
}

TEST_CASE("KinThatIsForgottenErasesACertificate") {
  Stage stage;
  stage.Shows("e", 1, {"custom.strong=1", "custom.weak=7"});
  stage.Shows("a", 5, {"custom.strong=1"});
  stage.IsBanned("a", 9);
  const std::string certificate = Certify(stage, "new", {"custom.strong=1", "custom.weak=7"});
  SUBCASE("withdrawn since: it held then") {
    stage.Withdraws("e", "custom.weak=7", 200);
    CHECK_MESSAGE(Verify(stage, certificate).outcome == CertificateOutcome::kHeldThen,
                  Text(Verify(stage, certificate)));
  }
  SUBCASE("forgotten") {
    stage.Apply(Forget{Shop("e"), "asked for it", Day(200)});
    CHECK_MESSAGE(Verify(stage, certificate).outcome == CertificateOutcome::kErased,
                  Text(Verify(stage, certificate)));
  }
}

// --- Verified by the source

const char* const kCard = "doc.cn.resident_id=11010519491231002X";

Enrol Card(Stage& stage, const char* source, int day, bool verified) {
  Enrol enrol = stage.Prepared("a", day, {kCard}, SellerStatus::kActive);
  enrol.source = source;
  enrol.attributes.front().identifiers.front().verified = verified;
  return enrol;
}

TEST_CASE("VerifiedIsARegisterOfEachSource") {
  // Any order of the same sightings gives one export, and one source's word is not another's.
  std::string exports[2];
  for (const bool turned : {false, true}) {
    Stage stage;
    std::vector<Event> events = {Card(stage, "form", 1, false), Card(stage, "desk", 2, true),
                                 Card(stage, "desk", 3, false), Card(stage, "form", 4, false)};
    if (turned) std::reverse(events.begin(), events.end());
    stage.ApplyAll(events);
    exports[turned] = stage.Export(ExportScope::kFacts);
    stage.CheckSound();
  }
  CHECK(exports[0] == exports[1]);
  const std::string checked = "\"checked\":true", verified = "\"verified\":true";
  const auto count = [&](const std::string& word) {
    std::size_t times = 0;
    for (std::size_t at = 0; (at = exports[0].find(word, at)) != std::string::npos; ++at) ++times;
    return times;
  };
  CHECK(count(checked) == 2);
  CHECK(count(verified) == 1);
}

TEST_CASE("WithdrawingASourceTakesItsWordAlong") {
  Stage stage;
  stage.Apply(Card(stage, "form", 1, false));
  const std::string before = stage.Export();
  const Enrol desk = Card(stage, "desk", 2, true);
  stage.Apply(desk);
  CHECK(stage.Export() != before);
  stage.Apply(Withdraw{Shop("a"), desk.attributes.front().root, "desk", Day(2)});
  CHECK(stage.Export() == before);
}

TEST_CASE("WhatDerivesFromAVerifiedDocumentIsVerified") {
  Stage stage;
  Record record;
  record.seller = Shop("a");
  record.seen = Day(1);
  record.attributes = {{"pay.iban", "", "ES9121000418450200051332", true},
                       {"pay.iban", "", "ES9121000418450200051332", false},
                       {"device.idfa", "", "00000000-0000-0000-0000-000000000000", true}};
  const Result<Intake> intake = stage->Prepare(record, Day(2));
  REQUIRE(intake);
  REQUIRE(intake->event.attributes.size() == 3);
  const auto& attributes = intake->event.attributes;
  CHECK(attributes[0].identifiers.size() == 2);
  for (const KeyedIdentifier& each : attributes[0].identifiers) CHECK(each.verified);
  for (const KeyedIdentifier& each : attributes[1].identifiers) CHECK_FALSE(each.verified);
  CHECK_FALSE(attributes[2].identifiers.front().verified);  // nobody's
}

TEST_CASE("TheScreenerHearsTheSourceToo") {
  for (const bool verified : {true, false}) {
    Stage stage;
    Enrol card = stage.Prepared("a", 1, {"custom.strong=1", kCard}, SellerStatus::kActive);
    card.attributes[1].identifiers.front().verified = true;
    stage.Apply(card);
    stage.IsBanned("a", 9);
    Record record;
    record.seller = Shop("new");
    record.seen = Day(40);
    record.attributes = {{"custom.strong", "", "1", false},
                         {"doc.cn.resident_id", "", "440524188001010014", verified}};
    const Result<Verdict> verdict = stage->Screen(record, Day(100));
    REQUIRE(verdict);
    CHECK(verdict->decision == (verified ? Decision::kReview : Decision::kBlock));
  }
}

// --- Pools

TEST_CASE("AnAccountInAPoolSupportsAndNeverLinks") {
  LinkPolicy policy = With("pay.iban", [](KindPolicy& kind) {
    kind.half_life_days = 0;
    kind.pools = {"ES21000418"};
  });
  Stage stage(policy);
  const char* const kPooled = "pay.iban=ES9121000418450200051332";
  stage.Shows("a", 1, {kPooled, "custom.weak=1"});
  stage.Shows("b", 2, {kPooled});
  stage.IsBanned("a", 9);
  CHECK(stage.ClusterOf("b") == "b");
  CHECK(stage.Asks("new", {kPooled}).decision == Decision::kClear);
  const Verdict more = stage.Asks("new", {kPooled, "custom.weak=1"});
  REQUIRE(more.links.size() == 1);
  CHECK(more.links[0].strength > 14'000);  // it supports
  CHECK(more.links[0].path[0].shared[1].kind == "pay.iban.pool");
  // By the way of screening that starts from what was typed.
  Record record;
  record.seller = Shop("new");
  record.seen = Day(40);
  record.attributes = {{"pay.iban", "", "ES91 2100 0418 4502 0005 1332"}};
  CHECK(stage->Screen(record, Day(100))->decision == Decision::kClear);
  // Another branch, another country, and what was taken in before the list knew of it.
  CHECK(stage.Prepared("x", 1, {"pay.iban=ES7712341234161234567890"}, SellerStatus::kActive)
            .attributes[0]
            .identifiers[0]
            .kind == "pay.iban");
  Stage late(With("pay.iban", [](KindPolicy& kind) { kind.half_life_days = 0; }));
  late.Shows("a", 1, {kPooled});
  late.Shows("b", 2, {kPooled});
  late.Apply(SetPolicy{policy});
  CHECK(late.ClusterOf("b") == "ab");
  late.Shows("c", 3, {kPooled});
  CHECK(late.ClusterOf("c") == "c");
  late.CheckSound();
}

}  // namespace
}  // namespace revenant
