// Names of the public enumerations, one table each.

#include "registry/state/event_names.h"

#include <array>

#include "revenant/verdict.h"

namespace revenant {
namespace {

constexpr std::array<std::string_view, 3> kDecisions = {"clear", "review", "block"};
constexpr std::array<std::string_view, 13> kBecause = {
    "itself_banned",    "strong_link",    "link",
    "earlier_holder",   "too_few_proofs", "documents_differ",
    "different_people", "tainted_hub",    "cut_short",
    "no_link",          "foreign_case",   "kin",
    "velocity"};

constexpr std::array<std::string_view, std::variant_size_v<Event>> kEvents = {
    "enrol",          "withdraw",   "ban",    "reinstate",  "infringe", "retract",
    "cannot_link",    "allow_link", "forget", "set_policy", "attest",   "revoke",
    "set_enforcement"};

}  // namespace

std::string_view EventName(const Event& event) { return kEvents[event.index()]; }
std::string_view EventName(std::size_t index) {
  if (index == kListingEvent) return "listing";
  return index < kEvents.size() ? kEvents[index] : std::string_view();
}

std::string_view DecisionName(Decision decision) {
  return kDecisions[static_cast<std::size_t>(decision)];
}

std::string_view BecauseName(Because because) {
  return kBecause[static_cast<std::size_t>(because) - 1];
}

}  // namespace revenant
