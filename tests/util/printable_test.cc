#include "revenant/printable.h"

#include <doctest/doctest.h>

#include <string_view>

namespace revenant {
namespace {

struct PrintableCase {
  std::string_view name, text, shown;
};
constexpr PrintableCase kCases[] = {
    {"what is plain stays", "eu:A-1 \t\xc3\xa9", "eu:A-1 \t\xc3\xa9"},
    {"an escape sequence is spelt", "\x1b[31m", "\\u001b[31m"},
    {"so is DEL", "a\x7f", "a\\u007f"},
    {"a C1 control", "\xc2\x9b", "\\u009b"},
    {"a mark of direction", "\xe2\x80\xae", "\\u202e"},
    {"what is not UTF-8, byte by byte", "a\xff\xfe", "a\\xff\\xfe"},
};

TEST_CASE("NothingThatATerminalObeysOrHidesIsPrintable") {
  for (const PrintableCase& test : kCases) {
    CAPTURE(test.name);
    CHECK(Printable(test.text) == test.shown);
  }
}

}  // namespace
}  // namespace revenant
