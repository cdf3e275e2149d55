// One number in the ways in which people write it: all must meet.

#include <doctest/doctest.h>

#include <string>

#include "identifier/support.h"
#include "identifier/text.h"

namespace revenant {
namespace {

struct Meeting {
  std::string_view kind, plain, written;
};

void CheckMeetings(std::span<const Meeting> meetings) {
  for (const Meeting& each : meetings) {
    CAPTURE(each.kind);
    CAPTURE(each.written);
    const Normalized plain = Run(each.kind, each.plain);
    REQUIRE(!plain.identifiers().empty());
    const std::string shown = Show(Run(each.kind, each.written));
    CAPTURE(shown);
    CHECK(shown == Show(plain));
  }
}

TEST_CASE("UsualLabelsInFrontComeOff") {
  constexpr Meeting kMeetings[] = {
      {"tax.be.vat", "BE0428759497", "TVA BE 0428.759.497"},
      {"tax.be.vat", "BE0428759497", "BTW BE 0428.759.497"},
      {"tax.be.vat", "BE0428759497", "BTW-BE 0428.759.497"},
      {"doc.in.pan", "AAAPL1234C", "PAN card no. AAAPL1234C"},
      {"tax.es.vat", "B58378431", "CIF B58378431"},
      {"tax.es.vat", "B58378431", "NIF: B-58.378.431"},
      {"tax.es.vat", "B58378431", "NIF ESB58378431"},
      {"tax.it.vat", "IT00743110157", "P.IVA 00743110157"},
      {"tax.de.vat", "DE136695976", "UID DE136695976"},
      {"tax.gb.vat", "GB980780684", "VAT No. GB 980 7806 84"},
      {"tax.gb.vat", "GB980780684", "VAT Reg. No.: 980780684"},
      {"doc.passport.number@DE", "C01X0006H", "Reisepass Nr. C01X0006H"},
      {"doc.passport.number@DE", "C01X0006H", "Pass-Nr. C01X0006H"},
      {"org.de.hr", "Aachen HRB 12345", "Aachen HRB Nr. 12345"},
      {"org.de.hr", "Aachen HRB 12345", "HRB-Nr. 12345, AG Aachen"},
      {"org.de.hr", "Aachen HRB 12345", "Handelsregister Aachen HRB 12345"},
      {"org.de.hr", "Aachen HRB 12345", "Handelsregister des Amtsgerichts Aachen HRB 12345"},
      {"pay.pan", "4929123456789015", "Visa 4929123456789015"},
      {"pay.pan", "4929123456789015", "4929 1234 5678 9015 12/27"},
      {"pay.pan", "4929123456789015", "4929 1234 5678 9015 exp 12/2027"},
      {"device.imei", "490154203237518", "urn:gsma:imei:49015420-323751-8"},
      {"device.imei", "490154203237518", "490154203237518/01"},
      {"device.mac", "00:90:96:AF:CC:39", "0x009096AFCC39"},
      {"device.mac", "00:90:96:AF:CC:39", "MAC: 00:90:96:AF:CC:39"},
      {"device.uuid", "2830923a-e5f5-4178-9700-787586673e0d",
       "GUID 2830923a-e5f5-4178-9700-787586673e0d"},
  };
  CheckMeetings(kMeetings);
  if (!kinds::BuiltWithIcu()) return;
  constexpr Meeting kBeyondAscii[] = {
      {"doc.cn.resident_id", "11010519491231002X", "身份证号：11010519491231002X"},
      {"doc.cn.resident_id", "11010519491231002X", "身份证号码: 11010519491231002X"},
  };
  CheckMeetings(kBeyondAscii);
}

TEST_CASE("ALabelComesOffOnlyWhereTheRestPasses") {
  constexpr KindCase kCases[] = {
      {"tax.be.vat", "TVA BE 0428.759.498", "invalid"},
      {"pay.pan", "Visa 4929123456789016", "invalid"},
      {"pay.pan", "4929 1234 5678 9016 12/27", "invalid"},
      {"pay.pan", "4929 1234 5678 9015 13/27", "invalid"},
      {"device.imei", "490154203237519/01", "invalid"},
      {"device.imei", "49015420323751801", "invalid"},
      {"org.de.hr", "Aachen HRB Nr. 0", "junk"},
      {"org.de.hr", "Aachen HRB Nr.", "invalid"},
      {"tax.gb.vat", "BTW-XX 980780684", "invalid"},
  };
  CheckCases(kCases);
}

TEST_CASE("APassportsNumberIsReadOffItsMachineReadableZone") {
  constexpr Meeting kMeetings[] = {
      {"doc.passport.number@GB", "925665416", "GBR925665416"},
      {"doc.passport.number@GB", "925665416", "925665416GBR"},
      {"doc.passport.number@GB", "925665416", "GB925665416"},
      {"doc.passport.number@GB", "925665416", "GBR 925665416 6"},
      {"doc.passport.number@UA", "FB123457", "FB123457<2"},
      {"doc.passport.number@UA", "FB123457", "FB123457 2"},
      {"doc.passport.number@UA", "FB123457", "FB1234572"},
      {"doc.passport.number@DE", "C01X0006H", "C01X0006H1"},
      {"doc.passport.number@DE", "C01X0006H", "D C01X0006H"},
  };
  CheckMeetings(kMeetings);
  constexpr KindCase kCases[] = {
      {"doc.passport.number@DE", "C01X0006H2", "invalid"},
      {"doc.passport.number@UA", "FB123457<9", "invalid"},
      {"doc.passport.number@UA", "<<<<<<<<<", "junk"},
      {"doc.passport.number@GB", "USA925665416", "invalid"},
      {"doc.passport.number@KE", "A<1234", "invalid"},
      {"doc.passport.number@US", "E00007734", "valid doc.passport.number@US E00007734"},
  };
  CheckCases(kCases);
}

TEST_CASE("WordsBehindAPhoneNumberComeOff") {
  constexpr Meeting kMeetings[] = {
      {"contact.phone@DE", "030 23125104", "030 23125104 (WhatsApp)"},
      {"contact.phone@DE", "030 23125104", "030 23125104 (privat)"},
      {"contact.phone@DE", "030 23125104", "030 23125104 Durchwahl 5"},
      {"contact.phone@UA", "067 1234567", "8 067 1234567"},
      {"contact.phone@UA", "067 1234567", "80671234567"},
  };
  CheckMeetings(kMeetings);
  constexpr KindCase kCases[] = {
      {"contact.phone@US", "1-800-(FLOWERS)", "valid contact.phone +18003569377"},
      {"contact.phone@DE", "030 23125104 oder 5", "invalid"},
  };
  CheckCases(kCases);
}

TEST_CASE("WalletsAreReadBehindTheNamesOfTheirChains") {
  constexpr std::string_view kEth = "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed";
  constexpr std::string_view kTron = "TEi1qhi5LuTicg1u9oAstyXCSf5uibSyqo";
  constexpr Meeting kMeetings[] = {
      {"pay.crypto.eth", kEth, "eip155:1:0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed"},
      {"pay.crypto.eth", kEth, "bnb:0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed"},
      {"pay.crypto.eth", kEth, "ERC20: 0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed"},
      {"pay.crypto.eth", kEth, "ethereum:pay-0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed@1"},
      {"pay.crypto.tron", kTron, "TRC20: TEi1qhi5LuTicg1u9oAstyXCSf5uibSyqo"},
      {"pay.crypto.tron", kTron, "USDT-TRC20 TEi1qhi5LuTicg1u9oAstyXCSf5uibSyqo"},
      {"pay.crypto.tron", kTron, "tron:TEi1qhi5LuTicg1u9oAstyXCSf5uibSyqo"},
      {"pay.crypto.xrp", "rGWrZyQqhTp9Xu7G5Pkayo7bXjH4k4QYpf:4294967295",
       "XVLhHMPHU98es4dbozjVtdWzVrDjtV18pX8yuPT7y4xaEHi"},
      {"pay.crypto.xrp", "r9cZA1mLK5R5Am25ArfXFmqgNwjZgnfk59",
       "X7AcgcsBL6XDcUb289X4mJ8djcdyKaB5hJDWMArnXr61cqZ"},
  };
  CheckMeetings(kMeetings);
  constexpr KindCase kCases[] = {
      {"pay.crypto.eth", "eip155:1:0x5aaeb6053f3e94c9b9a09f33669435e7ef1beae", "invalid"},
      {"pay.crypto.eth", "5aaeb6053f3e94c9b9a09f33669435e7ef1beaed", "invalid"},
      {"pay.crypto.xrp", "XVLhHMPHU98es4dbozjVtdWzVrDjtV18pX8yuPT7y4xaEHj", "invalid"},
      {"pay.crypto.xrp", "X7", "invalid"},
  };
  CheckCases(kCases);
}

TEST_CASE("ABritishSortCodeIsToldFromTheAccountByItsDashes") {
  constexpr Meeting kMeetings[] = {
      {"pay.gb.sortcode_account", "08-99-99 66374958", "66374958 08-99-99"},
      {"pay.gb.sortcode_account", "08-99-99 66374958", "66374958 / 089999"},
      {"pay.gb.sortcode_account", "08-99-99 66374958", "08999966374958"},
      {"pay.gb.sortcode_account", "08-99-99 66374958", "Sort code: 08-99-99 Account: 66374958"},
      {"pay.gb.sortcode_account", "08-99-99 66374958", "Account No. 66374958, Sort Code 08-99-99"},
  };
  CheckMeetings(kMeetings);
  constexpr KindCase kCases[] = {
      {"pay.gb.sortcode_account", "Sort code 08-99-99", "invalid too short"},
      {"pay.gb.sortcode_account", "Kasse 08-99-99 66374958", "invalid"},
      {"pay.gb.sortcode_account", "08-99-99 663749581", "invalid"},
      {"pay.gb.sortcode_account", "", "invalid"},
  };
  CheckCases(kCases);
}

}  // namespace
}  // namespace revenant
