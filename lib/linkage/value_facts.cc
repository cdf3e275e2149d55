#include "linkage/value_facts.h"

#include <fmt/format.h>

namespace revenant {
namespace {

std::string DayOf(Time time) { return FormatTime(time).substr(0, 10); }

}  // namespace

void WriteValues(JsonWriter& json, std::span<const ValueFacts> values) {
  json.Array("values");
  for (const ValueFacts& value : values) {
    json.Object().Text("kind", value.kind).Text("fingerprint", value.fingerprint.ToHex());
    json.Count("carriers", value.carriers).Count("banned", value.banned);
    json.Flag("hub", value.hub).Count("clusters", value.clusters);
    json.Flag("at_least", value.at_least).Moment("first", value.first).Moment("last", value.last);
    json.Count("withdrawn", value.withdrawn).Flag("complete", value.complete).End();
  }
  json.End();
}

std::string BannedShare(const ValueFacts& value) {
  if (value.carriers == 0) return "0 %";
  return fmt::format(
      "{:.0f} %", 100.0 * static_cast<double>(value.banned) / static_cast<double>(value.carriers));
}

std::string ClustersJoined(const ValueFacts& value) {
  if (value.clusters == 0) return "none";
  return fmt::format("{}{}", value.at_least ? "at least " : "", value.clusters);
}

std::string Describe(const ValueFacts& value) {
  std::string text = fmt::format("{} {}: carried by {} seller{}, {} banned ({})", value.kind,
                                 value.fingerprint.ToHex().substr(0, 8), value.carriers,
                                 value.carriers == 1 ? "" : "s", value.banned, BannedShare(value));
  if (value.hub) {
    text += "; a hub, which links nobody";
  } else if (value.clusters > 1) {
    text += fmt::format("; without it they would be {} clusters", ClustersJoined(value));
  } else if (value.clusters == 1) {
    text += value.at_least ? "" : "; other values hold them together as well";
  }
  if (value.first.known()) {
    text += fmt::format("; seen from {} to {}", DayOf(value.first), DayOf(value.last));
  }
  if (value.withdrawn > 0) text += fmt::format("; {} took a sighting back", value.withdrawn);
  if (!value.complete) text += "; times are of some of them";
  return text;
}

}  // namespace revenant
