#include "report/read_results.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "revenant/identifier.h"
#include "revenant/link_policy.h"
#include "util/try.h"

namespace revenant::report {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMaxLine = std::size_t{64} << 20;

// In a JSON string every quote has a backslash before it, so a member's name with its quotes and
// colon can only be that member.
std::size_t After(std::string_view line, std::string_view member, std::size_t from = 0) {
  if (from == line.npos) return from;
  const std::size_t at = line.find(member, from);
  return at == line.npos ? at : at + member.size();
}

std::string_view StringAt(std::string_view line, std::size_t at) {
  if (at == line.npos) return {};
  std::size_t end = at;
  while (end < line.size() && line[end] != '"') end += line[end] == '\\' ? 2 : 1;
  return end <= line.size() ? line.substr(at, end - at) : std::string_view();
}

bool DecisionFrom(std::string_view name, Decision& decision) {
  for (const Decision each : {Decision::kClear, Decision::kReview, Decision::kBlock}) {
    if (VerdictName(each) != name) continue;
    decision = each;
    return true;
  }
  return false;
}

// "16.316" in thousandths.
MilliBits MilliAt(std::string_view line, std::size_t at) {
  MilliBits sum = 0;
  if (at == line.npos) return sum;
  const bool negative = at < line.size() && line[at] == '-';
  int decimals = -1;
  for (at += negative ? 1 : 0; at < line.size() && sum < 1'000'000'000'000; ++at) {
    if (line[at] == '.' && decimals < 0) {
      decimals = 0;
    } else if (line[at] >= '0' && line[at] <= '9') {
      if (decimals == 3) continue;
      sum = sum * 10 + (line[at] - '0');
      if (decimals >= 0) ++decimals;
    } else {
      break;
    }
  }
  for (decimals = std::max(decimals, 0); decimals < 3; ++decimals) sum *= 10;
  return negative ? -sum : sum;
}

// Members of other types than expected read as absent.
const Json* Find(const Json& object, const char* key) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(key);
  return found == object.end() ? nullptr : &*found;
}
const Json& ArrayOf(const Json& object, const char* key) {
  static const Json none = Json::array();
  const Json* found = Find(object, key);
  return found != nullptr && found->is_array() ? *found : none;
}
std::string TextOf(const Json& object, const char* key) {
  const Json* found = Find(object, key);
  return found != nullptr && found->is_string() ? found->get<std::string>() : std::string();
}
bool FlagOf(const Json& object, const char* key) {
  const Json* found = Find(object, key);
  return found != nullptr && found->is_boolean() && found->get<bool>();
}
double NumberOf(const Json& object, const char* key) {
  const Json* found = Find(object, key);
  return found != nullptr && found->is_number() ? found->get<double>() : 0;
}
std::uint64_t CountOf(const Json& object, const char* key) {
  const Json* found = Find(object, key);
  return found != nullptr && found->is_number_unsigned() ? found->get<std::uint64_t>() : 0;
}
MilliBits BitsOf(const Json& object, const char* key) {
  constexpr double kMost = 1e9;
  return std::llround(std::clamp(NumberOf(object, key), -kMost, kMost) * 1000);
}
Time TimeOf(const Json& object, const char* key) {
  const Result<Time> time = ParseTime(TextOf(object, key));
  return time ? *time : Time::Unknown();
}
SellerName NameOf(const std::string& text) {
  const std::size_t colon = text.find(':');
  if (colon == text.npos) return {text, ""};
  return {text.substr(0, colon), text.substr(colon + 1)};
}
Fingerprint PrintOf(const Json& object) {
  return Fingerprint::FromHex(TextOf(object, "fingerprint")).value_or(Fingerprint{});
}

Sighting SightingOf(const Json* json) {
  Sighting sighting;
  if (json == nullptr) return sighting;
  sighting.first = TimeOf(*json, "first");
  sighting.last = TimeOf(*json, "last");
  for (const Json& source : ArrayOf(*json, "sources")) {
    if (source.is_string()) sighting.sources.push_back(source.get<std::string>());
  }
  return sighting;
}

std::vector<Hop> PathOf(const Json& hops) {
  std::vector<Hop> path;
  for (const Json& json : hops) {
    Hop hop;
    hop.from = NameOf(TextOf(json, "from"));
    hop.to = NameOf(TextOf(json, "to"));
    hop.weight = BitsOf(json, "weight_bits");
    hop.blame_weight = BitsOf(json, "blame_bits");
    hop.forbidden = FlagOf(json, "forbidden");
    for (const Json& one : ArrayOf(json, "shared")) {
      SharedIdentifier shared;
      shared.kind = TextOf(one, "kind");
      shared.fingerprint = PrintOf(one);
      shared.weight = BitsOf(one, "weight_bits");
      shared.makes_hop = FlagOf(one, "makes_hop");
      shared.from_is_later = FlagOf(one, "from_is_later");
      shared.from = SightingOf(Find(one, "from"));
      shared.to = SightingOf(Find(one, "to"));
      hop.shared.push_back(std::move(shared));
    }
    path.push_back(std::move(hop));
  }
  return path;
}

