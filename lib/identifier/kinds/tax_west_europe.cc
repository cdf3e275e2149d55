// Tax numbers of western Europe: Austria, Belgium, Britain, France, Germany, Ireland,
// Liechtenstein, Luxembourg, Monaco, the Netherlands, Switzerland.

#include <algorithm>
#include <array>

#include "identifier/contained.h"
#include "identifier/table.h"

namespace revenant::kinds {
namespace {

bool AustrianVatOk(std::string_view uid) {
  return (WeightedDigitSum(uid.substr(1, 7), {1, 2}) + DigitOf(uid[8])) % 10 == 6;
}

bool BelgianOk(std::string_view number) {
  return (Number(number, 0, 8) + Number(number, 8, 2)) % 97 == 0;
}

// ISO 7064 guards against typing errors; of the first ten digits exactly one occurs two or three
// times (BZSt, rule of 2016).
bool GermanIdOk(std::string_view number) {
  std::array<int, 10> counts{};
  for (const char c : number.substr(0, 10)) ++counts[static_cast<std::size_t>(DigitOf(c))];
  const auto repeated = std::ranges::count_if(counts, [](int n) { return n > 1; });
  return repeated == 1 && std::ranges::max(counts) <= 3 && Mod11_10Ok(number);
}

// How a federal state writes tax numbers: what stands in front in the 13 digits of the federal form
// and, in place of it, in the state's own form. Two to three digits of the tax office follow; the
// federal form has a zero behind them.
struct GermanState {
  std::string_view code;  // ISO 3166-2:DE
  std::string_view federal;
  std::string_view local;
};
constexpr GermanState kGermanStates[] = {
    {"BB", "30", "0"}, {"BE", "11", ""},  {"BW", "28", ""},  {"BY", "9", ""},
    {"HB", "24", ""},  {"HE", "26", "0"}, {"HH", "22", ""},  {"MV", "40", "0"},
    {"NI", "23", ""},  {"NW", "5", ""},   {"RP", "27", ""},  {"SH", "21", ""},
    {"SL", "10", "0"}, {"SN", "32", "2"}, {"ST", "31", "1"}, {"TH", "41", "1"},
};
constexpr std::size_t kGermanSerial = 8;  // district, number and check digit

// The state's own form is derived, for those who give only that elsewhere.
Verdict FinishGermanFederal(Work& work) {
  const std::string_view number = work.text();
  const auto* const state = std::ranges::find_if(
      kGermanStates, [&](const GermanState& one) { return number.starts_with(one.federal); });
  if (state == std::end(kGermanStates)) return Invalid("no such federal state", 0);
  if (number[4] != '0') return Invalid("the fifth of 13 digits is not zero", 4);
  std::array<char, 13> local;
  auto* end = std::ranges::copy(state->local, local.begin()).out;
  const std::size_t lead = state->federal.size();
  end = std::ranges::copy(number.substr(lead, 4 - lead), end).out;
  end = std::ranges::copy(number.substr(number.size() - kGermanSerial), end).out;
  work.Derive("tax.de.stnr_local", {local.data(), static_cast<std::size_t>(end - local.begin())});
  return Valid();
}

// A state's own form names no state and is used over again in others; with the state (@BY or
// @DE-BY) it becomes the federal form, which is unique.
Verdict FinishGermanTaxNumber(Work& work) {
  const std::string_view number = work.text();
  if (number.size() == 13) return FinishGermanFederal(work);
  std::array<char, 2> code{};
  std::string_view scope = work.country();
  if (scope.size() == 5) scope.remove_prefix(3);
  if (scope.size() == 2) {
    std::ranges::transform(scope, code.begin(),
                           [](char c) { return c >= 'a' ? static_cast<char>(c - 'a' + 'A') : c; });
  }
  const std::string_view wanted(code.data(), code.size());
  if (work.country().empty() || (work.country().size() == 2 && wanted == "DE")) {
    work.Rename("tax.de.stnr_local");
    return Unverifiable("used in several states: KIND@STATE (@BY) makes it unique");
  }
  const auto* const state = std::ranges::find(kGermanStates, wanted, &GermanState::code);
  if (state == std::end(kGermanStates)) return Invalid("no such federal state");
  if (!number.starts_with(state->local)) return Invalid("not the form of this federal state", 0);
  const std::string_view office =
      number.substr(state->local.size(), number.size() - state->local.size() - kGermanSerial);
  if (state->federal.size() + office.size() != 4) return Invalid("not the length of this state");
  std::array<char, 13> federal;
  auto* end = std::ranges::copy(state->federal, federal.begin()).out;
  end = std::ranges::copy(office, end).out;
  *end++ = '0';
  std::ranges::copy(number.substr(number.size() - kGermanSerial), end);
  work.Replace({federal.data(), federal.size()});
  return FinishGermanFederal(work);
}

bool FrenchPersonOk(std::string_view number) {
  return ModDigits(number.substr(0, 10), 511) == Number(number, 10, 3);
}

// The key before the SIREN: two digits since the beginning, otherwise two of 34 characters.
bool FrenchKeyOk(std::string_view vat) {
  constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ";
  const int siren = Number(vat, 2, 9);
  if (IsDigit(vat[0]) && IsDigit(vat[1])) {
    return (siren % 97 * 100 + 12) % 97 == Number(vat, 0, 2);
  }
  const int first = static_cast<int>(kAlphabet.find(vat[0]));
  const int second = static_cast<int>(kAlphabet.find(vat[1]));
  const int key = IsDigit(vat[0]) ? first * 24 + second - 10 : first * 34 + second - 100;
  return (siren + 1 + key / 11) % 11 == key % 11;
}

// Monaco's numbers begin with 000 and contain no SIREN.
bool FrenchVatOk(std::string_view vat) {
  return FrenchKeyOk(vat) && (vat.substr(2, 3) == "000" || LuhnOk(vat.substr(2)));
}

Verdict FinishFrenchVat(Work& work) {
  const std::string_view siren = work.text().substr(2);
  if (siren.find_first_not_of('0') == std::string_view::npos) return Junk("all zeros");
  if (!siren.starts_with("000")) work.Derive("org.fr.siren", siren);
  return Valid();
}

// Standard numbers by mod 97; those issued since 2009 differ by 55.
bool BritishVatOk(std::string_view vat) {
  if (IsLetter(vat[0])) {
    const bool department = vat[0] == 'G';  // GD; HA is a health authority
    const bool full = vat.size() > 5;
    const int serial = Number(vat, full ? 6 : 2, 3);
    return department == (serial < 500) && (!full || serial % 97 == Number(vat, 9, 2));
  }
  const int rest = WeightedSum(vat.substr(0, 9), {8, 7, 6, 5, 4, 3, 2, 10, 1}) % 97;
  return rest == 0 || (Number(vat, 0, 3) >= 100 && (rest == 42 || rest == 55));
}

// Three more digits number the branches of one registration.
Verdict FinishBritishVat(Work& work) {
  if (work.text().size() != 12) return Valid();
  const std::string_view registration = work.text().substr(0, 9);
  if (registration.find_first_not_of('0') == std::string_view::npos) return Junk("all zeros");
  work.Derive("tax.gb.vat", registration);
  return Valid();
}

bool UtrOk(std::string_view utr) {
  const int sum = WeightedSum(utr.substr(1, 9), {6, 7, 8, 9, 10, 5, 4, 3, 2});
  return utr[0] == "21987654321"[sum % 11];
}

Verdict FinishUtr(Work& work) {
  if (work.text().size() > 10) work.Replace(work.text().substr(0, 10));
  return Valid();
}

// A UTR or a national insurance number; each is derived under its own name where its row agrees.
Verdict FinishBritishTin(Work& work) {
  const bool utr = IsDigit(work.text()[0]);
  if (DeriveAs(work, utr ? "tax.gb.utr" : "doc.gb.nino", work.text())) return Valid();
  return utr ? Unverifiable("not the check digit of a UTR") : Invalid(kCheckFails);
}

// Old numbers have the first digit, a letter and five digits; the letter has no say in the check.
Verdict FinishIrishVat(Work& work) {
  if (!IsDigit(work.text()[1])) {
    const std::string_view old = work.text();
    const std::array<char, 8> current = {'0',    old[2], old[3], old[4],
                                         old[5], old[6], old[0], old[7]};
    work.Replace({current.data(), current.size()});
  }
  const std::string_view vat = work.text();
  const int suffix = vat.size() > 8 && vat[8] != 'W' ? vat[8] - 'A' + 1 : 0;
  const int sum = WeightedSum(vat.substr(0, 7), {8, 7, 6, 5, 4, 3, 2}) + 9 * suffix;
  if (vat[7] != "WABCDEFGHIJKLMNOPQRSTUV"[sum % 23]) return Invalid(kCheckFails);
  if (vat.substr(0, 7) == "0000000") return Junk("all zeros");
  DeriveAs(work, "doc.ie.pps", vat);  // a sole trader's personal number, of the same series
  return Valid();
}

Verdict FinishLiechtenstein(Work& work) {
  const std::string_view text = work.text();
  const std::string_view number = text.substr(std::min(text.find_first_not_of('0'), text.size()));
  if (number.size() < 4) return Invalid("too short");
  if (number.size() > 12) return Invalid("too long");
  work.Replace(number);
  return Valid();
}

bool LuxembourgVatOk(std::string_view vat) { return Number(vat, 0, 6) % 89 == Number(vat, 6, 2); }

// Two check digits over the first eleven, one by Luhn, one by Verhoeff.
bool LuxembourgPersonOk(std::string_view number) {
  std::array<char, 12> second;
  std::ranges::copy(number.substr(0, 11), second.begin());
  second[11] = number[12];
  return LuhnOk(number.substr(0, 12)) && VerhoeffOk({second.data(), second.size()});
}

Verdict FinishLuxembourgPerson(Work& work) {
  return IsYyyymmdd(work.text(), 0) ? Valid() : Invalid(kBadDate, 0);
}

// RSIN or (until 2019) the holder's BSN by mod 11; others have a check over "NL" and the whole.
Verdict FinishDutchVat(Work& work) {
  std::array<char, 14> whole{'N', 'L', '0', '0', '0', '0', '0', '0', '0', '0', '0', '0', '0', '0'};
  const std::string_view text = work.text();
  std::ranges::copy(text, whole.end() - static_cast<std::ptrdiff_t>(text.size()));
  const std::string_view vat(whole.data() + 2, 12);
  const std::string_view holder = vat.substr(0, 9);
  if (Number(vat, 0, 9) == 0 || vat.substr(10) == "00") return Invalid("zeros");
  const bool of_holder = WeightedSum(holder, {9, 8, 7, 6, 5, 4, 3, 2, -1}) % 11 == 0;
  const bool by_97 = Mod97_10Ok({whole.data(), whole.size()});
  if (!of_holder && !by_97) return Invalid(kCheckFails);
  // Numbers of companies begin with 00 or 8.
  if (!by_97 && !vat.starts_with("00") && vat[0] != '8') work.Derive("doc.nl.bsn", holder);
  work.Replace(vat);
  return Valid();
}

bool SwissOk(std::string_view uid) {
  return WeightedSum(uid.substr(3, 9), {5, 4, 3, 2, 7, 6, 5, 4, 1}) % 11 == 0;
}

// The enterprise number; the word for VAT behind it depends on the writer's language.
Verdict FinishSwissVat(Work& work) {
  if (work.text().size() > 12) work.Replace(work.text().substr(0, 12));
  return Valid();
}

constexpr Kind kTaxWestEuropeKinds[] = {
    {.name = "tax.at.vat",
     .title = "Austrian VAT number (UID)",
     .traits = kCompanyTax,
     .text = kPunctuated,
     .prefix = "AT",
     .shape = "'U'N8",
     .check = {"Luhn-like", AustrianVatOk},
     .standard = "BMF; UStG 1994, art. 28",
     .bits = 26,
     .example = "ATU13585627"},
    {.name = "tax.at.tin",
     .title = "Austrian tax number (Abgabenkontonummer)",
     .traits = kCompanyTax,
     .text = kPunctuated,
     .prefix = "AT",
     .shape = "N9",
     .check = kLuhn,
     .standard = "BMF; BAO, par. 82",
     .bits = 26,
     .example = "59-119/9013"},
    {.name = "tax.be.vat",
     .title = "Belgian enterprise and VAT number",
     .traits = kCompanyTax,
     .text = kPunctuated,
     .prefix = "BE",
     .pad = {9, 10},
     .shape = "[01]N9",
     .check = {"mod 97", BelgianOk, 2},
     .standard = "KBO/BCE; Code de la TVA, art. 50",
     .bits = 27,
     .example = "BE 428759497"},
    {.name = "tax.ch.vat",
     .title = "Swiss VAT number (UID with MWST, TVA, IVA, TPV)",
     .traits = kCompanyTax,
     .text = kPunctuated,
     .prefix = "CH",
     .shape = "'CHE'N9'MWST'|'CHE'N9'TVA'|'CHE'N9'IVA'|'CHE'N9'TPV'|'CHE'N9'VAT'|'CHE'N9",
     .check = {"weighted mod 11", SwissOk},
     .finish = FinishSwissVat,
     .stands_for = "org.ch.uid",
     .standard = "UIDG, SR 431.03; MWSTG, art. 66",
     .bits = 26,
     .example = "CHE-107.787.577 IVA"},
    {.name = "tax.de.vat",
     .title = "German VAT number (USt-IdNr.)",
     .traits = kCompanyTax,
     .text = kPunctuated,
     .prefix = "DE",
     .shape = "[1-9]N8",
     .check = kMod11_10,
     .standard = "BZSt; UStG, par. 27a",
     .bits = 26,
     .example = "DE136695976"},
    {.name = "tax.de.idnr",
     .title = "German personal tax number (IdNr)",
     .traits = kPersonTax,
     .text = kPunctuated,
     .shape = "[1-9]N10",
     .check = {"ISO 7064 MOD 11,10 and one repeated digit", GermanIdOk},
     .standard = "BZSt; AO, par. 139b",
     .bits = 30,
     .example = "86 095 742 719"},
    {.name = "tax.de.stnr",
     .title = "German tax number (Steuernummer), federal form or with its state as @BY",
     .traits = kCompanyTax,
     .text = kPunctuated,
     .shape = "N10|N11|N13",
     .finish = FinishGermanTaxNumber,
     .standard = "ELSTER; AO; ISO 3166-2:DE",
     .bits = 30,
     .example = "2893081508152"},
    {.name = "tax.de.stnr_local",
     .title = "German tax number in a state's own form, the state not known",
     .traits = kCompanyTax.Supporting(8),
     .text = kPunctuated,
     .shape = "N10|N11",
     .standard = "ELSTER; AO",
     .bits = 28,
     .example = "93815/08152"},
    {.name = "tax.fr.vat",
     .title = "French VAT number (TVA intracommunautaire)",
     .traits = kCompanyTax,
     .text = kPunctuated,
     .prefix = "FR",
     .shape = "[0-9A-HJ-NP-Z]2N9",
     .check = {"mod 97 or mod 11, and Luhn", FrenchVatOk},
     .finish = FinishFrenchVat,
     .standard = "DGFiP; CGI, art. 286 ter",
     .bits = 27,
     .example = "FR 23 334 175 221"},
    {.name = "tax.fr.nif",
     .title = "French personal tax number (NIF, SPI)",
     .traits = kPersonTax,
     .text = kPunctuated,
     .prefix = "FR",
     .shape = "[0-3]N12",
     .check = {"mod 511", FrenchPersonOk},
     .standard = "DGFiP; DG TAXUD, TIN algorithms",
     .bits = 32,
     .example = "30 12 345 678 167"},
    {.name = "tax.mc.vat",
     .title = "Monegasque VAT number",
     .traits = kCompanyTax,
     .text = kPunctuated,
     .prefix = "FR|MC",
     .shape = "[0-9A-HJ-NP-Z]2'000'N6",
     .check = {"mod 97 or mod 11", FrenchVatOk},
     .finish = FinishFrenchVat,
     .stands_for = "tax.fr.vat",
     .standard = "Code des taxes, art. 71; DGFiP",
     .bits = 17,
     .example = "FR 53 0000 04605"},
    {.name = "tax.gb.vat",
     .title = "British VAT number (GB, XI)",
     .traits = kCompanyTax,
     .text = kPunctuated,
     .prefix = "GB|XI",
     .shape = "N9|N12|'GD'N3|'HA'N3|'GD8888'N5|'HA8888'N5",
     .check = {"mod 97 or 97-55", BritishVatOk},
     .finish = FinishBritishVat,
     .standard = "HMRC, VAT Notice 700",
     .bits = 25,
     .example = "GB 980 7806 84"},
    {.name = "tax.gb.utr",
     .title = "British unique taxpayer reference (UTR)",
     .traits = kCompanyTax.SharedBy(20),
     .text = kPunctuated,
     .prefix = "K|UTR",
     .shape = "N10[K]?",
     .check = {"weighted mod 11", UtrOk},
     .finish = FinishUtr,
     .standard = "HMRC",
     .bits = 29,
     .example = "5234567893"},
    {.name = "tax.gb.tin",
     .title = "British tax number: UTR or national insurance number",
     .traits = kPersonTax,
     .text = kPunctuated,
     .shape = "N10|[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]N6[A-D]?",
     .check = {"weighted mod 11"},
     .finish = FinishBritishTin,
     .standard = "HMRC; DG TAXUD, TIN algorithms",
     .bits = 28,
     .example = "5234567893"},
    {.name = "tax.ie.vat",
     .title = "Irish VAT number",
     .traits = kCompanyTax,
     .text = kPunctuated,
     .prefix = "IE",
     .shape = "N7[A-W]|N7[A-W]2|N[A-Z+*]N5[A-W]",
     .check = {"weighted mod 23"},
     .finish = FinishIrishVat,
     .standard = "Revenue; VAT Consolidation Act 2010, s. 65",
     .bits = 23,
     .example = "IE 6433435F"},
    {.name = "tax.li.peid",
     .title = "Liechtenstein tax number (PEID)",
     .traits = kCompanyTax,
     .text = kPunctuated,
     .shape = "N4-16",
     .finish = FinishLiechtenstein,
     .standard = "Steuerverwaltung FL; OECD CRS TIN sheet",
     .bits = 22,
     .example = "00001234567"},
    {.name = "tax.lu.vat",
     .title = "Luxembourg VAT number",
     .traits = kCompanyTax,
     .text = kPunctuated,
     .prefix = "LU",
     .shape = "N8",
     .check = {"mod 89", LuxembourgVatOk},
     .standard = "AED; loi TVA, art. 62",
     .bits = 20,
     .example = "LU 150 274 42"},
    {.name = "tax.lu.tin",
     .title = "Luxembourg national number of a person (matricule)",
     .traits = kPersonTax,
     .text = kPunctuated,
     .shape = "N13",
     .check = {"Luhn and Verhoeff", LuxembourgPersonOk},
     .finish = FinishLuxembourgPerson,
     .standard = "Loi du 19 juin 2013 (RNPP)",
     .bits = 24,
     .example = "1900010112377"},
    {.name = "tax.nl.vat",
     .title = "Dutch VAT number (btw-id)",
     .traits = kCompanyTax,
     .text = kPunctuated,
     .prefix = "NL",
     .shape = "N7-9'B'N2",
     .check = {"weighted mod 11 or ISO 7064 MOD 97-10"},
     .finish = FinishDutchVat,
     .standard = "Belastingdienst; Wet OB 1968",
     .bits = 28,
     .example = "NL4495445B01"},
};

}  // namespace

std::span<const Kind> TaxWestEuropeKinds() { return kTaxWestEuropeKinds; }

}  // namespace revenant::kinds
