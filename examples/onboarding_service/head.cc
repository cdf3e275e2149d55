#include "head.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstring>

namespace service {
namespace {

// Headers that mean something here. Everything else is dropped before it reaches the parser:
// ranges, encodings, and whatever else a library might act on.
constexpr std::string_view kKnownHeaders[] = {"authorization", "content-type",  "connection",
                                              "accept",        "last-event-id", "idempotency-key"};

bool IsToken(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || std::strchr("!#$%&'*+-.^_`|~", c) != nullptr;
  });
}

std::string_view Trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

Head Refused(int status, std::string_view why) {
  Head head;
  head.refusal = status;
  head.why = why;
  return head;
}

}  // namespace

Head ReadHead(std::string_view text) {
  Head head;
  std::size_t end = text.find("\r\n");
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end + 2);
  const std::size_t first = line.find(' '), last = line.rfind(' ');
  if (first == line.npos || first == last) return Refused(400, "the request line is not HTTP");
  const std::string_view method = line.substr(0, first), version = line.substr(last + 1);
  const std::string_view target = line.substr(first + 1, last - first - 1);
  if (!IsToken(method) || (version != "HTTP/1.1" && version != "HTTP/1.0")) {
    return Refused(400, "the request line is not HTTP/1.1");
  }
  constexpr std::string_view kMethods[] = {"GET",    "HEAD",  "POST",   "PUT",
                                           "DELETE", "PATCH", "OPTIONS"};
  if (std::find(std::begin(kMethods), std::end(kMethods), method) == std::end(kMethods)) {
    return Refused(501, "no such method");
  }
  if (target.size() > kMaxPath) return Refused(414, "the path is too long");
  const bool plain = std::all_of(target.begin(), target.end(),
                                 [](unsigned char c) { return c > ' ' && c < 0x7f; });
  if (target.empty() || target.front() != '/' || !plain) {
    return Refused(400, "the path must begin with / and be percent-encoded");
  }
  head.clean.assign(line).append("\r\n");
  bool has_length = false;
  for (std::size_t count = 0; !text.empty(); ++count) {
    end = text.find("\r\n");
    const std::string_view field = text.substr(0, end);
    text.remove_prefix(end == text.npos ? text.size() : end + 2);
    if (field.empty()) break;
    const std::size_t colon = field.find(':');
    if (count >= kMaxHeaders) return Refused(431, "too many headers");
    if (colon == field.npos || !IsToken(field.substr(0, colon))) {
      return Refused(400, "a header has no name");
    }
    std::string name(field.substr(0, colon));
    std::transform(name.begin(), name.end(), name.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    const std::string_view value = Trim(field.substr(colon + 1));
    const bool clean = std::all_of(value.begin(), value.end(), [](unsigned char c) {
      return c == '\t' || (c >= ' ' && c != 0x7f);
    });
    if (!clean) return Refused(400, "a header holds a control character");
    if (name == "content-length") {
      const auto read = std::from_chars(value.data(), value.data() + value.size(), head.body);
      if (has_length || read.ec != std::errc() || read.ptr != value.data() + value.size()) {
        return Refused(400, "Content-Length must be one number");
      }
      has_length = true;
    } else if (name == "transfer-encoding") {
      return Refused(411, "send Content-Length, not Transfer-Encoding");
    } else if (name == "content-encoding") {
      if (value != "identity") return Refused(415, "send the body as it is, without an encoding");
    } else if (name == "expect") {
      head.expects_continue = value == "100-continue";
    } else if (std::find(std::begin(kKnownHeaders), std::end(kKnownHeaders), name) !=
               std::end(kKnownHeaders)) {
      if (!head.headers.emplace(name, value).second) {
        return Refused(400, "a header is given twice");
      }
      if (name == "connection") head.clean.append("Connection: ").append(value).append("\r\n");
    }
  }
  head.clean += "\r\n";
  return head;
}

}  // namespace service
