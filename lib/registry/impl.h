#ifndef REVENANT_REGISTRY_IMPL_H_
#define REVENANT_REGISTRY_IMPL_H_

#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <utility>

#include "revenant/registry.h"
#include "store/store.h"

namespace revenant {

// What stands behind the public handle.
// Lock order: writer, then state. Readers take only `state`, for as long as it takes to pick up a
// snapshot together with the policy that it was judged under.
struct Registry::Impl {
  Impl(std::unique_ptr<Store> opened, const Key& key, Access how)
      : store(std::move(opened)), keyed(key), check_value(key.CheckValue()), access(how) {}

  // One consistent state and the policy that goes with it.
  struct State {
    std::unique_ptr<View> view;
    std::shared_ptr<const LinkPolicy> policy;
  };
  State Now() const {
    std::shared_lock lock(state);
    return {store->Snapshot(), policy};
  }

  // The seller must be known: kNotFound otherwise.
  static Result<std::pair<SellerId, SellerRow>> Need(const View& view, const SellerName& name);

  const std::unique_ptr<Store> store;
  const Fingerprinter keyed;
  const std::string check_value;
  const Access access;
  std::mutex writer;                         // one batch at a time
  mutable std::shared_mutex state;           // guards `policy`, against commits that change it
  std::shared_ptr<const LinkPolicy> policy;  // never null once open
};

// For tests that make the disk fail: as Registry::Create and Open, with a store's options.
Result<std::unique_ptr<Registry>> OpenRegistry(const std::filesystem::path& dir, const Key& key,
                                               const Store::Options& options,
                                               const LinkPolicy* policy);

}  // namespace revenant

#endif  // REVENANT_REGISTRY_IMPL_H_
