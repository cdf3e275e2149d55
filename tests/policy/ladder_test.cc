// The ladder under every order of infringe, retract, merge, split and carrying out, over small
// histories, against a recount that shares nothing with it but the public types.

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "revenant/sanctions.h"

namespace revenant {
namespace {

enum class Do { kInfringe, kRetract, kMerge, kWithdraw, kDivide, kCarryOut };
struct Move {
  Do what;
  char seller;     // kMerge: whose cases
  char other = 0;  // kMerge, kWithdraw, kDivide: whom they reach
  int reference = 0;
  int day = 0;
};

// What the history left, in the plainest words.
struct World {
  struct Case {
    int set = -1, lifted = -1;
    bool counts() const { return set > lifted; }
  };
  enum class Tie { kNone, kLinked, kWithdrawn, kDivided };
  struct Measure {
    char seller;
    int reference, step;
    struct Rest {
      int reference;
      char holder;
    };
    std::vector<Rest> basis;
    friend bool operator<(const Measure& a, const Measure& b) {
      return std::tie(a.seller, a.reference, a.step) < std::tie(b.seller, b.reference, b.step);
    }
  };
  std::map<std::pair<char, int>, Case> cases;
  std::map<std::pair<char, char>, Tie> ties;
  std::set<Measure> measures;

