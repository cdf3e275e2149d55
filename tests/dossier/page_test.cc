// The page says the case to a reader: the sentence first, events in order, words for codes, money
// in major units; and nothing that anybody typed is markup.

#include "dossier/page.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "dossier/envelope.h"
#include "dossier/html.h"
#include "fixtures.h"

namespace revenant {
namespace {

// A case with everything in it.
Json FullCase() {
  return Json::parse(R"({
"about":{"seller":"p:new","made_by":"ann","made_at":"2026-06-01T10:30:00Z","registry_key_check":"ab","journal":"j/1"},
"findings":{"verdict":"block","contested":["p:new"],"as_of":"2026-06-01T10:30:00Z","prior_bits":"-10.000",
 "review_bits":"0.000","block_bits":"7.000","reasons":[{"because":"strong_link","text":"Leads to p:old."}]},
"links":[{"seller":"p:old","strength_bits":"30.422","carried_later_bits":"30.422","redundancy":2,
 "ban":{"at":"2026-03-01T00:00:00Z","reason":"counterfeit","case":"C-7"},
 "in_words":"a\nHow strong: this is likely.\nWhat it rests on: 2 independent proofs.\n",
 "path":[{"from":"p:new","to":"p:old","shared":[
  {"kind":"pay.iban","fingerprint":"1497e9d0b42564eb0ecf31526c793a75","weight_bits":"16.448","other_carriers":3,
   "from_first_seen":"2026-03-20T00:00:00Z","from_sources":["form"],"to_first_seen":"2026-01-05T00:00:00Z","to_sources":["list"]},
  {"kind":"contact.phone","fingerprint":"8eb3c7acc53c0c0dfb9b8b113dc953ac","weight_bits":"13.974",
   "from_first_seen":"2026-03-20T00:00:00Z","from_sources":["form"],"to_first_seen":null,"to_sources":[]}]}]}],
"accounts":{"complete":true,"sellers":[
  {"seller":"p:new","status":"active","since":null,"banned":false},
  {"seller":"p:old","status":"active","since":"2026-01-05T00:00:00Z","banned":true},
  {"seller":"p:third","status":"applicant","since":null,"banned":false}],
 "values":[{"kind":"pay.iban","fingerprint":"1497e9d0b42564eb0ecf31526c793a75","carriers":3,"joins":true,
  "held_by":[{"seller":"p:new"},{"seller":"p:old"}]}]},
"seller":{"platform":"p","seller":"new","status":"active","since":"2026-03-20T00:00:00Z","cluster":"ef",
 "observations":[{"root":"1497e9d0b42564eb0ecf31526c793a75","source":"form"}],"bans":[],
 "infringements":[{"case":"C-9","right":"secret","at":"2026-04-10T00:00:00Z"}],
 "file":[{"kind":"notice","reference":"C-9","at":"2026-04-08T00:00:00Z","detail":{"right":"secret",
  "right_holder":"ACME","claim":"125.000 KWD","present":["right_holder","good_faith"]}}]},
"facts":{"observations":[{"root":"1497e9d0b42564eb0ecf31526c793a75","source":"form","first":"2026-03-20T00:00:00Z",
  "last":"2026-03-21T00:00:00Z","identifiers":[{"kind":"pay.iban","fingerprint":"1497e9d0b42564eb0ecf31526c793a75"}]},
  {"root":"cc","source":"crawl","first":"2026-02-20T00:00:00Z","last":"2026-02-20T00:00:00Z","through":"2026-05-02T00:00:00Z",
   "identifiers":[{"kind":"contact.email","fingerprint":"cc"}]}],
 "bans":[{"case":"C-0","reason":"fraud","at":"2025-01-01T00:00:00Z","lifted":"2025-02-01T00:00:00Z"}],
 "infringements":[{"case":"C-9","right":"secret","at":"2026-04-10T00:00:00Z"}],
 "cannot_link":[{"platform":"p","seller":"other","at":"2026-04-01T00:00:00Z"}],
 "file":[{"kind":"notice","reference":"C-9","at":"2026-04-08T00:00:00Z",
   "detail":"{\"claim\":125000,\"right\":\"secret\",\"right_holder\":\"ACME\",\"present\":[]}"},
  {"kind":"counter_notice","reference":"C-9","at":"2026-04-11T00:00:00Z","lifted":"2026-04-20T00:00:00Z","detail":"{\"ground\":\"not mine\"}"},
  {"kind":"milestone","reference":"acknowledge:C-9","at":"2026-04-08T08:00:00Z"},
  {"kind":"order","reference":"5 O 7/26","at":"2026-05-01T00:00:00Z","detail":"{\"country\":\"DE\",\"measures\":\"partial\",\"type\":\"court_order\"}"},
  {"kind":"measure","reference":"deduct:p:C-9","at":"2026-04-12T00:00:00Z","lifted":"2026-05-12T00:00:00Z","detail":"{\"amount\":87500,\"basis\":[],\"currency\":\"EUR\"}"},
  {"kind":"figure","reference":"deposit_held","at":"2026-04-13T00:00:00Z","detail":"{\"source\":\"till\",\"value\":5000}"},
  {"kind":"figure","reference":"price_ratio","at":"2026-04-14T00:00:00Z","detail":"{\"source\":\"shop\",\"value\":450}"},
  {"kind":"wording","reference":"L-1","at":"2026-04-15T00:00:00Z","detail":"{\"source\":\"crawl\",\"words\":[\"replica\"]}"}]},
"sanctions":{"as_of":"2026-06-01T10:30:00Z","currency":"KWD","complete":false,
 "standings":[{"seller":"p:new","infringements":[
   {"case":"p:C-7","of":"p:old","right":"trademark","at":"2026-02-01T00:00:00Z","countered":true,"by_link":"strong_link"},
   {"case":"p:C-9","of":"p:new","right":"secret","at":"2026-04-10T00:00:00Z","countered":false}],"deposit_required":"150.000 KWD"}],
 "measures_due":[{"seller":"p:new","step":"freeze","case":"p:C-9","held":true,"basis":[],"until":"2026-09-01T00:00:00Z"}],
 "measures_carried_out":[{"seller":"p:new","step":"terminate","case":"p:C-9","done":"2026-05-20T00:00:00Z","amount":"0.000 KWD"}],
 "measures_to_undo":[{"seller":"p:new","step":"deduct","case":"p:C-9","done":"2026-04-12T00:00:00Z","because":"stepped_down","cases_that_fell":["p:C-7"]}],
 "for_an_investigator":[{"seller":"p:third","of":"p:new","why":"earlier_holder"}]},
"knowledge":{"tier":"should_have_known","findings":[
  {"factor":"banned_link","met":"yes","shows":"should_have_known","found":"1 link","threshold":"1 link","source":"registry","at":null,"would_change":"the ban being lifted"},
  {"factor":"price","met":"no","shows":"should_have_known","found":"0.9","threshold":"below 0.7","source":"","at":"2026-04-14T00:00:00Z","would_change":"less"},
  {"factor":"court_order","met":"unknown","shows":"actual","found":"","threshold":"","source":"","at":null,"would_change":""}]},
"clocks":{"regime":"cn","zone":"+08:00","deadlines":[
  {"case":"C-9","stage":"forward","due":"2026-04-12T00:00:00Z","not_before":null,"done":null,"state":"late"}]},
"objections":[{"reference":"O-1","statement":"We bought\nthe phone.","at":"2026-05-03T00:00:00Z","state":"rejected",
  "reviewed_by":"bob","reviewed_at":"2026-05-04T00:00:00Z","note":"no receipt"}],
"journal":{"checkpoint":"j/1\n2\nxx\n\n— j/1 yy\n","entries":[
  {"entry":"entry 3 2026-04-10T00:00:01Z infringe cccc ssss {\"by\":\"ann\",\"seller\":\"p:new\",\"case\":\"C-9\"}","proof":["hash1"]},
  {"entry":"entry 4 2026-04-10T00:00:02Z enrol cccc -","proof":[]}]},
"certificate":"{}"})");
}

std::string Rendered(const Json& sections) {
  const Page page = RenderPage(sections);
  return page.before + page.after;
}
bool Has(std::string_view text, std::string_view part) { return text.find(part) != text.npos; }

// The text of the page without its tags.
std::string Plain(std::string_view html) {
  std::string text;
  bool tag = false;
  for (const char c : html) {
    if (c == '<') tag = true;
    if (!tag) text += c;
    if (c == '>') tag = false;
  }
  return text;
}

std::string SectionOf(const std::string& page, const std::string& id) {
  const std::size_t begin = page.find("<h2 id=\"" + id + "\"");
  if (begin == page.npos) return {};
  return page.substr(begin, page.find("</section>", begin) - begin);
}

TEST_CASE("TheSentenceComesFirst") {
  struct Row {
    const char* name;
    void (*change)(Json&);
    const char* says;
  };
  static const Row kRows[] = {
      {"a link", [](Json&) {},
       "p:new leads to p:old, banned on 1 March 2026 for counterfeit (case C-7): it has the same "
       "International bank account number (IBAN) and the same Phone number."},
      {"through another",
       [](Json& all) {
         Json& path = all["links"][0]["path"];
         path[0]["to"] = "p:mid";
         path[0]["shared"].erase(1);
         path.push_back({{"from", "p:mid"}, {"to", "p:old"}, {"shared", Json::array()}});
       },
       "it has the same International bank account number (IBAN) as p:mid."},
      {"two links", [](Json& all) { all["links"].push_back(all["links"][0]); },
       "Phone number. It leads to 1 such account more."},
      {"itself banned",
       [](Json& all) {
         all["links"] = Json::array();
         all["seller"]["bans"] = {{{"case", "C-1"}, {"reason", "fraud"}, {"at", nullptr}}};
       },
       "p:new is banned since unknown date for fraud (case C-1). "},
      {"nothing", [](Json& all) { all["links"] = Json::array(); },
       "Nothing that p:new carries leads to a banned seller."},
      {"another platform's case", [](Json& all) { all["links"][0]["seller"] = "exchange/m:C-1"; },
       "p:new leads to exchange/m:C-1, a case that another platform listed: "},
  };
  for (const Row& row : kRows) {
    CAPTURE(std::string(row.name));
    Json sections = FullCase();
    row.change(sections);
    const std::string text = Plain(SectionOf(Rendered(sections), "short"));
    CAPTURE(text);
    CHECK(Has(text, row.says));
  }
}

TEST_CASE("TheEvidenceStandsInOrderOfTimeAndTheUndatedLast") {
  const std::string part = SectionOf(Rendered(FullCase()), "time");
  std::vector<std::string> times;
  const std::string_view mark = "datetime=\"";
  for (std::size_t at = part.find(mark); at != part.npos; at = part.find(mark, at + 1)) {
    const std::size_t begin = at + mark.size();
    times.push_back(part.substr(begin, part.find('"', begin) - begin));
  }
  CHECK(times.size() == 22);
  CHECK(std::is_sorted(times.begin(), times.end()));
  CHECK(part.rfind("unknown date") > part.rfind(mark));
}

TEST_CASE("EveryPartSaysItsCodesInWordsAndItsMoneyInMajorUnits") {
  const std::string page = Rendered(FullCase());
  struct Row {
    const char *section, *says;
  };
  for (const Row& row :
       {Row{"short", "1 confirmed infringement of its own: case C-9 (trade secret, 10 April 2026)"},
        Row{"short", "20 March 2026, 19 days after the ban"},
        Row{"short", "This is likely. 2 independent proofs."},
        Row{"short", "one application in 1024"},
        Row{"short", "about 1.4 million to 1"},
        Row{"short", "p:new has objected"},
        Row{"short", "Case p:C-7, which counted against it"},
        Row{"short", "1 measure due; 1 measure carried out; 1 measure to be undone; 1 deadline"},
        Row{"time", "p:old is first seen with International bank account number (IBAN)"},
        Row{"time", "(IBAN), the same as at p:old"},
        Row{"time", "p:new: E-mail address is withdrawn"},
        Row{"time", "The ban of p:new is lifted"},
        Row{"time", "it claims 125.000 KWD"},
        Row{"time", "not mine"},
        Row{"time", "The counter-notice is rejected"},
        Row{"time", "Done: acknowledge the notice"},
        Row{"time", "A court order (DE)"},
        Row{"time", "deduct from the deposit, 875.00 EUR"},
        Row{"time", "Measure undone"},
        Row{"time", "deposit held: 5.000 KWD"},
        Row{"time", "0.450 times"},
        Row{"time", "infringing words: replica"},
        Row{"time", "reviewed by bob: rejected"},
        Row{"time", "p:new and p:other to be different people"},
        Row{"shared", "The link to p:old"},
        Row{"shared", "16.4"},
        Row{"shared", "1497e9d0"},
        Row{"shared", "nothing directly; through other accounts"},
        Row{"follows", "the link is strong enough, and this account came later"},
        Row{"follows", "Due, until 1 September 2026; held until"},
        Row{"follows",
            "To be undone: the step is no longer reached (no longer counts: case p:C-7)"},
        Row{"follows", "Carried out on 20 May 2026"},
        Row{"follows", "Deposit required of p:new: 150.000 KWD"},
        Row{"follows", "may be incomplete"},
        Row{"follows", "cases of p:new do not count against"},
        Row{"clocks", "125.000 KWD"},
        Row{"clocks", "who complains, a statement of good faith"},
        Row{"clocks", "12 April 2026, 08:00 UTC+08:00"},
        Row{"clocks", "Forward the counter-notice"},
        Row{"clocks", "Late: not done in time"},
        Row{"knowledge", "The platform should have known"},
        Row{"knowledge", "A link to a banned account: shown"},
        Row{"knowledge", "neither shown nor excluded: a court order."},
        Row{"objections", "rejected on review"},
        Row{"objections", "the phone."},
        Row{"appendix", "1497e9d0b42564eb0ecf31526c793a75"},
        Row{"appendix", "withdrawn"},
        Row{"appendix", "enrol (erased)"},
        Row{"appendix", "hash1"},
        Row{"appendix", "prior -10.000, review from 0.000, block from 7.000"}}) {
    const std::string text = Plain(SectionOf(page, row.section));
    CAPTURE(text);
    CAPTURE(std::string(row.says));
    CHECK(Has(text, row.says));
  }
  // What no person should have to read stands in the appendix only.
  const std::string body = Plain(page.substr(page.find("<body>")));
  const std::string before = body.substr(0, body.find("Appendix"));
  for (const char* code : {"stepped_down", "should_have_known", "itself_banned", "deposit_held",
                           "87500", "00Z", "1497e9d0b42564eb0ecf31526c793a75", "{\""}) {
    CAPTURE(code);
    CHECK_FALSE(Has(before, code));
  }
}

// Every element is closed, in order.
bool TagsMatch(const std::string& html) {
  std::vector<std::string> open;
  const std::size_t body = html.find("<body>");
  for (std::size_t at = html.find('<', body); at != html.npos; at = html.find('<', at + 1)) {
    const std::size_t end = html.find_first_of(" >\n", at);
    const std::string name = html.substr(at + 1, end - at - 1);
    if (name == "br" || name == "wbr") continue;
    if (name[0] != '/') {
      open.push_back(name);
    } else if (open.empty() || open.back() != name.substr(1)) {
      return open.empty() && name == "/html";
    } else {
      open.pop_back();
    }
  }
  return open.empty();
}

void ReplaceTexts(Json& value, const std::string& by) {
  if (value.is_string()) value = by;
  if (value.is_structured()) {
    for (Json& item : value) ReplaceTexts(item, by);
  }
}
std::size_t CountOf(std::string_view text, std::string_view part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++count;
  return count;
}

TEST_CASE("NothingTypedBecomesMarkupWhereverItStands") {
  const std::string hostile[] = {"</style><script>alert(1)</script><b x=\"'>",
                                 "\" onload=\"alert(1)",
                                 "\xE2\x80\xAE"
                                 "evil\x1B[31m",
                                 "{}{}",
                                 "\\\"}body{display:none}/*",
                                 "</title></main></body>",
                                 std::string(3'000, 'x')};
  for (const std::string& text : hostile) {
    CAPTURE(text);
    // Each section alone, so that the others stay as they read, and the whole.
    const Json good = FullCase();
    for (const auto& [name, section] : good.items()) {
      Json sections = good;
      ReplaceTexts(sections[name], text);
      const std::string page = Rendered(sections);
      CAPTURE(name);
      CHECK(TagsMatch(page));
      CHECK_FALSE(Has(page, "<script"));
      CHECK_FALSE(Has(page, "<b "));
      CHECK_FALSE(Has(page, "\" onload"));
      CHECK_FALSE(Has(page, "\xE2\x80\xAE"));
      CHECK_FALSE(Has(page, "\x1B"));
      CHECK_FALSE(
          Has(page.substr(page.find("<style>"), page.find("</style>") - page.find("<style>")),
              "}body{display"));
      CHECK(CountOf(page, "</style>") == 1);
      CHECK(CountOf(page, "</title>") == 1);
    }
  }
}

TEST_CASE("ThePageStandsWhateverIsMissing") {
  CHECK(TagsMatch(Rendered(FullCase())));
  CHECK(TagsMatch(Rendered(Json::object())));
  const Json good = FullCase();
  for (const auto& [name, section] : good.items()) {
    CAPTURE(name);
    for (const Json& other : {Json(), Json(7), Json("text"), Json::array(), Json::object(),
                              Json::array({1, "a", nullptr, Json::array(), Json::object()})}) {
      Json sections = good;
      sections[name] = other;
      CHECK(TagsMatch(Rendered(sections)));
      for (const auto& [member, value] : section.items()) {
        if (!section.is_object()) break;
        sections = good;
        sections[name][member] = other;
        CHECK(TagsMatch(Rendered(sections)));
      }
    }
  }
}

TEST_CASE("AnEmptyCaseSaysThatNothingIsOnFile") {
  const Json sections = {{"about", {{"seller", "p:x"}, {"made_at", "2026-06-01T00:00:00Z"}}},
                         {"findings", {{"verdict", "clear"}, {"as_of", "2026-06-01T00:00:00Z"}}}};
  const std::string text = Plain(Rendered(sections));
  for (const char* says : {"Nothing that p:x carries leads to a banned seller.",
                           "No infringement of its own", "Nothing is on file about this seller.",
                           "It shares no identifier", "No confirmed infringement counts",
                           "No notice is on file", "The seller has not objected."}) {
    CAPTURE(says);
    CHECK(Has(text, says));
  }
}

TEST_CASE("AWordIsBrokenOnlyWhereNoColumnCouldHoldIt") {
  CHECK(Escaped("shop-eu:S-2077 and words").text() == "shop-eu:S-2077 and words");
  CHECK(Escaped(std::string(24, 'a')).text() == std::string(24, 'a'));
  CHECK(Escaped(std::string(25, 'a')).text() == std::string(24, 'a') + "<wbr>a");
  std::string umlauts, half;
  for (int i = 0; i < 25; ++i) umlauts += "\xC3\xA4";
  for (int i = 0; i < 24; ++i) half += "\xC3\xA4";
  CHECK(Escaped(umlauts).text() == half + "<wbr>\xC3\xA4");
  CHECK(EscapedPlain(std::string(40, 'a')).text() == std::string(40, 'a'));
}

TEST_CASE("TablesSayTheirHeadsToAScreenReader") {
  HtmlTable table("Two things", {"One", "Two"});
  CHECK(table.Done().empty());
  table.Row({Escaped("a<b"), Html::Raw("<code>c</code>")});
  const std::string html = table.Done().text();
  for (const char* part :
       {"<caption>Two things</caption>", "<th scope=\"col\" role=\"columnheader\">",
        "<th scope=\"row\" role=\"rowheader\">a&lt;b</th>",
        "data-head=\"Two\"><code>c</code></td>"}) {
    CAPTURE(part);
    CHECK(Has(html, part));
  }
}

// --- Dossiers of earlier versions

std::string OldFile(const char* name) {
  std::ifstream in(std::filesystem::path(test::Fixtures()) / "formats/dossier1" / name,
                   std::ios::binary);
  REQUIRE(in);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

TEST_CASE("DossiersOfEarlierVersionsStillVerify") {
  std::string key_text = OldFile("journal.pub");
  key_text.erase(key_text.find_last_not_of('\n') + 1);
  const Result<JournalPublicKey> key = JournalPublicKey::Parse(key_text);
  REQUIRE(key);
  for (const char* name : {"case.html", "case.json"}) {
    const std::string text = OldFile(name);
    const DossierCheck check = VerifyDossier(text, *key);
    CAPTURE(check.refusal);
    CHECK(check.holds);
    CHECK(check.seller == "shop-eu:S-2077");
    std::string bad = text;
    bad.replace(bad.rfind("\"tier\": \"should_have_known\""), 9, "\"tier\": \"S");
    CHECK(Has(VerifyDossier(bad, *key).refusal, "section \"knowledge\" was changed"));
  }
  std::string page = OldFile("case.html");
  page.replace(page.find("Findings"), 8, "Bindings");
  CHECK(VerifyDossier(page, *key).refusal == "the page was changed after it was signed");
}

}  // namespace
}  // namespace revenant
