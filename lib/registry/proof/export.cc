// The canonical dump: equal facts give equal bytes, whatever the order in which they came.

#include "registry/proof/export.h"

#include <algorithm>
#include <map>

#include "registry/state/kind_policies.h"
#include "registry/state/live.h"
#include "registry/state/meta_rows.h"
#include "registry/state/seller_names.h"
#include "util/bytes.h"
#include "util/try.h"

namespace revenant {
namespace {

// Writes one JSON object on one line, fields in the order in which they are added.
class JsonLine {
 public:
  explicit JsonLine(std::string& out) : out_(out) {}
  JsonLine& Key(std::string_view name) {
    Comma();
    AppendJsonString(out_, name);
    out_ += ':';
    fresh_ = true;
    return *this;
  }
  JsonLine& Text(std::string_view text) {
    Comma();
    AppendJsonString(out_, text);
    return *this;
  }
  JsonLine& Raw(std::string_view json) {
    Comma();
    out_ += json;
    return *this;
  }
  JsonLine& Open(char bracket) {
    Comma();
    out_ += bracket;
    fresh_ = true;
    return *this;
  }
  JsonLine& Close(char bracket) {
    out_ += bracket;
    fresh_ = false;
    return *this;
  }
  // A register; nothing at all where it was never set.
  void Moment(std::string_view name, std::int64_t micros) {
    if (micros == ObservationRow::kNever) return;
    Key(name);
    if (micros == Time::kUnknownMicros) {
      Raw("null");
    } else {
      Text(FormatTime(Time{micros}));
    }
  }

 private:
  void Comma() {
    if (!fresh_) out_ += ',';
    fresh_ = false;
  }
  std::string& out_;
  bool fresh_ = true;
};

class Exporter {
 public:
  Exporter(const View& view, const LinkPolicy& policy, ExportScope scope,
           const std::function<void(std::string_view)>& sink)
      : view_(view), policy_(policy), kinds_(policy, view), scope_(scope), sink_(sink) {}

  Result<void> Run() {
    if (facts()) {
      JsonLine line(line_);
      line.Open('{').Key("v").Raw("1").Key("policy").Text(FormatLinkPolicy(policy_));
      TRY_ASSIGN(const std::optional<std::string> enforcement,
                 view_.Get(Table::kMeta, kEnforcementName));
      if (enforcement) line.Key("enforcement").Text(*enforcement);
      line.Close('}');
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
    return facts() ? Tombstones() : Result<void>();
  }

  Result<void> RunFor(SellerId seller) { return Seller(seller); }

 private:
  bool facts() const { return scope_ == ExportScope::kFacts; }

  void Emit() {
    line_ += '\n';
    sink_(line_);
    line_.clear();
  }

  // Platforms by name: keys hold their numbers, which depend on who came first.
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
    JsonLine line(line_);
    line.Open('{').Key("v").Raw("1");
    line.Key("platform").Text(name.platform).Key("seller").Text(name.external_id);
    line.Key("status").Text(StatusName(row.status));
    if (row.since.known()) line.Key("since").Text(FormatTime(row.since));
    if (!facts()) {
      TRY_ASSIGN(const ClusterId cluster, ClusterIdOf(view_, row));
      line.Key("cluster").Text(cluster.ToHex());
    }
    TRY_ASSIGN(const bool observed, Observations(seller, line));
    TRY_ASSIGN(const bool banned, Cases(seller, CaseType::kBan, "bans", line));
    TRY_ASSIGN(const bool infringing,
               Cases(seller, CaseType::kInfringement, "infringements", line));
    TRY_ASSIGN(const bool filed, File(seller, line));
    TRY_ASSIGN(const bool paired, Pairs(seller, line));
    line.Close('}');
    // A seller of whom nothing counts today leaves no trace in the live view.
    if (row.status != SellerStatus::kMentioned || observed || banned || infringing || filed ||
        paired) {
      Emit();
    } else {
      line_.clear();
    }
    return {};
  }

  Result<bool> Observations(SellerId seller, JsonLine& line) {
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
    line.Key("observations").Open('[');
    for (const auto& [key, value] : rows) {
      const auto& [row, shown] = value;
      line.Open('{').Key("root").Text(key.first.ToHex());
      if (!key.second.empty()) line.Key("source").Text(key.second);
      line.Moment("first", facts() ? row.first : shown.first.micros);
      line.Moment("last", facts() ? row.last : shown.last.micros);
      if (facts()) line.Moment("through", row.through);
      line.Key("identifiers").Open('[');
      for (const ObservationRow::Item& item : row.items) TRY(Identifier(item, line));
      line.Close(']').Close('}');
    }
    line.Close(']');
    return !rows.empty();
  }

