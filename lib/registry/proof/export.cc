// The canonical dump: equal facts give equal bytes, in whatever order they came.

#include "registry/proof/export.h"

#include <algorithm>
#include <map>

#include "registry/state/kind_policies.h"
#include "registry/state/live.h"
#include "registry/state/meta_rows.h"
#include "registry/state/seller_names.h"
#include "util/bytes.h"
#include "util/json_writer.h"
#include "util/text_digest.h"
#include "util/try.h"

namespace revenant {
namespace {

// A register; nothing at all where it was never set.
void WriteRegister(JsonWriter& line, std::string_view name, std::int64_t micros) {
  if (micros != ObservationRow::kNever) line.Moment(name, Time{micros});
}

class Exporter {
 public:
  Exporter(const View& view, const LinkPolicy& policy, ExportScope scope,
           const std::function<void(std::string_view)>& sink)
      : view_(view), policy_(policy), kinds_(policy, view), scope_(scope), sink_(sink) {}

  Result<void> Run() {
    if (facts()) {
      JsonWriter line(line_);
      line.Object().Count("v", 1).Text("policy", FormatLinkPolicy(policy_));
      TRY_ASSIGN(const std::optional<std::string> enforcement,
                 view_.Get(Table::kMeta, kEnforcementName));
      if (enforcement) line.Text("enforcement", *enforcement);
      line.Flag("counted", true).End();
      Emit();
    }
    TRY_ASSIGN(const auto platforms, Platforms());
    for (const auto& [name, platform] : platforms) {
      TRY(view_.Scan(Table::kNames, NameKey(platform, ""),
                     [&](std::string_view, std::string_view value) -> Result<bool> {
                       TRY_ASSIGN(const std::uint64_t number, DecodeNumber(value));
                       TRY(Seller(SellerId{number}));
                       return true;
                     }));
    }
    if (!facts()) return {};
    TRY(Tombstones());
    JsonWriter line(line_);
    line.Object().Count("v", 1).Count("lines", lines_).Text("digest", digest_.Hex()).End();
    Emit();
    return {};
  }

  Result<void> RunFor(SellerId seller) { return Seller(seller); }

 private:
  bool facts() const { return scope_ == ExportScope::kFacts; }

  void Emit() {
    line_ += '\n';
    if (facts()) digest_.Add(line_);
    ++lines_;
    sink_(line_);
    line_.clear();
  }

  // Platforms by name: keys hold their numbers, which depend on the order of arrival.
  Result<std::map<std::string, WordId>> Platforms() const {
    std::map<std::string, WordId> platforms;
    TRY(view_.Scan(Table::kWords, "",
                   [&](std::string_view key, std::string_view text) -> Result<bool> {
                     ByteReader reader(key);
                     platforms.emplace(text, WordId{reader.BigEndian32()});
                     return true;
                   }));
    return platforms;
  }

  Result<void> Seller(SellerId seller) {
    TRY_ASSIGN(const SellerRow row, view_.NeedSeller(seller));
    const SellerName name = view_.NameOf(row);
    JsonWriter line(line_);
    line.Object().Count("v", 1);
    line.Text("platform", name.platform).Text("seller", name.external_id);
    line.Text("status", StatusName(row.status));
    if (row.since.known()) line.Text("since", FormatTime(row.since));
    if (!facts()) {
      TRY_ASSIGN(const ClusterId cluster, ClusterIdOf(view_, row));
      line.Text("cluster", cluster.ToHex());
    }
    TRY_ASSIGN(const bool observed, Observations(seller, line));
    TRY_ASSIGN(const bool banned, Cases(seller, CaseType::kBan, "bans", line));
    TRY_ASSIGN(const bool infringing,
               Cases(seller, CaseType::kInfringement, "infringements", line));
    TRY_ASSIGN(const bool filed, File(seller, line));
    TRY_ASSIGN(const bool paired, Pairs(seller, line));
    line.End();
    // A seller of which nothing counts today leaves no trace in the live view.
    if (row.status != SellerStatus::kMentioned || observed || banned || infringing || filed ||
        paired) {
      Emit();
    } else {
      line_.clear();
    }
    return {};
  }

  Result<bool> Observations(SellerId seller, JsonWriter& line) {
    std::map<std::pair<Fingerprint, std::string>, std::pair<ObservationRow, Shown>> rows;
    if (facts()) {
      TRY(view_.ForEachObservation(
          seller, [&](const ObservationKey& key, const ObservationRow& row) -> Result<bool> {
            rows.emplace(std::pair(key.root, view_.Word(key.source)), std::pair(row, Shown{}));
            return true;
          }));
    } else {
      TRY(ForEachLive(view_, seller, [&](LiveObservation& live) -> Result<bool> {
        rows.emplace(std::pair(live.key.root, view_.Word(live.key.source)),
                     std::pair(live.row, live.shown));
        return true;
      }));
    }
    line.Array("observations");
    for (const auto& [key, value] : rows) {
      const auto& [row, shown] = value;
      line.Object().Text("root", key.first.ToHex());
      if (!key.second.empty()) line.Text("source", key.second);
      WriteRegister(line, "first", facts() ? row.first : shown.first.micros);
      WriteRegister(line, "last", facts() ? row.last : shown.last.micros);
      if (facts()) WriteRegister(line, "through", row.through);
      line.Array("identifiers");
      for (const ObservationRow::Item& item : row.items) TRY(Identifier(item, line));
      line.End().End();
    }
    line.End();
    return !rows.empty();
  }

