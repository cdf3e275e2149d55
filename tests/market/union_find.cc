#include <numeric>
#include <unordered_map>

#include "market/play.h"

namespace revenant::market {
namespace {

class UnionFind : public Judge {
 public:
  void Load(const World& world) override {
    for (std::size_t i = 0; i < world.accounts.size(); ++i) {
      if (world.accounts[i].minute < world.history_minutes) Enrol(world, i);
    }
  }
  Answer Ask(const World& world, std::size_t account) override {
    for (const Value& value : world.accounts[account].values) {
      const auto found = IsLinking(value.kind) ? carriers_.find(Key(value)) : carriers_.end();
      if (found != carriers_.end() && banned_[Root(found->second)])
        return {Decision::kBlock, 0, {}};
    }
    return {};
  }
  void Enrol(const World& world, std::size_t account) override {
    if (parents_.empty()) {
      parents_.resize(world.accounts.size());
      std::iota(parents_.begin(), parents_.end(), 0);
      banned_.resize(parents_.size());
    }
    for (const Value& value : world.accounts[account].values) {
      if (!IsLinking(value.kind)) continue;
      const auto [place, is_new] = carriers_.emplace(Key(value), account);
      if (is_new) continue;
      const std::size_t a = Root(place->second), b = Root(account);
      parents_[a] = b;
      banned_[b] = banned_[a] || banned_[b];
    }
  }
  void Ban(const World&, std::size_t account, std::int64_t) override {
    banned_[Root(account)] = true;
  }

 private:
  static std::uint64_t Key(const Value& value) {
    return static_cast<std::uint64_t>(value.kind) << 32 | value.number;
  }
  std::size_t Root(std::size_t i) {
    while (parents_[i] != i) i = parents_[i] = parents_[parents_[i]];
    return i;
  }

  std::unordered_map<std::uint64_t, std::size_t> carriers_;
  std::vector<std::size_t> parents_;
  std::vector<bool> banned_;
};

}  // namespace

std::unique_ptr<Judge> MakeUnionFind() { return std::make_unique<UnionFind>(); }

}  // namespace revenant::market