  bool Linked(char from, char to) const {
    const auto tie = ties.find({from, to});
    return tie != ties.end() && tie->second == Tie::kLinked;
  }
};

constexpr char kSellers[] = {'a', 'b', 'c'};
constexpr int kFrom[] = {1, 2, 3, 3};

struct Counted {
  int day, reference;
  char holder;
  friend auto operator<=>(const Counted&, const Counted&) = default;
};

// Cases against `seller`, by day: the own account's word on a case goes before that of others.
std::vector<Counted> Recount(const World& world, char seller) {
  std::map<int, Counted> best;
  for (const bool own : {true, false}) {
    for (const auto& [key, one] : world.cases) {
      if (!one.counts() || (key.first == seller) != own) continue;
      if (!own && !world.Linked(key.first, seller)) continue;
      const Counted counted{one.set, key.second, key.first};
      const auto known = best.find(key.second);
      if (known == best.end()) {
        best[key.second] = counted;
      } else if (!own && known->second.holder != seller) {
        known->second = std::min(known->second, counted);
      }
    }
  }
  std::vector<Counted> cases;
  for (const auto& [reference, counted] : best) cases.push_back(counted);
  std::sort(cases.begin(), cases.end());
  return cases;
}

std::set<World::Measure> Owed(const World& world) {
  std::set<World::Measure> owed;
  for (const char seller : kSellers) {
    std::vector<World::Measure::Rest> basis;
    for (const Counted& one : Recount(world, seller)) {
      basis.push_back({one.reference, one.holder});
      for (int step = 0; step < 4; ++step) {
        if (static_cast<int>(basis.size()) < kFrom[step]) continue;
        if (step == 1 && one.holder != seller) continue;
        owed.insert({seller, one.reference, step, basis});
      }
    }
  }
  return owed;
}

// A measure stands while every case of its basis does; else if what is left, with what counts by
// now, still reaches the step.
bool Stands(const World& world, const World::Measure& measure) {
  std::map<int, int> days;
  bool all = true;
  for (const auto& rest : measure.basis) {
    const auto one = world.cases.find({rest.holder, rest.reference});
    const auto tie = world.ties.find({rest.holder, measure.seller});
    const bool cut = rest.holder != measure.seller && tie != world.ties.end() &&
                     (tie->second == World::Tie::kWithdrawn || tie->second == World::Tie::kDivided);
    if (one == world.cases.end() || !one->second.counts() || cut) {
      all = false;
    } else {
      days[rest.reference] = one->second.set;
    }
  }
  if (all) return true;
  for (const Counted& one : Recount(world, measure.seller)) days[one.reference] = one.day;
  if (!days.contains(measure.reference)) return false;
  const std::pair own(days[measure.reference], measure.reference);
  int rank = 0;
  for (const auto& [reference, day] : days) rank += std::pair(day, reference) <= own;
  return rank >= kFrom[measure.step];
}

SellerName Name(char seller) { return {"p", std::string(1, seller)}; }
std::string Reference(int reference) { return "c" + std::to_string(reference); }
// Days start at 1, as an unknown time is never later than a known one.
Time At(int day) { return day < 0 ? Time::Unknown() : Time{day + 1}; }

GroupFacts FactsOf(const World& world) {
  GroupFacts facts;
  for (const char seller : kSellers) facts.sellers.push_back(Name(seller));
  for (const auto& [key, one] : world.cases) {
    CaseFact fact;
    fact.seller = Name(key.first);
    fact.reference = Reference(key.second);
    fact.at = At(one.set);
    fact.state = one.counts()  ? CaseState::kConfirmed
                 : one.set < 0 ? CaseState::kReported
                               : CaseState::kRetracted;
    facts.cases.push_back(fact);
  }
  for (const auto& [pair, tie] : world.ties) {
    ReachFact reach;
    reach.from = Name(pair.first);
    reach.to = Name(pair.second);
    reach.allowed = tie == World::Tie::kLinked;
    facts.reaches.push_back(reach);
  }
  for (const World::Measure& measure : world.measures) {
    MeasureFact fact;
    fact.key = {{"p", Reference(measure.reference)},
                static_cast<Step>(measure.step + 1),
                Name(measure.seller)};
    fact.done = Time{1000};
    for (const auto& rest : measure.basis) {
      LinkState link = LinkState::kOwn;
      if (rest.holder != measure.seller) {
        const World::Tie tie = world.ties.at({rest.holder, measure.seller});
        link = tie == World::Tie::kWithdrawn ? LinkState::kWithdrawn
               : tie == World::Tie::kDivided ? LinkState::kCannotLink
                                             : LinkState::kStands;
      }
      fact.basis.push_back({{"p", Reference(rest.reference)}, Name(rest.holder), link});
    }
    facts.measures.push_back(fact);
  }
  return facts;
}

std::string Text(char seller, int reference, int step) {
  return Reference(reference) + "/" + std::string(StepName(static_cast<Step>(step + 1))) + "@" +
         seller + " ";
}
std::string Text(const MeasureKey& key) {
  return Text(key.seller.external_id[0], key.name.reference[1] - '0',
              static_cast<int>(key.step) - 1);
}

void Check(const World& world) {
  const SanctionAssessment assessment = AssessSanctions(FactsOf(world), {}, Time{2000});
  std::set<std::string> due, undo, wanted_due, wanted_undo;
  for (const MeasureDue& each : assessment.due) due.insert(Text(each.key));
  for (const MeasureToUndo& each : assessment.to_undo) undo.insert(Text(each.measure.key));
  for (const World::Measure& each : Owed(world)) {
    if (!world.measures.contains(each)) {
      wanted_due.insert(Text(each.seller, each.reference, each.step));
    }
  }
  for (const World::Measure& each : world.measures) {
    if (!Stands(world, each)) wanted_undo.insert(Text(each.seller, each.reference, each.step));
  }
  REQUIRE(due == wanted_due);
  REQUIRE(undo == wanted_undo);
  REQUIRE(assessment.standing_measures.size() == world.measures.size() - undo.size());
}

void Apply(World& world, const Move& move) {
  World::Case& one = world.cases[{move.seller, move.reference}];
  const auto tie = [&](World::Tie state) {
    world.cases.erase({move.seller, move.reference});
    World::Tie& known = world.ties[{move.seller, move.other}];
    // A link is cut only where there is one, and a finding stands until it is lifted.
    if (state == World::Tie::kLinked ? known != World::Tie::kDivided
                                     : known == World::Tie::kLinked) {
      known = state;
    }
  };
  switch (move.what) {
    case Do::kInfringe:
      one.set = std::max(one.set, move.day);
      break;
    case Do::kRetract:
      one.lifted = std::max(one.lifted, move.day);
      break;
    case Do::kMerge:
      return tie(World::Tie::kLinked);
    case Do::kWithdraw:
      return tie(World::Tie::kWithdrawn);
    case Do::kDivide:
      return tie(World::Tie::kDivided);
    case Do::kCarryOut:
      world.cases.erase({move.seller, move.reference});
      for (const World::Measure& each : Owed(world)) world.measures.insert(each);
  }
}

using History = std::vector<Move>;
const History kHistories[] = {
    // Three cases of two accounts, merged and split, one case taken back.
    {{Do::kInfringe, 'a', 0, 1, 1},
     {Do::kInfringe, 'b', 0, 2, 2},
     {Do::kInfringe, 'b', 0, 3, 3},
     {Do::kMerge, 'a', 'b', 9},
     {Do::kRetract, 'b', 0, 2, 4},
     {Do::kWithdraw, 'a', 'b', 9},
     {Do::kCarryOut, 'a', 0, 9}},
    // One case at two accounts; both reach a third.
    {{Do::kInfringe, 'a', 0, 1, 1},
     {Do::kInfringe, 'b', 0, 1, 2},
     {Do::kInfringe, 'c', 0, 2, 3},
     {Do::kMerge, 'a', 'c', 9},
     {Do::kMerge, 'b', 'c', 9},
     {Do::kRetract, 'a', 0, 1, 4},
     {Do::kCarryOut, 'a', 0, 9}},
    // Different people, and carried out twice.
    {{Do::kInfringe, 'a', 0, 1, 1},
     {Do::kInfringe, 'a', 0, 2, 2},
     {Do::kInfringe, 'b', 0, 3, 3},
     {Do::kMerge, 'a', 'b', 9},
     {Do::kDivide, 'a', 'b', 9},
     {Do::kCarryOut, 'a', 0, 9},
     {Do::kCarryOut, 'a', 0, 9}},
    // Taken back and entered again later.
    {{Do::kInfringe, 'a', 0, 1, 1},
     {Do::kRetract, 'a', 0, 1, 2},
     {Do::kInfringe, 'a', 0, 1, 3},
     {Do::kInfringe, 'b', 0, 2, 2},
     {Do::kMerge, 'b', 'a', 9},
     {Do::kMerge, 'a', 'b', 9},
     {Do::kCarryOut, 'a', 0, 9}},
};

TEST_CASE("The ladder under every order of events equals a naive recount") {
  std::uint64_t orders = 0;
  for (const History& history : kHistories) {
    std::vector<std::size_t> order(history.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    do {
      World world;
      for (const std::size_t i : order) {
        Apply(world, history[i]);
        Check(world);
      }
      ++orders;
    } while (std::next_permutation(order.begin(), order.end()));
  }
  CHECK(orders == 4 * 5040);
}

}  // namespace
}  // namespace revenant
