#ifndef ONBOARDING_SERVICE_HEAD_H_
#define ONBOARDING_SERVICE_HEAD_H_

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

namespace service {

inline constexpr std::size_t kMaxHead = 16 << 10, kMaxPath = 2 << 10, kMaxHeaders = 64;

// What the first lines of a request say about its framing. Strict: where two readers could differ,
// the request is refused.
struct Head {
  std::string clean;  // request line and Connection: all that the HTTP library sees
  std::map<std::string, std::string> headers;  // those that mean something here, as they came
  std::size_t body = 0;
  bool expects_continue = false;
  int refusal = 0;
  std::string_view why;
};

// `text`: from the request line on, up to and with the line end of the last header.
Head ReadHead(std::string_view text);

}  // namespace service

#endif  // ONBOARDING_SERVICE_HEAD_H_
