// A batch cut into equal runs, one a thread. The caller's own thread works too, so one thread means
// no other is ever started.
#ifndef REVENANT_UTIL_SPLIT_WORK_H_
#define REVENANT_UTIL_SPLIT_WORK_H_

#include <algorithm>
#include <cstddef>
#include <system_error>
#include <thread>
#include <vector>

namespace revenant {

// How many runs SplitWork() makes.
inline std::size_t RunCount(std::size_t count, unsigned threads) {
  return std::clamp<std::size_t>(threads, 1, std::max<std::size_t>(count, 1));
}

// Calls `work(run, begin, end)` for every run; together they are [0, count). True: every call was.
// `work` must not throw. Where the system gives no thread, the caller's does its run.
template <typename Work>
bool SplitWork(std::size_t count, unsigned threads, const Work& work) {
  const std::size_t runs = RunCount(count, threads);
  const auto place = [&](std::size_t run) { return count * run / runs; };
  std::vector<char> done(runs, 0);
  const auto run_one = [&](std::size_t run) { done[run] = work(run, place(run), place(run + 1)); };
  std::vector<std::thread> others;
  others.reserve(runs - 1);
  for (std::size_t run = 1; run < runs; ++run) {
    try {
      others.emplace_back(run_one, run);
    } catch (const std::system_error&) {
      run_one(run);
    }
  }
  run_one(0);
  for (std::thread& other : others) other.join();
  return std::all_of(done.begin(), done.end(), [](char ok) { return ok != 0; });
}

}  // namespace revenant

#endif  // REVENANT_UTIL_SPLIT_WORK_H_
