#include "revenant/metrics.h"

#include <doctest/doctest.h>

#include <chrono>
#include <clocale>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace revenant {
namespace {

using Label = PrometheusText::Label;
using std::chrono::nanoseconds;

TEST_CASE("ADurationFallsIntoTheBucketThatItsBoundBelongsTo") {
  struct Case {
    std::int64_t nanos;
    std::size_t bucket;
  };
  constexpr Case kCases[] = {{-5, 0},
                             {0, 0},
                             {1, 0},
                             {1'000, 0},
                             {1'001, 1},
                             {2'000, 1},
                             {2'001, 2},
                             {4'000, 2},
                             {1'000'000, 10},
                             {1'024'000, 10},
                             {1'024'001, 11},
                             {16'777'216'000, 24},
                             {16'777'216'001, 25},
                             {INT64_MAX, 25}};
  for (const Case& each : kCases) {
    CAPTURE(each.nanos);
    LatencyHistogram histogram;
    histogram.Add(nanoseconds(each.nanos));
    for (std::size_t i = 0; i <= LatencyHistogram::kBounds; ++i) {
      CHECK(histogram.in_bucket(i) == (i == each.bucket ? 1 : 0));
    }
  }
}

TEST_CASE("TheTextIsWhatPrometheusReads") {
  PrometheusText text;
  text.Family("requests_total", "counter", "Requests,\nby \\ route.");
  text.Sample("requests_total", std::uint64_t{7});
  text.Sample("requests_total", std::uint64_t{18'446'744'073'709'551'615u},
              Label{"route", "a\"b\\c\nd"}, Label{"status", "200"});
  text.Family("seconds", "gauge", "x");
  text.Sample("seconds", 0.25);
  CHECK(text.text() ==
        "# HELP requests_total Requests,\\nby \\\\ route.\n# TYPE requests_total counter\n"
        "requests_total 7\n"
        "requests_total{route=\"a\\\"b\\\\c\\nd\",status=\"200\"} 18446744073709551615\n"
        "# HELP seconds x\n# TYPE seconds gauge\nseconds 0.25\n");
}

TEST_CASE("AHistogramIsCumulativeAndEndsWithItsSumAndCount") {
  LatencyHistogram histogram;
  for (const std::int64_t nanos : {500, 1'500, 1'700, 1'000'000'000}) {
    histogram.Add(nanoseconds(nanos));
  }
  PrometheusText text;
  text.Histogram("took", histogram, Label{"route", "r"});
  const std::string& out = text.text();
  CHECK(
      out.starts_with("took_bucket{route=\"r\",le=\"1e-06\"} 1\n"
                      "took_bucket{route=\"r\",le=\"2e-06\"} 3\n"
                      "took_bucket{route=\"r\",le=\"4e-06\"} 3\n"));
  CHECK(out.find("took_bucket{route=\"r\",le=\"0.524288\"} 3\n"
                 "took_bucket{route=\"r\",le=\"1.048576\"} 4\n") != std::string::npos);
  CHECK(
      out.ends_with("took_bucket{route=\"r\",le=\"16.777216\"} 4\n"
                    "took_bucket{route=\"r\",le=\"+Inf\"} 4\n"
                    "took_sum{route=\"r\"} 1.0000037\ntook_count{route=\"r\"} 4\n"));
}

TEST_CASE("ASumKeepsSmallAdditionsAndNumbersFollowNoLocale") {
  const std::string before = std::setlocale(LC_NUMERIC, nullptr);
  for (const char* locale : {"C", "de_DE.UTF-8", "fr_FR.UTF-8", "C.UTF-8"}) {
    if (std::setlocale(LC_NUMERIC, locale) == nullptr) continue;
    for (const auto& [nanos, seconds] : std::vector<std::pair<std::int64_t, std::string>>{
             {0, "0"},
             {1, "0.000000001"},
             {2'000'000'000, "2"},
             {12'345'678'901'234'567, "12345678.901234567"},
             {12'345'678'901'234'568, "12345678.901234568"},
             {1'050'000'000, "1.05"}}) {
      LatencyHistogram histogram;
      histogram.Add(nanoseconds(nanos));
      PrometheusText text;
      text.Histogram("took", histogram);
      CHECK(text.text().find("took_sum " + seconds + "\n") != std::string::npos);
      CHECK(text.text().find("le=\"1.6e-05\"") != std::string::npos);
    }
    PrometheusText text;
    text.Sample("share", 1.0 / 3);
    CHECK(text.text() == "share 0.3333333333333333\n");
  }
  std::setlocale(LC_NUMERIC, before.c_str());
}

TEST_CASE("NothingIsLostBetweenThreads") {
  ScreenMetrics metrics;
  Verdict verdict;
  verdict.decision = Decision::kReview;
  verdict.identifiers = 3;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int each = 0; each < 1'000; ++each) metrics.Add(verdict, nanoseconds(10));
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(metrics.by_decision[1].value() == 4'000);
  CHECK(metrics.by_decision[0].value() + metrics.by_decision[2].value() == 0);
  CHECK(metrics.identifiers.value() == 12'000);
  CHECK(metrics.took.in_bucket(0) == 4'000);
}

}  // namespace
}  // namespace revenant
