// Platforms with registries, joined in one exchange. What the operators would compute is a digest
// here: to the feeds an identifier's N is 32 bytes that its holders share and nobody else has.
#ifndef REVENANT_TESTS_EXCHANGE_FEEDS_WORLD_H_
#define REVENANT_TESTS_EXCHANGE_FEEDS_WORLD_H_

#include <doctest/doctest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "exchange/files/feed.h"
#include "exchange/files/feedback.h"
#include "exchange/files/member_keys.h"
#include "exchange/files/refusal.h"
#include "exchange/files/seal.h"
#include "exchange/member/membership.h"
#include "exchange/member/publish.h"
#include "exchange/member/rows.h"
#include "exchange/roster/roster.h"
#include "exchange/token_world.h"
#include "registry/handle.h"
#include "registry/worlds.h"
#include "revenant/exchange_feeds.h"
#include "util/wire.h"

namespace revenant {

// Identifier number n, a payment account or a device, as every platform knows it.
inline Fingerprint IdentifierPrint(int n) {
  Fingerprint fingerprint;
  const Digest digest = DigestOf("identifier " + std::to_string(n));
  std::copy_n(digest.begin(), fingerprint.bytes.size(), fingerprint.bytes.begin());
  return fingerprint;
}
// One account is enough to block: these stories are not about how many proofs there are.
inline LinkPolicy StrongAccounts() {
  LinkPolicy policy;
  KindPolicy account = policy.For("pay.iban");
  account.u = account.m / (1 << 20);
  account.half_life_days = 1825;
  account.fanout_limit = 50;
  policy.Set("pay.iban", account);
  return policy;
}

inline const char* KindOf(int n) { return n % 10 == 9 ? "device.imei" : "pay.iban"; }
inline ExchangeSecret SecretOf(int n, Epoch epoch) {
  ExchangeSecret secret;
  secret.n = DigestOf("N of " + std::to_string(n) + " in " + std::to_string(epoch));
  return secret;
}

struct Party {
  Party(const std::string& its_name, const std::string& where, std::uint32_t number,
        const std::filesystem::path& folder)
      : name(its_name), keys(Need(MemberKeys::Generate())), key_file(folder / (its_name + ".key")) {
    Need(keys.WriteNew(key_file));
    member = Need(ReadMemberCard(MemberCardFile(keys, name, where, 1)));
    member.id = MemberId{number};
  }

  // Its own side of things.
  Registry& registry() { return *world; }
  void Shows(const char* seller, int day, std::initializer_list<int> identifiers,
             SellerStatus status = SellerStatus::kActive) {
    world.Apply(Shown(seller, day, identifiers, status));
  }
  Enrol Shown(const char* seller, int day, std::initializer_list<int> identifiers,
              SellerStatus status) {
    Enrol event;
    event.seller = {name, seller};
    event.status = status;
    event.seen = Day(day);
    for (const int n : identifiers) {
      event.attributes.push_back(
          {IdentifierPrint(n), {{IdentifierPrint(n), KindOf(n), false, true}}});
    }
    return event;
  }
  void Bans(const char* seller, int day, const char* reason = "counterfeit") {
    world.Apply(Infringe{{name, seller}, "case-1", Right::kTrademark, Day(day)});
    world.Apply(Ban{{name, seller}, "case-1", reason, Day(day)});
  }
  void Reinstates(const char* seller, int day) {
    world.Apply(Reinstate{{name, seller}, "", true, Day(day)});
  }
  Verdict Asks(int day, std::initializer_list<int> identifiers) {
    return Need(registry().Screen(Shown("applicant", day, identifiers, SellerStatus::kApplicant),
                                  Day(day)));
  }
  TokensKept Evaluates(std::initializer_list<int> identifiers, int day, Epoch epoch = 1) {
    std::vector<HeldToken> tokens;
    for (const int n : identifiers) {
      tokens.push_back({IdentifierPrint(n), KindOf(n), epoch, SecretOf(n, epoch)});
    }
    return Need(desk->KeepTokens(tokens, Day(day)));
  }
  std::string Exports(int day) { return Need(desk->Export({}, Day(day))).file; }
  FeedImport Imports(const std::string& file, int day) {
    return Need(desk->Import(file, Day(day)));
  }
  std::string Snapshot() { return Need(desk->ExportAgain({}, Exchange::Again::kSnapshot)); }

  // Everything in its exchange's rows, to see that nothing was written.
  std::string Rows() {
    std::string all;
    Need(SnapshotOf(registry())
             ->Scan(Table::kExchange, "",
                    [&](std::string_view key, std::string_view value) -> Result<bool> {
                      PutLengthPrefixed(all, key);
                      PutLengthPrefixed(all, value);
                      return true;
                    }));
    return all + world.Export(ExportScope::kFacts);
  }

  std::string name;
  MemberKeys keys;
  std::filesystem::path key_file;
  Member member;
  World world{StrongAccounts()};
  std::unique_ptr<Exchange> desk;
};

// a, b and c; epoch 1 counts on days 10,000 to 10,100, epoch 2 on 10,090 to 11,000; two of three
// root keys make a roster.
class FeedsWorld {
 public:
  static constexpr int kStart = 10'000;

  FeedsWorld() {
    static constexpr const char* kNames[] = {"market-a", "market-b", "market-c"};
    for (std::uint32_t i = 0; i < 3; ++i) {
      parties.push_back(std::make_unique<Party>(kNames[i], "FR", i + 1, folder.path()));
    }
    roster = Genesis();
    exchange = ExchangeIdOf(roster);
    genesis = Signed(roster, {0, 1});
    for (const auto& party : parties) {
      party->desk = Need(Exchange::Open(party->registry(), party->key_file));
      Need(party->desk->Join(genesis, party->name));
    }
  }

  Roster Genesis() const {
    Roster made;
    made.created = Day(kStart);
    made.expires = Day(kStart + 500);
    made.threshold = 2;
    made.kinds = KindsDigest();
    made.max_entries = 100'000;
    made.max_seq_leap = 50;
    made.epochs = {{1, Day(kStart), Day(kStart + 100)}, {2, Day(kStart + 90), Day(kStart + 1000)}};
    for (const auto& party : parties) made.members.push_back(party->member);
    return made;
  }
  std::string Signed(const Roster& which, std::initializer_list<int> signers) const {
    std::string file = RosterFile(which, exchange);
    for (const int signer : signers) {
      file = Need(SignRosterFile(file, parties[static_cast<std::size_t>(signer)]->keys.root()));
    }
    return file;
  }
  // The next version with a change, signed by two (b and c by default), adopted by all.
  template <typename Change>
  void Amend(int day, Change change, std::initializer_list<int> signers = {1, 2}) {
    Roster next = roster;
    ++next.version;
    next.predecessor = DigestOf(EncodeRoster(roster));
    next.created = Day(day);
    change(next);
    const std::string file = Signed(next, signers);
    for (const auto& party : parties) Need(party->desk->AdoptRoster(file, Day(day)));
    roster = next;
  }

  Party& a() { return *parties[0]; }
  Party& b() { return *parties[1]; }
  Party& c() { return *parties[2]; }

  TemporaryFolder folder;
  std::vector<std::unique_ptr<Party>> parties;
  Roster roster;
  ExchangeId exchange;
  std::string genesis;
};

}  // namespace revenant

#endif  // REVENANT_TESTS_EXCHANGE_FEEDS_WORLD_H_
