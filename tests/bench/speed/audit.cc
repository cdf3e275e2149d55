// Auditing a CSV file of strangers, four identifiers a row. The floor: reading the file, finding
// its lines and fields, and normalising, keying and asking the filter for every value, in one
// thread.

#include "revenant/audit.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstring>

#include "bench/speed/bench.h"
#include "bench/speed/market_csv.h"
#include "registry/handle.h"

namespace revenant::bench {
namespace {

template <typename Call>
double CpuSecondsOf(const Call& call) {
  const double before = CpuSeconds();
  call();
  return CpuSeconds() - before;
}

class AuditFloor {
 public:
  explicit AuditFloor(Serving& inner) : inner_(inner) {}

  // Rows of the file; its fields from the fourth on are values.
  std::uint64_t operator()(const std::filesystem::path& path) {
    const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) std::exit(2);
    std::string block(kBlockBytes, '\0');
    std::size_t held = 0;
    std::uint64_t rows = 0;
    for (ssize_t got = 0; (got = read(fd, block.data() + held, block.size() - held)) > 0;) {
      held += static_cast<std::size_t>(got);
      std::string_view rest(block.data(), held);
      for (std::size_t end = 0; (end = rest.find('\n')) != rest.npos; ++rows) {
        if (rows > 0) Row(rest.substr(0, end));
        rest.remove_prefix(end + 1);
      }
      held = rest.size();
      std::memmove(block.data(), rest.data(), held);
    }
    close(fd);
    return rows - 1;
  }
  std::uint64_t hits() const { return hits_; }

 private:
  static constexpr std::size_t kBlockBytes = 256 << 10;
  static constexpr std::string_view kKinds[] = {"contact.phone", "contact.email", "pay.iban",
                                                "device.imei"};

  void Row(std::string_view row) {
    const auto watch = inner_.gate.Read();
    for (std::size_t field = 0; field < 3 + std::size(kKinds); ++field) {
      const std::size_t end = std::min(row.find(','), row.size());
      if (field >= 3) Value(*watch->filter, kKinds[field - 3], row.substr(0, end));
      row.remove_prefix(std::min(end + 1, row.size()));
    }
  }
  void Value(const TaintFilter& filter, std::string_view kind, std::string_view value) {
    Normalize({kind, "", value}, normal_);
    for (const Identifier& identifier : normal_.identifiers()) {
      hits_ += filter.Has(inner_.keyed.Of(identifier));
    }
  }

  Serving& inner_;
  Normalized normal_;
  std::uint64_t hits_ = 0;
};

}  // namespace

void Audits(Bench& bench) {
  // As many as the store has sellers, within reason.
  const std::uint64_t rows =
      bench.check() ? 20'000
                    : std::clamp<std::uint64_t>(bench.market.sellers(), 1'000'000, 5'000'000);
  const std::filesystem::path file = bench.options.dir / "audit.csv";
  WriteMarketCsv(file, rows, [&](std::uint64_t i) { return bench.market.AuditRow(i); });
  if (!bench.check()) {
    WriteMarketCsv(bench.options.dir / "sellers.csv", bench.market.sellers(),
                   [&](std::uint64_t i) { return bench.market.Seller(i); });
  }
  Need(bench.registry().WarmUp());
  const auto audit = [&](unsigned threads) {
    AuditOptions options;
    options.threads = threads;
    const std::vector<std::string> files = {file.string()};
    const AuditReport report =
        Need(Audit(bench.registry(), files, bench.options.dir / "audit", options));
    bench.report.Expect(report.records == rows && report.screened == rows, "rows were lost");
    // Among twelve digits drawn for millions of devices some are drawn twice.
    bench.report.Expect(report.clear >= rows - rows / 100'000, "strangers' rows were suspected");
    bench.report.Expect(report.identifiers >= 4 * rows, "identifiers were lost");
  };
  AuditFloor floor(bench.inner());
  std::vector<Pair> cpu;
  std::vector<double> wall_of_one, wall_of_two;
  const auto million = static_cast<double>(rows) / 1e6;
  for (int run = 0; run < bench.runs(); ++run) {
    double seconds = 0;
    const double one = CpuSecondsOf([&] { seconds = Seconds([&] { audit(1); }); });
    wall_of_one.push_back(million / seconds);
    const double least =
        CpuSecondsOf([&] { bench.report.Expect(floor(file) == rows, "the floor lost rows"); });
    cpu.push_back({one / million, least / million});
    wall_of_two.push_back(million / Seconds([&] { audit(2); }));
  }
  bench.report.Expect(floor.hits() < rows / 20, "the filter takes strangers for members");
  bench.report.Add(
      "audit.cpu",
      "audit, CPU a clean CSV row of 4 identifiers / read + split + normalise + HMAC + "
      "filter",
      MedianRun(std::move(cpu)), "us", "");
  bench.report.Add("audit.rows.1", "audit, clean CSV rows, 1 thread that screens and the writer",
                   Median(std::move(wall_of_one)), "M rows/s");
  bench.report.Add("audit.rows.2", "audit, clean CSV rows, 2 threads that screen and the writer",
                   Median(std::move(wall_of_two)), "M rows/s");
}

}  // namespace revenant::bench
