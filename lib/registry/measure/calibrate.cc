#include "registry/measure/calibrate.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string_view>
#include <utility>

#include "registry/measure/sharing.h"
#include "util/toml_settings.h"
#include "util/try.h"

namespace revenant {
namespace {

// Below these a figure is left as it is.
constexpr std::uint64_t kEnoughBans = 20;
constexpr double kEnoughReturns = 50;
constexpr std::uint64_t kEnoughSharers = 30;
constexpr double kEnoughGaps = 100;
constexpr double kEnoughValues = 10;  // of one range of carriers

// An identifier may block alone only if so few honest applicants share it with a banned seller.
constexpr double kMayBlockAlone = 1e-5;
constexpr MilliBits kShortOfAlone = 500;
// A limit follows the values that mostly belong to one person, but not further than so.
constexpr double kBorneOutShare = 0.25, kLimitAtMost = 2, kLimitAtLeast = 0.5;
constexpr double kSure = 2;  // standard errors

double Bits(double m, double u) { return std::log2(m / u); }

class Proposer {
 public:
  Proposer(const LinkPolicy& policy, const Sharing& sharing, Calibration& out)
      : sharing_(sharing), out_(out) {
    out_.policy = policy;
  }

  void Propose() {
    ProposeBanRate();
    for (const auto& [name, kind] : sharing_.kinds) {
      KindPolicy row = out_.policy.For(name);
      const KindPolicy before = row;
      ProposeKept(name, kind, row);
      ProposeStrangers(name, kind, row);
      if (!(row.u < row.m)) {
        Leave(name +
              ": strangers share it as often as the same hands do; m and u stay as they are, "
              "and it should not be a linking kind here");
        DropChangesOf(name);
        row = before;
      }
      ProposeHalfLife(name, kind, row);
      ProposeLimit(name, kind, row);
      if (!(row == before)) out_.policy.Set(name, row);
    }
  }

 private:
  static std::string SectionOf(std::string_view kind) {
    return fmt::format("kind.{}", TomlString(std::string(kind)));
  }
  void Change(std::string section, std::string key, double before, double after, std::string why) {
    out_.changes.push_back({std::move(section), std::move(key), before, after, std::move(why)});
  }
  void Leave(std::string sentence) { out_.left.push_back(std::move(sentence)); }
  void DropChangesOf(const std::string& kind) {
    std::erase_if(out_.changes,
                  [&](const ProposedChange& change) { return change.section == SectionOf(kind); });
  }

  void ProposeBanRate() {
    if (sharing_.banned < kEnoughBans || sharing_.banned >= sharing_.sellers) {
      return Leave(
          fmt::format("hub_ban_rate stays {:g}: {} of {} sellers are banned, and fewer than {} "
                      "say nothing",
                      out_.policy.hub_ban_rate, sharing_.banned, sharing_.sellers, kEnoughBans));
    }
    const double rate = out_.ban_rate(), before = out_.policy.hub_ban_rate;
    const double error = std::sqrt(rate / static_cast<double>(sharing_.sellers));
    if (std::abs(rate - before) <= kSure * error) return;
    const double rounded = std::round(rate * 1e4) / 1e4;
    if (rounded <= 0) return;
    out_.policy.hub_ban_rate = rounded;
    Change("verdict", "hub_ban_rate", before, rounded,
           fmt::format("{} of {} sellers are banned", sharing_.banned, sharing_.sellers));
  }

  void ProposeKept(const std::string& name, const KindSharing& kind, KindPolicy& row) {
    if (kind.returns < kEnoughReturns) {
      return Leave(
          fmt::format("{}: m stays {:g}: {:.0f} returns after a ban could tell, {:.0f} are "
                      "needed",
                      name, row.m, kind.returns, kEnoughReturns));
    }
    const double m = std::clamp(std::round(kind.kept / kind.returns * 100) / 100, 0.01, 0.99);
    if (std::abs(m - row.m) < 0.005) return;
    Change(
        SectionOf(name), "m", row.m, m,
        fmt::format("of {:.0f} who came back after a ban with a value of this kind {:.0f} had kept "
                    "the old one",
                    kind.returns, std::min(kind.kept, kind.returns)));
    row.m = m;
  }

  void ProposeStrangers(const std::string& name, const KindSharing& kind, KindPolicy& row) {
    if (kind.sharers < kEnoughSharers) {
      return Leave(
          fmt::format("{}: u stays {:g}: {} of {} open sellers share a value with a "
                      "stranger, {} are needed",
                      name, row.u, kind.sharers, kind.carriers, kEnoughSharers));
    }
    const double share = static_cast<double>(kind.sharers) / static_cast<double>(kind.carriers);
    // The odds of before times m/u are the odds that this returner, and no stranger, brought it:
    // returners being about as frequent among applicants as bans among sellers.
    double u = share * std::exp2(static_cast<double>(out_.policy.prior) / 1000);
    std::string why = fmt::format("{} of {} open sellers ({:.3g} %) share a value with a stranger",
                                  kind.sharers, kind.carriers, share * 100);
    const double alone = static_cast<double>(out_.policy.block - out_.policy.prior);
    if (share * out_.ban_rate() > kMayBlockAlone && Bits(row.m, u) * 1000 >= alone) {
      u = row.m / std::exp2((alone - kShortOfAlone) / 1000);
      why += fmt::format("; at {:.3g} % banned that is too many for blocking on it alone",
                         out_.ban_rate() * 100);
    }
    const double rounded = std::stod(fmt::format("{:.2g}", u));
    Change(SectionOf(name), "u", row.u, rounded, why);
    row.u = rounded;
  }

