#ifndef ONBOARDING_SERVICE_LOG_H_
#define ONBOARDING_SERVICE_LOG_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace service {

// One line of JSON per event on standard output. Callers put in what cannot name a person: routes,
// codes, numbers, names of tokens and files; never a path, a body, a seller or an identifier.
// Threads: any; each line is written at once.
class LogLine {
 public:
  LogLine(std::string_view level, std::string_view event);
  ~LogLine();  // writes it
  LogLine(const LogLine&) = delete;
  LogLine& operator=(const LogLine&) = delete;

  LogLine& Text(std::string_view key, std::string_view value);
  LogLine& Number(std::string_view key, std::uint64_t value);
  LogLine& Millis(std::string_view key, double value);

 private:
  std::string line_;
};

}  // namespace service

#endif  // ONBOARDING_SERVICE_LOG_H_
