#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "records/sources.h"

namespace revenant {
namespace {

using namespace std::string_literals;

// A record in one line, for comparison: "platform:seller status @time source [kind@XX=value ...]".
std::string Show(const Record& record) {
  std::string out = record.seller.ToString() + " " + std::string(StatusName(record.status));
  if (record.seen.known()) out += " @" + FormatTime(record.seen);
  if (!record.source.empty()) out += " from " + record.source;
  for (const RawAttribute& attribute : record.attributes) {
    out += " " + attribute.kind + (attribute.country.empty() ? "" : "@") + attribute.country + "=" +
           attribute.value;
  }
  return out;
}

std::string Show(const ReadAll& all) {
  std::string out;
  for (const Record& record : all.records) out += Show(record) + ";";
  return out;
}

// "line:column:field:kind: reason" of each, without the reasons' details.
std::string ShowRejects(const ReadAll& all) {
  std::string out;
  for (const Reject& reject : all.rejects) {
    out += std::to_string(reject.line) + ":" + std::to_string(reject.column) + ":" + reject.field +
           ":" + reject.kind + ": " + reject.reason + ";";
  }
  return out;
}

ReadOptions OnPlatform(std::string platform) {
  ReadOptions options;
  options.platform = std::move(platform);
  return options;
}

TEST_SUITE("csv records") {
  TEST_CASE("EveryColumnOfTheContractIsRead") {
    const ReadAll all = ReadRecords(
        "platform,seller,seen,source,status,pay.iban,pay.iban#2,contact.phone@US,note\n"
        "shop-eu,S-1042,2026-03-01T10:00:00Z,kyc,applicant,DE89 3704,,(650) 253-0000,hello\n"
        "shop-eu,S-2,,,active,,X,,\n"
        "shop-eu,S-2,,,,,,,\n");
    CHECK_FALSE(all.error.has_value());
    CHECK(Show(all) ==
          "shop-eu:S-1042 applicant @2026-03-01T10:00:00Z from kyc pay.iban=DE89 3704 "
          "contact.phone@US=(650) 253-0000;"
          "shop-eu:S-2 active pay.iban=X;shop-eu:S-2 active;");
    CHECK(all.rejects.empty());
    CHECK(all.unmapped == std::vector<std::string>{"note"});
    REQUIRE(all.inputs[0].places.size() == 2);
    CHECK(all.inputs[0].places[0].field == "pay.iban");
    CHECK(all.inputs[0].places[0].line == 2);
    CHECK(all.inputs[0].places[0].column == 51);
    CHECK(all.inputs[0].places[1].field == "contact.phone@US");
  }

  TEST_CASE("HeaderNamesLoseTheirBlanksAndCellsKeepThem") {
    const ReadAll all = ReadRecords("seller, pay.iban , custom.id\nS1, a, \n", OnPlatform("p"));
    CHECK(Show(all) == "p:S1 active pay.iban= a custom.id= ;");
  }

  TEST_CASE("AColumnIsLeftOutIfTheUserSaysSo") {
    ReadOptions options = OnPlatform("p");
    options.columns = {{"status", "-"}, {"note", "-"}};
    const ReadAll all = ReadRecords("seller,status,note,pay.iban\nS1,closed,x,A\n", options);
    CHECK(Show(all) == "p:S1 active pay.iban=A;");
    CHECK(all.unmapped.empty());
    CHECK(all.rejects.empty());
    const ReadAll lines =
        ReadRecords(R"({"seller":"S1","status":"closed","note":"x","pay.iban":"A"})"
                    "\n",
                    options);
    CHECK(Show(lines) == "p:S1 active pay.iban=A;");
    CHECK(lines.unmapped.empty());
    options.columns = {};
    CHECK(Show(ReadRecords("seller,status,pay.iban\nS1,Applicant,A\nS2,ACTIVE,B\n", options)) ==
          "p:S1 applicant pay.iban=A;p:S2 active pay.iban=B;");
  }

  TEST_CASE("ColumnsAreMappedAndPlatformsFilledIn") {
    ReadOptions options = OnPlatform("febrl");
    options.columns = {{"rec_id", "seller"}, {"iban", "pay.iban#2"}, {"tel", "contact.phone@GB"}};
    const ReadAll all =
        ReadRecords("rec_id,seller,iban,tel,platform\n1,Jane,A,B,\n2,Joe,C,D,other\n", options);
    CHECK_FALSE(all.error.has_value());
    CHECK(Show(all) ==
          "febrl:1 active pay.iban=A contact.phone@GB=B;other:2 active pay.iban=C "
          "contact.phone@GB=D;");
    CHECK(all.unmapped == std::vector<std::string>{"seller"});
  }

  TEST_CASE("ColumnsWithoutAUseMayRepeatOrLackAName") {
    const ReadAll all = ReadRecords("seller,note,note,,PAY.IBAN\n1,a,b,c,d\n", OnPlatform("p"));
    CHECK_FALSE(all.error.has_value());
    CHECK(all.unmapped ==
          std::vector<std::string>{"note", "(column 4, without a name)", "PAY.IBAN"});
  }

  struct BadHeader {
    std::string_view name, csv, message;
  };
  constexpr BadHeader kBadHeaders[] = {
      {"empty file", "", "in:1:1: the file is empty"},
      {"blank lines alone", "\n \n\n", "in:1:1: the file is empty"},
      {"no seller", "\n platform,pay.iban\n", "in:2:2: the header has no column seller"},
      {"no platform", "seller,pay.iban\n", "in:1:1: the header has no column platform"},
      {"two sellers", "platform,seller,seller\n", "in:1:17: a second column seller"},
      {"two of a kind", "platform,seller,pay.iban,pay.iban\n",
       "in:1:26: a second column pay.iban; name it pay.iban#2"},
      {"no rows", "platform,seller\n", "in:2:1: no rows follow the header"},
      {"no rows and no newline", "platform,seller", "in:1:16: no rows follow the header"},
      {"not UTF-8", "platform,seller,n\xe9\n", "in:1:17: the name of this column is not UTF-8"},
      {"bad quotes", "platform,\"seller\"x\n", "in:1:18: the header cannot be read"},
      {"a JSON array", "[{\"platform\":1}]", "in:1:1: this looks like one JSON array"},
      {"UTF-32", std::string_view("\xff\xfe\0\0", 4), "in: the text is UTF-32"},
      {"half a character of UTF-16", "\xff\xfep", "in:1:1: the name of this column is not UTF-8"},
  };

  TEST_CASE("BadHeadersAreRefusedByPlace") {
    for (const BadHeader& bad : kBadHeaders) {
      CAPTURE(bad.name);
      const ReadAll all = ReadRecords(std::string(bad.csv));
      REQUIRE(all.error.has_value());
      CHECK(all.error->code == Code::kInvalidArgument);
      CAPTURE(all.error->message);
      CHECK(all.error->message.starts_with(bad.message));
    }
    CHECK(ReadRecords("platform,seller\0x\n"s)
              .error->message.starts_with("in:1:10: the name of this column holds a NUL byte"));
  }

  TEST_CASE("ARowOfDataForAHeaderIsNotQuotedInTheError") {
    const ReadAll all = ReadRecords("shop,S-1,SECRET,SECRET\n");
    REQUIRE(all.error.has_value());
    CHECK(all.error->message.find("SECRET") == std::string::npos);
  }

  TEST_CASE("BadMappingsAreRefused") {
    const auto error = [](ReadOptions options, std::string_view header) {
      const ReadAll all = ReadRecords(std::string(header), options);
      return all.error ? all.error->message : "none";
    };
    ReadOptions options;
    options.columns = {{"iban", "pay.ibann"}};
    CHECK(error(options, "platform,seller,iban\n").starts_with("mapping of column \"iban\": "));
    options.columns = {{"iban", "pay.iban"}};
    CHECK(error(options, "platform,seller\n") ==
          "in:1:1: the header has no column \"iban\", which is mapped to pay.iban");
    options.columns = {{"a", "pay.iban"}, {"b", "pay.iban"}};
    CHECK(error(options, "a,b\n").find("name the second one pay.iban#2") != std::string::npos);
    CHECK(error(OnPlatform("a b"), "seller\n") == "seller name: the platform holds white space");
  }

  struct BadRow {
    std::string_view name, row, reject;
  };
  constexpr BadRow kBadRows[] = {
      {"no platform", ",S1,,,,A", "2:1:platform:: no platform is given;"},
      {"no seller", "p,,,,,A", "2:3:seller:: no seller is given;"},
      {"a platform with a colon", "p:q,S1,,,,A",
       "2:1:platform:: seller name: the platform holds a colon;"},
      {"a seller with a control character", "p,S\t1,,,,A",
       "2:3:seller:: seller name: the external id holds a control character;"},
      {"a status that is none", "p,S1,,,mentioned,A",
       "2:8:status:: status is neither active nor applicant; --map COLUMN=- leaves a column out;"},
      {"a seller that a spreadsheet shortened", "p,1.23457E+11,,,,A",
       "2:3:seller:: seller is a number that a spreadsheet shortened"},
      {"a source with a control character", "p,S1,,a\x02,,A",
       "2:7:source:: source holds a control character;"},
      {"too few fields", "p,S1,,,", "2:0::: the row has 5 fields and the header 6;"},
      {"too many fields", "p,S1,,,,A,", "2:0::: the row has 7 fields and the header 6;"},
      {"a stray quote", "p,S1,,,,A\"", "2:10::: a quote inside an unquoted field"},
      {"not UTF-8", "p,S1\xff,,,,A", "2:3:seller:: is not UTF-8;"},
      {"UTF-8 cut by a comma", "p,S1,,,\xc3,\xa9", "2:8:status:: is not UTF-8;"},
  };

  TEST_CASE("ATimeThatCannotBeReadLeavesTheRecordUndated") {
    struct Case {
      std::string_view name, row, reject;
    };
    const Case csv[] = {
        {"no time", "p,S1,yesterday,A", "2:6:seen:: not a time that can be read: "},
        {"no such date", "p,S1,2026-02-30,A", "2:6:seen:: "},
        {"not UTF-8", "p,S1,2026\xff,A", "2:6:seen:: is not UTF-8"},
    };
    for (const Case& one : csv) {
      CAPTURE(one.name);
      const ReadAll all = ReadRecords("platform,seller,seen,pay.iban\n" + std::string(one.row) +
                                      "\np,good,2026-01-01,B\n");
      CHECK(Show(all) == "p:S1 active pay.iban=A;p:good active @2026-01-01T00:00:00Z pay.iban=B;");
      REQUIRE(all.rejects.size() == 1);
      const std::string rejects = ShowRejects(all);
      CAPTURE(rejects);
      CHECK(rejects.starts_with(one.reject));
      CHECK(rejects.find("the record counts as undated;") != std::string::npos);
      CHECK(all.rejects[0].value.empty());
    }
    const Case json[] = {
        {"no time", R"({"seller":"a","seen":"yesterday","pay.iban":"A"})",
         "1:0:seen:: not a time that can be read: "},
        {"a number", R"({"seller":"a","seen":20260101,"pay.iban":"A"})",
         "1:0:seen:: must be a string"},
        {"a NUL", R"({"seller":"a","seen":"2026\u0000","pay.iban":"A"})", "1:0:seen:: "},
    };
    for (const Case& one : json) {
      CAPTURE(one.name);
      const ReadAll all = ReadRecords(std::string(one.row) + "\n", OnPlatform("p"));
      CHECK(Show(all) == "p:a active pay.iban=A;");
      const std::string rejects = ShowRejects(all);
      CAPTURE(rejects);
      CHECK(all.rejects.size() == 1);
      CHECK(rejects.starts_with(one.reject));
    }
  }

  TEST_CASE("BadRowsAreRefusedAndTheRestCounts") {
    for (const BadRow& bad : kBadRows) {
      CAPTURE(bad.name);
      const ReadAll all = ReadRecords("platform,seller,seen,source,status,pay.iban\n" +
                                      std::string(bad.row) + "\np,good,,,,B\n");
      CHECK_FALSE(all.error.has_value());
      CHECK(Show(all) == "p:good active pay.iban=B;");
      const std::string rejects = ShowRejects(all);
      CAPTURE(rejects);
      CHECK(rejects.starts_with(bad.reject));
      REQUIRE(all.rejects.size() == 1);
      CHECK(all.rejects[0].value.empty());
      CHECK(all.inputs.size() == 2);
      CHECK_FALSE(all.inputs[0].usable);
    }
    const ReadAll nul = ReadRecords("platform,seller,note\np,a\0,x\np,b,\0\n"s);
    CHECK(ShowRejects(nul) == "2:3:seller:: holds a NUL byte;");
    CHECK(Show(nul) == "p:b active;");
    const ReadAll source =
        ReadRecords("platform,seller,source\np,a," + std::string(513, 's') + "\n");
    CHECK(ShowRejects(source) == "2:5:source:: source is longer than 512 bytes;");
  }

  TEST_CASE("ValuesStandInRejectsOnlyWhenAsked") {
    ReadOptions options;
    options.keep_values = true;
    const ReadAll all = ReadRecords("platform,seller,seen\np,a,never\n", options);
    REQUIRE(all.rejects.size() == 1);
    CHECK(all.rejects[0].value == "never");
  }

  TEST_CASE("LaterRejectsOfAnAttributeNameItsPlace") {
    const ReadAll all = ReadRecords("platform,seller,pay.iban#2\np,a,X\n");
    const Reject reject = RejectAttribute("in", all.inputs[0], 0, "check digits differ");
    CHECK(reject.line == 2);
    CHECK(reject.column == 5);
    CHECK(reject.field == "pay.iban#2");
    CHECK(reject.kind == "pay.iban");
    CHECK(reject.value.empty());
  }
}

TEST_SUITE("json records") {
  TEST_CASE("TheRecordOfTheContractIsRead") {
    const ReadAll all = ReadRecords(
        R"({"platform":"shop-eu","seller":"S-1042","seen":"2026-03-01T10:00:00Z","attributes":[{"kind":"pay.iban","value":"DE89 3704 0044 0532 0130 00"},{"kind":"contact.phone","country":"US","value":"(650) 253-0000"}]})"
        "\n");
    CHECK_FALSE(all.error.has_value());
    CHECK(Show(all) ==
          "shop-eu:S-1042 active @2026-03-01T10:00:00Z pay.iban=DE89 3704 0044 0532 0130 00 "
          "contact.phone@US=(650) 253-0000;");
    REQUIRE(all.inputs[0].places.size() == 2);
    CHECK(all.inputs[0].places[1].field == "attributes[1].value");
    CHECK(all.inputs[0].places[1].line == 1);
    CHECK(all.inputs[0].places[1].column == 0);
  }

  struct JsonCase {
    std::string_view name, line, records, rejects;
  };
  constexpr JsonCase kJsonCases[] = {
      {"all fields", R"({"status":"applicant","source":"kyc","seller":"a","platform":"q"})",
       "q:a applicant from kyc;", ""},
      {"no attributes", R"({"seller":"a"})", "p:a active;", ""},
      {"nulls are as good as absent",
       R"({"platform":null,"seller":"a","seen":null,"source":null,"status":null,"attributes":null})",
       "p:a active;", ""},
      {"empty attributes", R"({"seller":"a","attributes":[]})", "p:a active;", ""},
      {"empty and null values are none",
       R"({"seller":"a","attributes":[{"kind":"pay.iban","value":""},{"kind":"pay.iban","value":null}]})",
       "p:a active;", ""},
      {"escapes", R"({"seller":"\u00e9\"","attributes":[{"kind":"custom.x","value":"a\nb"}]})",
       "p:\xc3\xa9\" active custom.x=a\nb;", ""},
      {"a kind as a field of its own", R"({"seller":"a","pay.iban":"X","contact.phone@GB":"Y"})",
       "p:a active pay.iban=X contact.phone@GB=Y;", ""},
      {"kinds are judged later", R"({"seller":"a","attributes":[{"kind":"no.such","value":"X"}]})",
       "p:a active no.such=X;", ""},
      {"unknown fields of any shape",
       R"({"x":{"seller":"b","y":[1,{"z":2}]},"seller":"a","w":[[],{}],"v":1.5})", "p:a active;",
       ""},
      {"a missing kind leaves the rest",
       R"({"seller":"a","attributes":[{"value":"X"},{"kind":"pay.iban","value":"Y"}]})",
       "p:a active pay.iban=Y;", "1:0:attributes[0].kind:: is missing;"},
      {"a kind that cannot be shown",
       R"({"seller":"a","attributes":[{"kind":"a\u001b[2J","value":"X"}]})", "p:a active;",
       "1:0:attributes[0].kind:: is not the name of a kind (and not shown: it may be a value);"},
      {"a missing value", R"({"seller":"a","attributes":[{"kind":"pay.iban"}]})", "p:a active;",
       "1:0:attributes[0].value:pay.iban: is missing;"},
      {"a number for a value", R"({"seller":"a","attributes":[{"value":42,"kind":"pay.pan"}]})",
       "p:a active;", "1:0:attributes[0].value:pay.pan: must be a string"},
      {"a number for a country",
       R"({"seller":"a","attributes":[{"kind":"pay.iban","country":49,"value":"X"}]})",
       "p:a active;", "1:0:attributes[0].country:pay.iban: must be a string"},
      {"an object for a value",
       R"({"seller":"a","attributes":[{"kind":"pay.iban","value":{"kind":"b","value":"c"}}]})",
       "p:a active;", "1:0:attributes[0].value:pay.iban: must be a string"},
      {"a value given twice",
       R"({"seller":"a","attributes":[{"kind":"pay.iban","value":"X","value":"Y"}]})",
       "p:a active;", "1:0:attributes[0].value:pay.iban: is given twice;"},
      {"attributes that are no objects",
       R"({"seller":"a","attributes":["X",[{"kind":"a"}],{"kind":"pay.iban","value":"Y"},7]})",
       "p:a active pay.iban=Y;",
       "1:0:attributes[0]:: must be an object with kind and value;"
       "1:0:attributes[1]:: must be an object with kind and value;"
       "1:0:attributes[3]:: must be an object with kind and value;"},
      {"attributes that are no list", R"({"seller":"a","attributes":{"kind":"b","value":"c"}})",
       "p:a active;", "1:0:attributes:: must be a list of objects;"},
      {"an escaped NUL in a value",
       R"({"seller":"a","attributes":[{"kind":"pay.iban","value":"X\u0000"}]})", "p:a active;",
       "1:0:attributes[0].value:pay.iban: holds a NUL character;"},
      {"a kind of its own as a list", R"({"seller":"a","pay.iban":["X"]})", "p:a active;",
       "1:0:pay.iban:pay.iban: must be a string"},
      // Refused whole.
      {"no seller", R"({"platform":"q"})", "", "1:0:seller:: no seller is given;"},
      {"an escaped NUL in a name", R"({"seller":"a\u0000"})", "",
       "1:0:seller:: seller name: the external id holds a control character;"},
      {"a number for a seller", R"({"seller":1042})", "", "1:0:seller:: must be a string"},
      {"an object for a platform", R"({"seller":"a","platform":{}})", "",
       "1:0:platform:: must be a string"},
      {"a seller given twice", R"({"seller":"a","seller":"b"})", "",
       "1:0:seller:: is given twice;"},
      {"attributes given twice", R"({"seller":"a","attributes":[],"attributes":[]})", "",
       "1:0:attributes:: is given twice;"},
      {"a bad time", R"({"seller":"a","seen":"now"})", "p:a active;",
       "1:0:seen:: not a time that can be read"},
      {"a bad status drops the lesser complaints",
       R"({"seller":"a","attributes":[1],"seen":"now","status":"closed"})", "",
       "1:0:status:: status is neither active nor applicant"},
      {"a bad status", R"({"seller":"a","status":"closed"})", "",
       "1:0:status:: status is neither active nor applicant; --map COLUMN=- leaves a column out;"},
      {"not an object", "7", "", "1:0::: not a JSON object; each line is one;"},
      {"a list", R"([{"seller":"a"}])", "", "1:0::: not a JSON object; each line is one;"},
      {"not JSON", R"({"seller":"a",})", "", "1:15::: not valid JSON here"},
      {"cut off", R"({"seller":"a)", "", "1:13::: not valid JSON here"},
      {"two objects", R"({"seller":"a"} {"seller":"b"})", "", "1:16::: not valid JSON here"},
      {"a lone surrogate", R"({"seller":"\ud800"})", "", "1:0:seller:: is not UTF-8;"},
      {"a number out of range", R"({"seller":"a","x":1e999})", "", "1:23::: not valid JSON here"},
      {"not UTF-8", "{\"seller\":\"a\xff\"}", "", "1:0:seller:: is not UTF-8;"},
      {"not UTF-8 outside a string", "{\"seller\":\"a\"\xff}", "", "1:14::: is not UTF-8;"},
  };

