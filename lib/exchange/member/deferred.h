// Inputs that wait for an evaluation: FORMAT.md, "Deferred inputs", has the bytes of their file.
// Threads: pure functions. Errors: Refusal names.
#ifndef REVENANT_EXCHANGE_MEMBER_DEFERRED_H_
#define REVENANT_EXCHANGE_MEMBER_DEFERRED_H_

#include <functional>
#include <string_view>

#include "exchange/crypto/group.h"
#include "exchange/files/member_keys.h"
#include "revenant/exchange_tokens.h"
#include "revenant/fingerprint.h"
#include "revenant/link_policy.h"
#include "revenant/record.h"

namespace revenant {

// The identifiers of a record that may be exchanged and are not junk. The first error of `visit`
// ends it.
Result<void> ForEachExchangeable(const Record& record, const LinkPolicy& policy,
                                 const std::function<Result<void>(const Identifier&)>& visit);

// Opens every input of a file that DeferredInputs made in the store with this check value.
// kNotForUs: of another store, or sealed to another desk.
using VisitDeferred = std::function<Result<void>(const Fingerprint& fingerprint,
                                                 std::string_view kind, const WideBytes& input)>;
Result<void> ReadDeferred(std::string_view file, const ExchangeId& exchange, std::string_view store,
                          const MemberKeys& keys, const VisitDeferred& visit);

}  // namespace revenant

#endif  // REVENANT_EXCHANGE_MEMBER_DEFERRED_H_