  void ProposeHalfLife(const std::string& name, const KindSharing& kind, KindPolicy& row) {
    std::vector<KindSharing::Kept> gaps = kind.gaps;
    if (static_cast<double>(gaps.size()) < kEnoughGaps) {
      return Leave(
          fmt::format("{}: half_life_days stays {}: {} returns that something else bears "
                      "out, {:.0f} are needed",
                      name, row.half_life_days, gaps.size(), kEnoughGaps));
    }
    std::sort(gaps.begin(), gaps.end(),
              [](const auto& a, const auto& b) { return a.gap_days < b.gap_days; });
    struct Half {
      double pairs = 0, kept = 0, days = 0;
      double share() const { return kept / pairs; }
    } soon, late;
    for (std::size_t i = 0; i < gaps.size(); ++i) {
      Half& half = i < gaps.size() / 2 ? soon : late;
      half.pairs += 1;
      half.kept += gaps[i].kept;
      half.days += gaps[i].gap_days;
    }
    const double both = (soon.kept + late.kept) / (soon.pairs + late.pairs);
    const double error = std::sqrt(both * (1 - both) * (1 / soon.pairs + 1 / late.pairs));
    if (late.kept < 1 || soon.share() - late.share() <= kSure * error) {
      return Leave(
          fmt::format("{}: half_life_days stays {}: no fading seen over gaps of {:.0f} and "
                      "{:.0f} days ({:.2f} and {:.2f} kept)",
                      name, row.half_life_days, soon.days / soon.pairs, late.days / late.pairs,
                      soon.share(), late.share()));
    }
    const double span = late.days / late.pairs - soon.days / soon.pairs;
    const auto days = static_cast<std::uint32_t>(
        std::clamp(span / std::log2(soon.share() / late.share()), 1.0, 36'500.0));
    if (days == row.half_life_days) return;
    Change(SectionOf(name), "half_life_days", row.half_life_days, days,
           fmt::format("after {:.0f} days {:.2f} of the values are kept, after {:.0f} days {:.2f}",
                       soon.days / soon.pairs, soon.share(), late.days / late.pairs, late.share()));
    row.half_life_days = days;
  }

  void ProposeLimit(const std::string& name, const KindSharing& kind, KindPolicy& row) {
    std::uint64_t limit = 0;
    double values = 0;
    for (const SizeBin& bin : kind.sizes) {
      values += bin.values;
      if (bin.values < kEnoughValues) continue;
      if (bin.borne_out >= kBorneOutShare * bin.values) limit = bin.upper;
    }
    if (limit == 0) {
      return Leave(
          fmt::format("{}: fanout_limit stays {}: of {:.0f} values that several sellers have "
                      "too few are borne out by anything else",
                      name, row.fanout_limit, values));
    }
    const auto before = static_cast<double>(row.fanout_limit);
    const auto proposed = static_cast<std::uint32_t>(
        std::clamp(static_cast<double>(limit), std::max(2.0, std::ceil(before * kLimitAtLeast)),
                   before * kLimitAtMost));
    if (proposed == row.fanout_limit) return;
    Change(SectionOf(name), "fanout_limit", before, proposed,
           fmt::format("values of up to {} sellers are often one person's, of more hardly ever",
                       limit));
    row.fanout_limit = proposed;
  }

  const Sharing& sharing_;
  Calibration& out_;
};

}  // namespace

double KindRates::stranger_share() const {
  return carriers == 0 ? 0 : static_cast<double>(sharers) / static_cast<double>(carriers);
}

double KindRates::keeps() const { return returns <= 0 ? 0 : std::min(1.0, kept / returns); }

double Calibration::ban_rate() const {
  return sellers == 0 ? 0 : static_cast<double>(banned) / static_cast<double>(sellers);
}

Result<Calibration> CalibrateOver(const View& view, const LinkPolicy& policy,
                                  const CalibrateOptions& options) {
  if (options.sample < 2) {
    return Error{Code::kInvalidArgument, "sample: at least 2 sellers must be looked at"};
  }
  TRY_ASSIGN(const Sharing sharing, CountSharing(view, policy, options));
  Calibration out;
  out.sellers = sharing.sellers;
  out.banned = sharing.banned;
  out.sampled = sharing.sampled;
  out.sampled_banned = sharing.sampled_banned;
  out.seed = options.seed;
  for (const auto& [name, kind] : sharing.kinds) {
    out.kinds.push_back({name, kind.carriers, kind.sharers, kind.returns, kind.kept});
  }
  Proposer(policy, sharing, out).Propose();
  if (out.kinds.empty()) {
    out.left.push_back(
        "no enrolled seller carries an identifier of a linking kind: nothing about "
        "kinds can be measured");
  }
  return out;
}

std::string FormatCalibration(const Calibration& calibration) {
  std::string out =
      fmt::format("# Measured on {} of {} enrolled sellers ({} of {} banned ones; seed {}).\n",
                  calibration.sampled, calibration.sellers, calibration.sampled_banned,
                  calibration.banned, calibration.seed);
  if (calibration.changes.empty()) out += "# Nothing is proposed: the policy is as it was.\n";
  for (const std::string& sentence : calibration.left) out += fmt::format("# {}.\n", sentence);
  out += '\n';
  const std::string policy = FormatLinkPolicy(calibration.policy);
  std::string section;
  for (std::size_t at = 0; at < policy.size();) {
    const std::size_t end = policy.find('\n', at);
    const std::string line = policy.substr(at, end - at);
    at = end == policy.npos ? policy.size() : end + 1;
    if (line.starts_with('[')) section = line.substr(1, line.size() - 2);
    const std::string key = line.substr(0, line.find(' '));
    for (const ProposedChange& change : calibration.changes) {
      if (change.section != section || change.key != key) continue;
      out += fmt::format("# was {:g}: {}.\n", change.before, change.why);
    }
    out += line + '\n';
  }
  return out;
}

}  // namespace revenant
