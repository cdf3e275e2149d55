#include "bench/speed/report.h"

#include <nlohmann/json.hpp>

namespace revenant::bench {
namespace {

// Three digits that count, and never an exponent.
std::string Spelled(double value) {
  if (value >= 100) return fmt::format("{:.0f}", value);
  return value < 0.001 ? fmt::format("{:.1g}", value) : fmt::format("{:.3g}", value);
}

std::string Spelled(double value, const std::string& unit) {
  return unit.empty() ? Spelled(value) : fmt::format("{} {}", Spelled(value), unit);
}

}  // namespace

std::string Report::Markdown() const {
  std::string page = "| what | measured | floor | ratio | must |\n|---|---|---|---|---|\n";
  for (const Figure& figure : figures_) {
    page += fmt::format(
        "| {} | {} | {} | {} | {} |\n", figure.what, Spelled(figure.value, figure.unit),
        figure.floor ? Spelled(*figure.floor, figure.unit) : "",
        figure.floor ? fmt::format("{:.2f}", figure.value / *figure.floor) : "", figure.must);
  }
  return page;
}

std::string Report::Json(std::uint64_t identifiers, std::uint64_t seed) const {
  nlohmann::ordered_json page;
  page["v"] = 1;
  page["identifiers"] = identifiers;
  page["seed"] = seed;
  page["figures"] = nlohmann::ordered_json::array();
  for (const Figure& figure : figures_) {
    nlohmann::ordered_json& line = page["figures"].emplace_back();
    line["id"] = figure.id;
    line["what"] = figure.what;
    line["value"] = figure.value;
    line["unit"] = figure.unit;
    if (figure.floor) line["floor"] = *figure.floor;
    if (figure.floor) line["ratio"] = figure.value / *figure.floor;
    line["must"] = figure.must;
  }
  return page.dump(1) + "\n";
}

}  // namespace revenant::bench
