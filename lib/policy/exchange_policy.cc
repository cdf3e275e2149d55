#include "revenant/exchange_policy.h"

namespace revenant {

bool ExchangePolicy::MayGo(std::string_view kind, std::string_view home,
                           std::string_view country) const {
  auto rule = only_to.find(kind);
  if (rule == only_to.end()) {  // the country's: "doc.cn.resident_id" was given by "cn"
    const std::size_t from = kind.find('.');
    const std::size_t to = from == kind.npos ? kind.npos : kind.find('.', from + 1);
    if (to == kind.npos) return true;
    rule = only_to.find(kind.substr(from + 1, to - from - 1));
  }
  if (rule == only_to.end()) return true;
  switch (rule->second.scope) {
    case ExportRule::Scope::kAnywhere:
      return true;
    case ExportRule::Scope::kNobody:
      return false;
    case ExportRule::Scope::kCountries:
      break;
  }
  return home == country || rule->second.countries.find(country) != std::string::npos;
}

std::uint32_t ExchangePolicy::ListedDays(std::string_view kind) const {
  const KindInfo* info = FindKind(kind);
  const auto family = static_cast<std::size_t>(info == nullptr ? Family::kCustom : info->family);
  return family < listed_days.size() ? listed_days[family] : 0;  // a platform's own: not listed
}

}  // namespace revenant
