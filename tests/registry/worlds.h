#ifndef REVENANT_TESTS_REGISTRY_WORLDS_H_
#define REVENANT_TESTS_REGISTRY_WORLDS_H_

// Stores in memory and random histories for them.

#include <doctest/doctest.h>
#include <rocksdb/env.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "registry/impl.h"
#include "revenant/registry.h"

namespace revenant {

// Random tests draw other histories when asked: REVENANT_SEED moves the first, REVENANT_SEQUENCES
// multiplies their number.
inline std::uint64_t FirstSeed() {
  const char* seed = std::getenv("REVENANT_SEED");
  return seed == nullptr ? 1 : std::strtoull(seed, nullptr, 10);
}
inline int Scaled(int count) {
  const char* factor = std::getenv("REVENANT_SEQUENCES");
  return factor == nullptr ? count : count * std::max(1, std::atoi(factor));
}

// One key for all tests: making one costs randomness, and their fingerprints need no secrecy. A
// process that a test starts is told where it lies.
inline const Key& TestKey() {
  static const Key key = [] {
    const char* file = std::getenv("REVENANT_TEST_KEY");
    Result<Key> made = file == nullptr ? Key::Generate() : Key::Read(file);
    REQUIRE(made);
    return std::move(*made);
  }();
  return key;
}

// A registry on a disk made of memory.
class World {
 public:
  explicit World(const LinkPolicy& policy) : env_(rocksdb::NewMemEnv(rocksdb::Env::Default())) {
    Store::Options options;
    options.mode = Store::Mode::kCreate;
    options.env = env_.get();
    options.cache_bytes = std::size_t{1} << 20;
    Result<std::unique_ptr<Registry>> made = OpenRegistry("/world", TestKey(), options, &policy);
    if (!made) FAIL(made.error().message);
    registry_ = std::move(*made);
  }

  Registry& operator*() { return *registry_; }
  Registry* operator->() { return registry_.get(); }

  // The state of now, opened for reading only.
  std::unique_ptr<Registry> Reader() const {
    Store::Options options;
    options.mode = Store::Mode::kReadOnly;
    options.env = env_.get();
    options.cache_bytes = std::size_t{1} << 20;
    Result<std::unique_ptr<Registry>> made = OpenRegistry("/world", TestKey(), options, nullptr);
    if (!made) FAIL(made.error().message);
    return std::move(*made);
  }

  std::string Export(ExportScope scope = ExportScope::kLive) const {
    std::string out;
    const Result<void> done =
        registry_->Export(scope, [&](std::string_view piece) { out += piece; });
    if (!done) FAIL(done.error().message);
    return out;
  }
  void Apply(const Event& event) {
    const Result<Applied> applied = registry_->Apply(event);
    if (!applied) FAIL(applied.error().message);
  }
  void ApplyAll(const std::vector<Event>& events) {
    const Result<std::vector<Applied>> applied = registry_->ApplyAll(events);
    if (!applied) FAIL(applied.error().message);
  }
  void CheckSound() const {
    const Result<FsckReport> report = registry_->Fsck();
    if (!report) FAIL(report.error().message);
    for (const std::string& problem : report->problems) FAIL_CHECK(problem);
  }

 private:
  std::unique_ptr<rocksdb::Env> env_;
  std::unique_ptr<Registry> registry_;
};

// Tight limits, so that small histories make hubs and leaves.
inline LinkPolicy TightPolicy() {
  LinkPolicy policy;
  KindPolicy strong = policy.For("custom.strong");
  strong.role = Role::kLinking;
  strong.fanout_limit = 3;
  strong.carry_limit = 3;
  policy.Set("custom.strong", strong);
  KindPolicy weak = strong;
  weak.fanout_limit = 2;
  weak.carry_limit = 2;
  weak.u = strong.u * 64;
  policy.Set("custom.weak", weak);
  KindPolicy side = strong;
  side.role = Role::kSupporting;
  policy.Set("custom.side", side);
  return policy;
}

// Draws events about a few sellers and identifiers, so that they collide in every way.
class Histories {
 public:
  explicit Histories(std::uint64_t seed, int sellers = 7, int identifiers = 8)
      : random_(seed), sellers_(sellers), identifiers_(identifiers) {}

