#include "linkage/cluster_shape.h"

#include <algorithm>
#include <boost/graph/biconnected_components.hpp>
#include <boost/graph/compressed_sparse_row_graph.hpp>
#include <boost/property_map/property_map.hpp>
#include <iterator>

namespace revenant {
namespace {

constexpr std::uint32_t kNone = UINT32_MAX;

struct Arc {
  std::uint32_t edge = 0;
};
// Every edge is an arc each way, which Boost's search takes as well as an undirected graph; rows of
// arcs are a third of the memory of its lists of edges.
using Arcs = boost::compressed_sparse_row_graph<boost::directedS, boost::no_property, Arc,
                                                boost::no_property, std::uint32_t, std::uint32_t>;
using Pairs = std::span<const std::pair<std::uint32_t, std::uint32_t>>;

Arcs ArcsOf(std::size_t vertices, Pairs edges) {
  std::vector<std::pair<std::uint32_t, std::uint32_t>> ends;
  std::vector<Arc> arcs;
  ends.reserve(2 * edges.size());
  arcs.reserve(2 * edges.size());
  for (std::uint32_t edge = 0; edge < edges.size(); ++edge) {
    const auto [a, b] = edges[edge];
    ends.emplace_back(a, b);
    ends.emplace_back(b, a);
    arcs.insert(arcs.end(), 2, Arc{edge});
  }
  return {boost::edges_are_unsorted_multi_pass, ends.begin(), ends.end(), arcs.begin(),
          static_cast<std::uint32_t>(vertices)};
}

// Numbers lists of numbers, laid end to end.
class Lists {
 public:
  explicit Lists(std::size_t count) : starts_(count + 1, 0) {}
  void Count(std::uint32_t list) { ++starts_[list + 1]; }
  void Lay() {
    for (std::size_t i = 1; i < starts_.size(); ++i) starts_[i] += starts_[i - 1];
    ends_.assign(starts_.begin(), starts_.end() - 1);
    items_.resize(starts_.back());
  }
  void Add(std::uint32_t list, std::uint32_t item) { items_[ends_[list]++] = item; }
  std::span<const std::uint32_t> Of(std::uint32_t list) const {
    return std::span(items_).subspan(starts_[list], starts_[list + 1] - starts_[list]);
  }

 private:
  std::vector<std::uint32_t> starts_, ends_, items_;
};

// The tree of blocks and cut vertices: a cut vertex joins the blocks that it is in.
class BlockTree {
 public:
  BlockTree(const Arcs& arcs, const std::vector<std::uint32_t>& block_of, std::uint32_t blocks,
            const std::vector<std::uint32_t>& cuts, const std::vector<bool>& counted)
      : cuts_(cuts), counted_(counted), blocks_of_(cuts.size()), cuts_of_(blocks), size_(blocks) {
    std::vector<std::uint32_t> cut_of(boost::num_vertices(arcs), kNone);
    for (std::uint32_t i = 0; i < cuts.size(); ++i) cut_of[cuts[i]] = i;
    std::vector<std::uint32_t> seen_by(blocks, kNone);
    std::vector<std::pair<std::uint32_t, std::uint32_t>> joins;  // cut and block
    for (std::uint32_t vertex = 0; vertex < cut_of.size(); ++vertex) {
      for (auto [arc, end] = boost::out_edges(vertex, arcs); arc != end; ++arc) {
        const std::uint32_t block = block_of[arcs[*arc].edge];
        if (block == kNone || seen_by[block] == vertex) continue;
        seen_by[block] = vertex;
        if (cut_of[vertex] == kNone) {
          size_[block] += counted[vertex];
        } else {
          joins.emplace_back(cut_of[vertex], block);
        }
      }
    }
    for (const auto& [cut, block] : joins) {
      blocks_of_.Count(cut);
      cuts_of_.Count(block);
    }
    blocks_of_.Lay();
    cuts_of_.Lay();
    for (const auto& [cut, block] : joins) {
      blocks_of_.Add(cut, block);
      cuts_of_.Add(block, cut);
    }
  }

