#include "identifier/profile.h"

#include <xxhash.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <vector>

namespace revenant::kinds {
namespace {

constexpr std::array<std::string_view, 8> kComponents = {"audio", "canvas",   "fonts",  "gpu",
                                                         "ja4",   "platform", "screen", "timezone"};
constexpr std::size_t kLeftOut = 2;     // components that may differ
constexpr std::size_t kMinPresent = 4;  // fewer say nothing

// Canonical text of one component: lists in order and without repeats, letters folded.
std::string ComponentText(const nlohmann::json& value) {
  if (value.is_null()) return {};
  if (value.is_string()) return FoldCase(value.get_ref<const std::string&>());
  if (!value.is_array()) return value.dump();
  std::vector<std::string> items;
  for (const nlohmann::json& item : value) items.push_back(ComponentText(item));
  std::ranges::sort(items);
  items.erase(std::ranges::unique(items).begin(), items.end());
  std::string text;
  for (const std::string& item : items) text.append(item).push_back('\n');
  return text;
}

// XXH3-128 of the chosen components, each with its name's index, as 32 hex digits.
void AppendDigest(const std::array<std::string, 8>& parts, unsigned chosen, std::string& out) {
  std::string joined;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if ((chosen >> i & 1) == 0) continue;
    joined.push_back(static_cast<char>('0' + i));
    joined.append(parts[i]).push_back('\0');
  }
  const XXH128_hash_t hash = XXH3_128bits(joined.data(), joined.size());
  for (const std::uint64_t half : {hash.high64, hash.low64}) {
    for (int shift = 60; shift >= 0; shift -= 4) {
      out.push_back("0123456789abcdef"[half >> shift & 15]);
    }
  }
}

std::size_t CountPresent(const std::array<std::string, 8>& parts, unsigned chosen) {
  std::size_t present = 0;
  for (std::size_t i = 0; i < parts.size(); ++i)
    present += (chosen >> i & 1) != 0 && !parts[i].empty();
  return present;
}

}  // namespace

Verdict FinishProfile(Work& work) {
  // A depth bound keeps a hostile "[[[[..." from exhausting the stack.
  const auto depth_limit = [](int depth, nlohmann::json::parse_event_t, nlohmann::json&) {
    if (depth > 8) throw std::length_error("too deep");
    return true;
  };
  nlohmann::json object;
  try {
    object = nlohmann::json::parse(work.raw(), depth_limit, /*allow_exceptions=*/false);
  } catch (const std::length_error&) {
    return Invalid("nested too deeply");
  }
  if (object.is_discarded()) return Invalid("not JSON");
  if (!object.is_object()) return Invalid("not a JSON object of components");
  std::array<std::string, 8> parts;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (const auto found = object.find(kComponents[i]); found != object.end()) {
      parts[i] = ComponentText(*found);
    }
  }
  constexpr unsigned kAll = (1U << kComponents.size()) - 1;
  if (CountPresent(parts, kAll) < kMinPresent) return Invalid("fewer than four known components");
  std::string digest;
  unsigned band = 0;
  for (unsigned first = 0; first < kComponents.size(); ++first) {
    for (unsigned second = first + 1; second < kComponents.size(); ++second, ++band) {
      const unsigned chosen = kAll & ~(1U << first) & ~(1U << second);
      if (CountPresent(parts, chosen) < kMinPresent) continue;
      digest = {ToDigit(static_cast<int>(band / 10)), ToDigit(static_cast<int>(band % 10)), ':'};
      AppendDigest(parts, chosen, digest);
      work.Derive("device.profile.band", digest);
    }
  }
  static_assert(kLeftOut == 2, "the loops above leave out two");
  digest.clear();
  AppendDigest(parts, kAll, digest);
  work.Replace(digest);
  return Valid();
}

}  // namespace revenant::kinds
