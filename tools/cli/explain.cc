#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "revenant/json.h"
#include "util/try.h"
#include "verbs.h"

namespace revenant::cli {
namespace {

struct Args {
  std::string a, b, audience = "manager";
};

std::string Json(const SellerName& a, const SellerName& b, const std::optional<Link>& link) {
  nlohmann::ordered_json line = {
      {"v", 1}, {"a", a.ToString()}, {"b", b.ToString()}, {"linked", link.has_value()}};
  line["link"] = link ? nlohmann::ordered_json::parse(ToJson(*link)) : nlohmann::ordered_json();
  return line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

Result<int> Run(const Args& args, Context& context) {
  TRY_ASSIGN(const SellerName a, SellerArgument(args.a));
  TRY_ASSIGN(const SellerName b, SellerArgument(args.b));
  TRY_ASSIGN(const auto registry, context.OpenRegistry(Access::kReadOnly));
  TRY_ASSIGN(const std::optional<Link> link, registry->Explain(a, b));
  if (context.json) {
    context.out.Line(Json(a, b, link));
  } else if (link) {
    context.out.Text(
        Describe(*link, args.audience == "seller" ? Audience::kSeller : Audience::kManager));
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
  auto args = std::make_shared<Args>();
  verb->add_option("A", args->a, "PLATFORM:EXTERNAL_ID")->required();
  verb->add_option("B", args->b, "PLATFORM:EXTERNAL_ID")->required();
  verb->add_option("--for", args->audience,
                   "Who reads it: manager, or seller (A itself; names nobody else)")
      ->type_name("WHOM")
      ->check(CLI::IsMember({"manager", "seller"}));
  verb->footer("Exit code 1: there is no link.");
  verb->callback(
      [args, &context] { context.run = [args, &context] { return Run(*args, context); }; });
}

}  // namespace revenant::cli
