#include "report/survey.h"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>
#include <array>
#include <queue>
#include <span>
#include <string_view>
#include <utility>

#include "report/read_results.h"
#include "util/bytes.h"
#include "util/try.h"

namespace revenant::report {
namespace {

constexpr std::size_t kMostEnds = std::size_t{4} << 20;  // banned ends that are counted
constexpr MilliBits kRange = 2'000;

}  // namespace

Result<Survey> SurveyOf(const std::filesystem::path& file, std::size_t most_listed) {
  Survey survey;
  TRY_ASSIGN(ResultLines lines, ResultLines::Open(file));
  crypto_generichash_state hash;
  crypto_generichash_init(&hash, nullptr, 0, crypto_generichash_BYTES);
  const auto digest = [&](std::string_view bytes) {
    crypto_generichash_update(&hash, reinterpret_cast<const unsigned char*>(bytes.data()),
                              bytes.size());
  };
  std::priority_queue<Survey::Place, std::vector<Survey::Place>, std::greater<>> kept;
  for (;;) {
    TRY_ASSIGN(const bool more, lines.Next());
    if (!more) break;
    digest(lines.line());
    digest("\n");
    Glance glance;
    if (!GlanceAt(lines.line(), glance)) return lines.Damaged("not a verdict of this version");
    ++survey.lines;
    if (glance.decision == Decision::kClear) continue;
    const bool block = glance.decision == Decision::kBlock;
    ++(block ? survey.blocks : survey.reviews);
    if (glance.linked) {
      const MilliBits most = 60'000;
      ++survey.strengths[std::clamp<MilliBits>(glance.weight, 0, most) / kRange * kRange];
      survey.ends_cut = survey.ends.size() == kMostEnds;
      if (!survey.ends_cut) {
        survey.ends.push_back(std::hash<std::string_view>()(glance.leads_to));
      }
    }
    if (glance.seen_month.size() == 7) {
      const auto month = survey.months.find(glance.seen_month);
      ++survey.dated;
      if (month != survey.months.end()) {
        ++month->second;
      } else {
        survey.months.emplace(glance.seen_month, 1);
      }
    }
    const Survey::Place place{block, glance.weight, lines.offset(), lines.number()};
    if (kept.size() == most_listed) {
      if (!(place > kept.top())) continue;
      kept.pop();
    }
    kept.push(place);
  }
  std::array<unsigned char, crypto_generichash_BYTES> bytes;
  crypto_generichash_final(&hash, bytes.data(), bytes.size());
  survey.digest = HexEncode(std::span<const std::uint8_t>(bytes));
  for (; !kept.empty(); kept.pop()) survey.strongest.push_back(kept.top());
  std::reverse(survey.strongest.begin(), survey.strongest.end());
  return survey;
}

std::vector<Bar> StrengthBars(const Survey& survey) {
  std::vector<Bar> bars;
  if (survey.strengths.empty()) return bars;
  const MilliBits last = survey.strengths.rbegin()->first;
  for (MilliBits low = survey.strengths.begin()->first; low <= last; low += kRange) {
    const auto found = survey.strengths.find(low);
    const std::string name =
        low >= 60'000 ? std::string("60 bits and more")
                      : fmt::format("{} to below {} bits", low / 1000, (low + kRange) / 1000);
    bars.push_back({name, found == survey.strengths.end() ? 0 : found->second});
  }
  return bars;
}

std::vector<Bar> LeadBars(Survey& survey) {
  struct Class {
    std::uint64_t most;
    std::string_view name;
    std::uint64_t count;
  };
  std::array<Class, 6> classes = {{{1, "by 1 application", 0},
                                   {2, "by 2", 0},
                                   {5, "by 3 to 5", 0},
                                   {10, "by 6 to 10", 0},
                                   {100, "by 11 to 100", 0},
                                   {UINT64_MAX, "by more than 100", 0}}};
  std::vector<std::uint64_t>& ends = survey.ends;
  std::sort(ends.begin(), ends.end());
  for (std::size_t at = 0; at < ends.size();) {
    const std::size_t next =
        std::upper_bound(ends.begin() + static_cast<std::ptrdiff_t>(at), ends.end(), ends[at]) -
        ends.begin();
    const auto fits = [&](const Class& each) { return next - at <= each.most; };
    ++std::find_if(classes.begin(), classes.end(), fits)->count;
    at = next;
  }
  std::vector<Bar> bars;
  for (const Class& each : classes) {
    if (each.count > 0) bars.push_back({std::string(each.name), each.count});
  }
  return bars;
}

std::vector<Bar> DateBars(const Survey& survey) {
  constexpr std::size_t kMostMonths = 24, kMostYears = 40;
  std::map<std::string, std::uint64_t, std::less<>> by = survey.months;
  if (by.size() > kMostMonths) {
    by.clear();
    for (const auto& [month, count] : survey.months) by[month.substr(0, 4)] += count;
  }
  std::vector<Bar> bars;
  for (const auto& [name, count] : by) bars.push_back({name, count});
  if (bars.size() > kMostYears) bars.erase(bars.begin(), bars.end() - kMostYears);
  return bars;
}

}  // namespace revenant::report
