// Components that findings divide, kept from event to event (linkage/PARTS.md): rows read beside a
// finding do not grow with the component, and histories full of findings end where the twin does.

#include <doctest/doctest.h>
#include <rocksdb/env.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "registry/handle.h"
#include "registry/twin.h"
#include "registry/worlds.h"

namespace revenant {
namespace {

constexpr std::int64_t kSecond = 1'000'000;

Fingerprint FingerprintOf(int identifier) {
  Fingerprint fingerprint;
  fingerprint.bytes.fill(7);
  fingerprint.bytes[0] = static_cast<std::uint8_t>(identifier);
  fingerprint.bytes[1] = static_cast<std::uint8_t>(identifier >> 8);
  return fingerprint;
}

SellerName NameOf(int seller) { return {"p", std::to_string(100'000 + seller)}; }

Event Shows(int seller, std::int64_t second, const std::vector<int>& identifiers) {
  Enrol enrol{NameOf(seller), SellerStatus::kActive, "s", Time{second * kSecond}, {}};
  for (const int identifier : identifiers) {
    const Fingerprint fingerprint = FingerprintOf(identifier);
    enrol.attributes.push_back({fingerprint, {{fingerprint, "custom.strong"}}});
  }
  return enrol;
}
Event Hides(int seller, std::int64_t second, int identifier) {
  return Withdraw{NameOf(seller), FingerprintOf(identifier), "", Time{second * kSecond}};
}

// A ring of sellers, each of which shares one identifier with the next, on a disk of memory. The
// first and the last are different people.
class Ring {
 public:
  Ring(int size, bool finding) : env_(rocksdb::NewMemEnv(rocksdb::Env::Default())), size_(size) {
    Store::Options options;
    options.mode = Store::Mode::kCreate;
    options.env = env_.get();
    options.count_reads = true;
    const LinkPolicy policy;
    Result<std::unique_ptr<Registry>> made = OpenRegistry("/ring", TestKey(), options, &policy);
    if (!made) FAIL(made.error().message);
    registry_ = std::move(*made);
    std::vector<Event> events;
    for (int i = 0; i < size; ++i) events.push_back(Shows(i, 1000 + i, {i, i + 1}));
    if (finding) events.push_back(CannotLink{NameOf(0), NameOf(size - 1), Time{kSecond}});
    const Result<std::vector<Applied>> applied = registry_->ApplyAll(events);
    if (!applied) FAIL(applied.error().message);
  }

  int size() const { return size_; }
  std::uint64_t ReadsFor(const Event& event) {
    const std::uint64_t before = Inside(*registry_).store->PointReads();
    const Result<Applied> applied = registry_->Apply(event);
    if (!applied) FAIL(applied.error().message);
    return Inside(*registry_).store->PointReads() - before;
  }
  std::size_t ClusterOf(int seller) {
    const Result<ClusterSummary> cluster = registry_->Cluster(NameOf(seller));
    REQUIRE(cluster);
    return cluster->sellers.size();
  }
  void CheckSound() const {
    const Result<FsckReport> report = registry_->Fsck();
    if (!report) FAIL(report.error().message);
    for (const std::string& problem : report->problems) FAIL_CHECK(problem);
  }

 private:
  std::unique_ptr<rocksdb::Env> env_;
  std::unique_ptr<Registry> registry_;
  const int size_;
};

struct Counted {
  std::string what;
  std::uint64_t reads = 0;
};

std::vector<Counted> CountRing(int size, bool finding) {
  Ring ring(size, finding);
  const int last = size - 1, middle = size / 2;
  CHECK(ring.ClusterOf(0) == static_cast<std::size_t>(finding ? size - 1 : size));
  std::vector<Counted> counted;
  const auto count = [&](std::string what, const Event& event) {
    counted.push_back({std::move(what), ring.ReadsFor(event)});
    ring.CheckSound();
  };
  count("a newcomer, late", Shows(size, 100'000, {0, size + 1}));
  count("a newcomer, before all others", Shows(size + 1, 1, {size + 1, size + 2}));
  count("one that comes between two, before them", Shows(size + 2, 2, {middle}));
  count("one that shares nothing new", Shows(size, 100'001, {0}));
  count("one that bridges the pair", Shows(size + 3, 100'002, {0, size}));
  count("an earlier date", Shows(size + 3, 99'000, {0}));
  count("one that leaves", Hides(size + 1, 100'003, size + 1));
  count("one that leaves from between two", Hides(size + 2, 100'003, middle));
  count("a bridge that loses one end", Hides(size + 3, 100'004, 0));
  count("an infringement", Infringe{NameOf(last), "c1", Right::kDesign, Time{100'005 * kSecond}});
  return counted;
}

TEST_CASE("BesideAFindingRowsReadDoNotGrowWithTheComponent") {
  const std::vector<Counted> few = CountRing(20, true), many = CountRing(300, true),
                             none = CountRing(300, false);
  REQUIRE(few.size() == many.size());
  for (std::size_t i = 0; i < few.size(); ++i) {
    CAPTURE(few[i].what);
    MESSAGE(few[i].what, ": ", few[i].reads, " rows of 20 sellers, ", many[i].reads, " of 300, ",
            none[i].reads, " of 300 without a finding");
    // What takes a component apart searches until the ends meet, with and without a finding; what
    // changes a cluster's sums tells its members.
    CHECK(many[i].reads <= std::max(few[i].reads, none[i].reads) + 16);
  }
}

// Histories in which findings abound, compared with the twin after each event.
TEST_CASE("PartsOfHistoriesFullOfFindingsEqualTheTwin") {
  const std::uint64_t first = FirstSeed() * 1000;
  for (std::uint64_t seed = first; seed < first + static_cast<std::uint64_t>(Scaled(12)); ++seed) {
    CAPTURE(seed);
    LinkPolicy policy = TightPolicy();
    World world(policy);
    Twin twin(policy);
    Histories histories(seed, 6, 8);
    for (int step = 0; step < 60; ++step) {
      Event event = histories.Draw();
      if (step % 9 == 4) {
        SellerName a = histories.Seller(), b = histories.Seller();
        while (a == b) b = histories.Seller();
        event = CannotLink{a, b, histories.Stamp()};
      }
      CAPTURE(step);
      world.Apply(event);
      twin.Apply(event);
      REQUIRE(world.Export() == twin.Export());
      if (step % 5 == 0) world.CheckSound();
    }
  }
}

}  // namespace
}  // namespace revenant
