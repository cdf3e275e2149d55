#ifndef REVENANT_LINKAGE_SENTENCES_H_
#define REVENANT_LINKAGE_SENTENCES_H_

// Every sentence that the library says about a link, in one place, in English.

#include <string>
#include <string_view>

#include "revenant/link_policy.h"
#include "revenant/verdict.h"

namespace revenant::words {

std::string ItselfBanned(std::string_view reason, Time at);
std::string ForLink(Because because, const Link& link, const Reason& reason);
// After it: which rule decided, in numbers of the policy, and what would change it.
std::string WhatDecided(Because because, const Link& link, const LinkPolicy& policy);
std::string ForContested(std::string_view kind, const SellerName& a, const SellerName& b);
std::string ForHub(std::string_view kind, std::uint64_t banned, std::uint64_t carriers,
                   MilliBits lift, const LinkPolicy& policy);
std::string ForBurst(const Burst& burst, const LinkPolicy& policy);
std::string ForFreshStart(const FreshStart& start, const LinkPolicy& policy);
std::string ForCutShort();
std::string ForNoLink();
std::string ForNothingCompared();
// Links that are not worth a look, the strongest of them; and a ban further away than paths go.
std::string ForWeakLink(const Link& link, MilliBits review);
std::string ForBeyond(std::uint32_t max_hops);

}  // namespace revenant::words

#endif  // REVENANT_LINKAGE_SENTENCES_H_
