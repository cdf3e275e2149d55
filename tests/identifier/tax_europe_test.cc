// European tax numbers: what the table cannot say in a row, and which numbers meet.

#include <doctest/doctest.h>

#include <array>

#include "identifier/support.h"

namespace revenant {
namespace {

TEST_CASE("AGermanTaxNumberIsUniqueOnlyWithItsState") {
  CheckCases(std::to_array<KindCase>({
      {"tax.de.stnr", "2893081508152",
       "valid tax.de.stnr 2893081508152 + tax.de.stnr_local 9381508152"},
      {"tax.de.stnr@BW", "93815/08152", "valid tax.de.stnr 2893081508152 +"},
      {"tax.de.stnr@DE-BY", "181/815/08155", "valid tax.de.stnr 9181081508155 +"},
      {"tax.de.stnr@nw", "133/8150/8159", "valid tax.de.stnr 5133081508159 +"},
      {"tax.de.stnr@HE", "013 815 08153",
       "valid tax.de.stnr 2613081508153 + tax.de.stnr_local 01381508153"},
      {"tax.de.stnr", "93815/08152", "unverifiable tax.de.stnr_local 9381508152"},
      {"tax.de.stnr@DE", "93815/08152", "unverifiable tax.de.stnr_local 9381508152"},
      {"tax.de.stnr@SN", "93815/08152", "invalid not the form of this federal state"},
      {"tax.de.stnr@BY", "93815/08152", "invalid not the length of this state"},
      {"tax.de.stnr@XX", "93815/08152", "invalid no such federal state"},
      {"tax.de.stnr", "0472480661811", "invalid no such federal state"},
      {"tax.de.stnr", "2893181508152", "invalid the fifth of 13 digits is not zero"},
  }));
}

TEST_CASE("AnEuropeanVatNumberMeetsTheNationalOne") {
  CheckCases(std::to_array<KindCase>({
      {"tax.eu.vat", "be 428.759.497", "valid tax.eu.vat BE0428759497 + tax.be.vat 0428759497"},
      {"tax.eu.vat", "GR 94259216", "valid tax.eu.vat EL094259216 + tax.gr.vat 094259216"},
      {"tax.eu.vat", "FR 23 334 175 221",
       "valid tax.eu.vat FR23334175221 + tax.fr.vat 23334175221 + org.fr.siren 334175221"},
      {"tax.eu.vat", "ES B-58378431", "valid tax.eu.vat ESB58378431 + doc.es.nif B58378431"},
      {"tax.eu.vat", "XI 980 7806 84", "valid tax.eu.vat XI980780684 + tax.gb.vat 980780684"},
      {"tax.eu.vat", "1E 6433435F", "valid tax.eu.vat IE6433435F +"},  // I for 1
      {"tax.eu.vat", "BE BE 428759497", "invalid"},
      {"tax.eu.vat", "XI XI 980780684", "invalid"},
      {"tax.eu.vat", "GB 980780684", "invalid not a member state"},
      {"tax.eu.vat", "BE 0000000000", "junk"},
      {"tax.vatin", "BE428759497", "valid tax.eu.vat BE0428759497 + tax.be.vat 0428759497"},
      {"tax.vatin", "GB 980780684", "valid tax.vatin GB980780684 + tax.gb.vat 980780684"},
      {"tax.vatin", "CHE-107.787.577 IVA", "valid tax.vatin CHE107787577 + org.ch.uid"},
      {"tax.vatin", "NO 995 525 828 MVA", "valid tax.vatin NO995525828 + org.no.orgnr 995525828"},
      {"tax.vatin", "ZZ 123456789", "invalid no tax number of this country is known"},
      {"tax.eu.oss", "IM3720224527", "valid tax.eu.oss IM3720224527"},
      {"tax.eu.oss", "EU999022452", "invalid no such member state of identification"},
  }));
}

TEST_CASE("ATaxNumberThatContainsAnotherNumberDerivesIt") {
  CheckCases(std::to_array<KindCase>({
      {"tax.bg.vat", "752316 926 3", "valid tax.bg.vat 7523169263 + doc.bg.egn 7523169263"},
      {"tax.cz.vat", "CZ 25123891", "valid tax.cz.vat 25123891 + org.cz.ico 25123891"},
      {"tax.cz.vat", "CZ 710319/2745", "valid tax.cz.vat 7103192745 + doc.cz.rc 7103192745"},
      {"tax.ch.vat", "CHE-107.787.577 TVA", "valid org.ch.uid CHE107787577"},
      {"tax.dk.vat", "DK 13585628", "valid org.dk.cvr 13585628"},
      {"tax.fi.vat", "FI 20774740", "valid org.fi.ytunnus 20774740"},
      {"tax.fr.vat", "FR53000004605", "valid tax.fr.vat 53000004605"},  // Monaco: no SIREN
      {"tax.mc.vat", "FR 53 0000 04605", "valid tax.fr.vat 53000004605"},
      {"tax.gb.vat", "980780684 001", "valid tax.gb.vat 980780684001 + tax.gb.vat 980780684"},
      {"tax.gb.tin", "5234567893", "valid tax.gb.tin 5234567893 + tax.gb.utr 5234567893"},
      {"tax.gb.tin", "5234567894", "unverifiable tax.gb.tin 5234567894"},
      {"tax.gb.utr", "52345 67893K", "valid tax.gb.utr 5234567893"},
      {"tax.hr.vat", "HR 33392005961", "valid doc.hr.oib 33392005961"},
      {"tax.hu.vat", "12892312-2-41", "valid tax.hu.vat 12892312"},
      {"tax.ie.vat", "8Z49289F", "valid tax.ie.vat 0492898F"},  // the older form
      {"tax.nl.vat", "NL111222333B01", "valid tax.nl.vat 111222333B01 + doc.nl.bsn 111222333"},
      {"tax.nl.vat", "NL4495445B01", "valid tax.nl.vat 004495445B01"},
      {"tax.no.vat", "NO 995 525 828 MVA", "valid org.no.orgnr 995525828"},
      {"tax.ro.vat", "RO 185 472 90", "valid tax.ro.cui 18547290"},
      {"tax.se.vat", "SE 556188840401", "valid tax.se.vat 556188840401 + org.se.orgnr 5561888404"},
      {"tax.se.vat", "SE 556188840400", "invalid no such running number"},
      {"tax.sk.vat", "SK 710319/2745", "valid tax.sk.vat 7103192745 + doc.cz.rc 7103192745"},
      {"tax.sk.vat", "SK 9501010013", "valid tax.sk.vat 9501010013 + doc.sk.rc 9501010013"},
  }));
}

TEST_CASE("TheNameOfATaxNumberInFrontOfItIsDropped") {
  CheckCases(std::to_array<KindCase>({
      {"tax.by.unp", "UNP 200988541", "valid tax.by.unp 200988541"},
      {"tax.pl.vat", "NIP: 856-734-62-15", "valid tax.pl.vat 8567346215"},
      {"tax.mk.edb", "MK 4030000375897", "valid tax.mk.edb 4030000375897"},
      {"tax.by.unp", "  УНП: 200988541", "valid tax.by.unp 200988541"},
      {"tax.ru.inn", "инн 7707083893", "valid tax.ru.inn 7707083893"},
      {"tax.ru.inn", "инн инн 7707083893", "invalid"},
      {"tax.ru.inn", "инн", "invalid empty"},
  }));
}

TEST_CASE("TaxNumbersThatCannotBeIssuedAreRefused") {
  CheckCases(std::to_array<KindCase>({
      {"tax.ad.nrt", "F700001X", "invalid not a number of a person"},
      {"tax.ad.nrt", "L600001X", "invalid not a number of a company"},
      {"tax.cy.vat", "12000139V", "invalid"},
      {"tax.de.idnr", "12345678903", "invalid"},  // no digit repeated
      {"tax.fr.nif", "0000000000000", "junk"},
      {"tax.it.vat", "00743112005", "invalid"},
      {"tax.lu.tin", "1900130112377", "invalid"},
      {"tax.mt.tin", "3200100G", "invalid no such number and year"},
      {"tax.mt.tin", "0000000M", "junk"},
      {"tax.sm.coe", "0000", "junk"},
      {"tax.si.vat", "90000000", "invalid"},
      {"tax.tr.vkn", "TR 1234567890", "invalid"},  // no Turkish number is written so
      {"tax.tr.vkn", "VKN 4540536920", "valid tax.tr.vkn 4540536920"},
      {"tax.tr.vkn", "VKN 1234567890", "unverifiable doc.sample 1234567890"},
  }));
}

}  // namespace
}  // namespace revenant
