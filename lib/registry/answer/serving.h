#ifndef REVENANT_REGISTRY_ANSWER_SERVING_H_
#define REVENANT_REGISTRY_ANSWER_SERVING_H_

// What answering takes: the store, the keyed digests, and the policy and filter that are published
// together (gate.h). Readers take no lock of ours. Threads: any number.

#include <atomic>
#include <memory>
#include <string>

#include "registry/answer/gate.h"
#include "registry/state/junk_list.h"
#include "revenant/fingerprint.h"
#include "store/store.h"
#include "util/mutex.h"

namespace revenant {

struct Serving {
  // `writer` serialises what writers do, and lives longer.
  Serving(std::unique_ptr<Store> opened, const Key& key, std::shared_ptr<const LinkPolicy> policy,
          Gate::Born born, std::uint64_t in_memory_bytes, Mutex& writer)
      : store(std::move(opened)),
        keyed(key),
        check_value(key.CheckValue()),
        gate(*store, std::move(policy), born, in_memory_bytes, writer) {}

  // One consistent state and the policy that goes with it.
  using State = Gate::State;
  State Now() const { return gate.Now(); }

  // What `policy` says of junk; the list that was asked for last is kept.
  std::shared_ptr<const JunkList> JunkOf(const std::shared_ptr<const LinkPolicy>& policy) const;

  const std::unique_ptr<Store> store;
  const Fingerprinter keyed;
  const std::string check_value;
  // IsInExchange(): a store outside any exchange skips what only members need.
  std::atomic<bool> in_exchange{false};

 private:
  mutable Mutex junk_mutex_;
  mutable std::shared_ptr<const LinkPolicy> junk_policy_ GUARDED_BY(junk_mutex_);
  mutable std::shared_ptr<const JunkList> junk_ GUARDED_BY(junk_mutex_);

 public:
  Gate gate;  // last: its threads read what stands above
};

}  // namespace revenant

#endif  // REVENANT_REGISTRY_ANSWER_SERVING_H_
