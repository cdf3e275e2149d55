// Two platforms and an operator through the public handles: tokens asked for, answered, kept,
// carried into the next epoch.
#include <doctest/doctest.h>

#include <fstream>
#include <iterator>

#include "exchange/files/refusal.h"
#include "exchange/member/membership.h"
#include "exchange/token_world.h"
#include "registry/handle.h"
#include "revenant/exchange_desk.h"
#include "revenant/exchange_feeds.h"
#include "revenant/journal.h"

namespace revenant {
namespace {

Record RecordOf(std::string seller, std::vector<RawAttribute> attributes) {
  Record record;
  record.seller = {"shop", std::move(seller)};
  record.seen = Day(1);
  record.attributes = std::move(attributes);
  return record;
}

// A platform: a registry, its key, its member key.
struct Platform {
  Platform(const TemporaryFolder& folder, std::string called)
      : name(std::move(called)),
        key(Need(Key::Generate())),
        registry(Need(Registry::Create(folder.path() / name, key))),
        member_key(folder.path() / (name + ".member.key")),
        keys(Need(MemberKeys::Generate())) {
    Need(keys.WriteNew(member_key));
  }
  std::unique_ptr<TokenDesk> Desk() { return Need(TokenDesk::Open(*registry, key, member_key)); }
  std::unique_ptr<Exchange> Lists() { return Need(Exchange::Open(*registry, member_key)); }

  // N of each of a record's identifiers, by their kinds.
  std::map<std::string, ExchangeSecret> Secrets(const Record& record, Epoch epoch) {
    std::map<std::string, ExchangeSecret> found;
    const auto view = SnapshotOf(*registry);
    for (const KeyedAttribute& attribute :
         Need(registry->Prepare(record, Day(1))).event.attributes) {
      for (const KeyedIdentifier& identifier : attribute.identifiers) {
        const auto kept = Need(FindSecret(*view, keys, identifier.fingerprint, epoch));
        if (kept) found[kept->kind] = kept->secret;
      }
    }
    return found;
  }

  std::string name;
  Key key;
  std::unique_ptr<Registry> registry;
  std::filesystem::path member_key;
  MemberKeys keys;
};

struct Two {
  Two() : a(folder, "a"), b(folder, "b") {
    desk = Need(ExchangeOperator::Create(folder.path() / "operator", "op", 0));
    Roster genesis;
    genesis.created = Day(0);
    genesis.expires = Day(365);
    genesis.threshold = 2;
    genesis.max_entries = 1000;
    genesis.epochs = {{1, Day(0), Day(100)}};
    for (Platform* platform : {&a, &b}) {
      Member member = Need(ReadMemberCard(MemberCardFile(platform->keys, platform->name, "DE", 1)));
      member.id = MemberId{static_cast<std::uint32_t>(genesis.members.size() + 1)};
      member.guessable = {.backlog = 3, .daily = 2};
      member.random = {.backlog = 0, .daily = 10};
      genesis.members.push_back(member);
    }
    TakeCard(genesis);
    Publish(genesis);
    for (Platform* platform : {&a, &b}) Need(platform->Lists()->Join(file, platform->name));
    CHECK(Need(desk->TakeRoster(file)) == 0);
  }

  void TakeCard(Roster& roster) {
    const OperatorCard card = Need(ReadOperatorCard(Need(desk->Card())));
    roster.operators = {card.who};
    roster.keys = card.keys;
  }
  // Signed by both.
  void Publish(const Roster& roster) {
    if (roster.version == 0) exchange = ExchangeIdOf(roster);
    file = RosterFile(roster, exchange);
    for (Platform* platform : {&a, &b}) {
      file = Need(SignRosterFile(file, platform->keys.root()));
    }
    latest = roster;
  }

  // Everything that was added, through the operator and back.
  TokensTaken Fetch(TokenDesk& member, const std::vector<TokenAsk>& asks, Time now) {
    TokensTaken sum;
    for (const TokenAsk& ask : asks) {
      const std::vector<std::string> answers = {Need(desk->Evaluate(ask.request, {}, now))};
      const TokensTaken taken = Need(member.Take(ask.request, ask.pending, answers, now));
      sum.tokens += taken.tokens;
      sum.epoch = taken.epoch;
      sum.rotation = taken.rotation;
    }
    return sum;
  }

