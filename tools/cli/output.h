#ifndef REVENANT_TOOLS_CLI_OUTPUT_H_
#define REVENANT_TOOLS_CLI_OUTPUT_H_

#include <string>
#include <string_view>

#include "revenant/result.h"

namespace revenant::cli {

// Buffered stdout. A pipe that its reader closed is no failure: what follows is dropped.
// Threads: one at a time.
class Output {
 public:
  // Bytes as they are: a file's, or a text without anything that another person chose.
  void Write(std::string_view text);
  // One line for a person, or one of JSON, always made Printable(): names, reasons and
  // statements are other people's. `heading`, a word of ours, may be coloured.
  void Line(std::string_view text, std::string_view heading = {});
  // Several such lines.
  void Text(std::string_view lines);
  void Flush();

  // Nothing more will get out: the reader is gone or writing failed.
  bool done() const { return done_; }

  // Flushes and says what went wrong, if anything did. kIo.
  Result<void> Finish();

 private:
  std::string buffer_;
  bool done_ = false;
  int error_ = 0;
};

// A message for the person at the terminal, on stderr, always one line, even if it quotes several.
void Message(std::string_view text);

bool StdoutIsTerminal();
bool StderrIsTerminal();

enum class Colour : int { kRed = 31, kGreen = 32, kYellow = 33 };
// `text` in colour where stdout is a terminal and NO_COLOR is not set; plain elsewhere.
std::string Coloured(std::string_view text, Colour colour);

// 1234567 as "1,234,567".
std::string Grouped(std::uint64_t number);

// "1 seller", "2 sellers", "3 entries".
std::string Counted(std::uint64_t number, std::string_view noun);

// Text for one cell of one line: control characters escaped as \n, \t, \xHH, the backslash doubled.
std::string Escaped(std::string_view text);

}  // namespace revenant::cli

#endif  // REVENANT_TOOLS_CLI_OUTPUT_H_
