// The page of an audit: everything that the results say, for a reader with a browser.

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <queue>
#include <utility>

#include "linkage/value_facts.h"
#include "report/picture.h"
#include "report/read_results.h"
#include "report/render.h"
#include "revenant/identifier.h"
#include "revenant/report.h"
#include "util/bytes.h"
#include "util/json_writer.h"
#include "util/try.h"

namespace revenant::report {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr std::string_view kStyle =
#include "report/page_style.inc"
    ;
constexpr std::string_view kScript =
#include "report/page_script.inc"
    ;

constexpr std::size_t kMostListed = 5'000, kMostDrawn = 200, kMostDrawnBytes = 3'000'000;
constexpr std::size_t kMostEnds = std::size_t{4} << 20;  // banned ends that are counted

std::string HashSource(std::string_view text) {
  std::array<unsigned char, crypto_hash_sha256_BYTES> hash;
  crypto_hash_sha256(hash.data(), reinterpret_cast<const unsigned char*>(text.data()), text.size());
  std::array<char,
             sodium_base64_ENCODED_LEN(crypto_hash_sha256_BYTES, sodium_base64_VARIANT_ORIGINAL)>
      text64;
  sodium_bin2base64(text64.data(), text64.size(), hash.data(), hash.size(),
                    sodium_base64_VARIANT_ORIGINAL);
  return fmt::format("'sha256-{}'", text64.data());
}

const std::string& Style() {
  static const std::string style = std::string(kStyle) + std::string(PictureCss());
  return style;
}

std::string Grouped(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (std::size_t at = text.size(); at > 3; at -= 3) text.insert(at - 3, 1, ',');
  return text;
}
std::string Counted(std::uint64_t number, std::string_view one, std::string_view many) {
  return Grouped(number) + ' ' + std::string(number == 1 ? one : many);
}

std::string KindLabel(const std::string& kind) {
  const std::string title = ShortTitle(kind);
  return title == kind ? kind : fmt::format("{} ({})", title, kind);
}

std::uint64_t CountIn(const Json& object, const char* key) {
  const auto found = object.is_object() ? object.find(key) : object.end();
  return found != object.end() && found->is_number_unsigned() ? found->get<std::uint64_t>() : 0;
}

// What one pass over results.jsonl finds out.
struct Survey {
  struct Place {
    bool block = false;
    MilliBits weight = 0;
    std::uint64_t offset = 0, number = 0;
    // Of two places the one that is kept longer.
    bool operator>(const Place& other) const {
      return std::tuple(!block, -weight, offset) <
             std::tuple(!other.block, -other.weight, other.offset);
    }
  };
  std::uint64_t lines = 0, reviews = 0, blocks = 0;
  std::uint64_t dated = 0;
  std::map<MilliBits, std::uint64_t> strengths;  // by the lower end of a range of two bits
  std::map<std::string, std::uint64_t, std::less<>> months;
  std::vector<std::uint64_t> ends;  // a hash of each banned end that a finding leads to
  bool ends_cut = false;
  std::vector<Place> strongest;  // the first one first
  std::string digest;            // of results.jsonl
};

constexpr MilliBits kRange = 2'000;

Result<Survey> SurveyOf(const fs::path& file) {
  Survey survey;
  TRY_ASSIGN(ResultLines lines, ResultLines::Open(file));
  crypto_generichash_state hash;
  crypto_generichash_init(&hash, nullptr, 0, crypto_generichash_BYTES);
  const auto digest = [&](std::string_view bytes) {
    crypto_generichash_update(&hash, reinterpret_cast<const unsigned char*>(bytes.data()),
                              bytes.size());
  };
  std::priority_queue<Survey::Place, std::vector<Survey::Place>, std::greater<>> kept;
  for (;;) {
    TRY_ASSIGN(const bool more, lines.Next());
    if (!more) break;
    digest(lines.line());
    digest("\n");
    Glance glance;
    if (!GlanceAt(lines.line(), glance)) return lines.Damaged("not a verdict of this version");
    ++survey.lines;
    if (glance.decision == Decision::kClear) continue;
    const bool block = glance.decision == Decision::kBlock;
    ++(block ? survey.blocks : survey.reviews);
    if (glance.linked) {
      const MilliBits most = 60'000;
      ++survey.strengths[std::clamp<MilliBits>(glance.weight, 0, most) / kRange * kRange];
      survey.ends_cut = survey.ends.size() == kMostEnds;
      if (!survey.ends_cut) {
        survey.ends.push_back(std::hash<std::string_view>()(glance.leads_to));
      }
    }
    if (glance.seen_month.size() == 7) {
      const auto month = survey.months.find(glance.seen_month);
      ++survey.dated;
      if (month != survey.months.end()) {
        ++month->second;
      } else {
        survey.months.emplace(glance.seen_month, 1);
      }
    }
    const Survey::Place place{block, glance.weight, lines.offset(), lines.number()};
    if (kept.size() == kMostListed) {
      if (!(place > kept.top())) continue;
      kept.pop();
    }
    kept.push(place);
  }
  std::array<unsigned char, crypto_generichash_BYTES> bytes;
  crypto_generichash_final(&hash, bytes.data(), bytes.size());
  survey.digest = HexEncode(std::span<const std::uint8_t>(bytes));
  for (; !kept.empty(); kept.pop()) survey.strongest.push_back(kept.top());
  std::reverse(survey.strongest.begin(), survey.strongest.end());
  return survey;
}

std::vector<Bar> StrengthBars(const Survey& survey) {
  std::vector<Bar> bars;
  if (survey.strengths.empty()) return bars;
  const MilliBits last = survey.strengths.rbegin()->first;
  for (MilliBits low = survey.strengths.begin()->first; low <= last; low += kRange) {
    const auto found = survey.strengths.find(low);
    const std::string name =
        low >= 60'000 ? std::string("60 bits and more")
                      : fmt::format("{} to below {} bits", low / 1000, (low + kRange) / 1000);
    bars.push_back({name, found == survey.strengths.end() ? 0 : found->second});
  }
  return bars;
}

// How many banned sellers are led to by so many applications.
std::vector<Bar> LeadBars(Survey& survey) {
  struct Class {
    std::uint64_t most;
    std::string_view name;
    std::uint64_t count;
  };
  std::array<Class, 6> classes = {{{1, "by 1 application", 0},
                                   {2, "by 2", 0},
                                   {5, "by 3 to 5", 0},
                                   {10, "by 6 to 10", 0},
                                   {100, "by 11 to 100", 0},
                                   {UINT64_MAX, "by more than 100", 0}}};
  std::vector<std::uint64_t>& ends = survey.ends;
  std::sort(ends.begin(), ends.end());
  for (std::size_t at = 0; at < ends.size();) {
    const std::size_t next =
        std::upper_bound(ends.begin() + static_cast<std::ptrdiff_t>(at), ends.end(), ends[at]) -
        ends.begin();
    const auto fits = [&](const Class& each) { return next - at <= each.most; };
    ++std::find_if(classes.begin(), classes.end(), fits)->count;
    at = next;
  }
  std::vector<Bar> bars;
  for (const Class& each : classes) {
    if (each.count > 0) bars.push_back({std::string(each.name), each.count});
  }
  return bars;
}

// By month, of more than two years by year.
std::vector<Bar> DateBars(const Survey& survey) {
  constexpr std::size_t kMostMonths = 24, kMostYears = 40;
  std::map<std::string, std::uint64_t, std::less<>> by = survey.months;
  if (by.size() > kMostMonths) {
    by.clear();
    for (const auto& [month, count] : survey.months) by[month.substr(0, 4)] += count;
  }
  std::vector<Bar> bars;
  for (const auto& [name, count] : by) bars.push_back({name, count});
  if (bars.size() > kMostYears) bars.erase(bars.begin(), bars.end() - kMostYears);
  return bars;
}

class Page {
 public:
  Page(const fs::path& results, const Json& summary, Survey survey, AtomicFile& file)
      : results_(results), summary_(summary), survey_(std::move(survey)), file_(file) {}

