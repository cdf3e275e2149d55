#include "decide.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <span>
#include <vector>

#include "revenant/date_format.h"
#include "revenant/json.h"
#include "revenant/name_hints.h"
#include "revenant/records.h"
#include "try.h"

namespace revenant::cli {
namespace {

constexpr std::size_t kBatchRows = 500;

enum Column : std::size_t { kPlatform, kSeller, kReason, kCase, kAt };

struct Rows {
  std::string file;
  std::vector<Ruling> rulings;
  std::vector<std::uint64_t> lines;
};

Result<Ruling> ReadRow(const TableReader& table, const ReadOptions& options, ReasonColumn reason,
                       const std::optional<DateFormat>& dates, Time now) {
  Ruling row;
  row.seller.platform = TrimBlanks(table.Get(kPlatform));
  if (row.seller.platform.empty()) row.seller.platform = options.platform;
  row.seller.external_id = TrimBlanks(table.Get(kSeller));
  if (IsShortenedNumber(row.seller.external_id)) {
    return table.ErrorAt(kSeller, std::string(kShortenedSeller));
  }
  if (Result<void> good = CheckSellerName(row.seller); !good) {
    return table.ErrorAt(kSeller, good.error().message);
  }
  row.reason = table.Get(kReason);
  if (row.reason.empty() && reason == ReasonColumn::kRequired) {
    return table.ErrorAt(kReason, "the reason is missing");
  }
  row.case_ref = table.Get(kCase);
  row.at = now;
  if (!table.Get(kAt).empty()) {
    Result<Time> at = dates ? dates->Parse(table.Get(kAt)) : ReadTime(table.Get(kAt));
    if (!at) return table.ErrorAt(kAt, at.error().message);
    row.at = *at;
  }
  return row;
}

Result<Rows> ReadRows(const std::string& file, const ReadOptions& options, ReasonColumn reason,
                      Time now) {
  std::optional<DateFormat> dates;
  if (!options.date_format.empty()) {
    TRY_ASSIGN(dates, DateFormat::Create(options.date_format));
  }
  const TableReader::Column columns[] = {{"platform", options.platform.empty()},
                                         {"seller", true},
                                         {"reason", reason == ReasonColumn::kRequired},
                                         {"case", false},
                                         {"at", false}};
  TRY_ASSIGN(const auto table, TableReader::Open(file, columns, options));
  Rows rows{file == "-" ? "stdin" : file, {}, {}};
  while (true) {
    TRY_ASSIGN(const bool more, table->Next());
    if (!more) return rows;
    TRY_ASSIGN(Ruling row, ReadRow(*table, options, reason, dates, now));
    rows.rulings.push_back(std::move(row));
    rows.lines.push_back(table->line());
  }
}

}  // namespace

namespace {

std::string Join(const std::vector<std::string>& items) {
  std::string text;
  for (const std::string& item : items) text += (text.empty() ? "" : "; ") + item;
  return text;
}

// "still banned: case 2 since 2026-03-01 (fraud)", where a lifting left something standing.
std::string StillWords(const Event& event, const std::vector<InForce>& still) {
  const bool ban = std::holds_alternative<Reinstate>(event);
  const bool pair = std::holds_alternative<AllowLink>(event);
  std::vector<std::string> cases;
  for (const InForce& one : still) {
    std::string text = one.reference.empty() ? "" : fmt::format("case {} ", one.reference);
    text += "since " + FormatTime(one.since);
    if (ban && !one.reason.empty()) text += fmt::format(" ({})", one.reason);
    cases.push_back(std::move(text));
  }
  if (pair) return "still held apart: found " + Join(cases) + ", which is later than this";
  return (ban ? "still banned: " : "still in force: ") + Join(cases);
}

}  // namespace

Result<void> CheckKnown(const Registry& registry, const SellerName& seller) {
  const auto cluster = registry.Cluster(seller);
  if (cluster || cluster.error().code != Code::kNotFound) return {};
  return Error{
      Code::kNotFound,
      fmt::format("{}: there is no such seller in this store, so there is nothing to take back",
                  seller.ToString())};
}

Result<Entered> EnterDecision(Context& context, Registry& registry, const SellerName& seller,
                              const Event& event) {
  const bool is_known = registry.Cluster(seller).has_value();
  const auto* finding = std::get_if<CannotLink>(&event);
  const bool other_is_known = finding == nullptr || registry.Cluster(finding->b).has_value();
  const bool lifts = std::holds_alternative<Reinstate>(event) ||
                     std::holds_alternative<Retract>(event) ||
                     std::holds_alternative<Revoke>(event);
  if (lifts) TRY(CheckKnown(registry, seller));
  TRY_ASSIGN(const Time now, context.Now());
  TRY_ASSIGN(Entered entered, registry.Enter(event, now, Durability::kSynced));
  const auto not_enrolled = [&](const SellerName& name) {
    context.Note(fmt::format("{} is not enrolled yet; this counts once it is", name.ToString()));
  };
  if (!is_known && !std::holds_alternative<Forget>(event)) not_enrolled(seller);
  if (!other_is_known) not_enrolled(finding->b);
  return entered;
}

void PrintDecision(Context& context, const SellerName& seller, const Event& event,
                   const Entered& entered, std::string_view done) {
  const Applied& applied = entered.applied;
  // A ban of a later date is not lifted, and then it must not read as if it were.
  const bool in_vain = !entered.still.empty() && !std::holds_alternative<Revoke>(event) &&
                       !std::holds_alternative<Retract>(event);
  std::string line =
      in_vain ? fmt::format("{} is {}", seller.ToString(), StillWords(event, entered.still))
              : fmt::format("{} {}{}", seller.ToString(), done,
                            applied.changed
                                ? ""
                                : " (nothing changed: it is on record, or a later entry stands)");
  if (!in_vain && !entered.still.empty()) line += "; " + StillWords(event, entered.still);
  if (applied.cluster_size > 0) {
    line += fmt::format("; now in cluster {} of {}", applied.cluster.ToHex(),
                        Counted(applied.cluster_size, "seller"));
  }
  if (applied.sellers_moved > 0) {
    line += fmt::format("; {} moved to another cluster", Counted(applied.sellers_moved, "seller"));
  }
  if (applied.new_alerts > 0) line += fmt::format("; {}", Counted(applied.new_alerts, "alert"));
  context.out.Line(line);
}

Result<Applied> Decide(Context& context, const SellerName& seller, const Event& event,
                       std::string_view done) {
  TRY_ASSIGN(const auto registry, context.OpenRegistry(Access::kReadWrite));
  TRY_ASSIGN(const Entered entered, EnterDecision(context, *registry, seller, event));
  if (context.json) {
    context.out.Line(ToJson(seller, entered));
  } else {
    PrintDecision(context, seller, event, entered, done);
  }
  return entered.applied;
}

Result<int> DecideAll(Context& context, const std::string& file, const TableArgs& table,
                      ReasonColumn reason, std::string_view done,
                      const std::function<Event(const Ruling&)>& make) {
  TRY_ASSIGN(const Time now, context.Now());
  TRY_ASSIGN(const ReadOptions options, table.ReadingOptions());
  TRY_ASSIGN(const Rows rows, ReadRows(file, options, reason, now));
  TRY_ASSIGN(const auto registry, context.OpenRegistry(Access::kReadWrite));
  std::vector<Registry::Refusal> refused;  // indexes over all rows
  std::uint64_t changed = 0, left = 0;     // left: with something that still stands
  std::set<SellerName> unknown;
  const std::span<const Ruling> all = rows.rulings;
  for (std::size_t begin = 0; begin < all.size(); begin += kBatchRows) {
    const auto part = all.subspan(begin, std::min(kBatchRows, all.size() - begin));
    std::vector<Event> events;
    std::vector<bool> is_known;
    for (const Ruling& row : part) {
      events.push_back(make(row));
      is_known.push_back(registry->Cluster(row.seller).has_value());
    }
    std::vector<Registry::Refusal> some;
    TRY_ASSIGN(const std::vector<Entered> entered,
               registry->EnterAll(events, now, &some, Durability::kSynced));
    auto next = some.begin();
    for (std::size_t i = 0; i < part.size(); ++i) {
      if (next != some.end() && next->index == i) {
        refused.push_back({begin + i, next->error});
        ++next;
        continue;
      }
      if (!is_known[i]) unknown.insert(part[i].seller);
      changed += entered[i].applied.changed;
      left += !entered[i].still.empty();
      if (context.json) context.out.Line(ToJson(part[i].seller, entered[i]));
    }
  }
  if (!context.json) {
    const std::size_t entered = all.size() - refused.size();
    context.out.Line(fmt::format("{}: {} {}, {} of them newly so", rows.file,
                                 Counted(entered, "row"), done, Grouped(changed)));
    if (left > 0) {
      context.out.Line(fmt::format("{} still banned under another case, or a later one",
                                   left == 1 ? "1 is" : Grouped(left) + " are"));
    }
  }
  if (!unknown.empty()) {
    context.Note(
        fmt::format("{} not enrolled yet, such as {}; what was entered counts once {}",
                    unknown.size() == 1 ? "1 seller is" : Grouped(unknown.size()) + " sellers are",
                    unknown.begin()->ToString(), unknown.size() == 1 ? "it is" : "they are"));
  }
  if (refused.empty()) return kDone;
  return Error{Code::kConflict,
               fmt::format("{}:{}: {} (refused: {} in all; every other row was entered)", rows.file,
                           rows.lines[refused.front().index], refused.front().error.message,
                           Counted(refused.size(), "row"))};
}

}  // namespace revenant::cli
