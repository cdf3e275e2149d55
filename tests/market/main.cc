// Scores judgement on invented market places; README.md tells how.

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "market/play.h"

namespace {

using namespace revenant;
using namespace revenant::market;

constexpr const char* kUsage =
    "market [--sellers N] [--seeds 1,2] [--policy FILE]... [--before] [--naive] [--classes] "
    "[--notes]\n"
    "       [--no-default] [--sensitivity] [--calibrate SEED]\n"
    "Scores the default policy, and those of the files beside it, on invented market places.\n";

struct Options {
  std::size_t sellers = 20'000;
  std::vector<std::uint64_t> seeds = {1};
  std::vector<std::string> policies;
  bool by_default = true, before = false, naive = false, classes = false, notes = false,
       sensitivity = false;
  std::optional<std::uint64_t> calibrate;
};

Options Read(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    const auto value = [&]() -> std::string {
      if (++i == argc) throw std::invalid_argument(word + " needs a value");
      return argv[i];
    };
    if (word == "--sellers") {
      options.sellers = std::stoull(value());
    } else if (word == "--seeds") {
      options.seeds.clear();
      std::string list = value();
      for (std::size_t at = 0; at < list.size();) {
        std::size_t used = 0;
        options.seeds.push_back(std::stoull(list.substr(at), &used));
        at += used + 1;
      }
    } else if (word == "--policy") {
      options.policies.push_back(value());
    } else if (word == "--before") {
      options.before = true;
    } else if (word == "--naive") {
      options.naive = true;
    } else if (word == "--classes") {
      options.classes = true;
    } else if (word == "--notes") {
      options.notes = true;
    } else if (word == "--no-default") {
      options.by_default = false;
    } else if (word == "--sensitivity") {
      options.sensitivity = true;
    } else if (word == "--calibrate") {
      options.calibrate = std::stoull(value());
    } else {
      throw std::invalid_argument(kUsage);
    }
  }
  return options;
}

LinkPolicy PolicyOf(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) throw std::runtime_error(file + ": cannot be read");
  const std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  Result<LinkPolicy> policy = ParseLinkPolicy(text, file);
  if (!policy) throw std::runtime_error(policy.error().message);
  return std::move(*policy);
}

struct Contender {
  std::string name;
  std::function<std::unique_ptr<Judge>()> make;
};

// Each setting of a policy halved and doubled, one at a time.
std::vector<Contender> Neighbours(const LinkPolicy& base) {
  std::vector<Contender> out;
  const auto add = [&](const std::string& name, const LinkPolicy& policy) {
    out.push_back({name, [policy] { return MakeLibrary(policy); }});
  };
  const auto both = [&](const std::string& name, auto change) {
    for (const double factor : {0.5, 2.0}) {
      LinkPolicy policy = base;
      change(policy, factor);
      add(fmt::format("{} x {}", name, factor), policy);
    }
  };
  both("hub_ban_rate", [](LinkPolicy& p, double f) { p.hub_ban_rate *= f; });
  both("hub_review_bits", [](LinkPolicy& p, double f) {
    p.hub_review = static_cast<MilliBits>(static_cast<double>(p.hub_review) * f);
  });
  both("hub_smoothing", [](LinkPolicy& p, double f) { p.hub_smoothing *= f; });
  both("prior_bits", [](LinkPolicy& p, double f) {
    p.prior = static_cast<MilliBits>(static_cast<double>(p.prior) * f);
  });
  both("block_bits", [](LinkPolicy& p, double f) {
    p.block = static_cast<MilliBits>(static_cast<double>(p.block) * f);
  });
  both("hop_discount_bits", [](LinkPolicy& p, double f) {
    p.hop_discount = static_cast<MilliBits>(static_cast<double>(p.hop_discount) * f);
  });
  both("family_share", [](LinkPolicy& p, double f) {
    p.family_share_permille =
        static_cast<std::uint32_t>(static_cast<double>(p.family_share_permille) * f);
  });
  both("min_redundancy", [](LinkPolicy& p, double f) {
    p.min_redundancy = static_cast<std::uint32_t>(static_cast<double>(p.min_redundancy) * f);
  });
  both("max_hops", [](LinkPolicy& p, double f) {
    p.max_hops = static_cast<std::uint32_t>(static_cast<double>(p.max_hops) * f);
  });
  const auto of_kinds = [&](const std::string& name, auto change) {
    both(name, [&](LinkPolicy& policy, double factor) {
      for (const KindInfo& info : Kinds()) {
        KindPolicy kind = policy.For(info.name);
        if (kind.role == Role::kIgnored) continue;
        change(kind, factor);
        policy.Set(info.name, kind);
      }
    });
  };
  of_kinds("all m", [](KindPolicy& kind, double f) { kind.m = std::min(1.0, kind.m * f); });
  of_kinds("all u", [](KindPolicy& kind, double f) { kind.u = kind.u * f; });
  of_kinds("all half_life_days", [](KindPolicy& kind, double f) {
    kind.half_life_days = static_cast<std::uint32_t>(kind.half_life_days * f);
  });
  for (const std::string kind :
       {"doc.cn.resident_id", "contact.phone", "contact.email", "pay.iban", "pay.pan", "pay.alipay",
        "device.imei", "device.gaid", "device.mac"}) {
    both("fanout_limit of " + kind, [&](LinkPolicy& policy, double factor) {
      KindPolicy row = policy.For(kind);
      row.fanout_limit = static_cast<std::uint32_t>(row.fanout_limit * factor);
      policy.Set(kind, row);
    });
  }
  return out;
}

