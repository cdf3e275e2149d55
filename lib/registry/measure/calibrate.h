#ifndef REVENANT_REGISTRY_MEASURE_CALIBRATE_H_
#define REVENANT_REGISTRY_MEASURE_CALIBRATE_H_

#include "revenant/calibrate.h"
#include "store/view.h"

namespace revenant {

// The result of Calibrate(), of one state.
Result<Calibration> CalibrateOver(const View& view, const LinkPolicy& policy,
                                  const CalibrateOptions& options);

}  // namespace revenant

#endif  // REVENANT_REGISTRY_MEASURE_CALIBRATE_H_
