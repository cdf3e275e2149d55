// The generator's own rates, over the history that calibration sees, from knowing the true owners.

#include <fmt/format.h>

#include <cmath>
#include <set>
#include <unordered_map>

#include "market/play.h"

namespace revenant::market {
namespace {

std::uint64_t Key(const Value& value) {
  return static_cast<std::uint64_t>(value.kind) << 32 | value.number;
}
unsigned Shared(const Account& a, const Account& b) {
  unsigned shared = 0;
  for (const Value& x : a.values) {
    for (const Value& y : b.values)
      shared |= IsLinking(x.kind) && x.Same(y) ? 1u << static_cast<unsigned>(x.kind) : 0u;
  }
  return shared;
}

}  // namespace

TrueRates RatesOf(const World& world, const LinkPolicy& policy) {
  TrueRates rates;
  std::unordered_map<std::uint64_t, std::vector<std::size_t>> carriers;
  std::unordered_map<std::uint32_t, std::vector<std::size_t>> hands;
  std::uint64_t accounts = 0, banned = 0;
  for (std::size_t i = 0; i < world.accounts.size(); ++i) {
    const Account& account = world.accounts[i];
    if (account.minute >= world.history_minutes) break;
    ++accounts;
    banned += FallInHistory(world, i).has_value();
    hands[account.hands].push_back(i);
    for (const Value& value : account.values) {
      if (IsLinking(value.kind)) carriers[Key(value)].push_back(i);
    }
  }
  rates.ban_rate = static_cast<double>(banned) / static_cast<double>(accounts);
  std::array<std::uint64_t, kKinds> have{}, share{}, both{}, kept{};
  for (std::size_t i = 0; i < accounts; ++i) {
    const Account& account = world.accounts[i];
    const std::optional<std::int64_t> fall = FallInHistory(world, i);
    if (!fall) {
      for (const Value& value : account.values) {
        if (!IsLinking(value.kind)) continue;
        const auto kind = static_cast<std::size_t>(value.kind);
        const std::vector<std::size_t>& others = carriers[Key(value)];
        ++have[kind];
        bool stranger = false;
        for (const std::size_t other : others) {
          stranger = stranger || world.accounts[other].hands != account.hands;
        }
        share[kind] += stranger && others.size() <= policy.For(NameOf(value.kind)).fanout_limit;
      }
      continue;
    }
    std::set<unsigned> seen;  // a crowd that shares the same counts once
    for (const std::size_t other : hands[account.hands]) {
      const Account& later = world.accounts[other];
      if (later.minute <= *fall) continue;
      const unsigned shared = Shared(account, later);
      if (shared == 0 || !seen.insert(shared).second) continue;
      for (std::size_t kind = 0; kind < kKinds; ++kind) {
        const auto as = static_cast<Kind>(kind);
        if (!IsLinking(as) || !account.Find(as) || !later.Find(as)) continue;
        ++both[kind];
        kept[kind] += shared >> kind & 1;
      }
    }
  }
  for (std::size_t kind = 0; kind < kKinds; ++kind) {
    const auto ratio = [](std::uint64_t a, std::uint64_t b) {
      return b == 0 ? 0 : static_cast<double>(a) / static_cast<double>(b);
    };
    rates.kinds[kind] = {ratio(share[kind], have[kind]), ratio(kept[kind], both[kind]), both[kind]};
  }
  return rates;
}

std::string CalibrationTable(const Calibration& found, const TrueRates& truth) {
  std::string out = "| rate | the generator's | measured | ratio |\n|---|---|---|---|\n";
  const auto row = [&](const std::string& name, double is, double measured) {
    out += fmt::format("| {} | {:.3g} | {:.3g} | {:.2f} |\n", name, is, measured,
                       is > 0 ? measured / is : 0);
  };
  row("banned", truth.ban_rate, found.ban_rate());
  for (const KindRates& kind : found.kinds) {
    for (std::size_t k = 0; k < kKinds; ++k) {
      if (NameOf(static_cast<Kind>(k)) != kind.kind) continue;
      row(fmt::format("{}: kept by who comes back ({:.0f})", kind.kind, kind.returns),
          truth.kinds[k].keeps, kind.keeps());
      row(fmt::format("{}: shared with a stranger ({})", kind.kind, kind.sharers),
          truth.kinds[k].stranger_share, kind.stranger_share());
    }
  }
  return out;
}

}  // namespace revenant::market
