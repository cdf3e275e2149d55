#ifndef REVENANT_REGISTRY_IMPL_H_
#define REVENANT_REGISTRY_IMPL_H_

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "journal/log.h"
#include "registry/answer/gate.h"
#include "registry/state/junk_list.h"
#include "revenant/registry.h"
#include "store/store.h"

namespace revenant {

class Desk;

// What stands behind the public handle. Readers take no lock of ours: what belongs together is
// published together (gate.h).
struct Registry::Impl {
  Impl(std::unique_ptr<Store> opened, const Key& key, Access how,
       std::shared_ptr<const LinkPolicy> policy, Gate::Born born, std::uint64_t in_memory_bytes)
      : store(std::move(opened)),
        keyed(key),
        check_value(key.CheckValue()),
        access(how),
        gate(*store, std::move(policy), born, in_memory_bytes, writer) {}

  // One consistent state and the policy that goes with it.
  using State = Gate::State;
  State Now() const { return gate.Now(); }

  // What `policy` says of junk. Threads: any number.
  std::shared_ptr<const JunkList> JunkOf(const std::shared_ptr<const LinkPolicy>& policy) const;

  // Writer: takes the end of the journal out; whoever commits a batch puts the new one back, and
  // after a failure it is read anew.
  Result<JournalLog> TakeJournal();
  Actor ActorOr(const Actor& named) const;
  // Writer: applies and commits, without waiting for the disk. As Registry::ApplyAll otherwise, and
  // with `desk` as Registry::EnterAll.
  Result<std::vector<Applied>> Write(std::span<const Event> events, const ImportMark* mark,
                                     std::vector<Refusal>* refused, const Actor& who,
                                     Desk* desk = nullptr);

  // The seller must be known: kNotFound otherwise.
  static Result<std::pair<SellerId, SellerRow>> Need(const View& view, const SellerName& name);

  const std::unique_ptr<Store> store;
  const Fingerprinter keyed;
  const std::string check_value;
  const Access access;
  std::atomic<bool> in_exchange{false};  // IsInExchange(): who is not pays nothing for it
  std::mutex writer;                     // one batch at a time
  Actor actor;                           // guarded by `writer`: who acts where a call names nobody
  std::optional<JournalLog> journal;     // guarded by `writer`; empty: to be read from the store
  // The list that was asked for last, and whose it is.
  mutable std::mutex junk_mutex;
  mutable std::shared_ptr<const LinkPolicy> junk_policy;
  mutable std::shared_ptr<const JunkList> junk;
  Gate gate;  // the last one in, the first one out: it reads the store on its own
};

// For tests and benchmarks: what stands behind a handle.
Registry::Impl& Inside(const Registry& registry);

// For tests that make the disk fail: as Registry::Create and Open, with a store's options.
Result<std::unique_ptr<Registry>> OpenRegistry(const std::filesystem::path& dir, const Key& key,
                                               const Store::Options& options,
                                               const LinkPolicy* policy, const Actor& actor = {},
                                               std::uint64_t in_memory_bytes = 0);

}  // namespace revenant

#endif  // REVENANT_REGISTRY_IMPL_H_
