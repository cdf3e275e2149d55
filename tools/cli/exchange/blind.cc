#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <thread>
#include <vector>

#include "exchange/exchange_common.h"
#include "exchange/token_requests.h"
#include "input.h"
#include "json_line.h"
#include "revenant/atomic_file.h"
#include "revenant/exchange_desk.h"
#include "try.h"

namespace revenant::cli {
namespace {

namespace fs = std::filesystem;

struct ExchangeBlindArgs {
  std::vector<std::string> files;
  InputArgs input;
  std::string out;
  bool rotate = false;
  std::string defer;
  std::vector<std::string> kinds;
  std::vector<std::string> deferred;
  std::uint32_t max_items = 0;
  unsigned threads = 0;
};

// Hands every usable record of the files to `take`.
template <typename Take>
Result<void> ReadFile(const std::string& file, const ExchangeBlindArgs& args, RejectSink& rejects,
                      const Take& take) {
  TRY_ASSIGN(const ReadOptions reading, args.input.ReadingOptions());
  TRY_ASSIGN(const auto reader, RecordReader::Open(file, reading));
  InputRecord input;
  for (;;) {
    TRY_ASSIGN(const bool more, reader->Next(input));
    if (!more) return {};
    for (const Reject& reject : input.rejects) rejects.Take(reject);
    if (input.usable) TRY(take(input.record));
  }
}

std::string PrefixOf(const ExchangeBlindArgs& args) {
  return (fs::path(args.out) / (args.rotate ? "rotate-" : "")).string();
}

Result<void> Write(const ExchangeBlindArgs& args, const std::vector<TokenAsk>& asks,
                   Context& context) {
  TRY_ASSIGN(const std::vector<RequestFile> files, WriteRequests(PrefixOf(args), asks, context));
  for (const RequestFile& file : files) {
    nlohmann::ordered_json line = {{"v", 1}};
    line.update(ToJson(file));
    context.out.Line(context.json ? JsonLine(line) : ToText(file));
  }
  return {};
}

// Needs the store and its key, not the member's.
Result<int> Defer(const ExchangeBlindArgs& args, Context& context) {
  TRY_ASSIGN(const fs::path key_file, context.KeyPath());
  TRY_ASSIGN(const auto registry, context.OpenRegistry(Access::kReadOnly));
  TRY_ASSIGN(const Key key, Key::Read(key_file));
  TRY_ASSIGN(const auto inputs, DeferredInputs::Start(*registry, key, args.kinds));
  RejectSink rejects(context, args.input);
  TRY(rejects.Open(args.files));
  std::uint64_t count = 0;
  for (const std::string& file : args.files) {
    TRY(ReadFile(file, args, rejects, [&](const Record& record) -> Result<void> {
      TRY_ASSIGN(const std::uint64_t added, inputs->Add(record));
      count += added;
      return {};
    }));
  }
  TRY(rejects.Finish());
  TRY(context.WriteOutput(args.defer, inputs->File()));
  context.Note(fmt::format("{}: {} for the desk", args.defer, Counted(count, "input")));
  return count > 0 ? kDone : kNothing;
}

Result<int> RunExchangeBlind(const ExchangeBlindArgs& args, const ExchangeOptions& options,
                             Context& context) {
  const bool has_input = !args.files.empty() || !args.deferred.empty();
  if (args.rotate == has_input || args.defer.empty() == args.out.empty() ||
      (!args.defer.empty() && args.files.empty())) {
    return Error{Code::kInvalidArgument,
                 "exchange blind: name FILE... or --deferred FILE or --rotate, with --out DIR; or "
                 "FILE... with --defer FILE"};
  }
  if (!args.defer.empty()) return Defer(args, context);
  TRY(MakeWayFor(PrefixOf(args)));
  TRY_ASSIGN(const Time now, context.Now());
  TRY_ASSIGN(const auto registry, context.OpenRegistry(Access::kReadWrite));
  TRY_ASSIGN(const auto desk, OpenTokenDesk(*registry, options, context));
  const TokenAskOptions asking{
      args.max_items, args.threads == 0 ? std::thread::hardware_concurrency() : args.threads};
  RejectSink rejects(context, args.input);
  TRY(rejects.Open(args.files));
  for (const std::string& file : args.files) {
    TRY(ReadFile(file, args, rejects, [&](const Record& record) -> Result<void> {
      TRY(desk->Add(record, now));
      return {};
    }));
  }
  TRY(rejects.Finish());
  for (const std::string& file : args.deferred) {
    TRY_ASSIGN(const std::string bytes, ReadKeptFile(file));
    TRY(desk->AddDeferred(bytes, now));
  }
  TRY_ASSIGN(const std::vector<TokenAsk> asks,
             args.rotate ? desk->AskForRotation(now, asking) : desk->Ask(now, asking));
  if (asks.empty()) {
    context.Note("nothing awaits evaluation");
    return kNothing;
  }
  TRY(Write(args, asks, context));
  return kDone;
}

}  // namespace

void AddExchangeBlind(CLI::App& exchange, Context& context, const SharedExchangeOptions& options) {
  CLI::App* verb = exchange.add_subcommand("blind", "Ask the operators for tokens of identifiers");
  auto args = std::make_shared<ExchangeBlindArgs>();
  verb->add_option("FILE", args->files, "Records as for import; - is stdin");
  AddInputOptions(*verb, args->input, RejectsOption::kFile);
  verb->add_flag("--rotate", args->rotate, "Carry kept tokens into the epoch in force instead");
  verb->add_option("--out", args->out, "Folder for NAME.request and NAME.pending")
      ->type_name("DIR");
  verb->add_option("--defer", args->defer, "Keep sealed inputs for the desk here instead")
      ->type_name("FILE");
  verb->add_option("--kind", args->kinds, "A kind for which --defer may keep inputs")
      ->type_name("KIND");
  verb->add_option("--deferred", args->deferred, "Ask for what --defer kept")->type_name("FILE");
  verb->add_option("--max-items", args->max_items, "Items in one request; default: the policy's");
  verb->add_option("--threads", args->threads, "Threads; default: one per processor");
  verb->footer(
      "A request shows the operators how many identifiers there are and nothing else about them.\n"
      "NAME.pending is needed to open the answer: keep it here; it is of no use to others. Only\n"
      "linking identifiers without a token in this epoch are asked for, so the command may be\n"
      "repeated. --defer is for a host without the member key: for the kinds named, and no "
      "others,\n"
      "it keeps what the desk needs to ask later, sealed to the desk. Exit code 1: there is "
      "nothing\n"
      "to ask for.");
  verb->callback([args, options, &context] {
    context.run = [args, options, &context] { return RunExchangeBlind(*args, *options, context); };
  });
}

}  // namespace revenant::cli
