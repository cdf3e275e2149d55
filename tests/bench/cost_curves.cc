// What every operation costs against the size of the store, and what taking apart and screening
// cost against the size of the component, the degree of a hub and the number of hops: medians, as
// Markdown tables.
//
//   cost_curves DIR [LARGEST=1000000] [SEED=1]

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <random>

#include "bench/market.h"
#include "revenant/registry.h"
#include "revenant/screener.h"

namespace revenant {
namespace {

using Clock = std::chrono::steady_clock;

template <typename T>
T Need(Result<T> result) {
  if (!result) {
    fmt::print(stderr, "cost_curves: {}\n", result.error().message);
    std::exit(2);
  }
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

// Median time of `runs` calls, in microseconds.
template <typename Call>
double MedianMicros(int runs, const Call& call) {
  std::vector<double> times;
  for (int i = 0; i < runs; ++i) {
    const auto start = Clock::now();
    call(i);
    times.push_back(std::chrono::duration<double, std::micro>(Clock::now() - start).count());
  }
  std::nth_element(times.begin(), times.begin() + runs / 2, times.end());
  return times[static_cast<std::size_t>(runs / 2)];
}

class Stage {
 public:
  Stage(const std::string& dir, const LinkPolicy& policy = {})
      : key_(Need(Key::Generate())), registry_(Need(Registry::Create(dir, key_, policy))) {}

  Registry& operator*() { return *registry_; }
  Registry* operator->() { return registry_.get(); }

  static SellerName Name(std::string_view what, std::uint32_t number) {
    return {"c", fmt::format("{}{:07}", what, number)};
  }
  Event Holding(const SellerName& seller, const std::vector<std::string>& values) {
    Record record;
    record.seller = seller;
    record.seen = Time{now_};
    for (const std::string& value : values) record.attributes.push_back({"custom.c", "", value});
    return Need(registry_->Prepare(record, Now())).event;
  }
  Fingerprint Root(const std::string& value) {
    return std::get<Enrol>(Holding(Name("x", 0), {value})).attributes[0].root;
  }
  void Add(Event event) {
    batch_.push_back(std::move(event));
    if (batch_.size() >= 256) Flush();
  }
  void Flush() {
    if (!batch_.empty()) Need(registry_->ApplyAll(batch_));
    batch_.clear();
  }
  // Takes a value from a seller and gives it back; only the taking is timed.
  double CutMicros(int runs, const std::function<std::pair<SellerName, std::string>(int)>& which) {
    std::vector<double> times;
    for (int i = 0; i < runs; ++i) {
      const auto [seller, value] = which(i);
      const Withdraw cut{seller, Root(value), "", Time{++now_}};
      times.push_back(MedianMicros(1, [&](int) { Need(registry_->Apply(cut)); }));
      ++now_;
      Need(registry_->Apply(Holding(seller, {value})));
    }
    std::nth_element(times.begin(), times.begin() + runs / 2, times.end());
    return times[static_cast<std::size_t>(runs / 2)];
  }
  double ScreenMicros(int runs, const std::vector<std::string>& values) {
    Event event = Holding(Name("applicant", 0), values);
    const Enrol& application = std::get<Enrol>(event);
    return MedianMicros(runs,
                        [&](int) { decision_ = Need(registry_->Screen(application, Time{now_})); });
  }
  const Verdict& last() const { return decision_; }

 private:
  Key key_;
  std::unique_ptr<Registry> registry_;
  std::vector<Event> batch_;
  std::int64_t now_ = 1'700'000'000'000'000;
  Verdict decision_;
};

// One store that grows tenfold from row to row, and newcomers with which everything is tried.
class GrowingStore {
 public:
  GrowingStore(const std::string& dir, std::uint64_t largest, std::uint64_t seed)
      : market_(largest, seed),
        key_(Need(Key::Generate())),
        registry_(Need(Registry::Create(dir, key_))) {}

  void GrowTo(std::uint64_t sellers) {
    std::vector<Event> batch;
    for (; size_ < sellers; ++size_) {
      batch.push_back(Need(registry_->Prepare(market_.Seller(size_), Now())).event);
      if (market_.IsBanned(size_)) {
        batch.emplace_back(Ban{market_.Seller(size_).seller, "", "fakes", Now()});
      }
      if (batch.size() < 1000 && size_ + 1 < sellers) continue;
      Need(registry_->ApplyAll(batch));
      batch.clear();
    }
    Need(registry_->WarmUp());
  }

  // Screened strangers lead nowhere, and suspects lead to a ban directly.
  double StrangerMicros() {
    std::vector<Record> strangers;
    for (std::uint64_t i = 0; i < kRuns; ++i) strangers.push_back(market_.Stranger(i));
    return ScreenMicros(strangers);
  }
  double SuspectMicros() {
    std::vector<Record> suspects;
    for (std::uint64_t i = 0; i < size_ && suspects.size() < 100; ++i) {
      if (market_.IsBanned(i)) suspects.push_back(market_.Suspect(i));
    }
    return ScreenMicros(suspects);
  }
  // These four in this order, of the same newcomers: enrol, take a value, ban, reinstate.
  double EnrolMicros() {
    newcomers_.clear();
    for (int i = 0; i < kRuns; ++i) newcomers_.push_back(market_.Newcomer(next_++));
    return Each(
        [&](const Record& one) { return Event(Need(registry_->Prepare(one, Now())).event); });
  }
  double WithdrawMicros() {
    return Each([&](const Record& one) {
      const Intake intake = Need(registry_->Prepare(one, Now()));
      return Event(Withdraw{one.seller, intake.event.attributes[0].root, "", Now()});
    });
  }
  double BanMicros() {
    return Each([](const Record& one) { return Event(Ban{one.seller, "", "", Now()}); });
  }
  double ReinstateMicros() {
    return Each([](const Record& one) { return Event(Reinstate{one.seller, "", true, Now()}); });
  }

 private:
  static constexpr int kRuns = 501;

  double ScreenMicros(const std::vector<Record>& records) {
    Screener screener(*registry_);
    return MedianMicros(kRuns, [&](int i) {
      Need(screener.Screen(records[static_cast<std::size_t>(i) % records.size()], Time{1}));
    });
  }
  // Only applying is timed.
  template <typename Make>
  double Each(const Make& make) {
    std::vector<Event> events;
    for (const Record& one : newcomers_) events.push_back(make(one));
    return MedianMicros(
        kRuns, [&](int i) { Need(registry_->Apply(events[static_cast<std::size_t>(i)])); });
  }

  const bench::Market market_;
  Key key_;
  std::unique_ptr<Registry> registry_;
  std::uint64_t size_ = 0, next_ = 0;
  std::vector<Record> newcomers_;
};

void StoreSizeTable(const std::string& dir, std::uint64_t largest, std::uint64_t seed) {
  fmt::print(
      "| sellers in the store | screen, stranger, us | screen, suspect, us | enrol, us | withdraw "
      "a "
      "value, us | ban, us | reinstate, us |\n|---|---|---|---|---|---|---|\n");
  GrowingStore store(dir + "/growing", largest, seed);
  for (std::uint64_t size = 1000; size <= largest; size *= 10) {
    store.GrowTo(size);
    const double stranger = store.StrangerMicros(), suspect = store.SuspectMicros();
    const double enrol = store.EnrolMicros(), withdraw = store.WithdrawMicros();
    const double ban = store.BanMicros(), reinstate = store.ReinstateMicros();
    fmt::print("| {} | {:.1f} | {:.1f} | {:.1f} | {:.1f} | {:.1f} | {:.1f} |\n", size, stranger,
               suspect, enrol, withdraw, ban, reinstate);
    std::fflush(stdout);
  }
  fmt::print("\n");
}

// A chain of sellers, each sharing one value with the next: the longest way around for a search,
// and the worst to cut in the middle. Every tenth has a leaf hanging on it.
void BuildChain(Stage& stage, std::uint32_t size) {
  for (std::uint32_t i = 0; i < size; ++i) {
    stage.Add(stage.Holding(Stage::Name("s", i),
                            {fmt::format("{}-{}", i, i + 1), fmt::format("{}-{}", i - 1, i)}));
  }
  stage.Flush();
}

void UnmergeTable(const std::string& dir, std::uint32_t largest, std::mt19937_64& random) {
  fmt::print(
      "| sellers in the component | cut off the last, us | cut at 1 %, us | cut in the middle, us "
      "| screen, clean component, us | screen, ban 2 hops off, us | screen, ban out of reach, us "
      "|\n|---|---|---|---|---|---|---|\n");
  for (std::uint32_t size = 100; size <= largest; size *= 10) {
    Stage stage(fmt::format("{}/chain-{}", dir, size));
    BuildChain(stage, size);
    const int runs = size >= 100'000 ? 5 : 15;
    const auto cut_at = [&](std::uint32_t from, std::uint32_t range) {
      return [&random, from, range](int) {
        const auto at = from + static_cast<std::uint32_t>(random() % range);
        return std::pair(Stage::Name("s", at), fmt::format("{}-{}", at, at + 1));
      };
    };
    const double last = stage.CutMicros(31, cut_at(size - 2, 1));
    const double hundredth = stage.CutMicros(runs, cut_at(size / 100, 1));
    const double middle = stage.CutMicros(size >= 1'000'000 ? 3 : runs, cut_at(size / 2, 1));
    const std::string value = fmt::format("{}-{}", size / 2, size / 2 + 1);
    const double clean = stage.ScreenMicros(101, {value});
    Need(stage->Apply(Ban{Stage::Name("s", size / 2 + 2), "", "fakes", Now()}));
    const double near = stage.ScreenMicros(101, {value});
    const std::string near_text = std::string(DecisionName(stage.last().decision));
    Need(stage->Apply(Reinstate{Stage::Name("s", size / 2 + 2), "", true, Now()}));
    Need(stage->Apply(Ban{Stage::Name("s", size - 1), "", "fakes", Now()}));
    const double far = stage.ScreenMicros(101, {value});
    fmt::print("| {} | {:.0f} | {:.0f} | {:.0f} | {:.0f} | {:.0f} ({}) | {:.0f} ({}) |\n", size,
               last, hundredth, middle, clean, near, near_text, far,
               DecisionName(stage.last().decision));
    std::fflush(stdout);
  }
}

void HubTable(const std::string& dir, std::uint32_t largest) {
  fmt::print("\n| sellers that carry the hub | screen, us | decision |\n|---|---|---|\n");
  for (std::uint32_t degree = 100; degree <= largest; degree *= 10) {
    Stage stage(fmt::format("{}/hub-{}", dir, degree));
    for (std::uint32_t i = 0; i < degree; ++i)
      stage.Add(stage.Holding(Stage::Name("h", i), {"hub"}));
    stage.Flush();
    Need(stage->Apply(Ban{Stage::Name("h", 0), "", "fakes", Now()}));
    const double micros = stage.ScreenMicros(101, {"hub"});
    fmt::print("| {} | {:.0f} | {} |\n", degree, micros, DecisionName(stage.last().decision));
    std::fflush(stdout);
  }
}

// A dense tainted neighbourhood: every value is shared by as many sellers as its limit allows.
void HopTable(const std::string& dir, std::uint32_t sellers, std::mt19937_64& random) {
  fmt::print(
      "\n| max_hops | screen in a tainted component of {} sellers, us | cut short "
      "|\n|---|---|---|\n",
      sellers);
  LinkPolicy policy;
  Stage stage(dir + "/hops", policy);
  for (std::uint32_t i = 0; i < sellers; ++i) {
    std::vector<std::string> values;
    for (int k = 0; k < 3; ++k) values.push_back(fmt::format("v{}", random() % (sellers / 4)));
    stage.Add(stage.Holding(Stage::Name("d", i), values));
  }
  stage.Flush();
  Need(stage->Apply(Ban{Stage::Name("d", 0), "", "fakes", Now()}));
  for (std::uint32_t hops = 1; hops <= 6; ++hops) {
    policy.max_hops = hops;
    Need(stage->Apply(SetPolicy{policy}));
    const double micros = stage.ScreenMicros(11, {"v1", "v2"});
    fmt::print("| {} | {:.0f} | {} |\n", hops, micros,
               stage.last().cut_short ? "yes, review" : "no");
    std::fflush(stdout);
  }
}

}  // namespace
}  // namespace revenant

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fputs("usage: cost_curves DIR [LARGEST] [SEED]\n", stderr);
    return 2;
  }
  const auto largest = static_cast<std::uint32_t>(argc > 2 ? std::atoi(argv[2]) : 1'000'000);
  const auto seed = static_cast<std::uint64_t>(argc > 3 ? std::atoi(argv[3]) : 1);
  std::mt19937_64 random(seed);
  revenant::StoreSizeTable(argv[1], largest, seed);
  revenant::UnmergeTable(argv[1], largest, random);
  revenant::HubTable(argv[1], largest);
  revenant::HopTable(argv[1], std::min(largest, 20'000u), random);
  return 0;
}