  SellerName Seller() {
    return {Below(4) == 0 ? "q" : "p", std::string(1, static_cast<char>('a' + Below(sellers_)))};
  }
  Time When() { return Below(6) == 0 ? Time::Unknown() : Stamp(); }
  Time Stamp() { return Time{start_ + Below(12) * 1'000'000 + 1}; }
  // What is drawn from now on mostly comes after what was drawn before.
  void GoOn() { start_ += 9'000'000; }

  // Identifier n: its kind follows from n, and every third is derived from its neighbour as well.
  static Fingerprint FingerprintOf(int n) {
    Fingerprint fingerprint;
    fingerprint.bytes.fill(static_cast<std::uint8_t>(n * 37 + 1));
    fingerprint.bytes[15] = static_cast<std::uint8_t>(n);
    return fingerprint;
  }
  static KeyedIdentifier Identifier(int n) {
    static constexpr const char* kKinds[] = {"custom.strong", "custom.weak", "custom.strong",
                                             "custom.side"};
    return {FingerprintOf(n), kKinds[n % 4], n % 8 == 7, n % 2 == 0};
  }
  // A strong identifier that nobody else has.
  static KeyedAttribute Strong(std::mt19937_64& random) {
    Fingerprint fingerprint;
    for (std::uint8_t& byte : fingerprint.bytes) byte = static_cast<std::uint8_t>(random() >> 32);
    return {fingerprint, {{fingerprint, "custom.strong", false, false}}};
  }
  KeyedAttribute Attribute() {
    const int n = Below(identifiers_);
    KeyedAttribute attribute{FingerprintOf(n), {Identifier(n)}};
    if (n % 3 == 0) attribute.identifiers.push_back(Identifier((n + 2) % identifiers_));
    return attribute;
  }

  Event Draw() {
    const int what = Below(100);
    if (what < 52) return DrawEnrol();
    if (what < 74) {
      return Withdraw{Seller(), FingerprintOf(Below(identifiers_)), Below(2) ? "s1" : "", Stamp()};
    }
    const std::string case_ref = Below(2) ? "c1" : "c2";
    if (what < 80) return Ban{Seller(), case_ref, Below(2) ? "fakes" : "fraud", Stamp()};
    if (what < 84) return Reinstate{Seller(), case_ref, Below(3) == 0, Stamp()};
    if (what < 88)
      return Infringe{Seller(), case_ref, Below(2) ? Right::kDesign : Right::kPatent, Stamp()};
    if (what < 89) return Retract{Seller(), case_ref, Stamp()};
    if (what < 91) return DrawFact();
    SellerName a = Seller(), b = Seller();
    while (a == b) b = Seller();
    if (what < 97) return CannotLink{a, b, Stamp()};
    return AllowLink{a, b, Stamp()};
  }

  int Below(int bound) { return static_cast<int>(random_() % static_cast<std::uint64_t>(bound)); }
  std::mt19937_64& random() { return random_; }

 private:
  Event DrawFact() {
    static const std::string kOrder = ToDetail(Order{OrderType::kCourtOrder, "AT"});
    static const std::string kPrice = ToDetail(Figure{650, "crawler"});
    const bool order = Below(2) == 0;
    const FactKind kind = order ? FactKind::kOrder : FactKind::kFigure;
    const std::string reference = order ? (Below(2) ? "o1" : "o2") : "price_ratio";
    if (Below(3) == 0) return Revoke{Seller(), kind, reference, Stamp()};
    const std::string other =
        order ? ToDetail(Order{OrderType::kCourtOrder, "FR"}) : ToDetail(Figure{700, "crawler"});
    return Attest{Seller(), kind, reference, Below(2) ? other : order ? kOrder : kPrice, Stamp()};
  }

  Event DrawEnrol() {
    revenant::Enrol enrol;
    enrol.seller = Seller();
    const int status = Below(8);
    enrol.status = status == 0   ? SellerStatus::kMentioned
                   : status == 1 ? SellerStatus::kApplicant
                                 : SellerStatus::kActive;
    enrol.source = Below(2) ? "s1" : "s2";
    enrol.seen = When();
    for (int i = Below(3); i >= 0; --i) enrol.attributes.push_back(Attribute());
    return enrol;
  }

  std::mt19937_64 random_;
  const int sellers_, identifiers_;
  std::int64_t start_ = 0;
};

}  // namespace revenant

#endif  // REVENANT_TESTS_REGISTRY_WORLDS_H_
