#include "registry/state/awaiting.h"

#include <set>
#include <vector>

#include "store/foreign_rows.h"
#include "util/try.h"

namespace revenant {

bool IsExchangeable(std::string_view kind, const LinkPolicy& policy) {
  const KindInfo* info = FindKind(kind);
  return info != nullptr && info->family != Family::kCustom &&
         policy.For(kind).role == Role::kLinking;
}

Result<bool> IsInExchange(const View& view) {
  TRY_ASSIGN(const auto bytes, view.Get(Table::kExchange, ExchangeEpochsKey()));
  return bytes.has_value();
}

Result<std::uint32_t> CountAwaiting(const View& view, std::span<const Fingerprint> exchangeable,
                                    Time as_of) {
  TRY_ASSIGN(const auto bytes, view.Get(Table::kExchange, ExchangeEpochsKey()));
  if (!bytes) return std::uint32_t{0};
  TRY_ASSIGN(const ExchangeEpochs epochs, DecodeExchangeEpochs(*bytes));
  const std::uint32_t epoch = epochs.At(as_of);
  std::uint32_t awaiting = 0;
  for (const Fingerprint& fingerprint : exchangeable) {
    TRY_ASSIGN(const auto token, view.Get(Table::kExchange, ExchangeTokenKey(fingerprint, epoch)));
    awaiting += !token;
  }
  return awaiting;
}

Result<std::uint32_t> CountAwaiting(const View& view, const LinkPolicy& policy,
                                    const Enrol& application, Time as_of) {
  std::set<Fingerprint> exchangeable;
  for (const KeyedAttribute& attribute : application.attributes) {
    for (const KeyedIdentifier& identifier : attribute.identifiers) {
      if (!identifier.junk && IsExchangeable(identifier.kind, policy)) {
        exchangeable.insert(identifier.fingerprint);
      }
    }
  }
  return CountAwaiting(view, std::vector(exchangeable.begin(), exchangeable.end()), as_of);
}

}  // namespace revenant
