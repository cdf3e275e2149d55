#include "identifier/kinds/spain.h"

#include "identifier/checks.h"

namespace revenant::kinds {
namespace {

char PersonLetter(std::int64_t number) { return "TRWAGMYFPDXBNJZSQVHLCKE"[number % 23]; }

// The control is a letter for public bodies and foreigners (and holders with province 00), a digit
// for companies, either for the rest.
bool CifOk(std::string_view cif) {
  const std::string_view digits = cif.substr(1, 7);
  const int sum = WeightedDigitSum(digits, {2, 1});
  const int control = (10 - sum % 10) % 10;
  const bool abroad = digits.starts_with("00");
  const bool digit_only =
      !abroad && std::string_view("ABEH").find(cif[0]) != std::string_view::npos;
  const bool letter_only = std::string_view("NPQRSW").find(cif[0]) != std::string_view::npos;
  const bool digit = cif[8] == ToDigit(control);
  const bool letter = cif[8] == "JABCDEFGHI"[control];
  return (digit && !letter_only) || (letter && !digit_only);
}

}  // namespace

bool NifOk(std::string_view nif) {
  const char head = nif[0];
  if (IsDigit(head)) return nif[8] == PersonLetter(Number(nif, 0, 8));
  if (head >= 'X') {
    return nif[8] == PersonLetter((head - 'X') * 10'000'000 + Number(nif, 1, 7));
  }
  if (head == 'K' || head == 'L' || head == 'M') return nif[8] == PersonLetter(Number(nif, 1, 7));
  return CifOk(nif);
}

}  // namespace revenant::kinds
