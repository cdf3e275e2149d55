#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "revenant/json.h"
#include "util/try.h"
#include "verbs.h"

namespace revenant::cli {
namespace {

struct ExplainArgs {
  std::string a, b, audience = "manager";
};

// They are in one cluster and no path of the policy's length leads from one to the other.
Result<bool> AreFarApart(const Registry& registry, const SellerName& a, const SellerName& b) {
  TRY_ASSIGN(const ClusterSummary of_a, registry.Cluster(a));
  TRY_ASSIGN(const ClusterSummary of_b, registry.Cluster(b));
  return of_a.id == of_b.id;
}

std::string LinkJson(const SellerName& a, const SellerName& b, const std::optional<Link>& link,
                     bool far_apart) {
  nlohmann::ordered_json line = {
      {"v", 1}, {"a", a.ToString()}, {"b", b.ToString()}, {"linked", link.has_value()}};
  line["link"] = link ? nlohmann::ordered_json::parse(ToJson(*link)) : nlohmann::ordered_json();
  if (far_apart) line["same_cluster"] = true;
  return line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

Result<int> RunExplain(const ExplainArgs& args, Context& context) {
  TRY_ASSIGN(const SellerName a, SellerArgument(args.a));
  TRY_ASSIGN(const SellerName b, SellerArgument(args.b));
  TRY_ASSIGN(const auto registry, context.OpenRegistry(Access::kReadOnly));
  TRY_ASSIGN(const std::optional<Link> link, registry->Explain(a, b));
  bool far_apart = false;
  if (!link) {
    TRY_ASSIGN(far_apart, AreFarApart(*registry, a, b));
  }
  if (context.json) {
    context.out.Line(LinkJson(a, b, link, far_apart));
  } else if (link) {
    context.out.Text(
        Describe(*link, args.audience == "seller" ? Audience::kSeller : Audience::kManager));
  } else if (far_apart) {
    context.out.Line(fmt::format(
        "No link was found between {} and {}: they are in one cluster, but further apart "
        "than {} steps (max_hops).",
        a.ToString(), b.ToString(), registry->policy().max_hops));
  } else {
    context.out.Line(
        fmt::format("No link was found between {} and {}: nothing that links leads "
                    "from one to the other.",
                    a.ToString(), b.ToString()));
  }
  return link ? kDone : kNothing;
}

}  // namespace

void AddExplain(CLI::App& app, Context& context) {
  CLI::App* verb = app.add_subcommand("explain", "Say why two sellers are linked");
  auto args = std::make_shared<ExplainArgs>();
  verb->add_option("A", args->a, "PLATFORM:EXTERNAL_ID")->required();
  verb->add_option("B", args->b, "PLATFORM:EXTERNAL_ID")->required();
  verb->add_option("--for", args->audience,
                   "Who reads it: manager, or seller (A itself; names nobody else)")
      ->type_name("WHOM")
      ->check(CLI::IsMember({"manager", "seller"}));
  verb->footer("Exit code 1: there is no link.");
  verb->callback(
      [args, &context] { context.run = [args, &context] { return RunExplain(*args, context); }; });
}

}  // namespace revenant::cli
