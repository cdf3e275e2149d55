// Tags as other tools read them: MISP core format (draft-dulaunoy-misp-core-format) and STIX 2.1
// (OASIS). Only tags cross: what a box says is for holders of the identifier.

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "exchange/files/file_header.h"
#include "revenant/exchange_feeds.h"
#include "util/wire.h"

namespace revenant {
namespace {

using Json = nlohmann::ordered_json;

// A version 5 shaped UUID (RFC 9562) of a name: equal names give equal ids in every run.
std::string NamedUuid(std::string_view name) {
  Digest digest = DigestOf(name);
  digest[6] = static_cast<std::uint8_t>((digest[6] & 0x0f) | 0x80);  // version 8: a custom hash
  digest[8] = static_cast<std::uint8_t>((digest[8] & 0x3f) | 0x80);
  const std::string hex = HexEncode(std::span(digest).first<16>());
  return fmt::format("{}-{}-{}-{}-{}", hex.substr(0, 8), hex.substr(8, 4), hex.substr(12, 4),
                     hex.substr(16, 4), hex.substr(20));
}

std::string Day(Time time) { return FormatTime(time).substr(0, 10); }
std::string Seconds(Time time) { return std::to_string(time.micros / 1'000'000); }

std::string NameOf(const ListedTag& tag) {
  return fmt::format("{}/{}/{}", tag.feed.ToHex(), tag.id, tag.tag.ToHex());
}

}  // namespace

std::string TagsAsMisp(std::span<const ListedTag> tags, Time now) {
  Json attributes = Json::array();
  for (const ListedTag& tag : tags) {
    attributes.push_back(
        {{"uuid", NamedUuid("misp/" + NameOf(tag))},
         {"type", "other"},
         {"category", "Financial fraud"},
         {"to_ids", false},
         {"timestamp", Seconds(tag.listed)},
         {"comment", fmt::format("revenant tag of {}, entry {}, epoch {}, until {}", tag.publisher,
                                 tag.id, tag.epoch, Day(tag.expires))},
         {"value", tag.tag.ToHex()}});
  }
  std::string names;
  for (const ListedTag& tag : tags) names += NameOf(tag);
  const Json event = {{"Event",
                       {{"uuid", NamedUuid("misp/" + names)},
                        {"info", "Tags of confirmed infringers, by a Revenant exchange"},
                        {"date", Day(now)},
                        {"timestamp", Seconds(now)},
                        {"threat_level_id", "4"},
                        {"analysis", "2"},
                        {"distribution", "0"},
                        {"published", false},
                        {"Attribute", std::move(attributes)}}}};
  return event.dump();
}

std::string TagsAsStix(std::span<const ListedTag> tags, Time now) {
  Json objects = Json::array();
  for (const ListedTag& tag : tags) {
    objects.push_back(
        {{"type", "indicator"},
         {"spec_version", "2.1"},
         {"id", "indicator--" + NamedUuid("stix/" + NameOf(tag))},
         {"created", FormatTime(tag.listed)},
         {"modified", FormatTime(tag.listed)},
         {"name", fmt::format("Tag of an infringer confirmed by {}", tag.publisher)},
         {"indicator_types", {"malicious-activity"}},
         {"pattern", fmt::format("[x-revenant-tag:value = '{}']", tag.tag.ToHex())},
         {"pattern_type", "stix"},
         {"valid_from", FormatTime(tag.listed)},
         {"valid_until", FormatTime(std::max(tag.expires, Time{tag.listed.micros + 1'000'000}))},
         {"labels", {fmt::format("epoch-{}", tag.epoch)}}});
  }
  std::string names = FormatTime(now);
  for (const ListedTag& tag : tags) names += NameOf(tag);
  const Json bundle = {{"type", "bundle"},
                       {"id", "bundle--" + NamedUuid("stix/" + names)},
                       {"objects", std::move(objects)}};
  return bundle.dump();
}

}  // namespace revenant
