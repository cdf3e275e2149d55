#ifndef REVENANT_REGISTRY_IMPL_H_
#define REVENANT_REGISTRY_IMPL_H_

#include <filesystem>
#include <memory>
#include <utility>

#include "registry/answer/serving.h"
#include "registry/apply/write_session.h"
#include "revenant/registry.h"
#include "store/store.h"

namespace revenant {

// What stands behind the public handle: what the writers hand on, and what answers.
struct Registry::Impl {
  Impl(std::unique_ptr<Store> store, const Key& key, Access access,
       std::shared_ptr<const LinkPolicy> policy, Gate::Born born, std::uint64_t in_memory_bytes)
      : writers(access),
        serving(std::move(store), key, std::move(policy), born, in_memory_bytes, writers.mutex) {}

  Serving::State Now() const { return serving.Now(); }

  mutable WriterState writers;
  Serving serving;
};

// For tests that make the disk fail: as Registry::Create and Open, with a store's options.
Result<std::unique_ptr<Registry>> OpenRegistry(const std::filesystem::path& dir, const Key& key,
                                               const Store::Options& options,
                                               const LinkPolicy* policy, const Actor& actor = {},
                                               std::uint64_t in_memory_bytes = 0);

}  // namespace revenant

#endif  // REVENANT_REGISTRY_IMPL_H_
