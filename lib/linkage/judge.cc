#include "linkage/judge.h"

#include <algorithm>

#include "linkage/sentences.h"
#include "util/try.h"

namespace revenant {

SellerName FirstKin(const Link& link) {
  for (const Hop& hop : link.path) {
    for (const SharedIdentifier& shared : hop.shared) {
      if (shared.kin != SellerName{}) return shared.kin;
    }
  }
  return {};
}

LinkJudgement JudgeLink(const Link& link, bool documents_differ, const LinkPolicy& policy) {
  const auto apart = [](const Hop& hop) { return hop.forbidden; };
  const bool held_apart = std::any_of(link.path.begin(), link.path.end(), apart);
  if (IsForeignCase(link.seller)) {  // another platform's word is a reason to look, not to refuse
    if (policy.prior + link.strength < policy.review) return {};
    return {Decision::kReview, held_apart ? Because::kDifferentPeople : Because::kForeignCase};
  }
  const bool blames = link.blame_strength > 0 && policy.prior + link.blame_strength >= policy.block;
  if (blames) {
    if (documents_differ && policy.document_veto) {
      return {Decision::kReview, Because::kDocumentsDiffer};
    }
    const bool strong_kinds = std::all_of(link.path.begin(), link.path.end(),
                                          [&](const Hop& hop) { return StandsAlone(hop, policy); });
    if (!strong_kinds && link.redundancy < policy.min_redundancy) {
      return {Decision::kReview, Because::kTooFewProofs};
    }
    return {Decision::kBlock, Because::kStrongLink};
  }
  if (policy.prior + link.strength < policy.review) return {};
  if (held_apart) return {Decision::kReview, Because::kDifferentPeople};
  if (policy.prior + link.strength >= policy.block) {
    const bool kin = FirstKin(link) != SellerName{};
    return {Decision::kReview, kin ? Because::kKin : Because::kEarlierHolder};
  }
  return {Decision::kReview, Because::kLink};
}

namespace {

std::string WhyClear(const Neighbourhood& around, const LinkPolicy& policy,
                     const Verdict& verdict) {
  if (!verdict.links.empty()) {
    return words::ForWeakLink(verdict.links.front(), policy.review - policy.prior);
  }
  if (around.ends_in_taint()) return words::ForBeyond(policy.max_hops);
  return verdict.identifiers > 0 ? words::ForNoLink() : words::ForNothingCompared();
}

}  // namespace

Result<void> Judge(const Neighbourhood& around, const LinkPolicy& policy,
                   const GraphSeller* own_ban, Verdict& verdict) {
  const auto conclude = [&](Decision decision, Reason reason) {
    verdict.decision = std::max(verdict.decision, decision);
    verdict.reasons.push_back(std::move(reason));
  };
  if (own_ban != nullptr) {
    conclude(Decision::kBlock, {Because::kItselfBanned,
                                own_ban->name,
                                {},
                                words::ItselfBanned(own_ban->ban_reason, own_ban->banned_at)});
  }
  verdict.links = around.Links(Verdict::kMaxLinks);
  for (const Link& link : verdict.links) {
    const LinkJudgement judged = JudgeLink(link, around.DocumentsDifferFrom(link.seller), policy);
    if (judged.decision == Decision::kClear) continue;
    Reason reason{judged.because, link.seller, {}, ""};
    if (judged.because == Because::kKin) reason.other = FirstKin(link);
    if (judged.because == Because::kDifferentPeople) {
      TRY_ASSIGN(const auto pair, around.PairOn(link));
      if (pair) std::tie(reason.seller, reason.other) = *pair;
    }
    reason.text = words::ForLink(judged.because, link, reason) +
                  words::WhatDecided(judged.because, link, policy);
    conclude(judged.decision, std::move(reason));
  }
  for (const Neighbourhood::Contested& contested : around.contested()) {
    conclude(Decision::kReview, {Because::kDifferentPeople, contested.a, contested.b,
                                 words::ForContested(contested.kind, contested.a, contested.b)});
  }
  for (const Neighbourhood::TaintedHub& hub : around.tainted_hubs()) {
    conclude(Decision::kReview,
             {Because::kTaintedHub,
              {},
              {},
              words::ForHub(hub.kind, hub.banned, hub.carriers, hub.lift, policy)});
  }
  for (const Burst& burst : verdict.bursts) {
    conclude(Decision::kReview, {Because::kVelocity, {}, {}, words::ForBurst(burst, policy)});
  }
  for (const FreshStart& start : verdict.fresh_starts) {
    conclude(Decision::kReview,
             {Because::kVelocity, start.seller, {}, words::ForFreshStart(start, policy)});
  }
  verdict.cut_short = around.cut_short();
  if (verdict.cut_short) {
    conclude(Decision::kReview, {Because::kCutShort, {}, {}, words::ForCutShort()});
  }
  if (verdict.reasons.size() > 1) {  // stable_sort() allocates even for one
    std::stable_sort(verdict.reasons.begin(), verdict.reasons.end(),
                     [](const Reason& a, const Reason& b) { return a.because < b.because; });
  }
  if (verdict.reasons.empty()) {
    verdict.reasons.push_back({Because::kNoLink, {}, {}, WhyClear(around, policy, verdict)});
  }
  return {};
}

}  // namespace revenant
