// Payment cards and accounts of payment services.

#include <algorithm>

#include "identifier/table.h"

namespace revenant::kinds {
namespace {

constexpr std::string_view kTestCards[] = {
#include "identifier/data/test_cards.inc"
};
static_assert(std::ranges::is_sorted(kTestCards));

// ISO/IEC 7812. UnionPay (62, 81) issues some numbers without a Luhn digit.
Verdict FinishPan(Work& work) {
  const std::string_view pan = work.text();
  if (pan[0] == '0') return Invalid("no such issuer", 0);
  if (LuhnOk(pan)) return Valid();
  const bool union_pay = pan.size() >= 16 && (pan.starts_with("62") || pan.starts_with("81"));
  return union_pay ? Unverifiable("UnionPay may lack the Luhn digit") : Invalid(kCheckFails);
}

// A payer ID; PayPal leaves out the characters that are mistaken for others.
constexpr Shape kPayPal = "[2-9A-HJ-NP-Z]13";

// Partners number 2088 and twelve digits; a mailbox or a phone number logs in too, but those are
// kinds of their own.
constexpr Kind kCardKinds[] = {
    {.name = "pay.pan",
     .title = "Payment card number (PAN)",
     .traits = kCard,
     .text = kPunctuated,
     .shape = "N12-19",
     .check = {"Luhn"},
     .finish = FinishPan,
     .junk = kTestCards,
     .aliases = "pay.pan.unionpay",
     .standard = "ISO/IEC 7812",
     .bits = 36,
     .example = "4929 1234 5678 9015"},
    {.name = "pay.par",
     .title = "Payment account reference (PAR)",
     .traits = kCard.GoodFor(3650),
     .shape = "X29",
     .standard = "EMVCo PAR",
     .bits = 120,
     .example = "V0010013019339005892001238171"},
    {.name = "pay.paypal",
     .title = "PayPal payer ID",
     .traits = kPaymentLogin,
     .shape = kPayPal,
     .standard = "PayPal",
     .bits = 60,
     .example = "QYR5Z8XDVJNXQ"},
    {.name = "pay.alipay",
     .title = "Alipay user ID",
     .traits = kPaymentLogin,
     .shape = "'2088'N12",
     .standard = "Ant Group open platform",
     .bits = 38,
     .example = "2088102146225135"},
    {.name = "pay.alipay.open_id",
     .title = "Alipay open_id",
     .traits = kPaymentLogin,
     .text = kCased,
     .shape = "[A-Za-z0-9_-]32-128",
     .scope = Scope::kApp,
     .standard = "Ant Group open platform (open_id of 32 to 128 characters)",
     .bits = 100,
     .example = "074a1CcTG1LelxKe4xQC0zgNdId0nxi95b5lsNpazWYoCo5"},
    {.name = "pay.wechat.openid",
     .title = "WeChat openid",
     .traits = kPaymentLogin,
     .text = kCased,
     .shape = "[A-Za-z0-9_-]28",
     .scope = Scope::kApp,
     .standard = "Tencent open platform",
     .bits = 120,
     .example = "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"},
    {.name = "pay.wechat.unionid",
     .title = "WeChat unionid",
     .traits = kPaymentLogin,
     .text = kCased,
     .shape = "[A-Za-z0-9_-]28-29",
     .scope = Scope::kApp,
     .standard = "Tencent open platform",
     .bits = 120,
     .example = "o6_bmasdasdsad6_2sgVt7hMZOPfL"},
    {.name = "pay.payoneer",
     .title = "Payoneer account",
     .traits = kPaymentLogin,
     .shape = "N6-12",
     .standard = "Payoneer",
     .bits = 27,
     .example = "38214907"},
};

}  // namespace

std::span<const Kind> CardKinds() { return kCardKinds; }

}  // namespace revenant::kinds
