#ifndef REVENANT_METRICS_H_
#define REVENANT_METRICS_H_

#include <array>
#include <atomic>
#include <bit>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "revenant/verdict.h"

namespace revenant {

// Counters for a service around the registry's calls, and their text for Prometheus. Nothing here
// can hold an identifier: labels are the service's own constants.
//
//   ScreenMetrics metrics;
//   const auto before = std::chrono::steady_clock::now();
//   const auto verdict = registry.Screen(record);
//   if (verdict) metrics.Add(*verdict, std::chrono::steady_clock::now() - before);
//   ...
//   PrometheusText text;
//   metrics.Write(text);
//
// Threads: all of it at once, without locks; a text is of no single moment. Cost: a few atomic
// additions per event.

class Counter {
 public:
  void Add(std::uint64_t count = 1) { count_.fetch_add(count, std::memory_order_relaxed); }
  std::uint64_t value() const { return count_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> count_{0};
};

// Durations in buckets whose bounds are 1, 2, 4 ... microseconds up to 16.8 seconds, and one above.
class LatencyHistogram {
 public:
  static constexpr std::size_t kBounds = 25;

  void Add(std::chrono::nanoseconds took) {
    const auto nanos = static_cast<std::uint64_t>(took.count() > 0 ? took.count() : 0);
    const std::uint64_t micros = (nanos + 999) / 1000;  // a bound belongs to its bucket
    const std::size_t bucket =
        micros <= 1 ? 0 : static_cast<std::size_t>(std::bit_width(micros - 1));
    buckets_[bucket < kBounds ? bucket : kBounds].Add();
    nanos_.Add(nanos);
  }
  std::uint64_t in_bucket(std::size_t bucket) const { return buckets_[bucket].value(); }
  std::uint64_t total_nanos() const { return nanos_.value(); }

 private:
  std::array<Counter, kBounds + 1> buckets_;
  Counter nanos_;
};

// The text format of Prometheus, version 0.0.4. Samples of one name follow its Family().
class PrometheusText {
 public:
  using Label = std::pair<std::string_view, std::string_view>;
  static constexpr std::string_view kContentType = "text/plain; version=0.0.4; charset=utf-8";

  // `type`: "counter", "gauge" or "histogram".
  void Family(std::string_view name, std::string_view type, std::string_view help) {
    text_.append("# HELP ").append(name).append(" ");
    AppendEscaped(help, false);
    text_.append("\n# TYPE ").append(name).append(" ").append(type).append("\n");
  }
  template <typename... Labels>
  void Sample(std::string_view name, std::uint64_t value, const Labels&... labels) {
    text_ += name;
    AppendLabels({labels...});
    text_.append(" ").append(std::to_string(value)).append("\n");
  }
  template <typename... Labels>
  void Sample(std::string_view name, double value, const Labels&... labels) {
    text_ += name;
    AppendLabels({labels...});
    text_.append(" ").append(Number(value)).append("\n");
  }
  template <typename... Labels>
  void Histogram(std::string_view name, const LatencyHistogram& histogram,
                 const Labels&... labels) {
    const std::string bucket = std::string(name) + "_bucket";
    std::uint64_t below = 0;
    for (std::size_t i = 0; i < LatencyHistogram::kBounds; ++i) {
      below += histogram.in_bucket(i);
      Sample(bucket, below, labels...,
             Label{"le", Number(static_cast<double>(std::uint64_t{1} << i) / 1e6)});
    }
    below += histogram.in_bucket(LatencyHistogram::kBounds);
    Sample(bucket, below, labels..., Label{"le", "+Inf"});
    text_.append(name).append("_sum");
    AppendLabels({labels...});
    text_.append(" ").append(Seconds(histogram.total_nanos())).append("\n");
    Sample(std::string(name) + "_count", below, labels...);
  }

  const std::string& text() const& { return text_; }
  std::string text() && { return std::move(text_); }

 private:
  // The shortest text that reads as this number, whatever the locale.
  static std::string Number(double value) {
    char buffer[32];
    const auto [end, error] = std::to_chars(buffer, buffer + sizeof buffer, value);
    return error == std::errc() ? std::string(buffer, end) : std::string("NaN");
  }
  // All digits: of a large sum no small addition is lost.
  static std::string Seconds(std::uint64_t nanos) {
    constexpr std::uint64_t kSecond = 1'000'000'000;
    const std::string whole = std::to_string(nanos / kSecond);
    if (nanos % kSecond == 0) return whole;
    std::string part = std::to_string(kSecond + nanos % kSecond).substr(1);
    part.erase(part.find_last_not_of('0') + 1);
    return whole + "." + part;
  }
  void AppendEscaped(std::string_view text, bool quoted) {
    for (const char c : text) {
      if (c == '\\' || (quoted && c == '"')) {
        text_ += {'\\', c};
      } else if (c == '\n') {
        text_ += "\\n";
      } else {
        text_ += c;
      }
    }
  }
  void AppendLabels(std::initializer_list<Label> labels) {
    if (labels.size() == 0) return;
    char before = '{';
    for (const auto& [name, value] : labels) {
      text_ += before;
      text_.append(name).append("=\"");
      AppendEscaped(value, true);
      text_ += '"';
      before = ',';
    }
    text_ += '}';
  }
  std::string text_;
};

// Screenings by verdict, and how long the library took for each.
struct ScreenMetrics {
  std::array<Counter, 3> by_decision;  // in the order of Decision
  Counter failed;
  Counter cut_short;    // the search budget ended before the search did
  Counter identifiers;  // looked up
  LatencyHistogram took;

  void Add(const Verdict& verdict, std::chrono::nanoseconds duration) {
    by_decision[static_cast<std::size_t>(verdict.decision)].Add();
    cut_short.Add(verdict.cut_short ? 1 : 0);
    identifiers.Add(verdict.identifiers);
    took.Add(duration);
  }

  void Write(PrometheusText& text) const {
    text.Family("revenant_screens_total", "counter", "Screenings by verdict.");
    for (const Decision decision : {Decision::kClear, Decision::kReview, Decision::kBlock}) {
      text.Sample("revenant_screens_total", by_decision[static_cast<std::size_t>(decision)].value(),
                  PrometheusText::Label{"verdict", DecisionName(decision)});
    }
    text.Family("revenant_screens_failed_total", "counter", "Screenings that ended in an error.");
    text.Sample("revenant_screens_failed_total", failed.value());
    text.Family("revenant_screens_cut_short_total", "counter",
                "Screenings whose search budget ended before the search did.");
    text.Sample("revenant_screens_cut_short_total", cut_short.value());
    text.Family("revenant_screened_identifiers_total", "counter",
                "Identifiers that screenings looked up.");
    text.Sample("revenant_screened_identifiers_total", identifiers.value());
    text.Family("revenant_screen_seconds", "histogram", "Time of a screening in the library.");
    text.Histogram("revenant_screen_seconds", took);
  }
};

}  // namespace revenant

#endif  // REVENANT_METRICS_H_
