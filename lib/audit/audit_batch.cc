#include "audit/audit_batch.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include "audit/outcomes.h"
#include "audit/sellers_apart.h"
#include "audit/verdict_json.h"
#include "revenant/json.h"
#include "util/bytes.h"
#include "util/json_writer.h"
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
    AppendOpenJson(out, verdict, {}, nullptr);
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
  std::string line;
  AppendOpenJson(line, blank, {}, nullptr);
  std::string_view rest = line;
  before_platform_ = TakeThrough(rest, "\"platform\":");
  before_seller_ = TakeThrough(rest, "\"seller\":").substr(2);  // without the empty platform
  before_number_ = TakeThrough(rest, "\"identifiers\":").substr(2);
  behind_number_ = rest.substr(1);
}

void AuditBatch::Judge() {
  part = {};
  for (std::string* text : {&results, &rows, &held, &sellers}) text->clear();
  rings.Clear();
  rejects.clear();
  leading.clear();
  has_second_seller = false;
  failure.reset();
  Result<void> judged = source ? JudgeBlock() : stored.empty() ? JudgeChosen() : JudgeStored();
  if (!judged) failure = std::move(judged).error();
  values_.Forget();
}

Result<void> AuditBatch::JudgeBlock() {
  Input input(block.bytes, block.begin);
  const std::unique_ptr<RecordParser> parser = source->Parse(input);
  trailing = {};
  SellerName first;
  const auto judge = [&](AuditedRows& one) { return JudgeRows(one); };
  const auto judge_all = [&]() -> Result<void> {
    while (true) {
      TRY_ASSIGN(const bool more, parser->Next(input_));
      if (!more) return {};
      if (!has_second_seller && input_.usable) {
        if (first.external_id.empty()) first = input_.record.seller;
        has_second_seller = input_.record.seller != first;
      }
      if (!has_second_seller) {
        leading.push_back(std::move(input_));
        continue;
      }
      TRY(trailing.Take(input_, judge));
    }
  };
  Result<void> judged = judge_all();
  unmapped = parser->unmapped();
  nothing = parser->NoRecordError();
  return judged;
}

Result<void> AuditBatch::JudgeChosen() {
  for (AuditedRows& one : chosen) TRY(JudgeRows(one));
  return {};
}

Result<void> AuditBatch::JudgeStored() {
  for (const SellerName& seller : stored) {
    ++part.records;
    TRY(JudgeSeller(seller));
  }
  return {};
}

Result<void> AuditBatch::JudgeRows(AuditedRows& one) {
  InputRecord& input = one.application.input;
  part.records += one.rows();
  part.refused += one.refused;
  if (!input.usable) {
    std::move(input.rejects.begin(), input.rejects.end(), std::back_inserter(rejects));
    return {};
  }
  if (IsSince(options_.since, one.application.latest)) {
    TRY(JudgeApplication(one));
  } else {
    part.skipped += one.application.rows;
    // Without a date perhaps because it could not be read: that is said.
    if (one.application.latest.known()) input.rejects.clear();
  }
  std::move(one.refusals.begin(), one.refusals.end(), std::back_inserter(input.rejects));
  if (one.rows() > 1) {
    std::stable_sort(input.rejects.begin(), input.rejects.end(),
                     [](const Reject& a, const Reject& b) { return a.line < b.line; });
  }
  std::move(input.rejects.begin(), input.rejects.end(), std::back_inserter(rejects));
  return {};
}

Result<void> AuditBatch::JudgeApplication(AuditedRows& one) {
  InputRecord& input = one.application.input;
  TRY_ASSIGN(const Verdict* verdict,
             screener_.ScreenAndCertify(input.record, certificate_, as_of_));
  part.attributes += input.record.attributes.size();
  part.identifiers += screener_.identifiers();
  part.merged += one.application.rows - 1;
  part.cut += one.is_cut;
  AppendSeller(sellers, input.record.seller);
  CountOutcomes(file, verdict->attributes, options_.read.keep_values, input, part);
  return Write(*verdict);
}

