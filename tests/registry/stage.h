#ifndef REVENANT_TESTS_REGISTRY_STAGE_H_
#define REVENANT_TESTS_REGISTRY_STAGE_H_

// Words for small stories: sellers are single letters, identifiers "kind=value", times whole days.

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <set>
#include <string>
#include <string_view>

#include "registry/worlds.h"

namespace revenant {

constexpr std::int64_t kDay = 86'400'000'000;
inline Time Day(int day) { return Time{(20'000 + day) * kDay}; }
inline SellerName Shop(const char* id) { return {"p", id}; }
using Values = std::initializer_list<const char*>;

// 20 bits enough to block alone, 14 bits not; nothing fades unless a test says so.
inline LinkPolicy PlainPolicy() {
  LinkPolicy policy;
  const auto set = [&](const char* kind, double bits, Role role) {
    KindPolicy row = policy.For(kind);
    row.role = role;
    row.m = 0.5;
    row.u = 0.5 / std::exp2(bits);
    row.half_life_days = 0;
    policy.Set(kind, row);
  };
  set("custom.strong", 20, Role::kLinking);
  set("custom.weak", 14, Role::kLinking);
  set("custom.other", 14, Role::kLinking);
  set("custom.side", 6, Role::kSupporting);
  policy.family_share_permille = 1000;  // all custom kinds are one family
  return policy;
}
inline LinkPolicy With(const char* kind, void (*change)(KindPolicy&)) {
  LinkPolicy policy = PlainPolicy();
  KindPolicy row = policy.For(kind);
  change(row);
  policy.Set(kind, row);
  return policy;
}

// A store with the words of a story.
class Stage : public World {
 public:
  explicit Stage(const LinkPolicy& policy = PlainPolicy()) : World(policy) {}

  Enrol Prepared(const char* id, int day, Values values, SellerStatus status) {
    Record record;
    record.seller = Shop(id);
    record.status = status;
    record.source = "form";
    if (day >= 0) record.seen = Day(day);
    for (const std::string_view text : values) {
      const std::size_t split = text.find('=');
      REQUIRE(split != text.npos);
      record.attributes.push_back(
          {std::string(text.substr(0, split)), "", std::string(text.substr(split + 1))});
    }
    const Result<Intake> intake = (**this).Prepare(record, Day(10'000));
    REQUIRE(intake);
    REQUIRE(intake->event.attributes.size() == values.size());
    return intake->event;
  }
  void Shows(const char* id, int day, Values values) {
    Apply(Prepared(id, day, values, SellerStatus::kActive));
  }
  void AppliesFor(const char* id, int day, Values values) {
    Apply(Prepared(id, day, values, SellerStatus::kApplicant));
  }
  void IsBanned(const char* id, int day) { Apply(Ban{Shop(id), "case", "fakes", Day(day)}); }
  void AreDifferent(const char* a, const char* b) { Apply(CannotLink{Shop(a), Shop(b), Day(50)}); }
  void Withdraws(const char* id, const char* value, int day) {
    const Enrol shown = Prepared(id, 0, {value}, SellerStatus::kActive);
    Apply(Withdraw{Shop(id), shown.attributes.front().root, "", Day(day)});
  }

  Verdict Asks(const char* id, Values values, int day = 100) {
    Result<Verdict> verdict =
        (**this).Screen(Prepared(id, day, values, SellerStatus::kApplicant), Day(100));
    REQUIRE(verdict);
    return std::move(*verdict);
  }
  std::string ClusterOf(const char* id) {  // the letters of its members
    const Result<ClusterSummary> summary = (**this).Cluster(Shop(id));
    REQUIRE(summary);
    std::string letters;
    for (const SellerName& name : summary->sellers) letters += name.external_id;
    return letters;
  }
  ClusterId IdOf(const char* id) {
    const Result<ClusterSummary> summary = (**this).Cluster(Shop(id));
    REQUIRE(summary);
    return summary->id;
  }
};

inline std::set<Because> Why(const Verdict& verdict) {
  std::set<Because> why;
  for (const Reason& reason : verdict.reasons) why.insert(reason.because);
  return why;
}
inline bool Names(const Verdict& verdict, Because because, const char* a, const char* b) {
  return std::any_of(verdict.reasons.begin(), verdict.reasons.end(), [&](const Reason& reason) {
    return reason.because == because && reason.seller == Shop(a) && reason.other == Shop(b);
  });
}

inline LinkPolicy HubPolicy() {
  return With("custom.strong", [](KindPolicy& kind) { kind.fanout_limit = 3; });
}

// a (banned) - b - c - d, one strong identifier each.
inline void Chain(Stage& stage) {
  stage.Shows("a", 1, {"custom.strong=1"});
  stage.Shows("b", 2, {"custom.strong=1", "custom.strong=2"});
  stage.Shows("c", 3, {"custom.strong=2", "custom.strong=3"});
  stage.Shows("d", 4, {"custom.strong=3", "custom.strong=4"});
  stage.IsBanned("a", 9);
}

}  // namespace revenant

#endif  // REVENANT_TESTS_REGISTRY_STAGE_H_
