// Names of the public enumerations, one table each.

#include "registry/names.h"

#include <array>

#include "revenant/verdict.h"

namespace revenant {
namespace {

constexpr std::array<std::string_view, 5> kRights = {"trademark", "patent", "copyright", "design",
                                                     "secret"};
constexpr std::array<std::string_view, 3> kDecisions = {"clear", "review", "block"};
constexpr std::array<std::string_view, 10> kBecause = {
    "itself_banned",    "strong_link",      "link",        "earlier_holder", "too_few_proofs",
    "documents_differ", "different_people", "tainted_hub", "cut_short",      "no_link"};

constexpr std::array<std::string_view, std::variant_size_v<Event>> kEvents = {
    "enrol",   "withdraw",    "ban",        "reinstate", "infringe",
    "retract", "cannot_link", "allow_link", "forget",    "set_policy"};

}  // namespace

std::string_view EventName(const Event& event) { return kEvents[event.index()]; }
std::string_view EventName(std::size_t index) {
  return index < kEvents.size() ? kEvents[index] : std::string_view();
}

std::string_view RightName(Right right) { return kRights[static_cast<std::size_t>(right) - 1]; }

std::optional<Right> RightFromName(std::string_view name) {
  for (std::size_t i = 0; i < kRights.size(); ++i) {
    if (kRights[i] == name) return static_cast<Right>(i + 1);
  }
  return std::nullopt;
}

std::string_view DecisionName(Decision decision) {
  return kDecisions[static_cast<std::size_t>(decision)];
}

std::string_view BecauseName(Because because) {
  return kBecause[static_cast<std::size_t>(because) - 1];
}

}  // namespace revenant
