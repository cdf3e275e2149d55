#ifndef REVENANT_RECORD_H_
#define REVENANT_RECORD_H_

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "revenant/result.h"
#include "revenant/time.h"

namespace revenant {

// One storefront account: unique by platform and the platform's own id.
struct SellerName {
  std::string platform;
  std::string external_id;

  // "PLATFORM:EXTERNAL_ID"; the first colon splits.
  std::string ToString() const { return platform + ":" + external_id; }
  friend auto operator<=>(const SellerName&, const SellerName&) = default;
};

// Cases that other platforms listed stand in a registry as sellers "exchange/MEMBER:CASE". They are
// leaves: paths end in them and never pass through, and alone they lead to `review` only. Only the
// exchange enters them.
inline constexpr std::string_view kForeignPlatform = "exchange/";
inline bool IsForeignCase(const SellerName& name) {
  return name.platform.starts_with(kForeignPlatform);
}

// kInvalidArgument: no colon, an empty part, not UTF-8, a control character, a platform with
// white space or a colon, or more than kMaxNameBytes in a part. What passes the check comes back
// the same from ParseSellerName(name.ToString()).
Result<SellerName> ParseSellerName(std::string_view text);
Result<void> CheckSellerName(const SellerName& name);
inline constexpr std::size_t kMaxNameBytes = 512;

// Append new ones, never renumber: stored in every seller row.
enum class SellerStatus : std::uint8_t {
  kMentioned = 0,  // named by an event, never enrolled: judged, but never merges others
  kApplicant = 1,  // asked to be let in: a leaf too
  kActive = 2,     // enrolled
};
std::string_view StatusName(SellerStatus status);  // "mentioned", "applicant", "active"

// An attribute that owns its bytes.
struct RawAttribute {
  std::string kind;
  std::string country;
  std::string value;
  bool verified = false;  // the source of the record checked it: saw the document, sent a code ...
};

// One line of input: what is known of a storefront, before normalisation.
struct Record {
  SellerName seller{};
  SellerStatus status = SellerStatus::kActive;
  std::string source{};  // who says so; empty: the platform
  Time seen{};           // when; unknown is not now, and evidence does not fade up to it
  std::vector<RawAttribute> attributes{};
};

}  // namespace revenant

#endif  // REVENANT_RECORD_H_
