#include "report/drawing.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

#include "linkage/cluster_drawing.h"
#include "util/bytes.h"

namespace revenant::report {
namespace {

using Pairs = std::vector<std::pair<std::uint32_t, std::uint32_t>>;

Pairs PairsOf(const PictureGraph& graph) {
  Pairs pairs;
  for (const PictureEdge& edge : graph.edges) pairs.emplace_back(edge.a, edge.b);
  return pairs;
}

// From the top down, a box that would cover another one moves below it.
void Spread(Drawing& drawing) {
  constexpr int kGap = 8;
  std::vector<std::size_t> order(drawing.at.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return std::pair(drawing.at[a].y, drawing.at[a].x) <
           std::pair(drawing.at[b].y, drawing.at[b].x);
  });
  std::vector<Point> placed;
  for (const std::size_t i : order) {
    Point& at = drawing.at[i];
    const auto covers = [&](const Point& other) {
      return std::abs(other.x - at.x) < kBoxWidth + kGap &&
             std::abs(other.y - at.y) < kBoxHeight + kGap;
    };
    for (auto other = placed.begin();
         (other = std::find_if(placed.begin(), placed.end(), covers)) != placed.end();
         other = placed.begin()) {
      at.y = other->y + kBoxHeight + kGap;
    }
    placed.push_back(at);
    drawing.height = std::max(drawing.height, at.y + kBoxHeight / 2 + kMargin);
  }
}

constexpr std::string_view kOpen =
    "<svg class=\"rv{}\" xmlns=\"http://www.w3.org/2000/svg\" role=\"graphics-document\" "
    "aria-roledescription=\"{}\" aria-label=\"{}\" width=\"{}\" height=\"{}\" viewBox=\"0 0 {} "
    "{}\">\n";

}  // namespace

Drawing InColumns(const PictureGraph& graph) {
  const std::size_t count = graph.nodes.size();
  std::vector<std::vector<std::uint32_t>> next(count);
  for (const PictureEdge& edge : graph.edges) {
    next[edge.a].push_back(edge.b);
    next[edge.b].push_back(edge.a);
  }
  std::vector<std::vector<std::uint32_t>> columns;
  std::vector<std::size_t> column(count, count);
  std::vector<double> height(count, 0);
  if (count > 0) {
    columns.push_back({0});
    column[0] = 0;
  }
  while (!columns.empty() && !columns.back().empty()) {
    std::vector<std::uint32_t> reached;
    for (const std::uint32_t node : columns.back()) {
      for (const std::uint32_t neighbour : next[node]) {
        if (column[neighbour] != count) continue;
        column[neighbour] = columns.size();
        reached.push_back(neighbour);
      }
    }
    columns.push_back(std::move(reached));
  }
  if (!columns.empty()) columns.pop_back();
  std::vector<std::uint32_t> apart;
  for (std::uint32_t i = 0; i < count; ++i) {
    if (column[i] == count) apart.push_back(i);
  }
  if (!apart.empty()) columns.push_back(std::move(apart));

  std::size_t most = 0;
  for (const auto& nodes : columns) most = std::max(most, nodes.size());
  Drawing drawing;
  drawing.at.resize(count);
  for (std::size_t i = 0; i < columns.size(); ++i) {
    std::vector<std::pair<double, std::uint32_t>> order;
    for (const std::uint32_t node : columns[i]) {
      double sum = 0;
      int left = 0;
      for (const std::uint32_t neighbour : next[node]) {
        if (column[neighbour] >= column[node]) continue;
        sum += height[neighbour];
        ++left;
      }
      order.emplace_back(left == 0 ? 0 : sum / left, node);
    }
    std::stable_sort(order.begin(), order.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    const double top = static_cast<double>(most - order.size()) / 2;
    for (std::size_t place = 0; place < order.size(); ++place) {
      const std::uint32_t node = order[place].second;
      height[node] = top + static_cast<double>(place);
      drawing.at[node] = {
          kMargin + kBoxWidth / 2 + static_cast<int>(i) * kColumn,
          kMargin + kBoxHeight / 2 + static_cast<int>(std::lround(height[node] * kRow))};
    }
  }
  drawing.width = 2 * kMargin + kBoxWidth +
                  static_cast<int>(std::max<std::size_t>(1, columns.size()) - 1) * kColumn;
  drawing.height =
      2 * kMargin + kBoxHeight + static_cast<int>(std::max<std::size_t>(1, most) - 1) * kRow;
  return drawing;
}

Drawing ByForces(const PictureGraph& graph) {
  const std::size_t count = graph.nodes.size();
  const std::vector<DrawnAt> drawn = LayOutByForces(count, PairsOf(graph), 1);
  const double side = std::sqrt(static_cast<double>(count));
  const int width = static_cast<int>(side * kBoxWidth * 1.5);
  const int height = static_cast<int>(side * kRow * 2.2);
  Drawing drawing;
  drawing.width = width + kBoxWidth + 2 * kMargin;
  drawing.height = height + kBoxHeight + 2 * kMargin;
  for (const DrawnAt& at : drawn) {
    drawing.at.push_back({kMargin + kBoxWidth / 2 + static_cast<int>(std::lround(at.x * width)),
                          kMargin + kBoxHeight / 2 + static_cast<int>(std::lround(at.y * height))});
  }
  Spread(drawing);
  return drawing;
}

std::string Shortened(std::string_view text, std::size_t chars) {
  std::vector<std::string_view> all;
  while (!text.empty()) {
    const std::size_t size = std::max<std::size_t>(1, DecodeUtf8(text).size);
    all.push_back(text.substr(0, size));
    text.remove_prefix(size);
  }
  const bool fits = all.size() <= chars;
  const std::size_t front = fits ? all.size() : (chars - 1) / 2;
  std::string out;
  for (std::size_t i = 0; i < front; ++i) out += all[i];
  if (fits) return out;
  out += "\u2026";
  for (std::size_t i = all.size() - (chars - 1 - front); i < all.size(); ++i) out += all[i];
  return out;
}

void OpenPicture(std::string& out, std::string_view name, std::string_view description,
                 std::string_view label, int width, int height) {
  fmt::format_to(std::back_inserter(out), fmt::runtime(kOpen), name, description, Escaped(label),
                 width, height, width, height);
  out += "<title>" + Escaped(label) + "</title>\n";
}

}  // namespace revenant::report
