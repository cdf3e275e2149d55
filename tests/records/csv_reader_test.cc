#include "records/csv_reader.h"

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <vector>

#include "records/sources.h"

namespace revenant {
namespace {

// Rows as text: fields between '|', a bad row as "!line:column", an error as "?message".
std::string Rows(std::string_view csv, std::size_t piece, std::size_t limit = 1000) {
  Input input(std::make_unique<StringSource>(std::string(csv), piece));
  if (auto head = input.SkipBlankHead("in"); !head) return std::string("?") + head.error().message;
  CsvReader reader(input, "in", limit);
  std::string out;
  while (true) {
    const auto row = reader.Next();
    if (!row) return out + "?" + row.error().message;
    if (*row == CsvRow::kEnd) return out;
    if (*row == CsvRow::kBad) {
      const TextPosition where = reader.problem().where;
      out.append("!").append(std::to_string(where.line)).append(":");
      out += std::to_string(where.column);
    } else {
      out += std::to_string(reader.line()) + ":";
      for (std::size_t i = 0; i < reader.size(); ++i) {
        out.append(i == 0 ? "" : "|").append(reader.field(i));
      }
    }
    out += ";";
  }
}

struct CsvCase {
  std::string_view name, csv, rows;
};
constexpr CsvCase kCsvCases[] = {
    {"nothing at all", "", ""},
    {"plain rows", "a,b\nc,d\n", "1:a|b;2:c|d;"},
    {"the last line needs no newline", "a,b\nc,d", "1:a|b;2:c|d;"},
    {"CRLF", "a,b\r\nc,d\r\n", "1:a|b;2:c|d;"},
    {"CRLF without its LF at the end", "a,b\r\nc,d\r", "1:a|b;2:c|d;"},
    {"empty fields", ",\n,,\na,\n", "1:|;2:||;3:a|;"},
    {"a comma ends the file", "a,", "1:a|;"},
    {"empty lines are no rows", "\n\na\n\r\n\nb\n\n", "3:a;6:b;"},
    {"an empty field in quotes is a row", "\"\"\na\n", "1:;2:a;"},
    {"blanks are kept", "a, b , c\n", "1:a| b | c;"},
    {"quotes", "\"a\",\"b\"\n", "1:a|b;"},
    {"commas in quotes", "\"a,b\",c\n", "1:a,b|c;"},
    {"newlines in quotes", "\"a\nb\",c\nd,e\n", "1:a\nb|c;3:d|e;"},
    {"CRLF in quotes is text", "\"a\r\nb\r\",c\r\nd\r\n", "1:a\r\nb\r|c;3:d;"},
    {"doubled quotes", "\"a\"\"b\",\"\"\"\"\n", "1:a\"b|\";"},
    {"quotes end the file", "a,\"b\"", "1:a|b;"},
    {"quotes and a CR end the file", "a,\"b\"\r", "1:a|b;"},
    {"a lone CR is text", "a\rb,c\n", "1:a\rb|c;"},
    {"a byte order mark is no text", "\xef\xbb\xbf\"a\",b\n", "1:a|b;"},
    {"a byte order mark alone", "\xef\xbb\xbf", ""},
    {"a quote in a plain field", "a,b\"c\nd,e\n", "!1:4;2:d|e;"},
    {"a formula's quotes are text", "=\"01\",\"x\ny\",=a\"\"b\"\nc\n",
     "1:=\"01\"|x\ny|=a\"\"b\";3:c;"},
    {"a quote before the sign", "a=\"01\"\nc\n", "!1:3;2:c;"},
    {"a quote after a blank", "a, \"b\"\nd,e\n", "!1:4;2:d|e;"},
    {"text after a closing quote", "\"a\"b,c\nd\n", "!1:4;2:d;"},
    {"text after a closing quote and CR", "\"a\"\rb,c\nd\n", "!1:5;2:d;"},
    {"a quote that swallows lines", "a,\"b\nc,d\ne,\"f\"\ng\n", "!3:4;4:g;"},
    {"an open quote at the end", "a\nb,\"c\nd\n",
     "1:a;?in:2:3: the quoted field that begins here never ends: a quote is missing or the file is "
     "cut off"},
    {"a bad last line", "a\nb\"", "1:a;!2:2;"},
    {"UTF-16",
     "\xff\xfe"
     "a",
     "?in:1:1: the text is UTF-16; save it as UTF-8"},
};

TEST_SUITE("csv reader") {
  TEST_CASE("RowsAreReadAsRfc4180Says") {
    for (const CsvCase& c : kCsvCases) {
      for (const std::size_t piece : {std::size_t{1}, std::size_t{2}, std::size_t{3}, SIZE_MAX}) {
        CAPTURE(c.name);
        CAPTURE(piece);
        CHECK(Rows(c.csv, piece) == c.rows);
      }
    }
  }

  TEST_CASE("FieldsKnowTheirPlace") {
    Input input(
        std::make_unique<StringSource>("\xef\xbb\xbf"
                                       "ab,\"c\n\",d\n\ne,f\n",
                                       1));
    REQUIRE(input.SkipBlankHead("in").has_value());
    CsvReader reader(input, "in");
    REQUIRE(*reader.Next() == CsvRow::kRow);
    REQUIRE(reader.size() == 3);
    const auto place = [&](std::size_t i) {
      return std::pair(reader.where(i).line, reader.where(i).column);
    };
    CHECK(place(0) == std::pair<std::uint64_t, std::uint64_t>(1, 1));
    CHECK(place(1) == std::pair<std::uint64_t, std::uint64_t>(1, 4));
    CHECK(place(2) == std::pair<std::uint64_t, std::uint64_t>(2, 3));
    REQUIRE(*reader.Next() == CsvRow::kRow);
    CHECK(reader.line() == 4);
    CHECK(place(1) == std::pair<std::uint64_t, std::uint64_t>(4, 3));
  }

  TEST_CASE("ARowOverTheLimitIsSkippedToItsEnd") {
    const std::string big(50, 'x');
    for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, SIZE_MAX}) {
      CAPTURE(piece);
      CHECK(Rows("a\n" + big + ",b\nc\n", piece, 20) == "1:a;!2:1;3:c;");
      // A newline inside quotes does not end it: what follows must not become a row.
      CHECK(Rows("a\n\"" + big + "\nevil,row\n" + big + "\",b\nc\n", piece, 20) == "1:a;!2:1;5:c;");
      CHECK(Rows("a\n" + big, piece, 20) == "1:a;!2:1;");
      CHECK(Rows("a\n" + big + ",", piece, 20) == "1:a;!2:1;");
    }
    // Two fields of nine and the comma behind each: exactly the limit.
    CHECK(Rows("123456789,123456789\n", 3, 20) == "1:123456789|123456789;");
    CHECK(Rows("123456789,1234567890\n", 3, 20) == "!1:1;");
  }

