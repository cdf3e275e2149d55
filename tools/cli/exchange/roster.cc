#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "exchange/exchange_common.h"
#include "json_line.h"
#include "try.h"

namespace revenant::cli {
namespace {

struct ExchangeRosterArgs {
  std::string file, draft, after, sign, out;
};

// All that a draft lacks at once, and what each is.
Result<void> CheckComplete(const std::string& json, const std::string& file) {
  const auto draft = nlohmann::json::parse(json, nullptr, false);
  if (!draft.is_object()) return {};  // DraftRosterFile says it
  constexpr std::pair<const char*, const char*> kNeeded[] = {
      {"created", "a time"},
      {"expires", "a time"},
      {"threshold", "how many operators evaluate together, from 1 on"},
      {"epochs", R"(a list such as [{"epoch":1,"from":"2026-01-01","until":"2026-04-01"}])"},
      {"members", R"(a list such as [{"id":1,"card":"alpha.card"}])"},
      {"operators", R"(a list of card files such as ["north.card"])"}};
  std::string missing;
  for (const auto& [name, what] : kNeeded) {
    const auto found = draft.find(name);
    if (found != draft.end() && !found->is_null() && (!found->is_array() || !found->empty())) {
      continue;
    }
    missing += fmt::format("{}{} ({})", missing.empty() ? "" : ", ", name, what);
  }
  if (missing.empty()) return {};
  return Error{Code::kInvalidArgument, fmt::format("{}: the draft lacks {}", file, missing)};
}

Result<int> Draft(const ExchangeRosterArgs& args, Context& context) {
  TRY_ASSIGN(const std::string json, ReadSmallFile(args.draft));
  TRY(CheckComplete(json, args.draft));
  std::optional<std::string> after;
  if (!args.after.empty()) {
    TRY_ASSIGN(after, ReadExchangeFile(args.after));
  }
  ExchangePolicy defaults;  // of the store, where there is one
  if (!context.store.empty()) {
    const auto registry = context.OpenRegistry(Access::kReadOnly);
    if (registry) {
      TRY_ASSIGN(const EnforcementPolicy policy, (*registry)->enforcement());
      defaults = policy.exchange;
    } else if (registry.error().code != Code::kNotFound) {
      return registry.error();
    }
  }
  const std::filesystem::path folder = std::filesystem::path(args.draft).parent_path();
  const auto read_card = [&](const std::string& name) {
    return ReadExchangeFile((folder / name).string());
  };
  TRY_ASSIGN(const DraftedRoster roster, DraftRosterFile(json, after, read_card, defaults));
  TRY(WriteExchangeFile(context, args.out, roster.file));
  if (args.out != "-") {
    const RosterInfo& info = roster.info;
    context.out.Line(fmt::format("roster {} of exchange {}, to be signed by {} of {}", info.version,
                                 info.exchange.ToHex(), info.threshold,
                                 Counted(info.members.size(), "member")));
  }
  return kDone;
}

Result<int> Sign(const ExchangeRosterArgs& args, const ExchangeOptions& options, Context& context) {
  TRY_ASSIGN(const MembershipKeys keys, options.ReadMemberKeys(context));
  TRY_ASSIGN(const std::string bytes, ReadExchangeFile(args.sign));
  TRY_ASSIGN(const std::string signed_file, keys.SignRoster(bytes));
  TRY(WriteExchangeFile(context, args.out, signed_file));
  return kDone;
}

Result<int> Adopt(const ExchangeRosterArgs& args, const ExchangeOptions& options,
                  Context& context) {
  TRY_ASSIGN(const OpenDesk desk, OpenExchange(options, context, Access::kReadWrite));
  TRY_ASSIGN(const std::string bytes, ReadExchangeFile(args.file));
  TRY_ASSIGN(const RosterChange change, desk.exchange->AdoptRoster(bytes, desk.now));
  context.out.Line(context.json ? JsonLine({{"v", 1},
                                            {"version", std::to_string(change.version)},
                                            {"changed", change.changed},
                                            {"withdrawn", change.withdrawn},
                                            {"new_alerts", change.new_alerts}})
                                : fmt::format("roster {} in force{}", change.version,
                                              change.changed ? "" : " (it was already)"));
  return kDone;
}

Result<int> RunExchangeRoster(const ExchangeRosterArgs& args, const ExchangeOptions& options,
                              Context& context) {
  if (!args.draft.empty()) return Draft(args, context);
  if (!args.sign.empty()) return Sign(args, options, context);
  if (!args.file.empty()) return Adopt(args, options, context);
  return Error{Code::kInvalidArgument, "roster: name FILE to adopt, or --draft, or --sign"};
}

}  // namespace

void AddExchangeRoster(CLI::App& exchange, Context& context, const SharedExchangeOptions& options) {
  CLI::App* verb = exchange.add_subcommand("roster", "Adopt, draft or sign the list of members");
  auto args = std::make_shared<ExchangeRosterArgs>();
  auto* file = verb->add_option("FILE", args->file, "The next roster, to be adopted");
  auto* out = verb->add_option("--out", args->out, "Output file for the drafted or signed roster");
  out->type_name("FILE");
  auto* draft = verb->add_option("--draft", args->draft, "JSON of what the members agreed on");
  draft->type_name("JSON")->needs(out)->excludes(file);
  verb->add_option("--after", args->after, "The roster that the draft follows; none: a genesis")
      ->type_name("FILE")
      ->needs(draft);
  verb->add_option("--sign", args->sign, "Add our root's signature to this roster")
      ->type_name("FILE")
      ->needs(out)
      ->excludes(draft, file);
  verb->footer(
      "Card files named in the draft are looked for beside it. A roster counts once a majority of\n"
      "the members' root keys have signed it, those of the roster before among them; the "
      "operators\n"
      "alone cannot make one.");
  verb->callback([args, options, &context] {
    context.run = [args, options, &context] { return RunExchangeRoster(*args, *options, context); };
  });
}

}  // namespace revenant::cli
