// What platforms see of each other, from a ban to the day when it is withdrawn.

#include "exchange/feeds_world.h"
#include "exchange/member/selection.h"

namespace revenant {
namespace {

constexpr int kDay = FeedsWorld::kStart;

bool Because(const Verdict& verdict, enum Because because) {
  return std::any_of(verdict.reasons.begin(), verdict.reasons.end(),
                     [&](const Reason& reason) { return reason.because == because; });
}

// a bans "ring" with identifiers 1, 2, 3; b holds 1 (an applicant carries it) and evaluated it.
struct Story : FeedsWorld {
  Story() {
    a().Shows("ring", kDay + 1, {1, 2, 3});
    a().Shows("friend", kDay + 1, {3, 4});
    a().Bans("ring", kDay + 2);
    a().Evaluates({1, 2, 3, 4}, kDay + 2);
    b().Evaluates({1, 7}, kDay + 2);
  }
};

TEST_CASE_FIXTURE(Story, "A seller that another platform banned is for review, with its case") {
  CHECK(b().Asks(kDay + 3, {1}).decision == Decision::kClear);
  const FeedImport report = b().Imports(a().Exports(kDay + 3), kDay + 3);
  CHECK(report.outcome == FeedImport::Outcome::kApplied);
  CHECK(report.added == 3);  // not the neighbour's own
  CHECK(report.matched == 1);
  const Verdict verdict = b().Asks(kDay + 4, {1});
  CHECK(verdict.decision == Decision::kReview);
  CHECK(Because(verdict, Because::kForeignCase));
  REQUIRE(verdict.foreign.size() == 1);
  const ForeignCase& listed = verdict.foreign.front();
  CHECK(listed.seller.platform == "exchange/market-a");
  CHECK(listed.reason == "counterfeit");
  CHECK(listed.infringements == 1);
  CHECK(listed.banned_at == Day(kDay + 2));
  CHECK(listed.listed_at == Day(kDay + 3));
  CHECK(listed.disputes == 0);
  CHECK_FALSE(listed.stale);
  CHECK(b().Asks(kDay + 4, {7}).decision == Decision::kClear);
  CHECK(b().Asks(kDay + 300, {1}).foreign.front().stale);
  b().world.CheckSound();
}

TEST_CASE_FIXTURE(Story, "Nobody learns an identifier that it did not hold") {
  b().Imports(a().Exports(kDay + 3), kDay + 3);
  const std::string rows = b().Rows();
  for (const int n : {2, 3}) {
    CHECK(rows.find(AsView(IdentifierPrint(n).bytes)) == rows.npos);
    CHECK(rows.find(AsView(SecretOf(n, 1).n)) == rows.npos);
  }
  CHECK(rows.find(AsView(SecretOf(1, 1).n)) == rows.npos);  // ours, but sealed
}

TEST_CASE_FIXTURE(Story, "A list that arrives later alerts for sellers and recorded applications") {
  b().Shows("shop", kDay + 1, {1});
  b().Shows("old applicant", kDay - 400, {1}, SellerStatus::kApplicant);
  b().Shows("new applicant", kDay - 300, {1}, SellerStatus::kApplicant);
  const FeedImport report = b().Imports(a().Exports(kDay + 3), kDay + 3);
  CHECK(report.new_alerts == 2);
  const std::vector<Alert> alerts = Need(b().registry().Alerts(0, 10));
  REQUIRE(alerts.size() == 2);
  CHECK(alerts[0].linked);
  CHECK(alerts[0].event == "listing");
  CHECK(alerts[0].cause.platform == "exchange/market-a");
  CHECK(alerts[0].at == Day(kDay + 3));
  CHECK(b().Imports(a().Exports(kDay + 4), kDay + 4).new_alerts == 0);  // exactly once
}

TEST_CASE_FIXTURE(Story, "The policy says how old an application may be to be told") {
  EnforcementPolicy policy;
  policy.exchange.retroactive_days = 401;
  b().world.Apply(SetEnforcement{policy});
  b().Shows("old applicant", kDay - 397, {1}, SellerStatus::kApplicant);
  b().Shows("older applicant", kDay - 399, {1}, SellerStatus::kApplicant);
  CHECK(b().Imports(a().Exports(kDay + 3), kDay + 3).new_alerts == 1);
}

TEST_CASE_FIXTURE(Story, "A withdrawal takes back exactly what its entry caused, and says so") {
  b().Shows("shop", kDay + 1, {1});
  const std::string before = b().world.Export();
  b().Imports(a().Exports(kDay + 3), kDay + 3);
  a().Reinstates("ring", kDay + 4);
  const FeedImport report = b().Imports(a().Exports(kDay + 5), kDay + 5);
  CHECK(report.removed == 3);
  CHECK(report.unmatched == 1);
  CHECK(report.new_alerts == 1);
  CHECK_FALSE(Need(b().registry().Alerts(1, 10)).front().linked);
  CHECK(b().Asks(kDay + 5, {1}).decision == Decision::kClear);
  CHECK(b().world.Export() == before);
  b().world.CheckSound();
  // And what was withdrawn may be listed again, under new numbers.
  a().Bans("ring", kDay + 6);
  CHECK(b().Imports(a().Exports(kDay + 7), kDay + 7).matched == 1);
  CHECK(b().Asks(kDay + 7, {1}).decision == Decision::kReview);
  b().world.CheckSound();
}

TEST_CASE_FIXTURE(Story, "Tokens that arrive after a list are matched against it") {
  b().Shows("shop", kDay + 1, {2});
  b().Shows("recorded applicant", kDay + 1, {2}, SellerStatus::kApplicant);
  b().Imports(a().Exports(kDay + 3), kDay + 3);
  const Verdict local = b().Asks(kDay + 4, {1, 2});
  CHECK(local.decision == Decision::kReview);  // of what was compared
  CHECK(local.awaiting == 1);
  CHECK_FALSE(local.local());
  CHECK(b().Asks(kDay + 4, {2}).local());
  CHECK(b().Asks(kDay + 4, {2}).decision == Decision::kClear);
  const TokensKept kept = b().Evaluates({2}, kDay + 4);
  CHECK(kept.matched == 1);
  CHECK(kept.new_alerts == 2);  // the recorded application among them
  CHECK(b().Asks(kDay + 4, {2}).decision == Decision::kReview);
  CHECK(b().Asks(kDay + 4, {1, 2}).awaiting == 0);
  CHECK(b().Evaluates({2}, kDay + 5).new_alerts == 0);
  b().world.CheckSound();
}

TEST_CASE_FIXTURE(Story, "Foreign cases never block, merge, or make a hub speak") {
  a().Evaluates({1}, kDay + 2);
  const std::string file = a().Exports(kDay + 3);
  b().Shows("x", kDay + 1, {1, 11});
  b().Shows("y", kDay + 1, {1, 12});
  const Stats before = Need(b().registry().GetStats());
  b().Imports(file, kDay + 3);
  const Stats after = Need(b().registry().GetStats());
  CHECK(after.sellers == before.sellers);
  CHECK(after.banned == before.banned);
  CHECK(after.hubs == before.hubs);
  CHECK(after.clusters == before.clusters);
  // Later than the ban, every bit of it foreign: still no more than a review.
  CHECK(b().Asks(kDay + 50, {1}).decision == Decision::kReview);
  b().Shows("own", kDay + 1, {1, 13});
  b().Bans("own", kDay + 5);
  CHECK(b().Asks(kDay + 50, {13}).decision == Decision::kBlock);
}

TEST_CASE_FIXTURE(Story, "Only the exchange enters foreign cases") {
  const Result<Applied> banned =
      b().registry().Apply(Ban{{"exchange/market-a", "x"}, "case", "counterfeit", Day(kDay)});
  REQUIRE_FALSE(banned);
  CHECK(banned.error().code == Code::kInvalidArgument);
  Record record;
  record.seller = {"exchange/market-a", "x"};
  CHECK_FALSE(b().registry().Prepare(record, Day(kDay)));
}

TEST_CASE_FIXTURE(Story, "A disputed entry weighs nothing at the disputer, and nowhere by two") {
  c().Evaluates({1}, kDay + 2);
  const std::string list = a().Exports(kDay + 3);
  b().Imports(list, kDay + 3);
  c().Imports(list, kDay + 3);
  const SellerName foreign = b().Asks(kDay + 3, {1}).foreign.front().seller;
  CHECK(Need(b().desk->Opine(foreign, Opinion::kFalsePositive, Day(kDay + 4))) == 1);
  CHECK(b().Asks(kDay + 4, {1}).decision == Decision::kClear);
  CHECK(c().Asks(kDay + 4, {1}).decision == Decision::kReview);

  std::vector<Letter> letters = Need(b().desk->WriteFeedback(Day(kDay + 4)));
  REQUIRE(letters.size() == 1);
  CHECK(letters.front().to_name == "market-a");
  CHECK_FALSE(c().desk->TakeFeedback(letters.front().file, Day(kDay + 4)));  // sealed to a
  const FeedbackTaken taken = Need(a().desk->TakeFeedback(letters.front().file, Day(kDay + 4)));
  CHECK(taken.opinions == 1);
  CHECK(taken.refused == 0);
  Need(b().desk->TakeReceipt(taken.receipt.file, Day(kDay + 5)));
  CHECK(Need(b().desk->WriteFeedback(Day(kDay + 5))).empty());  // answered

  const std::string disputed = a().Exports(kDay + 5);
  CHECK(c().Imports(disputed, kDay + 5).replaced == 1);
  CHECK(c().Asks(kDay + 5, {1}).foreign.front().disputes == 1);
  Need(c().desk->Opine(foreign, Opinion::kExpired, Day(kDay + 6)));
  letters = Need(c().desk->WriteFeedback(Day(kDay + 6)));
  Need(a().desk->TakeFeedback(letters.front().file, Day(kDay + 6)));
  // b takes its word back, but two spoke when the list was made.
  Need(b().desk->Opine(foreign, Opinion::kRetracted, Day(kDay + 6)));
  CHECK(b().Asks(kDay + 6, {1}).decision == Decision::kReview);
  b().Imports(disputed, kDay + 6);
  b().Imports(a().Exports(kDay + 7), kDay + 7);
  CHECK(b().Asks(kDay + 7, {1}).decision == Decision::kClear);
  b().world.CheckSound();
}

TEST_CASE_FIXTURE(Story, "An opinion is believed only from who holds the identifier") {
  b().Imports(a().Exports(kDay + 3), kDay + 3);
  Feedback feedback{c().member.id, 1, {}, 1, Day(kDay + 4), {}};
  feedback.feed = FeedIdOf(exchange, a().member.id, {});
  EntryOpinion opinion{0, Opinion::kFalsePositive, Day(kDay + 4), {}};
  opinion.proof = ProveOpinion(SecretOf(99, 1), exchange, feedback.feed, c().member.id, opinion);
  feedback.opinions = {opinion};
  const std::string file = WriteFeedback(feedback, exchange, c().keys.signing());
  const FeedbackTaken taken = Need(a().desk->TakeFeedback(file, Day(kDay + 4)));
  CHECK(taken.opinions == 0);
  CHECK(taken.refused == 1);
  CHECK(Need(a().desk->PlanExport({}, Day(kDay + 4))).to_dispute == 0);
  feedback.from = b().member.id;  // signed by another than it names
  const Result<FeedbackTaken> forged =
      a().desk->TakeFeedback(WriteFeedback(feedback, exchange, c().keys.signing()), Day(kDay + 4));
  REQUIRE_FALSE(forged);
  CHECK(IsRefusal(forged.error(), Refusal::kBadSignature));
}

TEST_CASE_FIXTURE(Story, "A rotated epoch is retagged under the same numbers and alerts nobody") {
  b().Shows("shop", kDay + 1, {1});
  b().Imports(a().Exports(kDay + 3), kDay + 3);
  a().Evaluates({1, 2, 3}, kDay + 91, 2);
  const std::string retagged = a().Exports(kDay + 92);
  // b has not rotated yet: what it matched stays matched.
  const FeedImport report = b().Imports(retagged, kDay + 92);
  CHECK(report.replaced == 3);
  CHECK(report.removed == 0);
  CHECK(report.new_alerts == 0);
  CHECK(b().Asks(kDay + 93, {1}).decision == Decision::kReview);
  const TokensKept kept = b().Evaluates({1}, kDay + 94, 2);
  CHECK(kept.new_alerts == 0);
  CHECK(b().Asks(kDay + 94, {1}).decision == Decision::kReview);
  a().Reinstates("ring", kDay + 95);
  CHECK(b().Imports(a().Exports(kDay + 96), kDay + 96).new_alerts == 1);
  CHECK(b().Asks(kDay + 96, {1}).decision == Decision::kClear);
}

TEST_CASE_FIXTURE(Story, "A copied tag does not open, and its publisher is flagged") {
  b().Imports(a().Exports(kDay + 3), kDay + 3);
  // c lists the tag of identifier 1 without holding it: it must invent the box.
  c().Shows("fake", kDay + 1, {50});
  c().Bans("fake", kDay + 2);
  c().Evaluates({50}, kDay + 2);
  std::string file = Need(OpenFile(c().Exports(kDay + 3), b().keys));
  const FeedFile read = Need(ReadFeedFile(file));
  FeedHeader header = read.header;
  Delta delta = Need(UnpackDelta(read));
  delta.put.front().tag = TagOf(SecretOf(1, 1), exchange, 1, "pay.iban");
  const std::string body = EncodeDelta(delta);
  header.delta = DigestOf(body);
  LiveEntry live{
      0, 0, delta.put.front().expires_on, 0, false, delta.put.front().tag, delta.put.front().box};
  header.state = StateHash({{0, DigestOf(EncodeRun({live}))}});
  file = WriteFeedFile(
      FileType::kFeedDelta, exchange, header,
      c().keys.signing().Sign(FileType::kFeedDelta, exchange, EncodeFeedHeader(header)), body);
  const FeedImport report = b().Imports(file, kDay + 3);
  CHECK(report.forged == 1);
  CHECK(report.matched == 0);
  const ExchangeStatus status = Need(b().desk->Status(Day(kDay + 3)));
  CHECK(status.members[2].forged == 1);
  CHECK(b().Asks(kDay + 4, {1}).foreign.size() == 1);  // a's alone
}

TEST_CASE_FIXTURE(Story, "Entries of the expelled go with reverse alerts, leavers' go stale") {
  b().Shows("shop", kDay + 1, {1});
  const std::string list = a().Exports(kDay + 3);
  b().Imports(list, kDay + 3);
  c().Evaluates({1}, kDay + 2);
  c().Imports(list, kDay + 3);
  Amend(kDay + 4, [](Roster& next) { next.members[0].status = MemberStatus::kLeft; });
  CHECK(b().Asks(kDay + 4, {1}).foreign.front().stale);
  Amend(kDay + 5, [](Roster& next) { next.members[0].status = MemberStatus::kExpelled; });
  CHECK(b().Asks(kDay + 5, {1}).decision == Decision::kClear);
  const std::vector<Alert> alerts = Need(b().registry().Alerts(0, 10));
  REQUIRE(alerts.size() == 2);
  CHECK_FALSE(alerts[1].linked);
  const Result<FeedImport> refused = b().desk->Import(list, Day(kDay + 6));
  REQUIRE_FALSE(refused);
  CHECK(IsRefusal(refused.error(), Refusal::kRemovedMember));
}

TEST_CASE_FIXTURE(Story, "Entries expire, by kind") {
  a().Shows("phone", kDay + 1, {9});  // a device
  a().Bans("phone", kDay + 2);
  a().Evaluates({9}, kDay + 2);
  b().Evaluates({9}, kDay + 2);
  b().Imports(a().Exports(kDay + 3), kDay + 3);
  CHECK(b().Asks(kDay + 300, {9}).decision == Decision::kReview);
  Need(b().desk->Refresh(Day(kDay + 400)));
  CHECK(b().Asks(kDay + 400, {9}).decision == Decision::kClear);
  CHECK(b().Asks(kDay + 400, {1}).decision == Decision::kReview);
  b().world.CheckSound();
}

TEST_CASE_FIXTURE(Story, "An export shows what it takes and what it leaves out") {
  a().Shows("unproved", kDay + 1, {20});
  a().world.Apply(Ban{{"market-a", "unproved"}, "x", "fraud", Day(kDay + 2)});
  a().Shows("poor", kDay + 1, {30, 31});  // not evaluated
  a().Bans("poor", kDay + 2);
  Enrol chinese = a().Shown("wang", kDay + 1, {}, SellerStatus::kActive);
  const KeyedIdentifier id{IdentifierPrint(40), "doc.cn.resident_id", false, true};
  const KeyedIdentifier junk{IdentifierPrint(41), "pay.iban", true, true};
  const KeyedIdentifier own{IdentifierPrint(42), "custom.account", false, true};
  for (const KeyedIdentifier& each : {id, junk, own}) {
    chinese.attributes.push_back({each.fingerprint, {each}});
  }
  a().world.Apply(chinese);
  a().Bans("wang", kDay + 2);
  const ExportPlan plan = Need(a().desk->PlanExport({}, Day(kDay + 3)));
  CHECK(plan.to_add == 3);
  CHECK(plan.sellers == 1);
  REQUIRE(plan.kinds.size() == 1);
  CHECK(plan.kinds.front().kind == "pay.iban");
  CHECK(plan.kinds.front().entries == 3);
  CHECK(plan.neighbours == 1);
  CHECK(plan.low_confidence == 1);
  CHECK(plan.awaiting == 3);
  CHECK(plan.junk == 1);
  CHECK(plan.not_linking == 1);
  CHECK(plan.jurisdiction == 0);  // nothing here says that a French platform may not tell a French
  CHECK(plan.empty() == false);
}

TEST_CASE_FIXTURE(Story, "A plan is made where nothing may be written, and writes nothing") {
  a().Shows("s", kDay + 1, {1, 2, 3});
  a().Bans("s", kDay + 2);
  a().Evaluates({1, 2, 3}, kDay + 2);
  const std::string before = a().Rows();
  const ExportPlan plan = Need(a().desk->PlanExport({}, Day(kDay + 3)));
  CHECK(plan.to_add > 0);
  CHECK(a().Rows() == before);
  const std::unique_ptr<Registry> reader = a().world.Reader();
  const std::unique_ptr<Exchange> desk = Need(Exchange::Open(*reader, a().key_file));
  CHECK(Need(desk->PlanExport({}, Day(kDay + 3))).to_add == plan.to_add);
  const Result<ExportedFeed> exported = desk->Export({}, Day(kDay + 3));
  REQUIRE_FALSE(exported);
  CHECK(exported.error().code == Code::kConflict);
}

TEST_CASE_FIXTURE(Story, "A seller that a person withdraws goes with the next list") {
  b().Imports(a().Exports(kDay + 3), kDay + 3);
  Need(a().desk->WithholdSeller({"market-a", "ring"}, Exchange::Withhold::kErase));
  CHECK(Need(a().desk->PlanExport({}, Day(kDay + 4))).withheld == 1);
  CHECK(b().Imports(a().Exports(kDay + 4), kDay + 4).removed == 3);
  CHECK(b().Asks(kDay + 4, {1}).decision == Decision::kClear);
  Need(a().desk->WithholdSeller({"market-a", "ring"}, std::nullopt));
  CHECK(b().Imports(a().Exports(kDay + 5), kDay + 5).added == 3);
}

TEST_CASE_FIXTURE(Story, "What rests on a foreign case is never listed") {
  b().Shows("shop", kDay + 1, {1});
  b().Imports(a().Exports(kDay + 3), kDay + 3);
  const ExportPlan plan = Need(b().desk->PlanExport({}, Day(kDay + 4)));
  CHECK(plan.live == 0);
  CHECK(plan.empty());
}

TEST_CASE_FIXTURE(Story, "Other tools get tags and nothing else, in the same bytes every time") {
  b().Imports(a().Exports(kDay + 3), kDay + 3);
  std::vector<ListedTag> tags;
  Need(b().desk->ForEachTag([&](const ListedTag& tag) -> Result<bool> {
    tags.push_back(tag);
    return true;
  }));
  REQUIRE(tags.size() == 3);
  for (const auto write : {TagsAsMisp, TagsAsStix}) {
    const std::string text = write(tags, Day(kDay + 4));
    CHECK(text == write(tags, Day(kDay + 4)));
    for (const ListedTag& tag : tags) CHECK(text.find(tag.tag.ToHex()) != text.npos);
    CHECK(text.find("counterfeit") == text.npos);
  }
  CHECK(TagsAsStix(tags, Day(kDay + 4)).find("\"spec_version\":\"2.1\"") != std::string::npos);
}

TEST_CASE("Every reason has a code of MATCH, and every kind a code of its own") {
  for (const ReasonInfo& reason : ExchangeReasons()) {
    CAPTURE(reason.name);
    CHECK(reason.match_code >= 1);
    CHECK(reason.match_code <= 14);
    CHECK(reason.match_code != 6);  // reserved
    CHECK(FindReason(reason.name) == &reason);
  }
  for (const KindInfo& kind : Kinds()) CHECK(KindOfCode(KindCode(kind.name)) == kind.name);
}

}  // namespace
}  // namespace revenant
