// Values that strangers share without having anything to do with each other: none may link.

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "identifier/guise.h"
#include "identifier/placeholder.h"
#include "identifier/support.h"
#include "identifier/table.h"

namespace revenant {
namespace {

// Whether the value yields an identifier of a linking kind.
bool LinksAnybody(const Normalized& out) {
  if (out.status != Status::kValid && out.status != Status::kUnverifiable) return false;
  return std::ranges::any_of(out.identifiers(), [](const Identifier& one) {
    return FindKind(one.kind)->role == Role::kLinking;
  });
}

TEST_CASE("NumbersForAllForeignersOfACountryAreNobodys") {
  constexpr KindCase kCases[] = {
      {"tax.ar.cuit", "55-00000212-6", "junk"},
      {"tax.ar.cuit", "50-00000001-6", "junk"},
      {"tax.ar.cuit", "51600000016", "junk"},
      {"tax.ar.cuit", "20-05536168-2", "valid tax.ar.cuit 20055361682"},
  };
  CheckCases(kCases);
}

TEST_CASE("AmericanNumbersMeetInTheNumberOfATypeNotStated") {
  constexpr KindCase kCases[] = {
      {"tax.us.ein", "77-0493581", "valid tax.us.ein 770493581 + tax.us.tin 770493581"},
      {"doc.us.ssn", "536-90-4399", "valid doc.us.ssn 536904399 + tax.us.tin 536904399"},
      {"tax.us.itin", "912-90-3456", "valid tax.us.itin 912903456 + tax.us.tin 912903456"},
      {"tax.us.ptin", "P-00123457", "valid tax.us.ptin P00123457 + tax.us.tin P00123457"},
      {"tax.us.tin", "77-0493581", "valid tax.us.tin 770493581"},
      {"tax.us.tin", "078-05-1120", "junk"},
      {"tax.us.tin", "457-55-5462", "junk"},
      {"tax.us.tin", "123-45-6789", "unverifiable doc.sample 123456789"},
      {"doc.us.ssn", "457-55-5462", "junk doc.us.ssn 457555462"},
  };
  CheckCases(kCases);
}

TEST_CASE("ADateIsRecognisedInTheFormsThatProgramsWrite") {
  for (const std::string_view date :
       {"2024-01-31", "2024/1/31", "31.12.1999", "31/12/1999", "12/31/1999", "1-2-2024", "1.2.24",
        "31/12/99", "9999-12-31", "30/12/1899", "1900-01-00", "0001-01-01", "31-Dec-2020",
        "1 January 2020", "3-Mar-12", "2024-01-31 00:00:00", "2024-01-31T12:30:00.000Z",
        "1/31/2024 12:30 PM", "2024-01-31 00:00:00 +0000 UTC"}) {
    CAPTURE(date);
    CHECK(kinds::IsDate(date));
  }
  for (const std::string_view none :
       {"08-09-99", "2024-13-01", "32.01.2024", "2024-01-32", "1700-01-01", "2024-0101",
        "2024-01/31", "20240131", "31.12.1999-12", "85.07.30-033.28", "2024-01-31 5", "1.2.3.4",
        "01.02", "01/02/", "31 12 1999", "3-Foo-2012", "2024-01-31-11:22", "131.1.2024", ""}) {
    CAPTURE(none);
    CHECK_FALSE(kinds::IsDate(none));
  }
}

std::string KindOf(const kinds::Kind& row) {
  std::string kind(row.name == "custom.*" ? "custom.example" : row.name);
  if (!row.example_country.empty()) kind.append("@").append(row.example_country);
  return kind;
}

TEST_CASE("NoKindLinksByADateOrAnAmountOrAnOverflow") {
  for (const kinds::Kind* row : kinds::AllRows()) {
    if (row->traits.role != Role::kLinking) continue;
    CAPTURE(row->name);
    for (const std::string_view none :
         {"2024-01-01", "31.12.9999", "30/12/1899", "1/31/2000", "9999-12-31", "1.12.99",
          "2024-01-01 00:00:00", "2147483647", "4294967295", "9223372036854775807",
          "18446744073709551615", "-9223372036854775808"}) {
      CAPTURE(none);
      const Normalized out = Run(KindOf(*row), none);
      CAPTURE(Show(out));
      CHECK_FALSE(LinksAnybody(out));
    }
  }
}

TEST_CASE("DatesAndAmountsAreRefusedAndSayWhy") {
  constexpr KindCase kCases[] = {
      {"org.dk.cvr", "30/12/1899", "invalid a date"},
      {"doc.nl.bsn", "30/12/1899", "invalid a date"},
      {"org.dk.cvr", "Date: 2024-01-01", "invalid"},
      {"contact.phone@DE", "01.12.2023", "invalid a date"},
      {"pay.payoneer", "2024-01-01", "invalid a date"},
      {"custom.licence", "2024-01-01", "junk"},
      {"device.disk_serial", "2024-01-01", "junk"},
      {"tax.gb.tin", "-5234567893", "invalid a negative number"},
      {"contact.phone@DE", "-493023125104", "invalid a negative number"},
      {"custom.licence", "-5234567893", "valid"},
      // Dates in a longer number are its own.
      {"doc.be.nn", "85.07.30-033.28", "valid"},
      {"contact.name", "2024-01-01", "valid"},
  };
  CheckCases(kCases);
}

TEST_CASE("DatesInOtherDigitsAreDatesToo") {
  if (!kinds::BuiltWithIcu()) return;
  CHECK(Show(Run("doc.ar.dni", "２０２４－０１－０１")).starts_with("invalid a date"));
  CHECK(Run("custom.licence", "٢٠٢٤-٠١-٠١").status == Status::kJunk);
}

TEST_CASE("AFewDigitsWithACheckLinkNobody") {
  constexpr KindCase kCases[] = {
      {"tax.ro.cui", "19", "unverifiable doc.sample 19"},
      {"tax.ro.cui", "RO 19", "valid tax.ro.cui 19"},  // the prefix says what it is
      {"tax.gt.nit", "0086", "unverifiable doc.sample"},
      {"tax.ro.cui", "18547290", "valid tax.ro.cui 18547290"},
  };
  CheckCases(kCases);
}

TEST_CASE("TextbookNumbersLinkNobody") {
  constexpr KindCase kCases[] = {
      {"tax.br.cnpj", "12.345.678/0001-95", "unverifiable doc.sample 12345678000195"},
      {"tax.nl.vat", "NL123456789B13", "unverifiable doc.sample 123456789B13"},
      {"org.dk.cvr", "12345674", "unverifiable doc.sample 12345674"},
      {"org.tw.ubn", "12345675", "unverifiable doc.sample 12345675"},
      {"org.es.cif", "B12345674", "unverifiable doc.sample B12345674"},
      {"doc.hk.id", "A123456(3)", "unverifiable doc.sample A1234563"},
      {"tax.de.vat", "DE111111125", "unverifiable doc.sample 111111125"},
      {"tax.gb.vat", "GB999999973", "unverifiable doc.sample 999999973"},
      {"tax.ar.cuit", "20-12345678-6", "unverifiable doc.sample 20123456786"},
      {"doc.ch.ahv", "756.1234.5678.97", "unverifiable doc.sample 7561234567897"},
      {"tax.br.cpf", "111.444.777-35", "unverifiable doc.sample 11144477735"},
      {"doc.it.codice_fiscale", "RSSMRA80A01H501U", "unverifiable doc.sample RSSMRA80A01H501U"},
      {"doc.se.personnummer", "19121212-1212", "unverifiable doc.sample"},
      {"doc.in.aadhaar", "9999 4105 7058", "unverifiable doc.sample 999941057058"},
      {"doc.passport.number@DE", "C01X00T47", "unverifiable doc.sample C01X00T47"},
      {"doc.de.passport", "C01X00T478", "unverifiable doc.sample"},
      {"doc.idcard.number@DE", "L01X00T47", "unverifiable doc.sample L01X00T47"},
      {"doc.passport.number@CN", "E12345678", "unverifiable doc.sample E12345678"},
      {"doc.gb.nino", "AB123456C", "unverifiable doc.sample AB123456C"},
      // Their neighbours are somebody's.
      {"tax.de.vat", "DE136695976", "valid tax.de.vat 136695976"},
      {"doc.de.passport", "C01X0006H1", "valid"},
      {"doc.passport.number@CN", "E12345687", "valid doc.passport.number@CN E12345687"},
      {"tax.br.cnpj", "11.444.777/0001-61", "valid tax.br.cnpj 11444777000161"},
      {"tax.br.cnpj", "00.000.000/0001-91", "valid tax.br.cnpj 00000000000191"},
      {"org.dk.cvr", "13585628", "valid org.dk.cvr 13585628"},
  };
  CheckCases(kCases);
}

TEST_CASE("WhatASampleContainsIsNotDerived") {
  CHECK(Show(Run("tax.dk.vat", "DK12345674")) == "unverifiable doc.sample 12345674");
  CHECK(Run("doc.passport.mrz",
            "P<D<<MUSTERMANN<<ERIKA<<<<<<<<<<<<<<<<<<<<<<C01X00T478D<<6408125F2702283<<<<<<<<<<<<<"
            "<<4")
            .status == Status::kJunk);
}

TEST_CASE("WordsForNoNumberAreNobodysInManyLanguages") {
  for (const std::string_view word : {"Kleinunternehmer",
                                      "not VAT registered",
                                      "exempt",
                                      "not required",
                                      "не требуется",
                                      "个体户",
                                      "consumidor final",
                                      "see passport",
                                      "I don't have",
                                      "i dont have",
                                      "non assujetti",
                                      "vrijgesteld van btw",
                                      "isento",
                                      "esente IVA",
                                      "自然人",
                                      "w trakcie rejestracji",
                                      "Enter your VAT number",
                                      "auf Anfrage",
                                      "免税",
                                      "самозанятый",
                                      "NaT",
                                      "[Filtered]",
                                      "Optional(nil)",
                                      "<null>",
                                      "[object Object]",
                                      "DBNull",
                                      "Not a Number"}) {
    CAPTURE(word);
    CHECK_FALSE(LinksAnybody(Run("custom.licence", word)));
    CHECK_FALSE(LinksAnybody(Run("doc.visa.number@DE", word)));
    CHECK_FALSE(LinksAnybody(Run("device.disk_serial", word)));
  }
}

TEST_CASE("WhatAProgramPrintsInAValuesPlaceIsNobodys") {
  for (const std::string_view text : {
           "{{ user.id }}",
           "{{id}}",
           "${seller.vat}",
           "#{tax_id}",
           "%{name}",
           "{0}",
           "{name}",
           "{seller_id}",
           "<%= id %>",
           "[[vat]]",
           "%s",
           "%d",
           "%1$s",
           "%08x",
           "%@",
           "%(name)s",
           "%VAT_ID%",
           "$(id)",
           "[object Promise]",
           "<class 'NoneType'>",
           "<function id at 0x7f00>",
           "System.String[]",
           "System.Object",
           "System.Data.DataRowView",
           "java.lang.String",
           "[Ljava.lang.String;@15db9742",
           "com.shop.Address@1b6d3586",
       }) {
    CAPTURE(text);
    CHECK(kinds::IsPlaceholder(text, kinds::Asked::kNumber));
    CHECK(Run("custom.licence", text).status == Status::kJunk);
    CHECK_FALSE(LinksAnybody(Run("device.disk_serial", text)));
  }
  for (const std::string_view value :
       {"{38400000-8CF0-41BD-B23E-10B96E40000D}", "{abe}", "50% Ltd", "System", "A.B@cafe",
        "Systemhaus.Nord", "x=VLOOKUP(1)", "S{0}1", "jane.roe@abcdef.org", "$5"}) {
    CAPTURE(value);
    CHECK_FALSE(kinds::IsPlaceholder(value, kinds::Asked::kNumber));
  }
}

TEST_CASE("MailboxesOfReservedDomainsAreNobodysAtAnyDepth") {
  for (const std::string_view domain :
       {"shop.example", "shop.test", "a.b.invalid", "host.localhost", "host.local",
        "host.localdomain", "example.com", "mail.example.net", "a.b.example.org"}) {
    CAPTURE(domain);
    const std::string shown = Show(Run("contact.email", "jane.roe@" + std::string(domain)));
    CHECK(shown.starts_with("valid contact.email.nobody "));
  }
  for (const std::string_view domain :
       {"myexample.com", "my-example.org", "roe.example.de", "shop.latest", "local.de", "test.de",
        "net.de", "roe.glocal"}) {
    CAPTURE(domain);
    const std::string shown = Show(Run("contact.email", "jane.roe@" + std::string(domain)));
    CHECK(shown.starts_with("valid contact.email "));
  }
}

TEST_CASE("BurnAddressesAndContractsAreNobodysWallets") {
  constexpr KindCase kCases[] = {
      {"pay.crypto.btc", "1111111111111111111114oLvT2", "valid pay.crypto.nobody 1111"},
      {"pay.crypto.btc", "bitcoin:1BitcoinEaterAddressDontSendf59kuE",
       "valid pay.crypto.nobody 1BitcoinEaterAddressDontSendf59kuE"},
      {"pay.crypto.btc", "1CounterpartyXXXXXXXXXXXXXXXUWLpVr", "valid pay.crypto.nobody"},
      {"pay.crypto.xrp", "rrrrrrrrrrrrrrrrrrrrrhoLvTp", "valid pay.crypto.nobody"},
      {"pay.crypto.xrp", "rrrrrrrrrrrrrrrrrrrrBZbvji:5", "valid pay.crypto.nobody"},
      {"pay.crypto.doge", "DDogepartyxxxxxxxxxxxxxxxxxxw1dfzr", "valid pay.crypto.nobody"},
      {"pay.crypto.eth", "0xdac17f958d2ee523a2206206994597c13d831ec7",
       "valid pay.crypto.nobody 0xdAC17F958D2ee523a2206206994597C13D831ec7"},
      {"pay.crypto.eth", "0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48",
       "valid pay.crypto.nobody 0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48"},
      {"pay.crypto.tron", "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t",
       "valid pay.crypto.nobody TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"},
      {"pay.crypto.tron", "tron:T9yD14Nj9j7xAB4dbGeiX9h8unkKHxuWwb",
       "valid pay.crypto.nobody T9yD14Nj9j7xAB4dbGeiX9h8unkKHxuWwb"},
      {"pay.crypto.nobody", "1BitcoinEaterAddressDontSendf59kuE", "valid pay.crypto.nobody"},
      {"pay.crypto.nobody", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "invalid"},
      {"pay.crypto.btc", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "valid pay.crypto.btc"},
  };
  CheckCases(kCases);
}

TEST_CASE("MakeBelieveMachinesAreNobodys") {
  constexpr KindCase kCases[] = {
      {"device.mac", "00:00:00:00:00:01", "valid device.mac.nobody 000000000001"},
      {"device.mac", "00:00:00:00:00:0f", "valid device.mac.nobody 00000000000F"},
      {"device.mac", "00:00:00:00:00:00", "junk"},
      {"device.mac", "00:00:0C:00:00:01", "valid device.mac 00000C000001"},
      {"device.disk_serial", "not required", "junk"},
      {"device.disk_serial", "Samsung SSD", "junk"},
      {"device.smbios_serial", "Unbekanntes Board", "junk"},
      {"device.smbios_serial", "5CD1234XYZ", "valid device.smbios_serial 5CD1234XYZ"},
  };
  CheckCases(kCases);
}

TEST_CASE("LettersThatLookLikeDigitsAreNoWordOnTheKeys") {
  constexpr KindCase kCases[] = {
      {"contact.phone@US", "+1650-253-OOOO", "invalid letters that look like digits"},
      {"contact.phone@US", "650 253 OOlI", "invalid letters that look like digits"},
      {"contact.phone@US", "1-800-FLOWERS", "valid contact.phone +18003569377"},
  };
  CheckCases(kCases);
}

}  // namespace
}  // namespace revenant
