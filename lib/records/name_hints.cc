#include "revenant/name_hints.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>
#include <vector>

#include "identifier/guise.h"
#include "revenant/identifier.h"
#include "revenant/records.h"
#include "util/ascii.h"

namespace revenant {
namespace {

constexpr std::size_t kLongestName = 64;
constexpr std::ptrdiff_t kDigitsOfAValue = 5;

// Small letters and digits of a name: "E-Mail" and "e_mail" are one.
std::string Plain(std::string_view name) {
  std::string plain;
  for (const char c : name) {
    if (c >= 'A' && c <= 'Z') plain += static_cast<char>(c + 32);
    if ((c >= 'a' && c <= 'z') || IsAsciiDigit(c)) plain += c;
  }
  return plain;
}

// What columns are called elsewhere.
constexpr std::pair<std::string_view, std::string_view> kOtherNames[] = {
    {"accountholder", "contact.name"},
    {"address", "contact.address"},
    {"adresse", "contact.address"},
    {"androidid", "device.android_id"},
    {"anschrift", "contact.address"},
    {"bankaccount", "pay.iban"},
    {"card", "pay.pan"},
    {"cardnumber", "pay.pan"},
    {"cellphone", "contact.phone"},
    {"contactname", "contact.name"},
    {"correo", "contact.email"},
    {"created", "seen"},
    {"createdat", "seen"},
    {"creditcard", "pay.pan"},
    {"date", "seen"},
    {"datum", "seen"},
    {"email", "contact.email"},
    {"emailaddress", "contact.email"},
    {"externalid", "seller"},
    {"firstseen", "seen"},
    {"fullname", "contact.name"},
    {"handy", "contact.phone"},
    {"idcard", "doc.idcard.number"},
    {"ip", "net.ip"},
    {"ipaddress", "net.ip"},
    {"kreditkarte", "pay.pan"},
    {"lastseen", "seen"},
    {"macaddress", "device.mac"},
    {"mail", "contact.email"},
    {"marketplace", "platform"},
    {"merchant", "seller"},
    {"merchantid", "seller"},
    {"mobil", "contact.phone"},
    {"mobile", "contact.phone"},
    {"mobilenumber", "contact.phone"},
    {"mobilephone", "contact.phone"},
    {"name", "contact.name"},
    {"passport", "doc.passport.number"},
    {"passportnumber", "doc.passport.number"},
    {"paypal", "pay.paypal"},
    {"paypalemail", "pay.paypal"},
    {"personname", "contact.name"},
    {"phone", "contact.phone"},
    {"phonenumber", "contact.phone"},
    {"plattform", "platform"},
    {"registered", "seen"},
    {"sellerid", "seller"},
    {"sellername", "contact.name"},
    {"shop", "platform"},
    {"shopid", "seller"},
    {"site", "platform"},
    {"strasse", "contact.address"},
    {"street", "contact.address"},
    {"tel", "contact.phone"},
    {"telefon", "contact.phone"},
    {"telefono", "contact.phone"},
    {"telephone", "contact.phone"},
    {"timestamp", "seen"},
    {"ustid", "tax.eu.vat"},
    {"ustidnr", "tax.eu.vat"},
    {"vat", "tax.eu.vat"},
    {"vatid", "tax.eu.vat"},
    {"vatnumber", "tax.eu.vat"},
    {"verkaeufer", "seller"},
    {"wallet", "pay.crypto.eth"},
};

constexpr std::array<std::string_view, 5> kFields = {"platform", "seller", "seen", "source",
                                                     "status"};

bool IsMeaning(std::string_view target) {
  return std::find(kFields.begin(), kFields.end(), target) != kFields.end() ||
         FindKind(target) != nullptr;
}

// How many signs must be put in, taken out or replaced, counted up to 2.
std::size_t Distance(std::string_view a, std::string_view b) {
  constexpr std::size_t kFar = 2;
  if (a.size() > b.size()) std::swap(a, b);
  if (b.size() - a.size() >= kFar) return kFar;
  std::vector<std::size_t> row(a.size() + 1);
  for (std::size_t i = 0; i <= a.size(); ++i) row[i] = i;
  for (std::size_t j = 1; j <= b.size(); ++j) {
    std::size_t diagonal = row[0];
    row[0] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
      const std::size_t replaced = diagonal + (a[i - 1] != b[j - 1]);
      diagonal = row[i];
      row[i] = std::min({replaced, row[i] + 1, row[i - 1] + 1});
    }
  }
  return std::min(row[a.size()], kFar);
}

}  // namespace

bool LooksLikeValue(std::string_view name) {
  if (name.size() > kLongestName) return true;
  if (std::count_if(name.begin(), name.end(), IsAsciiDigit) >= kDigitsOfAValue) return true;
  if (name.find("://") != std::string_view::npos) return true;
  const std::size_t at = name.find('@');
  return at != std::string_view::npos && at > 0 && name.find('.', at) != std::string_view::npos;
}

// A spreadsheet writes the sign; "4711e12" may be an id.
bool IsShortenedNumber(std::string_view name) {
  return kinds::IsRounded(name) &&
         (name.find("E+") != std::string_view::npos || name.find("e+") != std::string_view::npos);
}

bool MayBeKind(std::string_view text) {
  if (text.empty() || LooksLikeValue(text)) return false;
  const bool has_form = std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || IsAsciiDigit(c) || c == '.' ||
           c == '_' || c == '-' || c == '@' || c == '#';
  });
  if (!has_form || IsAsciiDigit(text.front())) return false;
  // One word may be anybody's name.
  return text.find('.') != std::string_view::npos || !SuggestKind(text).empty();
}

std::string SuggestKind(std::string_view name) {
  const std::string plain = Plain(name);
  if (plain.empty() || LooksLikeValue(name)) return {};
  const auto other = std::find_if(std::begin(kOtherNames), std::end(kOtherNames),
                                  [&](const auto& one) { return one.first == plain; });
  if (other != std::end(kOtherNames) && IsMeaning(other->second)) {
    return std::string(other->second);
  }
  for (const std::string_view field : kFields) {
    if (plain == field) return std::string(field);
  }
  // By the whole name, then by its last part if only one kind ends so, then by one slip.
  std::string_view by_end, by_slip;
  std::size_t ends = 0;
  constexpr std::size_t kShortestGuess = 4;
  for (const KindInfo& kind : Kinds()) {
    const std::string whole = Plain(kind.name);
    if (whole == plain) return std::string(kind.name);
    const std::string_view last = kind.name.substr(kind.name.rfind('.') + 1);
    if (Plain(last) == plain) {
      by_end = kind.name;
      ++ends;
    }
    if (plain.size() < kShortestGuess || !by_slip.empty()) continue;
    if (Distance(whole, plain) == 1 || (ends == 0 && Distance(Plain(last), plain) == 1)) {
      by_slip = kind.name;
    }
  }
  if (ends == 1) return std::string(by_end);
  if (ends == 0 && !by_slip.empty()) return std::string(by_slip);
  if (plain.size() >= kShortestGuess) {
    for (const std::string_view field : kFields) {
      if (Distance(field, plain) == 1) return std::string(field);
    }
  }
  return {};
}

}  // namespace revenant
