// Bars: the waterfall of a link, and counts.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>

#include "report/drawing.h"
#include "report/picture.h"

namespace revenant::report {
namespace {

// Where a bar of the waterfall or of counts stands.
constexpr int kChartWidth = 460, kBarRow = 42, kBarHeight = 15;

}  // namespace

std::string DrawWaterfall(const Waterfall& waterfall) {
  MilliBits low = 0, high = 0, at = 0;
  for (const WaterfallStep& step : waterfall.steps) {
    at += step.bits;
    low = std::min(low, at);
    high = std::max(high, at);
  }
  for (const auto& mark : {waterfall.review, waterfall.block}) {
    if (!mark) continue;
    low = std::min(low, *mark);
    high = std::max(high, *mark);
  }
  const MilliBits span = std::max<MilliBits>(1, high - low);
  constexpr int kLeft = 8, kRight = 8, kInner = kChartWidth - kLeft - kRight;
  const auto place = [&](MilliBits bits) {
    return kLeft + static_cast<int>((bits - low) * kInner / span);
  };
  const int rows = static_cast<int>(waterfall.steps.size()) + 1;
  const int bottom = rows * kBarRow + 8;
  const bool marks = waterfall.review || waterfall.block;
  const int height = bottom + (marks ? 38 : 4);
  std::string out;
  const auto to = std::back_inserter(out);
  OpenPicture(out, " rv-chart", "waterfall of evidence", waterfall.title, kChartWidth, height);
  const auto mark = [&](const std::optional<MilliBits>& bits, std::string_view name, int line) {
    if (!bits) return;
    const int x = place(*bits);
    const bool flip = x > kChartWidth / 2;
    fmt::format_to(to,
                   "<g role=\"graphics-symbol\" aria-roledescription=\"threshold\" "
                   "aria-label=\"{0} from {1} bits\"><path class=\"rv-mark\" stroke=\"#000\" "
                   "d=\"M{2} 4V{3}\"{4}/><text x=\"{5}\" y=\"{6}\" text-anchor=\"{7}\">{0} from "
                   "{1}</text></g>\n",
                   name, BitsText(*bits), x, bottom + line * 16 + 2,
                   line == 0 ? " stroke-dasharray=\"6 3\"" : "", flip ? x - 5 : x + 5,
                   bottom + line * 16 + 12, flip ? "end" : "start");
  };
  fmt::format_to(to, "<path class=\"rv-axis\" stroke=\"#444\" d=\"M{} 4V{}\"/>\n", place(0),
                 bottom);
  mark(waterfall.review, "review", 0);
  mark(waterfall.block, "block", 1);
  int row = 0;
  const auto bar = [&](std::string_view role, std::string_view shade, const std::string& label,
                       MilliBits from, MilliBits bits) {
    const int top = row++ * kBarRow;
    const int x = std::min(place(from), place(from + bits));
    const int width = std::max(1, std::abs(place(from + bits) - place(from)));
    const std::string sign = bits > 0 && role != "total" ? "+" : "";
    fmt::format_to(to,
                   "<g class=\"rv-bar\" data-role=\"{}\" data-millibits=\"{}\" "
                   "role=\"graphics-symbol\" aria-roledescription=\"bar\" aria-label=\"{}: {}{} "
                   "bits\"><text x=\"{}\" y=\"{}\">{}</text><text x=\"{}\" y=\"{}\" "
                   "text-anchor=\"end\">{}{}</text><rect class=\"{}\" x=\"{}\" y=\"{}\" "
                   "width=\"{}\" height=\"{}\"/></g>\n",
                   role, bits, Escaped(label), sign, BitsText(bits), kLeft, top + 16,
                   Escaped(Shortened(label, 58)), kChartWidth - kRight, top + 16, sign,
                   BitsText(bits), shade, x, top + 22, width, kBarHeight);
  };
  at = 0;
  for (const WaterfallStep& step : waterfall.steps) {
    const bool prior = step.role == WaterfallStep::Role::kPrior;
    bar(prior                                         ? "prior"
        : step.role == WaterfallStep::Role::kEvidence ? "evidence"
                                                      : "discount",
        prior ? "rv-prior" : (step.bits < 0 ? "rv-minus" : "rv-plus"), step.label, at, step.bits);
    at += step.bits;
  }
  const bool odds = waterfall.total != waterfall.weight;
  bar("total", "rv-total",
      odds ? fmt::format("Odds in bits (weight of the link: {})", BitsText(waterfall.weight))
           : std::string("Weight of the link"),
      0, waterfall.total);
  out += "</svg>\n";
  return out;
}

std::string DrawBars(std::string_view title, std::span<const Bar> bars) {
  std::uint64_t most = 1;
  for (const Bar& bar : bars) most = std::max(most, bar.count);
  constexpr int kTop = 4, kStep = 40;
  const int height = kTop * 2 + std::max(1, static_cast<int>(bars.size())) * kStep;
  std::string out;
  const auto to = std::back_inserter(out);
  OpenPicture(out, " rv-chart", "bar chart", title, kChartWidth, height);
  for (std::size_t i = 0; i < bars.size(); ++i) {
    const int top = kTop + static_cast<int>(i) * kStep;
    const double share = static_cast<double>(bars[i].count) / static_cast<double>(most);
    const int width = static_cast<int>(std::lround(share * (kChartWidth - 16)));
    const std::string label = Escaped(bars[i].label);
    fmt::format_to(to,
                   "<g class=\"rv-bar\" data-count=\"{0}\" role=\"graphics-symbol\" "
                   "aria-roledescription=\"bar\" aria-label=\"{1}: {0}\"><text x=\"8\" "
                   "y=\"{2}\">{3}</text><text x=\"{4}\" y=\"{2}\" "
                   "text-anchor=\"end\">{0}</text><rect class=\"rv-count\" x=\"8\" y=\"{5}\" "
                   "width=\"{6}\" height=\"{7}\"/></g>\n",
                   bars[i].count, label, top + 16, Escaped(Shortened(bars[i].label, 48)),
                   kChartWidth - 8, top + 21, bars[i].count == 0 ? 0 : std::max(1, width),
                   kBarHeight - 2);
  }
  out += "</svg>\n";
  return out;
}

}  // namespace revenant::report
