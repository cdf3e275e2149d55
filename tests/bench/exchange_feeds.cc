// What publishing and taking in a long list costs: seconds, bytes per entry, memory.
//
//   exchange_feeds [ENTRIES] [FOLDER]
//
// One seller in ten entries; the receiver holds one identifier in a hundred.

#include "revenant/exchange_feeds.h"

#include <fmt/format.h>
#include <malloc.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "exchange/files/feed.h"
#include "exchange/files/member_keys.h"
#include "exchange/roster/roster.h"
#include "revenant/registry.h"

namespace revenant {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kDay = 86'400'000'000;
Time Day(int day) { return Time{(20'000 + day) * kDay}; }

template <typename T>
T Need(Result<T> result) {
  if (result) return *std::move(result);
  fmt::print(stderr, "{}\n", result.error().message);
  std::exit(1);
}
void Need(const Result<void>& result) {
  if (result) return;
  fmt::print(stderr, "{}\n", result.error().message);
  std::exit(1);
}

// The process's memory in MiB, by its name in /proc/self/status: VmRSS now, VmHWM the most so far.
double MemoryMiB(std::string_view name) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(name)) return std::strtod(line.c_str() + name.size() + 1, nullptr) / 1024;
  }
  return 0;
}

// How much a step needed beyond what was in memory when it began.
class Peak {
 public:
  Peak() {
    malloc_trim(0);  // what the step before has freed is not this one's
    std::ofstream("/proc/self/clear_refs") << 5;
    before_ = MemoryMiB("VmRSS");
  }
  std::string Text() const {
    const double most = MemoryMiB("VmHWM");
    return fmt::format("peak {:.0f} MiB, {:.0f} of them its own", most, most - before_);
  }

 private:
  double before_ = 0;
};

class Watch {
 public:
  double Seconds() {
    const auto now = std::chrono::steady_clock::now();
    const double seconds = std::chrono::duration<double>(now - start_).count();
    start_ = now;
    return seconds;
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

Fingerprint Print(std::uint64_t n) {
  Fingerprint fingerprint;
  const Digest digest = DigestOf("identifier " + std::to_string(n));
  std::copy_n(digest.begin(), fingerprint.bytes.size(), fingerprint.bytes.begin());
  return fingerprint;
}
HeldToken Token(std::uint64_t n) {
  HeldToken token{Print(n), "pay.iban", 1, {}};
  token.secret.n = DigestOf("N of " + std::to_string(n));
  return token;
}

struct Platform {
  Platform(const fs::path& dir, const std::string& its_name, std::uint32_t number)
      : name(its_name), keys(Need(MemberKeys::Generate())), key_file(dir / (name + ".member")) {
    Need(keys.WriteNew(key_file));
    member = Need(ReadMemberCard(MemberCardFile(keys, name, "FR", 1)));
    member.id = MemberId{number};
    registry = Need(Registry::Create(dir / name, Need(Key::Generate())));
    exchange = Need(Exchange::Open(*registry, key_file));
  }
  std::string name;
  MemberKeys keys;
  fs::path key_file;
  Member member;
  std::unique_ptr<Registry> registry;
  std::unique_ptr<Exchange> exchange;
};

void Keep(Platform& platform, std::uint64_t entries, std::uint64_t step) {
  std::vector<HeldToken> tokens;
  const auto flush = [&] {
    Need(platform.exchange->KeepTokens(tokens, Day(1)));
    tokens.clear();
  };
  for (std::uint64_t n = 0; n < entries; n += step) {
    tokens.push_back(Token(n));
    if (tokens.size() == 50'000) flush();
  }
  flush();
}

void Fill(Platform& platform, std::uint64_t entries) {
  std::vector<Event> events;
  const auto flush = [&] {
    Need(platform.registry->ApplyAll(events));
    events.clear();
  };
  for (std::uint64_t n = 0; n < entries; n += 10) {
    Enrol seller{{platform.name, "s" + std::to_string(n)}, SellerStatus::kActive, "", Day(0), {}};
    for (std::uint64_t i = n; i < n + 10; ++i) {
      seller.attributes.push_back({Print(i), {{Print(i), "pay.iban", false, true}}});
    }
    const SellerName name = seller.seller;
    events.push_back(std::move(seller));
    events.push_back(Infringe{name, "c", Right::kTrademark, Day(1)});
    events.push_back(Ban{name, "c", "counterfeit", Day(1)});
    if (events.size() > 3000) flush();
  }
  flush();
}

int Measure(std::uint64_t entries, const fs::path& dir) {
  fs::remove_all(dir);
  fs::create_directories(dir);
  Platform a(dir, "a", 1), b(dir, "b", 2);
  Roster roster;
  roster.created = Day(0);
  roster.expires = Day(1000);
  roster.threshold = 2;
  roster.kinds = KindsDigest();
  roster.max_entries = 12'000'000;
  roster.epochs = {{1, Day(0), Day(500)}};
  roster.members = {a.member, b.member};
  std::string genesis = RosterFile(roster, ExchangeIdOf(roster));
  for (Platform* platform : {&a, &b}) {
    genesis = Need(SignRosterFile(genesis, platform->keys.root()));
  }
  for (Platform* platform : {&a, &b}) Need(platform->exchange->Join(genesis, platform->name));
  Watch watch;
  Fill(a, entries);
  Keep(a, entries, 1);
  Keep(b, entries, 100);
  fmt::print("made in {:.1f} s, {:.0f} MiB\n", watch.Seconds(), MemoryMiB("VmRSS"));

  const Peak of_export;
  const ExportedFeed delta = Need(a.exchange->Export({}, Day(2)));
  const double each = static_cast<double>(entries);
  fmt::print("export      {:8.2f} s {:10} bytes, {:.2f} an entry (limit 72), {}\n", watch.Seconds(),
             delta.file.size(), static_cast<double>(delta.file.size()) / each, of_export.Text());
  const Peak of_snapshot;
  const std::string snapshot = Need(a.exchange->ExportAgain({}, Exchange::Again::kSnapshot));
  fmt::print("snapshot    {:8.2f} s {:10} bytes, {:.2f} an entry, {}\n", watch.Seconds(),
             snapshot.size(), static_cast<double>(snapshot.size()) / each, of_snapshot.Text());
  const Peak of_import;
  watch.Seconds();
  const FeedImport taken = Need(b.exchange->Import(delta.file, Day(2)));
  fmt::print("import      {:8.2f} s {:10} matched, {}\n", watch.Seconds(), taken.matched,
             of_import.Text());
  const bool small = static_cast<double>(snapshot.size()) <= 72 * each &&
                     static_cast<double>(delta.file.size()) <= 72 * each;
  return small && taken.added == entries && taken.matched == (entries + 99) / 100 ? 0 : 1;
}

}  // namespace
}  // namespace revenant

int main(int argc, char** argv) {
  std::setvbuf(stdout, nullptr, _IOLBF, 0);  // a long run shows how far it is
  const std::uint64_t entries = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 100'000;
  return revenant::Measure(entries, argc > 2 ? argv[2] : "exchange_feeds.d");
}
