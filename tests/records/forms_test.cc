// How people's files are written: separators, encodings, times, words for nothing, bad cells.

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <vector>

#include "records/line_mender.h"
#include "records/sources.h"
#include "revenant/date_format.h"
#include "revenant/name_hints.h"

namespace revenant {
namespace {

using namespace std::string_literals;

ReadOptions OnPlatform(std::string platform = "p") {
  ReadOptions options;
  options.platform = std::move(platform);
  return options;
}

// "seller @time kind=value ...;" of each record.
std::string Show(const ReadAll& all) {
  std::string out;
  for (const Record& record : all.records) {
    out += record.seller.ToString();
    if (record.seen.known()) out += " @" + FormatTime(record.seen);
    for (const RawAttribute& one : record.attributes) out += " " + one.kind + "=" + one.value;
    out += ";";
  }
  return out;
}

std::string ShowRejects(const ReadAll& all) {
  std::string out;
  for (const Reject& reject : all.rejects) {
    out += std::to_string(reject.line) + ":" + std::to_string(reject.column) + ":" + reject.field +
           ":" + reject.kind + ": " + reject.reason.substr(0, reject.reason.find(';')) + ";";
  }
  return out;
}

std::string Utf16(std::u16string_view text, bool big, bool mark) {
  std::string out;
  const auto put = [&](char16_t unit) {
    const char high = static_cast<char>(unit >> 8), low = static_cast<char>(unit & 0xff);
    out += big ? high : low;
    out += big ? low : high;
  };
  if (mark) put(0xfeff);
  for (const char16_t unit : text) put(unit);
  return out;
}

TEST_SUITE("forms") {
  TEST_CASE("TimesOfPeopleAndTheirToolsAreRead") {
    const struct {
      const char* text;
      const char* time;
    } kTimes[] = {
        {"2026-03-01T10:00:00.1Z", "2026-03-01T10:00:00.100000Z"},
        {"2026-03-01T10:00:00.123456Z", "2026-03-01T10:00:00.123456Z"},
        {"2026-03-01T10:00:00.1234567Z", "2026-03-01T10:00:00.123456Z"},
        {"2026-03-01T10:00:00.123456789Z", "2026-03-01T10:00:00.123456Z"},
        {"2026-03-01T10:00:00.9999999+01:00", "2026-03-01T09:00:00.999999Z"},
        {"2026-03-01T10:00:00.000000000000000000001Z", "2026-03-01T10:00:00Z"},
        {"2026-03-01T10:00:00,5Z", "2026-03-01T10:00:00.500000Z"},
        {"2026-01-05 10:00:00", "2026-01-05T10:00:00Z"},
        {"2026-01-05T10:00:00", "2026-01-05T10:00:00Z"},
        {"2026-01-05 10:00", "2026-01-05T10:00:00Z"},
        {"2026-01-05 10:00:00.250", "2026-01-05T10:00:00.250000Z"},
        {"2026-01-05 10:00:00+00", "2026-01-05T10:00:00Z"},
        {"2026-01-05 10:00:00-0330", "2026-01-05T13:30:00Z"},
        {"2026-01-05 10:00:00 UTC", "2026-01-05T10:00:00Z"},
        {"2026-01-05 10:00:00.5 +0100 UTC", "2026-01-05T09:00:00.500000Z"},
        {" 2026-03-01 ", "2026-03-01T00:00:00Z"},
        {"2026-03-01T10:00:00z", "2026-03-01T10:00:00Z"},
        {"2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"},
    };
    for (const auto& [text, time] : kTimes) {
      CAPTURE(std::string(text));
      const Result<Time> read = ReadTime(text);
      REQUIRE(read);
      CHECK(FormatTime(*read) == time);
    }
  }

  TEST_CASE("WhatIsNoTimeSaysWhatToWriteAndIsNotQuoted") {
    const struct {
      const char* text;
      const char* says;
    } kBad[] = {
        {"", "write 2026-03-01T10:00:00Z"},
        {"yesterday", "write 2026-03-01T10:00:00Z"},
        {"07/03/2025", "write 2024-03-07 or 2024-03-07T10:00:00Z"},
        {"7.3.2025", "write 2024-03-07 or 2024-03-07T10:00:00Z"},
        {"07-03-2025", "write 2024-03-07 or 2024-03-07T10:00:00Z"},
        {"07/03/2025 10:30:00", "write 2024-03-07 or 2024-03-07T10:00:00Z"},
        {"45658", "a spreadsheet's day number"},
        {"45658.4375", "a spreadsheet's day number"},
        {"1772359200", "seconds since 1970"},
        {"1772359200000", "milliseconds since 1970"},
        {"20260301", "with its hyphens"},
        {"2026-02-30", "no such date"},
        {"2026-13-01", "no such date"},
        {"0000-01-01", "outside the years"},
        {"2026-04-01T25:00:00Z", "no such time of day"},
        {"2026-04-01T10:00:00.Z", "decimals"},
        {"2026-04-01T10:00:00 Berlin", "offset"},
        {"2026-04-01T10:00:00Zulu", "more text"},
        {"2026-04-01x", "write 2026-03-01T10:00:00Z"},
        {"DE89370400440532013000", "write 2026-03-01T10:00:00Z"},
    };
    for (const auto& [text, says] : kBad) {
      CAPTURE(std::string(text));
      const Result<Time> read = ReadTime(text);
      REQUIRE_FALSE(read);
      CAPTURE(read.error().message);
      CHECK(read.error().message.find(says) != std::string::npos);
      if (*text != '\0') CHECK(read.error().message.find(text) == std::string::npos);
    }
  }

  TEST_CASE("AFormOfTimesDecides") {
    const struct {
      const char* format;
      const char* text;
      const char* time;  // "": refused
    } kForms[] = {
        {"%d/%m/%Y", "07/03/2024", "2024-03-07T00:00:00Z"},
        {"%d/%m/%Y", "7/3/2024", "2024-03-07T00:00:00Z"},
        {"%m/%d/%Y", "07/03/2024", "2024-07-03T00:00:00Z"},
        {"%d.%m.%y %H:%M", "07.03.24 9:05", "2024-03-07T09:05:00Z"},
        {"%d.%m.%y", "07.03.68", "2068-03-07T00:00:00Z"},
        {"%d.%m.%y", "07.03.69", "1969-03-07T00:00:00Z"},
        {"%Y%m%d", "20240307", "2024-03-07T00:00:00Z"},
        {"%d %b %Y %T", "07 mar 2024 01:02:03", "2024-03-07T01:02:03Z"},
        {"%FT%T.%f%z", "2024-03-07T01:02:03.1234567+0200", "2024-03-06T23:02:03.123456Z"},
        {"%D", "12/31/99", "1999-12-31T00:00:00Z"},
        {"%s", "1709769600", "2024-03-07T00:00:00Z"},
        {"%s", "-1", "1969-12-31T23:59:59Z"},
        {"%d%%%m%%%Y", "07%03%2024", "2024-03-07T00:00:00Z"},
        {"%d/%m/%Y", "31/02/2024", ""},
        {"%d/%m/%Y", "13/13/2024", ""},
        {"%d/%m/%Y", "2024-03-07", ""},
        {"%d/%m/%Y", "07/03/2024x", ""},
        {"%d/%m/%Y", "07/03/24", ""},
        {"%s", "999999999999", ""},
        {"%s", "x", ""},
        {"%s", "", ""},
    };
    for (const auto& [format, text, time] : kForms) {
      CAPTURE(std::string(format));
      CAPTURE(std::string(text));
      const Result<DateFormat> made = DateFormat::Create(format);
      REQUIRE(made);
      const Result<Time> read = made->Parse(text);
      CHECK((read ? FormatTime(*read) : "") == time);
    }
    for (const char* bad : {"%d/%m", "%Y", "%q/%d/%m/%Y", "%d/%m/%Y%", ""}) {
      CHECK_FALSE(DateFormat::Create(bad));
    }
    ReadOptions options = OnPlatform();
    options.date_format = "%d/%m/%Y";
    CHECK(Show(ReadRecords("seller,seen\na,07/03/2024\n", options)) ==
          "p:a @2024-03-07T00:00:00Z;");
    CHECK(Show(ReadRecords(R"({"seller":"a","seen":"07/03/2024"})", options)) ==
          "p:a @2024-03-07T00:00:00Z;");
    options.date_format = "%d/%m";
    CHECK(ReadRecords("seller\na\n", options).error->message.find("date format") == 0);
  }

  TEST_CASE("SeparatorsAreFoundAndSaid") {
    const struct {
      const char* text;
      const char* records;
      const char* found;
    } kFiles[] = {
        {"platform,seller,pay.iban\np,a,X\n", "p:a pay.iban=X;", ""},
        {"platform;seller;pay.iban;contact.name\np;a;X;Roe, Jane\n",
         "p:a pay.iban=X contact.name=Roe, Jane;", "';' between the columns"},
        {"platform\tseller\tpay.iban\np\ta\tX\n", "p:a pay.iban=X;", "tabs between the columns"},
        {"platform|seller|pay.iban\np|a|X\n", "p:a pay.iban=X;", "'|' between the columns"},
        {"sep=;\r\nplatform;seller;pay.iban\r\np;a;X\r\n", "p:a pay.iban=X;", "a first line sep=;"},
        {"sep=,\nplatform,seller,pay.iban\np,a,X\n", "p:a pay.iban=X;", "a first line sep=,"},
        {"\"sep=;\"\nplatform;seller\np;a\n", "p:a;", "a first line sep=;"},
        {"SEP=\t\nplatform\tseller\np\ta\n", "p:a;", "a first line sep=(tab)"},
        {"\xef\xbb\xbfplatform;seller\np;a\n", "p:a;",
         "a UTF-8 byte order mark+';' between the columns"},
        {"\"platform\";\"seller\";\"a,b,c,d\"\np;a;x\n", "p:a;", "';' between the columns"},
        {"seller;platform;\"x,y,z,w,v\"\na;p;\"1\n2\"\n", "p:a;", "';' between the columns"},
        {"seller\na;b\n", "p:a;b;", ""},
        {"seller\na,b\n", "", ""},
    };
    for (const auto& [text, records, found] : kFiles) {
      CAPTURE(std::string(text));
      for (const std::size_t piece : {std::size_t{1}, SIZE_MAX}) {
        auto reader =
            OpenRecordReader(std::make_unique<StringSource>(text, piece), "in", OnPlatform());
        REQUIRE(reader);
        std::string said;
        for (const std::string& one : (*reader)->found()) said += (said.empty() ? "" : "+") + one;
        CHECK(said == found);
        CHECK(Show(ReadRecords(text, OnPlatform(), piece)) == records);
      }
    }
    ReadOptions options = OnPlatform();
    options.delimiter = ':';
    CHECK(Show(ReadRecords("seller:pay.iban\na:X;Y,Z\n", options)) == "p:a pay.iban=X;Y,Z;");
    options.delimiter = ';';  // what is said wins over what the file says of itself
    CHECK(Show(ReadRecords("sep=,\nseller;pay.iban\na;X\n", options)) == "p:a pay.iban=X;");
    options.delimiter = 'a';
    CHECK(ReadRecords("seller\n", options).error.has_value());
    const ReadAll lost = ReadRecords("Haendler;Konto\na;X\n", OnPlatform());
    REQUIRE(lost.error.has_value());
    CHECK(lost.error->message.find("among the 2 that ';' separate") != std::string::npos);
  }

  TEST_CASE("MappedNamesFindTheSeparator") {
    ReadOptions options = OnPlatform();
    options.columns = {{"Haendler, Nr.", "seller"}, {"Konto", "pay.iban"}};
    CHECK(Show(ReadRecords("Haendler, Nr.;Konto\na;X\n", options)) == "p:a pay.iban=X;");
  }

  TEST_CASE("EncodingsAreReadWhenFoundOrSaid") {
    const std::u16string text = u"seller;contact.name\na;J\u00f6rg \U0001f600\n";
    const std::string want = "p:a contact.name=J\xc3\xb6rg \xf0\x9f\x98\x80;";
    for (const bool big : {false, true}) {
      for (const std::size_t piece : {std::size_t{1}, std::size_t{3}, SIZE_MAX}) {
        CHECK(Show(ReadRecords(Utf16(text, big, true), OnPlatform(), piece)) == want);
        ReadOptions options = OnPlatform();
        options.encoding = TextEncoding::kUtf16;
        CHECK(Show(ReadRecords(Utf16(text, big, false), options, piece)) == want);
        CHECK(Show(ReadRecords(Utf16(text, big, true), options, piece)) == want);
      }
    }
    ReadOptions options = OnPlatform();
    options.encoding = TextEncoding::kWindows1252;
    CHECK(Show(ReadRecords("seller,contact.name\na,J\xf6rg \x80\n", options)) ==
          "p:a contact.name=J\xc3\xb6rg \xe2\x82\xac;");
    options.encoding = TextEncoding::kLatin1;
    CHECK(Show(ReadRecords("seller,contact.name\na,J\xf6rg\n", options)) ==
          "p:a contact.name=J\xc3\xb6rg;");
    CHECK(Show(ReadRecords("{\"seller\":\"a\",\"contact.name\":\"J\xf6rg\"}\n", options)) ==
          "p:a contact.name=J\xc3\xb6rg;");
    // Half a surrogate pair costs its own cell.
    const std::u16string lone = u"seller;contact.name;pay.iban\na;J\xd800;X\n";
    const ReadAll all = ReadRecords(Utf16(lone, false, true), OnPlatform());
    CHECK(Show(all) == "p:a pay.iban=X;");
    CHECK(ShowRejects(all) == "2:3:contact.name:contact.name: is not UTF-8;");
    // Without its mark it is said what it may be.
    const ReadAll bare = ReadRecords(Utf16(text, false, false), OnPlatform());
    REQUIRE(bare.error.has_value());
    CHECK(bare.error->message.find("--encoding utf-16") != std::string::npos);
  }

  TEST_CASE("OneBadCellNeverCostsTheRow") {
    const struct {
      std::string text, records, rejects;
    } kFiles[] = {
        {"seller,contact.name,pay.iban\na,J\xf6rg,X\n", "p:a pay.iban=X;",
         "2:3:contact.name:contact.name: is not UTF-8;"},
        {"seller,contact.name,pay.iban\na,\"J\xf6rg\n\",X\nb,c,Y\n",
         "p:a pay.iban=X;p:b contact.name=c pay.iban=Y;",
         "2:3:contact.name:contact.name: is not UTF-8;"},
        {"seller,contact.name,pay.iban\na,J\0rg,X\n"s, "p:a pay.iban=X;",
         "2:3:contact.name:contact.name: holds a NUL byte;"},
        {"seller,note,pay.iban\na,\xff\0,X\n"s, "p:a pay.iban=X;", ""},
        {"seller,pay.iban,pay.iban#verified\na,X,\xff\n", "p:a pay.iban=X;",
         "2:5:pay.iban#verified:pay.iban: is neither true nor false (1, 0, yes, no);"},
        {"seller,pay.iban,contact.phone,contact.phone#country\na,X,1,\xff\n", "p:a pay.iban=X;",
         "2:7:contact.phone#country:contact.phone: is not a country of two letters (ISO 3166), "
         "such "
         "as DE;"},
        {"{\"seller\":\"a\",\"contact.name\":\"J\xf6rg\",\"pay.iban\":\"X\"}\n", "p:a pay.iban=X;",
         "1:0:contact.name:contact.name: is not UTF-8;"},
        {"{\"seller\":\"a\",\"attributes\":[{\"kind\":\"contact.name\",\"value\":\"J\xf6rg\"},"
         "{\"kind\":\"pay.iban\",\"value\":\"X\"}]}\n",
         "p:a pay.iban=X;", "1:0:attributes[0].value:contact.name: is not UTF-8;"},
        {"{\"seller\":\"a\",\"contact.name\":\"J\\ud83d\",\"pay.iban\":\"X\"}\n", "p:a pay.iban=X;",
         "1:0:contact.name:contact.name: is not UTF-8;"},
        {"{\"seller\":\"a\",\"contact.name\":\"\\udc00\\\"\",\"pay.iban\":\"X\"}\n",
         "p:a pay.iban=X;", "1:0:contact.name:contact.name: is not UTF-8;"},
        {"{\"seller\":\"a\",\"contact.name\":\"\\ud83d\\ude00\",\"pay.iban\":\"X\"}\n",
         "p:a contact.name=\xf0\x9f\x98\x80 pay.iban=X;", ""},
        {"{\"seller\":\"a\",\"contact.name\":\"J\trg\",\"pay.iban\":\"X\"}\n", "p:a pay.iban=X;",
         "1:0:contact.name:contact.name: holds a control character;"},
        {"{\"seller\":\"a\",\"contact.name\":\"J\0rg\",\"pay.iban\":\"X\"}\n"s, "p:a pay.iban=X;",
         "1:0:contact.name:contact.name: holds a control character;"},
        {"{\"seller\":\"a\xff\",\"pay.iban\":\"X\"}\n", "", "1:0:seller:: is not UTF-8;"},
        {"seller,pay.iban\na\xff,X\n", "", "2:1:seller:: is not UTF-8;"},
    };
    for (const auto& [text, records, rejects] : kFiles) {
      CAPTURE(text);
      const ReadAll all = ReadRecords(text, OnPlatform());
      CHECK_FALSE(all.error.has_value());
      CHECK(Show(all) == records);
      CHECK(ShowRejects(all) == rejects);
      const ReadAll blocks = ReadBlocks(std::make_unique<StringSource>(text), OnPlatform(), 8);
      CHECK(Show(blocks) == records);
      CHECK(ShowRejects(blocks) == rejects);
    }
  }

  TEST_CASE("BlanksAroundPlatformAndSellerAreCut") {
    for (const std::string blank : {" ", "\t", "\xc2\xa0", "\xe2\x80\x8b", "\xef\xbb\xbf",
                                    "\xe3\x80\x80", "\xe2\x80\xae", " \xc2\xa0 \xe2\x80\x8d"}) {
      CAPTURE(blank);
      CHECK(TrimBlanks(blank + "a b" + blank) == "a b");
      CHECK(TrimBlanks(blank).empty());
      CHECK(Show(ReadRecords(
                "platform;seller\n" + blank + "q" + blank + ";" + blank + "BAD" + blank + "\n",
                OnPlatform())) == "q:BAD;");
      CHECK(Show(ReadRecords("{\"seller\":\"\\u00a0BAD\\u200b\"}\n", OnPlatform())) == "p:BAD;");
    }
    CHECK(TrimBlanks("\xff \xc2").size() == 3);  // what is no UTF-8 stays
  }

  TEST_CASE("WordsForNothingAreEmptyCells") {
    ReadOptions options = OnPlatform();
    options.nulls = {"N/A", "-"};
    CHECK(Show(ReadRecords("seller,seen,pay.iban,contact.name\na,-, N/A ,n/a\n", options)) ==
          "p:a contact.name=n/a;");
    CHECK(Show(ReadRecords(R"({"seller":"a","seen":"N/A","pay.iban":"-",)"
                           R"("attributes":[{"kind":"pay.iban","value":"N/A"}]})",
                           options)) == "p:a;");
    CHECK(ShowRejects(ReadRecords("seller\n-\n", options)) == "2:1:seller:: no seller is given;");
  }

  TEST_CASE("ValuesWhereNamesShouldStandAreNotShown") {
    ReadOptions options = OnPlatform();
    options.columns = {{"S-1", "seller"}};
    const ReadAll all = ReadRecords(
        "alpha,S-1,DE44500105175407324931,Jane Roe\nalpha,S-2,DE02120300000000202051,Joe Roe\n",
        options);
    CHECK_FALSE(all.error.has_value());
    CHECK(all.unmapped.size() == 3);
    for (const std::string& name : all.unmapped) {
      CHECK(name.starts_with("(column "));
      CHECK(name.find("Roe") == std::string::npos);
      CHECK(name.find("DE44") == std::string::npos);
    }
    const ReadAll json = ReadRecords(
        R"({"seller":"a","DE44500105175407324931":1,"jane@example.com":2,"zip":3,)"
        R"("attributes":[{"kind":"DE44500105175407324931","value":"pay.iban"},)"
        R"({"kind":"Schmidt","value":"contact.name"},{"kind":"pay.ibann","value":"X"}]})",
        OnPlatform());
    CHECK(json.unmapped ==
          std::vector<std::string>{"(a field, not shown: its name looks like a value)", "zip"});
    for (const Reject& reject : json.rejects) CHECK(reject.kind.empty());
    CHECK(json.rejects.size() == 2);
    CHECK(Show(json) == "p:a pay.ibann=X;");
    for (const char* value : {"+491701234567", "jane.roe@example.com", "https://x.example/a",
                              "4111 1111 1111 1111", "C01X00T478",
                              "A very long text that is surely "
                              "nobody's idea of a column's name, is it"}) {
      CHECK(LooksLikeValue(value));
      CHECK_FALSE(MayBeKind(value));
    }
    for (const char* name :
         {"IBAN", "E-Mail", "address_line_2", "pay.iban#2", "contact.phone@uk"}) {
      CHECK_FALSE(LooksLikeValue(name));
    }
  }

  TEST_CASE("NamesFromElsewhereSuggestTheKind") {
    const struct {
      const char* name;
      const char* kind;
    } kNames[] = {{"IBAN", "pay.iban"},
                  {"iban", "pay.iban"},
                  {"PAY.IBAN", "pay.iban"},
                  {"pay.ibann", "pay.iban"},
                  {"Telefon", "contact.phone"},
                  {"Phone Number", "contact.phone"},
                  {"E-Mail", "contact.email"},
                  {"person.name", "contact.name"},
                  {"IMEI", "device.imei"},
                  {"Seller", "seller"},
                  {"seller_id", "seller"},
                  {"platfrom", ""},
                  {"sellr", "seller"},
                  {"Umsatz", ""},
                  {"", ""},
                  {"number", ""}};
    for (const auto& [name, kind] : kNames) {
      CAPTURE(std::string(name));
      CHECK(SuggestKind(name) == kind);
    }
    ReadOptions options = OnPlatform();
    options.columns = {{"Inhaber", "person.name"}};
    CHECK(ReadRecords("seller,Inhaber\n", options)
              .error->message.find("did you mean contact.name?") != std::string::npos);
  }

  TEST_CASE("AHeaderOverTheLimitIsRefusedAtOnce") {
    const auto start = std::chrono::steady_clock::now();
    const auto reader =
        OpenRecordReader(std::make_unique<GeneratedSource>("", 'x', std::uint64_t{100} << 30, ""),
                         "in", OnPlatform());
    REQUIRE_FALSE(reader);
    CHECK(reader.error().message.find("longer than 16777216 bytes") != std::string::npos);
    CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(20));
    ReadOptions options = OnPlatform();
    const auto quoted = OpenRecordReader(
        std::make_unique<GeneratedSource>("\"", '\n', std::uint64_t{100} << 30, ""), "in", options);
    CHECK_FALSE(quoted);
  }

  TEST_CASE("OnlyWhatStandsInStringsIsMended") {
    std::string mended;
    CHECK_FALSE(MendLine(R"({"a":"b\"\\","c":[1]})", mended));
    CHECK(mended == R"({"a":"b\"\\","c":[1]})");
    CHECK_FALSE(MendLine("{\t\"a\":\xff}", mended));
    CHECK(MendLine("{\"a\":\"\xff\"}", mended));
    CHECK(mended == "{\"a\":\"\xef\xb7\x90\"}");
    CHECK(MendedDamage("\xef\xb7\x90") != "");
    CHECK(MendedDamage("plain").empty());
    CHECK_FALSE(MendLine("\"\\", mended));  // cut off behind a backslash
    CHECK_FALSE(MendLine("\"\\ud8", mended));
  }
}

}  // namespace
}  // namespace revenant