  TEST_CASE("LinesAreReadOrRefusedByName") {
    ReadOptions options = OnPlatform("p");
    options.format = RecordFormat::kJsonLines;
    for (const JsonCase& c : kJsonCases) {
      CAPTURE(c.name);
      const ReadAll all = ReadRecords(std::string(c.line) + "\n\n{\"seller\":\"next\"}\n", options);
      CHECK_FALSE(all.error.has_value());
      CHECK(Show(all) == std::string(c.records) + "p:next active;");
      const std::string rejects = ShowRejects(all);
      CAPTURE(rejects);
      if (c.rejects.empty()) CHECK(rejects.empty());
      CHECK(rejects.starts_with(c.rejects));
      CHECK(all.inputs.size() == 2);
      CHECK(all.inputs[1].line == 3);
      if (c.records.empty()) CHECK(all.rejects.size() == 1);
    }
    const ReadAll nul = ReadRecords("{\"seller\":\"a\"}\0x\n{\"seller\":\"b\"}"s, options);
    CHECK(Show(nul) == "p:b active;");
    CHECK(ShowRejects(nul) == "1:15::: holds a NUL byte;");
  }

  TEST_CASE("AByteOrderMarkBlankLinesAndCrlfAreNoMatter") {
    const ReadAll all = ReadRecords(
        "\xef\xbb\xbf\r\n  {\"seller\":\"a\"}\r\n \t\r\n{\"seller\":\"b\"}\r\n", OnPlatform("p"));
    CHECK_FALSE(all.error.has_value());
    CHECK(Show(all) == "p:a active;p:b active;");
    CHECK(all.inputs[1].line == 4);
  }