  TEST_CASE("ARowOfTooManyFieldsIsSkipped") {
    const std::string most(kMaxColumns - 1, ',');
    Input input(std::make_unique<StringSource>(most + "\n," + most + "\na\n"));
    CsvReader reader(input, "in");
    REQUIRE(*reader.Next() == CsvRow::kRow);
    CHECK(reader.size() == kMaxColumns);
    REQUIRE(*reader.Next() == CsvRow::kBad);
    CHECK(reader.problem().where.line == 2);
    CHECK(reader.problem().where.column == kMaxColumns + 1);
    REQUIRE(*reader.Next() == CsvRow::kRow);
    CHECK(reader.field(0) == "a");
  }

  TEST_CASE("AnErrorOfTheInputDropsTheRowThatItCutsOff") {
    Input input(std::make_unique<StringSource>("a\nb,c", 2, Error{Code::kCorruption, "cut"}));
    CsvReader reader(input, "in");
    REQUIRE(*reader.Next() == CsvRow::kRow);
    const auto row = reader.Next();
    REQUIRE_FALSE(row.has_value());
    CHECK(row.error().message == "cut");
  }

  TEST_CASE("GigabytesInARowStayUnderTheLimitInMemory") {
    constexpr std::uint64_t kTwoGigabytes = std::uint64_t{2} << 30;
    constexpr std::size_t kPlaces = 64 << 10;  // a few fields, rounded up by far
    for (const std::string_view quote : {"", "\""}) {
      Input input(std::make_unique<GeneratedSource>("a\nb," + std::string(quote), 'x',
                                                    kTwoGigabytes, std::string(quote) + "\nc\n"));
      CsvReader reader(input, "in");
      REQUIRE(*reader.Next() == CsvRow::kRow);
      REQUIRE(*reader.Next() == CsvRow::kBad);
      CHECK(reader.line() == 2);
      CHECK(reader.memory_bytes() <= kMaxRecordBytes + kPlaces);
      REQUIRE(*reader.Next() == CsvRow::kRow);
      CHECK(reader.field(0) == "c");
      CHECK(reader.line() == 3);
    }
  }

  TEST_CASE("BuffersNeverGrowPastTheirLimit") {
    CappedBuffer buffer(1000);
    std::size_t most = 0;
    while (buffer.Append("1234567")) most = std::max(most, buffer.capacity());
    CHECK(buffer.size() == 994);
    CHECK(most <= 1000);
    CHECK(buffer.Append("123456"));
    CHECK_FALSE(buffer.Append("1"));
    CHECK(buffer.capacity() == 1000);
  }
}

}  // namespace
}  // namespace revenant
