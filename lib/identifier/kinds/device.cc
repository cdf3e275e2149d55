// Handsets, installations of apps, and what browsers show.

#include <algorithm>

#include "identifier/md5.h"
#include "identifier/profile.h"
#include "identifier/table.h"
#include "identifier/uuid.h"

namespace revenant::kinds {
namespace {

void LowerText(Work& work) {
  char lower[Text::kInline];
  const std::size_t size = std::min(work.text().size(), sizeof lower);
  std::ranges::transform(work.text().substr(0, size), lower,
                         [](char c) { return IsLetter(c) ? static_cast<char>(c + 32) : c; });
  work.Replace({lower, size});
}

// 14 digits and the Luhn digit (3GPP TS 23.003, 6.2). An IMEISV has a software version in the
// check digit's place: it is a weaker identifier, which changes with an update, and yields the
// IMEI.
Verdict FinishImei(Work& work) {
  const std::string_view typed = work.text();
  if (typed.starts_with("00000000")) return Junk("an empty type allocation code");
  // "490154203237518/01": the software version stands behind.
  if (typed.size() == 17) {
    if (work.raw().find('/') == std::string_view::npos) return Invalid("too long", 15);
    if (!LuhnOk(typed.substr(0, 15))) return Invalid(kCheckFails, 14);
    work.Replace(typed.substr(0, 15));
    return Valid();
  }
  const bool checked = typed.size() == 15;
  if (checked) return LuhnOk(typed) ? Valid() : Invalid(kCheckFails, 14);
  char imei[15];
  std::ranges::copy(typed.substr(0, 14), imei);
  imei[14] = LuhnDigit({imei, 14});
  if (typed.size() == 14) {
    work.Replace({imei, 15});
    return Unverifiable("an IMEI without check digit");
  }
  work.Rename("device.imeisv");
  work.Derive("device.imei", {imei, 15});
  return Unverifiable("an IMEISV has no check digit");
}

// 14 hex digits; 18 decimal ones are the same in two parts (3GPP2 S.R0048-A). With or without the
// Luhn digit of their base.
Verdict FinishMeid(Work& work) {
  const std::string_view typed = work.text();
  const bool decimal = typed.size() >= 18;
  const bool checked = typed.size() == 15 || typed.size() == 19;
  if (checked && !(decimal ? LuhnOk(typed) : Luhn16Ok(typed))) return Invalid(kCheckFails);
  if (decimal) {
    std::uint64_t maker = 0;
    for (const char c : typed.substr(0, 10)) maker = maker * 10 + static_cast<unsigned>(DigitOf(c));
    const auto serial = static_cast<std::uint64_t>(Number(typed, 10, 8));
    if (maker > 0xFFFFFFFF || serial > 0xFFFFFF) return Invalid("no MEID in decimal digits");
    char hex[14];
    std::uint64_t both = maker << 24 | serial;
    for (int i = 13; i >= 0; --i, both >>= 4) hex[i] = "0123456789ABCDEF"[both & 15];
    work.Replace({hex, 14});
  } else {
    work.Replace(typed.substr(0, 14));
  }
  return checked ? Valid() : Unverifiable("a MEID without check digit");
}

// Android writes it without leading zeros.
Verdict FinishAndroidId(Work& work) {
  char id[16];
  const std::size_t zeros = 16 - work.text().size();
  std::fill_n(id, zeros, '0');
  std::ranges::copy(work.text(), id + zeros);
  work.Replace({id, 16});
  LowerText(work);
  return Valid();
}
constexpr std::string_view kAndroidIdJunk[] = {
    "0123456789abcdef",  // sample
    "9774d56d682e549c",  // every handset with the fault of Android 2.2 (issue 10603)
    "dead00beef000000",  // emulators
};

// MD5 of the five fields, or the fields themselves.
Verdict FinishJa3(Work& work) {
  const std::string_view text = work.text();
  if (text.size() == 32 &&
      std::ranges::all_of(text, [](char c) { return Base36(c) < 16 && Base36(c) >= 0; })) {
    LowerText(work);
    return Valid();
  }
  const auto commas = std::ranges::count(text, ',');
  const auto odd =
      std::ranges::find_if(text, [](char c) { return !IsDigit(c) && c != ',' && c != '-'; });
  if (odd != text.end()) {
    return Invalid("neither an MD5 nor the five fields of JA3",
                   static_cast<std::int32_t>(odd - text.begin()));
  }
  if (commas != 4) return Invalid("JA3 has five fields");
  work.Replace(Md5Hex(text));
  return Valid();
}

Verdict FinishLower(Work& work) {
  LowerText(work);
  return Valid();
}

Verdict FinishImsi(Work& work) {
  const std::string_view text = work.text();
  if (text.starts_with("001") || text.starts_with("999")) return Junk("a test network");
  if (text[0] < '2' || text[0] > '7') return Invalid("no such mobile country code", 0);
  return Valid();
}

constexpr TextRule kWithUnderscores = kPlain;
constexpr TextRule kFields = kSeparated.AlsoDropping(kDropSpaces);

constexpr Kind kDeviceKinds[] = {
    {.name = "device.imei",
     .title = "Mobile handset (IMEI, IMEISV)",
     .traits = kHandset,
     .text = kPunctuated,
     .shape = "N14|N15|N16|N17",
     .check = {"Luhn"},
     .finish = FinishImei,
     .standard = "3GPP TS 23.003",
     .bits = 44,
     .example = "490154203237518"},
    {.name = "device.imeisv",
     .title = "Mobile handset with software version (IMEISV)",
     .traits = kHandset.Supporting(8).GoodFor(180),
     .text = kPunctuated,
     .shape = "N16",
     .finish = FinishImei,
     .standard = "3GPP TS 23.003",
     .bits = 45,
     .example = "49-015420-323751-01"},
    {.name = "device.meid",
     .title = "CDMA handset (MEID)",
     .traits = kHandset,
     .text = kPunctuated,
     .shape = "H14|H15|N18|N19",
     .check = {"Luhn, base 16 and 10"},
     .finish = FinishMeid,
     .standard = "3GPP2 S.R0048-A",
     .bits = 56,
     .example = "AF0123450ABCDEC"},
    {.name = "device.imsi",
     .title = "SIM subscription (IMSI)",
     .traits = kHandset,
     .shape = "N14|N15",
     .finish = FinishImsi,
     .standard = "ITU-T E.212",
     .bits = 40,
     .example = "262019876543210"},
    {.name = "device.android_id",
     .title = "Android ID",
     .traits = kInstallation,
     .shape = "H13-16",
     .finish = FinishAndroidId,
     .scope = Scope::kApp,
     .junk = kAndroidIdJunk,
     .standard = "Android Settings.Secure",
     .bits = 64,
     .example = "3f2a9c41d07be856"},
    {.name = "device.gaid",
     .title = "Google advertising ID",
     .traits = kInstallation,
     .text = kUuidText,
     .finish = FinishUuid,
     .aliases = "device.ad_id",
     .standard = "RFC 9562; Google Play services",
     .bits = 122,
     .example = "38400000-8cf0-41bd-b23e-10b96e40000d"},
    {.name = "device.idfa",
     .title = "Apple advertising ID (IDFA)",
     .traits = kInstallation,
     .text = kUuidText,
     .finish = FinishUuid,
     .standard = "RFC 9562; Apple AdSupport",
     .bits = 122,
     .example = "6d92078a-8246-4ba4-ae5b-76104861e7dc"},
    {.name = "device.idfv",
     .title = "Apple vendor ID (IDFV)",
     .traits = kInstallation,
     .text = kUuidText,
     .finish = FinishUuid,
     .scope = Scope::kApp,
     .standard = "RFC 9562; Apple UIKit",
     .bits = 122,
     .example = "a3c8e1d2-55f1-4e0b-9c57-0b1f6f3f8f11"},
    {.name = "device.ja3",
     .title = "TLS client (JA3)",
     .traits = kBrowserTrait,
     .text = kFields,
     .finish = FinishJa3,
     .standard = "Salesforce JA3",
     .bits = 9,
     .example = "ada70206e40642a3e4461f35503241d5"},
    {.name = "device.ja4",
     .title = "TLS client (JA4)",
     .traits = kBrowserTrait,
     .text = kWithUnderscores,
     .shape = "[TQD][0-3SD][0-3][DI]N4X2'_'H12'_'H12",
     .finish = FinishLower,
     .standard = "FoxIO JA4",
     .bits = 9,
     .example = "t13d1516h2_8daaf6152771_b0da82dd1658"},
    {.name = "device.canvas",
     .title = "Canvas picture of a browser (hash)",
     .traits = kBrowserTrait,
     .shape = "H8-128",
     .finish = FinishLower,
     .scope = Scope::kApp,
     .standard = "none; the library and version are the scope",
     .bits = 12,
     .example = "9f3c2a7be01d4458"},
    {.name = "device.webgl",
     .title = "WebGL picture of a browser (hash)",
     .traits = kBrowserTrait,
     .shape = "H8-128",
     .finish = FinishLower,
     .scope = Scope::kApp,
     .standard = "none; the library and version are the scope",
     .bits = 10,
     .example = "5b1c09d2e4aa73f0"},
    {.name = "device.audio",
     .title = "Audio stack of a browser (hash)",
     .traits = kBrowserTrait,
     .shape = "H8-128",
     .finish = FinishLower,
     .scope = Scope::kApp,
     .standard = "none; the library and version are the scope",
     .bits = 6,
     .example = "c0ffee1234567890"},
    {.name = "device.profile",
     .title = "Device profile (all components)",
     .traits = kBrowserTrait.Supporting(8),
     .text = kProfileText,
     .finish = FinishProfile,
     .standard = "none; lib/identifier/README.md",
     .bits = 24,
     .example =
         R"({"gpu":"Adreno 740","canvas":"9f3c","fonts":["Arial","Roboto"],"screen":"1080x2400"})"},
    {.name = "device.profile.band",
     .title = "Device profile (six components of eight)",
     .traits = kBrowserTrait.Supporting(6),
     .shape = "N2':'H32",
     .finish = FinishLower,
     .standard = "none; lib/identifier/README.md",
     .bits = 18,
     .example = "27:0123456789abcdef0123456789abcde0"},
};

}  // namespace

std::span<const Kind> DeviceKinds() { return kDeviceKinds; }

}  // namespace revenant::kinds
