#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <vector>

#include "exchange/exchange_common.h"
#include "json_line.h"
#include "try.h"

namespace revenant::cli {
namespace {

struct ExchangeExportArgs {
  std::string out, format = "feed", again;
  std::vector<std::uint32_t> audience;
  std::uint16_t valid_days = 0;
  bool dry_run = false;
};

struct LeftOut {
  const char* name;
  const char* text;
  std::uint64_t ExportPlan::* count;
};
constexpr LeftOut kLeftOut[] = {
    {"neighbours", "sellers merely linked to a banned one", &ExportPlan::neighbours},
    {"low_confidence", "banned sellers without a confirmed infringement",
     &ExportPlan::low_confidence},
    {"withheld", "sellers withdrawn by a person", &ExportPlan::withheld},
    {"hubs", "identifiers that too many share", &ExportPlan::hubs},
    {"junk", "values that identify nobody", &ExportPlan::junk},
    {"not_linking", "names, addresses and a platform's own kinds", &ExportPlan::not_linking},
    {"foreign", "identifiers known from other members only", &ExportPlan::foreign},
    {"jurisdiction", "identifiers that may not leave the country", &ExportPlan::jurisdiction},
    {"expired", "expired identifiers", &ExportPlan::expired},
    {"awaiting", "identifiers not evaluated yet", &ExportPlan::awaiting},
};

nlohmann::ordered_json PlanJson(const ExportPlan& plan) {
  nlohmann::ordered_json kinds = nlohmann::ordered_json::object(), left = kinds;
  for (const ExportPlan::Kind& kind : plan.kinds) kinds[kind.kind] = kind.entries;
  for (const LeftOut& row : kLeftOut) left[row.name] = plan.*row.count;
  return {{"v", 1},
          {"live", plan.live},
          {"sellers", plan.sellers},
          {"kinds", std::move(kinds)},
          {"added", plan.to_add},
          {"withdrawn", plan.to_withdraw},
          {"retagged", plan.to_retag},
          {"disputes_changed", plan.to_dispute},
          {"left_out", std::move(left)}};
}

void PrintPlan(const ExportPlan& plan, Context& context) {
  context.out.Line(
      fmt::format("{} of {} in the list: {} added, {} withdrawn, {} retagged, {} with "
                  "other disputes",
                  Counted(plan.live, "tag"), Counted(plan.sellers, "seller"), Grouped(plan.to_add),
                  Grouped(plan.to_withdraw), Grouped(plan.to_retag), Grouped(plan.to_dispute)));
  for (const ExportPlan::Kind& kind : plan.kinds) {
    context.out.Line(fmt::format("  {:>9}  {}", Grouped(kind.entries), kind.kind));
  }
  context.out.Line("left out:");
  for (const LeftOut& row : kLeftOut) {
    context.out.Line(fmt::format("  {:>9}  {}", Grouped(plan.*row.count), row.text));
  }
}

Result<int> ExportTags(const ExchangeExportArgs& args, const OpenDesk& desk, Context& context) {
  std::vector<ListedTag> tags;
  TRY(desk.exchange->ForEachTag([&](const ListedTag& tag) -> Result<bool> {
    tags.push_back(tag);
    return true;
  }));
  const std::string text =
      args.format == "misp" ? TagsAsMisp(tags, desk.now) : TagsAsStix(tags, desk.now);
  TRY(WriteExchangeFile(context, args.out, text + "\n"));
  return tags.empty() ? kNothing : kDone;
}

Result<int> RunExchangeExport(const ExchangeExportArgs& args, const ExchangeOptions& options,
                              Context& context) {
  TRY_ASSIGN(const OpenDesk desk, OpenExchange(options, context, Access::kReadWrite));
  ExportOptions what;
  what.valid_days = args.valid_days;
  for (const std::uint32_t member : args.audience) what.audience.push_back(MemberId{member});
  if (args.dry_run) {
    TRY_ASSIGN(const ExportPlan plan, desk.exchange->PlanExport(what, desk.now));
    if (context.json) {
      context.out.Line(JsonLine(PlanJson(plan)));
    } else {
      PrintPlan(plan, context);
    }
    return plan.empty() ? kNothing : kDone;
  }
  if (args.out.empty()) {
    return Error{Code::kInvalidArgument, "exchange export: name --out FILE, or --dry-run"};
  }
  if (args.format != "feed") return ExportTags(args, desk, context);
  if (!args.again.empty()) {
    const auto again =
        args.again == "snapshot" ? Exchange::Again::kSnapshot : Exchange::Again::kDelta;
    TRY_ASSIGN(const std::string file, desk.exchange->ExportAgain(what.audience, again));
    TRY(WriteExchangeFile(context, args.out, file));
    return kDone;
  }
  TRY_ASSIGN(const ExportedFeed exported, desk.exchange->Export(what, desk.now));
  TRY(WriteExchangeFile(context, args.out, exported.file));
  if (args.out == "-") return kDone;
  if (context.json) {
    nlohmann::ordered_json line = PlanJson(exported.plan);
    line["feed"] = exported.feed.ToHex();
    line["seq"] = exported.seq;
    context.out.Line(JsonLine(line));
  } else {
    context.out.Line(fmt::format("list {}, number {}", exported.feed.ToHex(), exported.seq));
    PrintPlan(exported.plan, context);
  }
  return kDone;
}

}  // namespace

void AddExchangeExport(CLI::App& exchange, Context& context, const SharedExchangeOptions& options) {
  CLI::App* verb = exchange.add_subcommand("export", "Publish our confirmed infringers' tags");
  auto args = std::make_shared<ExchangeExportArgs>();
  verb->add_option("--out", args->out,
                   "Output file; - is stdout. Required unless --dry-run is given")
      ->type_name("FILE");
  verb->add_flag("--dry-run", args->dry_run, "Show what would be in it and what is left out");
  verb->add_option("--audience", args->audience,
                   "Numbers of the members that may read it; default: all")
      ->type_name("N");
  verb->add_option("--valid-days", args->valid_days,
                   "How long the list is fresh; default: the policy's");
  verb->add_option("--again", args->again, "The newest delta once more, or the whole list")
      ->check(CLI::IsMember({"delta", "snapshot"}));
  verb->add_option(
          "--format", args->format,
          "feed, the sealed list; misp or stix: the tags in force, for tools that match tags")
      ->check(CLI::IsMember({"feed", "misp", "stix"}))
      ->capture_default_str();
  verb->footer(
      "Takes banned sellers with a confirmed infringement: their own linking identifiers, as far "
      "as\n"
      "the operators have evaluated them. The same call withdraws entries that no longer stand. "
      "If\n"
      "nothing is new, the file renews the list's freshness. Exit code 1: --dry-run found no\n"
      "change.");
  verb->callback([args, options, &context] {
    context.run = [args, options, &context] { return RunExchangeExport(*args, *options, context); };
  });
}

}  // namespace revenant::cli
