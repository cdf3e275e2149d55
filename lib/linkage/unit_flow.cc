#include "linkage/unit_flow.h"

namespace revenant {

void UnitFlow::Start(std::size_t gates) {
  first_.assign(2 * gates, kNone);
  arcs_.clear();
  for (std::uint32_t gate = 0; gate < gates; ++gate) AddArc(Entry(gate), Exit(gate));
}

void UnitFlow::AddArc(std::uint32_t from, std::uint32_t to) {
  arcs_.push_back({to, first_[from], true});
  first_[from] = static_cast<std::uint32_t>(arcs_.size() - 1);
  arcs_.push_back({from, first_[to], false});  // opens when a way runs through the other
  first_[to] = static_cast<std::uint32_t>(arcs_.size() - 1);
}

// Breadth first over open arcs; a way that is found closes its arcs and opens those back.
bool UnitFlow::FindWay(std::uint32_t from, std::uint32_t to) {
  reached_by_.assign(first_.size(), kNone);
  queue_.assign(1, from);
  for (std::size_t next = 0; next < queue_.size(); ++next) {
    for (std::uint32_t arc = first_[queue_[next]]; arc != kNone; arc = arcs_[arc].next) {
      const std::uint32_t point = arcs_[arc].to;
      if (!arcs_[arc].open || point == from || reached_by_[point] != kNone) continue;
      reached_by_[point] = arc;
      if (point != to) {
        queue_.push_back(point);
        continue;
      }
      for (std::uint32_t at = to; at != from; at = arcs_[reached_by_[at] ^ 1].to) {
        arcs_[reached_by_[at]].open = false;
        arcs_[reached_by_[at] ^ 1].open = true;
      }
      return true;
    }
  }
  return false;
}

std::uint32_t UnitFlow::Ways(std::uint32_t from, std::uint32_t to, std::uint32_t enough) {
  // The two ends let all ways pass: ways begin behind the one and end before the other.
  std::uint32_t ways = 0;
  while (ways < enough && FindWay(Exit(from), Entry(to))) ++ways;
  return ways;
}

}  // namespace revenant
