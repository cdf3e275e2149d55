#include "revenant/json.h"

#include <algorithm>
#include <utility>

#include "audit/verdict_json.h"
#include "linkage/value_facts.h"
#include "util/json_writer.h"

namespace revenant {
namespace {

constexpr std::size_t kMaxLeadsTo = 100;  // banned sellers that a summary names

void Write(JsonWriter& json, std::string_view key, const Sighting& sighting) {
  json.Object(key).Moment("first", sighting.first).Moment("last", sighting.last).Array("sources");
  for (const std::string& source : sighting.sources) json.Text({}, source);
  json.End().End();
}

void Write(JsonWriter& json, const SharedIdentifier& shared) {
  json.Object().Text("kind", shared.kind).Text("fingerprint", shared.fingerprint.ToHex());
  json.Bits("weight_bits", shared.weight);
  // The sources at the far end: the claim on which the link rests.
  json.TextOrNull("source", shared.to.sources.empty() ? std::string_view() : shared.to.sources[0]);
  json.Flag("makes_hop", shared.makes_hop).Flag("from_is_later", shared.from_is_later);
  Write(json, "from", shared.from);
  Write(json, "to", shared.to);
  json.End();
}

void Write(JsonWriter& json, std::string_view key, const std::vector<Hop>& path) {
  json.Array(key);
  for (const Hop& hop : path) {
    json.Object().Text("from", hop.from.ToString()).Text("to", hop.to.ToString());
    json.Bits("weight_bits", hop.weight).Bits("blame_bits", hop.blame_weight);
    if (hop.forbidden) json.Flag("forbidden", true);
    json.Array("shared");
    for (const SharedIdentifier& shared : hop.shared) Write(json, shared);
    json.End().End();
  }
  json.End();
}

// The members of a link; the caller opens and ends the object.
void WriteMembers(JsonWriter& json, const Link& link) {
  json.Text("seller", link.seller.ToString()).Bits("weight_bits", link.strength);
  json.Bits("blame_bits", link.blame_strength).Count("hops", link.path.size());
  json.Count("redundancy", link.redundancy);
  if (link.banned) {
    json.Object("ban").Moment("at", link.banned_at).TextOrNull("reason", link.ban_reason);
    json.TextOrNull("case", link.ban_case).End();
  } else {
    json.Null("ban");
  }
  Write(json, "path", link.path);
  json.Array("runners_up");
  for (const std::vector<Hop>& path : link.runners_up) Write(json, {}, path);
  json.End();
}

void Write(JsonWriter& json, const Reason& reason) {
  json.Object().Text("code", BecauseName(reason.because)).Text("text", reason.text);
  if (!reason.seller.platform.empty()) json.Text("seller", reason.seller.ToString());
  if (!reason.other.platform.empty()) json.Text("other", reason.other.ToString());
  json.End();
}

void Write(JsonWriter& json, const AttributeOutcome& outcome) {
  json.Object().Text("kind", outcome.kind).Text("status", StatusName(outcome.status));
  json.TextOrNull("reason", outcome.reason);
  if (outcome.repaired) json.Flag("repaired", true);
  json.End();
}

void Write(JsonWriter& json, const AttributeCounts& counts) {
  json.Count("attributes", counts.attributes).Count("identifiers", counts.identifiers);
  json.Count("invalid", counts.invalid).Count("junk", counts.junk);
}

// What other platforms' lists say of the links' far ends.
void WriteForeign(JsonWriter& json, const std::vector<ForeignCase>& cases) {
  json.Array("foreign");
  for (const ForeignCase& listed : cases) {
    json.Object().Text("member", listed.seller.platform.substr(kForeignPlatform.size()));
    json.Text("case", listed.seller.external_id).Text("seller", listed.seller.ToString());
    json.Text("reason", listed.reason).Count("infringements", listed.infringements);
    json.Moment("banned_on", listed.banned_at).Moment("listed_at", listed.listed_at);
    json.Moment("expires_on", listed.expires_at).Count("disputes", listed.disputes);
    json.Flag("stale", listed.stale).End();
  }
  json.End();
}

// A writer over a new object that begins as all do.
struct Line {
  std::string text;
  JsonWriter json{text};
  Line() { json.Object().Count("v", 1); }
  std::string Finish() {
    json.End();
    return std::move(text);
  }
};

void WriteVelocity(JsonWriter& json, const Verdict& verdict) {
  json.Array("bursts");
  for (const Burst& burst : verdict.bursts) {
    json.Object().Text("kind", burst.kind).Text("fingerprint", burst.fingerprint.ToHex());
    json.Count("sellers", burst.sellers).Count("before", burst.before);
    json.Count("hours", burst.hours).End();
  }
  json.End().Array("fresh_starts");
  for (const FreshStart& start : verdict.fresh_starts) {
    json.Object().Text("seller", start.seller.ToString()).Moment("banned_at", start.banned_at);
    json.Text("kind", start.kind).Text("fingerprint", start.fingerprint.ToHex());
    json.Count("identifiers", start.identifiers).Count("hours", start.hours).End();
  }
  json.End();
}

}  // namespace

void AppendOpenJson(std::string& out, const Verdict& verdict, std::string_view certificate,
                    const std::span<const ValueFacts>* values) {
  JsonWriter json(out);
  json.Object().Count("v", 1);
  json.Text("platform", verdict.seller.platform).Text("seller", verdict.seller.external_id);
  json.Text("verdict", DecisionName(verdict.decision)).Array("reasons");
  for (const Reason& reason : verdict.reasons) Write(json, reason);
  json.End().Array("links");
  for (const Link& link : verdict.links) {
    json.Object();
    WriteMembers(json, link);
    json.End();
  }
  json.End();
  if (!verdict.foreign.empty()) WriteForeign(json, verdict.foreign);
  if (!verdict.contested.empty()) {
    json.Array("contested");
    for (const SellerName& seller : verdict.contested) json.Text({}, seller.ToString());
    json.End();
  }
  if (!verdict.bursts.empty() || !verdict.fresh_starts.empty()) WriteVelocity(json, verdict);
  json.Array("attributes");
  for (const AttributeOutcome& outcome : verdict.attributes) Write(json, outcome);
  json.End().Count("identifiers", verdict.identifiers).Flag("cut_short", verdict.cut_short);
  if (verdict.awaiting > 0) json.Count("awaiting_evaluation", verdict.awaiting);
  if (verdict.local()) json.Text("scope", "local");
  json.Moment("as_of", verdict.as_of);
  if (values != nullptr) WriteValues(json, *values);
  certificate.empty() ? json.Null("certificate") : json.Raw("certificate", certificate);
}

std::string ToJson(const Verdict& verdict, std::string_view certificate) {
  std::string line;
  AppendOpenJson(line, verdict, certificate, nullptr);
  JsonWriter::Inside(line).End();
  return line;
}
std::string ToJson(const Verdict& verdict, std::string_view certificate,
                   std::span<const ValueFacts> values) {
  std::string line;
  AppendOpenJson(line, verdict, certificate, &values);
  JsonWriter::Inside(line).End();
  return line;
}

std::string ToJson(const Link& link) {
  Line line;
  WriteMembers(line.json, link);
  return line.Finish();
}

std::string ToJson(const ClusterSummary& cluster) {
  Line line;
  line.json.Text("cluster", cluster.id.ToHex()).Count("size", cluster.sellers.size());
  line.json.Count("banned", cluster.banned).Count("infringements", cluster.infringements);
  line.json.Array("sellers");
  for (const SellerName& seller : cluster.sellers) line.json.Text({}, seller.ToString());
  line.json.End();
  return line.Finish();
}

namespace {

void WriteMembers(JsonWriter& json, const Stats& stats) {
  json.Count("sellers", stats.sellers).Count("observations", stats.observations);
  json.Count("fingerprints", stats.fingerprints).Count("clusters", stats.clusters);
  json.Count("linked_clusters", stats.linked_clusters);
  json.Count("largest_cluster", stats.largest_cluster);
  json.Count("hubs", stats.hubs).Count("banned", stats.banned);
}

}  // namespace

std::string ToJson(const Stats& stats) {
  Line line;
  WriteMembers(line.json, stats);
  return line.Finish();
}

std::string ToJson(const FsckReport& report) {
  Line line;
  line.json.Flag("ok", report.problems.empty()).Count("rows", report.rows).Array("problems");
  for (const std::string& problem : report.problems) line.json.Text({}, problem);
  line.json.End();
  return line.Finish();
}

std::string ToJson(const KindInfo& kind) {
  Line line;
  JsonWriter& json = line.json;
  json.Text("kind", kind.name).Text("title", kind.title).Text("family", FamilyName(kind.family));
  json.Text("role", RoleName(kind.role)).Text("check", kind.check).Text("scope", kind.scope);
  json.Text("standard", kind.standard).Count("entropy_bits", kind.entropy_bits);
  json.Count("good_for_days", kind.good_for_days).Count("fanout_limit", kind.fanout_limit);
  json.Count("carry_limit", kind.carry_limit).Real("m", kind.m).Real("u", kind.u);
  json.Bits("weight_bits", WeightOf(kind.m, kind.u)).Count("half_life_days", kind.half_life_days);
  json.TextOrNull("example", kind.example).TextOrNull("example_country", kind.example_country);
  return line.Finish();
}

namespace {

void WriteMembers(JsonWriter& json, const ImportReport& report) {
  json.Count("records", report.records).Count("resumed", report.resumed);
  json.Count("sellers", report.sellers);
  Write(json, report);
  json.Count("rejected", report.rejected).Count("used", report.used);
  json.Count("undated", report.undated).Real("seconds", report.seconds);
  json.Flag("interrupted", report.interrupted);
}

}  // namespace

std::string ToJson(const ImportReport& report) {
  Line line;
  WriteMembers(line.json, report);
  return line.Finish();
}

std::string ToJson(const ImportReport& report, std::span<const std::string> token_requests) {
  Line line;
  WriteMembers(line.json, report);
  line.json.Array("token_requests");
  for (const std::string& request : token_requests) line.json.Raw({}, request);
  line.json.End();
  return line.Finish();
}

std::string ToJson(const AuditReport& report) {
  Line line;
  JsonWriter& json = line.json;
  json.Array("inputs");
  for (const AuditReport::Input& input : report.inputs) {
    json.Object().Text("file", input.file).Count("records", input.records).End();
  }
  json.End().Count("records", report.records).Count("screened", report.screened);
  Write(json, report);
  json.Count("rejected", report.rejected);
  json.Object("verdicts").Count("clear", report.clear).Count("review", report.review);
  json.Count("block", report.block).End();
  // Every record is one of these: `in` is the sum of the others.
  json.Object("counted").Count("in", report.records).Count("clear", report.clear);
  json.Count("review", report.review).Count("block", report.block);
  json.Count("rejected", report.refused).Count("skipped", report.skipped);
  json.Count("merged", report.merged).End();
  json.Count("applications_apart", report.apart).Count("applications_cut", report.cut);
  const AuditReport::Choice& choice = report.choice;
  const auto number = [&](std::string_view key, std::uint64_t value, bool given) {
    given ? json.Count(key, value) : json.Null(key);
  };
  const bool all = choice.results == AuditResults::kAll;
  json.Object("selection").Flag("stored", choice.stored).Moment("since", choice.since);
  number("limit", choice.limit, choice.limit > 0);
  number("sample", choice.sample, choice.sample > 0);
  number("seed", choice.seed, choice.sample > 0);
  json.Text("results", all ? "all" : "findings").Count("written", report.written).End();
  if (report.among) {
    json.Object("rings").Count("rings", report.among->rings);
    json.Count("common_values", report.among->common_values);
    json.Count("most_common", report.among->most_common);
    json.Count("sellers", report.among->sellers).Count("largest", report.among->largest);
    json.Count("all_clear", report.among->unknown).End();
  }
  if (report.awaiting > 0) {  // otherwise the store is in no exchange, or nothing is missing
    json.Count("awaiting_evaluation", report.awaiting).Count("clear_local", report.clear_local);
  }
  json.Object("reasons");
  for (const auto& [because, count] : report.reasons) json.Count(BecauseName(because), count);
  json.End().Object("kinds");
  for (const auto& [kind, count] : report.kinds) json.Count(kind, count);
  json.End();

  // Most led to first, then by name.
  std::vector<std::pair<SellerName, std::uint64_t>> ends(report.leads_to.begin(),
                                                         report.leads_to.end());
  std::stable_sort(ends.begin(), ends.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  json.Count("banned_led_to", ends.size());
  ends.resize(std::min(ends.size(), kMaxLeadsTo));
  json.Array("leads_to");
  for (const auto& [seller, count] : ends) {
    json.Object().Text("seller", seller.ToString()).Count("applications", count).End();
  }
  json.End().Moment("as_of", report.as_of).Object("store");
  json.Text("key_check_value", report.key_check_value);
  WriteMembers(json, report.stats);
  json.End().Text("policy_digest", report.policy_digest).Real("seconds", report.seconds);
  return line.Finish();
}

std::string ToJson(const Alert& alert) {
  Line line;
  line.json.Number("number", alert.number).Flag("linked", alert.linked);
  if (alert.sanctions) line.json.Flag("sanctions", true);
  line.json.TextOrNull("seller", alert.seller.platform.empty() ? "" : alert.seller.ToString());
  line.json.TextOrNull("cause", alert.cause.platform.empty() ? "" : alert.cause.ToString());
  line.json.Text("event", alert.event).Moment("at", alert.at).Count("more", alert.more);
  return line.Finish();
}

std::string ToJson(const SellerName& seller, const Applied& applied) {
  return ToJson(seller, Entered{applied, {}});
}

namespace {

void WriteMembers(JsonWriter& json, const SellerName& seller, const Entered& entered) {
  const Applied& applied = entered.applied;
  json.Text("seller", seller.ToString()).Flag("changed", applied.changed);
  // A seller that was forgotten is in no cluster.
  json.TextOrNull("cluster", applied.cluster_size > 0 ? applied.cluster.ToHex() : "");
  json.Count("size", applied.cluster_size);
  json.Count("observations_added", applied.observations_added);
  json.Count("observations_removed", applied.observations_removed);
  json.Count("sellers_moved", applied.sellers_moved).Count("new_alerts", applied.new_alerts);
  if (entered.still.empty()) return;
  json.Array("still_in_force");
  for (const InForce& still : entered.still) {
    json.Object().TextOrNull("case", still.reference).TextOrNull("reason", still.reason);
    json.Moment("since", still.since).End();
  }
  json.End();
}

}  // namespace

std::string ToJson(const SellerName& seller, const Entered& entered) {
  Line line;
  WriteMembers(line.json, seller, entered);
  return line.Finish();
}

std::string ToJson(const SellerName& seller, const Consequences& consequences) {
  Line line;
  WriteMembers(line.json, seller, consequences.entered);
  line.json.Array("changes");
  for (const SanctionChange& change : consequences.changes) line.json.Raw({}, ToJson(change));
  line.json.End().Raw("sanctions", ToJson(consequences.owed, consequences.policy));
  return line.Finish();
}

namespace {

void Write(JsonWriter& json, const Scores& scores) {
  json.Real("precision", scores.precision).Real("recall", scores.recall).Real("f1", scores.f1);
}

}  // namespace

std::string ToJson(const TruthReport& report) {
  const ClusterScores& scores = report.scores;
  Line line;
  JsonWriter& json = line.json;
  json.Count("records", scores.records).Count("missing", report.missing);
  json.Count("clusters", scores.clusters).Count("entities", scores.entities);
  json.Object("pairwise").Count("tp", scores.pairwise.tp).Count("fp", scores.pairwise.fp);
  json.Count("fn", scores.pairwise.fn);
  Write(json, scores.pairwise);
  json.End().Object("bcubed");
  Write(json, scores.bcubed);
  json.End().Count("gmd", scores.merge_distance).Count("true_pairs", scores.true_pairs);
  json.Count("found_pairs", scores.found_pairs).Count("largest_cluster", scores.largest_cluster);
  json.Array("by_size");
  for (const SizeClass& size : scores.by_size) {
    json.Object().Text("size", size.name).Count("clusters", size.clusters);
    json.Count("records", size.records).Count("tp", size.tp).Count("fp", size.fp);
    json.Real("precision", size.precision).Real("bcubed_precision", size.bcubed_precision).End();
  }
  json.End();
  return line.Finish();
}

std::string ToJson(const Calibration& calibration, std::string_view policy) {
  Line line;
  JsonWriter& json = line.json;
  json.Count("sellers", calibration.sellers).Count("banned", calibration.banned);
  json.Count("sampled", calibration.sampled).Count("sampled_banned", calibration.sampled_banned);
  json.Count("seed", calibration.seed).Array("changes");
  for (const ProposedChange& change : calibration.changes) {
    json.Object().Text("section", change.section).Text("key", change.key);
    json.Decimal("before", change.before).Decimal("after", change.after);
    json.Text("why", change.why).End();
  }
  json.End().Array("left");
  for (const std::string& sentence : calibration.left) json.Text({}, sentence);
  json.End().Array("kinds");
  for (const KindRates& kind : calibration.kinds) {
    json.Object().Text("kind", kind.kind).Count("carriers", kind.carriers);
    json.Count("sharers", kind.sharers).Decimal("returns", kind.returns);
    json.Decimal("kept", kind.kept).End();
  }
  json.End().Text("policy", policy);
  return line.Finish();
}

std::string ToJson(std::uint64_t number, std::string_view kind, const Normalized& outcome) {
  const auto identifiers = outcome.identifiers();
  Line line;
  JsonWriter& json = line.json;
  json.Count("line", number).Text("kind", kind).Text("status", StatusName(outcome.status));
  identifiers.empty() ? json.Null("canonical")
                      : json.Text("canonical", identifiers.front().canonical);
  json.TextOrNull("reason", outcome.reason);
  if (outcome.where >= 0) json.Signed("where", outcome.where);
  if (outcome.repaired) json.Flag("repaired", true);
  json.Array("identifiers");
  for (const Identifier& identifier : identifiers) {
    json.Object().Text("kind", identifier.kind).Text("canonical", identifier.canonical);
    if (!identifier.scope.empty()) json.Text("scope", identifier.scope);
    json.End();
  }
  json.End();
  return line.Finish();
}

namespace {

std::string ExplanationJson(const Explanation& explanation,
                            const std::span<const ValueFacts>* values) {
  Line line;
  JsonWriter& json = line.json;
  json.Text("a", explanation.a.ToString()).Text("b", explanation.b.ToString());
  json.Flag("linked", explanation.link.has_value());
  explanation.link ? json.Raw("link", ToJson(*explanation.link)) : json.Null("link");
  if (explanation.same_cluster) json.Flag("same_cluster", true);
  if (values != nullptr) WriteValues(json, *values);
  return line.Finish();
}

}  // namespace

std::string ToJson(const Explanation& explanation) { return ExplanationJson(explanation, nullptr); }
std::string ToJson(const Explanation& explanation, std::span<const ValueFacts> values) {
  return ExplanationJson(explanation, &values);
}

std::string ToJson(const NewStore& made) {
  Line line;
  line.json.Text("store", made.store).Text("key", made.key).Text("journal_key", made.journal_key);
  line.json.Count("format_version", made.format_version);
  line.json.Text("key_check_value", made.key_check_value);
  return line.Finish();
}

std::string ToJson(const PolicyText& policy) {
  Line line;
  line.json.Text("policy", policy.toml);
  return line.Finish();
}

std::string ToJson(const PolicyChange& change) {
  Line line;
  JsonWriter& json = line.json;
  json.Flag("changed", change.changed).Count("clusters", change.stats.clusters);
  json.Count("linked_clusters", change.stats.linked_clusters).Count("hubs", change.stats.hubs);
  json.Count("now_junk", change.now_junk).Count("no_longer_junk", change.no_longer_junk);
  json.Array("changes");
  for (const std::string& one : change.changes) json.Text({}, one);
  json.End();
  return line.Finish();
}

std::string ToJson(const AcknowledgedAlerts& alerts) {
  Line line;
  line.json.Number("acknowledged", alerts.number);
  return line.Finish();
}

std::string ToJson(const RecordedEntry& entry) {
  Line line;
  line.json.Number("seq", entry.seq);
  return line.Finish();
}

std::string ToJson(const VersionInfo& version) {
  Line line;
  line.json.Text("version", version.version).Text("tables", version.tables);
  return line.Finish();
}

}  // namespace revenant
