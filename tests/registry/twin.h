#ifndef REVENANT_TESTS_REGISTRY_TWIN_H_
#define REVENANT_TESTS_REGISTRY_TWIN_H_

// The naive twin: DESIGN.md section 5 in maps of facts, everything else recomputed from nothing at
// each question. It shares no code with the registry but the public types.

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "revenant/event.h"
#include "revenant/link_policy.h"
#include "revenant/registry.h"

namespace revenant {

class Twin {
 public:
  explicit Twin(LinkPolicy policy) : policy_(std::move(policy)) {}

  void Apply(const Event& event) {
    std::visit([this](const auto& what) { On(what); }, event);
  }

  std::string Export() const;  // as Registry::Export(ExportScope::kLive)
  Stats GetStats() const;

  // What counts today, for tests that judge links.
  struct Item {
    std::string kind;
    bool junk = false, verified = false, checked = false;
  };
  struct Observation {
    std::int64_t first = INT64_MIN, last = INT64_MIN, through = INT64_MIN;
    std::map<Fingerprint, Item> items;
  };
  struct Case {
    std::int64_t set = INT64_MIN, lifted = INT64_MIN;
    std::string reason;
  };
  struct Seller {
    SellerStatus status = SellerStatus::kMentioned;
    std::int64_t since = Time::kUnknownMicros;
    std::map<std::pair<Fingerprint, std::string>, Observation> observations;
    std::map<Fingerprint, std::int64_t> every_source;
    std::map<std::string, Case> bans, infringements;
    std::map<std::pair<FactKind, std::string>, Case> file;
    std::int64_t every_ban_lifted = INT64_MIN;

    bool Live(const Fingerprint& root, const Observation& observation) const;
    std::int64_t ShownFirst(const Fingerprint& root, const Observation& observation) const;
    bool Banned() const;
    std::int64_t FirstBan() const;  // the earliest of those in force; INT64_MAX: none
    std::map<Fingerprint, std::string> Carries() const;  // live, not junk; with kind
    std::int64_t FirstSeen(const Fingerprint& fingerprint) const;
  };
  const std::map<SellerName, Seller>& sellers() const { return sellers_; }
  std::set<SellerName> CarriersOf(const Fingerprint& fingerprint) const;
  bool IsHub(const Fingerprint& fingerprint, const std::string& kind) const;
  bool IsLeaf(const SellerName& name) const;
  // Each enrolled seller's cluster, as the set of its members.
  std::map<SellerName, std::set<SellerName>> Clusters() const;
  std::map<SellerName, std::set<SellerName>> Components() const;
  bool Forbidden(const SellerName& a, const SellerName& b) const;
  // Enrolled sellers and applicants that alerts call linked to a ban.
  std::set<SellerName> Linked() const;
  // Confirmed cases of the others in each enrolled seller's or applicant's cluster.
  std::map<SellerName, std::size_t> OthersInfringements() const;

 private:
  void On(const Enrol& event);
  void On(const Withdraw& event);
  void On(const Ban& event);
  void On(const Reinstate& event);
  void On(const Infringe& event);
  void On(const Retract& event);
  void On(const CannotLink& event);
  void On(const AllowLink& event);
  void On(const Forget& event);
  void On(const SetPolicy& event) { policy_ = event.policy; }
  void On(const Attest& event);
  void On(const Revoke& event);
  void On(const SetEnforcement&) {}  // changes nothing that is exported live

  LinkPolicy policy_;
  std::map<SellerName, Seller> sellers_;
  struct Pair {
    std::int64_t forbidden = INT64_MIN, allowed = INT64_MIN;
  };
  std::map<std::pair<SellerName, SellerName>, Pair> pairs_;  // smaller name first
};

}  // namespace revenant

#endif  // REVENANT_TESTS_REGISTRY_TWIN_H_