  Result<void> Write() {
    const std::uint64_t records = CountIn(summary_, "records");
    Add(PageHead("Audit of " + Counted(records, "application", "applications"), true));
    Header(records);
    HowToRead();
    Summary(records);
    Charts();
    TRY(Findings());
    Reproduce();
    Add("</main>\n");
    Add(PageEnd(true));
    return Flush();
  }

 private:
  void Add(std::string_view text) { out_ += text; }
  void Text(std::string_view text) { AppendEscaped(out_, text); }
  Result<void> Flush() {
    TRY(file_.Append(out_));
    out_.clear();
    return {};
  }
  std::uint64_t findings() const { return survey_.reviews + survey_.blocks; }
  std::uint64_t VerdictCount(const char* name) const {
    return summary_.contains("verdicts") ? CountIn(summary_["verdicts"], name) : 0;
  }
  std::string SummaryText(const char* key) const {
    const auto found = summary_.find(key);
    return found != summary_.end() && found->is_string() ? found->get<std::string>() : "unknown";
  }

  void Header(std::uint64_t records) {
    Add("<a class=\"skip\" href=\"#list\">To the findings</a>\n<header>\n<h1>Audit of ");
    Add(Counted(records, "application", "applications"));
    Add("</h1>\n<p>As of ");
    Text(SummaryText("as_of"));
    Add(". Judged against ");
    const Json none;
    const Json& store = summary_.contains("store") ? summary_["store"] : none;
    Add(Counted(CountIn(store, "sellers"), "seller", "sellers") + ", of which " +
        Grouped(CountIn(store, "banned")) + " banned.</p>\n");
    Add("<nav aria-label=\"Contents\"><ul><li><a href=\"#how\">How to read this</a></li>"
        "<li><a href=\"#summary\">Summary</a></li><li><a href=\"#charts\">Charts</a></li>"
        "<li><a href=\"#list\">Findings</a></li><li><a href=\"#drawn\">Evidence</a></li>"
        "<li><a href=\"#reproduce\">Parameters and digests</a></li></ul></nav>\n"
        "</header>\n<main>\n");
  }

