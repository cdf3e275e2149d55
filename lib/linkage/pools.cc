#include "linkage/pools.h"

#include <algorithm>

namespace revenant {

void TakeAsPooled(const LinkPolicy& policy, Normalized& normal) {
  if (policy.rules < 2 || policy.overrides().empty() || normal.identifiers().empty()) return;
  Identifier& root = normal.at(0);
  const auto section = policy.overrides().find(root.kind);
  if (section == policy.overrides().end()) return;
  constexpr std::size_t kCountry = 2, kCheckDigits = 2;
  const std::string_view account = root.canonical;
  if (account.size() < kCountry + kCheckDigits) return;
  const bool pooled = std::any_of(
      section->second.pools.begin(), section->second.pools.end(), [&](std::string_view pool) {
        return account.starts_with(pool.substr(0, kCountry)) &&
               account.substr(kCountry + kCheckDigits).starts_with(pool.substr(kCountry));
      });
  if (!pooled) return;
  root.kind += kPoolSuffix;
  normal.KeepRoot();  // a part of it would be the same account by another name
}

}  // namespace revenant
