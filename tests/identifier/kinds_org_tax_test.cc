// Company registers, and tax numbers outside Europe: what the shared tests of the table do not say.

#include "identifier/support.h"

namespace revenant {
namespace {

constexpr KindCase kGermany[] = {
    {"org.de.hr", "Köln HRB 49263", "valid org.de.hr Köln HRB 49263"},
    {"org.de.hr", "HRB 49 263, Amtsgericht Koeln", "valid org.de.hr Köln HRB 49263"},
    {"org.de.hr", "AG KÖLN  hrb:049263", "valid org.de.hr Köln HRB 49263"},
    {"org.de.hr", "KÃ¶ln HRB 49263", "valid org.de.hr Köln HRB 49263"},
    {"org.de.hr", "DÃ¼sseldorf HRB 67311", "valid org.de.hr Düsseldorf HRB 67311"},
    {"org.de.hr", "Charlottenburg HRB 12345 B",
     "valid org.de.hr Berlin (Charlottenburg) HRB 12345 B"},
    {"org.de.hr", "Flensburg HRB 1234 FL", "valid org.de.hr Flensburg HRB 1234 FL"},
    {"org.de.hr", "Pusemuckel HRB 7", "unverifiable org.de.hr PUSEMUCKEL HRB 7"},
    {"org.de.hr", "HRB 49263", "invalid the court"},
    {"org.de.hr", "Köln HRC 49263", "invalid no register"},
    {"org.de.hr", "Köln HRB", "invalid no register"},
    {"org.de.hr", "Köln HRB 12345678", "invalid the register number is too long"},
    {"org.de.hr", "Köln 5 HRB 49263", "invalid digits beside"},
    {"org.de.hr", "Köln HRB 000", "junk"},
    {"org.de.hr", "Köln VR HRB 7", "unverifiable org.de.hr KOLNVR HRB 7"},
};

TEST_CASE("AGermanRegisterNumberMeansNothingWithoutItsCourt") { CheckCases(kGermany); }

constexpr KindCase kDerived[] = {
    {"org.fr.siret", "73282932000074",
     "valid org.fr.siret 73282932000074 + org.fr.siren 732829320"},
    {"org.fr.siret", "35600000049837",
     "valid org.fr.siret 35600000049837 + org.fr.siren 356000000"},
    {"org.fr.siret", "35600000049838", "invalid"},
    {"org.fr.rcs", "RCS Nancy B 732 829 320", "valid org.fr.siren 732829320"},
    {"org.au.acn", "004 085 616", "valid org.au.acn 004085616 + org.au.abn 53004085616"},
    {"org.au.abn", "53 004 085 616", "valid org.au.abn 53004085616"},
    {"org.ca.bn", "123026635RC0001", "valid org.ca.bn 123026635RC0001 + org.ca.bn 123026635"},
    {"tax.ca.gst", "123026635 RT 0001", "valid tax.ca.gst 123026635RT0001 + org.ca.bn 123026635"},
    {"org.pl.regon", "19259818412342",
     "valid org.pl.regon 19259818412342 + org.pl.regon 192598184"},
    {"org.si.maticna", "9331310 000", "valid org.si.maticna 9331310"},
    {"org.si.maticna", "9331310255", "valid org.si.maticna 9331310255 + org.si.maticna 9331310"},
    {"org.ch.uid", "100155212", "valid org.ch.uid CHE100155212"},
    {"org.es.cif", "J99216582", "valid doc.es.nif J99216582"},
    {"tax.br.cnpj", "12.ABC.345/01DE-35",
     "valid tax.br.cnpj 12ABC34501DE35 + tax.br.cnpj.root 12ABC345"},
    {"tax.br.cnpj", "12ABC34501DE00", "invalid"},
    {"tax.in.gstin", "27AAPFU0939F1ZV",
     "valid tax.in.gstin 27AAPFU0939F1ZV + doc.in.pan AAPFU0939F"},
    {"tax.th.tin", "0-1055-59123-45-4",
     "valid tax.th.tin 0105559123454 + org.th.moa 0105559123454"},
    {"tax.th.tin", "1-2345-45678-78-1",
     "valid tax.th.tin 1234545678781 + doc.th.pin 1234545678781"},
    {"tax.vn.mst", "0101234565-001", "valid tax.vn.mst 0101234565001 + tax.vn.mst 0101234565"},
    {"tax.sn.ninea", "3067221 2G2", "valid tax.sn.ninea 30672212G2 + tax.sn.ninea 003067221"},
    {"tax.sn.ninea", "306 7221", "valid tax.sn.ninea 003067221"},
    {"tax.tn.mf", "1182431M/A/M/000", "valid tax.tn.mf 1182431MAM000 + tax.tn.mf 1182431M"},
    {"tax.id.npwp", "0012345674012000", "valid tax.id.npwp 012345674012000"},
    {"tax.id.npwp", "1101010101000001",
     "unverifiable tax.id.npwp 1101010101000001 + doc.id.nik 1101010101000001"},
    {"tax.mx.rfc", "GODE561231GR8", "valid tax.mx.rfc GODE561231GR8 + tax.mx.rfc.short GODE561231"},
    {"tax.mx.rfc", "GODE-561231", "unverifiable tax.mx.rfc.short GODE561231"},
    {"tax.mx.rfc", "GODE561231GR7", "unverifiable tax.mx.rfc GODE561231GR7"},
};

TEST_CASE("ANumberYieldsTheNumbersThatItContains") { CheckCases(kDerived); }

constexpr KindCase kSpellings[] = {
    {"org.ro.onrc", "J 52 / 750 / 2012",
     "valid org.ro.onrc J52/750/2012 + org.ro.onrc J20120007505"},
    {"org.ro.onrc", "J/52/750/22.11.2012", "valid org.ro.onrc J52/750/2012"},
    {"org.ro.onrc", "J2016012984401", "valid org.ro.onrc J2016012984401"},
    {"org.ro.onrc", "J40/12984/2016",
     "valid org.ro.onrc J40/12984/2016 + org.ro.onrc J2016012984401"},
    {"org.ro.onrc", "J2025012984401", "invalid no such county"},
    {"org.ro.onrc", "J52/750/31.02.2012", "invalid no such date"},
    {"org.at.fn", "FN 033209 m", "valid org.at.fn 33209M"},
    {"org.at.fn", "FN 33209 p", "invalid"},
    {"tax.cl.rut", "05.759.700-3", "valid tax.cl.rut 57597003"},
    {"tax.nz.ird", "49-091-850", "valid tax.nz.ird 49091850"},
    {"tax.nz.ird", "049091850", "valid tax.nz.ird 49091850"},
    {"tax.az.voen", "300725012", "valid tax.az.voen 0300725012"},
    {"tax.pk.ntn", "1334567-8", "valid tax.pk.ntn 1334567"},
    {"org.jp.corporate_number", "T5835678256246", "valid org.jp.corporate_number 5835678256246"},
};

TEST_CASE("OneNumberHasOneSpelling") { CheckCases(kSpellings); }

constexpr KindCase kChecks[] = {
    {"org.tw.ubn", "12345675", "unverifiable doc.sample"},  // modulo 10, before April 2023
    {"org.tw.ubn", "12345671", "unverifiable doc.sample"},  // modulo 5, its seventh digit a 7
    {"org.tw.ubn", "12345672", "invalid"},
    {"org.kr.brn", "116-82-00277", "invalid check digits"},
    {"org.sg.uen", "T08WW0001A", "invalid"},
    {"tax.us.ein", "07-1144442", "invalid no such prefix"},
    {"tax.us.itin", "900-49-1234", "invalid no such group"},
    {"tax.us.atin", "923-93-6789", "valid"},
    {"tax.do.rnc", "101581601", "valid"},  // listed though its check is wrong
    {"tax.ec.ruc", "1760001550000", "invalid no such establishment"},
    {"tax.mx.rfc", "CACA 580710 NF7", "invalid initials"},
    {"tax.mx.rfc", "XAXX010101000", "junk"},
    {"tax.br.cpf", "111.111.111-11", "junk"},
    {"tax.br.cnpj", "00.000.000/0000-00", "junk"},
};

TEST_CASE("ChecksAndListsOfTheAuthorities") { CheckCases(kChecks); }

TEST_CASE("TheNineDigitNumbersOfTheUnitedStatesMeetOnlyAsANumberOfATypeNotStated") {
  for (const std::string_view kind : {"doc.us.ssn", "tax.us.ein", "tax.us.atin", "tax.us.tin"}) {
    CAPTURE(kind);
    const Normalized out = Run(kind, "042103594");
    CHECK(out.identifiers()[0].kind == kind);
    for (const Identifier& other : out.identifiers().subspan(1)) CHECK(other.kind == "tax.us.tin");
  }
}

TEST_CASE("APartOfOneRepeatedDigitIsNotDerived") {
  // The commonest made-up CUIT holds the DNI 11111111.
  const Normalized out = Run("tax.ar.cuit", "20-11111111-2");
  CHECK(Show(out) == "unverifiable doc.sample 20111111112");
}

}  // namespace
}  // namespace revenant
