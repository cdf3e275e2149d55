#include "enforce.h"

#include <fmt/format.h>

#include "decide.h"
#include "revenant/json.h"
#include "revenant/money.h"
#include "try.h"

namespace revenant::cli {
namespace {

std::string_view StepWords(Step step) {
  switch (step) {
    case Step::kFreeze:
      return "freeze the funds";
    case Step::kDeduct:
      return "deduct from the deposit";
    case Step::kTerminate:
      return "terminate the account";
    case Step::kFile:
      return "file with credit reporting";
  }
  return "";
}

std::string KeyWords(const MeasureKey& key) {
  return fmt::format("{} of {} for case {}", StepWords(key.step), key.seller.ToString(),
                     key.name.ToString());
}

std::string Cases(const std::vector<CountedCase>& cases) {
  std::string text;
  for (const CountedCase& counted : cases) {
    text += fmt::format("{}{} of {}", text.empty() ? "" : ", ", counted.name.ToString(),
                        counted.holder.ToString());
    if (counted.reach) text += fmt::format(" (over {})", Counted(counted.reach->hops, "hop"));
  }
  return text;
}

std::string DueLine(const MeasureDue& due, const SanctionPolicy& policy) {
  std::string line = fmt::format("due      {}", KeyWords(due.key));
  if (due.key.step == Step::kFreeze) {
    line += fmt::format(", for {} until {}", Counted(policy.freeze_days, "day"),
                        FormatTime(due.until).substr(0, 10));
  }
  if (due.key.step == Step::kDeduct) {
    line += fmt::format(": {}, {} from the deposit and {} from insurance",
                        FormatMoney(due.amount, policy.currency),
                        FormatMoney(due.from_deposit, policy.currency),
                        FormatMoney(due.from_insurance, policy.currency));
    if (!due.right_holder.empty()) line += ", to " + due.right_holder;
  }
  if (due.held) line += "; held until the counter-notice is decided";
  return line;
}

std::string_view UndoWords(UndoBecause because) {
  switch (because) {
    case UndoBecause::kRetracted:
      return "the case was taken back";
    case UndoBecause::kSteppedDown:
      return "the step is no longer reached";
    case UndoBecause::kWithdrawn:
      return "the identifiers that linked the seller to the case were withdrawn";
    case UndoBecause::kCannotLink:
      return "they are different people";
    case UndoBecause::kReinstated:
      return "the account was reinstated";
  }
  return "";
}

}  // namespace

Result<Owed> AssessOwed(const Registry& registry, const SellerName& seller, Time as_of) {
  TRY_ASSIGN(const EnforcementPolicy policy, registry.enforcement());
  TRY_ASSIGN(const GroupFacts facts, registry.FactsForSanctions(seller));
  return Owed{AssessSanctions(facts, policy.sanctions, as_of), policy.sanctions};
}

void PrintOwed(Context& context, const Owed& owed) {
  const SanctionAssessment& assessment = owed.assessment;
  for (const Standing& standing : assessment.standings) {
    context.out.Line(fmt::format("{}: {} counted: {}; deposit required {}",
                                 standing.seller.ToString(), Counted(standing.cases.size(), "case"),
                                 Cases(standing.cases),
                                 FormatMoney(standing.deposit_required, owed.policy.currency)));
  }
  for (const MeasureDue& due : assessment.due) {
    context.out.Line("  " + DueLine(due, owed.policy));
  }
  for (const MeasureToUndo& undo : assessment.to_undo) {
    context.out.Line(
        fmt::format("  undo     {}: {}", KeyWords(undo.measure.key), UndoWords(undo.because)));
  }
  for (const MeasureFact& measure : assessment.standing_measures) {
    context.out.Line(fmt::format("  done     {}, on {}", KeyWords(measure.key),
                                 FormatTime(measure.done).substr(0, 10)));
  }
  for (const Proposal& proposal : assessment.proposals) {
    context.out.Line(fmt::format("  look     at {}: {} of {} {} not reach it ({})",
                                 proposal.seller.ToString(), Counted(proposal.cases.size(), "case"),
                                 proposal.holder.ToString(),
                                 proposal.cases.size() == 1 ? "does" : "do", proposal.why));
  }
  if (assessment.cut_short) {
    context.out.Line("  The group is too large to be read whole: this may be incomplete.");
  }
}

Result<int> DecideAndTell(Context& context, const SellerName& seller, const Event& event,
                          std::string_view done, Time at) {
  TRY_ASSIGN(const auto registry, context.OpenRegistry(Access::kReadWrite));
  const auto before = AssessOwed(*registry, seller, at);  // an error: the seller is not known yet
  TRY_ASSIGN(const Entered entered, EnterDecision(context, *registry, seller, event));
  TRY_ASSIGN(const Owed after, AssessOwed(*registry, seller, at));
  if (!context.json) {
    PrintDecision(context, seller, event, entered, done);
    PrintOwed(context, after);
    return kDone;
  }
  context.out.Line(
      ToJson(seller, Consequences{entered,
                                  DiffSanctions(before ? before->assessment : SanctionAssessment{},
                                                after.assessment),
                                  after.assessment, after.policy}));
  return kDone;
}

Result<int> EnterFact(Context& context, const Entry& entry, std::string_view done) {
  const Event event =
      entry.lift ? Event(Revoke{entry.seller, entry.kind, entry.reference, entry.at})
                 : Event(Attest{entry.seller, entry.kind, entry.reference, entry.detail, entry.at});
  TRY(Decide(context, entry.seller, event, done));
  return kDone;
}

Result<void> CheckNotice(const Context& context, const SellerName& seller,
                         const std::string& case_ref) {
  TRY_ASSIGN(const auto registry, context.OpenRegistry(Access::kReadOnly));
  const Result<std::vector<Fact>> facts = registry->CaseFile(seller);
  std::string others;
  if (facts) {
    for (const Fact& fact : *facts) {
      if (fact.kind != FactKind::kNotice) continue;
      if (fact.reference == case_ref) return {};
      others += (others.empty() ? "; there is " : ", ") + fact.reference;
    }
  }
  return Error{Code::kNotFound, fmt::format("{}: there is no notice on case {}{}; enter it first "
                                            "(`revenant notice`)",
                                            seller.ToString(), case_ref, others)};
}

Result<CaseName> CaseArgument(std::string_view text, const SellerName& seller) {
  const std::size_t colon = text.find(':');
  CaseName name{seller.platform, std::string(text)};
  if (colon != text.npos) {
    name = {std::string(text.substr(0, colon)), std::string(text.substr(colon + 1))};
  }
  if (name.platform.empty() || name.reference.empty()) {
    return Error{Code::kInvalidArgument, "--case: name it CASE, or PLATFORM:CASE"};
  }
  return name;
}

Result<std::int64_t> DecimalArgument(std::string_view option, const std::string& text,
                                     std::int64_t scale) {
  const Error wrong{Code::kInvalidArgument,
                    fmt::format("{}: not a decimal number from 0 on with at most {} decimals",
                                option, std::to_string(scale).size() - 1)};
  std::int64_t value = 0;
  std::int64_t unit = 0;  // of the next decimal; 0: still before the point
  for (const char c : text) {
    if (c == '.' && unit == 0) {
      unit = scale;
      continue;
    }
    if (c < '0' || c > '9' || value > kMaxAmount) return wrong;
    if (unit == 0) {
      value = value * 10 + (c - '0') * scale;
    } else {
      unit /= 10;
      if (unit == 0) return wrong;
      value += (c - '0') * unit;
    }
  }
  if (text.empty() || text == "." || value > kMaxAmount) return wrong;
  return value;
}

Result<std::int64_t> MoneyArgument(std::string_view option, const std::string& text,
                                   std::string_view currency) {
  std::int64_t scale = 1;
  for (int i = MinorDigits(currency); i > 0; --i) scale *= 10;
  if (scale > 1) return DecimalArgument(option, text, scale);
  if (text.find('.') == std::string::npos) return DecimalArgument(option, text, scale);
  return Error{Code::kInvalidArgument,
               fmt::format("{}: amounts in {} have no decimals", option, currency)};
}

}  // namespace revenant::cli