Link LinkOf(const Json& json) {
  Link link;
  link.seller = NameOf(TextOf(json, "seller"));
  link.strength = BitsOf(json, "weight_bits");
  link.blame_strength = BitsOf(json, "blame_bits");
  link.redundancy = static_cast<std::uint32_t>(std::min<std::uint64_t>(
      CountOf(json, "redundancy"), std::numeric_limits<std::uint32_t>::max()));
  if (const Json* ban = Find(json, "ban"); ban != nullptr && ban->is_object()) {
    link.banned = true;
    link.banned_at = TimeOf(*ban, "at");
    link.ban_reason = TextOf(*ban, "reason");
    link.ban_case = TextOf(*ban, "case");
  }
  link.path = PathOf(ArrayOf(json, "path"));
  for (const Json& path : ArrayOf(json, "runners_up")) {
    if (path.is_array()) link.runners_up.push_back(PathOf(path));
  }
  return link;
}

// Numbers that a link does not say: how many carry a value, and its weight before discounts.
void ReadFacts(const Json& certificate, const LinkPolicy& policy, Finding& finding) {
  for (const Json& link : ArrayOf(certificate, "links")) {
    for (const Json& hop : ArrayOf(link, "path")) {
      for (const Json& shared : ArrayOf(hop, "shared")) {
        EvidenceFacts& facts = finding.facts[PrintOf(shared)];
        const KindPolicy kind = policy.For(TextOf(shared, "kind"));
        facts.carriers = CountOf(shared, "enrolled");
        facts.full_weight = kind.weight;
        facts.hub = kind.role == Role::kLinking && !FlagOf(shared, "makes_hop");
        if (facts.hub && *facts.carriers > 1) {
          facts.hub_discount = std::llround(std::log2(static_cast<double>(*facts.carriers)) * 1000);
        }
      }
    }
  }
  for (const Json& hub : ArrayOf(certificate, "hubs")) {
    finding.hubs.push_back({TextOf(hub, "kind"), TextOf(hub, "fingerprint"), CountOf(hub, "banned"),
                            CountOf(hub, "carriers")});
  }
}

void ReadValues(const Json& json, Finding& finding) {
  for (const Json& value : ArrayOf(json, "values")) {
    ValueFacts facts;
    facts.kind = TextOf(value, "kind");
    facts.fingerprint = PrintOf(value);
    facts.carriers = CountOf(value, "carriers");
    facts.banned = CountOf(value, "banned");
    facts.hub = FlagOf(value, "hub");
    facts.clusters = CountOf(value, "clusters");
    facts.at_least = FlagOf(value, "at_least");
    facts.first = TimeOf(value, "first");
    facts.last = TimeOf(value, "last");
    facts.withdrawn = CountOf(value, "withdrawn");
    facts.complete = FlagOf(value, "complete");
    EvidenceFacts& known = finding.facts[facts.fingerprint];
    known.hub = known.hub || facts.hub;
    known.store = std::move(facts);
  }
}

void ReadCertificate(const Json& certificate, Finding& finding) {
  if (const Json* policy = Find(certificate, "policy")) {
    finding.policy = TextOf(*policy, "toml");
    const Result<LinkPolicy> parsed = ParseStoredLinkPolicy(finding.policy, "policy");
    if (parsed) {
      finding.scale = {parsed->prior, parsed->review, parsed->block};
      ReadFacts(certificate, *parsed, finding);
    }
  }
  if (const Json* application = Find(certificate, "application")) {
    finding.seen = TextOf(*application, "seen");
  }
}

}  // namespace

std::string_view VerdictName(Decision decision) {
  switch (decision) {
    case Decision::kClear:
      return "clear";
    case Decision::kReview:
      return "review";
    case Decision::kBlock:
      return "block";
  }
  return "";
}

Result<ResultLines> ResultLines::Open(const std::filesystem::path& file) {
  ResultLines lines;
  lines.file_ = file;
  lines.in_.open(file, std::ios::binary);
  if (!lines.in_) {
    return Error{
        Code::kNotFound,
        fmt::format("{}: cannot be opened; name the folder of a finished audit", file.string())};
  }
  return lines;
}

Result<bool> ResultLines::Next() {
  offset_ = next_;
  line_.clear();
  if (!std::getline(in_, line_)) {
    if (in_.bad()) return Error{Code::kIo, file_.string() + ": cannot be read"};
    return false;
  }
  ++number_;
  next_ += line_.size() + 1;
  if (line_.size() > kMaxLine) return Damaged("longer than 64 MiB");
  return true;
}

Result<void> ResultLines::Seek(std::uint64_t offset, std::uint64_t number) {
  in_.clear();
  in_.seekg(static_cast<std::streamoff>(offset));
  if (!in_) return Error{Code::kIo, file_.string() + ": cannot be read"};
  next_ = offset;
  number_ = number - 1;
  return {};
}

