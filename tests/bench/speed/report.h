#ifndef REVENANT_TESTS_BENCH_SPEED_REPORT_H_
#define REVENANT_TESTS_BENCH_SPEED_REPORT_H_

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "bench/speed/kit.h"

namespace revenant::bench {

// One line of the page.
struct Figure {
  std::string id;    // "screen.stranger": the same at every scale, which is how growth is found
  std::string what;  // for people
  double value = 0;
  std::string unit;
  std::optional<double> floor;
  std::string must;
};

// What was measured and what was found wrong, for people (Markdown) and for programs (JSON).
class Report {
 public:
  void Add(Figure figure) { figures_.push_back(std::move(figure)); }
  // A figure beside its floor.
  void Add(std::string id, std::string what, const Pair& pair, std::string unit, std::string must) {
    Add({std::move(id), std::move(what), pair.value, std::move(unit), pair.floor, std::move(must)});
  }
  // One that stands for itself.
  void Add(std::string id, std::string what, double value, std::string unit,
           std::string must = "") {
    Add({std::move(id), std::move(what), value, std::move(unit), std::nullopt, std::move(must)});
  }
  void Expect(bool holds, std::string what) {
    if (!holds) failures_.push_back(std::move(what));
  }

  std::string Markdown() const;
  // {"v":1,"identifiers":N,"seed":N,"figures":[{"id",...}]}
  std::string Json(std::uint64_t identifiers, std::uint64_t seed) const;
  const std::vector<std::string>& failures() const { return failures_; }

 private:
  std::vector<Figure> figures_;
  std::vector<std::string> failures_;
};

}  // namespace revenant::bench

#endif  // REVENANT_TESTS_BENCH_SPEED_REPORT_H_
