#ifndef REVENANT_REGISTRY_STATE_META_ROWS_H_
#define REVENANT_REGISTRY_STATE_META_ROWS_H_

// Names of the rows of kMeta that the registry keeps (lib/store/FORMAT.md).

#include <string_view>

namespace revenant {

inline constexpr std::string_view kKeyCheckName = "key_check";
inline constexpr std::string_view kPolicyName = "policy";            // TOML
inline constexpr std::string_view kEnforcementName = "enforcement";  // TOML; absent: the defaults
// The edition of the list of junk that what is stored was judged by.
inline constexpr std::string_view kJunkEditionName = "junk_words";
// The last number given to a seller, to a component, to a part of one, to an alert.
inline constexpr std::string_view kSellerCounter = "sellers";
inline constexpr std::string_view kLabelCounter = "labels";
inline constexpr std::string_view kPartCounter = "parts";
inline constexpr std::string_view kAlertCounter = "alerts";
inline constexpr std::string_view kAlertsRead = "alerts_acknowledged";
// There once any seller has objected: until then screenings need not look for objections.
inline constexpr std::string_view kObjectionsMark = "objections";

}  // namespace revenant

#endif  // REVENANT_REGISTRY_STATE_META_ROWS_H_