  void HowToRead() {
    Add("<section aria-labelledby=\"how\"><h2 id=\"how\">How to read this</h2>\n"
        "<p>Each application was compared with the sellers on file. <strong>Block</strong>: what "
        "it shares with a banned seller is enough to refuse it. <strong>Review</strong>: a person "
        "should look. <strong>Clear</strong>: nothing that it carries leads to a ban strongly "
        "enough.</p>\n<p>Evidence is counted in <em>bits</em>: each bit doubles the odds that the "
        "same hands run both accounts. Before any evidence the odds are low, which is the first, "
        "negative bar of each waterfall. Each shared value adds its bar; values of one family, old "
        "traces and long paths take some off again. Where the bars end beyond a threshold line, "
        "that verdict may follow. A block also needs proofs that do not depend on each other, "
        "carried later than by the banned seller; the reasons in words say what decided.</p>\n"
        "<p>A verdict is a reason to act with care and no proof of guilt: phones are shared, "
        "documents are stolen. Values appear as <em>fingerprints</em>, of which the first eight "
        "digits are shown; no account number, document or phone is in this file, which loads "
        "nothing from anywhere.</p>\n");
    Add(GraphLegend());
    Add("<p class=\"rv-legend\">In a graph: Tab or a click chooses a node, arrows go along the "
        "lines, "
        "Page Up and Page Down from node to node, Enter shows what is around it, P pins it (it and "
        "its lines stay lit), H hides it, X unfolds a hub, Shift and an arrow move it, U takes "
        "back, "
        "+ and &#8722; zoom, 0 fits, Esc shows all.</p>\n"
        "<p><em>Clusters joined</em>: into so many would the cluster of those who carry a value "
        "fall "
        "if nobody had carried it. One: other values hold it together as well.</p>\n");
    Add("</section>\n");
  }

  void Tile(std::string_view name, std::uint64_t count) {
    Add(fmt::format("<div><dt>{}</dt><dd>{}</dd></div>", name, Grouped(count)));
  }

  void Summary(std::uint64_t records) {
    const std::uint64_t clear = VerdictCount("clear");
    const std::uint64_t screened = clear + survey_.reviews + survey_.blocks;
    const std::uint64_t refused = records > screened ? records - screened : 0;
    Add("<section aria-labelledby=\"summary\"><h2 id=\"summary\">Summary</h2>\n"
        "<dl class=\"tiles\">");
    Tile("block", survey_.blocks);
    Tile("review", survey_.reviews);
    Tile("clear", clear);
    Tile("rejected records", refused);
    Tile("banned sellers led to", CountIn(summary_, "banned_led_to"));
    Tile("values that could not be used", CountIn(summary_, "invalid"));
    Add("</dl>\n<p>");
    Add(fmt::format("{} in = {} clear + {} review + {} block + {} rejected.",
                    Counted(records, "record", "records"), Grouped(clear), Grouped(survey_.reviews),
                    Grouped(survey_.blocks), Grouped(refused)));
    if (CountIn(summary_, "rejected") > 0) {
      Add(" " + Counted(CountIn(summary_, "rejected"), "line", "lines") +
          " of <code>rejects.csv</code> name what could not be used and why.");
    }
    Add("</p>\n");
    if (const std::uint64_t awaiting = CountIn(summary_, "awaiting_evaluation"); awaiting > 0) {
      Add("<p>" + Counted(awaiting, "value was", "values were") +
          " not compared with the lists of other platforms yet.</p>\n");
    }
    Add("</section>\n");
  }

  void Chart(std::string_view title, const std::vector<Bar>& bars, std::string_view says) {
    if (bars.empty()) return;
    Add("<figure><h3>");
    Text(title);
    Add("</h3>\n" + DrawBars(title, bars));
    Add("<figcaption class=\"soft\">" + std::string(says) + "</figcaption></figure>\n");
  }

