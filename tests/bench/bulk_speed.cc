// What a bulk load costs, beside its floors: writes a CSV of an invented market, loads it into a
// new store, writes the very same rows once more with nothing but RocksDB's file writer, and joins
// the same edges with a bare array and with Boost. Prints rows of a Markdown table.
//
//   bulk_speed DIR [SELLERS=250000] [SEED=1] [MEMORY_MIB=2048]

#include <fmt/format.h>
#include <rocksdb/db.h>
#include <rocksdb/sst_file_writer.h>

#include <algorithm>
#include <boost/pending/disjoint_sets.hpp>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <numeric>
#include <thread>

#include "bench/market.h"
#include "linkage/union_find.h"
#include "registry/impl.h"
#include "registry/kind_policies.h"
#include "revenant/bulk.h"
#include "util/try.h"

namespace revenant::bench {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

template <typename T>
T Need(Result<T> result) {
  if (!result) {
    fmt::print(stderr, "bulk_speed: {}\n", result.error().message);
    std::exit(2);
  }
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

template <typename Call>
double Seconds(const Call& call) {
  const auto start = Clock::now();
  call();
  return std::chrono::duration<double>(Clock::now() - start).count();
}

template <typename Call>
double MedianSeconds(const Call& call) {
  std::vector<double> seconds;
  for (int i = 0; i < 5; ++i) seconds.push_back(Seconds(call));
  std::nth_element(seconds.begin(), seconds.begin() + 2, seconds.end());
  return seconds[2];
}

void Line(std::string_view what, const std::string& value, const std::string& floor = "",
          const std::string& ratio = "", std::string_view must = "") {
  fmt::print("| {} | {} | {} | {} | {} |\n", what, value, floor, ratio, must);
}

void WriteCsv(const Market& market, const fs::path& path) {
  std::ofstream out(path, std::ios::binary);
  std::string text = "platform,seller,seen,contact.phone,contact.email,pay.iban,device.imei\n";
  for (std::uint64_t i = 0; i < market.sellers(); ++i) {
    const Record record = market.Seller(i);
    text +=
        record.seller.platform + "," + record.seller.external_id + "," + FormatTime(record.seen);
    for (const RawAttribute& raw : record.attributes) text += "," + raw.value;
    text += "\n";
    if (text.size() < (1 << 20)) continue;
    out << text;
    text.clear();
  }
  out << text;
  if (!out.flush()) std::exit(2);
}

// The rows of a store again, through SstFileWriter alone: seconds and rows.
struct Rewritten {
  double seconds = 0;
  std::uint64_t rows = 0;
};
Rewritten Rewrite(const Store& store, const fs::path& dir) {
  constexpr std::size_t kAtOnce = 500'000;
  Rewritten all;
  fs::create_directories(dir);
  std::vector<std::pair<std::string, std::string>> rows;
  int file = 0;
  for (std::size_t i = 0; i < kTableCount; ++i) {
    const auto write = [&] {
      if (rows.empty()) return;
      all.rows += rows.size();
      all.seconds += Seconds([&] {
        rocksdb::SstFileWriter writer(
            rocksdb::EnvOptions(), store.database().GetOptions(store.HandleOf(Table(i))), nullptr,
            /*invalidate_page_cache=*/false);
        if (!writer.Open((dir / (std::to_string(++file) + ".sst")).string()).ok()) std::exit(2);
        for (const auto& [key, value] : rows) {
          if (!writer.Put(key, value).ok()) std::exit(2);
        }
        if (!writer.Finish().ok()) std::exit(2);
      });
      rows.clear();
    };
    Need(store.Snapshot()->Scan(Table(i), "",
                                [&](std::string_view key, std::string_view value) -> Result<bool> {
                                  rows.emplace_back(key, value);
                                  if (rows.size() == kAtOnce) write();
                                  return true;
                                }));
    write();
  }
  fs::remove_all(dir);
  return all;
}

// The edges that the load joined, in the order of fingerprints.
std::vector<UnionFind::Edge> EdgesOf(const Store& store, const LinkPolicy& policy) {
  const std::unique_ptr<View> view = store.Snapshot();
  const KindPolicies kinds(policy, *view);
  std::vector<UnionFind::Edge> edges;
  Need(view->Scan(
      Table::kFingerprints, "", [&](std::string_view key, std::string_view value) -> Result<bool> {
        TRY_ASSIGN(const Fingerprint fingerprint, DecodeFingerprintKey(key));
        TRY_ASSIGN(const FingerprintRow row, DecodeFingerprintRow(value));
        if (row.enrolled < 2 || !kinds.Joins(row)) return true;
        std::uint64_t first = 0;
        TRY(view->ForEachCarrier(fingerprint, row, [&](const Carrier& carrier) -> Result<bool> {
          const auto seller = static_cast<std::uint64_t>(carrier.seller);
          if (first != 0) edges.emplace_back(first - 1, seller - 1);
          if (first == 0) first = seller;
          return true;
        }));
        return true;
      }));
  return edges;
}

// A union-find with nothing around it: an array, path halving, the nodes ahead prefetched.
double BareSeconds(std::size_t nodes, const std::vector<UnionFind::Edge>& edges) {
  return MedianSeconds([&] {
    std::vector<std::uint32_t> parent(nodes);
    std::iota(parent.begin(), parent.end(), 0U);
    const auto find = [&](std::uint32_t node) {
      while (parent[node] != node) node = parent[node] = parent[parent[node]];
      return node;
    };
    for (std::size_t i = 0; i < edges.size(); ++i) {
      if (i + 16 < edges.size()) {
        __builtin_prefetch(&parent[edges[i + 16].first]);
        __builtin_prefetch(&parent[edges[i + 16].second]);
      }
      const std::uint32_t a = find(edges[i].first), b = find(edges[i].second);
      if (a != b) parent[std::max(a, b)] = std::min(a, b);
    }
  });
}

double OwnSeconds(std::size_t nodes, const std::vector<UnionFind::Edge>& edges) {
  return MedianSeconds([&] {
    UnionFind own(nodes);
    own.Join(edges);
  });
}

double BoostSeconds(std::size_t nodes, const std::vector<UnionFind::Edge>& edges) {
  return MedianSeconds([&] {
    std::vector<std::uint32_t> rank(nodes), parent(nodes);
    boost::disjoint_sets sets(rank.data(), parent.data());
    for (std::uint32_t i = 0; i < nodes; ++i) sets.make_set(i);
    for (const auto& [a, b] : edges) sets.union_set(a, b);
  });
}

void Joins(std::string_view which, std::size_t nodes, const std::vector<UnionFind::Edge>& edges) {
  const double own = OwnSeconds(nodes, edges), bare = BareSeconds(nodes, edges),
               boost = BoostSeconds(nodes, edges);
  const auto rate = [&](double seconds) {
    return fmt::format("{:.1f} M edges/s", static_cast<double>(edges.size()) / seconds / 1e6);
  };
  Line(fmt::format("union-find with its array, {} {} edges / bare array", edges.size(), which),
       rate(own), rate(bare), fmt::format("{:.2f}", bare / own), ">= 0.6");
  Line(fmt::format("union-find with its array, {} {} edges / boost::disjoint_sets", edges.size(),
                   which),
       rate(own), rate(boost), fmt::format("{:.2f}", boost / own), ">= 2.5");
}

int Run(const fs::path& dir, std::uint64_t sellers, std::uint64_t seed, std::size_t memory_mib) {
  const Market market(sellers, seed);
  const Key key = Need(Key::Generate());
  fs::create_directories(dir);
  const fs::path csv = dir / "market.csv";
  WriteCsv(market, csv);
  const auto registry = Need(Registry::Create(dir / "store", key));
  ImportOptions options;
  options.mode = ImportMode::kBulk;
  options.memory_bytes = memory_mib << 20;
  const std::string files[] = {csv.string()};
  const ImportReport report = Need(Import(*registry, files, options));
  const LoadTimes& times = report.times;
  if (report.sellers != sellers || report.rejected != 0) {
    fmt::print(stderr, "bulk_speed: {} sellers, {} rejects\n", report.sellers, report.rejected);
    return 1;
  }
  const double cores = std::max(1U, std::thread::hardware_concurrency());
  const double rate = static_cast<double>(report.identifiers) / report.seconds / cores / 1e6;
  Line(fmt::format("bulk load of {} sellers from CSV, identifiers/s/core / 1.0 M", sellers),
       fmt::format("{:.3f} M ({:.1f} s)", rate, report.seconds), "1.0 M",
       fmt::format("{:.2f}", rate), ">= 0.6");
  const auto share = [&](std::string_view what, double seconds) {
    Line(fmt::format("of it: {}", what), fmt::format("{:.2f} s", seconds), "",
         fmt::format("{:.0f} %", 100 * seconds / report.seconds));
  };
  share("parse, normalise, HMAC, deal out", times.reading);
  share("sort by seller, observations", times.sellers);
  share("sort by fingerprint, carriers, names, joining", times.fingerprints);
  share("sellers, members, sums", times.clusters);
  share("taking in", times.taking_in);

  const Store& store = *Inside(*registry).store;
  const Rewritten floor = Rewrite(store, dir / "again");
  const double writing = (times.sellers + times.fingerprints + times.clusters) * cores;
  Line(fmt::format("sorting, joining and writing {} rows / SstFileWriter of the same rows",
                   floor.rows),
       fmt::format("{:.1f} core s", writing), fmt::format("{:.1f} core s", floor.seconds),
       fmt::format("{:.2f}", writing / floor.seconds));
  Line("bytes of the files",
       fmt::format("{:.1f} B an identifier", static_cast<double>(times.file_bytes) /
                                                 static_cast<double>(report.identifiers)));

  const std::vector<UnionFind::Edge> edges = EdgesOf(store, registry->policy());
  const double inside = static_cast<double>(times.edges) / times.joining / 1e6;
  const double bare = [&] {  // without the array, which the load makes once
    std::vector<std::uint32_t> parent(sellers);
    return BareSeconds(sellers, edges) -
           MedianSeconds([&] { std::iota(parent.begin(), parent.end(), 0U); });
  }();
  const double bare_rate = static_cast<double>(edges.size()) / bare / 1e6;
  Line(fmt::format("union-find inside the load, {} edges / bare array", times.edges),
       fmt::format("{:.1f} M edges/s", inside), fmt::format("{:.1f} M edges/s", bare_rate),
       fmt::format("{:.2f}", inside / bare_rate), ">= 0.6");
  Joins("market", sellers, edges);
  std::vector<UnionFind::Edge> random(sellers);
  std::uint64_t state = seed;
  for (auto& [a, b] : random) {
    const auto draw = [&] {
      state = state * 6364136223846793005 + 1442695040888963407;
      return static_cast<std::uint32_t>((state >> 33) % sellers);
    };
    a = draw();
    b = draw();
  }
  Joins("random", sellers, random);
  return 0;
}

}  // namespace
}  // namespace revenant::bench

int main(int argc, char** argv) {
  if (argc < 2 || argc > 5) {
    fmt::print(stderr, "usage: bulk_speed DIR [SELLERS=250000] [SEED=1] [MEMORY_MIB=2048]\n");
    return 2;
  }
  const auto number = [&](int at, std::uint64_t otherwise) {
    return argc > at ? std::strtoull(argv[at], nullptr, 10) : otherwise;
  };
  return revenant::bench::Run(argv[1], std::max<std::uint64_t>(1000, number(2, 250'000)),
                              number(3, 1), number(4, 2048));
}
