// Bank accounts and the codes of banks.

#include <algorithm>
#include <array>

#include "identifier/countries.h"
#include "identifier/iban.h"
#include "identifier/table.h"

namespace revenant::kinds {
namespace {

bool AbaOk(std::string_view aba) { return WeightedSum(aba, {3, 7, 1}) % 10 == 0; }

// First two digits: Federal Reserve routing symbols in use (ABA routing number policy).
bool AbaRangeOk(std::string_view aba) {
  const int prefix = TwoDigits(aba, 0);
  return prefix <= 12 || (prefix >= 21 && prefix <= 32) || (prefix >= 61 && prefix <= 72) ||
         prefix == 80;
}

Verdict FinishAba(Work& work) {
  return AbaRangeOk(work.text()) ? Valid() : Invalid("no such Federal Reserve district", 0);
}

std::string_view WithoutZeros(std::string_view digits) {
  const std::size_t first = digits.find_first_not_of('0');
  return first == std::string_view::npos ? std::string_view() : digits.substr(first);
}

// Routing number, then the account; the account's leading zeros come and go between banks' forms.
Verdict FinishUsAccount(Work& work) {
  const std::string_view text = work.text();
  const std::string_view aba = text.substr(0, 9);
  if (!AbaOk(aba)) return Invalid("the routing number's check digit does not agree", 8);
  if (!AbaRangeOk(aba)) return Invalid("no such Federal Reserve district", 0);
  const std::string_view account = WithoutZeros(text.substr(9));
  if (account.size() < 3) return Junk("an account of zeros");
  if (account.find_first_not_of(account[0]) == std::string_view::npos) {
    return Junk("all digits of the account are the same");
  }
  work.Derive("pay.us.aba", aba);
  std::array<char, 32> joined;
  auto end = std::ranges::copy(aba, joined.begin()).out;
  *end++ = ':';
  end = std::ranges::copy(account, end).out;
  work.Replace({joined.data(), static_cast<std::size_t>(end - joined.begin())});
  return Valid();
}

// ISO 9362. The primary office is written with 8 characters or with XXX as the branch.
Verdict FinishBic(Work& work) {
  const std::string_view bic = work.text();
  if (!IsCountry(bic.substr(4, 2))) return Invalid("no such country", 4);
  // XXX is the head office, which the short form means too.
  if (bic.size() == 11 && bic.ends_with("XXX")) work.Derive("pay.bic", bic.substr(0, 8));
  return Valid();
}

bool CbuOk(std::string_view cbu) {
  const auto agrees = [](std::string_view part) {
    const std::string_view body = part.substr(0, part.size() - 1);
    return (WeightedSumRight(body, {3, 1, 7, 9}) + DigitOf(part.back())) % 10 == 0;
  };
  return agrees(cbu.substr(0, 8)) && agrees(cbu.substr(8));
}

bool ClabeOk(std::string_view clabe) {
  constexpr int kWeights[] = {3, 7, 1};
  int sum = 0;
  for (std::size_t i = 0; i < 17; ++i) sum += DigitOf(clabe[i]) * kWeights[i % 3] % 10;
  return (10 - sum % 10) % 10 == DigitOf(clabe[17]);
}

// "prefix-number/bank" to prefix (6), number (10), bank (4); the prefix may be missing.
Verdict FinishCzechAccount(Work& work) {
  const std::string_view text = work.text();
  const std::size_t slash = text.find('/');
  const std::string_view bank = slash == std::string_view::npos ? "" : text.substr(slash + 1);
  const std::string_view account = text.substr(0, slash);
  const std::size_t dash = account.find('-');
  const std::string_view prefix = dash == std::string_view::npos ? "" : account.substr(0, dash);
  const std::string_view number =
      dash == std::string_view::npos ? account : account.substr(dash + 1);
  std::array<char, 20> full;
  if (text.size() == full.size() && AllDigits(text)) {
    std::ranges::copy(text, full.begin());  // as an IBAN gives it
  } else {
    const bool digits =
        AllDigits(number) && AllDigits(bank) && (prefix.empty() || AllDigits(prefix));
    if (!digits || bank.size() != 4 || number.size() < 2 || number.size() > 10 ||
        prefix.size() > 6) {
      return Invalid("not of the form prefix-number/bank");
    }
    full.fill('0');
    std::ranges::copy(prefix, full.begin() + static_cast<std::ptrdiff_t>(6 - prefix.size()));
    std::ranges::copy(number, full.begin() + static_cast<std::ptrdiff_t>(16 - number.size()));
    std::ranges::copy(bank, full.begin() + 16);
  }
  work.Replace({full.data(), full.size()});
  const std::string_view whole = work.text();
  if (whole.substr(16) == "0000") return Invalid("no such bank");
  if (!CzechPartOk(whole.substr(0, 6)) || !CzechPartOk(whole.substr(6, 10))) {
    return Invalid(kCheckFails);
  }
  return whole.substr(6, 10) == "0000000000" ? Junk("an account of zeros") : Valid();
}

// Eleven digits; accounts of the former Postgiro have seven and bank 0000 in front.
Verdict FinishNorway(Work& work) {
  std::string_view account = work.text();
  if (account.size() == 11 && account.starts_with("0000")) {
    work.Replace(account.substr(4));
    account = work.text();
  }
  const bool agrees = account.size() == 7 ? LuhnOk(account) : NorwegianAccountOk(account);
  return agrees ? Valid() : Invalid(kCheckFails);
}

// What people write in front of the two numbers, in capitals without blanks.
constexpr std::string_view kUkWords[] = {
    "SORT", "SORTCODE", "SC",           "ACCOUNT",   "ACCOUNTNUMBER", "ACCOUNTNO", "ACCOUNTNR",
    "ACCT", "ACCTNO",   "ACCNO",        "AC",        "ACC",           "ACNO",      "BANKACCOUNT",
    "CODE", "NUMBER",   "BANKSORTCODE", "GBSORTCODE"};

// Whether eight digits stand in front that something parts from the six behind: "66374958
// 08-99-99".
bool BeginsWithAccount(std::string_view raw) {
  std::array<std::size_t, 8> groups{};
  std::size_t count = 0;
  bool inside = false;
  for (const char c : raw) {
    if (!IsDigit(c)) {
      inside = false;
      continue;
    }
    if (!inside && count == groups.size()) return false;
    if (!inside) ++count;
    inside = true;
    ++groups[count - 1];
  }
  return groups[0] == 8 && (count == 2 || (count == 4 && groups[1] == 2 && groups[2] == 2));
}

// Six digits of the branch and eight of the account. Pay.UK's table of weights, which would tell
// typing errors, comes without a licence to hand it on (README.md), so nothing is checked; and
// nothing tells an account that is short at some banks from a sort code that lost a zero.
//
// The sort code comes first, unless the dashes or blanks that were typed, or words, say otherwise.
Verdict FinishUkAccount(Work& work) {
  constexpr std::size_t kSortCode = 6;
  constexpr std::size_t kAccount = 8;
  const std::string_view typed = work.text();
  std::array<char, kSortCode + kAccount> digits;
  std::size_t size = 0;
  for (std::size_t at = 0; at < typed.size();) {
    if (IsDigit(typed[at])) {
      if (size == digits.size()) return Invalid("does not have the form of such a value");
      digits[size++] = typed[at++];
      continue;
    }
    const std::size_t end = std::min(typed.find_first_of("0123456789", at), typed.size());
    if (std::ranges::find(kUkWords, typed.substr(at, end - at)) == std::end(kUkWords)) {
      return Invalid("does not have the form of such a value", static_cast<std::int32_t>(at));
    }
    at = end;
  }
  if (size + 2 < digits.size()) {
    return Invalid("too short", static_cast<std::int32_t>(typed.size()));
  }
  if (size < digits.size()) return Invalid("too short: zeros in front may be missing");
  if (BeginsWithAccount(work.raw())) std::ranges::rotate(digits, digits.begin() + kAccount);
  work.Replace({digits.data(), digits.size()});
  if (work.text().substr(6) == "00000000") return Junk("an account of zeros");
  return Unverifiable("nothing checks a British account");
}

// Branches that a New Zealand bank may use, and the weights its accounts follow (Inland Revenue,
// RWT/NRWT certificate specification, appendix on account numbers).
struct NzRange {
  std::uint8_t bank;
  std::uint16_t first;
  std::uint16_t last;
  char rule;
};
constexpr NzRange kNzBanks[] = {
    {1, 1, 999, 'A'},      {1, 1100, 1199, 'A'},  {1, 1800, 1899, 'A'},  {2, 1, 999, 'A'},
    {2, 1200, 1299, 'A'},  {3, 1, 999, 'A'},      {3, 1300, 1399, 'A'},  {3, 1500, 1599, 'A'},
    {3, 1700, 1799, 'A'},  {3, 1900, 1999, 'A'},  {3, 7350, 7399, 'A'},  {4, 2020, 2024, 'A'},
    {6, 1, 999, 'A'},      {6, 1400, 1499, 'A'},  {8, 6500, 6599, 'D'},  {9, 0, 0, 'E'},
    {10, 5165, 5169, 'A'}, {11, 5000, 6499, 'A'}, {11, 6600, 8999, 'A'}, {12, 3000, 3299, 'A'},
    {12, 3400, 3499, 'A'}, {12, 3600, 3699, 'A'}, {13, 4900, 4999, 'A'}, {14, 4700, 4799, 'A'},
    {15, 3900, 3999, 'A'}, {16, 4400, 4499, 'A'}, {17, 3300, 3399, 'A'}, {18, 3500, 3599, 'A'},
    {19, 4600, 4649, 'A'}, {20, 4100, 4199, 'A'}, {21, 4800, 4899, 'A'}, {22, 4000, 4049, 'A'},
    {23, 3700, 3799, 'A'}, {24, 4300, 4349, 'A'}, {25, 2500, 2599, 'F'}, {26, 2600, 2699, 'G'},
    {27, 3800, 3849, 'A'}, {28, 2100, 2149, 'G'}, {29, 2150, 2299, 'G'}, {30, 2900, 2949, 'A'},
    {31, 2800, 2849, 'X'}, {33, 6700, 6799, 'F'}, {35, 2400, 2499, 'A'}, {38, 9000, 9499, 'A'},
    {88, 8800, 8805, 'X'},
};

bool NzSumOk(char rule, std::string_view account) {
  switch (rule) {
    case 'A':  // from base 0990000 on the branch no longer counts
      return account.substr(6, 7) < "0990000"
                 ? WeightedSum(account, {0, 0, 6, 3, 7, 9, 0, 10, 5, 8, 4, 2, 1, 0, 0, 0}) % 11 == 0
                 : WeightedSum(account, {0, 0, 0, 0, 0, 0, 0, 10, 5, 8, 4, 2, 1, 0, 0, 0}) % 11 ==
                       0;
    case 'D':
      return WeightedSum(account, {0, 0, 0, 0, 0, 0, 7, 6, 5, 4, 3, 2, 1, 0, 0, 0}) % 11 == 0;
    case 'F':
      return WeightedSum(account, {0, 0, 0, 0, 0, 0, 1, 7, 3, 1, 7, 3, 1, 0, 0, 0}) % 10 == 0;
    default:
      break;
  }
  // E and G add the digits of each product until one is left, and divide by 11 or 10.
  const auto folded = [&](std::initializer_list<int> weights) {
    int sum = 0;
    for (std::size_t i = 0; i < account.size(); ++i) {
      const int product = DigitOf(account[i]) * weights.begin()[i];
      sum += product > 9 ? (product - 1) % 9 + 1 : product;
    }
    return sum;
  };
  if (rule == 'E') return folded({0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 4, 3, 2, 0, 0, 1}) % 11 == 0;
  if (rule == 'G') return folded({0, 0, 0, 0, 0, 0, 1, 3, 7, 1, 3, 7, 1, 3, 7, 1}) % 10 == 0;
  return true;
}

// Bank (2), branch (4), base (7), suffix (3): each part may lack leading zeros.
Verdict FinishNzAccount(Work& work) {
  constexpr std::array<std::size_t, 4> kWidths = {2, 4, 7, 3};
  std::array<char, 16> full;
  full.fill('0');
  std::array<std::string_view, 4> parts;
  std::size_t count = 0;
  const std::string_view text = work.text();
  std::array<char, 32> digits;
  std::size_t size = 0;
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] == ' ' || text[at] == '-') {
      ++at;
      continue;
    }
    const std::size_t end = std::min(text.find_first_of(" -", at), text.size());
    if (!AllDigits(text.substr(at, end - at))) {
      return Invalid("a character that such a value does not have", static_cast<std::int32_t>(at));
    }
    if (count < parts.size()) parts[count] = text.substr(at, end - at);
    ++count;
    for (const char c : text.substr(at, end - at)) {
      if (size == digits.size()) return Invalid("too long");
      digits[size++] = c;
    }
    at = end;
  }
  bool by_parts = count == 4;
  for (std::size_t i = 0; i < 4 && by_parts; ++i) by_parts = parts[i].size() <= kWidths[i];
  if (by_parts) {
    std::size_t at = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      at += kWidths[i];
      std::ranges::copy(parts[i], full.begin() + static_cast<std::ptrdiff_t>(at - parts[i].size()));
    }
  } else if (size == 15 || size == 16) {
    std::copy_n(digits.begin(), 13, full.begin());
    std::copy_n(digits.begin() + 13, size - 13,
                full.end() - static_cast<std::ptrdiff_t>(size - 13));
  } else {
    return Invalid("not bank, branch, number and suffix");
  }
  work.Replace({full.data(), full.size()});
  const int bank = Number(work.text(), 0, 2);
  const int branch = Number(work.text(), 2, 4);
  const auto* const range = std::ranges::find_if(kNzBanks, [&](const NzRange& r) {
    return r.bank == bank && r.first <= branch && branch <= r.last;
  });
  if (range == std::end(kNzBanks)) return Invalid("no such bank and branch");
  if (Number(work.text(), 6, 7) == 0) return Junk("an account of zeros");
  return NzSumOk(range->rule, work.text()) ? Valid() : Invalid(kCheckFails);
}

