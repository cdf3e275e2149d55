#include "market/play.h"

#include <algorithm>
#include <chrono>
#include <queue>
#include <tuple>
#include <unordered_map>

namespace revenant::market {
namespace {

// What those of the same hands have in the market: whether a newcomer of theirs could be known.
class OwnAccounts {
 public:
  explicit OwnAccounts(const World& world) : world_(world), banned_(world.accounts.size()) {}

  void Enrol(std::size_t account) { of_[world_.accounts[account].hands].push_back(account); }
  void Ban(std::size_t account) { banned_[account] = true; }

  struct Known {
    bool is = false;
    std::size_t kept = 0;  // identifiers shared with banned accounts
  };
  Known Of(const Account& account) const {
    const auto own = of_.find(account.hands);
    if (own == of_.end()) return {};
    Known known;
    for (const Value& value : account.values) {
      known.kept += std::any_of(own->second.begin(), own->second.end(), [&](std::size_t other) {
        return banned_[other] && Carries(world_.accounts[other], value);
      });
    }
    std::vector<const Account*> reached = {&account};
    std::vector<bool> seen(own->second.size());
    for (std::size_t next = 0; next < reached.size(); ++next) {
      for (std::size_t i = 0; i < seen.size(); ++i) {
        const std::size_t other = own->second[i];
        if (seen[i] || !Share(*reached[next], world_.accounts[other])) continue;
        seen[i] = true;
        known.is = known.is || banned_[other];
        reached.push_back(&world_.accounts[other]);
      }
    }
    return known;
  }

 private:
  static bool Carries(const Account& account, const Value& value) {
    return IsLinking(value.kind) &&
           std::any_of(account.values.begin(), account.values.end(),
                       [&](const Value& mine) { return mine.Same(value); });
  }
  static bool Share(const Account& a, const Account& b) {
    return std::any_of(a.values.begin(), a.values.end(),
                       [&](const Value& value) { return Carries(b, value); });
  }

  const World& world_;
  std::vector<bool> banned_;
  std::unordered_map<std::uint32_t, std::vector<std::size_t>> of_;
};

}  // namespace

Score Play(const World& world, Judge& judge, bool notes) {
  const auto begin = std::chrono::steady_clock::now();
  Score score;
  OwnAccounts own(world);
  using Fall = std::pair<std::int64_t, std::size_t>;
  std::priority_queue<Fall, std::vector<Fall>, std::greater<>> falls;
  const auto enrolled = [&](std::size_t i) {
    const Account& account = world.accounts[i];
    own.Enrol(i);
    if (account.infringes && account.ban_after > 0) {
      falls.emplace(account.minute + account.ban_after, i);
    }
  };
  judge.Load(world);
  std::size_t next = 0;
  for (; next < world.accounts.size(); ++next) {
    if (world.accounts[next].minute >= world.history_minutes) break;
    enrolled(next);
  }
  for (; next < world.accounts.size(); ++next) {
    const Account& account = world.accounts[next];
    for (; !falls.empty() && falls.top().first <= account.minute; falls.pop()) {
      judge.Ban(world, falls.top().second, falls.top().first);
      own.Ban(falls.top().second);
    }
    bool let_in = true;
    if (account.judged) {
      const OwnAccounts::Known known =
          IsReturn(account.cls) ? own.Of(account) : OwnAccounts::Known{};
      const Judge::Answer answer = judge.Ask(world, next);
      const bool reviewed = answer.decision == Decision::kReview;
      const bool blocked = answer.decision == Decision::kBlock;
      const auto count = [&](Tally& tally) {
        ++tally.judged;
        tally.reviewed += reviewed;
        tally.blocked += blocked;
        tally.known += known.is;
        tally.known_reviewed += known.is && reviewed;
        tally.known_blocked += known.is && blocked;
      };
      count(score.classes[static_cast<std::size_t>(account.cls)]);
      if (IsReturn(account.cls)) count(score.kept[std::min<std::size_t>(known.kept, 5)]);
      if (IsHonest(account.cls) && answer.decision != Decision::kClear) {
        for (unsigned bit = 1; bit < 32; ++bit) {
          if ((answer.because >> bit & 1) == 0) continue;
          ++(blocked ? score.honest_blocks : score.honest_reviews)[static_cast<Because>(bit)];
        }
      }
      if (notes && ((IsHonest(account.cls) && blocked) || (known.is && !blocked && !reviewed))) {
        std::string note = std::string(NameOf(account.cls)) +
                           (blocked ? ", blocked: " : ", kept " + std::to_string(known.kept) + ":");
        if (!blocked) {
          for (const Value& value : account.values) {
            if (IsLinking(value.kind)) note += " " + std::string(NameOf(value.kind));
          }
        }
        score.notes.push_back(note + answer.text);
      }
      // Somebody looks at reviews, and is right.
      let_in = !blocked && !(reviewed && IsReturn(account.cls));
    }
    if (!let_in) continue;
    judge.Enrol(world, next);
    enrolled(next);
  }
  score.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return score;
}

void Tally::Add(const Tally& other) {
  judged += other.judged;
  reviewed += other.reviewed;
  blocked += other.blocked;
  known += other.known;
  known_reviewed += other.known_reviewed;
  known_blocked += other.known_blocked;
}

void Score::Add(const Score& other) {
  for (std::size_t i = 0; i < kClasses; ++i) classes[i].Add(other.classes[i]);
  for (std::size_t i = 0; i < kept.size(); ++i) kept[i].Add(other.kept[i]);
  for (const auto& [because, count] : other.honest_reviews) honest_reviews[because] += count;
  for (const auto& [because, count] : other.honest_blocks) honest_blocks[because] += count;
  notes.insert(notes.end(), other.notes.begin(), other.notes.end());
  seconds += other.seconds;
}

namespace {

template <typename Which>
Tally Sum(const Score& score, Which which) {
  Tally sum;
  for (std::size_t i = 0; i < kClasses; ++i) {
    if (which(static_cast<Class>(i))) sum.Add(score.classes[i]);
  }
  return sum;
}
double Share(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

Tally Score::Honest() const { return Sum(*this, IsHonest); }
Tally Score::Known() const { return Sum(*this, IsReturn); }
Tally Score::All() const {
  return Sum(*this, [](Class) { return true; });
}
double Score::Stopped() const {
  const Tally known = Known();
  return Share(known.known_reviewed + known.known_blocked, known.known);
}
double Score::Blocked() const {
  const Tally known = Known();
  return Share(known.known_blocked, known.known);
}
double Score::WrongPerMillion() const {
  const Tally honest = Honest();
  return 1e6 * Share(honest.blocked, honest.judged);
}
double Score::ReviewShare() const {
  const Tally all = All();
  return Share(all.reviewed, all.judged);
}
std::uint64_t Score::FloodersClear() const {
  const Tally& flooders = classes[static_cast<std::size_t>(Class::kFlooder)];
  return flooders.known - flooders.known_reviewed - flooders.known_blocked;
}

}  // namespace revenant::market
