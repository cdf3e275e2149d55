// Operators and members who do not trust each other: what is refused, by which name, and that a
// refusal leaves nothing behind.
#include "exchange/operator/operator.h"

#include <doctest/doctest.h>

#include <functional>
#include <thread>

#include "exchange/files/refusal.h"
#include "exchange/roster/operator_card.h"
#include "exchange/token_world.h"

namespace revenant {
namespace {

std::string LedgerBytes(const TokenWorld& world, int place = 0) {
  std::ifstream in(world.Folder(place) / "ledger", std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}
std::size_t AnswerCount(const TokenWorld& world, int place = 0) {
  const auto answers = std::filesystem::directory_iterator(world.Folder(place) / "answers");
  return static_cast<std::size_t>(std::distance(begin(answers), end(answers)));
}

// A request as a member with any intention could sign it.
struct BadRequest {
  std::string_view name;
  Refusal refusal;
  std::function<void(TokenWorld&, TokenRequest&)> change;
};
const BadRequest kBadRequests[] = {
    {"another exchange", Refusal::kWrongExchange,
     [](TokenWorld&, TokenRequest& r) { r.exchange.bytes[0] ^= 1; }},
    {"a member that the roster lacks", Refusal::kUnknownMember,
     [](TokenWorld&, TokenRequest& r) { r.member = MemberId{9}; }},
    {"another member's name", Refusal::kBadSignature,
     [](TokenWorld&, TokenRequest& r) { r.member = MemberId{2}; }},
    {"an expelled member", Refusal::kRemovedMember,
     [](TokenWorld& w, TokenRequest&) {
       w.roster.roster.members[0].status = MemberStatus::kExpelled;
     }},
    {"a member that left", Refusal::kRemovedMember,
     [](TokenWorld& w, TokenRequest&) { w.roster.roster.members[0].status = MemberStatus::kLeft; }},
    {"keys of an ended generation", Refusal::kOldGeneration,
     [](TokenWorld& w, TokenRequest&) { w.roster.roster.members[0].generation = 2; }},
    {"a roster that has expired", Refusal::kRosterExpired,
     [](TokenWorld& w, TokenRequest&) { w.roster.roster.expires = Day(1); }},
    {"a roster that we do not have yet", Refusal::kRosterGap,
     [](TokenWorld&, TokenRequest& r) { r.roster_version = 4; }},
    {"an epoch that has not begun", Refusal::kWrongEpoch,
     [](TokenWorld&, TokenRequest& r) { r.epoch = 2; }},
    {"an epoch that does not exist", Refusal::kWrongEpoch,
     [](TokenWorld&, TokenRequest& r) { r.epoch = 77; }},
    {"epoch 0", Refusal::kMalformed, [](TokenWorld&, TokenRequest& r) { r.epoch = 0; }},
    {"made in the future", Refusal::kWrongTimes,
     [](TokenWorld&, TokenRequest& r) { r.created = Day(2); }},
    {"a class that does not exist", Refusal::kMalformed,
     [](TokenWorld&, TokenRequest& r) { r.key_class = KeyClass{3}; }},
    {"a purpose that does not exist", Refusal::kMalformed,
     [](TokenWorld&, TokenRequest& r) { r.purpose = ProofPurpose{3}; }},
    {"a rotation from nowhere", Refusal::kMalformed,
     [](TokenWorld&, TokenRequest& r) { r.purpose = ProofPurpose::kRotation; }},
    {"an evaluation from somewhere", Refusal::kMalformed,
     [](TokenWorld&, TokenRequest& r) { r.from_epoch = 1; }},
    {"nothing to evaluate", Refusal::kMalformed,
     [](TokenWorld&, TokenRequest& r) { r.elements.clear(); }},
    {"the identity", Refusal::kBadElement,
     [](TokenWorld&, TokenRequest& r) { r.elements[1] = Element{}; }},
    {"bytes that are no element", Refusal::kBadElement,
     [](TokenWorld&, TokenRequest& r) { r.elements[2].bytes.fill(0xff); }},
    {"more than the quota", Refusal::kOverQuota,
     [](TokenWorld&, TokenRequest& r) { r.elements.resize(111, r.elements[0]); }},
    {"a rotation outside the overlap", Refusal::kWrongEpoch,
     [](TokenWorld&, TokenRequest& r) {
       r.purpose = ProofPurpose::kRotation;
       r.from_epoch = 1;
     }},
    {"a key that the roster does not name", Refusal::kWrongEpoch,
     [](TokenWorld& w, TokenRequest&) { w.roster.roster.keys.clear(); }},
    {"a roster that names another key for us", Refusal::kWrongEpoch,
     [](TokenWorld& w, TokenRequest&) {
       w.roster.roster.keys[0].key = Ristretto::Generator().bytes;
     }},
    {"another operator in our place", Refusal::kWrongEpoch,
     [](TokenWorld& w, TokenRequest&) { w.roster.roster.operators[0].signing[0] ^= 1; }},
};

TEST_CASE("BadRequestsAreRefusedByNameAndChargedToNobody") {
  TokenWorld world;
  const SignedRoster roster = world.roster;
  for (const BadRequest& bad : kBadRequests) {
    CAPTURE(bad.name);
    world.roster = roster;
    const std::size_t noted = world.desks[0]->ledger().refused().size();
    TokenRequest request = Need(ReadRequest(world.Ask(1, world.Make(0, 3)).request));
    bad.change(world, request);
    const std::string file = RequestFile(request, world.keys[0].signing());
    const auto answer = world.desks[0]->Evaluate(file, {}, world.roster, Day(1), 1);
    REQUIRE_FALSE(answer);
    CAPTURE(answer.error().message);
    CHECK(IsRefusal(answer.error(), bad.refusal));
    CHECK(world.desks[0]->ledger().charges().empty());
    CHECK(AnswerCount(world) == 0);
    const bool told = bad.refusal == Refusal::kOverQuota;
    CHECK(world.desks[0]->ledger().refused().size() == noted + (told ? 1 : 0));
  }
}

// An evaluation as an operator with any intention could sign it.
struct BadEvaluation {
  std::string_view name;
  Refusal refusal;
  std::function<void(TokenWorld&, TokenEvaluation&)> change;
};
const BadEvaluation kBadEvaluations[] = {
    {"another exchange", Refusal::kWrongExchange,
     [](TokenWorld&, TokenEvaluation& e) { e.exchange.bytes[0] ^= 1; }},
    {"another request", Refusal::kWrongRequest,
     [](TokenWorld&, TokenEvaluation& e) { e.request[0] ^= 1; }},
    {"another place", Refusal::kUnknownMember,
     [](TokenWorld&, TokenEvaluation& e) {
       e.place = 1;
       e.previous[0] = 1;
     }},
    {"one item less", Refusal::kWrongRequest,
     [](TokenWorld&, TokenEvaluation& e) { e.elements.pop_back(); }},
    {"one item more", Refusal::kWrongRequest,
     [](TokenWorld&, TokenEvaluation& e) { e.elements.push_back(e.elements[0]); }},
    {"a wrong evaluation", Refusal::kBadProof,
     [](TokenWorld&, TokenEvaluation& e) { e.elements[0] = e.elements[1]; }},
    {"the identity", Refusal::kBadProof,
     [](TokenWorld&, TokenEvaluation& e) { e.elements[0] = Element{}; }},
    {"bytes that are no element", Refusal::kBadProof,
     [](TokenWorld&, TokenEvaluation& e) { e.elements[0].bytes.fill(0xff); }},
    {"another proof", Refusal::kBadProof,
     [](TokenWorld&, TokenEvaluation& e) { e.proof.response.bytes[0] ^= 1; }},
    {"a challenge that is not reduced", Refusal::kBadProof,
     [](TokenWorld&, TokenEvaluation& e) { e.proof.challenge.bytes.fill(0xff); }},
    {"a response that is not reduced", Refusal::kBadProof,
     [](TokenWorld&, TokenEvaluation& e) { e.proof.response.bytes[31] |= 0x80; }},
    {"another key in the roster", Refusal::kBadProof,
     [](TokenWorld& w, TokenEvaluation&) {
       for (EpochKey& key : w.roster.roster.keys) key.key = Ristretto::Generator().bytes;
     }},
};

std::string SignAs(const TokenWorld& world, int place, TokenEvaluation& evaluation) {
  const MemberKeys keys = Need(MemberKeys::Read(world.Folder(place) / "operator.key"));
  return EvaluationFile(evaluation, keys.signing());
}

TEST_CASE("AnOperatorsLiesAreRefusedByNameAndTheBatchIsDropped") {
  TokenWorld world;
  const SignedRoster roster = world.roster;
  const AskedTokens asked = world.Ask(1, world.Make(0, 3));
  const std::vector<std::string> answers = Need(world.Answer(asked.request));
  CHECK(TakeTokens(world.As(1), asked.request, asked.pending, answers));
  for (const BadEvaluation& bad : kBadEvaluations) {
    CAPTURE(bad.name);
    world.roster = roster;
    TokenEvaluation lie = Need(ReadEvaluation(answers[0], world.roster.roster));
    bad.change(world, lie);
    const std::string lies[] = {SignAs(world, 0, lie)};
    const auto taken = TakeTokens(world.As(1), asked.request, asked.pending, lies);
    REQUIRE_FALSE(taken);
    CAPTURE(taken.error().message);
    CHECK(IsRefusal(taken.error(), bad.refusal));
  }
}

TEST_CASE("AnswersSignedByAnybodyElseAreRefused") {
  TokenWorld world;
  const AskedTokens asked = world.Ask(1, world.Make(0, 3));
  const std::vector<std::string> answers = Need(world.Answer(asked.request));
  TokenEvaluation answer = Need(ReadEvaluation(answers[0], world.roster.roster));
  const std::string forged[] = {EvaluationFile(answer, world.keys[1].signing())};
  const auto taken = TakeTokens(world.As(1), asked.request, asked.pending, forged);
  REQUIRE_FALSE(taken);
  CHECK(IsRefusal(taken.error(), Refusal::kBadSignature));
}

TEST_CASE("APendingFileServesItsOwnRequestAndItsOwnMember") {
  TokenWorld world;
  const AskedTokens mine = world.Ask(1, world.Make(0, 3));
  const AskedTokens other = world.Ask(1, world.Make(0, 3));
  const std::vector<std::string> answers = Need(world.Answer(mine.request));
  const auto mixed = TakeTokens(world.As(1), mine.request, other.pending, answers);
  REQUIRE_FALSE(mixed);
  CHECK(IsRefusal(mixed.error(), Refusal::kWrongRequest));
  const auto stolen = TakeTokens(world.As(2), mine.request, mine.pending, answers);
  REQUIRE_FALSE(stolen);
  CHECK(IsRefusal(stolen.error(), Refusal::kNotForUs));
  for (std::size_t i = 0; i < mine.pending.size(); ++i) {
    std::string flipped = mine.pending;
    flipped[i] ^= 1;
    CHECK_FALSE(TakeTokens(world.As(1), mine.request, flipped, answers));
    CHECK_FALSE(TakeTokens(world.As(1), mine.request, mine.pending.substr(0, i), answers));
  }
}

TEST_CASE("EveryFlippedByteAndEveryTruncationOfARequestOrAnswerIsRefused") {
  TokenWorld world;
  const AskedTokens asked = world.Ask(1, world.Make(0, 3));
  const std::string before = LedgerBytes(world);
  std::size_t count = 0;
  for (std::size_t i = 0; i < asked.request.size(); ++i, count += 2) {
    std::string flipped = asked.request;
    flipped[i] ^= static_cast<char>(1 << (i % 8));
    CHECK_FALSE(world.desks[0]->Evaluate(flipped, {}, world.roster, Day(1), 1));
    CHECK_FALSE(world.desks[0]->Evaluate(asked.request.substr(0, i), {}, world.roster, Day(1), 1));
  }
  CHECK(LedgerBytes(world) == before);
  const std::vector<std::string> answers = Need(world.Answer(asked.request));
  for (std::size_t i = 0; i < answers[0].size(); ++i, count += 2) {
    std::vector<std::string> flipped = answers;
    flipped[0][i] ^= static_cast<char>(1 << (i % 8));
    CHECK_FALSE(TakeTokens(world.As(1), asked.request, asked.pending, flipped));
    flipped[0] = answers[0].substr(0, i);
    CHECK_FALSE(TakeTokens(world.As(1), asked.request, asked.pending, flipped));
  }
  MESSAGE("flipped bytes and truncations refused: ", count);
}

TEST_CASE("ARequestThatComesAgainGetsTheSameBytesAndIsNotCharged") {
  TokenWorld world;
  const AskedTokens asked = world.Ask(1, world.Make(0, 4));
  const std::vector<std::string> first = Need(world.Answer(asked.request));
  const std::string ledger = LedgerBytes(world);
  CHECK(Need(world.Answer(asked.request, Day(2))) == first);
  CHECK(LedgerBytes(world) == ledger);

  world.desks.clear();  // and by another process
  world.desks.push_back(Need(OperatorDesk::Open(world.Folder(0))));
  CHECK(Need(world.Answer(asked.request, Day(3))) == first);
  CHECK(LedgerBytes(world) == ledger);

  // The answer was cleared away: made again, with another proof of the same elements.
  for (const auto& file : std::filesystem::directory_iterator(world.Folder(0) / "answers")) {
    std::filesystem::remove(file.path());
  }
  const std::vector<std::string> again = Need(world.Answer(asked.request, Day(3)));
  CHECK(Need(ReadEvaluation(again[0], world.roster.roster)).elements ==
        Need(ReadEvaluation(first[0], world.roster.roster)).elements);
  CHECK(LedgerBytes(world) == ledger);
}

TEST_CASE("ManyThreadsWithOneRequestAreChargedOnce") {
  TokenWorld world;
  const AskedTokens asked = world.Ask(1, world.Make(0, 4));
  std::vector<std::string> answers(4);
  std::vector<std::thread> threads;
  for (std::string& answer : answers) {
    threads.emplace_back([&] {
      const auto given = world.desks[0]->Evaluate(asked.request, {}, world.roster, Day(1), 1);
      if (given) answer = *given;
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::string& answer : answers) CHECK(answer == answers[0]);
  CHECK_FALSE(answers[0].empty());
  CHECK(world.desks[0]->ledger().charges().size() == 1);
}

TEST_CASE("TheSecondOperatorAnswersOnlyWhatTheFirstDid") {
  TokenWorld world(2);
  const AskedTokens asked = world.Ask(1, world.Make(0, 3));
  OperatorDesk& second = *world.desks[1];
  const std::string first =
      Need(world.desks[0]->Evaluate(asked.request, {}, world.roster, Day(1), 1));

  const auto refused = [&](const Result<std::string>& answer, Refusal refusal) {
    REQUIRE_FALSE(answer);
    CAPTURE(answer.error().message);
    CHECK(IsRefusal(answer.error(), refusal));
  };
  refused(second.Evaluate(asked.request, {}, world.roster, Day(1), 1), Refusal::kWrongRequest);
  refused(world.desks[0]->Evaluate(asked.request, first, world.roster, Day(1), 1),
          Refusal::kWrongRequest);
  const AskedTokens other = world.Ask(1, world.Make(0, 3));
  refused(second.Evaluate(other.request, first, world.roster, Day(1), 1), Refusal::kWrongRequest);
  TokenEvaluation forged = Need(ReadEvaluation(first, world.roster.roster));
  refused(second.Evaluate(asked.request, EvaluationFile(forged, world.keys[0].signing()),
                          world.roster, Day(1), 1),
          Refusal::kBadSignature);
  CHECK(second.ledger().charges().empty());

  // Both answers are needed, in their order, and of one chain.
  const std::string last = Need(second.Evaluate(asked.request, first, world.roster, Day(1), 1));
  const auto take = [&](std::vector<std::string> answers) {
    return TakeTokens(world.As(1), asked.request, asked.pending, answers);
  };
  CHECK(take({first, last}));
  for (const auto& answers : std::vector<std::vector<std::string>>{
           {}, {first}, {last}, {last, first}, {first, first}, {first, last, last}}) {
    const auto taken = take(answers);
    REQUIRE_FALSE(taken);
    CHECK(IsRefusal(taken.error(), Refusal::kWrongRequest));
  }

  // Another answer of the first operator to the same request is charged at the second.
  TokenEvaluation changed = Need(ReadEvaluation(first, world.roster.roster));
  std::swap(changed.elements[0], changed.elements[1]);
  const std::string swapped = SignAs(world, 0, changed);
  const std::string after = Need(second.Evaluate(asked.request, swapped, world.roster, Day(1), 1));
  CHECK(second.ledger().charges().size() == 2);
  const auto mixed = take({first, after});  // continues an answer that we were not given
  REQUIRE_FALSE(mixed);
  CHECK(IsRefusal(mixed.error(), Refusal::kWrongRequest));
}

TEST_CASE("ARotationGoesThroughAsManyKeysAsMadeTheTokens") {
  TokenWorld world(2);
  const TokenWorld::Things things = world.Make(0, 2);
  const GivenTokens old = world.Get(1, things, Day(95));
  std::erase_if(world.roster.roster.keys,
                [](const EpochKey& key) { return key.epoch == 2 && key.place == 1; });
  const auto asked =
      AskForRotation(world.As(1, Day(95)), KeyClass::kGuessable, 1, 2, old.items, old.secrets);
  REQUIRE_FALSE(asked);
  CHECK(IsRefusal(asked.error(), Refusal::kWrongEpoch));
}

TEST_CASE("KeysOfAnEndedEpochAreDestroyedWithTheirAnswers") {
  TokenWorld world;
  const GivenTokens old = world.Get(1, world.Make(0, 2), Day(95));
  CHECK(AnswerCount(world) == 1);
  CHECK(Need(world.desks[0]->DestroyEnded(world.roster, Day(99))).empty());
  CHECK(Need(world.desks[0]->DestroyEnded(world.roster, Day(100))) == std::vector<Epoch>{1});
  CHECK(AnswerCount(world) == 0);
  CHECK(Need(world.desks[0]->DestroyEnded(world.roster, Day(101))).empty());
  const EpochKeys kept = Need(EpochKeys::Read(world.Folder(0) / "epochs.key"));
  CHECK(kept.epochs() == std::vector<Epoch>{2});
  CHECK_FALSE(std::filesystem::exists(world.Folder(0) / "epochs.key.old"));
  // With the clock put back nothing of it can be evaluated or rotated any more.
  const AskedTokens late = Need(
      AskForRotation(world.As(1, Day(95)), KeyClass::kGuessable, 1, 2, old.items, old.secrets));
  const auto answer = world.Answer(late.request, Day(95));
  REQUIRE_FALSE(answer);
  CHECK(IsRefusal(answer.error(), Refusal::kWrongEpoch));
}

TEST_CASE("ACardIsItsOperatorsOwnAndHasOneForm") {
  TokenWorld world(2);
  const std::string file = Need(world.desks[1]->CardFile());
  const OperatorCard card = Need(ReadOperatorCard(file));
  CHECK(card.who.name == "operator-1");
  CHECK(card.who.place == 1);
  REQUIRE(card.keys.size() == 4);  // two epochs, two classes
  for (const EpochKey& key : card.keys) CHECK(PossessionHolds(key, {}));
  for (std::size_t i = 0; i < file.size(); ++i) {
    std::string flipped = file;
    flipped[i] ^= 1;
    CHECK_FALSE(ReadOperatorCard(flipped));
    CHECK_FALSE(ReadOperatorCard(file.substr(0, i)));
  }
  const MemberKeys keys = Need(MemberKeys::Read(world.Folder(1) / "operator.key"));
  const std::string part(Need(ReadFrame(file)).signed_part);
  const auto sign = [&](const ExchangeId& exchange, const std::string& changed) {
    return WriteFrame(FileType::kOperatorCard, exchange, changed,
                      {keys.signing().Sign(FileType::kOperatorCard, exchange, changed)});
  };
  CHECK(sign({}, part) == file);
  const auto refused = [](const std::string& changed, Refusal refusal) {
    const auto read = ReadOperatorCard(changed);
    REQUIRE_FALSE(read);
    CHECK(IsRefusal(read.error(), refusal));
  };
  refused(sign(world.roster.exchange, part), Refusal::kWrongExchange);
  std::string other_place = part;
  other_place[2] = 0;  // the keys are those of place 1
  refused(sign({}, other_place), Refusal::kBadPossession);
  std::string other_proof = part;
  other_proof.back() ^= 1;
  refused(sign({}, other_proof), Refusal::kBadPossession);
  refused(sign({}, part + '\0'), Refusal::kMalformed);
}

TEST_CASE("OneProcessHoldsAnOperatorsFolder") {
  TokenWorld world;
  const auto second = OperatorDesk::Open(world.Folder(0));
  REQUIRE_FALSE(second);
  CHECK(second.error().code == Code::kConflict);
  const auto again = OperatorDesk::Create(world.Folder(0), "other", 0);
  REQUIRE_FALSE(again);
  CHECK(again.error().code == Code::kConflict);
  const auto none = OperatorDesk::Open(world.folder.path() / "none");
  REQUIRE_FALSE(none);
  CHECK(none.error().code == Code::kNotFound);
}

}  // namespace
}  // namespace revenant
