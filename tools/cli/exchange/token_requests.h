#ifndef REVENANT_TOOLS_CLI_EXCHANGE_TOKEN_REQUESTS_H_
#define REVENANT_TOOLS_CLI_EXCHANGE_TOKEN_REQUESTS_H_

// Asking the operators for tokens, as `exchange blind` and `import --tokens-request` do it.

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "exchange/exchange_common.h"
#include "revenant/exchange_desk.h"

namespace revenant::cli {

// The desk that asks for what `registry`, the one of the store, holds.
Result<std::unique_ptr<TokenDesk>> OpenTokenDesk(Registry& registry, const ExchangeOptions& options,
                                                 const Context& context);

// A request as it lies in a file, ready to go out. What opens its answer lies beside it as
// ".pending" instead of ".request".
struct RequestFile {
  std::string file;
  KeyClass key_class = KeyClass::kGuessable;
  Epoch epoch = 0;
  std::uint64_t items = 0;
};
nlohmann::ordered_json ToJson(const RequestFile& request);
std::string ToText(const RequestFile& request);

// Makes the folder that `prefix` leads to and tries whether files can be made there: before the
// store enters requests that could not be written afterwards. kIo.
Result<void> MakeWayFor(const std::string& prefix);

// Writes each request as PREFIX, its class, epoch and a number that is free, and ".request": what
// lies there already is never replaced. kIo.
Result<std::vector<RequestFile>> WriteRequests(const std::string& prefix,
                                               const std::vector<TokenAsk>& asks, Context& context);

}  // namespace revenant::cli

#endif  // REVENANT_TOOLS_CLI_EXCHANGE_TOKEN_REQUESTS_H_
