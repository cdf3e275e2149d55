// A seller's observations, few in one row and many in rows of their own, against a std::map.

#include "store/observed_set.h"

#include <doctest/doctest.h>
#include <rocksdb/env.h>

#include <cstdlib>
#include <map>
#include <random>

namespace revenant {
namespace {

constexpr SellerId kSeller{5}, kNeighbour{6};

Fingerprint Root(std::uint64_t number) {
  Fingerprint fingerprint;
  fingerprint.bytes[0] = static_cast<std::uint8_t>(number);
  return fingerprint;
}

class ObservedTwin {
 public:
  explicit ObservedTwin(std::uint64_t seed)
      : env_(rocksdb::NewMemEnv(rocksdb::Env::Default())), random_(seed) {
    Store::Options options;
    options.mode = Store::Mode::kCreate;
    options.env = env_.get();
    options.cache_bytes = std::size_t{1} << 20;
    store_ = *Store::Open("/observed", options);
    std::unique_ptr<Batch> batch = store_->NewBatch();
    ObservedSet neighbour = ObservedSet::None(*batch, kNeighbour);
    neighbour.Set(Root(1), WordId{1}, {1, 1});
    REQUIRE(neighbour.Write());
    REQUIRE(store_->Commit(*batch, false));
  }

  // Some changes in one batch, more often growing or more often shrinking.
  void Step(bool grow) {
    std::unique_ptr<Batch> batch = store_->NewBatch();
    for (int writes = Below(3); writes >= 0; --writes) {
      Result<ObservedSet> set = ObservedSet::Of(*batch, kSeller);
      REQUIRE(set);
      for (int changes = Below(8); changes > 0; --changes) Change(*set, grow);
      REQUIRE(set->Write());
      CheckSame(*batch);
    }
    REQUIRE(store_->Commit(*batch, false));
    CheckSame(*store_->Snapshot());
  }

 private:
  using Place = std::pair<Fingerprint, WordId>;

  int Below(int bound) { return static_cast<int>(random_() % static_cast<unsigned>(bound)); }

  void Change(ObservedSet& set, bool grow) {
    const Place place{Root(random_() % 40), WordId{static_cast<std::uint32_t>(Below(2))}};
    const Result<std::optional<ObservationRow>> found = set.Find(place.first, place.second);
    REQUIRE(found);
    const auto known = twin_.find(place);
    CHECK(found->has_value() == (known != twin_.end()));
    if (known != twin_.end() && *found) CHECK(**found == known->second);
    if (Below(10) < (grow ? 8 : 2)) {
      const ObservationRow row{Below(100), Below(100), Below(100), {}};
      twin_[place] = row;
      set.Set(place.first, place.second, row);
    } else {
      twin_.erase(place);
      set.Remove(place.first, place.second);
    }
  }

  void CheckSame(const View& view) const {
    std::map<Place, ObservationRow> seen;
    REQUIRE(view.ForEachObservation(
        kSeller, [&](const ObservationKey& key, const ObservationRow& row) -> Result<bool> {
          const Place place{key.root, key.source};
          CHECK((seen.empty() || seen.rbegin()->first < place));
          seen.emplace(place, row);
          return true;
        }));
    CHECK(seen == twin_);
    std::size_t of_all = 0, rows = 0;
    REQUIRE(view.ForEachObservation(
        [&](const ObservationKey& key, const ObservationRow&) -> Result<bool> {
          of_all += key.seller == kSeller;
          return true;
        }));
    CHECK(of_all == twin_.size());
    REQUIRE(view.Scan(Table::kObservations, SellerKey(kSeller),
                      [&](std::string_view, std::string_view) -> Result<bool> {
                        ++rows;
                        return true;
                      }));
    CHECK(rows == (twin_.empty()                          ? 0
                   : twin_.size() <= ObservedRow::kInline ? 1
                                                          : twin_.size() + 1));
    const Fingerprint root = Root(3);
    std::size_t of_root = 0;
    REQUIRE(view.ForEachSighting(
        kSeller, root, [&](const ObservationKey& key, const ObservationRow& row) -> Result<bool> {
          CHECK(twin_.at({root, key.source}) == row);
          ++of_root;
          return true;
        }));
    CHECK(of_root == twin_.count({root, WordId{0}}) + twin_.count({root, WordId{1}}));
    const auto one = view.Observation({kSeller, root, WordId{1}});
    REQUIRE(one);
    CHECK(one->has_value() == twin_.contains({root, WordId{1}}));
  }

  std::unique_ptr<rocksdb::Env> env_;
  std::unique_ptr<Store> store_;
  std::mt19937_64 random_;
  std::map<Place, ObservationRow> twin_;
};

TEST_CASE("ASellersObservationsAreThoseOfItsTwinHoweverManyThereAre") {
  const char* given = std::getenv("REVENANT_SEED");
  const std::uint64_t first = given == nullptr ? 1 : std::strtoull(given, nullptr, 10);
  for (std::uint64_t seed = first; seed < first + 5; ++seed) {
    CAPTURE(seed);
    ObservedTwin twin(seed);
    for (int step = 0; step < 120; ++step) twin.Step(step / 30 % 2 == 0);
  }
}

}  // namespace
}  // namespace revenant
