// The page of an audit: everything that the results say, for a reader with a browser.

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "report/finding_section.h"
#include "report/picture.h"
#include "report/read_results.h"
#include "report/render.h"
#include "report/survey.h"
#include "revenant/report.h"
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

std::uint64_t CountIn(const Json& object, const char* key) {
  const auto found = object.is_object() ? object.find(key) : object.end();
  return found != object.end() && found->is_number_unsigned() ? found->get<std::uint64_t>() : 0;
}

class Page {
 public:
  Page(const fs::path& results, const Json& summary, Survey survey, AtomicFile& file)
      : results_(results), summary_(summary), survey_(std::move(survey)), file_(file) {}

  Result<void> Write() {
    const std::uint64_t records = CountIn(summary_, "records");
    Add(PageHead("Audit of " + Counted(Applications(records), "application", "applications"),
                 true));
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

  std::uint64_t Merged() const {
    return summary_.contains("counted") ? CountIn(summary_["counted"], "merged") : 0;
  }
  std::uint64_t Applications(std::uint64_t records) const {
    return records - std::min(records, Merged());
  }

  void Header(std::uint64_t records) {
    Add("<a class=\"skip\" href=\"#list\">To the findings</a>\n<header>\n<h1>Audit of ");
    Add(Counted(Applications(records), "application", "applications"));
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
    const std::uint64_t merged = Merged();
    const std::uint64_t refused = records > screened + merged ? records - screened - merged : 0;
    Add("<section aria-labelledby=\"summary\"><h2 id=\"summary\">Summary</h2>\n"
        "<dl class=\"tiles\">");
    Tile("block", survey_.blocks);
    Tile("review", survey_.reviews);
    Tile("clear", clear);
    Tile("rejected records", refused);
    Tile("banned sellers led to", CountIn(summary_, "banned_led_to"));
    Tile("values that could not be used", CountIn(summary_, "invalid"));
    Add("</dl>\n<p>");
    Add(fmt::format("{} in = {} clear + {} review + {} block + {} rejected",
                    Counted(records, "record", "records"), Grouped(clear), Grouped(survey_.reviews),
                    Grouped(survey_.blocks), Grouped(refused)));
    if (merged > 0)
      Add(" + " + Grouped(merged) + " added to the record before, of the same seller");
    Add(".");
    if (const std::uint64_t apart = CountIn(summary_, "applications_apart"); apart > 0) {
      Add(
          fmt::format(" {} of a seller that had one before, without what the other one holds: sort "
                      "the input by seller and audit it again.",
                      Counted(apart, "application is", "applications are")));
    }
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
  TRY_ASSIGN(Survey survey, SurveyOf(results, kMostListed));
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
