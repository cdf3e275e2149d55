// Ways to reach a person.

#include "identifier/email.h"
#include "identifier/phone.h"
#include "identifier/table.h"

namespace revenant::kinds {
namespace {

// Words in lower case, single spaces between, other signs dropped.
std::string Words(std::string_view text) {
  const std::string folded = FoldCase(text);
  std::string words;
  for (const char c : folded) {
    const bool kept = (c & 0x80) != 0 || IsDigit(c) || (c >= 'a' && c <= 'z');
    if (kept) {
      words.push_back(c);
    } else if (!words.empty() && words.back() != ' ') {
      words.push_back(' ');
    }
  }
  while (!words.empty() && words.back() == ' ') words.pop_back();
  return words;
}

template <std::size_t kLeast>
Verdict FinishWords(Work& work) {
  const std::string words = Words(work.text());
  // Two letters are the family name of millions (Li, Ng, Wu); an address has more.
  if (words.size() < kLeast) return Invalid("no words");
  work.Replace(words);
  return Valid();
}

Verdict FinishName(Work& work) {
  const Verdict verdict = FinishWords<2>(work);
  if (verdict.status == Status::kInvalid) return verdict;
  const std::string skeleton = FoldCase(Skeleton(work.text()));
  if (!skeleton.empty()) work.Derive("contact.name.skeleton", skeleton);
  return Valid();
}

constexpr TextRule kEmailText{Reading::kText, kDropNothing, Fold::kLower, 1024};
constexpr TextRule kPhoneText{Reading::kRaw, kDropNothing, Fold::kKeep};

constexpr Kind kContactKinds[] = {
    {.name = "contact.email",
     .title = "E-mail address",
     .traits = kMailbox,
     .text = kEmailText,
     .finish = FinishEmail,
     .aliases = "contact.email.dedupe",
     .standard = "RFC 5321, RFC 6531, UTS #46",
     .bits = 35,
     .example = "Jane.Doe+shop@gmail.com"},
    {.name = "contact.email.weak",
     .title = "E-mail address of a role or a throw-away provider",
     .traits = kMailbox.Supporting(8),
     .text = kEmailText,
     .finish = FinishEmail,
     .standard = "RFC 2142",
     .bits = 20,
     .example = "info@roe-trading-ltd.org"},
    {.name = "contact.email.nobody",
     .title = "E-mail address at a domain set aside for examples and tests",
     .traits = kMailbox.Ignored(),
     .text = kEmailText,
     .finish = FinishEmail,
     .standard = "RFC 2606, RFC 6761",
     .bits = 0,
     .example = "jane@example.org"},
    {.name = "contact.email.skeleton",
     .title = "E-mail address, look-alikes made equal",
     .traits = kMailbox.Supporting(8),
     .text = kEmailText,
     .standard = "UTS #39",
     .bits = 33,
     .example = "jane@shop.org"},
    {.name = "contact.phone",
     .title = "Phone number",
     .traits = kPhoneNumber,
     .text = kPhoneText,
     .check = {"numbering plan"},
     .finish = FinishPhone,
     .aliases = "contact.phone.parse",
     .standard = "ITU-T E.164",
     .bits = 30,
     .example = "+1 650-253-0000"},
    {.name = "contact.phone.nobody",
     .title = "Phone number set aside for fiction",
     .traits = kPhoneNumber.Ignored(),
     .text = kPhoneText,
     .check = {"numbering plan"},
     .finish = FinishPhone,
     .standard = "NANPA 555 line numbers; Ofcom, numbers for drama use",
     .bits = 0,
     .example = "+1 201-555-0123"},
    {.name = "contact.name",
     .title = "Name of a person or business",
     .traits = kContactTrait,
     .text = kFreeText,
     .finish = FinishName,
     .standard = "none",
     .bits = 20,
     .example = "Erika Mustermann"},
    {.name = "contact.name.skeleton",
     .title = "Name, look-alikes made equal",
     .traits = kContactTrait.Supporting(6),
     .text = kFreeText,
     .standard = "UTS #39",
     .bits = 19,
     .example = "erika rnusterrnann"},
    {.name = "contact.address",
     .title = "Postal address",
     .traits = kContactTrait.Supporting(6),
     .text = kFreeText,
     .finish = FinishWords<3>,
     .standard = "none",
     .bits = 22,
     .example = "Heidestrasse 17, 51147 Köln"},
};

}  // namespace

std::span<const Kind> ContactKinds() { return kContactKinds; }

}  // namespace revenant::kinds
