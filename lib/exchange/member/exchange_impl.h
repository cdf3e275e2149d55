#ifndef REVENANT_EXCHANGE_MEMBER_EXCHANGE_IMPL_H_
#define REVENANT_EXCHANGE_MEMBER_EXCHANGE_IMPL_H_

// What stands behind the public handle of exchange_feeds.h.

#include <filesystem>
#include <utility>

#include "exchange/files/member_keys.h"
#include "exchange/member/matcher.h"
#include "exchange/member/membership.h"
#include "registry/handle.h"
#include "revenant/exchange_feeds.h"

namespace revenant {

// A session that may join the exchange. Errors: BeginWriting().
inline Result<std::unique_ptr<WriteSession>> BeginExchange(Registry& registry) {
  return BeginWriting(registry, {.exchange = true});
}

struct Exchange::Impl {
  Impl(Registry& owner, MemberKeys own, std::filesystem::path file)
      : registry(owner), keys(std::move(own)), key_file(std::move(file)) {}

  std::unique_ptr<View> Snapshot() const { return SnapshotOf(registry); }

  Registry& registry;
  const MemberKeys keys;
  const std::filesystem::path key_file;
};

}  // namespace revenant

#endif  // REVENANT_EXCHANGE_MEMBER_EXCHANGE_IMPL_H_
