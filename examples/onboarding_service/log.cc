#include "log.h"

#include <revenant/printable.h>
#include <revenant/time.h>
#include <unistd.h>

#include <cstdio>

#include "json_out.h"

namespace service {

LogLine::LogLine(std::string_view level, std::string_view event) {
  line_ = "{\"at\":\"" + revenant::FormatTime(revenant::Now()) + '"';
  Text("level", level).Text("event", event);
}

LogLine::~LogLine() {
  line_ += "}\n";
  [[maybe_unused]] const ssize_t wrote = write(STDOUT_FILENO, line_.data(), line_.size());
}

LogLine& LogLine::Text(std::string_view key, std::string_view value) {
  line_.append(",\"").append(key).append("\":");
  AppendJson(line_, revenant::Printable(value));
  return *this;
}

LogLine& LogLine::Number(std::string_view key, std::uint64_t value) {
  line_.append(",\"").append(key).append("\":").append(std::to_string(value));
  return *this;
}

LogLine& LogLine::Millis(std::string_view key, double value) {
  char buffer[32];
  const int size = std::snprintf(buffer, sizeof buffer, "%.3f", value);
  line_.append(",\"").append(key).append("\":").append(buffer, static_cast<std::size_t>(size));
  return *this;
}

}  // namespace service
