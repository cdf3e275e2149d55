// Membership as a host has it: public headers, files and folders.
#include <doctest/doctest.h>

#include <map>

#include "exchange/token_world.h"
#include "revenant/exchange_desk.h"
#include "revenant/exchange_membership.h"

namespace revenant {
namespace {

namespace fs = std::filesystem;

// Two members and an operator, and the cards that they handed in.
struct Founders {
  Founders() {
    desk = Need(ExchangeOperator::Create(folder.path() / "north", "north", 0));
    cards["alpha.card"] = Need(alpha.Card("alpha", "DE"));
    cards["beta.card"] = Need(beta.Card("beta", "FR"));
    cards["north.card"] = Need(desk->Card());
  }
  Result<std::string> Card(const std::string& name) const {
    const auto found = cards.find(name);
    if (found == cards.end()) return Error{Code::kNotFound, name + ": no such card"};
    return found->second;
  }
  Result<DraftedRoster> Draft(const std::string& json,
                              std::optional<std::string_view> after = {}) const {
    return DraftRosterFile(json, after, [this](const std::string& name) { return Card(name); });
  }

  TemporaryFolder folder;
  MembershipKeys alpha = Need(MembershipKeys::Generate());
  MembershipKeys beta = Need(MembershipKeys::Generate());
  std::unique_ptr<ExchangeOperator> desk;
  std::map<std::string, std::string> cards;
};

constexpr const char* kGenesis = R"({"created":"2026-01-01","expires":"2027-01-01","threshold":2,
  "epochs":[{"epoch":1,"from":"2026-01-01","until":"2026-07-01"}],
  "members":[{"id":1,"card":"alpha.card"},{"id":2,"card":"beta.card"}],
  "operators":["north.card"]})";
constexpr const char* kSecond = R"({"created":"2026-02-01","expires":"2027-02-01","threshold":2,
  "epochs":[{"epoch":1,"from":"2026-01-01","until":"2026-08-01"}],
  "members":[{"id":1,"card":"alpha.card"},{"id":2,"card":"beta.card"}],
  "operators":["north.card"]})";

TEST_CASE("CardsSayWhatTheyWereMadeOf") {
  const Founders founders;
  const MemberCardInfo member = Need(CheckMemberCard(founders.cards.at("alpha.card")));
  CHECK(member.name == "alpha");
  CHECK(member.country == "DE");
  CHECK(member.generation == 1);
  const OperatorCardInfo card = Need(CheckOperatorCard(founders.cards.at("north.card")));
  CHECK(card.name == "north");
  CHECK(card.place == 0);
  REQUIRE(card.keys.size() == 2);
  CHECK(card.keys[0].epoch == 1);
  CHECK(card.keys[1].key_class == KeyClass::kRandom);
  CHECK_FALSE(CheckMemberCard(founders.cards.at("north.card")));
  CHECK_FALSE(CheckOperatorCard(founders.cards.at("alpha.card")));

  const auto bad_name = founders.alpha.Card("Alpha", "DE");
  const auto bad_country = founders.alpha.Card("alpha", "Germany");
  const auto bad_generation = founders.alpha.Card("alpha", "DE", 0);
  for (const auto* refused : {&bad_name, &bad_country, &bad_generation}) {
    REQUIRE_FALSE(*refused);
    CHECK(refused->error().code == Code::kInvalidArgument);
  }
}

TEST_CASE("AGenesisHoldsOnceEnoughOfItsMembersSignedIt") {
  const Founders founders;
  const DraftedRoster draft = Need(founders.Draft(kGenesis));
  CHECK(draft.info.version == 0);
  CHECK(draft.info.threshold == 2);
  CHECK(draft.info.signatures == 0);
  REQUIRE(draft.info.members.size() == 2);
  CHECK(draft.info.members[1].name == "beta");
  CHECK(draft.info.members[1].status == "active");
  REQUIRE(draft.info.operators.size() == 1);
  CHECK(draft.info.operators[0].name == "north");

  const MembershipKeys stranger = Need(MembershipKeys::Generate());
  std::string file = draft.file;
  std::uint64_t wanted = 0;
  for (const MembershipKeys* keys : {&founders.alpha, &founders.alpha, &stranger}) {
    file = Need(keys->SignRoster(file));
    wanted = 1;  // once each, and members alone
    CHECK(Need(InspectRoster(file)).signatures == wanted);
    const auto early = CheckRoster(file);
    REQUIRE_FALSE(early);
    CHECK(early.error().message.starts_with("refused, roster not signed: "));
  }
  file = Need(founders.beta.SignRoster(file));
  const RosterInfo genesis = Need(CheckRoster(file));
  CHECK(genesis.signatures == 2);
  CHECK(genesis.exchange == draft.info.exchange);
  CHECK(Need(founders.desk->TakeRoster(file)) == 0);
}

