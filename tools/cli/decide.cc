#include "decide.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <span>
#include <vector>

#include "audit/read_time.h"
#include "revenant/audit.h"
#include "revenant/json.h"
#include "util/try.h"

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

Result<void> CheckKnown(const Registry& registry, const SellerName& seller) {
  const auto cluster = registry.Cluster(seller);
  if (cluster || cluster.error().code != Code::kNotFound) return {};
  return Error{Code::kNotFound,
               fmt::format("{}: there is no such seller in this store, so nothing to take back",
                           seller.ToString())};
}

Result<Applied> EnterDecision(Context& context, Registry& registry, const SellerName& seller,
                              const Event& event) {
  const bool is_known = registry.Cluster(seller).has_value();
  const bool lifts = std::holds_alternative<Reinstate>(event) ||
                     std::holds_alternative<Retract>(event) ||
                     std::holds_alternative<Revoke>(event);
  if (lifts) TRY(CheckKnown(registry, seller));
  TRY_ASSIGN(const Applied applied, registry.Apply(event, Durability::kSynced));
  if (!is_known && !std::holds_alternative<Forget>(event)) {
    context.Note(fmt::format("{} is not enrolled yet; this counts once it is", seller.ToString()));
  }
  return applied;
}

void PrintDecision(Context& context, const SellerName& seller, const Applied& applied,
                   std::string_view done) {
  std::string line =
      fmt::format("{} {}{}", seller.ToString(), done, applied.changed ? "" : " (nothing changed)");
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
  TRY_ASSIGN(const Applied applied, EnterDecision(context, *registry, seller, event));
  if (context.json) {
    context.out.Line(ToJson(seller, applied));
  } else {
    PrintDecision(context, seller, applied, done);
  }
  return applied;
}

Result<int> DecideAll(Context& context, const std::string& file, const TableArgs& table,
                      ReasonColumn reason, std::string_view done,
                      const std::function<Event(const Ruling&)>& make) {
  TRY_ASSIGN(const Time now, context.Now());
  TRY_ASSIGN(const ReadOptions options, table.ReadingOptions());
  TRY_ASSIGN(const Rows rows, ReadRows(file, options, reason, now));
  TRY_ASSIGN(const auto registry, context.OpenRegistry(Access::kReadWrite));
  std::vector<Registry::Refusal> refused;  // indexes over all rows
  std::uint64_t changed = 0;
  const std::span<const Ruling> all = rows.rulings;
  for (std::size_t begin = 0; begin < all.size(); begin += kBatchRows) {
    const auto part = all.subspan(begin, std::min(kBatchRows, all.size() - begin));
    std::vector<Event> events;
    for (const Ruling& row : part) events.push_back(make(row));
    std::vector<Registry::Refusal> some;
    TRY_ASSIGN(const std::vector<Applied> applied,
               registry->ApplyAll(events, nullptr, &some, Durability::kSynced));
    auto next = some.begin();
    for (std::size_t i = 0; i < part.size(); ++i) {
      if (next != some.end() && next->index == i) {
        refused.push_back({begin + i, next->error});
        ++next;
        continue;
      }
      changed += applied[i].changed;
      if (context.json) context.out.Line(ToJson(part[i].seller, applied[i]));
    }
  }
  if (!context.json) {
    context.out.Line(fmt::format("{}: {} {}, {} of them not so before", rows.file,
                                 Counted(all.size() - refused.size(), "row"), done,
                                 Grouped(changed)));
  }
  if (refused.empty()) return kDone;
  return Error{Code::kConflict,
               fmt::format("{}:{}: {} (refused: {} in all; every other row was entered)", rows.file,
                           rows.lines[refused.front().index], refused.front().error.message,
                           Counted(refused.size(), "row"))};
}

}  // namespace revenant::cli