// What is no customer's own account in one way of writing it is none in another.
Verdict FinishPooledIban(Work& work) {
  const Verdict verdict = FinishIban(work);
  work.DeriveNothing();
  return verdict;
}

constexpr Kind kBankKinds[] = {
    {.name = "pay.iban",
     .title = "International bank account number (IBAN)",
     .traits = kBankAccount,
     .text = kPunctuated,
     .prefix = "IBAN",
     .shape = "A2N2X8-30",
     .check = {"ISO 7064 MOD 97-10 and national checks", nullptr, 2},
     .finish = FinishIban,
     .aliases = "pay.iban.be pay.iban.es pay.iban.me pay.iban.no pay.iban.unregistered",
     .standard = "ISO 13616",
     .bits = 45,
     .example = "DE89370400440532013000"},
    {.name = "pay.iban.pool",
     .title = "Account of a payment provider that many share (IBAN)",
     .traits = kBankAccount.Supporting(4),
     .text = kPunctuated,
     .prefix = "IBAN",
     .shape = "A2N2X8-30",
     .check = {"ISO 7064 MOD 97-10 and national checks", nullptr, 2},
     .finish = FinishPooledIban,
     .standard = "ISO 13616; pools of the link policy",
     .bits = 45,
     .example = "DE89370400440532013000"},
    {.name = "pay.bic",
     .title = "Bank identifier (BIC, SWIFT code)",
     .traits = kBankCode,
     .shape = "X4A2X2|X4A2X5",
     .finish = FinishBic,
     .standard = "ISO 9362",
     .bits = 14,
     .example = "DEUTDEFF"},
    {.name = "pay.us.account",
     .title = "US bank account (routing and account number)",
     .traits = kBankAccount,
     .text = kPunctuated,
     .shape = "N12-26",
     .check = {"3-7-1 mod 10"},
     .finish = FinishUsAccount,
     .standard = "ABA routing number policy; ANSI X9.100",
     .bits = 40,
     .example = "011000015 123456789012"},
    {.name = "pay.us.aba",
     .title = "US routing number (ABA)",
     .traits = kBankCode,
     .shape = "N9",
     .check = {"3-7-1 mod 10", AbaOk},
     .finish = FinishAba,
     .standard = "ABA routing number policy",
     .bits = 14,
     .example = "011000015"},
    {.name = "pay.ar.cbu",
     .title = "Argentine bank account (CBU)",
     .traits = kBankAccount,
     .text = kPunctuated,
     .shape = "N22",
     .check = {"7-1-3-9 mod 10, twice", CbuOk},
     .standard = "BCRA",
     .bits = 40,
     .example = "2850590940090418135201"},
    {.name = "pay.mx.clabe",
     .title = "Mexican bank account (CLABE)",
     .traits = kBankAccount,
     .text = kPunctuated,
     .shape = "N18",
     .check = {"3-7-1 mod 10", ClabeOk},
     .standard = "Banxico, ABM",
     .bits = 40,
     .example = "032180000118359719"},
    {.name = "pay.cz.account",
     .title = "Czech bank account",
     .traits = kBankAccount,
     .text = {Reading::kWord, kDropSpaces, Fold::kUpper},
     .check = {"weighted mod 11, twice"},
     .finish = FinishCzechAccount,
     .standard = "CNB decree 169/2011",
     .bits = 38,
     .example = "19-2000145399/0800"},
    {.name = "pay.no.account",
     .title = "Norwegian bank account",
     .traits = kBankAccount,
     .text = kPunctuated,
     .shape = "N7|N11",
     .check = {"weighted mod 11 or Luhn"},
     .finish = FinishNorway,
     .standard = "Finans Norge",
     .bits = 33,
     .example = "86011117947"},
    {.name = "pay.nz.account",
     .title = "New Zealand bank account",
     .traits = kBankAccount,
     .text = kSeparated,
     .check = {"weighted mod 11 or 10"},
     .finish = FinishNzAccount,
     .standard = "Payments NZ; Inland Revenue",
     .bits = 38,
     .example = "01-0242-0100194-00"},
    {.name = "pay.es.ccc",
     .title = "Spanish bank account (CCC)",
     .traits = kBankAccount,
     .text = kPunctuated,
     .shape = "N20",
     .check = {"weighted mod 11, twice", SpanishAccountOk, 2},
     .standard = "Consejo Superior Bancario",
     .bits = 42,
     .example = "21000418450200051332"},
    {.name = "pay.gb.sortcode_account",
     .title = "British bank account (sort code and number)",
     .traits = kBankAccount,
     .text = kPunctuated,
     .finish = FinishUkAccount,
     .standard = "Pay.UK, Validating account numbers",
     .bits = 37,
     .example = "089999 66374958"},
    {.name = "pay.in.ifsc",
     .title = "Indian bank branch (IFSC)",
     .traits = kBankCode,
     .shape = "A4'0'X6",
     .standard = "Reserve Bank of India",
     .bits = 17,
     .example = "SBIN0020085"},
};

}  // namespace

std::span<const Kind> BankKinds() { return kBankKinds; }

}  // namespace revenant::kinds