TEST_CASE("ASuccessorIsCheckedAgainstTheRosterBefore") {
  const Founders founders;
  const auto sign = [&](const std::string& file) {
    return Need(founders.beta.SignRoster(Need(founders.alpha.SignRoster(file))));
  };
  const std::string genesis = sign(Need(founders.Draft(kGenesis)).file);
  const DraftedRoster draft = Need(founders.Draft(kSecond, genesis));
  CHECK(draft.info.version == 1);
  CHECK(draft.info.exchange == Need(InspectRoster(genesis)).exchange);
  const std::string second = sign(draft.file);
  CHECK(Need(CheckRoster(second, genesis)).version == 1);
  CHECK_FALSE(CheckRoster(second));           // no genesis
  CHECK_FALSE(CheckRoster(genesis, second));  // goes back
  CHECK_FALSE(CheckRoster(draft.file, genesis));
  const std::string other = sign(Need(founders.Draft(kSecond)).file);
  CHECK_FALSE(CheckRoster(second, other));  // of another exchange
  CHECK_FALSE(founders.Draft(kSecond, "no roster"));
}

TEST_CASE("ADraftNamesWhatIsWrongWithIt") {
  const Founders founders;
  const std::string genesis = kGenesis;
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string changed = genesis;
    return changed.replace(changed.find(from), from.size(), to);
  };
  const std::pair<std::string, std::string> kWrong[] = {
      {"[]", "roster draft: the file"},
      {with("\"threshold\"", "\"treshold\""), "treshold"},
      {with("beta.card", "gamma.card"), "gamma.card: no such card"},
      {with("beta.card", "north.card"), "refused, wrong type"},
      {with("\"threshold\":2", "\"threshold\":0"), "refused, malformed"},
  };
  for (const auto& [json, message] : kWrong) {
    CAPTURE(json);
    const auto draft = founders.Draft(json);
    REQUIRE_FALSE(draft);
    CAPTURE(draft.error().message);
    CHECK(draft.error().message.find(message) != std::string::npos);
  }
}

TEST_CASE("KeysWithoutTheirRootSignNoRosterAndMakeNoCard") {
  const Founders founders;
  const fs::path whole = founders.folder.path() / "alpha.key";
  const fs::path online = founders.folder.path() / "online.key";
  Need(founders.alpha.WriteNew(whole));
  Need(founders.alpha.WriteNew(online, MembershipKeys::Root::kWithout));
  CHECK(founders.alpha.WriteNew(whole).error().code == Code::kConflict);

  const MembershipKeys read = Need(MembershipKeys::Read(whole));
  CHECK(read.has_root());
  CHECK(Need(read.Card("alpha", "DE")) == founders.cards.at("alpha.card"));
  const MembershipKeys rootless = Need(MembershipKeys::Read(online));
  CHECK_FALSE(rootless.has_root());
  const std::string file = Need(founders.Draft(kGenesis)).file;
  CHECK(rootless.SignRoster(file).error().code == Code::kInvalidArgument);
  CHECK(rootless.Card("alpha", "DE").error().code == Code::kInvalidArgument);
  CHECK(rootless.WriteNew(founders.folder.path() / "third.key").error().code ==
        Code::kInvalidArgument);

  const MembershipKeys next = Need(founders.alpha.NextGeneration());
  CHECK(Need(next.SignRoster(file)) == Need(founders.alpha.SignRoster(file)));  // the same root
  CHECK(Need(CheckMemberCard(Need(next.Card("alpha", "DE", 2)))).generation == 2);
}

}  // namespace
}  // namespace revenant
