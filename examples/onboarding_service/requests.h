#ifndef ONBOARDING_SERVICE_REQUESTS_H_
#define ONBOARDING_SERVICE_REQUESTS_H_

// Bodies of requests, read strictly: what openapi.json does not describe is refused. Errors name
// the place ("attributes[3].value") and never quote anything out of the request.

#include <revenant/case_file.h>
#include <revenant/record.h>
#include <revenant/result.h>
#include <revenant/time.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace service {

// {"platform","seller","seen","source","attributes":[{"kind","value","country","verified"}]}
revenant::Result<revenant::Record> ReadRecord(std::string_view body);

struct BanRequest {
  revenant::SellerName seller;
  std::string reason, case_ref;
  revenant::Time at;  // unknown: now
};
revenant::Result<BanRequest> ReadBan(std::string_view body);

struct ContestRequest {
  revenant::SellerName seller;
  std::string statement, reference;
};
revenant::Result<ContestRequest> ReadContest(std::string_view body);

struct ReviewRequest {
  revenant::SellerName seller;
  std::string reference;
  revenant::Review review;
};
revenant::Result<ReviewRequest> ReadReview(std::string_view body);

// {"number":"17"}
revenant::Result<std::uint64_t> ReadNumber(std::string_view body);

inline constexpr std::size_t kMaxAttributes = 1000;
inline constexpr std::size_t kMaxValueBytes = 16 << 10;

}  // namespace service

#endif  // ONBOARDING_SERVICE_REQUESTS_H_
