// A platform's own identifiers.

#include "identifier/table.h"

namespace revenant::kinds {
namespace {

constexpr Kind kCustomKinds[] = {
    {.name = "custom.*",
     .title = "A platform's own identifier",
     .traits = kOwnKind,
     .text = kVerbatimText,
     .standard = "none",
     .bits = 32,
     .example = "C-20417/b"},
};

}  // namespace

std::span<const Kind> CustomKinds() { return kCustomKinds; }

}  // namespace revenant::kinds
