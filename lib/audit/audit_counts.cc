#include "audit/audit_counts.h"

#include <string>

namespace revenant {
namespace {

using Number = std::uint64_t AuditReport::*;
constexpr Number kNumbers[] = {
    &AuditReport::records,     &AuditReport::screened, &AuditReport::clear,
    &AuditReport::review,      &AuditReport::block,    &AuditReport::attributes,
    &AuditReport::identifiers, &AuditReport::invalid,  &AuditReport::junk,
    &AuditReport::refused,     &AuditReport::skipped,  &AuditReport::written,
    &AuditReport::clear_local, &AuditReport::awaiting, &AuditReport::merged,
    &AuditReport::cut};

}  // namespace

void AddPart(AuditReport& report, const AuditReport& part) {
  for (const Number number : kNumbers) report.*number += part.*number;
  for (const auto& [because, count] : part.reasons) report.reasons[because] += count;
  for (const auto& [kind, count] : part.kinds) report.kinds[kind] += count;
  for (const auto& [seller, count] : part.leads_to) report.leads_to[seller] += count;
}

nlohmann::json SaveCounts(const AuditReport& report) {
  using Json = nlohmann::json;
  Json counts = {{"numbers", Json::array()},  {"rejected", report.rejected},
                 {"reasons", Json::array()},  {"kinds", report.kinds},
                 {"leads_to", Json::array()}, {"inputs", Json::array()}};
  for (const Number number : kNumbers) counts["numbers"].push_back(report.*number);
  for (const auto& [because, count] : report.reasons) {
    counts["reasons"].push_back({static_cast<int>(because), count});
  }
  for (const auto& [seller, count] : report.leads_to) {
    counts["leads_to"].push_back({seller.platform, seller.external_id, count});
  }
  for (const AuditReport::Input& input : report.inputs) {
    counts["inputs"].push_back({input.file, input.records});
  }
  return counts;
}

AuditReport LoadCounts(const nlohmann::json& counts) {
  AuditReport report;
  std::size_t place = 0;
  for (const Number number : kNumbers) report.*number = counts.at("numbers").at(place++);
  report.rejected = counts.at("rejected");
  for (const auto& one : counts.at("reasons")) {
    report.reasons[static_cast<Because>(one.at(0).get<int>())] = one.at(1);
  }
  for (const auto& [kind, count] : counts.at("kinds").items()) report.kinds[kind] = count;
  for (const auto& one : counts.at("leads_to")) {
    report.leads_to[{one.at(0).get<std::string>(), one.at(1).get<std::string>()}] = one.at(2);
  }
  for (const auto& one : counts.at("inputs")) {
    report.inputs.push_back({one.at(0).get<std::string>(), one.at(1).get<std::uint64_t>()});
  }
  return report;
}

}  // namespace revenant
