// The rights of the people that lists name: erasure that is answered, disputes that a lister cannot
// sit out.

#include "exchange/feeds_world.h"
#include "exchange/member/list_state.h"
#include "registry/handle.h"

namespace revenant {
namespace {

constexpr int kDay = FeedsWorld::kStart;

// a lists "ring" with identifiers 1 and 2; b and c hold 1, and have a shop that carries it.
struct Rights : FeedsWorld {
  Rights() {
    a().Shows("ring", kDay + 1, {1, 2});
    a().Bans("ring", kDay + 2);
    a().Evaluates({1, 2}, kDay + 2);
    for (Party* party : {&b(), &c()}) {
      party->Evaluates({1}, kDay + 2);
      party->Shows("shop", kDay + 1, {1});
    }
    feed = FeedIdOf(exchange, a().member.id, {});
  }
  void AllTake(const std::string& file, int day) {
    b().Imports(file, day);
    c().Imports(file, day);
  }
  // Is there a byte of the case in what a party keeps?
  bool Mentions(Party& party, const SellerName& foreign) {
    // Its number, in hexadecimal and as bytes either way round.
    const std::uint64_t number = std::stoull(foreign.external_id, nullptr, 16);
    std::string little, big;
    WireWriter(little).U64(number);
    PutBigEndian64(big, number);
    bool found = false;
    const std::unique_ptr<View> view = SnapshotOf(party.registry());
    for (const Table table : {Table::kSellers, Table::kNames, Table::kJournal, Table::kAlerts,
                              Table::kJournalBodies, Table::kExchange}) {
      Need(view->Scan(table, "", [&](std::string_view key, std::string_view value) -> Result<bool> {
        for (const std::string& text : {foreign.external_id, little, big}) {
          found = found || key.find(text) != key.npos || value.find(text) != value.npos;
        }
        return true;
      }));
    }
    return found;
  }
  std::vector<ErasureAsked> Open() {
    std::vector<ErasureAsked> open;
    for (ErasureAsked& asked : Need(a().desk->Erasures())) {
      if (!asked.answered.known()) open.push_back(std::move(asked));
    }
    return open;
  }
  void Receipts(Party& from, int day, std::uint64_t erased) {
    const std::vector<Letter> letters = Need(from.desk->WriteReceipts(Day(day)));
    REQUIRE(letters.size() == 1);
    CHECK(letters.front().to_name == "market-a");
    CHECK(Need(a().desk->TakeReceipt(letters.front().file, Day(day))).erased == erased);
  }
  FeedId feed;
};

TEST_CASE_FIXTURE(Rights, "An erasure takes every trace and is answered by signed receipts") {
  AllTake(a().Exports(kDay + 3), kDay + 3);
  const SellerName foreign = b().Asks(kDay + 3, {1}).foreign.front().seller;
  Need(b().desk->Opine(foreign, Opinion::kConfirmed, Day(kDay + 3)));
  CHECK(Mentions(b(), foreign));
  CHECK(Need(b().registry().Alerts(0, 10)).front().cause == foreign);

  Need(a().desk->WithholdSeller({"market-a", "ring"}, Exchange::Withhold::kErase));
  const ExportPlan plan = Need(a().desk->PlanExport({}, Day(kDay + 4)));
  CHECK(plan.to_erase == 2);
  CHECK(plan.to_withdraw == 2);
  const std::string erasing = a().Exports(kDay + 4);
  REQUIRE(Open().size() == 4);  // two entries, two readers
  CHECK(Open().front().seller.external_id == "ring");
  CHECK(Need(a().desk->Status(Day(kDay + 4))).erasures_open == 4);

  const FeedImport report = b().Imports(erasing, kDay + 4);
  CHECK(report.erased == 2);
  CHECK(report.unmatched == 1);
  CHECK(report.new_alerts == 1);  // the shop is free
  CHECK_FALSE(Mentions(b(), foreign));
  for (const Alert& alert : Need(b().registry().Alerts(0, 10))) {
    CHECK(alert.cause == SellerName{});
    CHECK(alert.seller.external_id == "shop");
  }
  b().world.CheckSound();
  CHECK(Need(b().desk->Status(Day(kDay + 4))).receipts_due == 2);

  Receipts(b(), kDay + 4, 2);
  CHECK(Open().size() == 2);
  CHECK(Open().front().member == "market-c");
  Receipts(b(), kDay + 4, 0);  // once more changes nothing
  // The next header still asks, for c has not answered; a member that has answered is not asked
  // twice.
  const std::string again = a().Exports(kDay + 5);
  CHECK(b().Imports(again, kDay + 5).erased == 0);
  c().Imports(erasing, kDay + 5);
  c().Imports(again, kDay + 5);
  Receipts(c(), kDay + 5, 2);
  CHECK(Open().empty());
  CHECK(Need(a().desk->Erasures()).front().receipt.size() == 64);  // the proof is kept
  // Once all have answered nobody is asked, and nothing is due.
  AllTake(a().Exports(kDay + 6), kDay + 6);
  CHECK(Need(b().desk->WriteReceipts(Day(kDay + 6))).empty());
  CHECK(Need(c().desk->Status(Day(kDay + 6))).receipts_due == 0);
}

TEST_CASE_FIXTURE(Rights, "An erasure reaches who takes a snapshot instead of its delta") {
  AllTake(a().Exports(kDay + 3), kDay + 3);
  const SellerName foreign = c().Asks(kDay + 3, {1}).foreign.front().seller;
  Need(a().desk->WithholdSeller({"market-a", "ring"}, Exchange::Withhold::kErase));
  a().Exports(kDay + 4);
  a().Exports(kDay + 5);
  CHECK(c().Imports(a().Snapshot(), kDay + 5).erased == 2);
  CHECK_FALSE(Mentions(c(), foreign));
  Receipts(c(), kDay + 5, 2);
  c().world.CheckSound();
}

TEST_CASE_FIXTURE(Rights, "What was withdrawn before is erased when that is asked for later") {
  AllTake(a().Exports(kDay + 3), kDay + 3);
  const SellerName foreign = b().Asks(kDay + 3, {1}).foreign.front().seller;
  a().Reinstates("ring", kDay + 4);
  b().Imports(a().Exports(kDay + 4), kDay + 4);
  CHECK(Mentions(b(), foreign));  // the alerts say what linked and freed it
  Need(a().desk->WithholdSeller({"market-a", "ring"}, Exchange::Withhold::kErase));
  CHECK(b().Imports(a().Exports(kDay + 5), kDay + 5).erased == 2);
  CHECK_FALSE(Mentions(b(), foreign));
  b().world.CheckSound();
  CHECK(Need(a().desk->PlanExport({}, Day(kDay + 6))).to_erase == 0);  // asked once
}

TEST_CASE_FIXTURE(Rights, "Who is forgotten is erased at the others as well") {
  AllTake(a().Exports(kDay + 3), kDay + 3);
  a().world.Apply(Forget{{"market-a", "ring"}, "court", Day(kDay + 4)});
  CHECK(b().Imports(a().Exports(kDay + 4), kDay + 4).erased == 2);
  REQUIRE(Open().size() == 4);
  CHECK(Open().front().seller == SellerName{});
}

TEST_CASE_FIXTURE(Rights, "A plain withdrawal is no erasure: nothing is asked, the alerts stay") {
  AllTake(a().Exports(kDay + 3), kDay + 3);
  a().Reinstates("ring", kDay + 4);
  CHECK(b().Imports(a().Exports(kDay + 4), kDay + 4).erased == 0);
  CHECK(Open().empty());
  CHECK(Need(b().registry().Alerts(1, 10)).front().cause.platform == "exchange/market-a");
}

TEST_CASE_FIXTURE(Rights, "Receipts that nobody asked for are refused, and nothing is written") {
  AllTake(a().Exports(kDay + 3), kDay + 3);
  Need(a().desk->WithholdSeller({"market-a", "ring"}, Exchange::Withhold::kErase));
  b().Imports(a().Exports(kDay + 4), kDay + 4);
  const FeedFile held =
      Need(ReadFeedFile(Need(FindHeader(*SnapshotOf(b().registry()), feed))->bytes));
  const Receipt good{ReceiptFor::kErasure, b().member.id, 1,     feed,
                     held.digest,          Day(kDay + 4), {0, 1}};
  struct Case {
    const char* name;
    void (*change)(Receipt&);
    Refusal refusal;
  };
  static constexpr Case kCases[] = {
      {"of an entry that was not asked for", [](Receipt& r) { r.ids = {0, 7}; },
       Refusal::kWrongRequest},
      {"about another header", [](Receipt& r) { r.about[0] ^= 1; }, Refusal::kWrongRequest},
      {"of another list", [](Receipt& r) { r.feed.bytes[0] ^= 1; }, Refusal::kWrongRequest},
      {"in another's name", [](Receipt& r) { r.from = MemberId{3}; }, Refusal::kBadSignature},
      {"of nobody", [](Receipt& r) { r.from = MemberId{9}; }, Refusal::kUnknownMember},
      {"of another key", [](Receipt& r) { r.generation = 2; }, Refusal::kOldGeneration},
  };
  for (const Case& each : kCases) {
    INFO(each.name);
    Receipt receipt = good;
    each.change(receipt);
    const std::string before = a().Rows();
    const Result<ReceiptTaken> result =
        a().desk->TakeReceipt(WriteReceipt(receipt, exchange, b().keys.signing()), Day(kDay + 4));
    REQUIRE_FALSE(result);
    CHECK_MESSAGE(IsRefusal(result.error(), each.refusal), result.error().message);
    CHECK(a().Rows() == before);
  }
  ExchangeId other = exchange;
  other.bytes[0] ^= 1;
  CHECK(IsRefusal(
      a().desk->TakeReceipt(WriteReceipt(good, other, b().keys.signing()), Day(kDay + 4)).error(),
      Refusal::kWrongExchange));
  const std::string file = WriteReceipt(good, exchange, b().keys.signing());
  std::size_t refused = 0;
  for (std::size_t at = 0; at < file.size(); ++at) {
    std::string bad = file;
    bad[at] = static_cast<char>(bad[at] ^ (1 << (at % 8)));
    refused += !a().desk->TakeReceipt(bad, Day(kDay + 4)).has_value();
    refused += !a().desk->TakeReceipt(file.substr(0, at), Day(kDay + 4)).has_value();
  }
  CHECK(refused == 2 * file.size());
  CHECK(Open().size() == 4);
  CHECK(Need(a().desk->TakeReceipt(file, Day(kDay + 4))).erased == 2);
}

// --- Disputes that nobody answers ---

TEST_CASE_FIXTURE(Rights,
                  "A dispute that its lister leaves unanswered for 14 days counts nowhere") {
  AllTake(a().Exports(kDay + 3), kDay + 3);
  const SellerName foreign = b().Asks(kDay + 3, {1}).foreign.front().seller;
  Need(b().desk->Opine(foreign, Opinion::kFalsePositive, Day(kDay + 4)));
  CHECK(b().Asks(kDay + 4, {1}).decision == Decision::kClear);
  // Before the 14 days are over, b's own list says nothing of it.
  CHECK(c().Imports(b().Exports(kDay + 17), kDay + 17).new_alerts == 0);
  CHECK(c().Asks(kDay + 17, {1}).decision == Decision::kReview);
  // Then it does, and a holder of the identifier understands it.
  const std::string told = b().Exports(kDay + 18);
  CHECK(c().Imports(told, kDay + 18).new_alerts == 1);
  CHECK(c().Asks(kDay + 18, {1}).decision == Decision::kClear);
  c().world.CheckSound();
  // a answers after all: it looked, and stands by the case.
  Need(a().desk->TakeFeedback(Need(b().desk->WriteFeedback(Day(kDay + 18))).front().file,
                              Day(kDay + 18)));
  CHECK(Need(a().desk->StandBy({"market-a", "ring"}, Day(kDay + 19))) == 1);
  CHECK_FALSE(a().desk->StandBy({"market-a", "nobody"}, Day(kDay + 19)));
  const std::string answer = a().Exports(kDay + 19);
  CHECK(c().Imports(answer, kDay + 19).new_alerts == 1);
  const Verdict verdict = c().Asks(kDay + 19, {1});
  CHECK(verdict.decision == Decision::kReview);
  CHECK(verdict.foreign.front().disputes == 1);  // disputed it remains
  b().Imports(answer, kDay + 19);
  CHECK(b().Asks(kDay + 19, {1}).decision == Decision::kClear);  // its own word weighs more
  const FeedFile file = Need(ReadFeedFile(Need(OpenFile(b().Exports(kDay + 20), c().keys))));
  CHECK(file.header.unanswered.empty());
}

TEST_CASE_FIXTURE(Rights,
                  "How long a lister may be silent is the policy of whoever reads the list") {
  EnforcementPolicy patient, hasty;
  patient.exchange.silence_days = 30;
  hasty.exchange.silence_days = 3;
  c().world.Apply(SetEnforcement{patient});
  b().world.Apply(SetEnforcement{hasty});
  AllTake(a().Exports(kDay + 3), kDay + 3);
  const SellerName foreign = b().Asks(kDay + 3, {1}).foreign.front().seller;
  Need(b().desk->Opine(foreign, Opinion::kFalsePositive, Day(kDay + 4)));
  const std::string early = b().Exports(kDay + 6);
  CHECK(Need(ReadFeedFile(Need(OpenFile(early, c().keys)))).header.unanswered.empty());
  c().Imports(early, kDay + 6);
  const std::string told = b().Exports(kDay + 7);  // b has waited long enough, c has not
  CHECK(Need(ReadFeedFile(Need(OpenFile(told, c().keys)))).header.unanswered.size() == 1);
  c().Imports(told, kDay + 7);
  CHECK(c().Asks(kDay + 7, {1}).decision == Decision::kReview);
  c().Imports(b().Exports(kDay + 33), kDay + 33);
  CHECK(c().Asks(kDay + 33, {1}).decision == Decision::kReview);
  c().Imports(b().Exports(kDay + 34), kDay + 34);
  CHECK(c().Asks(kDay + 34, {1}).decision == Decision::kClear);
}

TEST_CASE_FIXTURE(Rights, "An unanswered dispute ends with its retraction or its member") {
  AllTake(a().Exports(kDay + 3), kDay + 3);
  const SellerName foreign = b().Asks(kDay + 3, {1}).foreign.front().seller;
  Need(b().desk->Opine(foreign, Opinion::kExpired, Day(kDay + 4)));
  c().Imports(b().Exports(kDay + 18), kDay + 18);
  CHECK(c().Asks(kDay + 18, {1}).decision == Decision::kClear);
  SUBCASE("retracted") {
    Need(b().desk->Opine(foreign, Opinion::kRetracted, Day(kDay + 19)));
    c().Imports(b().Exports(kDay + 19), kDay + 19);
  }
  SUBCASE("expelled") {
    Amend(kDay + 19, [](Roster& next) { next.members[1].status = MemberStatus::kExpelled; },
          {0, 2});
  }
  CHECK(c().Asks(kDay + 19, {1}).decision == Decision::kReview);
  c().world.CheckSound();
}

TEST_CASE_FIXTURE(Rights, "Of a list for some members, only its lister tells of disputes") {
  const ExportOptions some{{b().member.id, c().member.id}, 7};
  const std::string list = Need(a().desk->Export(some, Day(kDay + 3))).file;
  AllTake(list, kDay + 3);
  const SellerName foreign = b().Asks(kDay + 3, {1}).foreign.front().seller;
  Need(b().desk->Opine(foreign, Opinion::kFalsePositive, Day(kDay + 4)));
  const FeedFile file = Need(ReadFeedFile(Need(OpenFile(b().Exports(kDay + 30), c().keys))));
  CHECK(file.header.unanswered.empty());
}

TEST_CASE_FIXTURE(Rights,
                  "Disputes are taken from what a member tells all, not from what it tells some") {
  AllTake(a().Exports(kDay + 3), kDay + 3);
  const SellerName foreign = b().Asks(kDay + 3, {1}).foreign.front().seller;
  Need(b().desk->Opine(foreign, Opinion::kFalsePositive, Day(kDay + 4)));
  const std::string to_all = Need(OpenFile(b().Exports(kDay + 18), c().keys));
  const std::string to_c =
      Need(OpenFile(Need(b().desk->Export({{c().member.id}, 7}, Day(kDay + 18))).file, c().keys));
  const FeedFile file = Need(ReadFeedFile(to_c));
  FeedHeader header = file.header;
  CHECK(header.unanswered.empty());
  header.unanswered = Need(ReadFeedFile(to_all)).header.unanswered;
  REQUIRE(header.unanswered.size() == 1);
  const std::string part = EncodeFeedHeader(header);
  c().Imports(
      WriteFrame(file.frame.type, exchange, part,
                 {b().keys.signing().Sign(file.frame.type, exchange, part)}, file.frame.body),
      kDay + 18);
  CHECK(c().Asks(kDay + 18, {1}).decision == Decision::kReview);
  c().Imports(to_all, kDay + 18);
  CHECK(c().Asks(kDay + 18, {1}).decision == Decision::kClear);
}

TEST_CASE_FIXTURE(Rights, "Nobody disputes in public what it does not hold, or too early") {
  AllTake(a().Exports(kDay + 3), kDay + 3);
  const std::string plain = Need(OpenFile(b().Exports(kDay + 3), c().keys));
  std::uint64_t id = UINT64_MAX;  // of the entry whose identifier c holds
  Need(SnapshotOf(c().registry())
           ->Scan(Table::kExchange, std::string(1, kMatchRow),
                  [&](std::string_view key, std::string_view) -> Result<bool> {
                    id = EntryKeyAtEnd(key).id;
                    return true;
                  }));
  const auto says = [&](int n, int since) {
    const FeedFile file = Need(ReadFeedFile(plain));
    FeedHeader header = file.header;
    const EntryOpinion opinion{id, Opinion::kFalsePositive, Day(since), {}};
    header.unanswered = {{feed, 1, opinion.opinion, opinion.at,
                          ProveOpinion(SecretOf(n, 1), exchange, feed, b().member.id, opinion)}};
    const std::string part = EncodeFeedHeader(header);
    return WriteFrame(file.frame.type, exchange, part,
                      {b().keys.signing().Sign(file.frame.type, exchange, part)}, file.frame.body);
  };
  SUBCASE("not held") { c().Imports(says(99, kDay - 20), kDay + 3); }
  SUBCASE("too early") { c().Imports(says(1, kDay - 10), kDay + 3); }
  CHECK(c().Asks(kDay + 3, {1}).decision == Decision::kReview);
  SUBCASE("held, and long ago") {
    c().Imports(says(1, kDay - 20), kDay + 3);
    CHECK(c().Asks(kDay + 3, {1}).decision == Decision::kClear);
  }
}

}  // namespace
}  // namespace revenant
