#ifndef REVENANT_CONTESTS_H_
#define REVENANT_CONTESTS_H_

#include <string>
#include <string_view>
#include <vector>

#include "revenant/case_file.h"
#include "revenant/result.h"

namespace revenant {

// The reference under which one more objection of a seller is filed: `wished`, or where that is
// empty a number that no other has, usually one more than the largest in use. kConflict: `wished`
// is in use. The file must not change until the objection is entered: callers that may run at once
// hold a lock over both. Pure.
Result<std::string> NewObjectionReference(const std::vector<Contest>& contests,
                                          std::string_view wished);

}  // namespace revenant

#endif  // REVENANT_CONTESTS_H_
