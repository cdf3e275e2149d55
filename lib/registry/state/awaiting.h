#ifndef REVENANT_REGISTRY_STATE_AWAITING_H_
#define REVENANT_REGISTRY_STATE_AWAITING_H_

// Which identifiers other platforms' lists were never compared with, for want of a token: as long
// as an application has any, `clear` speaks of this store alone (EXCHANGE.md, "Tokens"). Threads:
// functions of a view. Errors: the view's.

#include <span>
#include <string_view>

#include "revenant/event.h"
#include "revenant/fingerprint.h"
#include "revenant/link_policy.h"
#include "store/view.h"

namespace revenant {

// May identifiers of this kind be exchanged? A platform's own kinds mean nothing to others, and
// what does not link by the policy is not exchanged.
bool IsExchangeable(std::string_view kind, const LinkPolicy& policy);

// Has the store joined an exchange? It never leaves one.
Result<bool> IsInExchange(const View& view);

// How many of `exchangeable`, each given once, have no token of the epoch in force at `as_of`: all
// where none is, 0 where no exchange was joined. Cost: a point read each, mostly a miss behind a
// Bloom filter.
Result<std::uint32_t> CountAwaiting(const View& view, std::span<const Fingerprint> exchangeable,
                                    Time as_of);
// The same for the exchangeable identifiers of an application.
Result<std::uint32_t> CountAwaiting(const View& view, const LinkPolicy& policy,
                                    const Enrol& application, Time as_of);

}  // namespace revenant

#endif  // REVENANT_REGISTRY_STATE_AWAITING_H_
