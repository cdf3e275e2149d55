#include "http.h"

#include "json_out.h"

namespace service {

std::string_view StatusTitle(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 406:
      return "Not Acceptable";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 411:
      return "Length Required";
    case 413:
      return "Payload Too Large";
    case 414:
      return "URI Too Long";
    case 415:
      return "Unsupported Media Type";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 501:
      return "Not Implemented";
    case 503:
      return "Service Unavailable";
    default:
      return "Internal Server Error";
  }
}

Response Problem(int status, std::string_view code, std::string_view detail) {
  Response response;
  response.status = status;
  response.type = "application/problem+json";
  response.body = "{\"title\":";
  AppendJson(response.body, StatusTitle(status));
  response.body += ",\"status\":" + std::to_string(status) + ",\"code\":";
  AppendJson(response.body, code);
  response.body += ",\"detail\":";
  AppendJson(response.body, detail);
  response.body += '}';
  if (status == 401) response.headers.emplace_back("WWW-Authenticate", "Bearer");
  if (status == 429 || status == 503) response.headers.emplace_back("Retry-After", "1");
  return response;
}

}  // namespace service
