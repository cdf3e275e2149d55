// An operator that is killed at any moment has charged whatever it gave away, once.
#include <doctest/doctest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <random>

#include "exchange/token_world.h"

namespace revenant {
namespace {

std::uint64_t FirstSeed() {
  const char* seed = std::getenv("REVENANT_SEED");
  return seed == nullptr ? 1 : std::strtoull(seed, nullptr, 10);
}

// Answers the requests from `first` on and names each in the pipe once it is given away.
[[noreturn]] void AnswerUntilKilled(const TokenWorld& world,
                                    const std::vector<AskedTokens>& requests, std::uint8_t first,
                                    int pipe) {
  const auto desk = OperatorDesk::Open(world.Folder(0));
  if (!desk) ::_exit(2);
  for (std::size_t i = first; i < requests.size(); ++i) {
    if (!(*desk)->Evaluate(requests[i].request, {}, world.roster, Day(1), 1)) ::_exit(3);
    const auto number = static_cast<std::uint8_t>(i);
    if (::write(pipe, &number, 1) != 1) ::_exit(4);
  }
  ::_exit(0);
}

TEST_SUITE("slow") {
  TEST_CASE("WhatAKilledOperatorGaveAwayIsChargedOnce") {
    const std::uint64_t seed = FirstSeed();
    CAPTURE(seed);
    std::mt19937_64 draw(seed);
    TokenWorld world;
    for (Member& member : world.roster.roster.members) member.guessable.backlog = 100'000;
    std::vector<AskedTokens> requests;
    for (std::size_t i = 0; i < 200; ++i) requests.push_back(world.Ask(1, world.Make(i, 2)));
    world.desks.clear();  // the folder belongs to the child

    std::uint8_t next = 0;
    int kills = 0;
    for (; kills < 50 && next < 199; ++kills) {
      CAPTURE(kills);
      int pipe[2];
      REQUIRE(::pipe(pipe) == 0);
      const pid_t child = ::fork();
      REQUIRE(child >= 0);
      if (child == 0) AnswerUntilKilled(world, requests, next, pipe[1]);
      ::close(pipe[1]);
      ::usleep(static_cast<useconds_t>(1'000 + draw() % 60'000));
      ::kill(child, SIGKILL);
      int status = 0;
      REQUIRE(::waitpid(child, &status, 0) == child);
      for (std::uint8_t given; ::read(pipe[0], &given, 1) == 1;) {
        next = static_cast<std::uint8_t>(given + 1);
      }
      ::close(pipe[0]);

      const Ledger ledger = Need(Ledger::Open(world.Folder(0) / "ledger"));
      for (std::uint8_t i = 0; i < next; ++i) {
        CHECK(ledger.Find(Need(ReadRequest(requests[i].request)).digest) != nullptr);
      }
      CHECK(ledger.charges().size() >= next);
      CHECK(ledger.charges().size() <= next + 1u);  // charged, and killed before it could say so
    }
    MESSAGE("killed ", kills, " times; ", static_cast<int>(next), " answers were given");
    CHECK(next > 0);

    // A member that got no answer asks again, gets it, and pays once.
    world.desks.push_back(Need(OperatorDesk::Open(world.Folder(0))));
    for (const AskedTokens& asked : requests) {
      const std::vector<std::string> answers = Need(world.Answer(asked.request));
      CHECK(TakeTokens(world.As(1), asked.request, asked.pending, answers));
    }
    CHECK(world.desks[0]->ledger().charges().size() == requests.size());
  }
}

}  // namespace
}  // namespace revenant
