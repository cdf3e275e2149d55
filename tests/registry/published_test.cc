// A value that is replaced while others read it.

#include "registry/answer/published.h"

#include <doctest/doctest.h>

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

namespace revenant {
namespace {

// Knows whether it is alive; both numbers are equal while it is.
class Canary {
 public:
  explicit Canary(int number) : first_(number), second_(number) { ++alive; }
  ~Canary() {
    first_ = -1;
    second_ = -2;
    --alive;
  }
  Canary(const Canary&) = delete;
  Canary& operator=(const Canary&) = delete;

  bool sound() const { return first_ >= 0 && first_ == second_; }
  int number() const { return first_; }

  static inline std::atomic<int> alive = 0;

 private:
  int first_, second_;
};

TEST_CASE("ReadersSeeWholeValuesThatNeverGoBack") {
  {
    Published<Canary> published(std::make_unique<const Canary>(0));
    std::atomic<bool> done = false;
    std::atomic<int> broken = 0, backwards = 0;
    std::vector<std::thread> readers;
    for (int t = 0; t < 4; ++t) {
      readers.emplace_back([&] {
        for (int last = 0; !done;) {
          const auto reading = published.Read();
          broken += !reading->sound();
          backwards += reading->number() < last;
          last = reading->number();
        }
      });
    }
    for (int number = 1; number <= 2000; ++number) {
      published.Publish(std::make_unique<const Canary>(number));
      CHECK(Canary::alive == 1);  // all readers that may have the old one are gone
    }
    done = true;
    for (std::thread& reader : readers) reader.join();
    CHECK(broken == 0);
    CHECK(backwards == 0);
    CHECK(published.Read()->number() == 2000);
  }
  CHECK(Canary::alive == 0);
}

TEST_CASE("AReadingKeepsItsValueUntilItEnds") {
  Published<Canary> published(std::make_unique<const Canary>(1));
  std::thread writer;
  {
    const auto reading = published.Read();
    CHECK(published.IsCurrent(reading));
    writer = std::thread([&] { published.Publish(std::make_unique<const Canary>(2)); });
    while (published.IsCurrent(reading)) std::this_thread::yield();
    CHECK(reading->sound());
    CHECK(reading->number() == 1);
  }
  writer.join();
  CHECK(published.Read()->number() == 2);
}

}  // namespace
}  // namespace revenant
