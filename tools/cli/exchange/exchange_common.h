#ifndef REVENANT_TOOLS_CLI_EXCHANGE_EXCHANGE_COMMON_H_
#define REVENANT_TOOLS_CLI_EXCHANGE_EXCHANGE_COMMON_H_

// What the verbs under `exchange` share: one file a verb (exchange_NAME.cc), each a function that
// adds itself to its parent. exchange.cc lists them.

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "context.h"
#include "revenant/exchange_feeds.h"
#include "revenant/exchange_membership.h"

namespace revenant::cli {

// Options of `exchange` itself.
struct ExchangeOptions {
  std::string member_key;  // as given

  // Where the member's key lies: beside the store unless --member-key says otherwise.
  Result<std::filesystem::path> MemberKeyPath(const Context& context) const;
  Result<MembershipKeys> ReadMemberKeys(const Context& context) const;
};
void AddMemberKeyOption(CLI::App& verb, ExchangeOptions& options);
using SharedExchangeOptions = std::shared_ptr<const ExchangeOptions>;

// The registry of the store and its desk, open together.
struct OpenDesk {
  std::unique_ptr<Registry> registry;
  std::unique_ptr<Exchange> exchange;
  Time now;
};
Result<OpenDesk> OpenExchange(const ExchangeOptions& options, const Context& context,
                              Access access);

// A file that another party may have written ("-": stdin), as ReadCarriedFile() reads it.
Result<std::string> ReadExchangeFile(const std::string& file);
// A file of our own, kept for later. kNotFound, kIo; kInvalidArgument: over 1 GiB.
Result<std::string> ReadKeptFile(const std::string& file);
// Makes or replaces a file for others, whole or not at all ("-": stdout).
Result<void> WriteExchangeFile(Context& context, const std::string& file, std::string_view bytes);

// Each to DIR/MEMBER.KIND; tells where.
Result<void> WriteExchangeLetters(Context& context, const std::string& dir, std::string_view kind,
                                  const std::vector<Letter>& letters);

using AddExchangeVerb = void (*)(CLI::App& exchange, Context& context,
                                 const SharedExchangeOptions& options);
void AddExchangeKeygen(CLI::App& exchange, Context& context, const SharedExchangeOptions& options);
void AddExchangeJoin(CLI::App& exchange, Context& context, const SharedExchangeOptions& options);
void AddExchangeBlind(CLI::App& exchange, Context& context, const SharedExchangeOptions& options);
void AddExchangeUnblind(CLI::App& exchange, Context& context, const SharedExchangeOptions& options);
void AddExchangeRoster(CLI::App& exchange, Context& context, const SharedExchangeOptions& options);
void AddExchangeExport(CLI::App& exchange, Context& context, const SharedExchangeOptions& options);
void AddExchangeImport(CLI::App& exchange, Context& context, const SharedExchangeOptions& options);
void AddExchangeWithdraw(CLI::App& exchange, Context& context,
                         const SharedExchangeOptions& options);
void AddExchangeErasures(CLI::App& exchange, Context& context,
                         const SharedExchangeOptions& options);
void AddExchangeFeedback(CLI::App& exchange, Context& context,
                         const SharedExchangeOptions& options);
void AddExchangeStatus(CLI::App& exchange, Context& context, const SharedExchangeOptions& options);
void AddExchangeAlerts(CLI::App& exchange, Context& context, const SharedExchangeOptions& options);
void AddExchangeOperator(CLI::App& exchange, Context& context,
                         const SharedExchangeOptions& options);

// Under `exchange operator`, which needs a folder and no store.
using AddOperatorVerb = void (*)(CLI::App& operators, Context& context);
void AddOperatorInit(CLI::App& operators, Context& context);
void AddOperatorRoster(CLI::App& operators, Context& context);
void AddOperatorEvaluate(CLI::App& operators, Context& context);
void AddOperatorRotate(CLI::App& operators, Context& context);
void AddOperatorQuota(CLI::App& operators, Context& context);

}  // namespace revenant::cli

#endif  // REVENANT_TOOLS_CLI_EXCHANGE_EXCHANGE_COMMON_H_
