#ifndef REVENANT_REGISTRY_MEASURE_SHARING_H_
#define REVENANT_REGISTRY_MEASURE_SHARING_H_

// How many sellers share which kinds, counted over a sample of sellers: what calibration rests on.

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "registry/answer/store_graph.h"
#include "revenant/calibrate.h"
#include "store/view.h"

namespace revenant {

// Values by how many enrolled sellers carry them.
struct SizeBin {
  std::uint64_t upper = 0;  // carriers, at most
  double values = 0;
  double borne_out = 0;  // of them, those whose carriers mostly share something further
};

struct KindSharing {
  std::uint64_t carriers = 0, sharers = 0;
  double returns = 0, kept = 0;
  std::vector<SizeBin> sizes;
  struct Kept {
    double gap_days = 0;
    bool kept = false;
  };
  std::vector<Kept> gaps;  // of returners that other evidence confirms
};

struct Sharing {
  std::uint64_t sellers = 0, banned = 0, sampled = 0, sampled_banned = 0;
  double returns = 0;  // pairs beyond chance
  std::map<std::string, KindSharing, std::less<>> kinds;
};

// Errors: the view's.
Result<Sharing> CountSharing(const View& view, const LinkPolicy& policy,
                             const CalibrateOptions& options);

}  // namespace revenant

#endif  // REVENANT_REGISTRY_MEASURE_SHARING_H_