  void Charts() {
    Add("<section aria-labelledby=\"charts\"><h2 id=\"charts\">Charts</h2>\n"
        "<div class=\"charts\">\n");
    Chart(
        "Verdicts",
        {{"block", survey_.blocks}, {"review", survey_.reviews}, {"clear", VerdictCount("clear")}},
        "All applications that were screened.");
    std::vector<Bar> kinds;
    if (summary_.contains("kinds") && summary_["kinds"].is_object()) {
      for (const auto& [kind, count] : summary_["kinds"].items()) {
        if (count.is_number_unsigned()) {
          kinds.push_back({KindLabel(kind), count.get<std::uint64_t>()});
        }
      }
    }
    std::stable_sort(kinds.begin(), kinds.end(),
                     [](const Bar& a, const Bar& b) { return a.count > b.count; });
    constexpr std::size_t kMostKinds = 12;
    if (kinds.size() > kMostKinds) {
      Bar rest{"all others", 0};
      for (std::size_t i = kMostKinds; i < kinds.size(); ++i) rest.count += kinds[i].count;
      kinds.resize(kMostKinds);
      kinds.push_back(rest);
    }
    Chart("Kinds of evidence", kinds, "Findings by their strongest shared value.");
    Chart("Strength of links", StrengthBars(survey_),
          "Findings by the weight of their strongest link.");
    Chart("Banned sellers led to", LeadBars(survey_),
          survey_.ends_cut ? "Banned sellers by the number of findings that lead to them, counted "
                             "over the first four million."
                           : "Banned sellers by the number of findings whose strongest link leads "
                             "to them.");
    Chart("Findings over time", DateBars(survey_),
          "By when the application was seen" +
              (survey_.dated < findings()
                   ? "; " + Counted(findings() - survey_.dated, "finding has", "findings have") +
                         " no date."
                   : std::string(".")));
    Add("</div></section>\n");
  }

  Result<void> Findings() {
    const std::size_t listed = survey_.strongest.size();
    Add("<section aria-labelledby=\"list-title\" id=\"list\"><h2 "
        "id=\"list-title\">Findings</h2>\n");
    if (listed == 0) {
      Add("<p>There are none: no application leads to a banned seller.</p></section>\n");
      return Flush();
    }
    // In order of the file, which is read once more.
    struct Row {
      std::size_t rank = 0;
      Survey::Place place;
    };
    std::vector<Row> rows;
    for (std::size_t i = 0; i < listed; ++i) rows.push_back({i, survey_.strongest[i]});
    std::sort(rows.begin(), rows.end(),
              [](const Row& a, const Row& b) { return a.place.offset < b.place.offset; });
    TRY_ASSIGN(ResultLines lines, ResultLines::Open(results_));
    std::vector<std::string> embedded(listed), plain(std::min(listed, kMostDrawn)),
        drawn(plain.size());
    for (const Row& row : rows) {
      TRY(lines.Seek(row.place.offset, row.place.number));
      TRY_ASSIGN(const bool more, lines.Next());
      const bool draw = row.rank < drawn.size();
      auto finding = ParseFinding(more ? lines.line() : std::string_view(), draw);
      if (!finding) return lines.Damaged(finding.error().message);
      embedded[row.rank] = Embedded(row.rank + 1, row.place.number, *finding);
      if (!draw) continue;
      plain[row.rank] = PlainRow(row.rank + 1, *finding);
      drawn[row.rank] = Section(row.rank + 1, *finding);
      if (row.rank == 0) policy_ = finding->policy;
    }
    std::size_t shown = 0;
    for (std::size_t bytes = 0; shown < drawn.size(); ++shown) {
      bytes += drawn[shown].size();
      if (bytes > kMostDrawnBytes && shown > 0) break;
    }
    Table(plain, shown);
    TRY(Flush());
    Add("<section aria-labelledby=\"drawn\"><h2 id=\"drawn\">Evidence, finding by finding</h2>\n");
    if (shown < findings()) {
      Add(
          fmt::format("<p>Drawn here: the {} strongest findings. Any other that the table lists is "
                      "drawn when its name is chosen there.</p>\n",
                      Grouped(shown)));
    }
    Add("<div class=\"tools\" hidden><button type=\"button\" id=\"open-all\">Open all</button>"
        "<button type=\"button\" id=\"close-all\">Close all</button></div>\n"
        "<div id=\"sections\">\n");
    for (std::size_t i = 0; i < shown; ++i) {
      Add(drawn[i]);
      TRY(Flush());
    }
    Add("</div></section>\n<script type=\"application/json\" id=\"rows\">[");
    for (std::size_t i = 0; i < embedded.size(); ++i) {
      if (i > 0) Add(",\n");
      Add(embedded[i]);
      TRY(Flush());
    }
    Add("]</script>\n");
    return {};
  }

