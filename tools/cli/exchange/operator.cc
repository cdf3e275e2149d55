#include <CLI/CLI.hpp>

#include "exchange/exchange_common.h"

namespace revenant::cli {
namespace {

// In the order of the help text.
constexpr AddOperatorVerb kOperatorVerbs[] = {
    AddOperatorInit, AddOperatorRoster, AddOperatorEvaluate, AddOperatorRotate, AddOperatorQuota,
};

}  // namespace

void AddExchangeOperator(CLI::App& exchange, Context& context, const SharedExchangeOptions&) {
  CLI::App* verb = exchange.add_subcommand("operator", "Evaluate members' requests within quotas");
  verb->require_subcommand(1);
  verb->fallthrough();
  for (const AddOperatorVerb add : kOperatorVerbs) add(*verb, context);
  verb->footer(
      "An operator holds keys and quotas in a folder of its own, and never sees an identifier. If\n"
      "there are two, members send every request through both.");
}

}  // namespace revenant::cli
