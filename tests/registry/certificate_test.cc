// Certificates (DESIGN.md section 5, rule 13): what holds, what held then, what was erased and what
// was never true.

#include "revenant/certificate.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>

#include "registry/certificate.h"
#include "registry/link_worlds.h"
#include "registry/worlds.h"

namespace revenant {
namespace {

constexpr std::int64_t kDay = 86'400'000'000;
Time Day(int day) { return Time{(20'000 + day) * kDay}; }
constexpr int kToday = 10;  // when applications are judged

std::string Certify(World& world, const revenant::Enrol& application, Time as_of = Day(kToday)) {
  const Result<Certified> certified = world->Certify(application, as_of);
  if (!certified) FAIL(certified.error().message);
  return certified->certificate;
}

CertificateCheck Verify(World& world, const std::string& certificate) {
  const Result<CertificateCheck> check = VerifyCertificate(*world, certificate);
  if (!check) FAIL(check.error().message);
  return *check;
}

std::string Text(const CertificateCheck& check) {
  std::string text(OutcomeName(check.outcome));
  text += check.complete ? ", complete" : ", not complete";
  for (const std::string& line : check.checked) text += "\n  ok: " + line;
  for (const std::string& line : check.differs) text += "\n  no: " + line;
  return text;
}

std::uint64_t FirstSeed() {
  const char* seed = std::getenv("REVENANT_SEED");
  return seed == nullptr ? 1 : std::strtoull(seed, nullptr, 10);
}
int Scaled(int count) {
  const char* factor = std::getenv("REVENANT_SEQUENCES");
  return factor == nullptr ? count : count * std::max(1, std::atoi(factor));
}

TEST_CASE("CertificateOfAnyHistoryHoldsRightAfter") {
  const std::uint64_t first = FirstSeed();
  int decisions[3] = {};
  for (std::uint64_t seed = first; seed < first + static_cast<std::uint64_t>(Scaled(200)); ++seed) {
    CAPTURE(seed);
    LinkHistories histories(seed);
    World world(histories.Policy());
    for (int i = 0; i < 40; ++i) world.Apply(histories.Draw());
    for (int i = 0; i < 4; ++i) {
      const revenant::Enrol application = histories.Application();
      const Result<Certified> certified = world->Certify(application, Day(kToday));
      REQUIRE(certified);
      ++decisions[static_cast<int>(certified->verdict.decision)];
      const CertificateCheck check = Verify(world, certified->certificate);
      CHECK_MESSAGE(check.outcome == CertificateOutcome::kHolds, Text(check));
      CHECK(check.complete);
    }
  }
  for (const int count : decisions) CHECK(count > 10);  // all kinds of verdicts were met
}

// The same event at a later time.
Event Later(Event event, std::int64_t by) {
  const auto shift = [by](Time& time) {
    if (time.known()) time.micros += by;
  };
  std::visit(
      [&]<typename T>(T& what) {
        if constexpr (requires { what.at; }) shift(what.at);
        if constexpr (requires { what.seen; }) shift(what.seen);
        if constexpr (requires { what.through; }) shift(what.through);
      },
      event);
  return event;
}

TEST_CASE("NoLaterEventMakesAnHonestCertificateFalse") {
  const std::uint64_t first = FirstSeed();
  int outcomes[4] = {}, complete = 0;
  for (std::uint64_t seed = first; seed < first + static_cast<std::uint64_t>(Scaled(200)); ++seed) {
    CAPTURE(seed);
    LinkHistories histories(seed);
    World world(histories.Policy());
    for (int i = 0; i < 40; ++i) world.Apply(histories.Draw());
    std::vector<std::string> certificates;
    for (int i = 0; i < 4; ++i) certificates.push_back(Certify(world, histories.Application()));
    const int later = 1 + histories.Below(12);
    for (int i = 0; i < later; ++i) world.Apply(Later(histories.Draw(), 3'000 * kDay));
    for (const std::string& certificate : certificates) {
      const CertificateCheck check = Verify(world, certificate);
      CHECK_MESSAGE(check.outcome != CertificateOutcome::kFalse, Text(check), certificate);
      CHECK(check.outcome != CertificateOutcome::kErased);
      ++outcomes[static_cast<int>(check.outcome)];
      complete += check.complete;
    }
  }
  MESSAGE(outcomes[0] << " hold, " << outcomes[1] << " held then, " << outcomes[3] << " false; "
                      << complete << " complete");
}

}  // namespace
}  // namespace revenant