  void Table(const std::vector<std::string>& plain, std::size_t shown) {
    const std::size_t listed = survey_.strongest.size();
    if (listed < findings()) {
      Add(fmt::format(
          "<p>This page lists the {} strongest of {} findings: blocks first, then by "
          "the weight of the link. All of them are in <code>results.jsonl</code> beside "
          "this file, one line each in the order of the input.</p>\n",
          Grouped(listed), Grouped(findings())));
    }
    if (shown < listed) {
      Add(
          fmt::format("<noscript><p>Without scripts the table shows the first {} of them.</p>"
                      "</noscript>\n",
                      Grouped(shown)));
    }
    Add("<div class=\"tools\" hidden>"
        "<label>Search<input type=\"search\" id=\"search\" autocomplete=\"off\"></label>"
        "<label>Verdict<select id=\"verdict\"><option value=\"\">all</option>"
        "<option>block</option><option>review</option></select></label>"
        "<label>Kind<select id=\"kind\"><option value=\"\">all</option></select></label>"
        "<button type=\"button\" id=\"before\">Earlier rows</button>"
        "<button type=\"button\" id=\"after\">Later rows</button></div>\n"
        "<p id=\"count\" role=\"status\" class=\"soft\"></p>\n"
        "<div class=\"scroll\" role=\"group\" aria-label=\"Table of findings\" tabindex=\"0\">"
        "<table><thead><tr>");
    constexpr std::array<std::array<std::string_view, 3>, 8> kColumns = {
        {{"v", "Verdict", ""},
         {"a", "Application", ""},
         {"t", "Leads to", ""},
         {"w", "Bits", "num"},
         {"h", "Hops", "num"},
         {"p", "Proofs", "num"},
         {"k", "Strongest kind", ""},
         {"s", "Seen", ""}}};
    for (const auto& [key, name, shade] : kColumns) {
      Add(fmt::format("<th scope=\"col\" data-key=\"{}\"{}>{}</th>", key,
                      shade.empty() ? "" : " class=\"num\"", name));
    }
    Add("</tr></thead><tbody>\n");
    for (std::size_t i = 0; i < shown; ++i) Add(plain[i]);
    Add("</tbody></table></div></section>\n");
  }

  static const SharedIdentifier* Strongest(const Finding& finding) {
    if (finding.links.empty() || finding.links[0].path.empty()) return nullptr;
    const auto& shared = finding.links[0].path[0].shared;
    return shared.empty() ? nullptr : &shared[0];
  }
  static std::string_view KindOf(const Finding& finding) {
    if (const SharedIdentifier* shared = Strongest(finding)) return shared->kind;
    return finding.hubs.empty() ? std::string_view() : std::string_view(finding.hubs[0].kind);
  }
  static std::string SeenOn(const Finding& finding) {
    if (!finding.seen.empty()) return finding.seen.substr(0, 10);
    const SharedIdentifier* shared = Strongest(finding);
    return shared == nullptr || !shared->from.first.known() ? "" : DayText(shared->from.first);
  }

  static std::string PlainRow(std::size_t number, const Finding& finding) {
    const bool linked = !finding.links.empty();
    const Link none;
    const Link& link = linked ? finding.links[0] : none;
    const std::string_view verdict = VerdictName(finding.decision);
    return fmt::format(
        "<tr><td class=\"v {0}\">{0}</td><th scope=\"row\" class=\"name\"><a href=\"#f{1}\">{2}</a>"
        "</th><td class=\"name\">{3}</td><td class=\"num\">{4}</td><td class=\"num\">{5}</td>"
        "<td class=\"num\">{6}</td><td class=\"name\">{7}</td><td class=\"day\">{8}</td></tr>\n",
        verdict, number, Escaped(finding.seller), linked ? Escaped(link.seller.ToString()) : "",
        linked ? BitsText(link.strength) : "", linked ? std::to_string(link.path.size()) : "",
        linked ? std::to_string(link.redundancy) : "", Escaped(KindOf(finding)),
        Escaped(SeenOn(finding)));
  }

  // A row of the table and the picture of its strongest link, for the script.
  static std::string Embedded(std::size_t number, std::uint64_t line, const Finding& finding) {
    std::string text;
    JsonWriter json(text);
    json.Object().Count("n", number).Count("l", line);
    json.Text("v", VerdictName(finding.decision)).Text("a", finding.seller);
    const Link none;
    const Link& link = finding.links.empty() ? none : finding.links[0];
    json.Text("t", finding.links.empty() ? std::string() : link.seller.ToString());
    json.Signed("w", link.strength).Count("h", link.path.size()).Count("p", link.redundancy);
    json.Count("b", link.banned ? 1 : 0).Text("k", KindOf(finding)).Text("s", SeenOn(finding));
    json.Text("x", Headline(finding)).Array("e");
    for (const Hop& hop : link.path) {
      json.Array().Text({}, hop.from.ToString()).Text({}, hop.to.ToString()).Array();
      for (const SharedIdentifier& shared : hop.shared) {
        json.Array().Text({}, shared.kind).Text({}, shared.fingerprint.ToHex().substr(0, 8));
        json.Signed({}, shared.weight).Count({}, shared.makes_hop ? 1 : 0);
        const auto day = [](Time time) { return time.known() ? DayText(time) : std::string(); };
        json.Text({}, day(shared.to.first)).Text({}, day(shared.from.first));
        const auto known = finding.facts.find(shared.fingerprint);
        if (known != finding.facts.end() && known->second.store) {
          const ValueFacts& value = *known->second.store;
          json.Count({}, value.carriers).Count({}, value.banned).Text({}, BannedShare(value));
          json.Text({}, ClustersJoined(value)).Text({}, Span(value.first, value.last));
        }
        json.End();
      }
      json.End().Signed({}, hop.weight).End();
    }
    json.End().End();
    // Nothing in it may end the script element.
    std::string safe;
    for (const char c : text) c == '<' ? safe += "\\u003c" : safe += c;
    return safe;
  }

