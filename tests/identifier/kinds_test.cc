// Kinds one by one: forms that must meet, values that must fail, junk. All values are published
// specimens, samples of standards, or invented.

#include <doctest/doctest.h>

#include <set>
#include <string>

#include "identifier/support.h"
#include "identifier/text.h"

namespace revenant {
namespace {

TEST_CASE("Devices") {
  constexpr KindCase kCases[] = {
      {"device.imei", "49-015420-323751-8", "valid device.imei 490154203237518"},
      {"device.imei", "49-015420-323751", "unverifiable device.imei 490154203237518"},
      {"device.imei", "49-015420-323751-01",
       "unverifiable device.imeisv 4901542032375101 + device.imei 490154203237518"},
      {"device.imei", "49O154203237518", "valid device.imei 490154203237518"},
      {"device.imei", "490154203237519", "invalid check digits"},
      {"device.imei", "000000000000000", "junk"},
      {"device.meid", "29360 87365 0070 3710 0", "valid device.meid AF0123450ABCDE"},
      {"device.meid", "AF 01 23 45 0A BC DE C", "valid device.meid AF0123450ABCDE"},
      {"device.meid", "99999 99999 0070 3710", "invalid"},
      {"device.mac", "0-90-96-AF-CC-39", "valid device.mac 009096AFCC39"},
      {"device.mac", "0090.96af.cc39", "valid device.mac 009096AFCC39"},
      {"device.mac", "00:90:96:FF:FE:AF:CC:39",
       "valid device.mac 009096FFFEAFCC39 + device.mac 009096AFCC39"},
      {"device.mac", "00:00:00:00:00", "invalid"},
      {"device.mac", "02:00:00:00:00:00", "junk"},
      {"device.mac", "DA:A1:19:00:00:01", "junk"},
      {"device.mac", "08:00:27:12:34:56", "junk"},
      {"device.mac", "01:2F:45:37:AB:CD", "unverifiable"},
      {"device.mac", "FF:FF:FF:FF:FF:FF", "valid device.mac.nobody FFFFFFFFFFFF"},
      {"device.mac", "00:00:00:00:00:00:00:00", "junk"},
      {"device.android_id", "9774d56d682e549c", "junk"},
      {"device.android_id@com.shop", "3F2A9C41D07BE856",
       "valid device.android_id@com.shop 3f2a9c41d07be856"},
      {"device.android_id", "a9c41d07be8567", "valid device.android_id 00a9c41d07be8567"},
      {"device.idfa", "00000000-0000-0000-0000-000000000000", "junk"},
      {"device.gaid", "{38400000-8CF0-41BD-B23E-10B96E40000D}",
       "valid device.gaid 38400000-8cf0-41bd-b23e-10b96e40000d"},
      {"device.uuid", "384000008cf0-41bd-b23e-10b96e40000d", "invalid not a UUID"},
      {"device.uuid", "123e4567-e89b-12d3-a456-426614174000", "junk"},
      {"device.smbios_uuid", "4C4C4544-0042-3510-8052-B3C04F4B4E32",
       "valid device.smbios_uuid 44454c4c-4200-1035-8052-b3c04f4b4e32"},
      {"device.smbios_uuid", "44454c4c-4200-1035-8052-b3c04f4b4e32",
       "valid device.smbios_uuid 44454c4c-4200-1035-8052-b3c04f4b4e32"},
      {"device.smbios_uuid", "00020003-0004-0005-0006-000700080009", "junk"},
      {"device.smbios_serial", "To Be Filled By O.E.M.", "junk"},
      {"device.smbios_serial", "System Serial Number", "junk"},
      {"device.smbios_serial", "5cd-1234xyz", "valid device.smbios_serial 5CD1234XYZ"},
      {"device.ja3", "769,47-53-5-10-49161-49162-49171-49172-50-56-19-4,0-10-11,23-24-25,0",
       "valid device.ja3 ada70206e40642a3e4461f35503241d5"},
      {"device.ja3", "769,47,0", "invalid"},
      {"device.ja4", "T13D1516H2_8DAAF6152771_B0DA82DD1658",
       "valid device.ja4 t13d1516h2_8daaf6152771_b0da82dd1658"},
      {"device.imsi", "001010123456789", "junk"},
      {"net.ip", "::ffff:81.2.69.142", "valid net.ip 81.2.69.142"},
      {"net.ip", "2A00:1450:4001:81b::200e", "valid net.ip 2a00:1450:4001:81b::"},
      {"net.ip", "10.1.2.3", "valid net.ip.nobody 10.1.2.3"},
      {"net.ip", "26.0.0.256", "invalid"},
  };
  CheckCases(kCases);
}

TEST_CASE("Documents") {
  constexpr KindCase kCases[] = {
      {"doc.cn.resident_id", "11010519491231002x", "valid doc.cn.resident_id 11010519491231002X"},
      {"doc.cn.resident_id", "110105491231002",
       "unverifiable doc.cn.resident_id 11010519491231002X"},
      {"doc.cn.resident_id", "11010519491231OO2X", "valid doc.cn.resident_id 11010519491231002X"},
      {"doc.cn.resident_id_15", "110105491231002",
       "unverifiable doc.cn.resident_id 11010519491231002X"},
      {"doc.cn.resident_id", "160105194912310028", "invalid no such province"},
      {"doc.cn.resident_id", "110105194913310028", "invalid no such date"},
      {"doc.cn.residence_permit", "830000199201300022",
       "valid doc.cn.resident_id 830000199201300022"},
      {"doc.cn.uscc", "91 110000 600037341L",
       "valid doc.cn.uscc 91110000600037341L + org.cn.organisation_code 600037341"},
      {"doc.cn.uscc", "91110000600037342L", "invalid check digits"},
      {"doc.hk.id", "a555555(0)", "unverifiable doc.sample A5555550"},
      {"doc.hk.id", "AB123456(9)", "unverifiable doc.sample AB1234569"},
      {"doc.hk.id", "A555555(1)", "invalid check digits"},
      {"doc.us.ssn", "078-05-1120", "junk"},
      {"doc.us.ssn", "666-12-3456", "invalid no such area"},
      {"doc.us.ssn", "042-00-3594", "invalid no such group"},
      {"doc.es.nif", "ES B-58378431", "valid doc.es.nif B58378431"},
      {"doc.es.dni", "54362315-K", "valid doc.es.nif 54362315K"},
      {"doc.es.nie", "X2482300W", "valid doc.es.nif X2482300W"},
      {"doc.es.nie", "12345678Z", "invalid"},
      {"doc.passport.number", "E00007734", "invalid the issuing country is missing"},
      {"doc.passport.number@zz", "E00007734", "invalid the issuing country is not"},
      {"doc.passport.number@us", "E0000-7734", "valid doc.passport.number@US E00007734"},
      {"doc.passport.number@GB", "A012345678", "invalid"},
      {"doc.passport.number@KE", "A1234576", "unverifiable doc.passport.number@KE A1234576"},
      {"doc.passport.mrz",
       "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10",
       "junk doc.mrz P:UTO:L898902C3"},
      {"doc.mrz",
       "P<UT0ERIK55ON<<ANNA<MAR1A<<<<<<<<<<<<<<<<<<<\nL898902C36UTO740BIZZF12041S9ZE184226B<<<<<1O",
       "junk doc.mrz P:UTO:L898902C3"},
      {"doc.passport.mrz",
       "P<UKRTKACHENKO<<MARIANA<<<<<<<<<<<<<<<<<<<<<\nFB123456<9UKR9108242F33092541234567890<<<<70",
       "valid doc.mrz P:UKR:FB123456 + doc.passport.number@UA FB123456 + "
       "doc.holder@UA 910824:TKACHENKO<<MARIANA"},
      {"doc.passport.mrz",
       "P<UKRTKACHENKO<<MARIANA<<<<<<<<<<<<<<<<<<<<<\nFB123456<8UKR9108242F33092541234567890<<<<70",
       "invalid check digits"},
      {"doc.idcard.mrz",
       "I<CHED231458907ABC<<<<<<<<<<<<\n7408122F1204159CHE<<<<<<<<<<<1\n<<ANNA<MARIA<<<<<<<<<<<<<<<"
       "<<<",
       "valid doc.mrz I:CHE:D23145890 + doc.idcard.number@CH D23145890 + doc.holder@CH"},
      {"doc.idcard.mrz", "P<UKR", "invalid not the length"},
  };
  CheckCases(kCases);
}

TEST_CASE("ALongDocumentNumberRunsOnInTheOptionalData") {
  const Normalized out = Run("doc.idcard.mrz",
                             "I<UTOD23145890<7349<<<<<<<<<<<\n3407127M9507122UTO<<<<<<<<<<<2\n"
                             "STEVENSON<<PETER<JOHN<<<<<<<<<");
  CHECK(out.identifiers()[0].canonical == "I:UTO:D23145890734");
}

TEST_CASE("Payments") {
  constexpr KindCase kCases[] = {
      {"pay.iban", "IBAN DE89 3704 0044 0532 0130 00", "valid pay.iban DE89370400440532013000"},
      {"pay.iban", "DE89 37O4 0044 0532 0130 00", "valid pay.iban DE89370400440532013000"},
      {"pay.iban", "DE89370400440532013001", "invalid check digits"},
      {"pay.iban", "DE8937040044053201300", "invalid does not have the length"},
      {"pay.iban", "ES7712341234161234567890",
       "valid pay.iban ES7712341234161234567890 + pay.es.ccc 12341234161234567890"},
      {"pay.iban", "GB29NWBK60161331926819",
       "valid pay.iban GB29NWBK60161331926819 + pay.gb.sortcode_account 60161331926819"},
      {"pay.gb.sortcode_account", "60-16-13 31926819",
       "unverifiable pay.gb.sortcode_account 60161331926819"},
      {"pay.gb.sortcode_account", "60-16-13 3192681", "invalid too short"},
      {"pay.gb.sortcode_account", "60-16-13 00000000", "junk"},
      {"pay.iban", "CZ6508000000192000145399",
       "valid pay.iban CZ6508000000192000145399 + pay.cz.account 00001920001453990800"},
      {"pay.iban", "ME52510000000006234132", "invalid the national check"},
      {"pay.iban", "XX431234000000000", "invalid no such country"},
      {"pay.iban", "CM1512341234123412341234123", "unverifiable"},
      {"pay.cz.account", "19-2000145399/0800", "valid pay.cz.account 00001920001453990800"},
      {"pay.pan", "4111-1111-1111-1111", "junk"},
      {"pay.pan", "4929 1234 5678 9O15", "valid pay.pan 4929123456789015"},
      {"pay.pan", "4929 1234 5678 9016", "invalid"},
      {"pay.pan", "6212345000000001", "unverifiable"},
      {"pay.us.account", "011000015 / 000123456789",
       "valid pay.us.account 011000015:123456789 + pay.us.aba 011000015"},
      {"pay.us.account", "011000016 000123456789", "invalid the routing number"},
      {"pay.us.account", "011000015 00000000", "junk"},
      {"pay.bic", "deut de ff xxx", "valid pay.bic DEUTDEFFXXX + pay.bic DEUTDEFF"},
      {"pay.bic", "deut de ff 500", "valid pay.bic DEUTDEFF500"},
      {"pay.bic", "DEUTQQFF", "invalid no such country"},
      {"pay.ar.cbu", "2850590940090418135201", "valid"},
      {"pay.nz.account", "01-902-0068389-00", "valid pay.nz.account 0109020068389000"},
      {"pay.nz.account", "01-9999-0100197-00", "invalid no such bank"},
      {"pay.no.account", "0000.4090403", "valid pay.no.account 4090403"},
      {"pay.in.ifsc", "SBINO020085", "invalid"},
      {"pay.paypal", "QYR5Z8XDVJNX0", "invalid"},
      {"pay.crypto.btc", "BC1QAR0SRRR7XFKVY5L643LYDNW9RE59GTZZWF5MDQ",
       "valid pay.crypto.btc bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq"},
      {"pay.crypto.btc", "bitcoin:1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
       "valid pay.crypto.btc 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"},
      {"pay.crypto.btc", "tb1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3q0sl5k7", "junk"},
      {"pay.crypto.btc", "5Kd3NBUAdUnhyzenEwVLy9pBKxSwXvE9FMPyR4UKZvpe6E3AgLr", "invalid a key"},
      {"pay.crypto.eth", "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed",
       "valid pay.crypto.eth 0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"},
      {"pay.crypto.eth", "0x5AAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "invalid the capitals"},
      {"pay.crypto.eth@30", "0x5aaEB6053f3e94c9b9a09f33669435E7ef1bEAeD",
       "valid pay.crypto.eth@30 0x5aaEB6053f3e94c9b9a09f33669435E7ef1bEAeD + pay.crypto.eth "
       "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"},
      {"pay.crypto.tron", "4165cfbd57fa4f20687b2c33f84c4f9017e5895d49", "valid pay.crypto.tron T"},
      {"pay.crypto.xrp", "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh:12",
       "valid pay.crypto.xrp rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh:12"},
  };
  CheckCases(kCases);
}

TEST_CASE("ATronAddressAndItsEthereumTwinMeet") {
  const Normalized tron = Run("pay.crypto.tron", "4165cfbd57fa4f20687b2c33f84c4f9017e5895d49");
  const Normalized eth = Run("pay.crypto.eth", "0x65cfbd57fa4f20687b2c33f84c4f9017e5895d49");
  REQUIRE(tron.identifiers().size() == 2);
  CHECK(tron.identifiers()[1] == eth.identifiers()[0]);
}

TEST_CASE("Contacts") {
  constexpr KindCase kCases[] = {
      {"contact.email", "Jane.Doe+shop@GoogleMail.com", "valid contact.email janedoe@gmail.com"},
      {"contact.email", "Jane.Doe@Outlook.com", "valid contact.email jane.doe@outlook.com"},
      {"contact.email", "ｊａｎｅ@ｇｍａｉｌ.com", "valid contact.email jane@gmail.com"},
      {"contact.email", "info@shop.org", "valid contact.email.weak info@shop.org"},
      {"contact.email", "x@mailinator.com", "valid contact.email.weak"},
      {"contact.email", "a..b...c+d..e@gmail.com", "valid contact.email abc@gmail.com"},
      {"contact.email", ".a@gmail.com", "invalid a character or dot"},
      {"contact.email", "a..b@outlook.com", "invalid a character or dot"},
      {"contact.email", "a@b@c.org", "invalid"},
      {"contact.email", "a@-b.org", "invalid not a domain name"},
      {"contact.email", "a@xn--0.tld", "invalid not a domain name"},
      {"contact.email", "+x@gmail.com", "invalid no name"},
      {"contact.phone", "+49 (30) 901820", "valid contact.phone +4930901820"},
      {"contact.phone@US", "(650) 253-0000", "valid contact.phone +16502530000"},
      {"contact.phone", "650 253 0000", "invalid a national number"},
      {"contact.phone", "+52 1 55 5350 6000", "valid contact.phone +525553506000"},
      {"contact.phone", "+52 55 5350 6000", "valid contact.phone +525553506000"},
      {"contact.phone", "+54 9 11 2345 6789",
       "valid contact.phone +5491123456789 + contact.phone +541123456789"},
      {"contact.phone@AR", "011 15 2345 6789",
       "valid contact.phone +5491123456789 + contact.phone +541123456789"},
      {"contact.phone", "+39 06 6982", "valid contact.phone +39066982"},
      {"contact.phone", "112", "junk"},
      {"contact.phone", "+1 201 155 0123", "invalid"},
      {"contact.name", "  MUSTERMANN,  Erika ", "valid contact.name mustermann erika"},
      {"custom.card", "  Ab-12 ", "valid custom.card Ab-12"},
      {"custom.card", "1111", "junk custom.card 1111"},
      {"custom.card", "1181", "valid custom.card 1181"},
      {"org.lei", "5493000IBP32UQZ0KL24", "valid org.lei"},
  };
  CheckCases(kCases);
}

// Well formed, and no seller can hold them: the value is shown, but its only identifier is ignored.
TEST_CASE("WhatIsNobodysOwnIsValidAndNeverLinks") {
  constexpr KindCase kCases[] = {
      {"net.ip", "192.168.1.1", "valid net.ip.nobody 192.168.1.1"},
      {"contact.phone", "+1 201 555 0123", "valid contact.phone.nobody +12015550123"},
      {"contact.phone", "+44 7700 900123", "valid contact.phone.nobody +447700900123"},
      {"contact.phone@GB", "(020) 7946 0123", "valid contact.phone.nobody +442079460123"},
      {"device.mac", "FF:FF:FF:FF:FF:FF:FF:FF", "valid device.mac.nobody FFFFFFFFFFFFFFFF"},
      {"pay.crypto.eth", "0x0000000000000000000000000000000000000000",
       "valid pay.crypto.nobody 0x0000000000000000000000000000000000000000"},
      {"pay.crypto.eth", "0x0000000000000000000000000000000000000001",
       "valid pay.crypto.nobody 0x"},
      {"pay.crypto.eth", "0x000000000000000000000000000000000000dEaD",
       "valid pay.crypto.nobody 0x"},
      {"pay.crypto.tron", "410000000000000000000000000000000000000000",
       "valid pay.crypto.nobody T9yD14Nj9j7xAB4dbGeiX9h8unkKHxuWwb"},
      {"pay.crypto.nobody", "T9yD14Nj9j7xAB4dbGeiX9h8unkKHxuWwb",
       "valid pay.crypto.nobody T9yD14Nj9j7xAB4dbGeiX9h8unkKHxuWwb"},
  };
  CheckCases(kCases);
  for (const KindCase& c : kCases) {
    CAPTURE(c.value);
    const Normalized out = Run(c.kind, c.value);
    REQUIRE(out.identifiers().size() == 1);
    CHECK(FindKind(out.identifiers()[0].kind)->role == Role::kIgnored);
  }
}

TEST_CASE("LookAlikeMailboxesMeetAtTheirSkeleton") {
  const auto skeleton = [](std::string_view value) {
    const Normalized out = Run("contact.email", value);
    const auto found =
        std::ranges::find(out.identifiers(), "contact.email.skeleton", &Identifier::kind);
    REQUIRE(found != out.identifiers().end());
    return *found;
  };
  CHECK(skeleton("paypal.help@outlook.com") == skeleton("paypa1.he1p@0utlook.com"));
  CHECK(skeleton("jane+1@outlook.com") == skeleton("jane+2@outlook.com"));
  if (kinds::BuiltWithIcu()) {
    CHECK(skeleton("jane@outlook.com") == skeleton("j\u0430ne@outlook.com"));  // Cyrillic a
  }
  CHECK_FALSE(skeleton("jane@outlook.com") == skeleton("joan@outlook.com"));
}

TEST_CASE("AnIdnDomainIsTheSameInUnicodeAndPunycode") {
  CHECK(Show(Run("contact.email", "info2@президент.рф")) ==
        Show(Run("contact.email", "info2@xn--d1abbgf6aiiy.xn--p1ai")));
}

TEST_CASE("AFaultSaysWhereItIs") {
  CHECK(Run("pay.pan", "4929 1234 5678 9x15").where == 16);
  CHECK(Run("doc.us.ssn", "042-10-35").where == 9);
  CHECK(Run("pay.iban", " DE89 \xd0\x96 704").where == 6);
  CHECK(Run("pay.pan", "\xd9\xa1\xd9\xa2?").where == 4);
}

TEST_CASE("ARepairIsReported") {
  const Normalized repaired = Run("pay.iban", "DE89 37O4 OO44 O532 O13O OO");
  CHECK(repaired.repaired);
  CHECK_FALSE(repaired.reason.empty());
  CHECK_FALSE(Run("pay.iban", "DE89 3704 0044 0532 0130 00").repaired);
  // Nothing is put right where the check then fails, or where there is none.
  CHECK(Run("pay.iban", "DE89 37O4 0044 0532 0130 01").status == Status::kInvalid);
  CHECK(Run("doc.us.ssn", "O42-10-3594").status == Status::kInvalid);
}

TEST_CASE("ARepairStandsOnlyWhereTheCheckVouchesForIt") {
  constexpr KindCase kCases[] = {
      {"doc.ca.sin", "193 4S6 720", "valid doc.ca.sin 193456720"},
      {"doc.ca.sin", "12345678Z", "invalid"},  // the check digit itself
      {"doc.il.idnr", "200B15439", "valid doc.il.idnr 200815439"},
      {"doc.il.idnr", "12345678-Z", "invalid"},
      {"doc.il.idnr", "12345 678Z", "invalid"},
      {"tax.sn.ninea", "1234567 0AZ", "invalid"},
      {"org.ca.bn", "I23O26635", "valid org.ca.bn 123026635"},
      {"org.ca.bn", "123O2 6635 RC 0001", "valid org.ca.bn 123026635RC0001"},
      {"org.ca.bn", "12345678Z", "invalid"},
      {"org.ca.bn", "12302 6635 RC OO01", "invalid"},  // the check leaves branches out
      {"org.ca.bn", "12302 6635 RC OOO1", "invalid"},
      {"doc.in.epic", "8AA0123455", "invalid"},  // B, but letters have no say
      {"doc.in.epic", "AAA01Z3455", "valid doc.in.epic AAA0123455"},
      {"pay.iban", "DE89 3704 0044 0532 0130 OO", "valid pay.iban DE89370400440532013000"},
  };
  CheckCases(kCases);
}

TEST_CASE("ProfilesMeetWhenTwoOfEightComponentsDiffer") {
  const auto bands = [](std::string_view json) {
    const Normalized out = Run("device.profile", json);
    std::set<std::string> all;
    for (const Identifier& identifier : out.identifiers().subspan(1))
      all.insert(identifier.canonical);
    return all;
  };
  const auto meet = [&](std::string_view a, std::string_view b) {
    const auto of_a = bands(a);
    for (const std::string& band : bands(b)) {
      if (of_a.contains(band)) return true;
    }
    return false;
  };
  constexpr std::string_view kProfile =
      R"({"gpu":"g","canvas":"c","audio":"a","fonts":["x","y"],"screen":"s","timezone":"t","platform":"p","ja4":"j"})";
  CHECK(bands(kProfile).size() == 28);
  CHECK(meet(
      kProfile,
      R"({"ja4":"j","platform":"p","timezone":"T","screen":"s","fonts":["y","x","y"],"audio":"a","canvas":"c2","gpu":"g2"})"));
  CHECK_FALSE(meet(
      kProfile,
      R"({"ja4":"j2","platform":"p","timezone":"t","screen":"s","fonts":["x","y"],"audio":"a","canvas":"c2","gpu":"g2"})"));
  CHECK(
      meet(
          kProfile,
          R"({"platform":"p","timezone":"t","screen":"s","fonts":["x","y"],"audio":"a","gpu":"g2"})") ==
      false);
  CHECK(meet(
      kProfile,
      R"({"platform":"p","timezone":"t","screen":"s","fonts":["x","y"],"audio":"a","gpu":"g"})"));
  CHECK(Run("device.profile", R"({"gpu":"g"})").status == Status::kInvalid);
  CHECK(Run("device.profile", std::string(5000, '[')).status == Status::kInvalid);
  CHECK(Run("device.profile", "{\"gpu\":").reason == "not JSON");
}

}  // namespace
}  // namespace revenant