Error ResultLines::Damaged(std::string_view what) const {
  return {Code::kCorruption, fmt::format("{}:{}: {}; audit again", file_.string(), number_, what)};
}

bool GlanceAt(std::string_view line, Glance& glance) {
  glance = {};
  if (!line.starts_with("{\"v\":1,\"platform\":\"") || !line.ends_with('}')) return false;
  const std::size_t verdict = After(line, ",\"verdict\":\"");
  if (!DecisionFrom(StringAt(line, verdict), glance.decision)) return false;
  if (glance.decision == Decision::kClear) return true;
  const std::size_t links = After(line, ",\"links\":[", verdict);
  if (links == line.npos) return false;
  glance.linked = line[links] != ']';
  const std::size_t certificate = line.find(",\"certificate\":{", links);
  std::string_view seen = StringAt(line, After(line, "\"seen\":\"", certificate));
  if (glance.linked) {
    const std::size_t seller = After(line, "{\"seller\":\"", links);
    glance.leads_to = StringAt(line, seller);
    const std::size_t weight = After(line, ",\"weight_bits\":", seller);
    glance.weight = MilliAt(line, weight);
    const std::size_t kind = After(line, "{\"kind\":\"", weight);
    glance.kind = StringAt(line, kind);
    if (seen.empty()) seen = StringAt(line, After(line, "\"from\":{\"first\":\"", kind));
  }
  glance.seen_month = seen.substr(0, std::min<std::size_t>(7, seen.size()));
  return true;
}

Result<Finding> ParseFinding(std::string_view line, bool certificate) {
  // The certificate is the last member, and by far the largest.
  std::string head;
  const std::size_t cut = certificate ? line.npos : line.find(",\"certificate\":");
  if (cut != line.npos) head = std::string(line.substr(0, cut)) + '}';
  const Json json = Json::parse(cut == line.npos ? line : std::string_view(head), nullptr, false);
  Finding finding;
  if (!json.is_object() || !DecisionFrom(TextOf(json, "verdict"), finding.decision)) {
    return Error{Code::kCorruption, "not a verdict"};
  }
  finding.seller = TextOf(json, "platform") + ':' + TextOf(json, "seller");
  for (const Json& reason : ArrayOf(json, "reasons")) {
    finding.reasons.push_back({TextOf(reason, "code"), TextOf(reason, "text")});
  }
  for (const Json& link : ArrayOf(json, "links")) finding.links.push_back(LinkOf(link));
  for (const Json& seller : ArrayOf(json, "contested")) {
    if (seller.is_string()) finding.contested.push_back(seller.get<std::string>());
  }
  ReadValues(json, finding);
  if (const Json* made = Find(json, "certificate")) ReadCertificate(*made, finding);
  if (finding.seen.empty()) {
    finding.seen = std::string(StringAt(line, After(line, "\"seen\":\"")));
  }
  return finding;
}

// "Ethereum address" for "Ethereum address (any EVM chain)".
std::string ShortTitle(const std::string& kind) {
  const KindInfo* known = FindKind(kind);
  if (known == nullptr || kind.starts_with("custom.")) return kind;
  const std::string_view title = known->title;
  const std::size_t open = title.rfind(" (");
  if (open == title.npos || !title.ends_with(')')) return std::string(title);
  const std::string_view inside = title.substr(open + 2, title.size() - open - 3);
  const bool acronym =
      !kind.ends_with(".pool") &&
      std::all_of(inside.begin(), inside.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
  return std::string(acronym ? inside : title.substr(0, open));
}

std::string Headline(const Finding& finding) {
  if (finding.links.empty()) {
    const std::string why = finding.reasons.empty() ? "no reason" : finding.reasons[0].text;
    return finding.seller + ": " + why;
  }
  const Link& link = finding.links.front();
  std::string line = finding.seller;
  line += finding.decision == Decision::kBlock ? " leads to " : " may lead to ";
  line += link.seller.ToString();
  if (link.banned) line += ", banned";
  if (link.banned && !link.ban_reason.empty()) line += " for " + link.ban_reason;
  line += ": ";
  std::vector<std::string> same;
  for (const Hop& hop : link.path) {
    for (const SharedIdentifier& shared : hop.shared) {
      std::string words = "same " + ShortTitle(shared.kind);
      if (std::find(same.begin(), same.end(), words) == same.end()) same.push_back(words);
    }
  }
  constexpr std::size_t kMost = 4;
  for (std::size_t i = 0; i < std::min(same.size(), kMost); ++i) {
    line += (i == 0 ? "" : ", ") + same[i];
  }
  if (same.size() > kMost) line += fmt::format(" and {} more", same.size() - kMost);
  if (link.path.size() > 1) {
    line += ", over ";
    for (std::size_t i = 1; i < link.path.size(); ++i) {
      line += (i == 1 ? "" : " and ") + link.path[i].from.ToString();
    }
  }
  return line;
}

}  // namespace revenant::report