  static std::string Span(Time first, Time last) {
    if (!first.known() && !last.known()) return "unknown";
    const std::string from = DayText(first), to = DayText(last);
    return from == to ? from : from + " to " + to;
  }

  // What the store holds about a value: who carries it, what it joins, since when.
  static void StoreCells(std::string& out, const EvidenceFacts* known) {
    if (known == nullptr || !known->store) {
      out += "<td>";
      if (known != nullptr && known->carriers) out += Grouped(*known->carriers);
      out += "</td><td></td><td></td>";
      return;
    }
    const ValueFacts& value = *known->store;
    out += fmt::format("<td>{}, {} banned ({})", Grouped(value.carriers), Grouped(value.banned),
                       BannedShare(value));
    if (value.withdrawn > 0) out += fmt::format("; {} took it back", Grouped(value.withdrawn));
    out += "</td><td>" + ClustersJoined(value) + "</td><td>" + Span(value.first, value.last);
    if (!value.complete) out += ", of some of them";
    out += "</td>";
  }

  static void Values(std::string& out, const Finding& finding) {
    const auto cell = [&](std::string_view text) { out += "<td>" + Escaped(text) + "</td>"; };
    for (const Hop& hop : finding.links[0].path) {
      const std::string label =
          fmt::format("Shared by {} and {}", hop.from.ToString(), hop.to.ToString());
      out += "<div class=\"scroll\" role=\"group\" tabindex=\"0\" aria-label=\"" + Escaped(label);
      out += "\"><table class=\"values\"><caption>" + Escaped(label);
      if (hop.forbidden) out += " (an investigator found that they are different people)";
      out +=
          "</caption><thead><tr><th scope=\"col\">Value</th><th scope=\"col\" class=\"num\">Bits"
          "</th><th scope=\"col\">Counts as</th><th scope=\"col\">Sellers on file</th>"
          "<th scope=\"col\">Clusters joined</th><th scope=\"col\">Seen on file</th>"
          "<th scope=\"col\">First side</th><th scope=\"col\">Other side</th>"
          "<th scope=\"col\">Sources</th></tr></thead><tbody>\n";
      for (const SharedIdentifier& shared : hop.shared) {
        const auto found = finding.facts.find(shared.fingerprint);
        const EvidenceFacts* known = found == finding.facts.end() ? nullptr : &found->second;
        out += "<tr><th scope=\"row\" class=\"name\">" + Escaped(KindLabel(shared.kind));
        out += " <code>" + shared.fingerprint.ToHex().substr(0, 8) + "</code></th>";
        out += "<td class=\"num\">" + BitsText(shared.weight) + "</td>";
        cell(known != nullptr && known->hub ? "hub" : shared.makes_hop ? "links" : "adds weight");
        StoreCells(out, known);
        cell(Span(shared.from.first, shared.from.last));
        cell(Span(shared.to.first, shared.to.last));
        std::string sources;
        for (const std::string& source : shared.to.sources) {
          sources += (sources.empty() ? "" : ", ") + source;
        }
        cell(sources.empty() ? "unknown" : sources);
        out += "</tr>\n";
      }
      out += "</tbody></table></div>\n";
    }
  }

  static void FurtherLinks(std::string& out, const Finding& finding) {
    if (finding.links.size() < 2) return;
    out +=
        "<h4>Further links</h4>\n<div class=\"scroll\" role=\"group\" tabindex=\"0\" "
        "aria-label=\"Further links of " +
        Escaped(finding.seller) +
        "\"><table><thead><tr><th scope=\"col\">Leads to</th><th scope=\"col\" "
        "class=\"num\">Bits</th><th scope=\"col\" class=\"num\">Hops</th><th scope=\"col\" "
        "class=\"num\">Proofs</th><th scope=\"col\">Banned</th></tr></thead><tbody>\n";
    for (std::size_t i = 1; i < finding.links.size(); ++i) {
      const Link& link = finding.links[i];
      out += fmt::format(
          "<tr><th scope=\"row\" class=\"name\">{}</th><td class=\"num\">{}</td><td "
          "class=\"num\">{}</td><td class=\"num\">{}</td><td>{}</td></tr>\n",
          Escaped(link.seller.ToString()), BitsText(link.strength), link.path.size(),
          link.redundancy,
          link.banned ? Escaped(DayText(link.banned_at) +
                                (link.ban_reason.empty() ? "" : " for " + link.ban_reason))
                      : "");
    }
    out += "</tbody></table></div>\n";
  }

