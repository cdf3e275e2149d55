// Gathers a case: what the registry says of a seller, what follows from it, and what the journal
// keeps of it.

#include <cmath>
#include <map>
#include <set>

#include "dossier/envelope.h"
#include "journal/base64.h"
#include "journal/journal_file.h"
#include "report/picture.h"
#include "revenant/cluster_graph.h"
#include "revenant/money.h"
#include "revenant/policy.h"
#include "revenant/value_facts.h"
#include "util/try.h"

namespace revenant {
namespace {

Json Moment(Time time) { return time.known() ? Json(FormatTime(time)) : Json(); }
Json Bits(std::int64_t millibits) {
  // Not a floating number, whose text another program might write differently.
  const std::int64_t size = millibits < 0 ? -millibits : millibits;
  std::string text =
      std::to_string(size / 1000) + '.' + std::to_string(1000 + size % 1000).substr(1);
  return (millibits < 0 ? "-" : "") + text;
}
Json NameOrNull(const SellerName& name) {
  return name.external_id.empty() ? Json() : Json(name.ToString());
}

// The sources that saw a fingerprint at the seller. Judged as an application it has one source, its
// platform.
using Sources = std::map<std::string, std::set<std::string>>;
Sources SourcesOf(const Json& seller) {
  Sources sources;
  if (!seller.contains("observations")) return sources;
  for (const Json& observation : seller["observations"]) {
    for (const Json& identifier : observation["identifiers"]) {
      sources[identifier["fingerprint"].get<std::string>()].insert(
          observation.value("source", std::string()));
    }
  }
  return sources;
}

// How many enrolled sellers carry each value on the links, the seller itself not counted: what the
// certificate says of it.
using Carriers = std::map<std::string, std::uint64_t>;
Carriers CarriersIn(std::string_view certificate) {
  Carriers carriers;
  const Json whole = Json::parse(certificate, nullptr, false);
  if (!whole.is_object() || !whole.contains("links")) return carriers;
  for (const Json& link : whole["links"]) {
    for (const Json& hop : link["path"]) {
      for (const Json& shared : hop["shared"]) {
        carriers[shared["fingerprint"].get<std::string>()] =
            shared.value("enrolled", std::uint64_t{0});
      }
    }
  }
  return carriers;
}

using Values = std::map<Fingerprint, ValueFacts>;

Json TellValue(const ValueFacts& value) {
  return {
      {"carriers", value.carriers}, {"banned", value.banned},       {"hub", value.hub},
      {"clusters", value.clusters}, {"at_least", value.at_least},   {"first", Moment(value.first)},
      {"last", Moment(value.last)}, {"withdrawn", value.withdrawn}, {"complete", value.complete}};
}

// `own`: nullptr for a hop that begins at another seller.
Json TellHop(const Hop& hop, const Sources* own, const Carriers& carriers, const Values& values) {
  const auto sources_of = [&](const SharedIdentifier& identifier) -> Json {
    if (own == nullptr) return identifier.from.sources;
    const auto known = own->find(identifier.fingerprint.ToHex());
    return known == own->end() ? Json::array() : Json(known->second);
  };
  Json shared = Json::array();
  for (const SharedIdentifier& identifier : hop.shared) {
    shared.push_back({{"kind", identifier.kind},
                      {"fingerprint", identifier.fingerprint.ToHex()},
                      {"weight_bits", Bits(identifier.weight)},
                      {"from_first_seen", Moment(identifier.from.first)},
                      {"from_sources", sources_of(identifier)},
                      {"to_first_seen", Moment(identifier.to.first)},
                      {"to_sources", identifier.to.sources}});
    const auto others = carriers.find(identifier.fingerprint.ToHex());
    if (others != carriers.end()) shared.back()["other_carriers"] = others->second;
    const auto value = values.find(identifier.fingerprint);
    if (value != values.end()) shared.back()["value"] = TellValue(value->second);
  }
  return {{"from", hop.from.ToString()}, {"to", hop.to.ToString()}, {"shared", std::move(shared)}};
}

Json TellLinks(const Verdict& verdict, const Sources& own, const Carriers& carriers,
               const Values& values) {
  Json links = Json::array();
  for (const Link& link : verdict.links) {
    Json path = Json::array();
    for (const Hop& hop : link.path) {
      path.push_back(TellHop(hop, hop.from == verdict.seller ? &own : nullptr, carriers, values));
    }
    links.push_back(
        {{"seller", link.seller.ToString()},
         {"strength_bits", Bits(link.strength)},
         {"carried_later_bits", Bits(link.blame_strength)},
         {"redundancy", link.redundancy},
         {"ban",
          {{"at", Moment(link.banned_at)}, {"reason", link.ban_reason}, {"case", link.ban_case}}},
         {"in_words", Describe(link, Audience::kManager)},
         {"path", std::move(path)}});
  }
  return links;
}

Json TellFindings(const Verdict& verdict, const LinkPolicy& policy) {
  Json reasons = Json::array();
  for (const Reason& reason : verdict.reasons) {
    reasons.push_back({{"because", BecauseName(reason.because)}, {"text", reason.text}});
  }
  Json contested = Json::array();
  for (const SellerName& seller : verdict.contested) contested.push_back(seller.ToString());
  Json told = {{"verdict", DecisionName(verdict.decision)},
               {"contested", std::move(contested)},
               {"as_of", Moment(verdict.as_of)},
               {"reasons", std::move(reasons)},
               {"prior_bits", Bits(policy.prior)},
               {"review_bits", Bits(policy.review)},
               {"block_bits", Bits(policy.block)}};
  if (!verdict.bursts.empty()) {
    for (const Burst& burst : verdict.bursts) {
      told["bursts"].push_back({{"kind", burst.kind},
                                {"sellers", burst.sellers},
                                {"before", burst.before},
                                {"hours", burst.hours}});
    }
  }
  if (!verdict.fresh_starts.empty()) {
    for (const FreshStart& start : verdict.fresh_starts) {
      told["fresh_starts"].push_back({{"seller", start.seller.ToString()},
                                      {"banned_at", Moment(start.banned_at)},
                                      {"kind", start.kind},
                                      {"identifiers", start.identifiers},
                                      {"hours", start.hours}});
    }
  }
  return told;
}

// --- Accounts nearby

constexpr std::size_t kMostAccounts = 40;

Json TellAccounts(const ClusterGraph& graph) {
  Json sellers = Json::array(), values = Json::array();
  for (const ClusterGraph::Seller& seller : graph.sellers) {
    sellers.push_back({{"seller", seller.name.ToString()},
                       {"status", StatusName(seller.status)},
                       {"since", Moment(seller.since)},
                       {"banned", seller.banned}});
  }
  for (const ClusterGraph::Identifier& value : graph.identifiers) {
    values.push_back({{"kind", value.kind},
                      {"fingerprint", value.fingerprint.ToHex()},
                      {"carriers", value.carriers},
                      {"joins", value.joins},
                      {"held_by", Json::array()}});
  }
  for (const ClusterGraph::Carry& carry : graph.carries) {
    values[carry.identifier]["held_by"].push_back(
        {{"seller", graph.sellers[carry.seller].name.ToString()},
         {"since", Moment(carry.since)},
         {"kept_apart", carry.refused}});
  }
  return {{"complete", !graph.cut_short},
          {"sellers", std::move(sellers)},
          {"values", std::move(values)}};
}

// The group of a seller that no link leads away from: the seller itself stands first.
report::PictureGraph GroupPicture(const ClusterGraph& graph, const SellerName& seller) {
  report::PictureGraph picture;
  picture.title = seller.ToString() + " and the accounts that share identifiers with it";
  std::vector<std::uint32_t> place(graph.sellers.size());
  const auto add = [&](std::size_t i) {
    const ClusterGraph::Seller& one = graph.sellers[i];
    place[i] = static_cast<std::uint32_t>(picture.nodes.size());
    picture.nodes.push_back({one.banned ? report::NodeShape::kBanned : report::NodeShape::kSeller,
                             one.name.ToString(), one.banned ? "banned" : "", false});
  };
  for (std::size_t i = 0; i < graph.sellers.size(); ++i) {
    if (graph.sellers[i].name == seller) add(i);
  }
  for (std::size_t i = 0; i < graph.sellers.size(); ++i) {
    if (graph.sellers[i].name != seller) add(i);
  }
  const auto first_value = static_cast<std::uint32_t>(picture.nodes.size());
  for (const ClusterGraph::Identifier& value : graph.identifiers) {
    picture.nodes.push_back(
        {value.joins ? report::NodeShape::kIdentifier : report::NodeShape::kSupporting,
         value.kind + ' ' + value.fingerprint.ToHex().substr(0, 8),
         std::to_string(value.carriers) + " sellers carry it", false});
  }
  for (const ClusterGraph::Carry& carry : graph.carries) {
    const bool joins = graph.identifiers[carry.identifier].joins;
    picture.edges.push_back({place[carry.seller], first_value + carry.identifier,
                             carry.refused ? report::Stroke::kDotted
                             : joins       ? report::Stroke::kSolid
                                           : report::Stroke::kDashed,
                             false,
                             graph.sellers[carry.seller].name.ToString() + " carries it since " +
                                 report::DayText(carry.since)});
  }
  return picture;
}

report::FactsByValue FactsOf(const Verdict& verdict, const LinkPolicy& policy,
                             const Carriers& carriers) {
  report::FactsByValue facts;
  for (const Link& link : verdict.links) {
    for (const Hop& hop : link.path) {
      for (const SharedIdentifier& shared : hop.shared) {
        report::EvidenceFacts& value = facts[shared.fingerprint];
        const KindPolicy kind = policy.For(shared.kind);
        value.full_weight = kind.weight;
        const auto known = carriers.find(shared.fingerprint.ToHex());
        if (known == carriers.end()) continue;
        value.carriers = known->second;
        value.hub =
            kind.role == Role::kLinking && !shared.makes_hop && known->second > kind.fanout_limit;
        if (value.hub) {
          value.hub_discount = std::llround(
              1000 * std::log2(static_cast<double>(std::max<std::uint64_t>(known->second, 1))));
        }
      }
    }
  }
  return facts;
}

Pictures Draw(const Verdict& verdict, const ClusterGraph& group, const LinkPolicy& policy,
              const Carriers& carriers) {
  Pictures pictures;
  if (verdict.links.empty()) {
    if (group.sellers.size() > 1) pictures.graph = DrawGraph(GroupPicture(group, verdict.seller));
  } else {
    const report::FactsByValue facts = FactsOf(verdict, policy, carriers);
    pictures.graph = DrawGraph(report::EvidenceOf(verdict.links, facts, kMostAccounts));
    pictures.waterfall = DrawWaterfall(report::WaterfallOf(
        verdict.links.front(), report::Scale{policy.prior, policy.review, policy.block}, facts));
  }
  if (!pictures.graph.empty()) {
    pictures.legend = report::GraphLegend();
    pictures.css = report::PictureCss();
  }
  return pictures;
}

// --- What follows

Json TellMeasureKey(const MeasureKey& key) {
  return {{"seller", key.seller.ToString()},
          {"step", StepName(key.step)},
          {"case", key.name.ToString()}};
}

Json TellCounted(const std::vector<CountedCase>& cases) {
  Json list = Json::array();
  for (const CountedCase& counted : cases) {
    Json one = {{"case", counted.name.ToString()},
                {"of", NameOrNull(counted.holder)},
                {"right", RightName(counted.right)},
                {"at", Moment(counted.at)},
                {"countered", counted.countered}};
    if (counted.reach) {
      one["by_link"] = counted.reach->why;
      one["link_bits"] = Bits(counted.reach->strength_millibits);
    }
    list.push_back(std::move(one));
  }
  return list;
}

Json TellSanctions(const SanctionAssessment& assessed, const EnforcementPolicy& policy) {
  Json standings = Json::array(), due = Json::array(), done = Json::array(), undo = Json::array(),
       proposals = Json::array();
  // For its reader: in major units and with the currency.
  const auto money = [&](std::int64_t amount) {
    return FormatMoney(amount, policy.sanctions.currency);
  };
  for (const Standing& standing : assessed.standings) {
    standings.push_back({{"seller", standing.seller.ToString()},
                         {"infringements", TellCounted(standing.cases)},
                         {"deposit_required", money(standing.deposit_required)}});
  }
  for (const MeasureDue& measure : assessed.due) {
    Json one = TellMeasureKey(measure.key);
    one["held"] = measure.held;
    one["basis"] = TellCounted(measure.basis);
    if (measure.key.step == Step::kDeduct) {
      one["amount"] = money(measure.amount);
      one["from_deposit"] = money(measure.from_deposit);
      one["from_insurance"] = money(measure.from_insurance);
      one["right_holder"] = measure.right_holder;
    }
    if (measure.until.known()) one["until"] = Moment(measure.until);
    due.push_back(std::move(one));
  }
  for (const MeasureFact& measure : assessed.standing_measures) {
    Json one = TellMeasureKey(measure.key);
    one["done"] = Moment(measure.done);
    one["amount"] = money(measure.amount);
    done.push_back(std::move(one));
  }
  for (const MeasureToUndo& measure : assessed.to_undo) {
    Json one = TellMeasureKey(measure.measure.key);
    one["done"] = Moment(measure.measure.done);
    one["because"] = UndoBecauseName(measure.because);
    Json fallen = Json::array();
    for (const CaseName& name : measure.fallen) fallen.push_back(name.ToString());
    one["cases_that_fell"] = std::move(fallen);
    undo.push_back(std::move(one));
  }
  for (const Proposal& proposal : assessed.proposals) {
    proposals.push_back({{"seller", proposal.seller.ToString()},
                         {"of", NameOrNull(proposal.holder)},
                         {"why", proposal.why}});
  }
  return {{"as_of", Moment(assessed.as_of)},     {"currency", policy.sanctions.currency},
          {"complete", !assessed.cut_short},     {"standings", std::move(standings)},
          {"measures_due", std::move(due)},      {"measures_carried_out", std::move(done)},
          {"measures_to_undo", std::move(undo)}, {"for_an_investigator", std::move(proposals)}};
}

Json TellKnowledge(const KnowledgeAssessment& assessed) {
  static constexpr const char* kMet[] = {"no", "yes", "unknown"};
  Json findings = Json::array();
  for (const Finding& finding : assessed.findings) {
    findings.push_back({{"factor", FactorName(finding.factor)},
                        {"met", kMet[static_cast<std::size_t>(finding.met)]},
                        {"shows", TierName(finding.tier)},
                        {"found", finding.value},
                        {"threshold", finding.threshold},
                        {"source", finding.source},
                        {"at", Moment(finding.at)},
                        {"would_change", finding.would_change}});
  }
  return {{"tier", TierName(assessed.tier)}, {"findings", std::move(findings)}};
}

Result<Json> TellClocks(const Registry& registry, const SellerName& seller,
                        const EnforcementPolicy& policy, Time as_of) {
  TRY_ASSIGN(const std::vector<ClockFacts> facts, registry.FactsForClocks(seller));
  const auto regime = policy.clocks.regimes.find(policy.clocks.regime);
  Json deadlines = Json::array();
  for (const ClockFacts& one : facts) {
    if (regime == policy.clocks.regimes.end()) break;
    for (const Deadline& deadline : Clocks(one, regime->second, as_of)) {
      deadlines.push_back({{"case", deadline.case_ref},
                           {"stage", ClockStageName(deadline.stage)},
                           {"due", Moment(deadline.due)},
                           {"not_before", Moment(deadline.not_before)},
                           {"done", Moment(deadline.done)},
                           {"state", DeadlineStateName(deadline.state)}});
    }
  }
  const std::int32_t zone = regime == policy.clocks.regimes.end() ? 0 : regime->second.zone_minutes;
  return Json{{"regime", policy.clocks.regime},
              {"zone", FormatZone(zone)},
              {"deadlines", std::move(deadlines)}};
}

// --- What the seller says against it

Result<Json> TellObjections(const Registry& registry, const SellerName& seller) {
  TRY_ASSIGN(const std::vector<Fact> file, registry.CaseFile(seller));
  TRY_ASSIGN(const std::vector<Contest> contests, ContestsIn(file));
  Json list = Json::array();
  for (const Contest& contest : contests) {
    Json one = {{"reference", contest.reference},
                {"statement", contest.objection.statement},
                {"at", Moment(contest.at)},
                {"state", contest.taken_back ? "taken back"
                          : contest.review   ? ReviewOutcomeName(contest.review->outcome)
                                             : "waits for a review"}};
    if (contest.review) {
      one["reviewed_by"] = contest.review->by;
      one["reviewed_at"] = Moment(contest.reviewed_at);
      one["note"] = contest.review->note;
    }
    list.push_back(std::move(one));
  }
  return list;
}

// --- What the journal keeps

Result<Json> TellJournal(const JournalReader& journal, const SellerName& seller,
                         const JournalKey& key, Time at) {
  TRY_ASSIGN(const std::vector<std::uint64_t> seqs, journal.About(seller));
  Json entries = Json::array();
  for (const std::uint64_t seq : seqs) {
    TRY_ASSIGN(const JournalEntry entry, journal.At(seq));
    TRY_ASSIGN(const std::vector<TreeHash> proof, journal.ProveInclusion(seq));
    Json hashes = Json::array();
    for (const TreeHash& hash : proof) hashes.push_back(Base64(AsView(hash)));
    entries.push_back({{"entry", FormatEntry(entry)}, {"proof", std::move(hashes)}});
  }
  return Json{{"checkpoint", SignCheckpoint({journal.head(), at, false}, key)},
              {"entries", std::move(entries)}};
}

// A line of an export as a section; an empty object where there is none.
Result<Json> ExportedLine(const Registry& registry, const SellerName& seller, ExportScope scope) {
  TRY_ASSIGN(const std::string line, registry.ExportSeller(seller, scope));
  if (line.empty()) return Json(Json::object());
  Json object = Json::parse(line, nullptr, false);
  if (!object.is_object()) return Error{Code::kCorruption, "export: a line of it is no object"};
  object.erase("v");
  return object;
}

std::string TextIn(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

// Details of what is on file are JSON of their own: a reader gets their members, and money in major
// units. ("facts" keeps them as they were entered.)
void TellDetails(Json& seller, const std::string& currency) {
  const auto money = [&](Json& detail, const char* name, const std::string& in) {
    const auto found = detail.find(name);
    if (found == detail.end() || !found->is_number_integer()) return;
    *found = FormatMoney(found->get<std::int64_t>(), in);
  };
  for (auto& [name, list] : seller.items()) {
    if (!list.is_array()) continue;
    for (Json& one : list) {
      if (!one.is_object() || !one.contains("detail") || !one["detail"].is_string()) continue;
      Json detail = Json::parse(one["detail"].get_ref<const std::string&>(), nullptr, false);
      if (!detail.is_object()) continue;
      const std::string own = TextIn(detail, "currency");
      money(detail, "amount", own.empty() ? currency : own);
      if (detail.contains("claim") && detail["claim"] == 0)
        detail.erase("claim");  // none was stated
      money(detail, "claim", currency);
      const std::string reference = TextIn(one, "reference");
      const bool is_fund = reference == FigureName(FigureKind::kDepositHeld) ||
                           reference == FigureName(FigureKind::kInsuranceCover);
      if (is_fund) money(detail, "value", currency);
      one["detail"] = std::move(detail);
    }
  }
}

}  // namespace

Result<Dossier> MakeDossier(const Registry& registry, const SellerName& seller,
                            const JournalKey& key, const Actor& actor) {
  const Time at = actor.at.known() ? actor.at : Now();
  TRY_ASSIGN(const Enrol application, registry.ApplicationOf(seller));
  TRY_ASSIGN(const Certified certified, registry.Certify(application, at));
  TRY_ASSIGN(const EnforcementPolicy policy, registry.enforcement());
  TRY_ASSIGN(const GroupFacts group, registry.FactsForSanctions(seller));
  TRY_ASSIGN(const KnowledgeFacts knowledge, registry.FactsForKnowledge(seller));
  Json sections = {{"about",
                    {{"seller", seller.ToString()},
                     {"made_by", actor.who},
                     {"made_at", Moment(at)},
                     {"registry_key_check", registry.key_check_value()},
                     {"journal", key.public_key().name()}}}};
  const LinkPolicy link_policy = registry.policy();
  const Carriers carriers = CarriersIn(certified.certificate);
  TRY_ASSIGN(const ClusterGraph nearby, registry.GraphOf(seller, kMostAccounts));
  sections["findings"] = TellFindings(certified.verdict, link_policy);
  TRY_ASSIGN(Json live, ExportedLine(registry, seller, ExportScope::kLive));
  Values values;
  TRY_ASSIGN(std::vector<ValueFacts> held, ValueFactsReader(registry).Of(certified.verdict.links));
  for (ValueFacts& value : held) values.emplace(value.fingerprint, std::move(value));
  sections["links"] = TellLinks(certified.verdict, SourcesOf(live), carriers, values);
  sections["accounts"] = TellAccounts(nearby);
  TellDetails(live, policy.sanctions.currency);
  sections["seller"] = std::move(live);
  TRY_ASSIGN(sections["facts"], ExportedLine(registry, seller, ExportScope::kFacts));
  sections["sanctions"] = TellSanctions(AssessSanctions(group, policy.sanctions, at), policy);
  sections["knowledge"] = TellKnowledge(AssessKnowledge(knowledge, policy.knowledge, at));
  TRY_ASSIGN(sections["clocks"], TellClocks(registry, seller, policy, at));
  TRY_ASSIGN(sections["objections"], TellObjections(registry, seller));
  // Last, so that its checkpoint covers everything that the other sections show.
  TRY_ASSIGN(const auto journal, registry.Journal());
  TRY_ASSIGN(sections["journal"], TellJournal(*journal, seller, key, at));
  sections["certificate"] = certified.certificate;
  return Seal(sections, at, key, Draw(certified.verdict, nearby, link_policy, carriers));
}

}  // namespace revenant
