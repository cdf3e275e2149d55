// Persons' numbers: century rules, forms that must meet, numbers that were never given.

#include <algorithm>

#include "identifier/support.h"

namespace revenant {
namespace {

TEST_CASE("FormsOfOneNumberMeet") {
  constexpr KindCase kCases[] = {
      {"doc.be.bis", "00.21.01-012.08", "valid doc.be.insz 00210101208"},
      {"doc.be.ssn", "00.21.01-012.08", "valid doc.be.insz 00210101208"},
      {"doc.cn.residence_permit", "830000200001010018",
       "valid doc.cn.resident_id 830000200001010018"},
      {"doc.cr.cpf", "1-0001-12", "valid doc.cr.cpf 0100010012"},
      {"doc.cr.cpf", "100010012", "valid doc.cr.cpf 0100010012"},
      {"doc.de.passport", "C01X0006H1",
       "valid doc.de.passport C01X0006H1 + doc.passport.number@DE C01X0006H"},
      {"doc.de.passport", "C01X0006H",
       "unverifiable doc.de.passport C01X0006H1 + doc.passport.number@DE C01X0006H"},
      {"doc.fi.hetu", "131052-308T", "valid doc.fi.hetu 131052-308T"},
      {"doc.fi.hetu", "131052\u2013308t", "valid doc.fi.hetu 131052-308T"},
      {"doc.fi.hetu", "131052 308T", "valid doc.fi.hetu 131052-308T"},
      {"doc.fr.nir", "1 00 01 2A 001 001", "unverifiable doc.fr.nir 100012A00100104"},
      {"doc.gb.nino", "AA012344B", "valid doc.gb.nino AA012344B + doc.gb.nino AA012344"},
      {"doc.gb.nino", "AA012344", "valid doc.gb.nino AA012344"},
      {"doc.lk.nic", "901011234V", "valid doc.lk.nic 199010101234"},
      {"doc.lk.nic", "199010101234", "valid doc.lk.nic 199010101234"},
      {"doc.lk.nic", "199439812345", "unverifiable doc.lk.nic 199439812345"},  // the 398th day
      {"doc.lk.nic", "199400012345", "unverifiable doc.lk.nic 199400012345"},
      {"doc.lk.nic", "111110112345", "invalid no such date"},
      {"doc.pe.cui", "10117410-2", "valid doc.pe.cui 101174102 + doc.pe.cui 10117410"},
      {"doc.pe.cui", "10117410-G", "valid doc.pe.cui 10117410G + doc.pe.cui 10117410"},
      {"doc.pe.cui", "12345678-2", "invalid"},
      {"doc.pe.cui", "10117410", "unverifiable doc.pe.cui 10117410"},
      {"doc.pe.cui", "12345678", "unverifiable doc.sample 12345678"},
      // What textbooks and forms show links nobody, with or without check letters.
      {"doc.es.dni", "12345678-Z", "unverifiable doc.sample 12345678Z"},
      {"doc.es.dni", "00000000T", "unverifiable doc.sample 00000000T"},
      {"doc.es.nie", "X1234567L", "unverifiable doc.sample X1234567L"},
      {"doc.sg.nric", "S1234567D", "unverifiable doc.sample S1234567D"},
      {"doc.ca.sin", "123 456 782", "unverifiable doc.sample 123456782"},
      {"doc.es.dni", "12345677J", "valid doc.es.nif 12345677J"},
      // A card that bears its holder's own number.
      {"doc.idcard.number@CN", "110101199003078670",
       "valid doc.idcard.number@CN 110101199003078670 + doc.cn.resident_id 110101199003078670"},
      {"doc.idcard.number@CN", "110101199003078671",
       "valid doc.idcard.number@CN 110101199003078671"},
      {"doc.pt.cc", "10000000 0 ZZ2", "valid doc.pt.cc 100000000ZZ2 + doc.pt.nic 10000000"},
      {"doc.se.personnummer", "19000101-0123", "valid doc.se.personnummer 0001010123"},
      {"doc.se.personnummer", "000101+0123", "valid doc.se.personnummer 0001010123"},
      {"doc.si.emso", "0101900500123", "valid doc.yu.jmbg 0101900500123"},
      {"doc.tw.id", "A800000014", "valid doc.tw.ui A800000014"},
      {"doc.tw.ui", "A800000014", "valid doc.tw.ui A800000014"},
  };
  CheckCases(kCases);
}

TEST_CASE("SpellingsThatStayApartShareAnIdentifier") {
  struct Pair {
    std::string_view kind, one, other;
  };
  constexpr Pair kPairs[] = {
      {"pay.bic", "DEUTDEFFXXX", "DEUTDEFF"},     {"doc.gb.nino", "AA012344B", "AA012344"},
      {"doc.gb.nino", "AA012344B", "AA012344C"},  {"doc.pe.cui", "10117410-2", "10117410"},
      {"doc.pe.cui", "10117410-2", "10117410-G"}, {"tax.gb.tin", "AA012344B", "AA012344"},
  };
  for (const Pair& pair : kPairs) {
    CAPTURE(pair.kind);
    CAPTURE(pair.one);
    const Normalized one = Run(pair.kind, pair.one);
    const Normalized other = Run(pair.kind, pair.other);
    CHECK_FALSE(one.identifiers()[0] == other.identifiers()[0]);
    CHECK(std::ranges::any_of(one.identifiers(), [&](const Identifier& identifier) {
      return std::ranges::find(other.identifiers(), identifier) != other.identifiers().end();
    }));
  }
}

// Whatever kind of number persons and companies share, a seller may show its own and its company's:
// two of them do not make two people.
TEST_CASE("NumbersOfPersonsAndCompaniesAreNotOnePerPerson") {
  for (const std::string_view kind :
       {"doc.es.nif", "doc.hr.oib", "doc.in.pan", "doc.is.kennitala"}) {
    CAPTURE(kind);
    const KindInfo& info = *FindKind(kind);
    CHECK((info.family != Family::kDocument || info.good_for_days > 0));
    CHECK(info.fanout_limit == 50);
  }
}

TEST_CASE("CenturiesFollowTheNumbersOwnRules") {
  constexpr KindCase kCases[] = {
      {"doc.bg.egn", "0052010004", "valid"},            // month 52: December 2000
      {"doc.bg.egn", "2992070971", "invalid no such"},  // month 92
      {"doc.cz.rc", "991231123", "unverifiable"},       // 1899
      {"doc.cz.rc", "991231000", "invalid no such"},
      {"doc.sk.rc", "000101001", "unverifiable doc.cz.rc"},  // one series until 1993
      {"doc.sk.rc", "9501010013", "valid doc.sk.rc"},
      {"doc.dk.cpr", "2110525629", "invalid no such"},   // 2052
      {"doc.dk.cpr", "290200-4000", "valid"},            // 2000 was a leap year
      {"doc.dk.cpr", "290200-0000", "invalid no such"},  // 1900 was not
      {"doc.kr.rrn", "000229-1000000", "invalid no such"},
      {"doc.kr.rrn", "201101-3000000", "unverifiable"},  // random since October 2020
      {"doc.no.fnr", "18103970861", "invalid no such"},  // 2039
      {"doc.ro.cnp", "8000230234563", "invalid"},
      {"doc.pl.pesel", "02223013623", "invalid no such"},
  };
  CheckCases(kCases);
}

TEST_CASE("NumbersNeverGivenAreRefusedOrJunk") {
  constexpr KindCase kCases[] = {
      {"doc.gb.nhs", "999 000 0018", "junk doc.gb.nhs"},
      {"doc.gb.nino", "GB012344B", "invalid no such prefix"},
      {"doc.in.aadhaar", "2222 2222 2222", "invalid"},
      {"doc.in.pan", "AAAAA0000A", "invalid no such serial"},
      {"doc.in.pan", "ABCDE1234F", "invalid does not have the form"},
      {"doc.it.codice_fiscale", "AAPPRY77D15H501F", "invalid"},
      {"doc.my.nric", "880229195542", "invalid no such place"},
      {"doc.no.fnr", "00000000000", "invalid"},
      {"doc.pe.cui", "11111111", "junk"},
      {"doc.tn.cin", "00000000", "junk"},
  };
  CheckCases(kCases);
}

}  // namespace
}  // namespace revenant
