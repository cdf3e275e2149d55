#ifndef REVENANT_EXCHANGE_H_
#define REVENANT_EXCHANGE_H_

// The exchange: share infringers without sharing identifiers. Membership is who belongs to it,
// tokens are how members name what they hold without saying it, desks how they get them from the
// operators, feeds what they tell each other under them. lib/exchange/README.md shows how it goes
// together.

#include "revenant/exchange_desk.h"        // IWYU pragma: export
#include "revenant/exchange_feeds.h"       // IWYU pragma: export
#include "revenant/exchange_membership.h"  // IWYU pragma: export
#include "revenant/exchange_tokens.h"      // IWYU pragma: export

#endif  // REVENANT_EXCHANGE_H_
