// What it costs to call the library from another language: the same applications through a C++
// Screener and through rv_screen_many(), in paired rounds of CPU time, so that what else the
// machine does falls on both. Leaves the store and the applications as a CSV file for
// languages.py. usage: languages DIR [SELLERS] [ROUNDS]

#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <fstream>
#include <string>
#include <vector>

#include "bench/market.h"
#include "revenant/c.h"
#include "revenant/records.h"
#include "revenant/screener.h"

namespace {

using namespace revenant;  // NOLINT

constexpr std::size_t kApplications = 2'000;
constexpr int kTimes = 10;  // that a round goes through them
constexpr std::size_t kBatch = 1'000;

double CpuSeconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

rv_text TextOf(const std::string& text) { return {text.data(), text.size()}; }

struct Given {
  std::vector<std::vector<rv_attribute>> attributes;
  std::vector<rv_application> applications;
};

Given ForC(const std::vector<Record>& records) {
  Given given;
  for (const Record& record : records) {
    auto& attributes = given.attributes.emplace_back();
    for (const RawAttribute& one : record.attributes) {
      attributes.push_back({TextOf(one.kind), TextOf(one.country), TextOf(one.value), 0, 0});
    }
  }
  for (std::size_t i = 0; i < records.size(); ++i) {
    rv_application& one = given.applications.emplace_back(rv_application RV_APPLICATION_INIT);
    one.platform = TextOf(records[i].seller.platform);
    one.external_id = TextOf(records[i].seller.external_id);
    one.seen = records[i].seen.micros;
    one.attributes = given.attributes[i].data();
    one.attribute_count = given.attributes[i].size();
  }
  return given;
}

void Check(bool holds, const std::string& what) {
  if (holds) return;
  fmt::print(stderr, "languages: {}\n", what);
  std::exit(1);
}

double InCpp(const Registry& registry, const std::vector<Record>& records, std::size_t& suspects) {
  Screener screener(registry);
  const double begin = CpuSeconds();
  for (int i = 0; i < kTimes; ++i) {
    suspects = 0;
    for (const Record& record : records) {
      const auto verdict = screener.Screen(record);
      suspects += verdict && (*verdict)->decision != Decision::kClear ? 1 : 0;
    }
  }
  return CpuSeconds() - begin;
}

double InC(rv_registry registry, const Given& given, std::vector<rv_verdict>& verdicts,
           std::uint32_t threads, std::size_t& suspects) {
  rv_batch batch RV_BATCH_INIT;
  batch.threads = threads;
  const double begin = CpuSeconds();
  for (std::size_t all = 0; all < kTimes * given.applications.size(); all += kBatch) {
    const std::size_t i = all % given.applications.size();
    batch.applications = given.applications.data() + i;
    batch.count = std::min(kBatch, given.applications.size() - i);
    if (rv_screen_many(registry, &batch, verdicts.data() + i, nullptr) != RV_OK) std::abort();
  }
  const double taken = CpuSeconds() - begin;
  for (const rv_verdict& verdict : verdicts) suspects += verdict.decision != RV_CLEAR ? 1 : 0;
  return taken;
}

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

void Compare(const char* what, const Registry& registry, rv_registry handle,
             const std::vector<Record>& records, int rounds) {
  const Given given = ForC(records);
  std::vector<rv_verdict> verdicts(records.size());
  std::vector<double> cpp, c, two, ratio;
  for (int round = -1; round < rounds; ++round) {
    std::size_t in_cpp = 0, in_c = 0, in_two = 0;
    double a = 0, b = 0;
    if (round % 2 == 0) {
      a = InCpp(registry, records, in_cpp);
      b = InC(handle, given, verdicts, 1, in_c);
    } else {
      b = InC(handle, given, verdicts, 1, in_c);
      a = InCpp(registry, records, in_cpp);
    }
    const double both = InC(handle, given, verdicts, 2, in_two);
    Check(in_cpp == in_c && in_c == in_two, "the verdicts differ");
    if (round < 0) continue;  // what the first one pays is not what the others pay
    const double each = 1e6 / kTimes / static_cast<double>(records.size());
    cpp.push_back(a * each);
    c.push_back(b * each);
    two.push_back(both * each);
    ratio.push_back(a / b);
  }
  fmt::print("{}: us of CPU per application: C++ {:.2f}, C {:.2f}, C on two threads {:.2f}\n", what,
             Median(cpp), Median(c), Median(two));
  fmt::print("{}: throughput of C over C++: {:.3f} (median of {} pairs)\n", what, Median(ratio),
             ratio.size());
}

}  // namespace

int main(int argc, char** argv) {
  Check(argc >= 2, "usage: languages DIR [SELLERS] [ROUNDS]");
  const std::filesystem::path dir = argv[1];
  const std::uint64_t sellers = argc > 2 ? std::stoull(argv[2]) : 100'000;
  const int rounds = argc > 3 ? std::stoi(argv[3]) : 15;
  std::filesystem::create_directories(dir);
  const bench::Market market(sellers, 1);
  const std::string key_file = dir / "store.key", store = dir / "store";
  {
    const auto key = Key::Generate();
    Check(key && key->WriteNew(key_file), "no key");
    const auto registry = Registry::Create(store, *key);
    Check(registry.has_value(), "no store");
    std::vector<Event> events;
    for (std::uint64_t i = 0; i < sellers; ++i) {
      const Record record = market.Seller(i);
      events.emplace_back((*registry)->Prepare(record, Now())->event);
      if (market.IsBanned(i)) events.emplace_back(Ban{record.seller, "", "fraud", Now()});
      if (events.size() < 1000 && i + 1 < sellers) continue;
      Check((*registry)->ApplyAll(events).has_value(), "not entered");
      events.clear();
    }
  }
  std::vector<Record> strangers, mixed;
  for (std::size_t i = 0; i < kApplications; ++i) {
    strangers.push_back(market.AuditRow(i));
    mixed.push_back(i % 50 == 0 ? market.Suspect(i * 7919 % sellers) : market.AuditRow(i));
  }
  {
    std::ofstream csv(dir / "applications.csv", std::ios::binary);
    std::string rows;
    AppendCsvRow(rows, {"platform", "seller", "kind", "value"});
    for (const Record& record : strangers) {
      for (const RawAttribute& one : record.attributes) {
        const std::string kind = one.country.empty() ? one.kind : one.kind + "@" + one.country;
        AppendCsvRow(rows, {record.seller.platform, record.seller.external_id, kind, one.value});
      }
    }
    csv << rows;
  }

  const auto key = Key::Read(key_file);
  const auto registry = Registry::Open(store, *key, Access::kReadOnly);
  Check(registry && (*registry)->WarmUp(), "not opened");
  rv_open_options options RV_OPEN_OPTIONS_INIT;
  options.access = RV_READ_ONLY;
  options.key_file = key_file.c_str();
  rv_registry handle = 0;
  Check(rv_open(store.c_str(), &options, &handle, nullptr) == RV_OK, "not opened by C");
  Check(rv_warm_up(handle, nullptr) == RV_OK, "not warmed up");
  Compare("strangers", **registry, handle, strangers, rounds);
  Compare("one suspect in fifty", **registry, handle, mixed, rounds);
  rv_close(handle, nullptr);
}
