// How even screenings are, alone and beside a writer. What the machine itself does to such short
// work shows in a control: the floor of a stranger's screening, timed in turns with the others.

#include <atomic>
#include <optional>
#include <thread>

#include "bench/speed/bench.h"
#include "bench/speed/floors.h"
#include "revenant/screener.h"

namespace revenant::bench {
namespace {

constexpr int kEnrolsASecond = 10'000, kTurns = 100'000;

// Enrols newcomers at a fixed pace until it goes.
class Writer {
 public:
  explicit Writer(Bench& bench) : thread_([this, &bench] { Run(bench); }) {}
  ~Writer() {
    done_ = true;
    thread_.join();
  }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  double EnrolsASecond() const {
    const auto since = std::chrono::steady_clock::now() - begin_;
    return static_cast<double>(enrolled_) / std::chrono::duration<double>(since).count();
  }

 private:
  void Run(Bench& bench) {
    for (std::uint64_t i = 0; !done_; ++i) {
      Need(bench.registry().Enrol(bench.market.Newcomer(1'000'000 + i)));
      ++enrolled_;
      std::this_thread::sleep_until(begin_ +
                                    std::chrono::microseconds(1'000'000) * i / kEnrolsASecond);
    }
  }

  const std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
  std::atomic<bool> done_ = false;
  std::atomic<std::uint64_t> enrolled_ = 0;
  std::thread thread_;
};

struct Timed {
  const char* id;
  const char* what;
  const char* must;
  std::vector<double> micros;

  double At(double share) {
    const auto place =
        micros.begin() + static_cast<std::ptrdiff_t>(static_cast<double>(micros.size()) * share);
    std::nth_element(micros.begin(), place, micros.end());
    return *place;
  }
};

void Measure(Bench& bench, bool beside_a_writer) {
  std::vector<Record> strangers, suspects;
  for (std::uint64_t i = 0; i < 10'000; ++i) strangers.push_back(bench.market.Stranger(i));
  for (std::uint64_t i = 0; i < bench.market.sellers() && suspects.size() < 1'000; ++i) {
    if (bench.market.IsBanned(i)) suspects.push_back(bench.market.Suspect(i));
  }
  const char* must = beside_a_writer ? "<= 5" : "";
  Timed timed[] = {{"control", "only a stranger's floor (the machine's own)", "", {}},
                   {"stranger", "screen, stranger", must, {}},
                   {"suspect", "screen, suspect", must, {}}};
  Screener screener(bench.registry());
  StrangerFloor floor(bench.inner());
  std::optional<Writer> writer;
  if (beside_a_writer) writer.emplace(bench);
  for (std::size_t i = 0; i < kTurns; ++i) {
    const Record& stranger = strangers[i % strangers.size()];
    const Record& suspect = suspects[i % suspects.size()];
    const auto time = [&](std::size_t which, const auto& call) {
      timed[which].micros.push_back(Seconds(call) * 1e6);
    };
    time(0, [&] { floor(stranger); });
    time(1, [&] { Need(screener.Screen(stranger, Time{1})); });
    time(2, [&] { Need(screener.Screen(suspect, Time{1})); });
  }
  const std::string where =
      writer ? fmt::format("beside {:.0f} enrols/s", writer->EnrolsASecond()) : "alone";
  for (Timed& each : timed) {
    bench.report.Add(
        fmt::format("tail.{}.{}", each.id, writer ? "writer" : "alone"),
        fmt::format("{}, {}: p99.9 / p50 (p99 {:.3g} us)", each.what, where, each.At(0.99)),
        Pair{each.At(0.999), each.At(0.5)}, "us", each.must);
  }
}

}  // namespace

void BesideAWriter(Bench& bench) {
  Measure(bench, false);
  Measure(bench, true);
}

}  // namespace revenant::bench
