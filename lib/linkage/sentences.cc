#include "linkage/sentences.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <vector>

#include "revenant/identifier.h"

namespace revenant {
namespace words {
namespace {

// "IBAN (pay.iban)", or just the name of a platform's own kind.
std::string KindText(std::string_view kind) {
  const KindInfo* info = FindKind(kind);
  if (info == nullptr || kind.starts_with("custom.") || info->title.empty()) {
    return std::string(kind);
  }
  std::string text;
  text.reserve(info->title.size() + kind.size() + 3);
  text.append(info->title).append(" (").append(kind).append(")");
  return text;
}

std::string Day(Time time) {
  return time.known() ? FormatTime(time).substr(0, 10) : "unknown date";
}

// "banned on 2026-03-01 for counterfeit"
std::string BanText(const Link& link) {
  std::string text;
  text.reserve(64 + link.ban_reason.size() + link.ban_case.size());
  text = "banned";
  if (link.banned_at.known()) text += " on " + Day(link.banned_at);
  if (!link.ban_reason.empty()) text += " for " + link.ban_reason;
  if (!link.ban_case.empty()) text += ", case " + link.ban_case;
  return text;
}

// How many values the two ends of a hop share: what derives from one value is one.
std::size_t ProofsOf(const Hop& hop) {
  std::set<std::uint32_t> proofs;
  std::size_t unnumbered = 0;
  for (const SharedIdentifier& shared : hop.shared) {
    if (shared.proof == 0) {
      ++unnumbered;
    } else {
      proofs.insert(shared.proof);
    }
  }
  return proofs.size() + unnumbered;
}

// "shares the same IBAN (pay.iban)", with "and 2 more", by way of others if there are any.
std::string PathText(const Link& link) {
  const Hop& first = link.path.front();
  std::string text = "shares the same " + KindText(first.shared.front().kind);
  if (const std::size_t proofs = ProofsOf(first); proofs > 1) {
    text += fmt::format(" and {} more", proofs - 1);
  }
  if (link.path.size() > 1) {
    text += " as " + first.to.ToString();
    text += link.path.size() == 2
                ? ", which leads there"
                : fmt::format(", which leads there through {} more sellers", link.path.size() - 2);
  }
  return text;
}

}  // namespace

std::string ItselfBanned(std::string_view reason, Time at) {
  std::string text = "This account is banned itself";
  if (at.known()) text += ", since " + Day(at);
  if (!reason.empty()) text += fmt::format(", for {}", reason);
  return text + ". It is let in again once every ban is lifted (reinstate).";
}

std::string ForLink(Because because, const Link& link, const Reason& reason) {
  std::string target = link.seller.ToString();
  if (link.banned) target.append(" (").append(BanText(link)).append(")");
  const std::string shares = PathText(link);
  switch (because) {
    case Because::kStrongLink:
      return fmt::format("Leads to {}: it {}.", target, shares);
    case Because::kForeignCase:
      return fmt::format("Leads to what another platform listed, {}: it {}.", target, shares);
    case Because::kEarlierHolder:
      return fmt::format(
          "Leads to {}: it {}, but nothing shows that it held this later than the other side, or "
          "that this was ever the other side's own, so it may be the one that was copied.",
          target, shares);
    case Because::kKin:
      return fmt::format(
          "Leads to {}: it {}, but {}, with which it shares more, held this before the other side "
          "did, so the other side may have copied it.",
          target, shares, reason.other.ToString());
    case Because::kTooFewProofs:
      return fmt::format("Leads to {}: it {}, but too few independent identifiers agree ({}).",
                         target, shares, link.redundancy);
    case Because::kDocumentsDiffer:
      return fmt::format("Leads to {}: it {}, but verified documents of the two differ.", target,
                         shares);
    case Because::kDifferentPeople:
      if (reason.other.platform.empty()) {  // neither of the two is near
        return fmt::format(
            "Leads to {}: it {}, but only across an investigator's finding that people on the way "
            "are different.",
            target, shares);
      }
      return fmt::format(
          "Leads to {}: it {}, but an investigator found {} and {} to be different people.", target,
          shares, reason.seller.ToString(), reason.other.ToString());
    default:
      return fmt::format("May lead to {}: it {}.", target, shares);
  }
}

namespace {

// One decimal. Halves go where fmt rounds them; for the others, formatting a double takes as long
// as reading a row.
std::string Bits(MilliBits bits) {
  if (bits < 0 || bits % 100 == 50) {
    return fmt::format("{:.1f} bits", static_cast<double>(bits) / 1000);
  }
  const MilliBits tenths = (bits + 50) / 100;
  return fmt::format("{}.{} bits", tenths / 10, tenths % 10);
}

// "the IBAN (pay.iban), the mobile device (device.imei) and 2 more"
std::string List(const std::vector<std::string>& items) {
  constexpr std::size_t kNamed = 3;
  std::string text;
  for (std::size_t i = 0; i < std::min(items.size(), kNamed); ++i) {
    const bool last = i + 1 == items.size();
    text += (i == 0 ? "" : last ? " and " : ", ") + items[i];
  }
  if (items.size() > kNamed) text += fmt::format(" and {} more", items.size() - kNamed);
  return text;
}

// Kinds over which a hop can be held against the seller judged, strongest first; of each value only
// the strongest kind.
std::vector<std::string> BlamingKinds(const Hop& hop) {
  std::vector<std::string> kinds;
  std::set<std::uint32_t> proofs;
  for (const SharedIdentifier& shared : hop.shared) {
    if (!shared.makes_hop || !shared.from_is_later) continue;
    if (shared.proof != 0 && !proofs.insert(shared.proof).second) continue;
    std::string kind = KindText(shared.kind);
    if (std::find(kinds.begin(), kinds.end(), kind) == kinds.end()) kinds.push_back(kind);
  }
  return kinds;
}

// Does more than one value of the hop speak against the seller judged?
bool HasSpare(const Hop& hop) {
  std::set<std::uint32_t> proofs;
  std::size_t unnumbered = 0;
  for (const SharedIdentifier& shared : hop.shared) {
    if (!shared.makes_hop || !shared.from_is_later) continue;
    unnumbered += shared.proof == 0;
    if (shared.proof != 0) proofs.insert(shared.proof);
  }
  return proofs.size() + unnumbered > 1;
}

// The identifier on which a hop can stand alone: the strongest that may be held against a seller.
const SharedIdentifier* Strongest(const Hop& hop) {
  const SharedIdentifier* best = nullptr;
  for (const SharedIdentifier& shared : hop.shared) {
    if (!shared.makes_hop || !shared.from_is_later) continue;
    if (best == nullptr || shared.weight > best->weight) best = &shared;
  }
  return best;
}

std::string WhyBlocked(const Link& link, const LinkPolicy& policy) {
  const MilliBits needed = policy.block - policy.prior;
  std::vector<std::string> alone;
  bool all_alone = true, spare = true;
  for (const Hop& hop : link.path) {
    const SharedIdentifier* best = Strongest(hop);
    const bool stands = best != nullptr && best->weight >= needed;
    all_alone = all_alone && stands;
    spare = spare && HasSpare(hop);
    if (stands && std::find(alone.begin(), alone.end(), KindText(best->kind)) == alone.end()) {
      alone.push_back(KindText(best->kind));
    }
  }
  if (all_alone && link.redundancy < std::max<std::uint64_t>(policy.min_redundancy, 2)) {
    return fmt::format(" Blocked: {} alone is enough ({} needed). Without it {}.", List(alone),
                       Bits(needed),
                       spare ? "the rest would be judged on its own" : "no link would remain");
  }
  const std::string proofs =
      link.path.size() == 1 ? ": " + List(BlamingKinds(link.path.front())) : "";
  if (all_alone) {
    return fmt::format(
        " Blocked: {} alone is enough, and {} independent proofs agree{}. Only without all of them "
        "would it not be.",
        List(alone), link.redundancy, proofs);
  }
  const auto losable = link.redundancy + 1 - policy.min_redundancy;
  return fmt::format(
      " Blocked: {} independent proofs ({} needed) weigh {} together ({} needed){}. Without {} of "
      "them: "
      "a review.",
      link.redundancy, policy.min_redundancy, Bits(link.blame_strength), Bits(needed), proofs,
      losable > 1            ? fmt::format("any {}", losable)
      : link.redundancy == 2 ? "either"
                             : "any one");
}

}  // namespace

std::string WhatDecided(Because because, const Link& link, const LinkPolicy& policy) {
  const MilliBits needed = policy.block - policy.prior;
  switch (because) {
    case Because::kStrongLink:
      return WhyBlocked(link, policy);
    case Because::kForeignCase:
      return " Another platform's list never blocks; a ban of this registry's own would.";
    case Because::kEarlierHolder:
      return fmt::format(
          " A review: only the later holder is blamed. It would block ({}; {} needed) if the "
          "other side were known to have held it first.",
          Bits(link.strength), Bits(needed));
    case Because::kTooFewProofs:
      return fmt::format(
          " A review: a block needs {} independent {}, {} more.", policy.min_redundancy,
          policy.min_redundancy == 1 ? "proof" : "proofs",
          policy.min_redundancy - std::min<std::uint64_t>(link.redundancy, policy.min_redundancy));
    case Because::kDocumentsDiffer:
      return " Otherwise it would block, and it will once the documents are found to be one "
             "person's.";
    case Because::kDifferentPeople:
      return " It is judged by its strength again once that finding is taken back (allow-link).";
    case Because::kLink:
      return fmt::format(" It weighs {}: a review starts at {}, a block at {}.",
                         Bits(link.strength), Bits(policy.review - policy.prior), Bits(needed));
    default:
      return {};
  }
}

std::string ForContested(std::string_view kind, const SellerName& a, const SellerName& b) {
  return fmt::format(
      "Carries the same {} as both {} and {}, whom an investigator found to be "
      "different people.",
      KindText(kind), a.ToString(), b.ToString());
}

std::string ForHub(std::string_view kind, std::uint64_t banned, std::uint64_t carriers,
                   MilliBits lift, const LinkPolicy& policy) {
  return fmt::format(
      "Carries a widely shared {}: {} of its {} holders are banned. A review, since that is {:.0f} "
      "times as many as usual (hub_ban_rate); below {:.0f} times it would say nothing.",
      KindText(kind), banned, carriers, std::exp2(static_cast<double>(lift) / 1000),
      std::exp2(static_cast<double>(policy.hub_review) / 1000));
}

std::string ForBurst(const Burst& burst, const LinkPolicy& policy) {
  return fmt::format(
      "Carries the same {} as {} others who came with it within {} hours ({} before that). A "
      "review from {} on (burst_sellers).",
      KindText(burst.kind), burst.sellers, burst.hours, burst.before,
      policy.velocity.burst_sellers);
}

std::string ForFreshStart(const FreshStart& start, const LinkPolicy& policy) {
  return fmt::format(
      "Shows {} identifiers that nobody showed before {} was banned ({}), within {} hours of it, "
      "and carries the same {}. A review from {} on (fresh_identifiers).",
      start.identifiers, start.seller.ToString(), FormatTime(start.banned_at), start.hours,
      KindText(start.kind), policy.velocity.fresh_identifiers);
}

std::string ForCutShort() {
  return "The search ran out of its budget among sellers that have to do with a ban; a person "
         "should look. A larger search_budget would search on.";
}

std::string ForNoLink() { return "Nothing that it carries leads to a banned seller."; }

std::string ForNothingCompared() {
  return "Nothing was compared: it carries no identifier that can be used.";
}

std::string ForWeakLink(const Link& link, MilliBits review) {
  std::string target = link.seller.ToString();
  if (link.banned) target.append(" (").append(BanText(link)).append(")");
  return fmt::format(
      "Leads to {}: it {}, but that weighs {:.1f} bits, too few for a review (from {:.1f} on).",
      target, PathText(link), static_cast<double>(link.strength) / 1000,
      static_cast<double>(review) / 1000);
}

std::string ForBeyond(std::uint32_t max_hops) {
  return fmt::format(
      "No banned seller is within {} {}; but it would join a cluster that holds one, further away "
      "than {} {} (max_hops).",
      max_hops, max_hops == 1 ? "step" : "steps", max_hops, max_hops == 1 ? "step" : "steps");
}

}  // namespace words

namespace {

std::string Likelihood(MilliBits bits) {
  const double times = std::exp2(static_cast<double>(bits) / 1000);
  if (times >= 1e9) return "more than a billion times likelier";
  if (times >= 1e6) return fmt::format("about {:.0f} million times likelier", times / 1e6);
  if (times >= 1e4) return fmt::format("about {:.0f} thousand times likelier", times / 1e3);
  return fmt::format("about {:.0f} times likelier", times);
}

std::string SeenText(const Sighting& sighting) {
  if (!sighting.first.known()) return "at an unknown time";
  const std::string first = FormatTime(sighting.first).substr(0, 10);
  const std::string last = FormatTime(sighting.last).substr(0, 10);
  return first == last ? "on " + first : fmt::format("from {} to {}", first, last);
}

void AppendHop(std::string& out, const Hop& hop, Audience audience, std::size_t number,
               bool to_closed) {
  const bool names = audience == Audience::kManager;
  const std::string from = names ? hop.from.ToString() : (number == 1 ? "your account" : "it");
  const std::string to =
      names ? hop.to.ToString() : (to_closed ? "the closed account" : "another account");
  out += fmt::format("  {}. {} and {} share:\n", number, from, to);
  std::set<std::uint32_t> proofs;
  for (const SharedIdentifier& shared : hop.shared) {
    const bool said = shared.proof != 0 && !proofs.insert(shared.proof).second;
    out += fmt::format("     - {}{}{}", words::KindText(shared.kind),
                       shared.makes_hop ? "" : " (supports only)",
                       said ? " (of a value named above, which counts once)" : "");
    if (names) {
      out += fmt::format(": seen with {} {}, with {} {}", from, SeenText(shared.from), to,
                         SeenText(shared.to));
    } else if (number == 1) {
      out += ": seen with your account " + SeenText(shared.from);
    }
    out += '\n';
  }
  if (hop.forbidden && names) {
    out += "     An investigator's finding of \"different people\" stands between these two.\n";
  }
}

}  // namespace

namespace {

// Of what joins the two, did `from` hold all before the other (rule 11)? Then the other may have
// copied it.
bool HeldFirst(const Hop& hop) {
  bool first = false;
  for (const SharedIdentifier& shared : hop.shared) {
    if (!shared.makes_hop) continue;
    if (!shared.from.first.known() || !shared.to.first.known()) return false;
    if (shared.from.first >= shared.to.first) return false;
    first = true;
  }
  return first;
}

}  // namespace

std::string Describe(const Link& link, Audience audience) {
  const bool names = audience == Audience::kManager;
  std::string out;
  const SellerName& start = link.path.front().from;
  const bool held_first = link.banned && HeldFirst(link.path.front());
  if (names && held_first) {
    out = fmt::format("{} {} {} ({}), and held {} first.\n", start.ToString(),
                      link.path.size() == 1 ? "shares identifiers with" : "is linked with",
                      link.seller.ToString(), words::BanText(link),
                      link.path.size() == 1 ? "them" : "its part of what links them");
  } else if (names) {
    out = fmt::format("{} and {}{} are probably run by the same hands.\n", start.ToString(),
                      link.seller.ToString(),
                      link.banned ? fmt::format(" ({})", words::BanText(link)) : "");
  } else {
    out = fmt::format("Your account {} was found to be connected with {}.\n", start.ToString(),
                      link.banned ? "an account that was closed" : "another account");
  }
  out += "Why:\n";
  for (std::size_t i = 0; i < link.path.size(); ++i) {
    AppendHop(out, link.path[i], audience, i + 1, link.banned && i + 1 == link.path.size());
  }
  if (!names) {
    if (held_first) out += "Your account was seen with all of them before the other one was.\n";
    return out +
           "You may contest this: say why you and the other account hold the same "
           "identifiers.\n";
  }
  if (held_first) {
    out += fmt::format(
        "Who was first: {} was seen with all that they share before {} was, which may have copied "
        "it. So this may lead to a review, but never to a block.\n",
        start.ToString(), link.path.front().to.ToString());
  }
  out += fmt::format(
      "How strong: this is {} if one person runs both than if strangers do "
      "({:.1f} bits over {} {}).\n",
      Likelihood(link.strength), static_cast<double>(link.strength) / 1000, link.path.size(),
      link.path.size() == 1 ? "step" : "steps");
  out += fmt::format("What it rests on: {} independent {}.\n", link.redundancy,
                     link.redundancy == 1 ? "proof; if that one falls, so does the link"
                                          : "proofs; all of them would have to fall");
  if (!link.runners_up.empty()) {
    out += fmt::format("There {} {} further path{} between the two.\n",
                       link.runners_up.size() == 1 ? "is" : "are", link.runners_up.size(),
                       link.runners_up.size() == 1 ? "" : "s");
  }
  return out;
}

}  // namespace revenant
