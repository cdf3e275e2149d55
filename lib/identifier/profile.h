#ifndef REVENANT_LIB_IDENTIFIER_PROFILE_H_
#define REVENANT_LIB_IDENTIFIER_PROFILE_H_

#include "identifier/kind.h"

namespace revenant::kinds {

inline constexpr TextRule kProfileText{Reading::kRaw, kDropNothing, Fold::kKeep, 64 * 1024};

// Reads a JSON object of up to eight components (gpu, canvas, audio, fonts, screen, timezone,
// platform, ja4) and derives one `device.profile.band` for each choice of six of the eight: two
// profiles of which at most two components differ share at least one band, and a profile whose
// other components differ too shares none. That is what MinHash bands would only do with luck
// (README.md, "Device profiles"). A component that is absent counts as a value of its own, but a
// band needs four that are present.
Verdict FinishProfile(Work& work);

}  // namespace revenant::kinds

#endif  // REVENANT_LIB_IDENTIFIER_PROFILE_H_
