#include "output.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <system_error>

#include "revenant/printable.h"

namespace revenant::cli {
namespace {

constexpr std::size_t kBufferBytes = 128 << 10;

// Returns 0, or the error after which nothing more will get out.
int WriteAll(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(fd, text.data(), text.size());
    if (written >= 0) {
      text.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno != EINTR) {
      return errno;
    }
  }
  return 0;
}

// Of plain ASCII, which nearly everything is, without a look at each character of it.
bool IsPrintable(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= 0x20 && c != 0x7f) || c == '\t'; });
}

}  // namespace

void Output::Write(std::string_view text) {
  if (done_) return;
  buffer_ += text;
  if (buffer_.size() >= kBufferBytes) Flush();
}

void Output::Line(std::string_view text, std::string_view heading) {
  Write(heading);
  Write(IsPrintable(text) ? text : std::string_view(Printable(text)));
  Write("\n");
}

void Output::Text(std::string_view lines) {
  while (!lines.empty()) {
    const std::size_t size = std::min(lines.find('\n'), lines.size());
    Line(lines.substr(0, size));
    lines.remove_prefix(std::min(size + 1, lines.size()));
  }
}

void Output::Flush() {
  if (!done_) {
    error_ = WriteAll(STDOUT_FILENO, buffer_);
    done_ = error_ != 0;
  }
  buffer_.clear();
}

Result<void> Output::Finish() {
  Flush();
  if (error_ == 0 || error_ == EPIPE) return {};
  return Error{Code::kIo, "stdout: cannot write: " + std::generic_category().message(error_)};
}

void Message(std::string_view text) {
  std::string line;
  // Words of several lines (of a parser) become one.
  for (const char c : text) line += c == '\n' || c == '\r' || c == '\t' ? ' ' : c;
  line = Printable(line);
  line += '\n';
  WriteAll(STDERR_FILENO, line);
}

bool StdoutIsTerminal() { return isatty(STDOUT_FILENO) == 1; }
bool StderrIsTerminal() { return isatty(STDERR_FILENO) == 1; }

std::string Coloured(std::string_view text, Colour colour) {
  static const bool wanted = [] {
    const char* refused = std::getenv("NO_COLOR");
    return StdoutIsTerminal() && (refused == nullptr || *refused == '\0');
  }();
  if (!wanted) return std::string(text);
  return fmt::format("\x1b[{}m{}\x1b[0m", static_cast<int>(colour), text);
}

std::string Grouped(std::uint64_t number) {
  std::string digits = fmt::format("{}", number);
  for (std::size_t i = digits.size(); i > 3;) {
    i -= 3;
    digits.insert(i, ",");
  }
  return digits;
}

std::string Counted(std::uint64_t number, std::string_view noun) {
  if (number == 1) return fmt::format("1 {}", noun);
  constexpr std::string_view kVowels = "aeiou";
  const bool in_ies = noun.size() > 1 && noun.back() == 'y' &&
                      kVowels.find(noun[noun.size() - 2]) == std::string_view::npos;
  if (in_ies) noun.remove_suffix(1);
  return fmt::format("{} {}{}", Grouped(number), noun, in_ies ? "ies" : "s");
}

std::string Escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\') {
      out += "\\\\";
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      out += fmt::format("\\x{:02x}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace revenant::cli
