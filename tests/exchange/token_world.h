// An exchange without its feeds: a roster, members and operators in temporary folders, so that
// requests go out and tokens come back as they do between real parties.
#ifndef REVENANT_TESTS_EXCHANGE_TOKEN_WORLD_H_
#define REVENANT_TESTS_EXCHANGE_TOKEN_WORLD_H_

#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "exchange/member/member_tokens.h"
#include "exchange/operator/operator.h"
#include "exchange/roster/operator_card.h"
#include "exchange/roster/possession.h"

namespace revenant {

inline constexpr std::int64_t kDayMicros = 86'400'000'000;
inline Time Day(int day, std::int64_t micros = 0) { return Time{day * kDayMicros + micros}; }

// Removed with everything in it.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "revenant-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

template <typename T>
T Need(Result<T> result) {
  REQUIRE_MESSAGE(result, (result ? std::string() : result.error().message));
  return *std::move(result);
}
inline void Need(const Result<void>& result) {
  REQUIRE_MESSAGE(result, (result ? std::string() : result.error().message));
}

// Members 1 and 2, one or two operators; epoch 1 counts on days 0 to 100, epoch 2 on 90 to 200.
class TokenWorld {
 public:
  explicit TokenWorld(int operator_count = 1) {
    for (std::uint32_t id = 1; id <= 2; ++id) {
      keys.push_back(Need(MemberKeys::Generate()));
      Member member;
      member.id = MemberId{id};
      member.name = "member-" + std::to_string(id);
      member.signing = keys.back().signing().key();
      member.guessable = {.backlog = 100, .daily = 10};
      member.random = {.backlog = 0, .daily = 1000};
      roster.roster.members.push_back(member);
    }
    roster.roster.version = 3;
    roster.roster.expires = Day(365);
    roster.roster.epochs = {{1, Day(0), Day(100)}, {2, Day(90), Day(200)}};
    roster.exchange.bytes.fill(0xe5);
    for (int place = 0; place < operator_count; ++place) {
      desks.push_back(Need(OperatorDesk::Create(Folder(place), "operator-" + std::to_string(place),
                                                static_cast<std::uint8_t>(place))));
      Need(desks.back()->MakeKeys(2));
    }
    ListOperators();
  }

  std::filesystem::path Folder(int place) const {
    return folder.path() / ("operator-" + std::to_string(place));
  }

  // Enters what the operators' cards say into the roster.
  void ListOperators() {
    roster.roster.operators.clear();
    roster.roster.keys.clear();
    for (const auto& desk : desks) {
      const OperatorCard card = Need(ReadOperatorCard(Need(desk->CardFile())));
      roster.roster.operators.push_back(card.who);
      roster.roster.keys.insert(roster.roster.keys.end(), card.keys.begin(), card.keys.end());
    }
  }

  Asking As(std::size_t member, Time now = Day(1)) const {
    return {roster, MemberId{static_cast<std::uint32_t>(member)}, keys[member - 1], now};
  }

  // Identifiers `first`, `first` + 1, ...: phone numbers or wallet addresses.
  struct Things {
    std::vector<TokenItem> items;
    std::vector<Identifier> identifiers;
    TokenInputs inputs;
  };
  Things Make(std::size_t first, std::size_t count, std::string kind = "contact.phone") const {
    Things things;
    for (std::size_t i = first; i < first + count; ++i) {
      TokenItem item;
      item.kind = kind;
      item.fingerprint.bytes[0] = static_cast<std::uint8_t>(i);
      item.fingerprint.bytes[1] = static_cast<std::uint8_t>(i >> 8);
      things.items.push_back(item);
      things.identifiers.push_back({kind, "", "+1202555" + std::to_string(1000 + i)});
      ExpandInput(roster.exchange, things.identifiers.back(), things.inputs.emplace_back());
    }
    return things;
  }

  AskedTokens Ask(std::size_t member, const Things& things, Time now = Day(1),
                  Epoch epoch = 1) const {
    return Need(AskForTokens(As(member, now), KeyClassOf(things.items[0].kind), epoch, things.items,
                             things.inputs));
  }

  // Through every operator in turn.
  Result<std::vector<std::string>> Answer(std::string_view request, Time now = Day(1)) {
    std::vector<std::string> answers;
    for (const auto& desk : desks) {
      std::optional<std::string_view> previous;
      if (!answers.empty()) previous = answers.back();
      Result<std::string> answer = desk->Evaluate(request, previous, roster, now, 1);
      if (!answer) return answer.error();
      answers.push_back(*std::move(answer));
    }
    return answers;
  }

  GivenTokens Get(std::size_t member, const Things& things, Time now = Day(1), Epoch epoch = 1) {
    const AskedTokens asked = Ask(member, things, now, epoch);
    const std::vector<std::string> answers = Need(Answer(asked.request, now));
    return Need(TakeTokens(As(member, now), asked.request, asked.pending, answers));
  }

  TemporaryFolder folder;
  SignedRoster roster;
  std::vector<MemberKeys> keys;
  std::vector<std::unique_ptr<OperatorDesk>> desks;
};

}  // namespace revenant

#endif  // REVENANT_TESTS_EXCHANGE_TOKEN_WORLD_H_