std::vector<Contender> Contenders(const Options& options) {
  std::vector<Contender> out;
  const bool texts = options.notes;
  const LinkPolicy base =
      options.policies.empty() ? LinkPolicy{} : PolicyOf(options.policies.front());
  if (options.by_default) {
    out.push_back({"default", [texts] { return MakeLibrary(LinkPolicy{}, texts); }});
  }
  if (options.before) {
    out.push_back({"rules 1 and their numbers",
                   [texts] { return MakeLibrary(LinkPolicy::OfBefore(), texts); }});
  }
  for (const std::string& file : options.policies) {
    const LinkPolicy policy = PolicyOf(file);
    out.push_back({file.substr(file.find_last_of('/') + 1),
                   [policy, texts] { return MakeLibrary(policy, texts); }});
  }
  if (options.calibrate) {
    const World world = Generate(*options.calibrate, options.sellers, Rates{});
    const Calibration found = CalibrateOn(world, base);
    fmt::print("{}\n{}\n", CalibrationTable(found, RatesOf(world, base)), FormatCalibration(found));
    out.push_back(
        {"calibrated", [policy = found.policy, texts] { return MakeLibrary(policy, texts); }});
  }
  if (options.naive) out.push_back({"naive union-find", MakeUnionFind});
  if (options.sensitivity) {
    for (Contender& each : Neighbours(base)) out.push_back(std::move(each));
  }
  return out;
}

void Run(const Options& options) {
  std::vector<Contender> contenders = Contenders(options);
  std::vector<Named> totals;
  for (const Contender& contender : contenders) totals.push_back({contender.name, {}});
  for (const std::uint64_t seed : options.seeds) {
    const World world = Generate(seed, options.sellers, Rates{});
    std::vector<Named> scores;
    for (std::size_t i = 0; i < contenders.size(); ++i) {
      const std::unique_ptr<Judge> judge = contenders[i].make();
      scores.push_back({fmt::format("{}, seed {}", contenders[i].name, seed),
                        Play(world, *judge, options.notes)});
      totals[i].score.Add(scores.back().score);
      fmt::print(stderr, "{}: {:.1f} s\n", scores.back().name, scores.back().score.seconds);
    }
    if (!options.sensitivity)
      fmt::print("{} accounts\n\n{}\n", world.accounts.size(), GoalTable(scores));
  }
  fmt::print("All seeds\n\n{}\n{}\n", GoalTable(totals), KeptTable(totals));
  for (const auto& [name, score] : totals) {
    if (options.classes) fmt::print("{}\n\n{}\n{}\n", name, ClassTable(score), ReasonTable(score));
    for (const std::string& note : score.notes) fmt::print("{}: {}\n", name, note);
  }
}

}  // namespace

int main(int argc, char** argv) {
  try {
    Run(Read(argc, argv));
    return 0;
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 2;
  }
}