Result<void> AuditBatch::JudgeSeller(const SellerName& seller) {
  TRY_ASSIGN(const Enrol application, registry_.ApplicationOf(seller));
  if (!IsSince(options_.since, application.seen)) {
    ++part.skipped;
    return {};
  }
  part.attributes += application.attributes.size();
  TRY_ASSIGN(const Verdict* verdict, screener_.Screen(application, as_of_));
  part.identifiers += screener_.identifiers();
  certificate_.clear();
  if (verdict->decision == Decision::kClear) {
    return Write(*verdict);
  }
  TRY_ASSIGN(Certified certified, registry_.Certify(application, as_of_));
  if (certified.verdict.decision != Decision::kClear) {
    certificate_ = std::move(certified.certificate);
  }
  return Write(certified.verdict);
}

Result<void> AuditBatch::Write(const Verdict& verdict) {
  Count(verdict);
  if (options_.among) {
    held_.decision = verdict.decision;
    held_.seller = verdict.seller.ToString();
    held_.line.clear();
    held_.row.clear();
    TRY(Spell(held_.line, held_.row, verdict));
    AppendHeld(held, held_);
    linking_.clear();
    screener_.AppendLinking(linking_);
    rings.Add(verdict.seller, linking_);
    return {};
  }
  if (options_.results == AuditResults::kFindings && verdict.decision == Decision::kClear)
    return {};
  TRY(Spell(results, rows, verdict));
  results += kLineEnd;
  ++part.written;
  return {};
}

Result<void> AuditBatch::Spell(std::string& lines, std::string& csv, const Verdict& verdict) {
  AppendResultRow(csv, verdict);
  // Most have nothing to do with any ban, and their certificates would be most of the results.
  if (verdict.decision == Decision::kClear) {
    lines_.Append(lines, verdict);
    return {};
  }
  TRY_ASSIGN(const std::vector<ValueFacts> values, values_.Of(verdict.links));
  const std::span<const ValueFacts> all = values;
  AppendOpenJson(lines, verdict, certificate_, &all);
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

void AppendResultHeader(std::string& out) {
  AppendCsvRow(out, {"platform", "seller", "verdict", "because", "leads_to", "strength_bits",
                     "hops", "kinds", "banned_at", "ban_reason", "ban_case", "ring"});
}

void AppendResultRow(std::string& out, const Verdict& verdict) {
  if (verdict.links.empty() && verdict.reasons.size() == 1) {  // nearly all: eight cells are empty
    AppendCsvRow(
        out, {verdict.seller.platform, verdict.seller.external_id, DecisionName(verdict.decision),
              BecauseName(verdict.reasons.front().because)});
    out.insert(out.size() - 1, ",,,,,,,,");
    return;
  }
  std::string because, leads_to, strength, hops, kinds, banned_at;
  std::string_view reason, case_ref;
  const auto add = [](std::string& list, std::string_view word) {
    if (list.empty()) {
      list = word;
    } else if (fmt::format(";{};", list).find(fmt::format(";{};", word)) == std::string::npos) {
      list += ';';
      list += word;
    }
  };
  for (const Reason& one : verdict.reasons) add(because, BecauseName(one.because));
  if (!verdict.links.empty()) {
    const Link& link = verdict.links.front();
    leads_to = link.seller.ToString();
    JsonWriter(strength).Bits({}, link.strength);
    hops = fmt::format("{}", link.path.size());
    if (!link.path.empty()) {
      for (const SharedIdentifier& shared : link.path.front().shared) add(kinds, shared.kind);
    }
    if (link.banned_at.known()) banned_at = FormatTime(link.banned_at);
    reason = link.ban_reason;
    case_ref = link.ban_case;
  }
  AppendCsvRow(out,
               {verdict.seller.platform, verdict.seller.external_id, DecisionName(verdict.decision),
                because, leads_to, strength, hops, kinds, banned_at, reason, case_ref, ""});
}

}  // namespace revenant
