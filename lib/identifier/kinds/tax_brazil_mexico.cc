// Tax numbers of Brazil and Mexico.

#include <algorithm>
#include <array>

#include "identifier/table.h"

namespace revenant::kinds {
namespace {

// Both check digits of CPF and CNPJ: weights from the right, 10 counts 0.
template <typename Sum>
bool TwoChecksOk(std::string_view number, Sum sum) {
  for (std::size_t at = number.size() - 2; at < number.size(); ++at) {
    const int check = (11 - sum(number.substr(0, at)) % 11) % 11 % 10;
    if (DigitOf(number[at]) != check) return false;
  }
  return true;
}

bool CpfOk(std::string_view cpf) {
  return TwoChecksOk(cpf, [](std::string_view body) {
    return WeightedSumRight(body, {2, 3, 4, 5, 6, 7, 8, 9, 10, 11});
  });
}

// Letters, which new numbers have since July 2026, count their ASCII code less 48: A = 17. Digits
// count as ever.
bool CnpjOk(std::string_view cnpj) {
  return TwoChecksOk(cnpj, [](std::string_view body) {
    int sum = 0;
    for (std::size_t i = 0; i < body.size(); ++i) {
      sum += (body[body.size() - 1 - i] - '0') * static_cast<int>(2 + i % 8);
    }
    return sum;
  });
}

// The first eight characters are the company, the next four its establishment.
Verdict FinishCnpj(Work& work) {
  work.Derive("tax.br.cnpj.root", work.text().substr(0, 8));
  return Valid();
}

// Without its homoclave an RFC is initials and a date, which thousands share.
constexpr std::string_view kShortRfc = "tax.mx.rfc.short";

// Initials that the tax office replaces because of what they spell (Anexo of the RFC's rules).
constexpr std::string_view kRudeInitials[] = {
    "BUEI", "BUEY", "CACA", "CACO", "CAGA", "CAGO", "CAKA", "CAKO", "COGE", "COJA", "COJE",
    "COJI", "COJO", "CULO", "FETO", "GUEY", "JOTO", "KACA", "KACO", "KAGA", "KAGO", "KAKA",
    "KOGE", "KOJO", "KULO", "MAME", "MAMO", "MEAR", "MEAS", "MEON", "MION", "MOCO", "MULA",
    "PEDA", "PEDO", "PENE", "PUTA", "PUTO", "QULO", "RATA", "RUIN"};
static_assert(std::ranges::is_sorted(kRudeInitials));

// SAT's own table of values: & stands between N and O, a blank fills companies up to 13, and last
// comes N with a tilde, which the text stage writes as ~.
bool RfcOk(std::string_view rfc) {
  if (rfc.size() == 10) return true;
  constexpr std::string_view kValues = "0123456789ABCDEFGHIJKLMN&OPQRSTUVWXYZ ~";
  const bool company = rfc.size() == 12;
  std::size_t sum = company ? kValues.find(' ') * 13 : 0;
  std::size_t weight = company ? 12 : 13;
  for (const char c : rfc.substr(0, rfc.size() - 1)) sum += kValues.find(c) * weight--;
  const std::size_t check = (11 - sum % 11) % 11;
  return rfc.back() == (check == 10 ? 'A' : static_cast<char>('0' + check));
}

// The canonical form has the letter itself.
void WriteTildes(Work& work) {
  if (work.text().find('~') == std::string_view::npos) return;
  std::array<char, 32> spelt;
  auto end = spelt.begin();
  for (const char c : work.text()) {
    if (c == '~') {
      end = std::ranges::copy(std::string_view("\u00D1"), end).out;
    } else {
      *end++ = c;
    }
  }
  work.Replace({spelt.data(), static_cast<std::size_t>(end - spelt.begin())});
}

Verdict FinishShortRfc(Work& work) {
  WriteTildes(work);
  return Valid();
}

Verdict ReadRfc(Work& work) {
  const std::string_view rfc = work.text();
  const std::size_t letters = rfc.size() == 12 ? 3 : 4;
  if (!IsYymmdd(rfc, letters)) return Invalid(kBadDate, static_cast<std::int32_t>(letters));
  if (letters == 3) return Valid();
  if (std::ranges::binary_search(kRudeInitials, rfc.substr(0, 4))) {
    return Invalid("initials that are not issued", 0);
  }
  if (rfc.size() == 10) {
    work.Rename(kShortRfc);
    return Unverifiable("without its last three characters it has no check");
  }
  return Valid();
}

Verdict FinishRfc(Work& work) {
  const bool whole_person = work.text().size() == 13;
  const Verdict verdict = ReadRfc(work);
  if (verdict.status == Status::kInvalid) return verdict;
  WriteTildes(work);
  if (whole_person) work.Derive(kShortRfc, work.text().substr(0, work.text().size() - 3));
  return verdict;
}

// Sales to the public at large and to foreigners are invoiced to these.
constexpr std::string_view kRfcJunk[] = {"XAXX010101000", "XEXX010101000"};

constexpr Kind kTaxBrazilMexicoKinds[] = {
    {.name = "tax.br.cnpj",
     .title = "Brazilian company number (CNPJ)",
     .traits = kCompanyTax,
     .text = kPunctuated,
     .shape = "X12N2",
     .check = {"weighted mod 11, twice", CnpjOk, 2},
     .finish = FinishCnpj,
     .standard = "Receita Federal, IN RFB 2119/2022 and 2229/2024",
     .bits = 36,
     .example = "12.ABC.345/01DE-35"},
    {.name = "tax.br.cnpj.root",
     .title = "Brazilian company, without its establishment",
     .traits = kCompanyTax,
     .text = kPunctuated,
     .shape = "X8",
     .standard = "Receita Federal, IN RFB 2119/2022",
     .bits = 26,
     .example = "12.ABC.345"},
    {.name = "tax.br.cpf",
     .title = "Brazilian taxpayer (CPF)",
     .traits = kPersonTax,
     .text = kPunctuated,
     .shape = "N11",
     .check = {"weighted mod 11, twice", CpfOk, 2},
     .standard = "Receita Federal, IN RFB 2172/2024",
     .bits = 28,
     .example = "529.982.247-25"},
    {.name = "tax.mx.rfc",
     .title = "Mexican tax number (RFC)",
     .traits = kCompanyTax,
     .text = kPunctuated.WithTilde(),
     .shape = "[A-Z&~]4N6X3|[A-Z&~]3N6X3|[A-Z&~]4N6",
     .check = {"weighted mod 11", RfcOk},
     .check_is_advice = true,
     .finish = FinishRfc,
     .junk = kRfcJunk,
     .standard = "SAT, Código Fiscal art. 27",
     .bits = 32,
     .example = "ABC 010203 XYA"},
    {.name = "tax.mx.rfc.short",
     .title = "Mexican tax number without its homoclave",
     .traits = kCompanyTax.Supporting(8),
     .text = kPunctuated.WithTilde(),
     .shape = "[A-Z&~]4N6",
     .finish = FinishShortRfc,
     .standard = "SAT, Código Fiscal art. 27",
     .bits = 24,
     .example = "GODE561231"},
};

}  // namespace

std::span<const Kind> TaxBrazilMexicoKinds() { return kTaxBrazilMexicoKinds; }

}  // namespace revenant::kinds
