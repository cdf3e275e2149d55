#ifndef ONBOARDING_SERVICE_CALL_H_
#define ONBOARDING_SERVICE_CALL_H_

// What the files that answer requests share.

#include <revenant/result.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http.h"
#include "log.h"
#include "service.h"

namespace service {

// What the library's refusals are called on the wire.
inline int StatusOf(revenant::Code code) {
  switch (code) {
    case revenant::Code::kInvalidArgument:
      return 400;
    case revenant::Code::kNotFound:
      return 404;
    case revenant::Code::kConflict:
      return 409;
    case revenant::Code::kIo:
      return 503;
    case revenant::Code::kUnsupportedFormat:
    case revenant::Code::kCorruption:
      return 500;
  }
  return 500;
}

inline std::string_view NameOf(int status) {
  switch (status) {
    case 400:
      return "invalid_request";
    case 404:
      return "not_found";
    case 409:
      return "conflict";
    case 503:
      return "unavailable";
    default:
      return "internal";
  }
}

// Messages of the registry name sellers and places, never an identifier; they go to the caller, who
// named the seller, and not into the log.
inline Response Refusal(const revenant::Error& error) {
  const int status = StatusOf(error.code);
  if (status >= 500) LogLine("error", "registry").Text("code", revenant::CodeName(error.code));
  const bool ours = status >= 500;
  return Problem(status, NameOf(status),
                 ours ? "the registry could not do it; see its log" : error.message);
}

inline Response Json(std::string body) {
  Response response;
  response.body = std::move(body);
  return response;
}

inline std::optional<std::uint64_t> Number(std::string_view text) {
  std::uint64_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || read.ec != std::errc() || read.ptr != text.data() + text.size()) {
    return std::nullopt;
  }
  return number;
}

template <typename T, typename ToText>
void AppendList(std::string& out, const std::vector<T>& items, const ToText& to_text) {
  out += '[';
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i > 0) out += ',';
    out += to_text(items[i]);
  }
  out += ']';
}

struct Service::Call {
  unsigned worker = 0;
  const Request& request;
  const Caller* caller = nullptr;
  std::string rest;  // of the path, behind the route's own
  revenant::Time received;
  revenant::Actor actor() const { return {caller == nullptr ? "" : caller->name, received}; }
  std::string Query(const char* name) const {
    const auto found = request.query.find(name);
    return found == request.query.end() ? "" : found->second;
  }
  bool Wants(std::string_view type) const {
    const std::string accept = request.Header("accept");
    return accept.find(type) != std::string::npos;
  }
};

struct Service::Route {
  std::string_view method, path;  // a path that ends in / has something behind it
  std::string_view name;          // as openapi.json and the metrics have it
  std::optional<Role> role;       // nullopt: anybody
  Response (Service::*act)(Call&);
  std::vector<std::string_view> parameters;  // of the query
  bool writes = false;                       // takes an Idempotency-Key
  bool needs_store = true;
};

}  // namespace service

#endif  // ONBOARDING_SERVICE_CALL_H_
