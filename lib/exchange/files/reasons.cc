// The exchange's own words: why a seller was banned (and what Mastercard's MATCH calls it), and
// what a member says of an entry.

#include <algorithm>
#include <array>

#include "revenant/exchange_feeds.h"

namespace revenant {
namespace {

// MATCH (Security Rules and Procedures, chapter 11) has fourteen codes, 01 to 14, of which 06 is
// reserved. Infringements of rights that break the law are its 13, those that break a platform's
// rules its 10.
constexpr std::array kReasons = {
    ReasonInfo{ExchangeReason::kCounterfeit, "counterfeit", 13, "Illegal Transactions"},
    ReasonInfo{ExchangeReason::kTrademark, "trademark", 13, "Illegal Transactions"},
    ReasonInfo{ExchangeReason::kPiracy, "piracy", 13, "Illegal Transactions"},
    ReasonInfo{ExchangeReason::kPatent, "patent", 10, "Violation of Standards"},
    ReasonInfo{ExchangeReason::kDesign, "design", 10, "Violation of Standards"},
    ReasonInfo{ExchangeReason::kTradeSecret, "trade_secret", 10, "Violation of Standards"},
    ReasonInfo{ExchangeReason::kRepeatInfringer, "repeat_infringer", 10, "Violation of Standards"},
    ReasonInfo{ExchangeReason::kFraud, "fraud", 5, "Excessive Fraud"},
    ReasonInfo{ExchangeReason::kFraudConviction, "fraud_conviction", 7, "Fraud Conviction"},
    ReasonInfo{ExchangeReason::kStolenIdentity, "stolen_identity", 14, "Identity Theft"},
    ReasonInfo{ExchangeReason::kLaundering, "laundering", 3, "Laundering"},
    ReasonInfo{ExchangeReason::kCollusion, "collusion", 11, "Merchant Collusion"},
    ReasonInfo{ExchangeReason::kChargebacks, "chargebacks", 4, "Excessive Chargebacks"},
    ReasonInfo{ExchangeReason::kDataCompromise, "data_compromise", 1, "Account Data Compromise"},
    ReasonInfo{ExchangeReason::kInsolvency, "insolvency", 9, "Bankruptcy/Liquidation/Insolvency"},
    ReasonInfo{ExchangeReason::kOther, "other", 10, "Violation of Standards"},
};

constexpr std::array<std::pair<Opinion, std::string_view>, 4> kOpinions = {{
    {Opinion::kConfirmed, "confirmed"},
    {Opinion::kFalsePositive, "false_positive"},
    {Opinion::kExpired, "expired"},
    {Opinion::kRetracted, "retracted"},
}};

}  // namespace

std::span<const ReasonInfo> ExchangeReasons() { return kReasons; }

const ReasonInfo* FindReason(std::uint8_t code) {
  const auto found = std::find_if(kReasons.begin(), kReasons.end(), [&](const ReasonInfo& info) {
    return static_cast<std::uint8_t>(info.reason) == code;
  });
  return found == kReasons.end() ? nullptr : &*found;
}

const ReasonInfo* FindReason(std::string_view name) {
  const auto found = std::find_if(kReasons.begin(), kReasons.end(),
                                  [&](const ReasonInfo& info) { return info.name == name; });
  return found == kReasons.end() ? nullptr : &*found;
}

std::string_view OpinionName(Opinion opinion) {
  for (const auto& [each, name] : kOpinions) {
    if (each == opinion) return name;
  }
  return {};
}

const Opinion* FindOpinion(std::string_view name) {
  const auto found = std::find_if(kOpinions.begin(), kOpinions.end(),
                                  [&](const auto& row) { return row.second == name; });
  return found == kOpinions.end() ? nullptr : &found->first;
}

}  // namespace revenant
