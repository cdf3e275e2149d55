#ifndef REVENANT_TESTS_REGISTRY_LINK_WORLDS_H_
#define REVENANT_TESTS_REGISTRY_LINK_WORLDS_H_

// Random histories that make links: identifiers of several families, some derived from others,
// spread over a year so that gaps count, with bans, findings and applications.

#include <optional>

#include "registry/worlds.h"

namespace revenant {

class LinkHistories {
 public:
  explicit LinkHistories(std::uint64_t seed) : draw_(seed, 6, kIdentifierCount) {}

  // A policy in which every rule has a say in small worlds.
  LinkPolicy Policy() {
    LinkPolicy policy;
    policy.rules = Below(4) == 0 ? 1 : LinkPolicy::kRules;
    policy.max_hops = 1 + static_cast<std::uint32_t>(Below(4));
    policy.min_redundancy = 1 + static_cast<std::uint32_t>(Below(3));
    policy.hub_review = 1'000 + 500 * Below(5);
    policy.document_veto = Below(4) != 0;
    policy.hop_discount = Below(2) ? 2'000 : 500;
    const int groups = policy.rules == 1 ? 0 : Below(3);
    if (groups == 0) policy.count_once.clear();
    if (groups == 1) {
      policy.count_once = {{Family::kDevice, Family::kContact},
                           {Family::kDocument, Family::kPayment, Family::kCustom}};
    }
    for (const char* kind : kKinds) {
      KindPolicy limits = policy.For(kind);
      limits.fanout_limit = 2 + static_cast<std::uint32_t>(Below(3));
      limits.carry_limit = 2 + static_cast<std::uint32_t>(Below(3));
      limits.half_life_days = Below(2) ? 60 : 0;
      if (kind == kSide) limits.role = Role::kSupporting;
      policy.Set(kind, limits);
    }
    if (policy.rules >= 2 && Below(3) != 0) {
      const auto month = 24u * 30;
      policy.velocity = {
          static_cast<std::uint32_t>(Below(3)), month * static_cast<std::uint32_t>(1 + Below(12)),
          static_cast<std::uint32_t>(Below(3)), month * static_cast<std::uint32_t>(2 + Below(10))};
    }
    return policy;
  }

  Event Draw() {
    const int what = Below(100);
    if (what < 60) return Enrolment();
    if (what < 68)
      return Withdraw{draw_.Seller(), FingerprintOf(Below(kIdentifierCount)), "", Day()};
    if (what < 86) return Ban{draw_.Seller(), Below(2) ? "c1" : "c2", "fakes", Day()};
    if (what < 90) return Reinstate{draw_.Seller(), "c1", Below(2) == 0, Day()};
    SellerName a = draw_.Seller(), b = draw_.Seller();
    while (a == b) b = draw_.Seller();
    if (what < 98) return CannotLink{a, b, Day()};
    return AllowLink{a, b, Day()};
  }

  // Somebody asks to be let in: often a stranger, now and then an account that is known.
  revenant::Enrol Application() {
    revenant::Enrol application;
    application.seller = Below(3) == 0 ? draw_.Seller() : SellerName{"p", "new"};
    application.status = SellerStatus::kApplicant;
    application.source = "form";
    application.seen = Below(4) == 0 ? Time::Unknown() : Time{Day().micros + 100 * kDay};
    for (int i = Below(4); i >= 0; --i) application.attributes.push_back(Attribute());
    return application;
  }

  static constexpr int kIdentifierCount = 12;
  // Identifier n; every even one of a pair in one family brings the odd one with it.
  static KeyedAttribute Carrying(int n) {
    KeyedAttribute attribute{FingerprintOf(n), {Identifier(n)}};
    if (n == 0 || n == 2 || n == 10)
      attribute.identifiers.push_back(Identifier(n == 10 ? 6 : n + 1));
    return attribute;
  }

  SellerName Seller() { return draw_.Seller(); }
  int Below(int bound) { return draw_.Below(bound); }

 private:
  static constexpr std::int64_t kDay = 86'400'000'000;
  static constexpr const char* kSide = "custom.side";
  static constexpr const char* kKinds[] = {"custom.strong", "pay.iban",    "doc.cn.resident_id",
                                           "contact.phone", "device.imei", kSide,
                                           "contact.email"};

  Time Day() { return Time{(18'000 + 30 * Below(12)) * kDay}; }

  static Fingerprint FingerprintOf(int n) {
    Fingerprint fingerprint;
    // No order that follows the identifiers' numbers.
    fingerprint.bytes.fill(static_cast<std::uint8_t>(n * 167 + 13));
    fingerprint.bytes[15] = static_cast<std::uint8_t>(n);
    return fingerprint;
  }
  static KeyedIdentifier Identifier(int n) {
    static constexpr int kKindOf[kIdentifierCount] = {0, 0, 1, 1, 2, 2, 3, 3, 4, 5, 6, 1};
    return {FingerprintOf(n), kKinds[kKindOf[n]], n == 11, false, n % 2 == 0 || n == 5};
  }
  // Now and then its source checked it.
  KeyedAttribute Attribute() {
    KeyedAttribute attribute = Carrying(Below(kIdentifierCount));
    const bool verified = Below(3) == 0;
    for (KeyedIdentifier& identifier : attribute.identifiers) identifier.verified = verified;
    return attribute;
  }
  revenant::Enrol Enrolment() {
    revenant::Enrol enrol;
    enrol.seller = draw_.Seller();
    const int status = Below(10);
    enrol.status = status == 0   ? SellerStatus::kMentioned
                   : status == 1 ? SellerStatus::kApplicant
                                 : SellerStatus::kActive;
    enrol.source = Below(2) ? "s1" : "s2";
    enrol.seen = Below(6) == 0 ? Time::Unknown() : Day();
    for (int i = Below(3); i >= 0; --i) enrol.attributes.push_back(Attribute());
    return enrol;
  }

  Histories draw_;
};

}  // namespace revenant

#endif  // REVENANT_TESTS_REGISTRY_LINK_WORLDS_H_