  static void Hubs(std::string& out, const Finding& finding) {
    if (finding.hubs.empty()) return;
    out +=
        "<h4>Widely shared values</h4>\n<div class=\"scroll\" role=\"group\" tabindex=\"0\" "
        "aria-label=\"Widely shared values of " +
        Escaped(finding.seller) +
        "\"><table><thead><tr><th scope=\"col\">Value</th><th scope=\"col\" "
        "class=\"num\">Carriers</th><th scope=\"col\" class=\"num\">Banned</th><th "
        "scope=\"col\" class=\"num\">Share</th></tr></thead><tbody>\n";
    for (const Finding::Hub& hub : finding.hubs) {
      const double share = hub.carriers == 0 ? 0
                                             : 100 * static_cast<double>(hub.banned) /
                                                   static_cast<double>(hub.carriers);
      out += fmt::format(
          "<tr><th scope=\"row\" class=\"name\">{} <code>{}</code></th><td class=\"num\">{}</td>"
          "<td class=\"num\">{}</td><td class=\"num\">{:.0f} %</td></tr>\n",
          Escaped(KindLabel(hub.kind)), Escaped(hub.fingerprint.substr(0, 8)),
          Grouped(hub.carriers), Grouped(hub.banned), share);
    }
    out += "</tbody></table></div>\n";
  }

  static std::string Section(std::size_t number, const Finding& finding) {
    const std::string_view verdict = VerdictName(finding.decision);
    std::string out = fmt::format("<details class=\"finding\" id=\"f{}\"{}><summary><h3>", number,
                                  number == 1 ? " open" : "");
    AppendEscaped(out, Headline(finding));
    out +=
        fmt::format("</h3></summary>\n<p><strong class=\"v {0}\">{0}</strong></p>\n<ul>", verdict);
    for (const Finding::Why& why : finding.reasons) out += "<li>" + Escaped(why.text) + "</li>";
    out += "</ul>\n";
    if (!finding.contested.empty()) {
      out += "<p>Objections that nobody has reviewed yet: ";
      for (std::size_t i = 0; i < finding.contested.size(); ++i) {
        out += (i == 0 ? "" : ", ") + Escaped(finding.contested[i]);
      }
      out += ".</p>\n";
    }
    if (!finding.links.empty()) {
      const Waterfall bars = WaterfallOf(finding.links[0], finding.scale, finding.facts);
      out += "<h4>Evidence in bits</h4>\n" + DrawWaterfall(bars);
      if (!bars.note.empty()) out += "<p class=\"soft\">" + Escaped(bars.note) + "</p>\n";
      const PictureGraph graph = EvidenceOf(finding.links, finding.facts);
      out +=
          "<h4>Evidence graph</h4>\n<div class=\"graph\" role=\"group\" tabindex=\"0\" "
          "aria-label=\"Evidence graph of " +
          Escaped(finding.seller) + "\">" + DrawGraph(graph) + "</div>\n";
      if (graph.left_out > 0) {
        out += "<p>" + Counted(graph.left_out, "node is", "nodes are") + " left out.</p>\n";
      }
      out +=
          "<details><summary>The graph as a table</summary><div class=\"scroll\" "
          "role=\"group\" tabindex=\"0\" aria-label=\"Evidence graph of " +
          Escaped(finding.seller) + " as a table\">" + TableOfGraph(graph) +
          "</div></details>\n<h4>Shared values</h4>\n";
      Values(out, finding);
      FurtherLinks(out, finding);
    }
    Hubs(out, finding);
    out += "</details>\n";
    return out;
  }

  // Whatever the summary says, in its order.
  void Members(const Json& object, const std::string& prefix, int depth = 0) {
    if (depth == 4) return;
    for (const auto& [key, value] : object.items()) {
      if (prefix.empty() && (key == "v" || key == "leads_to" || key == "kinds")) continue;
      std::string name = prefix + key;
      std::replace(name.begin(), name.end(), '_', ' ');
      if (value.is_object()) {
        Members(value, name + ", ", depth + 1);
        continue;
      }
      if (value.is_array()) {
        std::size_t number = 0;
        for (const Json& each : value) {
          if (each.is_object()) Members(each, fmt::format("{} {}, ", name, ++number), depth + 1);
        }
        continue;
      }
      Add("<tr><th scope=\"row\">");
      Text(name);
      Add("</th><td class=\"name\">");
      Text(value.is_string()            ? value.get<std::string>()
           : value.is_number_unsigned() ? Grouped(value.get<std::uint64_t>())
           : value.is_null()            ? std::string("unknown")
                                        : value.dump());
      Add("</td></tr>\n");
    }
  }

