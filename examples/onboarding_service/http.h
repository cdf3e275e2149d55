#ifndef ONBOARDING_SERVICE_HTTP_H_
#define ONBOARDING_SERVICE_HTTP_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace service {

// One request, read in full before anything works on it. Header names in lower case.
struct Request {
  std::string method, path;  // the path decoded, without the query
  std::multimap<std::string, std::string> query;
  std::map<std::string, std::string> headers;  // those that the service knows; the others are gone
  std::string body;

  std::string Header(const std::string& name) const {
    const auto found = headers.find(name);
    return found == headers.end() ? "" : found->second;
  }
};

struct Response {
  int status = 200;
  std::string type = "application/json";
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
  // The connection stays open, and events are pushed into it (Front::Push).
  bool stream = false;
};

// An answer that is not what was asked for (RFC 9457). `detail` names places in the request, never
// a value out of it.
Response Problem(int status, std::string_view code, std::string_view detail);
std::string_view StatusTitle(int status);

}  // namespace service

#endif  // ONBOARDING_SERVICE_HTTP_H_