  Result<void> Identifier(const ObservationRow::Item& item, JsonLine& line) {
    line.Open('{').Key("kind").Text(view_.Word(item.kind));
    line.Key("fingerprint").Text(item.fingerprint.ToHex());
    if (item.junk) line.Key("junk").Raw("true");
    if (facts() && item.junk != item.reads_junk) {
      line.Key("reads_junk").Raw(item.reads_junk ? "true" : "false");
    }
    // `checked` is said of all that is verified: without it a line is one of before (facts.cc).
    if (item.checked || item.verified) line.Key("checked").Raw(item.checked ? "true" : "false");
    if (item.verified) line.Key("verified").Raw("true");
    if (!facts() && !item.junk && kinds_.Linking(item.kind)) {
      TRY_ASSIGN(const std::optional<FingerprintRow> row, view_.FingerprintState(item.fingerprint));
      if (row && kinds_.IsHub(*row)) line.Key("hub").Raw("true");
    }
    line.Close('}');
    return {};
  }

  Result<bool> Cases(SellerId seller, CaseType type, std::string_view title, JsonLine& line) {
    bool any = false;
    std::vector<std::pair<CaseKey, CaseRow>> rows;
    std::int64_t every_lifted = ObservationRow::kNever;
    TRY(view_.ForEachCase(seller, type,
                          [&](const CaseKey& key, const CaseRow& row) -> Result<bool> {
                            if (key.every_case) every_lifted = row.lifted;
                            rows.emplace_back(key, row);
                            return true;
                          }));
    line.Key(title).Open('[');
    for (const auto& [key, row] : rows) {
      if (!facts() && (key.every_case || row.set <= std::max(row.lifted, every_lifted))) continue;
      any = true;
      line.Open('{');
      if (key.every_case) {
        line.Key("every_case").Raw("true");
      } else {
        line.Key("case").Text(key.case_ref);
      }
      line.Key(type == CaseType::kBan ? "reason" : "right").Text(row.reason);
      line.Moment("at", row.set);
      if (facts()) line.Moment("lifted", row.lifted);
      line.Close('}');
    }
    line.Close(']');
    return any;
  }

  // What is on file, by kind and reference; nothing at all where nothing is.
  Result<bool> File(SellerId seller, JsonLine& line) {
    bool any = false;
    for (const FactKind kind : kFactKinds) {
      TRY(view_.ForEachCase(
          seller, CaseTypeOf(kind), [&](const CaseKey& key, const CaseRow& row) -> Result<bool> {
            if (!facts() && !row.in_force()) return true;
            if (!any) line.Key("file").Open('[');
            any = true;
            line.Open('{').Key("kind").Text(FactKindName(kind));
            line.Key("reference").Text(key.case_ref).Key("detail").Text(row.reason);
            line.Moment("at", row.set);
            if (facts()) line.Moment("lifted", row.lifted);
            line.Close('}');
            return true;
          }));
    }
    if (any) line.Close(']');
    return any;
  }

  Result<bool> Pairs(SellerId seller, JsonLine& line) {
    std::map<SellerName, PairRow> rows;
    TRY(view_.ForEachPair(seller, [&](SellerId other, const PairRow& row) -> Result<bool> {
      if (!facts() && !row.in_force()) return true;
      TRY_ASSIGN(const SellerRow other_row, view_.NeedSeller(other));
      rows.emplace(view_.NameOf(other_row), row);
      return true;
    }));
    line.Key("cannot_link").Open('[');
    for (const auto& [name, row] : rows) {
      line.Open('{').Key("platform").Text(name.platform).Key("seller").Text(name.external_id);
      line.Moment("at", row.forbidden);
      if (facts()) line.Moment("allowed", row.allowed);
      line.Close('}');
    }
    line.Close(']');
    return !rows.empty();
  }

  Result<void> Tombstones() {
    return view_.Scan(Table::kTombstones, "",
                      [&](std::string_view key, std::string_view value) -> Result<bool> {
                        TRY_ASSIGN(const std::uint64_t code, DecodeNumber(value));
                        JsonLine line(line_);
                        line.Open('{').Key("v").Raw("1").Key("forgotten").Text(HexEncode(key));
                        line.Moment("at", UnZigZag(code));
                        line.Close('}');
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