  std::vector<GraphShape::CutVertex> Cuts() {
    found_.resize(cuts_.size());
    parent_of_cut_.assign(cuts_.size(), kNone);
    std::vector<bool> met(cuts_.size());
    for (std::uint32_t cut = 0; cut < cuts_.size(); ++cut) {
      if (!met[cut]) SumUpFrom(cut, met);
    }
    return std::move(found_);
  }

 private:
  // All of the tree that `root` is in: down in breadth, sums back up, then each cut's parts.
  void SumUpFrom(std::uint32_t root, std::vector<bool>& met) {
    std::vector<std::uint32_t>& order = order_;  // cuts, each after the one above it
    order.assign(1, root);
    met[root] = true;
    for (std::size_t next = 0; next < order.size(); ++next) {
      for (const std::uint32_t block : blocks_of_.Of(order[next])) {
        if (block == parent_of_cut_[order[next]]) continue;
        for (const std::uint32_t cut : cuts_of_.Of(block)) {
          if (met[cut]) continue;
          met[cut] = true;
          parent_of_cut_[cut] = block;
          order.push_back(cut);
        }
      }
    }
    // Below a cut, itself included; a block's size will include what is below it.
    std::uint32_t total = 0;
    for (auto cut = order.rbegin(); cut != order.rend(); ++cut) {
      GraphShape::CutVertex& found = found_[*cut];
      found.vertex = cuts_[*cut];
      std::uint32_t below = counted_[found.vertex];
      for (const std::uint32_t block : blocks_of_.Of(*cut)) {
        if (block != parent_of_cut_[*cut]) below += size_[block];
      }
      found.parted = below;
      if (parent_of_cut_[*cut] != kNone) size_[parent_of_cut_[*cut]] += below;
      total = below;
    }
    for (const std::uint32_t cut : order) {
      GraphShape::CutVertex& found = found_[cut];
      std::uint32_t largest = total - found.parted;  // above it
      for (const std::uint32_t block : blocks_of_.Of(cut)) {
        ++found.parts;
        if (block != parent_of_cut_[cut]) largest = std::max(largest, size_[block]);
      }
      found.parted = total - counted_[found.vertex] - largest;
    }
  }

  const std::vector<std::uint32_t>& cuts_;  // vertices
  const std::vector<bool>& counted_;
  Lists blocks_of_, cuts_of_;
  std::vector<std::uint32_t> size_;           // of each block: counted vertices
  std::vector<std::uint32_t> parent_of_cut_;  // a block; kNone at a root
  std::vector<std::uint32_t> order_;
  std::vector<GraphShape::CutVertex> found_;
};

}  // namespace

GraphShape FindShape(std::size_t vertices, Pairs edges, const std::vector<bool>& counted) {
  const Arcs arcs = ArcsOf(vertices, edges);
  std::vector<std::uint32_t> block_of(edges.size(), kNone), cuts;
  const auto by_edge = boost::make_iterator_property_map(block_of.begin(), get(&Arc::edge, arcs));
  GraphShape shape;
  shape.blocks = static_cast<std::uint32_t>(
      boost::biconnected_components(arcs, by_edge, std::back_inserter(cuts)).first);
  std::sort(cuts.begin(), cuts.end());
  shape.cuts = BlockTree(arcs, block_of, shape.blocks, cuts, counted).Cuts();
  std::vector<std::uint32_t> edges_of(shape.blocks, 0);
  for (const std::uint32_t block : block_of) ++edges_of[block];
  for (std::uint32_t edge = 0; edge < edges.size(); ++edge) {
    if (edges_of[block_of[edge]] == 1) shape.bridges.push_back(edge);
  }
  return shape;
}

}  // namespace revenant
