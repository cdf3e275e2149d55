// The shapes of what follows from links (lib/policy/FORMAT.md).

#include <algorithm>

#include "revenant/json.h"
#include "util/json_writer.h"

namespace revenant {
namespace {

void Write(JsonWriter& json, const ReachFact& reach) {
  json.Object("link").Text("from", reach.from.ToString()).Text("why", reach.why);
  json.Bits("weight_bits", reach.strength_millibits).Bits("blame_bits", reach.blame_millibits);
  json.Count("redundancy", reach.redundancy).Count("hops", reach.hops);
  json.Moment("since", reach.since).Array("path");
  for (const std::string& fingerprint : reach.path) json.Text({}, fingerprint);
  json.End().End();
}

// Weights add up in thousandths: 1000 is one infringement.
double Sum(std::uint64_t thousandths) { return static_cast<double>(thousandths) / 1000; }

void Write(JsonWriter& json, const CountedCase& counted) {
  json.Object().Text("platform", counted.name.platform).Text("case", counted.name.reference);
  json.Text("seller", counted.holder.ToString()).Text("right", RightName(counted.right));
  json.Moment("at", counted.at).Flag("countered", counted.countered).Real("sum", Sum(counted.sum));
  if (counted.reach) {
    Write(json, *counted.reach);
  } else {
    json.Null("link");
  }
  json.End();
}

void WriteMembers(JsonWriter& json, const MeasureKey& key) {
  json.Text("step", StepName(key.step)).Text("platform", key.name.platform);
  json.Text("case", key.name.reference).Text("seller", key.seller.ToString());
}

void Write(JsonWriter& json, const MeasureDue& due, const SanctionPolicy& policy) {
  json.Object();
  WriteMembers(json, due.key);
  json.Flag("held", due.held);
  if (due.key.step == Step::kFreeze) {
    json.Real("share", policy.freeze_share / 1000.0).Count("days", policy.freeze_days);
    json.Moment("until", due.until);
  }
  if (due.key.step == Step::kDeduct) {
    json.Count("amount", static_cast<std::uint64_t>(due.amount)).Text("currency", policy.currency);
    json.Count("from_deposit", static_cast<std::uint64_t>(due.from_deposit));
    json.Count("from_insurance", static_cast<std::uint64_t>(due.from_insurance));
    json.TextOrNull("to", due.right_holder);
  }
  json.Array("basis");
  for (const CountedCase& counted : due.basis) Write(json, counted);
  json.End().End();
}

// The members of a measure that was carried out; the caller opens and ends the object.
void WriteMembers(JsonWriter& json, const MeasureFact& measure) {
  WriteMembers(json, measure.key);
  json.Moment("done", measure.done);
  json.Count("amount", static_cast<std::uint64_t>(measure.amount));
}

void Write(JsonWriter& json, const CaseName& name) {
  json.Object().Text("platform", name.platform).Text("case", name.reference).End();
}

std::string_view MetName(Met met) {
  return met == Met::kYes ? "yes" : met == Met::kNo ? "no" : "unknown";
}
std::string_view ShownName(CanShow shown) {
  return shown == CanShow::kYes ? "yes" : shown == CanShow::kNo ? "no" : "unknown";
}

void Write(JsonWriter& json, const DutyLine& line) {
  json.Object().Text("id", line.item->id).Text("title", line.item->title);
  json.Text("shown", ShownName(line.shown)).Text("evidence", line.item->evidence).End();
}

}  // namespace

std::string ToJson(const SanctionAssessment& assessment, const SanctionPolicy& policy) {
  std::string text;
  JsonWriter json(text);
  json.Object().Count("v", 1).Array("standings");
  for (const Standing& standing : assessment.standings) {
    json.Object().Text("seller", standing.seller.ToString()).Real("sum", Sum(standing.sum));
    json.Count("deposit_required", static_cast<std::uint64_t>(standing.deposit_required));
    json.Text("currency", policy.currency).Array("cases");
    for (const CountedCase& counted : standing.cases) Write(json, counted);
    json.End().End();
  }
  json.End().Array("due");
  for (const MeasureDue& due : assessment.due) Write(json, due, policy);
  json.End().Array("to_undo");
  for (const MeasureToUndo& undo : assessment.to_undo) {
    json.Object();
    WriteMembers(json, undo.measure);
    json.Text("because", UndoBecauseName(undo.because)).Array("fallen");
    for (const CaseName& name : undo.fallen) Write(json, name);
    json.End().End();
  }
  json.End().Array("standing");
  for (const MeasureFact& measure : assessment.standing_measures) {
    json.Object();
    WriteMembers(json, measure);
    json.End();
  }
  json.End().Array("proposals");
  for (const Proposal& proposal : assessment.proposals) {
    json.Object().Text("seller", proposal.seller.ToString());
    json.Text("cases_of", proposal.holder.ToString()).Text("why", proposal.why);
    json.Bits("weight_bits", proposal.strength_millibits).Array("cases");
    for (const CaseName& name : proposal.cases) Write(json, name);
    json.End().End();
  }
  json.End().Flag("cut_short", assessment.cut_short).Moment("as_of", assessment.as_of).End();
  return text;
}

std::string ToJson(const SanctionChange& change) {
  std::string text;
  JsonWriter json(text);
  json.Object().Count("v", 1).Text("change", ChangeName(change.change));
  WriteMembers(json, change.key);
  json.End();
  return text;
}

std::string ToJson(const KnowledgeAssessment& assessment) {
  std::string text;
  JsonWriter json(text);
  json.Object().Count("v", 1).Text("seller", assessment.seller.ToString());
  json.Text("knowledge", TierName(assessment.tier)).Array("findings");
  for (const Finding& finding : assessment.findings) {
    json.Object().Text("factor", FactorName(finding.factor)).Text("met", MetName(finding.met));
    json.Text("shows", TierName(finding.tier)).Text("value", finding.value);
    json.Text("threshold", finding.threshold).TextOrNull("source", finding.source);
    json.Moment("at", finding.at).Text("would_change", finding.would_change).End();
  }
  json.End().Moment("as_of", assessment.as_of).End();
  return text;
}

std::string ToJson(const DutyAssessment& assessment) {
  std::string text;
  JsonWriter json(text);
  json.Object().Count("v", 1).Text("platform_type", PlatformTypeName(assessment.type));
  json.Text("level", DutyLevelName(assessment.level));
  json.Bits("review_bits", assessment.thresholds.review_millibits);
  json.Bits("block_bits", assessment.thresholds.block_millibits);
  json.Real("deposit_factor", assessment.thresholds.deposit_factor / 1000.0);
  json.Flag("thresholds_met", assessment.thresholds_met);
  json.Flag("obligations_shown", assessment.obligations_shown);
  json.Flag("exempt", assessment.exempt).Array("obligations");
  for (const DutyLine& line : assessment.obligations) Write(json, line);
  json.End().Array("exemptions");
  for (const DutyLine& line : assessment.exemptions) Write(json, line);
  json.End().End();
  return text;
}

std::string ToJson(const Deadline& deadline, const ClockPolicy& policy) {
  const auto regime = policy.regimes.find(policy.regime);
  const std::int32_t zone = regime == policy.regimes.end() ? 0 : regime->second.zone_minutes;
  std::string text;
  JsonWriter json(text);
  json.Object().Count("v", 1).Text("seller", deadline.seller.ToString());
  json.Text("case", deadline.case_ref).Text("stage", ClockStageName(deadline.stage));
  json.Text("state", DeadlineStateName(deadline.state)).Moment("not_before", deadline.not_before);
  json.Moment("due", deadline.due).Text("due_local", FormatTimeIn(deadline.due, zone));
  json.Moment("done", deadline.done).Text("regime", policy.regime).End();
  return text;
}

std::string ToJson(const SupplierFacts& facts, const SupplierWarning& warning) {
  std::string text;
  JsonWriter json(text);
  json.Object().Count("v", 1).Text("fingerprint", facts.fingerprint);
  json.Flag("warns", warning.warns).Text("text", warning.text).Count("sellers", facts.sellers);
  json.Array("banned");
  for (const SellerName& name : facts.banned) json.Text({}, name.ToString());
  json.End().Array("infringing");
  for (const SellerName& name : facts.infringing) json.Text({}, name.ToString());
  json.End().End();
  return text;
}

std::string ToJson(const Fact& fact) {
  std::string text;
  JsonWriter json(text);
  json.Object().Count("v", 1).Text("kind", FactKindName(fact.kind));
  json.Text("reference", fact.reference).TextOrNull("detail", fact.detail);
  json.Moment("at", fact.at).Moment("lifted", fact.lifted).Flag("in_force", fact.in_force());
  json.End();
  return text;
}

std::string ToJson(const SellerName& seller, const Contest& contest) {
  std::string text;
  JsonWriter json(text);
  json.Object().Count("v", 1).Text("seller", seller.ToString());
  json.Text("reference", contest.reference).Text("statement", contest.objection.statement);
  json.Text("at", FormatTime(contest.at)).Flag("open", contest.open());
  json.Flag("taken_back", contest.taken_back);
  if (contest.review) {
    json.Object("review").Text("by", contest.review->by);
    json.Text("outcome", ReviewOutcomeName(contest.review->outcome));
    json.Text("note", contest.review->note).Text("at", FormatTime(contest.reviewed_at)).End();
  } else {
    json.Null("review");
  }
  json.End();
  return text;
}

Result<std::string> CreditReport(const SanctionAssessment& assessment, const SellerName& seller,
                                 const SanctionPolicy& policy) {
  const auto ours = [&](const MeasureKey& key) { return key.seller == seller; };
  const auto files = [&](const MeasureKey& key) { return ours(key) && key.step == Step::kFile; };
  const bool due =
      std::any_of(assessment.due.begin(), assessment.due.end(),
                  [&](const MeasureDue& each) { return files(each.key) && !each.held; });
  const bool done =
      std::any_of(assessment.standing_measures.begin(), assessment.standing_measures.end(),
                  [&](const MeasureFact& each) { return files(each.key); });
  const auto standing = std::find_if(assessment.standings.begin(), assessment.standings.end(),
                                     [&](const Standing& each) { return each.seller == seller; });
  if ((!due && !done) || standing == assessment.standings.end()) {
    return Error{Code::kNotFound,
                 seller.ToString() + ": nothing has to be filed about this seller"};
  }
  std::string text;
  JsonWriter json(text);
  json.Object().Count("v", 1).Text("type", "credit_report");
  json.Text("platform", seller.platform).Text("seller", seller.external_id);
  json.Real("infringements", Sum(standing->sum)).Array("cases");
  for (const CountedCase& counted : standing->cases) {
    json.Object().Text("platform", counted.name.platform).Text("case", counted.name.reference);
    json.Text("right", RightName(counted.right)).Moment("at", counted.at);
    json.Flag("own", !counted.reach).Flag("countered", counted.countered).End();
  }
  json.End().Array("measures");
  for (const MeasureFact& measure : assessment.standing_measures) {
    if (!ours(measure.key)) continue;
    json.Object().Text("step", StepName(measure.key.step));
    json.Text("platform", measure.key.name.platform).Text("case", measure.key.name.reference);
    json.Moment("done", measure.done).Count("amount", static_cast<std::uint64_t>(measure.amount));
    json.Text("currency", policy.currency).End();
  }
  json.End().Text("filing", done ? "done" : "due").Moment("as_of", assessment.as_of).End();
  return text;
}

}  // namespace revenant
