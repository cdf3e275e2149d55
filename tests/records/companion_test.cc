// What stands beside an attribute: whether the platform checked it, and its own country.

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "records/sources.h"

namespace revenant {
namespace {

// "kind@XX=value!" of each attribute, those with a mark verified; records end in ";".
std::string Show(const ReadAll& all) {
  std::string out;
  for (const Record& record : all.records) {
    for (const RawAttribute& attribute : record.attributes) {
      out += attribute.kind + (attribute.country.empty() ? "" : "@") + attribute.country + "=" +
             attribute.value + (attribute.verified ? "! " : " ");
    }
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

ReadOptions OnPlatform() {
  ReadOptions options;
  options.platform = "p";
  return options;
}

struct Row {
  const char* description;
  const char* text;
  const char* records;
  const char* rejects;
};

const Row kRows[] = {
    {"verified, in any spelling",
     "seller,pay.iban,pay.iban#verified\n1,A,true\n2,A,YES\n3,A,1\n4,A, y \n5,A,False\n6,A,0\n"
     "7,A,no\n8,A,\n",
     "pay.iban=A! ;pay.iban=A! ;pay.iban=A! ;pay.iban=A! ;pay.iban=A ;pay.iban=A ;pay.iban=A ;"
     "pay.iban=A ;",
     ""},
    {"a word that is neither is a reject and not verified; the value counts",
     "seller,pay.iban,pay.iban#verified\n1,A,perhaps\n", "pay.iban=A ;",
     "2:5:pay.iban#verified:pay.iban: is neither true nor false (1, 0, yes, no);"},
    {"of the second one", "seller,pay.iban,pay.iban#2,pay.iban#2#verified\n1,A,B,1\n",
     "pay.iban=A pay.iban=B! ;", ""},
    {"with a country in the name, said or not",
     "seller,doc.passport.number@DE,doc.passport.number@DE#verified,contact.phone@US,contact.phone#"
     "verified\n1,A,1,B,1\n",
     "doc.passport.number@DE=A! contact.phone@US=B! ;", ""},
    {"before its attribute", "pay.iban#verified,pay.iban,seller\n1,A,S\n", "pay.iban=A! ;", ""},
    {"an empty cell is no attribute, verified or not", "seller,pay.iban,pay.iban#verified\n1,,1\n",
     ";", ""},
    {"a country for each row, and the column's own where there is none",
     "seller,contact.phone@US,contact.phone#country\n1,A,DE\n2,A,cn\n3,A,\n",
     "contact.phone@DE=A ;contact.phone@CN=A ;contact.phone@US=A ;", ""},
    {"no country costs the attribute, never the row",
     "seller,pay.iban,contact.phone,contact.phone#country\n1,X,A,Germany\n", "pay.iban=X ;",
     "2:7:contact.phone#country:contact.phone: is not a country of two letters (ISO 3166), such as "
     "DE;"},
    {"JSON: boolean or word",
     R"({"seller":"1","attributes":[{"kind":"pay.iban","value":"A","verified":true},)"
     R"({"kind":"pay.iban","value":"B","verified":false},{"kind":"pay.iban","verified":"yes",)"
     R"("value":"C"},{"kind":"pay.iban","value":"D","verified":null}]})",
     "pay.iban=A! pay.iban=B pay.iban=C! pay.iban=D ;", ""},
    {"JSON: neither",
     R"({"seller":"1","attributes":[{"kind":"pay.iban","value":"A","verified":7},)"
     R"({"kind":"pay.iban","value":"B","verified":"x"},)"
     R"({"kind":"pay.iban","value":"C","verified":true,"verified":true}]})",
     "pay.iban=A pay.iban=B pay.iban=C ;",
     "1:0:attributes[0].verified:pay.iban: is neither true nor false (1, 0, yes, no);"
     "1:0:attributes[1].verified:pay.iban: is neither true nor false (1, 0, yes, no);"
     "1:0:attributes[2].verified:pay.iban: is given twice;"},
    {"JSON: flat fields, in any order",
     R"({"pay.iban#verified":true,"seller":"1","pay.iban":"A","contact.phone":"B",)"
     R"("contact.phone#country":"US","pay.iban#2":"C","pay.iban#2#verified":false})",
     "pay.iban=A! contact.phone@US=B pay.iban=C ;", ""},
    {"JSON: about nothing", R"({"seller":"1","pay.iban#verified":true,"pay.iban":null})", ";", ""},
    {"JSON: flat fields that cannot be read",
     R"({"seller":"1","pay.iban":"A","pay.iban#verified":[],"contact.phone":"B",)"
     R"("contact.phone#country":"x","doc.passport.number":"C","doc.passport.number#country":"DE",)"
     R"("doc.passport.number#country":"GB"})",
     "pay.iban=A ;",
     "1:0:pay.iban#verified:pay.iban: is neither true nor false (1, 0, yes, no);"
     "1:0:contact.phone#country:contact.phone: is not a country of two letters (ISO 3166), such as "
     "DE;"
     "1:0:doc.passport.number#country:doc.passport.number: is given "
     "twice;1:0:doc.passport.number#country:doc.passport.number: is given "
     "twice;"},
    {"JSON: one word about two values says of neither",
     R"({"seller":"1","pay.iban":"A","pay.iban":"B","pay.iban#verified":true})",
     "pay.iban=A pay.iban=B ;", "1:0:pay.iban#verified:pay.iban: is about several attributes;"},
};

TEST_SUITE("companions") {
  TEST_CASE("WhatStandsBesideAnAttributeIsRead") {
    for (const Row& row : kRows) {
      INFO(std::string(row.description));
      for (const std::size_t piece : {std::size_t{1}, SIZE_MAX}) {
        const ReadAll all = ReadRecords(row.text, OnPlatform(), piece);
        CHECK_FALSE(all.error.has_value());
        CHECK(Show(all) == row.records);
        CHECK(ShowRejects(all) == row.rejects);
        CHECK(all.unmapped.empty());
      }
      // Block by block into one InputRecord: nothing of a record may show in the next.
      const ReadAll blocks = ReadBlocks(std::make_unique<StringSource>(row.text), OnPlatform(), 16);
      CHECK(Show(blocks) == row.records);
    }
  }

  TEST_CASE("AnyColumnCanBeMappedToThem") {
    ReadOptions options = OnPlatform();
    options.columns = {{"Telefon", "contact.phone"},
                       {"Land", "contact.phone#country"},
                       {"ok", "pay.iban#verified"}};
    CHECK(Show(ReadRecords("seller,Telefon,Land,pay.iban,ok\n1,A,de,B,1\n", options)) ==
          "contact.phone@DE=A pay.iban=B! ;");
    CHECK(Show(ReadRecords(R"({"seller":"1","Land":"de","ok":true,"Telefon":"A","pay.iban":"B"})",
                           options)) == "contact.phone@DE=A pay.iban=B! ;");
  }

  TEST_CASE("ColumnsAboutNothingAreRefused") {
    const struct {
      const char* header;
      const char* error;
    } kBad[] = {
        {"seller,pay.iban#verified\n",
         "in:1:8: pay.iban#verified is about a column pay.iban, and there is none"},
        {"seller,pay.iban#2,pay.iban#verified\n",
         "in:1:19: pay.iban#verified is about a column pay.iban, and there is none"},
        {"seller,contact.phone@US,contact.phone@DE,contact.phone#country\n",
         "in:1:42: contact.phone#country is about a column contact.phone, and there is none"},
        {"seller,pay.iban,pay.iban#verified,pay.iban#verified\n",
         "in:1:35: a second column pay.iban#verified"},
        {"seller,doc.passport.number@DE,doc.passport.number@DE#verified,doc.passport.number#"
         "verified\n",
         "in:1:63: two columns say the same of doc.passport.number: this one and "
         "doc.passport.number@DE#verified"},
    };
    for (const auto& [header, error] : kBad) {
      const ReadAll all = ReadRecords(header, OnPlatform());
      REQUIRE(all.error.has_value());
      CHECK(all.error->message == error);
    }
    // Of what is no kind it is a name like any other.
    CHECK(ReadRecords("seller,x#verified\n1,1\n", OnPlatform()).unmapped ==
          std::vector<std::string>{"x#verified"});
  }

  TEST_CASE("TenThousandFieldsAboutOthersCostLittle") {
    std::string line = R"({"seller":"1")";
    for (int i = 0; i < 8'000; ++i) {
      const std::string number = std::to_string(i);
      line += ",\"custom.x#" + number + "\":\"v\",\"custom.x#" + number + "#verified\":true";
    }
    const ReadAll all = ReadRecords(line + "}\n", OnPlatform());
    REQUIRE(all.records.size() == 1);
    CHECK(all.records[0].attributes.size() == 8'000);
    CHECK(all.records[0].attributes.back().verified);
  }
}

}  // namespace
}  // namespace revenant