  TEST_CASE("UnknownFieldsAreNamedOnce") {
    const std::string line = R"({"seller":"a","zip":1,"a\nb":2,"attributes":[{"note":3}]})";
    const ReadAll all = ReadRecords(line + "\n" + line + "\n", OnPlatform("p"));
    CHECK(all.unmapped == std::vector<std::string>{"zip", "a?b", "attributes[].note"});
    std::string many;
    for (int i = 0; i < 500; ++i) many += "{\"seller\":\"a\",\"f" + std::to_string(i) + "\":1}\n";
    CHECK(ReadRecords(many, OnPlatform("p")).unmapped.size() == 100);
  }

  TEST_CASE("FieldsCanBeMapped") {
    ReadOptions options = OnPlatform("p");
    options.columns = {{"id", "seller"}, {"iban", "pay.iban"}};
    const ReadAll all = ReadRecords(R"({"id":"1","iban":"X","seller":"Jane"})", options);
    CHECK(Show(all) == "p:1 active pay.iban=X;");
    CHECK(all.unmapped == std::vector<std::string>{"seller"});
  }

  TEST_CASE("NoPlatformIsARejectOfTheRecord") {
    const ReadAll all = ReadRecords(R"({"seller":"a"})");
    CHECK(ShowRejects(all) == "1:0:platform:: no platform is given;");
  }

