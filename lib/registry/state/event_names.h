#ifndef REVENANT_REGISTRY_STATE_EVENT_NAMES_H_
#define REVENANT_REGISTRY_STATE_EVENT_NAMES_H_

#include <cstddef>
#include <string_view>

#include "revenant/event.h"

namespace revenant {

// Stands in alerts that no event caused but another member's list. Far from the events' own
// numbers.
inline constexpr std::size_t kListingEvent = 255;

// Name of an event by its place in the variant, as alerts store it; "" for none.
std::string_view EventName(std::size_t index);

}  // namespace revenant

#endif  // REVENANT_REGISTRY_STATE_EVENT_NAMES_H_
