#ifndef REVENANT_TESTS_MARKET_PLAY_H_
#define REVENANT_TESTS_MARKET_PLAY_H_

// A market day by day: applications are judged, those let in are enrolled, infringers fall.

#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "market/world.h"
#include "revenant/calibrate.h"
#include "revenant/registry.h"

namespace revenant::market {

// A judge. `minute` is since the market opened.
class Judge {
 public:
  struct Answer {
    Decision decision = Decision::kClear;
    std::uint32_t because = 0;  // bit by number of Because
    std::string text;           // the first reason, if anybody asked for it
  };
  virtual ~Judge() = default;
  virtual void Load(const World& world) = 0;  // all of the history, without its bans
  virtual Answer Ask(const World& world, std::size_t account) = 0;
  virtual void Enrol(const World& world, std::size_t account) = 0;
  virtual void Ban(const World& world, std::size_t account, std::int64_t minute) = 0;
};

// The library, in a store of its own in a folder that goes with it.
std::unique_ptr<Judge> MakeLibrary(const LinkPolicy& policy, bool texts = false);
// Every value that two accounts share joins them; every seller joined to a ban is refused.
std::unique_ptr<Judge> MakeUnionFind();

// What the library measures on the history of a market, its bans included.
Calibration CalibrateOn(const World& world, const LinkPolicy& policy);

// The same, for the true owners: the generator's own rates.
struct TrueRates {
  double ban_rate = 0;
  struct OfKind {
    double stranger_share = 0;  // of open sellers with such a value: share it with other hands
    double keeps = 0;           // of returners who share anything with a ban of theirs
    std::uint64_t returns = 0;
  };
  std::array<OfKind, kKinds> kinds;
};
TrueRates RatesOf(const World& world, const LinkPolicy& policy);
std::string CalibrationTable(const Calibration& found, const TrueRates& truth);

struct Tally {
  std::uint64_t judged = 0, reviewed = 0, blocked = 0;
  std::uint64_t known = 0, known_reviewed = 0, known_blocked = 0;
  std::uint64_t clear() const { return judged - reviewed - blocked; }
  void Add(const Tally& other);
};

struct Score {
  std::array<Tally, kClasses> classes;
  std::array<Tally, 6> kept;  // returners by how many identifiers they share with a ban of theirs
  std::map<Because, std::uint64_t> honest_reviews, honest_blocks;
  std::vector<std::string> notes;  // the sellers judged wrongly, and why
  double seconds = 0;

  void Add(const Score& other);
  Tally Honest() const;
  Tally All() const;
  Tally Known() const;  // returners who share an identifier with a ban of their own hands, or reach
                        // one over accounts of their own
  double Stopped() const;
  double Blocked() const;
  double WrongPerMillion() const;
  double ReviewShare() const;
  std::uint64_t FloodersClear() const;
};

// A person looks at every review and is right: honest sellers are let in, returners are not. First
// offenders are let in, since nobody can know. With `notes` it is written down who was judged
// wrongly.
Score Play(const World& world, Judge& judge, bool notes = false);

// --- Tables in Markdown.
struct Named {
  std::string name;
  Score score;
};
std::string GoalTable(const std::vector<Named>& scores);
std::string ClassTable(const Score& score);
std::string KeptTable(const std::vector<Named>& scores);
std::string ReasonTable(const Score& score);

}  // namespace revenant::market

#endif  // REVENANT_TESTS_MARKET_PLAY_H_
