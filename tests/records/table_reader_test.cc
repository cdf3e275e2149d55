#include <doctest/doctest.h>

#include <string>

#include "records/csv_reader.h"
#include "records/sources.h"

namespace revenant {
namespace {

constexpr TableReader::Column kBanColumns[] = {
    {"platform"}, {"seller"}, {"reason"}, {"case", false}, {"at", false}};

struct Table {
  std::string rows;  // "line:cell|cell;"
  std::optional<Error> error;
};

Table ReadTable(std::string csv, const ReadOptions& options = {}) {
  Table table;
  auto reader =
      OpenTableReader(std::make_unique<StringSource>(std::move(csv)), "in", kBanColumns, options);
  if (!reader) return {"", reader.error()};
  while (true) {
    const auto more = (*reader)->Next();
    if (!more) table.error = more.error();
    if (!more || !*more) return table;
    table.rows += std::to_string((*reader)->line()) + ":";
    for (std::size_t i = 0; i < std::size(kBanColumns); ++i) {
      table.rows += (*reader)->Has(i) ? std::string((*reader)->Get(i)) : "-";
      table.rows += i + 1 < std::size(kBanColumns) ? "|" : ";";
    }
  }
}

TEST_SUITE("table reader") {
  TEST_CASE("CellsAreFoundByName") {
    const Table table = ReadTable("seller, reason ,other,platform,at\ns,r,x,p,t\ns2,,x,p2,\n");
    CHECK_FALSE(table.error.has_value());
    CHECK(table.rows == "2:p|s|r|-|t;3:p2|s2||-|;");
  }

  TEST_CASE("ColumnsCanBeMapped") {
    ReadOptions options;
    options.columns = {{"rec_id", "seller"}, {"why", "reason"}};
    const Table table = ReadTable("platform,rec_id,why,seller\np,1,r,not this\n", options);
    CHECK_FALSE(table.error.has_value());
    CHECK(table.rows == "2:p|1|r|-|-;");
  }

  TEST_CASE("ErrorsOfACellNameItsPlace") {
    auto reader =
        OpenTableReader(std::make_unique<StringSource>("platform,seller,reason\np,\"s\n\",r\n"),
                        "in", kBanColumns, {});
    REQUIRE(reader.has_value());
    REQUIRE(*(*reader)->Next());
    CHECK((*reader)->ErrorAt(2, "no such reason").message == "in:3:3: no such reason");
    CHECK((*reader)->ErrorAt(4, "no time").message == "in:2:1: no time");
  }

  struct BadTable {
    std::string_view name, csv, message;
  };
  constexpr BadTable kBadTables[] = {
      {"empty", "", "in:1:1: the file is empty"},
      {"header alone", "platform,seller,reason\n", "in:2:1: no rows"},
      {"missing column", "platform,seller\np,s\n", "in:1:1: the header has no column reason; the "},
      {"second column", "platform,seller,reason,seller\n", "in:1:24: a second column seller"},
      {"short row", "platform,seller,reason\np,s,r\np,s\n",
       "in:3:1: the row has 2 fields and the header 3"},
      {"long row", "platform,seller,reason\np,s,r,x\n", "in:2:1: the row has 4 fields"},
      {"stray quote", "platform,seller,reason\np,s,r\"\n", "in:2:6: a quote inside"},
      {"open quote", "platform,seller,reason\np,s,\"r\n", "in:2:5: the quoted field"},
      {"not UTF-8", "platform,seller,reason\np,s\xff,r\n", "in:2:3: the cell is not UTF-8"},
      {"control character in the header", "platform,seller,rea\x01son\n", "in:1:17: the name"},
      {"lone CRs for newlines", "platform,seller,reason\rp,s,r\r", "in:1:17: the name"},
      {"quote in the header", "platform,sel\"ler\n", "in:1:13: the header cannot be read"},
  };

  TEST_CASE("BadTablesAreRefusedByPlace") {
    for (const BadTable& bad : kBadTables) {
      CAPTURE(bad.name);
      const Table table = ReadTable(std::string(bad.csv));
      REQUIRE(table.error.has_value());
      CHECK(table.error->code == Code::kInvalidArgument);
      CAPTURE(table.error->message);
      CHECK(table.error->message.starts_with(bad.message));
    }
    using namespace std::string_literals;
    CHECK(ReadTable("platform,seller,reason\np,s\0,r\n"s).error->message ==
          "in:2:3: the cell holds a NUL byte");
    ReadOptions options;
    options.max_record_bytes = 30;
    CHECK(
        ReadTable("platform,seller,reason\np,s," + std::string(30, 'r'), options).error->message ==
        "in:2:1: longer than 30 bytes, the limit for one record");
  }

  TEST_CASE("MappingsMustLeadFromAColumnToAUse") {
    ReadOptions options;
    options.columns = {{"x", "entity"}};
    CHECK(ReadTable("x,platform,seller,reason\n", options).error->message ==
          "mapping of column \"x\": in has no use for \"entity\"");
    options.columns = {{"x", "reason"}};
    CHECK(ReadTable("platform,seller,reason\n", options).error->message ==
          "in:1:1: the header has no column \"x\", which is mapped to reason");
  }

  TEST_CASE("FilesThatAreMissingAreNotFound") {
    const auto reader = TableReader::Open("no/such/table.csv", kBanColumns);
    REQUIRE_FALSE(reader.has_value());
    CHECK(reader.error().code == Code::kNotFound);
  }
}

TEST_SUITE("csv writer") {
  std::string Row(std::initializer_list<std::string_view> cells) {
    std::string out;
    AppendCsvRow(out, cells);
    return out;
  }

  TEST_CASE("CellsAreQuotedWhereNeeded") {
    CHECK(Row({"a", "", "b c"}) == "a,,b c\n");
    CHECK(Row({"a,b", "c\"d", "e\nf", "g\r"}) == "\"a,b\",\"c\"\"d\",\"e\nf\",\"g\r\"\n");
    CHECK(Row({" a", "b "}) == "\" a\",\"b \"\n");
    CHECK(Row({""}) == "\"\"\n");
  }

  TEST_CASE("TheReaderGivesBackWhatTheWriterTook") {
    const std::initializer_list<std::string_view> cells = {"", "a", "\"", "x\r", "a,\"b\"\r\nc",
                                                           " "};
    Input input(std::make_unique<StringSource>(Row(cells) + Row({""})));
    CsvReader reader(input, "in");
    REQUIRE(*reader.Next() == CsvRow::kRow);
    REQUIRE(reader.size() == cells.size());
    for (std::size_t i = 0; i < cells.size(); ++i) CHECK(reader.field(i) == cells.begin()[i]);
    REQUIRE(*reader.Next() == CsvRow::kRow);
    CHECK(reader.field(0).empty());
  }

  TEST_CASE("WhatASpreadsheetWouldRunGetsAnApostrophe") {
    const struct {
      const char* cell;
      const char* written;
    } kCells[] = {
        {"=1+1", "'=1+1"},
        {"@SUM(1)", "'@SUM(1)"},
        {"+49 170 1234567", "'+49 170 1234567"},
        {"-2+3", "'-2+3"},
        {"-cmd|' /C calc'!A0", "'-cmd|' /C calc'!A0"},
        {"=HYPERLINK(\"http://x\",\"y\")", "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\""},
        {"\t=1", "'\t=1"},
        {"\r=1", "\"'\r=1\""},
        {"\uff1d1+1", "'\uff1d1+1"},
        {"-", "'-"},
        {"-12.5", "-12.5"},
        {"-7", "-7"},
        {"12", "12"},
        {"a=b", "a=b"},
        {"'=1", "'=1"},
    };
    for (const auto& [cell, written] : kCells)
      CHECK(Row({"x", cell}) == "x," + std::string(written) + "\n");
  }

  TEST_CASE("RejectsShowValuesOnlyWhenAsked") {
    const Reject reject{"in", 3, 0, "attributes[0].value", "pay.iban", "bad, indeed", "secret"};
    std::string out;
    AppendRejectHeader(out, RejectValues::kHidden);
    AppendReject(out, reject, RejectValues::kHidden);
    CHECK(out ==
          "file,line,column,field,kind,reason\n"
          "in,3,,attributes[0].value,pay.iban,\"bad, indeed\"\n");
    out.clear();
    AppendRejectHeader(out, RejectValues::kShown);
    AppendReject(out, reject, RejectValues::kShown);
    CHECK(out ==
          "file,line,column,field,kind,reason,value\n"
          "in,3,,attributes[0].value,pay.iban,\"bad, indeed\",secret\n");
  }
}

}  // namespace
}  // namespace revenant
