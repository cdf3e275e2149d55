#include "exchange/token_requests.h"

#include <fmt/format.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "revenant/atomic_file.h"
#include "try.h"

namespace revenant::cli {
namespace {

namespace fs = std::filesystem;

// "PREFIXguessable-epoch1-2", the first of its class and epoch that is free.
std::string FreeName(const std::string& prefix, const TokenAsk& ask) {
  for (int number = 1;; ++number) {
    std::string base =
        fmt::format("{}{}-epoch{}-{}", prefix, KeyClassName(ask.key_class), ask.epoch, number);
    if (!fs::exists(base + ".request") && !fs::exists(base + ".pending")) return base;
  }
}

}  // namespace

Result<std::unique_ptr<TokenDesk>> OpenTokenDesk(Registry& registry, const ExchangeOptions& options,
                                                 const Context& context) {
  TRY_ASSIGN(const fs::path member_key, options.MemberKeyPath(context));
  TRY_ASSIGN(const fs::path key_file, context.KeyPath());
  TRY_ASSIGN(const Key key, Key::Read(key_file));
  return TokenDesk::Open(registry, key, member_key);
}

nlohmann::ordered_json ToJson(const RequestFile& request) {
  return {{"request", request.file},
          {"class", KeyClassName(request.key_class)},
          {"epoch", std::to_string(request.epoch)},
          {"items", request.items}};
}

std::string ToText(const RequestFile& request) {
  return fmt::format("{}: {}", request.file, Counted(request.items, "item"));
}

Result<void> MakeWayFor(const std::string& prefix) {
  const fs::path folder = fs::path(prefix + "x").parent_path();
  std::error_code failed;
  if (!folder.empty()) fs::create_directories(folder, failed);
  if (failed) return Error{Code::kIo, folder.string() + ": cannot create: " + failed.message()};
  const fs::path probe = prefix + "probe";
  TRY(ReplaceFile(probe, ""));
  fs::remove(probe, failed);
  return {};
}

Result<std::vector<RequestFile>> WriteRequests(const std::string& prefix,
                                               const std::vector<TokenAsk>& asks,
                                               Context& context) {
  std::vector<RequestFile> written;
  for (const TokenAsk& ask : asks) {
    const std::string base = FreeName(prefix, ask);
    // The file that opens the answer is there before anything can be asked.
    TRY(ReplaceFile(base + ".pending", ask.pending));
    TRY(WriteExchangeFile(context, base + ".request", ask.request));
    written.push_back({base + ".request", ask.key_class, ask.epoch, ask.items});
  }
  return written;
}

}  // namespace revenant::cli
