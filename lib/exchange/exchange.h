#ifndef REVENANT_EXCHANGE_EXCHANGE_H_
#define REVENANT_EXCHANGE_EXCHANGE_H_

// What stands behind the public handle of exchange_feeds.h.

#include <utility>

#include "exchange/matcher.h"
#include "exchange/member_keys.h"
#include "exchange/membership.h"
#include "registry/foreign.h"
#include "revenant/exchange_feeds.h"

namespace revenant {

struct Exchange::Impl {
  Impl(Registry& owner, MemberKeys own) : registry(owner), keys(std::move(own)) {}

  std::unique_ptr<View> Snapshot() const { return ForeignWriter::Snapshot(registry); }

  Registry& registry;
  const MemberKeys keys;
};

}  // namespace revenant

#endif  // REVENANT_EXCHANGE_EXCHANGE_H_
