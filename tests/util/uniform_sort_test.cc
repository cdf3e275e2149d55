#include "util/uniform_sort.h"

#include <doctest/doctest.h>

#include <random>
#include <string>
#include <utility>

#include "util/tasks.h"

namespace revenant {
namespace {

using Item = std::pair<std::uint64_t, int>;

TEST_CASE("whatever the heads are, items are sorted") {
  std::mt19937_64 random(1);
  for (const std::size_t size : {0, 1, 2, 255, 256, 257, 5'000}) {
    for (const std::uint64_t range : {std::uint64_t{1}, std::uint64_t{3}, std::uint64_t{1} << 20,
                                      std::uint64_t{1} << 63, std::uint64_t{0}}) {
      CAPTURE(size);
      CAPTURE(range);
      std::vector<Item> items;
      for (std::size_t i = 0; i < size; ++i) {
        const std::uint64_t head = range == 0 ? random() : random() % range;
        items.emplace_back(i % 7 == 0 ? UINT64_MAX : head, static_cast<int>(random() % 5));
      }
      std::vector<Item> expected = items;
      std::sort(expected.begin(), expected.end());
      UniformSort(items, [](const Item& item) { return item.first; }, std::less<>());
      CHECK(items == expected);
    }
  }
}

TEST_CASE("tasks are all done, by however many threads") {
  for (const unsigned threads : {0U, 1U, 3U, 20U}) {
    Tasks tasks(threads, {});
    std::vector<int> done(10);
    REQUIRE(tasks.Run(done.size(), [&](std::size_t task) {
      ++done[task];
      return Result<void>();
    }));
    CHECK(done == std::vector<int>(10, 1));
    CHECK_FALSE(tasks.stopped());
    CHECK(tasks.Run(0, [](std::size_t) { return Result<void>(); }));
  }
}

TEST_CASE("after a failure no more tasks begin, and the first error is given") {
  Tasks tasks(1, {});
  int begun = 0;
  const Result<void> done = tasks.Run(10, [&](std::size_t task) {
    ++begun;
    return task == 3 ? Result<void>(Error{Code::kIo, "third"}) : Result<void>();
  });
  REQUIRE_FALSE(done);
  CHECK(done.error().message == "third");
  CHECK(begun == 4);
  CHECK(tasks.halted());
  CHECK_FALSE(tasks.stopped());
}

TEST_CASE("whoever waits is asked whether to go on") {
  std::atomic<bool> asked{false};
  Tasks tasks(1, [&] {
    asked = true;
    return false;
  });
  int begun = 0;
  REQUIRE(tasks.Run(1'000'000, [&](std::size_t) {
    ++begun;
    while (!asked) std::this_thread::yield();
    return Result<void>();
  }));
  CHECK(tasks.stopped());
  CHECK(begun < 1'000'000);
}

}  // namespace
}  // namespace revenant
