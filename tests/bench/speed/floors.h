#ifndef REVENANT_TESTS_BENCH_SPEED_FLOORS_H_
#define REVENANT_TESTS_BENCH_SPEED_FLOORS_H_

// The least that a screening could cost: what cannot be spared, and nothing else.

#include <cstdint>

#include "registry/handle.h"
#include "registry/impl.h"
#include "revenant/record.h"

namespace revenant::bench {

// What no screening of a stranger can spare: normalise, key, ask the filter.
class StrangerFloor {
 public:
  explicit StrangerFloor(Serving& inner) : inner_(inner) {}

  void operator()(const Record& record) {
    const auto watch = inner_.gate.Read();
    const TaintFilter& filter = *watch->filter;
    for (const RawAttribute& raw : record.attributes) {
      Normalize({raw.kind, raw.country, raw.value}, normal_);
      for (const Identifier& identifier : normal_.identifiers()) {
        hits_ += filter.Has(inner_.keyed.Of(identifier));
      }
    }
    hits_ += filter.Has(record.seller);
  }
  std::uint64_t hits() const { return hits_; }

 private:
  Serving& inner_;
  Normalized normal_;
  std::uint64_t hits_ = 0;
};

}  // namespace revenant::bench

#endif  // REVENANT_TESTS_BENCH_SPEED_FLOORS_H_