  Result<void> Identifier(const ObservationRow::Item& item, JsonWriter& line) {
    line.Object().Text("kind", view_.Word(item.kind));
    line.Text("fingerprint", item.fingerprint.ToHex());
    if (item.junk) line.Flag("junk", true);
    if (facts() && item.junk != item.reads_junk) {
      line.Flag("reads_junk", item.reads_junk);
    }
    // `checked` is said of all that is verified: without it a line is one of before (facts.cc).
    if (item.checked || item.verified) line.Flag("checked", item.checked);
    if (item.verified) line.Flag("verified", true);
    if (!facts() && !item.junk && kinds_.Linking(item.kind)) {
      TRY_ASSIGN(const std::optional<FingerprintRow> row, view_.FingerprintState(item.fingerprint));
      if (row && kinds_.IsHub(*row)) line.Flag("hub", true);
    }
    line.End();
    return {};
  }

  Result<bool> Cases(SellerId seller, CaseType type, std::string_view title, JsonWriter& line) {
    bool any = false;
    std::vector<std::pair<CaseKey, CaseRow>> rows;
    std::int64_t every_lifted = ObservationRow::kNever;
    TRY(view_.ForEachCase(seller, type,
                          [&](const CaseKey& key, const CaseRow& row) -> Result<bool> {
                            if (key.every_case) every_lifted = row.lifted;
                            rows.emplace_back(key, row);
                            return true;
                          }));
    line.Array(title);
    for (const auto& [key, row] : rows) {
      if (!facts() && (key.every_case || row.set <= std::max(row.lifted, every_lifted))) continue;
      any = true;
      line.Object();
      if (key.every_case) {
        line.Flag("every_case", true);
      } else {
        line.Text("case", key.case_ref);
      }
      line.Text(type == CaseType::kBan ? "reason" : "right", row.reason);
      WriteRegister(line, "at", row.set);
      if (facts()) WriteRegister(line, "lifted", row.lifted);
      line.End();
    }
    line.End();
    return any;
  }

  // What is on file, by kind and reference; nothing at all where nothing is.
  Result<bool> File(SellerId seller, JsonWriter& line) {
    bool any = false;
    for (const FactKind kind : kFactKinds) {
      TRY(view_.ForEachCase(seller, CaseTypeOf(kind),
                            [&](const CaseKey& key, const CaseRow& row) -> Result<bool> {
                              if (!facts() && !row.in_force()) return true;
                              if (!any) line.Array("file");
                              any = true;
                              line.Object().Text("kind", FactKindName(kind));
                              line.Text("reference", key.case_ref).Text("detail", row.reason);
                              WriteRegister(line, "at", row.set);
                              if (facts()) WriteRegister(line, "lifted", row.lifted);
                              line.End();
                              return true;
                            }));
    }
    if (any) line.End();
    return any;
  }

  Result<bool> Pairs(SellerId seller, JsonWriter& line) {
    std::map<SellerName, PairRow> rows;
    TRY(view_.ForEachPair(seller, [&](SellerId other, const PairRow& row) -> Result<bool> {
      if (!facts() && !row.in_force()) return true;
      TRY_ASSIGN(const SellerRow other_row, view_.NeedSeller(other));
      rows.emplace(view_.NameOf(other_row), row);
      return true;
    }));
    line.Array("cannot_link");
    for (const auto& [name, row] : rows) {
      line.Object().Text("platform", name.platform).Text("seller", name.external_id);
      WriteRegister(line, "at", row.forbidden);
      if (facts()) WriteRegister(line, "allowed", row.allowed);
      line.End();
    }
    line.End();
    return !rows.empty();
  }

  Result<void> Tombstones() {
    return view_.Scan(Table::kTombstones, "",
                      [&](std::string_view key, std::string_view value) -> Result<bool> {
                        TRY_ASSIGN(const std::uint64_t code, DecodeNumber(value));
                        JsonWriter line(line_);
                        line.Object().Count("v", 1).Text("forgotten", HexEncode(key));
                        WriteRegister(line, "at", UnZigZag(code));
                        line.End();
                        Emit();
                        return true;
                      });
  }

  const View& view_;
  const LinkPolicy& policy_;
  KindPolicies kinds_;
  const ExportScope scope_;
  const std::function<void(std::string_view)>& sink_;
  std::string line_;
  std::uint64_t lines_ = 0;
  TextDigest digest_;  // of the lines so far
};

}  // namespace

Result<void> ExportAll(const View& view, const LinkPolicy& policy, ExportScope scope,
                       const std::function<void(std::string_view)>& sink) {
  return Exporter(view, policy, scope, sink).Run();
}

Result<std::string> ExportOf(const View& view, const LinkPolicy& policy, const SellerName& seller,
                             ExportScope scope) {
  TRY_ASSIGN(const auto known, FindNamed(view, seller));
  std::string line;
  const std::function<void(std::string_view)> sink = [&](std::string_view piece) { line += piece; };
  TRY(Exporter(view, policy, scope, sink).RunFor(known.first));
  return line;
}

}  // namespace revenant