  void Reproduce() {
    Add("<section aria-labelledby=\"reproduce\"><h2 id=\"reproduce\">Parameters and digests</h2>\n"
        "<p>Screening the same files against the same store, under the same policy and as of the "
        "same moment, gives the same <code>results.jsonl</code>. <code>revenant report</code> "
        "makes "
        "this page again from the results alone.</p>\n"
        "<div class=\"scroll\" role=\"group\" tabindex=\"0\" aria-label=\"Parameters and "
        "digests\"><table><thead><tr><th scope=\"col\">Parameter</th><th scope=\"col\">Value</th>"
        "</tr></thead><tbody>\n");
    Members(summary_, "");
    Add("<tr><th scope=\"row\">BLAKE2b-256 of results.jsonl</th><td class=\"name\"><code>" +
        survey_.digest + "</code></td></tr>\n</tbody></table></div>\n");
    if (!policy_.empty()) {
      Add("<details><summary>The policy, as the strongest finding's certificate has it</summary>"
          "<pre tabindex=\"0\">");
      // Printable() would write the ends of lines as codes.
      for (std::size_t at = 0; at < policy_.size();) {
        const std::size_t end = std::min(policy_.find('\n', at), policy_.size());
        Text(std::string_view(policy_).substr(at, end - at));
        Add("\n");
        at = end + 1;
      }
      Add("</pre></details>\n");
    }
    Add("</section>\n");
  }

  const fs::path& results_;
  const Json& summary_;
  Survey survey_;
  AtomicFile& file_;
  std::string out_, policy_;
};

}  // namespace

std::string PageHead(std::string_view title, bool script) {
  std::string head =
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src ";
  head += HashSource(Style());
  if (script) head += "; script-src " + HashSource(kScript);
  head +=
      "; base-uri 'none'; form-action 'none'\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"referrer\" content=\"no-referrer\">\n<title>";
  AppendEscaped(head, title);
  head += "</title>\n<style>" + Style() + "</style>\n</head>\n<body>\n";
  return head;
}

std::string PageEnd(bool script) {
  std::string end;
  if (script) end.append("<script>").append(kScript).append("</script>\n");
  return end + "</body>\n</html>\n";
}

Result<void> RenderReport(const fs::path& results, std::string_view summary, AtomicFile& page) {
  const Json json = Json::parse(summary, nullptr, false);
  if (!json.is_object() || CountIn(json, "v") != 1 || !json.contains("verdicts")) {
    return Error{Code::kCorruption,
                 (results.parent_path() / "summary.json").string() +
                     ": not the summary of an audit by this version; audit again"};
  }
  TRY_ASSIGN(Survey survey, SurveyOf(results));
  const Json& verdicts = json["verdicts"];
  if (survey.reviews != CountIn(verdicts, "review") ||
      survey.blocks != CountIn(verdicts, "block")) {
    return Error{Code::kCorruption,
                 fmt::format("{}: {} to review and {} to block, but summary.json counts {} and {}; "
                             "audit again",
                             results.string(), survey.reviews, survey.blocks,
                             CountIn(verdicts, "review"), CountIn(verdicts, "block"))};
  }
  return Page(results, json, std::move(survey), page).Write();
}

}  // namespace revenant::report

namespace revenant {

Result<void> WriteReport(const std::filesystem::path& results) {
  const std::filesystem::path file = results / "summary.json";
  std::ifstream in(file, std::ios::binary);
  if (!in) {
    return Error{Code::kNotFound,
                 file.string() + ": cannot be opened; name the folder of a finished audit"};
  }
  constexpr std::size_t kMost = std::size_t{64} << 20;
  std::string summary;
  std::array<char, 65'536> part;
  while (in.read(part.data(), part.size()), in.gcount() > 0) {
    summary.append(part.data(), static_cast<std::size_t>(in.gcount()));
    if (summary.size() > kMost) {
      return Error{Code::kCorruption, file.string() + ": larger than 64 MiB; audit again"};
    }
  }
  if (in.bad()) return Error{Code::kIo, file.string() + ": cannot be read"};
  AtomicFile page(results / "report.html");
  TRY(page.Open());
  TRY(report::RenderReport(results / "results.jsonl", summary, page));
  TRY(page.Finish());
  return page.Publish();
}

}  // namespace revenant