  TEST_CASE("AFileWithoutARecordIsAnError") {
    ReadOptions options;
    options.format = RecordFormat::kJsonLines;
    CHECK(ReadRecords("\n\n", options).error->message == "in:3:1: the file holds no record");
  }

  TEST_CASE("TooManyAttributesRefuseTheRecord") {
    const auto line = [](std::size_t count, std::string_view attribute) {
      std::string text = "{\"seller\":\"a\",\"attributes\":[";
      for (std::size_t i = 0; i < count; ++i) text.append(i == 0 ? "" : ",").append(attribute);
      return text + "]}\n";
    };
    for (const std::string_view attribute : {R"({"kind":"pay.iban","value":"X"})", "1", "{}"}) {
      CAPTURE(attribute);
      CHECK(ReadRecords(line(kMaxAttributes, attribute), OnPlatform("p")).records.size() == 1);
      const ReadAll over = ReadRecords(line(kMaxAttributes + 1, attribute), OnPlatform("p"));
      CHECK(ShowRejects(over) == "1:0:attributes:: more than 16384 attributes in one record;");
    }
  }
}

TEST_SUITE("record reader") {
  const std::string kCsv = "platform,seller,pay.iban\np,a,1\np,b\np,c,3\n\np,d,\"4\n\"\np,e,5\n";
  const std::string kJson =
      "{\"platform\":\"p\",\"seller\":\"a\"}\n\n{\"bad\n{\"platform\":\"p\",\"seller\":\"c\"}\n"
      "{\"platform\":\"p\",\"seller\":\"d\"}\n{\"platform\":\"p\",\"seller\":\"e\"}";

  TEST_CASE("PiecesOfAnySizeGiveTheSameRecords") {
    for (const std::string& text : {kCsv, kJson}) {
      const ReadAll whole = ReadRecords(text);
      REQUIRE(whole.records.size() == 4);
      for (const std::size_t piece : {1, 2, 3, 5, 8}) {
        const ReadAll pieces = ReadRecords(text, {}, piece);
        CHECK(Show(pieces) == Show(whole));
        CHECK(ShowRejects(pieces) == ShowRejects(whole));
      }
    }
  }

  TEST_CASE("SkippingGoesOnWhereReadingStopped") {
    for (const std::string& text : {kCsv, kJson}) {
      const ReadAll whole = ReadRecords(text);
      REQUIRE(whole.inputs.size() == 5);
      for (std::size_t skipped = 0; skipped <= whole.inputs.size(); ++skipped) {
        auto reader = OpenRecordReader(std::make_unique<StringSource>(text), "in", {});
        REQUIRE(reader.has_value());
        REQUIRE((*reader)->SkipRecords(skipped).has_value());
        CHECK((*reader)->position() == skipped);
        InputRecord input;
        for (std::size_t i = skipped; i < whole.inputs.size(); ++i) {
          REQUIRE(*(*reader)->Next(input));
          CHECK(input.line == whole.inputs[i].line);
          CHECK(input.usable == whole.inputs[i].usable);
          if (input.usable) CHECK(Show(input.record) == Show(whole.inputs[i].record));
          CHECK((*reader)->position() == i + 1);
        }
        CHECK_FALSE(*(*reader)->Next(input));
        CHECK((*reader)->position() == whole.inputs.size());
      }
      auto reader = OpenRecordReader(std::make_unique<StringSource>(text), "in", {});
      const auto skip = (*reader)->SkipRecords(6);
      REQUIRE_FALSE(skip.has_value());
      CHECK(skip.error().message.starts_with("in: only 5 records"));
    }
  }

  TEST_CASE("TheFormatIsSniffedOrSaid") {
    const auto format = [](std::string text, RecordFormat asked) {
      ReadOptions options;
      options.format = asked;
      auto reader = OpenRecordReader(std::make_unique<StringSource>(text), "in", options);
      return reader ? (*reader)->format() : RecordFormat::kAuto;
    };
    CHECK(format(kCsv, RecordFormat::kAuto) == RecordFormat::kCsv);
    CHECK(format("\n \t" + kJson, RecordFormat::kAuto) == RecordFormat::kJsonLines);
    CHECK(format(kCsv, RecordFormat::kJsonLines) == RecordFormat::kJsonLines);
    CHECK(format("{,platform,seller\n", RecordFormat::kCsv) == RecordFormat::kCsv);
  }

  TEST_CASE("CompressedRecordsAreRead") {
    for (const std::string& text : {kCsv, kJson}) {
      const ReadAll whole = ReadRecords(text);
      for (const std::string& bytes :
           {Gzip(text), Zstd(text), Gzip(text.substr(0, 30)) + Gzip(text.substr(30))}) {
        const ReadAll all = ReadRecords(bytes);
        CHECK_FALSE(all.error.has_value());
        CHECK(Show(all) == Show(whole));
      }
    }
  }

  TEST_CASE("CutCompressedInputGivesCompleteRecordsThenTheError") {
    std::string csv = "platform,seller\n";
    std::string json;
    for (int i = 0; i < 20'000; ++i) {
      // Digits that compress badly, so that a cut falls among the records.
      const std::string id = std::to_string(i * 2654435761u) + "-end";
      csv += "p," + id + "\n";
      json += "{\"platform\":\"p\",\"seller\":\"" + id + "\"}\n";
    }
    for (const std::string& text : {csv, json}) {
      const ReadAll whole = ReadRecords(text);
      REQUIRE(whole.records.size() == 20'000);
      for (const std::string& bytes : {Gzip(text), Zstd(text)}) {
        for (const std::size_t cut : {bytes.size() / 2, bytes.size() * 3 / 4, bytes.size() - 1}) {
          const ReadAll all = ReadRecords(bytes.substr(0, cut));
          REQUIRE(all.error.has_value());
          CHECK(all.error->code == Code::kCorruption);
          CHECK(all.error->message.starts_with("in: "));
          CHECK(all.error->message.find("truncated") != std::string::npos);
          CHECK(all.rejects.empty());
          if (cut > bytes.size() / 2) CHECK(all.records.size() > 100);
          for (const Record& record : all.records) {
            REQUIRE(record.seller.external_id.ends_with("-end"));
          }
        }
      }
    }
  }

  TEST_CASE("ErrorsStay") {
    auto reader =
        OpenRecordReader(std::make_unique<StringSource>("platform,seller\np,a\n", SIZE_MAX,
                                                        Error{Code::kIo, "disk"}),
                         "in", {});
    REQUIRE(reader.has_value());
    InputRecord input;
    CHECK(*(*reader)->Next(input));
    for (int i = 0; i < 2; ++i) CHECK((*reader)->Next(input).error().message == "disk");
    CHECK((*reader)->SkipRecords(1).error().message == "disk");
  }

  TEST_CASE("ALongLineIsOneRejectAndCostsNoMemory") {
    constexpr std::uint64_t kTwoGigabytes = std::uint64_t{2} << 30;
    const std::string good = "{\"platform\":\"p\",\"seller\":\"a\"}\n";
    const ReadAll all = ReadRecords(std::make_unique<GeneratedSource>(
        good + "{\"platform\":\"", 'x', kTwoGigabytes, "\"}\n" + good));
    CHECK_FALSE(all.error.has_value());
    CHECK(all.records.size() == 2);
    CHECK(ShowRejects(all) == "2:0::: longer than 16777216 bytes, the limit for one record;");
  }

  TEST_CASE("ManyBlankLinesCostNoMemory") {
    const ReadAll all = ReadRecords(std::make_unique<GeneratedSource>(
        "", '\n', 100'000'000, "{\"platform\":\"p\",\"seller\":\"a\"}"));
    REQUIRE(all.records.size() == 1);
    CHECK(all.inputs[0].line == 100'000'001);
  }

  TEST_CASE("FilesAreNamedInErrors") {
    const auto reader = RecordReader::Open("no/such/file.csv", {});
    REQUIRE_FALSE(reader.has_value());
    CHECK(reader.error().code == Code::kNotFound);
    CHECK(reader.error().message.starts_with("no/such/file.csv: "));
  }
}

}  // namespace
}  // namespace revenant
