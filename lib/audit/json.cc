#include "revenant/json.h"

#include <algorithm>
#include <utility>

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
  // Who says so of the far end: the claim on which the link rests.
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

std::string ToJson(const Verdict& verdict, std::string_view certificate) {
  Line line;
  JsonWriter& json = line.json;
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
  certificate.empty() ? json.Null("certificate") : json.Raw("certificate", certificate);
  return line.Finish();
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

std::string ToJson(const ImportReport& report) {
  Line line;
  line.json.Count("records", report.records).Count("resumed", report.resumed);
  line.json.Count("sellers", report.sellers);
  Write(line.json, report);
  line.json.Count("rejected", report.rejected).Count("used", report.used);
  line.json.Count("undated", report.undated).Real("seconds", report.seconds);
  line.json.Flag("interrupted", report.interrupted);
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
  line.json.Text("number", fmt::format("{}", alert.number)).Flag("linked", alert.linked);
  if (alert.sanctions) line.json.Flag("sanctions", true);
  line.json.TextOrNull("seller", alert.seller.platform.empty() ? "" : alert.seller.ToString());
  line.json.TextOrNull("cause", alert.cause.platform.empty() ? "" : alert.cause.ToString());
  line.json.Text("event", alert.event).Moment("at", alert.at).Count("more", alert.more);
  return line.Finish();
}

std::string ToJson(const SellerName& seller, const Applied& applied) {
  return ToJson(seller, Entered{applied, {}});
}

std::string ToJson(const SellerName& seller, const Entered& entered) {
  const Applied& applied = entered.applied;
  Line line;
  line.json.Text("seller", seller.ToString()).Flag("changed", applied.changed);
  // A seller that was forgotten is in no cluster.
  line.json.TextOrNull("cluster", applied.cluster_size > 0 ? applied.cluster.ToHex() : "");
  line.json.Count("size", applied.cluster_size);
  line.json.Count("observations_added", applied.observations_added);
  line.json.Count("observations_removed", applied.observations_removed);
  line.json.Count("sellers_moved", applied.sellers_moved);
  line.json.Count("new_alerts", applied.new_alerts);
  if (!entered.still.empty()) {
    line.json.Array("still_in_force");
    for (const InForce& still : entered.still) {
      line.json.Object().TextOrNull("case", still.reference).TextOrNull("reason", still.reason);
      line.json.Moment("since", still.since).End();
    }
    line.json.End();
  }
  return line.Finish();
}

}  // namespace revenant