  TemporaryFolder folder;
  Platform a, b;
  std::unique_ptr<ExchangeOperator> desk;
  ExchangeId exchange;
  Roster latest;
  std::string file;
};

const Record& Seller() {
  static const Record record =
      RecordOf("1", {{"pay.iban", "", "DE89 3704 0044 0532 0130 00"},
                     {"contact.phone", "US", "(650) 253-0000"},
                     {"pay.crypto.eth", "", "0x52908400098527886E0F7030069857D2E4169EE7"},
                     {"device.idfa", "", "00000000-0000-0000-0000-000000000000"},
                     {"custom.badge", "", "B-17"}});
  return record;
}

TEST_CASE("PlatformsThatHoldAnIdentifierGetOneTokenForIt") {
  Two world;
  for (Platform* platform : {&world.a, &world.b}) {
    const Enrol application = Need(platform->registry->Prepare(Seller(), Day(1))).event;
    const auto awaiting = [&](Time now) {
      const Verdict verdict = Need(platform->registry->Screen(application, now));
      CHECK(verdict.local() == (verdict.awaiting > 0));
      CHECK(Need(platform->registry->Screen(Seller(), now)).awaiting == verdict.awaiting);
      CHECK(Need(platform->registry->Certify(application, now)).verdict.awaiting ==
            verdict.awaiting);
      return verdict.awaiting;
    };
    CHECK(awaiting(Day(1)) == 3);
    const auto desk = platform->Desk();
    CHECK(Need(desk->Add(Seller(), Day(1))) == 3);  // neither junk nor a kind of our own
    CHECK(Need(desk->Add(Seller(), Day(1))) == 0);
    const std::vector<TokenAsk> asks = Need(desk->Ask(Day(1)));
    REQUIRE(asks.size() == 2);  // a class each
    CHECK(asks[0].items + asks[1].items == 3);
    CHECK(world.Fetch(*desk, asks, Day(1)).tokens == 3);
    CHECK(Need(desk->Ask(Day(1))).empty());
    CHECK(Need(platform->Desk()->Add(Seller(), Day(2))) == 0);  // all have their tokens
    CHECK(awaiting(Day(1)) == 0);
    CHECK(awaiting(Day(150)) == 3);  // in no epoch that counts
  }
  const auto ours = world.a.Secrets(Seller(), 1);
  const auto theirs = world.b.Secrets(Seller(), 1);
  CHECK(ours.size() == 3);
  for (const auto& [kind, secret] : ours) {
    CAPTURE(kind);
    REQUIRE(theirs.contains(kind));
    CHECK(secret.n == theirs.at(kind).n);
  }
}

// Of a bank that does not exist.
constexpr const char* kIbans[] = {"DE93999999990000000001", "DE66999999990000000002",
                                  "DE39999999990000000003", "DE12999999990000000004",
                                  "DE82999999990000000005", "DE55999999990000000006"};

TEST_CASE("WhatIsOverTheQuotaIsRefusedAndShownToTheOperator") {
  Two world;
  const auto desk = world.a.Desk();
  for (int i = 0; i < 6; ++i) {  // 2 a day and 3 of the backlog may be
    Need(desk->Add(RecordOf(std::to_string(i), {{"pay.iban", "", kIbans[i]}}), Day(1)));
  }
  const std::vector<TokenAsk> asks = Need(desk->Ask(Day(1)));
  REQUIRE(asks.size() == 1);
  const auto answer = world.desk->Evaluate(asks[0].request, {}, Day(1));
  REQUIRE_FALSE(answer);
  CHECK(IsRefusal(answer.error(), Refusal::kOverQuota));
  const std::vector<TokenUsage> usage = Need(world.desk->Usage(Day(1)));
  REQUIRE(usage.size() == 4);  // two members, two classes
  CHECK(usage[0].member == "a");
  CHECK(usage[0].refused == 1);
  CHECK(usage[0].left_today == 2);
  CHECK(usage[0].left_of_backlog == 3);
  CHECK(usage[2].refused == 0);
}

TEST_CASE("ManyItemsBecomeSeveralRequests") {
  Two world;
  const auto desk = world.a.Desk();
  for (int i = 0; i < 5; ++i) {
    Need(desk->Add(RecordOf("1", {{"pay.iban", "", kIbans[i]}}), Day(1)));
  }
  TokenAskOptions options;
  options.max_items = 2;
  const std::vector<TokenAsk> asks = Need(desk->Ask(Day(1), options));
  REQUIRE(asks.size() == 3);
  CHECK(asks[2].items == 1);
  CHECK(world.Fetch(*desk, asks, Day(1)).tokens == 5);
  options.max_items = 1'000'001;
  CHECK_FALSE(desk->Ask(Day(1), options));
  CHECK_FALSE(desk->AskForRotation(Day(1), options));
}

TEST_CASE("WithoutANumberRequestsHoldWhatThePolicySays") {
  Two world;
  EnforcementPolicy policy;
  policy.exchange.request_items = 3;
  Need(world.a.registry->Apply(SetEnforcement{policy}));
  const auto desk = world.a.Desk();
  for (int i = 0; i < 5; ++i) {
    Need(desk->Add(RecordOf("1", {{"pay.iban", "", kIbans[i]}}), Day(1)));
  }
  CHECK(desk->noted() == 5);
  const std::vector<TokenAsk> asks = Need(desk->Ask(Day(1)));
  REQUIRE(asks.size() == 2);
  CHECK(asks[0].items == 3);
  CHECK(desk->noted() == 0);
  // What is on its way is not asked for twice by the same desk.
  CHECK(Need(desk->Add(RecordOf("2", {{"pay.iban", "", kIbans[0]}}), Day(1))) == 0);
  CHECK(Need(desk->Ask(Day(1))).empty());
  CHECK(Need(world.a.Desk()->Add(RecordOf("2", {{"pay.iban", "", kIbans[0]}}), Day(1))) == 1);
}

TEST_CASE("StatusCountsWhatWasAskedAndWhatIsNotAnsweredYet") {
  Two world;
  const auto status = [&](int day) { return Need(world.a.Lists()->Status(Day(day))); };
  CHECK(status(1).pending.requests == 0);
  CHECK_FALSE(status(1).pending.oldest.known());
  const auto desk = world.a.Desk();
  for (int i = 0; i < 3; ++i) {  // 2 a day and 3 of the backlog may be
    Need(desk->Add(RecordOf("1", {{"pay.iban", "", kIbans[i]}}), Day(1)));
  }
  const std::vector<TokenAsk> asks = Need(desk->Ask(Day(1)));
  CHECK(status(2).pending.requests == 1);
  CHECK(status(2).pending.items == 3);
  CHECK(status(2).pending.oldest == Day(1));
  const auto guessable = [&](int day) { return status(day).quotas.at(0); };
  CHECK(guessable(1).asked == 3);
  CHECK(guessable(1).left_today == 0);
  CHECK(guessable(1).left_of_backlog == 2);
  CHECK(guessable(2).left_today == 2);
  CHECK(guessable(2).left_of_backlog == 2);
  world.Fetch(*desk, asks, Day(1));
  CHECK(status(2).pending.requests == 0);
  CHECK(guessable(2).asked == 3);
  // The operator counted the same.
  const std::vector<TokenUsage> usage = Need(world.desk->Usage(Day(1)));
  CHECK(usage[0].left_today == guessable(1).left_today);
  CHECK(usage[0].left_of_backlog == guessable(1).left_of_backlog);
}

TEST_CASE("ACopyOfTheRosterWithoutSignaturesReplacesNothing") {
  Two world;
  const std::filesystem::path kept = world.folder.path() / "operator" / "roster";
  const auto bytes = [&] {
    std::ifstream in(kept, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(in), {});
  };
  const std::string before = bytes();
  REQUIRE(before == world.file);
  const std::string unsigned_copy = RosterFile(world.latest, world.exchange);
  const Result<std::uint64_t> refused = world.desk->TakeRoster(unsigned_copy);
  REQUIRE_FALSE(refused);
  CHECK(IsRefusal(refused.error(), Refusal::kRosterUnsigned));
  CHECK(bytes() == before);
  CHECK(Need(world.desk->TakeRoster(world.file)) == 0);  // the same again is no news
  CHECK(bytes() == before);
}

TEST_CASE("AFileThatIsNoneIsRefusedBeforeItIsRead") {
  const TemporaryFolder folder;
  const std::filesystem::path file = folder.path() / "file";
  const auto write = [&](std::string_view bytes) {
    std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
  };
  Two world;
  write(world.file);
  CHECK(Need(ReadCarriedFile(file)) == world.file);
  const auto refuses = [&](Refusal refusal) {
    const Result<std::string> read = ReadCarriedFile(file);
    REQUIRE_FALSE(read);
    CAPTURE(read.error().message);
    CHECK(IsRefusal(read.error(), refusal));
    CHECK(read.error().message.find(file.string()) != std::string::npos);
  };
  write(world.file + "x");
  refuses(Refusal::kOversized);
  CHECK(ReadCarriedFile(file).error().message.ends_with("more are there"));
  write(world.file.substr(0, world.file.size() - 1));
  refuses(Refusal::kTruncated);
  write(world.file.substr(0, 71));
  refuses(Refusal::kTruncated);
  write("\x28\xb5\x2f\xfd" + std::string(100, 'z'));  // zstd's first bytes
  refuses(Refusal::kNotOurs);
  // Holes of 8 GiB: never read, and no room made for them.
  write(world.file);
  std::filesystem::resize_file(file, std::uintmax_t{8} << 30);
  refuses(Refusal::kOversized);
  std::string announces = world.file;
  announces[24] = announces[25] = announces[26] = announces[27] = '\x7f';  // length of the body
  write(announces);
  refuses(Refusal::kOversized);
  CHECK(ReadCarriedFile(folder.path() / "none").error().code == Code::kNotFound);
}

TEST_CASE("WhoCarriesAFileSeesItsSortAndItsExchange") {
  Two world;
  const auto desk = world.a.Desk();
  Need(desk->Add(Seller(), Day(1)));
  const std::string request = Need(desk->Ask(Day(1)))[0].request;
  const CarriedFile carried = Need(InspectFile(request));
  CHECK(carried.type == "request");
  CHECK(carried.exchange == world.exchange);
  CHECK(Need(InspectFile(world.file)).type == "roster");
  CHECK(Need(InspectFile(Need(world.desk->Card()))).type == "operator-card");
  const std::string list = Need(world.a.Lists()->Export({}, Day(1))).file;
  CHECK(Need(InspectFile(list)).type == "sealed");
  for (std::size_t i = 0; i < list.size(); ++i) {
    std::string flipped = list;
    flipped[i] ^= 1;
    CHECK_FALSE(InspectFile(flipped));
    CHECK_FALSE(InspectFile(std::string_view(list).substr(0, i)));
  }
}

TEST_CASE("ARotationNeedsNoIdentifiersAndMeetsThoseEvaluatedAnew") {
  Two world;
  const auto desk = world.a.Desk();
  Need(desk->Add(Seller(), Day(1)));
  world.Fetch(*desk, Need(desk->Ask(Day(1))), Day(1));
  CHECK_FALSE(desk->AskForRotation(Day(1)));  // there is nothing to rotate into

  Need(world.desk->MakeKeys(2));
  Roster next = world.latest;
  next.version = 1;
  next.predecessor = DigestOf(EncodeRoster(world.latest));
  next.created = Day(50);
  next.epochs.push_back({2, Day(90), Day(200)});
  world.TakeCard(next);
  world.Publish(next);
  CHECK(Need(world.desk->TakeRoster(world.file)) == 1);
  for (Platform* platform : {&world.a, &world.b}) {
    CHECK(Need(platform->Lists()->AdoptRoster(world.file, Day(60))).changed);
  }

  const std::vector<TokenAsk> asks = Need(desk->AskForRotation(Day(95)));
  REQUIRE(asks.size() == 2);
  const ExchangeStatus waiting = Need(world.a.Lists()->Status(Day(95)));
  CHECK(waiting.pending.requests == 2);
  CHECK(waiting.quotas[0].asked == 2);  // in epoch 1: a rotation has an allowance of its own
  const TokensTaken taken = world.Fetch(*desk, asks, Day(95));
  CHECK(Need(world.a.Lists()->Status(Day(95))).pending.requests == 0);
  CHECK(taken.rotation);
  CHECK(taken.epoch == 2);
  CHECK(taken.tokens == 3);
  CHECK(Need(desk->AskForRotation(Day(96))).empty());

  const auto other = world.b.Desk();
  Need(other->Add(Seller(), Day(97)));
  world.Fetch(*other, Need(other->Ask(Day(97))), Day(97));
  const auto ours = world.a.Secrets(Seller(), 2);
  const auto theirs = world.b.Secrets(Seller(), 2);
  CHECK(ours.size() == 3);
  for (const auto& [kind, secret] : ours) CHECK(secret.n == theirs.at(kind).n);

  CHECK(Need(world.desk->DestroyEnded(Day(100))) == std::vector<Epoch>{1});
  CHECK_FALSE(desk->AskForRotation(Day(100)));
}

TEST_CASE("DeferredInputsOpenAtTheDeskOfTheirStoreAndNowhereElse") {
  Two world;
  const auto inputs =
      Need(DeferredInputs::Start(*world.a.registry, world.a.key, {"contact.phone", "pay.iban"}));
  CHECK(Need(inputs->Add(Seller())) == 2);  // the kinds that were named
  CHECK(Need(inputs->Add(Seller())) == 0);
  const std::string file = inputs->File();
  for (const char* shown : {"16502530000", "6502530000", "370400440532"}) {
    CHECK(file.find(shown) == std::string::npos);
  }

  const auto desk = world.a.Desk();
  CHECK(Need(desk->AddDeferred(file, Day(1))) == 2);
  CHECK(Need(desk->AddDeferred(file, Day(1))) == 0);
  Need(world.a.registry->Enrol(Seller()));
  const auto evaluations = [&] {
    const auto journal = Need(world.a.registry->Journal());
    std::size_t count = 0;
    for (const std::uint64_t seq : Need(journal->About(Seller().seller))) {
      count += Need(journal->At(seq)).type == "exchange_evaluation";
    }
    return count;
  };
  CHECK(evaluations() == 0);
  world.Fetch(*desk, Need(desk->Ask(Day(1))), Day(1));
  CHECK(evaluations() > 0);  // of the sellers that carry what was kept, though the file names none
  const auto direct = world.b.Desk();
  Need(direct->Add(Seller(), Day(1)));
  world.Fetch(*direct, Need(direct->Ask(Day(1))), Day(1));
  const auto late = world.a.Secrets(Seller(), 1);
  CHECK(late.size() == 2);
  for (const auto& [kind, secret] : late) {
    CHECK(secret.n == world.b.Secrets(Seller(), 1).at(kind).n);
  }

  const auto stolen = direct->AddDeferred(file, Day(1));
  REQUIRE_FALSE(stolen);
  CHECK(IsRefusal(stolen.error(), Refusal::kNotForUs));
  for (std::size_t i = 0; i < file.size(); ++i) {
    std::string flipped = file;
    flipped[i] ^= 1;
    CHECK_FALSE(desk->AddDeferred(flipped, Day(1)));
    CHECK_FALSE(desk->AddDeferred(file.substr(0, i), Day(1)));
  }
  CHECK_FALSE(DeferredInputs::Start(*world.a.registry, world.a.key, {}));
  CHECK_FALSE(DeferredInputs::Start(*world.a.registry, world.a.key, {"custom.badge"}));
  CHECK_FALSE(DeferredInputs::Start(*world.a.registry, world.b.key, {"pay.iban"}));
}

TEST_CASE("ADeskOpensWithTheKeysOfItsStoreAlone") {
  Two world;
  CHECK_FALSE(TokenDesk::Open(*world.a.registry, world.b.key, world.a.member_key));
  const auto other = Need(TokenDesk::Open(*world.a.registry, world.a.key, world.b.member_key));
  Need(other->Add(Seller(), Day(1)));
  CHECK_FALSE(other->Ask(Day(1)));  // the roster does not know b's keys as a's
}

}  // namespace
}  // namespace revenant
