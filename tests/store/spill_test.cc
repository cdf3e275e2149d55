#include "store/spill.h"

#include <doctest/doctest.h>
#include <rocksdb/env.h>

#include <algorithm>
#include <random>
#include <thread>

namespace revenant {
namespace {

std::vector<std::string> RecordsOf(const std::string& bytes) {
  std::vector<std::string> records;
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t end = bytes.find('\n', at);
    records.push_back(bytes.substr(at, end - at));
    at = end + 1;
  }
  std::sort(records.begin(), records.end());
  return records;
}

TEST_CASE("what several threads deal out comes back whole, in memory or beyond the budget") {
  const std::unique_ptr<rocksdb::Env> env(rocksdb::NewMemEnv(rocksdb::Env::Default()));
  for (const std::size_t limit : {std::size_t{0}, std::size_t{100'000}, std::size_t{1} << 30}) {
    CAPTURE(limit);
    constexpr std::size_t kPartitions = 5;
    std::vector<std::vector<std::string>> dealt(kPartitions);
    std::mutex mutex;
    SpillBudget budget(limit);
    {
      Spill spill(*env, "/spill", kPartitions, budget);
      std::vector<std::thread> threads;
      for (unsigned seed = 1; seed <= 3; ++seed) {
        threads.emplace_back([&, seed] {
          std::mt19937 random(seed);
          Spill::Writer writer(spill);
          for (int i = 0; i < 3'000; ++i) {
            const std::size_t partition = random() % (kPartitions - 1);  // one stays empty
            const std::string record(random() % 200, static_cast<char>('a' + random() % 26));
            if (!writer.Append(partition, record + "\n")) std::abort();
            std::lock_guard lock(mutex);
            dealt[partition].push_back(record);
          }
          if (!writer.Finish()) std::abort();
        });
      }
      for (std::thread& thread : threads) thread.join();
      CHECK(env->FileExists("/spill").ok() == (limit < 1'000'000));
      for (std::size_t i = 0; i < kPartitions; ++i) {
        std::string bytes;
        const std::uint64_t size = spill.bytes(i);
        REQUIRE(spill.Take(i, bytes));
        CHECK(bytes.size() == size);
        std::sort(dealt[i].begin(), dealt[i].end());
        CHECK(RecordsOf(bytes) == dealt[i]);
        CHECK(spill.bytes(i) == 0);
      }
    }
    CHECK_FALSE(env->FileExists("/spill").ok());
    CHECK_FALSE(budget.Take(limit));  // all was given back
  }
}

TEST_CASE("a disk without a place for the file is an error") {
  SpillBudget budget(0);
  Spill spill(*rocksdb::Env::Default(), "/nowhere/at/all/spill", 1, budget);
  Spill::Writer writer(spill);
  REQUIRE(writer.Append(0, "record"));
  const Result<void> finished = writer.Finish();
  REQUIRE_FALSE(finished);
  CHECK(finished.error().message.find("write beside store") != std::string::npos);
}

}  // namespace
}  // namespace revenant
