#include "audit/audit_batch.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include "audit/outcomes.h"
#include "revenant/json.h"
#include "util/bytes.h"
#include "util/try.h"

namespace revenant {
namespace {

// Whether a verdict says only that nothing is known, about an application with nothing unusual.
bool IsPlain(const Verdict& verdict) {
  return verdict.decision == Decision::kClear && verdict.links.empty() && verdict.foreign.empty() &&
         verdict.attributes.empty() && !verdict.cut_short && verdict.awaiting == 0 &&
         verdict.reasons.size() == 1 && verdict.reasons[0].because == Because::kNoLink &&
         verdict.reasons[0].seller.platform.empty() && verdict.reasons[0].other.platform.empty();
}

// Takes `text` up to and with `marker` off its front.
std::string TakeThrough(std::string_view& text, std::string_view marker) {
  const std::size_t end = text.find(marker) + marker.size();
  std::string taken(text.substr(0, end));
  text.remove_prefix(end);
  return taken;
}

}  // namespace

void VerdictLines::Append(std::string& out, const Verdict& verdict) {
  if (!IsPlain(verdict)) {
    out += ToJson(verdict);
    out += '\n';
    return;
  }
  if (no_link_ != verdict.reasons[0].text || as_of_ != verdict.as_of) Learn(verdict);
  out += before_platform_;
  AppendJsonString(out, verdict.seller.platform);
  out += before_seller_;
  AppendJsonString(out, verdict.seller.external_id);
  out += before_number_;
  fmt::format_to(std::back_inserter(out), "{}", verdict.identifiers);
  out += behind_number_;
}

void VerdictLines::Learn(const Verdict& verdict) {
  no_link_ = verdict.reasons[0].text;
  as_of_ = verdict.as_of;
  Verdict blank = verdict;
  blank.seller = {};
  blank.identifiers = 0;
  const std::string line = ToJson(blank) + "\n";
  std::string_view rest = line;
  before_platform_ = TakeThrough(rest, "\"platform\":");
  before_seller_ = TakeThrough(rest, "\"seller\":").substr(2);  // without the empty platform
  before_number_ = TakeThrough(rest, "\"identifiers\":").substr(2);
  behind_number_ = rest.substr(1);
}

void AuditBatch::Judge() {
  part = {};
  results.clear();
  rejects.clear();
  failure.reset();
  Input input(block.bytes, block.begin);
  const std::unique_ptr<RecordParser> parser = source->Parse(input);
  Result<void> judged = JudgeAll(*parser);
  if (!judged) failure = std::move(judged).error();
  unmapped = parser->unmapped();
  nothing = parser->NoRecordError();
}

Result<void> AuditBatch::JudgeAll(RecordParser& parser) {
  while (true) {
    TRY_ASSIGN(const bool more, parser.Next(input_));
    if (!more) return {};
    ++part.records;
    if (input_.usable) TRY(JudgeRecord());
    std::move(input_.rejects.begin(), input_.rejects.end(), std::back_inserter(rejects));
  }
}

Result<void> AuditBatch::JudgeRecord() {
  TRY_ASSIGN(const Verdict* verdict,
             screener_.ScreenAndCertify(input_.record, certificate_, as_of_));
  part.attributes += input_.record.attributes.size();
  part.identifiers += screener_.identifiers();
  CountOutcomes(source->file(), verdict->attributes, keep_values_, input_, part);
  Count(*verdict);
  // Most have nothing to do with any ban, and their certificates would be most of the results.
  if (verdict->decision == Decision::kClear) {
    lines_.Append(results, *verdict);
  } else {
    results += ToJson(*verdict, certificate_);
    results += '\n';
  }
  return {};
}

void AuditBatch::Count(const Verdict& verdict) {
  ++part.screened;
  if (verdict.decision == Decision::kClear) ++part.clear;
  if (verdict.decision == Decision::kReview) ++part.review;
  if (verdict.decision == Decision::kBlock) ++part.block;
  part.clear_local += verdict.local();
  part.awaiting += verdict.awaiting;
  for (std::size_t i = 0; i < verdict.reasons.size(); ++i) {
    // A verdict may name one several times.
    const auto same = [&](const Reason& reason) {
      return reason.because == verdict.reasons[i].because;
    };
    const auto here = verdict.reasons.begin() + static_cast<std::ptrdiff_t>(i);
    if (std::none_of(verdict.reasons.begin(), here, same)) ++part.reasons[here->because];
  }
  if (verdict.decision == Decision::kClear || verdict.links.empty()) return;
  const Link& link = verdict.links.front();
  ++part.leads_to[link.seller];
  if (!link.path.empty() && !link.path.front().shared.empty()) {
    ++part.kinds[link.path.front().shared.front().kind];
  }
}

void AddPart(AuditReport& report, const AuditReport& part) {
  using Number = std::uint64_t AuditReport::*;
  constexpr Number kNumbers[] = {
      &AuditReport::records,     &AuditReport::screened, &AuditReport::clear,
      &AuditReport::review,      &AuditReport::block,    &AuditReport::attributes,
      &AuditReport::identifiers, &AuditReport::invalid,  &AuditReport::junk,
      &AuditReport::clear_local, &AuditReport::awaiting};
  for (const Number number : kNumbers) report.*number += part.*number;
  for (const auto& [because, count] : part.reasons) report.reasons[because] += count;
  for (const auto& [kind, count] : part.kinds) report.kinds[kind] += count;
  for (const auto& [seller, count] : part.leads_to) report.leads_to[seller] += count;
}

}  // namespace revenant
