// Faults that people reported of tools like this one, tried on the built command
// (fixtures/reported).

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <string>

#include "command.h"

namespace revenant::test {
namespace {

constexpr const char* kIban = "GB33BUKB20201555555555";

bool Has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// A store in which the IBAN of the cases is banned, from the `known.csv` of a case or our own.
class Store : public Workshop {
 public:
  explicit Store(const std::string& folder = {}) {
    REQUIRE(On("s", {"init"}).exit_code == 0);
    Write("known.csv", folder.empty() ? "platform,seller,seen,pay.iban\nshop,BAD,2026-01-05," +
                                            std::string(kIban) + "\n"
                                      : Fixture("reported/" + folder + "/known.csv"));
    REQUIRE(On("s", {"import", "known.csv"}).exit_code == 0);
    const Outcome ban = On(
        "s", {"ban", "shop:BAD", "--reason", "counterfeit", "--case", "C-1", "--at", "2026-02-01"});
    REQUIRE(ban.exit_code == 0);
    CHECK_FALSE(Has(ban.err, "not enrolled"));
  }
  Outcome Do(Words words, std::string_view input = {}) const { return On("s", words, input); }
};

TEST_CASE("reported 10: one bad cell never costs the row") {
  const Store store("10-one-bad-cell");
  const std::string latin1 = Fixture("reported/10-one-bad-cell/applications-latin1.csv");
  std::string nul = latin1;
  nul.replace(nul.find("J\xf6rg") == std::string::npos ? nul.find(",J") + 1 : nul.find("J\xf6rg"),
              2, std::string("J\0", 2));
  for (const std::string& text : {latin1, nul}) {
    const Outcome done = store.Do({"screen", "-", "--json"}, text);
    CHECK(done.exit_code == 0);
    REQUIRE(Lines(done.out).size() == 2);
    CHECK(Lines(done.out)[0]["verdict"] != "clear");
    CHECK(Has(done.err, "stdin:2:"));
    CHECK(Has(done.err, "contact.name"));
  }
  const Outcome read = store.Do({"screen", "-", "--json", "--encoding", "windows-1252"}, latin1);
  CHECK(Lines(read.out)[0]["verdict"] != "clear");
  CHECK_FALSE(Has(read.err, "UTF-8"));
}

TEST_CASE("reported 11: seconds with seven and nine decimals") {
  const Store store("11-times");
  const Outcome done =
      store.Do({"screen", "-", "--json"}, Fixture("reported/11-times/application.jsonl"));
  REQUIRE(Lines(done.out).size() == 1);
  CHECK(Lines(done.out)[0]["verdict"] != "clear");
  for (const char* at : {"2026-03-01T10:00:00.123456789Z", "2026-03-01 10:00:00", "2026-03-01"}) {
    CHECK(store.Do({"ban", "shop:OTHER", "--reason", "x", "--at", at}).exit_code == 0);
  }
  const Outcome slashes = store.Do({"ban", "shop:BAD", "--reason", "x", "--at", "07/03/2024"});
  CHECK(slashes.exit_code == 2);
  CHECK(Has(slashes.err, "write 2024-03-07"));
  const Outcome days = store.Do({"screen", "-", "--platform", "p", "--date-format", "%d/%m/%Y"},
                                "seller;seen;pay.iban\nN;07/03/2026;" + std::string(kIban) + "\n");
  CHECK(Has(days.out, "shop:BAD"));
  const Outcome serial = store.Do({"import", "-", "--platform", "p"}, "seller,seen\na,45658\n");
  CHECK(serial.exit_code == 0);  // the date costs itself alone
  CHECK(Has(serial.err, "a spreadsheet's day number"));
  CHECK(Has(serial.err, "counts as undated"));
}

TEST_CASE("reported 12: outer blanks make no other seller") {
  const Store store("12-outer-blanks");
  const Outcome done =
      store.Do({"screen", "-", "--json"}, Fixture("reported/12-outer-blanks/applications.csv"));
  CHECK(Lines(done.out)[0]["verdict"] != "clear");
  CHECK(store.Do({"cluster", " shop: BAD "}).exit_code == 0);
  CHECK(store
            .Do({"ban", "--from", "-"},
                "platform, seller,reason\n shop,\xc2\xa0"
                "BAD ,x\n")
            .exit_code == 0);
  CHECK(Lines(store.Do({"stats", "--json"}).out)[0]["sellers"] == 1);
}

TEST_CASE("reported 13: separators are found and said") {
  for (const char* name : {"semicolons.csv", "sep-line.csv"}) {
    const Store store;
    const std::string text = Fixture(std::string("reported/13-separators/") + name);
    const Outcome done = store.Do({"import", "-", "--json"}, text);
    CHECK(done.exit_code == 0);
    CHECK(Lines(done.out)[0]["sellers"] == 2);
    CHECK(Lines(done.out)[0]["rejected"] == 0);
    CHECK(Has(done.err, "found"));
  }
  const Store store;
  const Outcome tabs =
      store.Do({"import", "-"}, "platform\tseller\tseen\tpay.iban\nshop\tT\t2026-01-05\tX\n");
  CHECK(Has(tabs.err, "tabs between the columns"));
  CHECK(tabs.exit_code == 0);
  const Outcome said =
      store.Do({"import", "-", "--delimiter", "pipe"}, "platform|seller\nshop|P\n");
  CHECK(said.exit_code == 0);
  CHECK(store.Do({"import", "-", "--delimiter", "xx"}, "platform\n").exit_code == 2);
  CHECK(store.Do({"import", "-", "--encoding", "ebcdic"}, "platform\n").exit_code == 2);
}

TEST_CASE("reported 14: nothing usable is exit code 1") {
  const Store store;
  const std::string printed = Fixture("reported/14-nothing-usable/printed.json");
  const Outcome import = store.Do({"import", "-"}, printed);
  CHECK(import.exit_code == 1);
  CHECK(Has(import.err, "nothing was entered"));
  const Outcome audit = store.Do({"audit", "-", "--out", "out"}, printed);
  CHECK(audit.exit_code == 1);
  CHECK(Has(audit.err, "nothing was screened"));
  CHECK(store.Do({"screen", "-"}, printed).exit_code == 1);
  CHECK(store.Do({"import", "-", "--bulk", "--platform", "p"}, "seller\n,\n").exit_code != 0);
}

TEST_CASE("reported 15: no cell is run by a spreadsheet") {
  const Store store;
  store.Write("a.csv", Fixture("reported/15-formula-in-rejects/applications.csv"));
  store.Do({"audit", "a.csv", "--show-values", "--out", "out"});
  const std::string rejects = store.Read("out/rejects.csv");
  CHECK(Has(rejects, "\"'=HYPERLINK("));
  CHECK_FALSE(Has(rejects, ",\"=HYPERLINK("));
  store.Do({"import", "a.csv", "--show-values", "--rejects", "r.csv"});
  CHECK(Has(store.Read("r.csv"), "\"'=HYPERLINK("));
}

TEST_CASE("a block over what cannot be checked says so, and nothing to the contrary") {
  const Store store;
  const std::string iban = "CI93CI0080111301134291200589";
  store.Do({"import", "-", "--platform", "shop"},
           "seller,seen,pay.iban\nCI,2026-01-05," + iban + "\n");
  store.Do({"ban", "shop:CI", "--reason", "x", "--at", "2026-02-01"});
  const Outcome done = store.Do({"screen", "-", "--platform", "shop"},
                                "seller,seen,pay.iban\nN,2026-03-01," + iban + "\n");
  CHECK(Has(done.out, "pay.iban"));
  CHECK_FALSE(Has(done.out, "not used"));
}

TEST_CASE("control characters of other people never reach the terminal") {
  const Store store;
  const std::string bad =
      "x\x1b[2K\r\xc2\x9b"
      "31m\xe2\x80\xae\xe2\x80\xa8\xe2\x80\x8b\nclear p:all";
  REQUIRE(store.Do({"ban", "shop:BAD", "--reason", bad, "--case", bad, "--as", bad}).exit_code ==
          0);
  store.Do({"contest", "shop:BAD", "--statement", bad});
  const std::string application =
      "platform,seller,seen,pay.iban\nshop,N,2026-03-01," + std::string(kIban) + "\n";
  store.Write("n.csv", application);
  const Words kAll[] = {{"screen", "n.csv"},
                        {"screen", "n.csv", "--json"},
                        {"subject", "shop:BAD"},
                        {"contest", "shop:BAD"},
                        {"journal", "show"},
                        {"alerts", "--after", "0"},
                        {"reinstate", "shop:" + bad},
                        {"cluster", "shop:BAD"},
                        {"kinds", bad},
                        {bad},
                        {"stats", "--" + bad},
                        {"help", bad},
                        {"withdraw", "shop:BAD", "--kind", bad, "--value", "1"}};
  for (const Words& words : kAll) {
    const Outcome done = store.Do(words);
    for (const std::string& text : {done.out, done.err}) {
      CAPTURE(words[0]);
      for (const char* sign :
           {"\x1b", "\r", "\xc2\x9b", "\xe2\x80\xae", "\xe2\x80\xa8", "\xe2\x80\x8b"}) {
        CHECK_FALSE(Has(text, sign));
      }
      CHECK_FALSE(Has(text, "\nclear p:all"));
    }
  }
  // What is escaped in JSON means the same.
  const Json verdict = Lines(store.Do({"screen", "n.csv", "--json"}).out)[0];
  bool found = false;
  for (const Json& link : verdict["links"]) found = found || link["ban"]["case"] == bad;
  CHECK(found);
}

TEST_CASE("values where names should stand are not shown") {
  const Store store;
  const Outcome bare = store.Do({"import", "-", "--map", "S-1=seller", "--platform", "p"},
                                "alpha,S-1,DE44500105175407324931,+491701234567\n"
                                "alpha,S-2,DE02120300000000202051,+491701234568\n");
  CHECK_FALSE(Has(bare.err, "DE44"));
  CHECK_FALSE(Has(bare.err, "+4917"));
  const std::string swapped =
      R"({"platform":"p","seller":"a","attributes":[{"kind":"DE44500105175407324931","value":"pay.iban"}]})";
  const Outcome json = store.Do({"import", "-", "--rejects", "r.csv"}, swapped);
  CHECK_FALSE(Has(json.err + json.out + store.Read("r.csv"), "DE44"));
  CHECK_FALSE(Has(store.Do({"screen", "-"}, swapped).out, "DE44"));
  CHECK_FALSE(Has(store.Do({"screen", "-", "--json"}, swapped).out, "DE44"));
  const Outcome withdraw =
      store.Do({"withdraw", "shop:BAD", "--kind", kIban, "--value", "pay.iban"});
  CHECK(withdraw.exit_code == 2);
  CHECK_FALSE(Has(withdraw.err, kIban));
}

TEST_CASE("slips of the pen are answered with what was meant") {
  const Store store;
  const struct {
    Words words;
    const char* says;
  } kSlips[] = {
      {{"baan", "shop:BAD", "--reason", "x"}, "no verb \"baan\"; did you mean `ban`?"},
      {{"ban", "shop:BAD", "--raeson", "x"}, "no option \"--raeson\"; did you mean `--reason`?"},
      {{"journal", "shwo"}, "no verb \"shwo\"; did you mean `show`?"},
      {{"help", "improt"}, "did you mean `import`?"},
      {{"kinds", "pay.ibann"}, "did you mean pay.iban?"},
  };
  for (const auto& [words, says] : kSlips) {
    const Outcome done = store.Do(words);
    CAPTURE(done.err);
    CHECK(done.exit_code != 0);
    CHECK(Has(done.err, says));
  }
  const Outcome columns =
      store.Do({"import", "-", "--platform", "p"}, "seller,IBAN,Telefon,Umsatz\na,X,1,2\n");
  CHECK(Has(columns.err, "ignored unknown columns: IBAN (did you mean `--map IBAN=pay.iban`?)"));
  CHECK(Has(columns.err, "--map Telefon=contact.phone"));
}

TEST_CASE("who asks for what is not there is told so") {
  const Store store;
  const struct {
    Words words;
    int exit_code;
  } kAsked[] = {
      {{"contest", "shop:BAD"}, 1},
      {{"due"}, 1},
      {{"alerts"}, 1},
      {{"kinds", "nosuch"}, 1},
      {{"sanctions", "shop:BAD"}, 1},
      {{"supplier", "shop:BAD"}, 1},
      {{"reinstate", "shop:BAAD"}, 2},
      {{"retract", "shop:BAAD", "--case", "C"}, 2},
  };
  for (const auto& [words, exit_code] : kAsked) {
    CAPTURE(words[0]);
    const Outcome done = store.Do(words);
    CHECK(done.exit_code == exit_code);
    CHECK(Has(done.err, "revenant: "));
  }
  CHECK(store.Do({"dossier", "shop:BAAD", "--out", "d"}).exit_code == 2);  // nobody was made
  CHECK(store.Do({"reinstate", "shop:BAD"}).exit_code == 0);
  const Outcome again = store.Do({"reinstate", "shop:BAD"});
  CHECK(again.exit_code != 0);
}

TEST_CASE("what is written is for its owner alone and tells no path") {
  const Store store;
  store.Write("n.csv", "platform,seller,seen,pay.iban\nshop,N,2026-03-01,X\n");
  store.Do({"audit", "n.csv", "--out", "out"});
  store.Do({"import", "n.csv", "--rejects", "r.csv"});
  REQUIRE(store.Do({"journal", "export", "--out", "j"}).exit_code == 0);
  REQUIRE(store.Do({"dossier", "shop:BAD", "--out", "d"}).exit_code == 0);
  for (const char* name : {"out/results.jsonl", "out/rejects.csv", "out/summary.json",
                           "out/report.html", "r.csv", "j", "d.json", "d.html", "s/CURRENT"}) {
    CAPTURE(name);
    struct stat status{};
    REQUIRE(stat((store.dir() / name).c_str(), &status) == 0);
    CHECK((status.st_mode & 077) == 0);
  }
  for (const char* name : {"j", "d.json", "d.html"}) {
    CHECK_FALSE(Has(store.Read(name), store.dir().string()));
  }
}

TEST_CASE("act takes what verify-certificate takes") {
  const Store store;
  store.Write("n.csv",
              "platform,seller,seen,pay.iban\nshop,N,2026-03-01," + std::string(kIban) + "\n");
  const std::string line = store.Do({"screen", "n.csv", "--json"}).out;
  const Json verdict = Json::parse(line);
  for (const std::string& text :
       {line, verdict["certificate"].dump(), verdict["certificate"].dump(2), verdict.dump(2)}) {
    CHECK(store.Do({"act", "-", "--did", "refused"}, text).exit_code == 0);
    const Outcome check = store.Do({"verify-certificate", "-"}, text);
    CHECK(check.exit_code == 0);
  }
  const Outcome none = store.Do({"act", "-", "--did", "refused"}, R"({"v":1,"x":2})");
  CHECK(none.exit_code == 2);
  CHECK_FALSE(Has(none.err, "certificate: certificate"));
}

TEST_CASE("a policy that leaves settings out says which went back") {
  const Store store;
  store.Write("a.toml", "[verdict]\nblock_bits = 9\n");
  store.Write("b.toml", "[link]\nmax_hops = 3\n");
  CHECK(Has(store.Do({"policy", "set", "a.toml"}).out, "block_bits"));
  const Outcome second = store.Do({"policy", "set", "b.toml"});
  CHECK(Has(second.out, "[verdict] block_bits: 9"));
  CHECK(Has(second.out, "max_hops"));
  CHECK(Has(store.Do({"policy", "set", "--help"}).out, "whole policy"));
}

TEST_CASE("records without a time are warned of, and reasons summed up") {
  const Store store;
  std::string rows = "seller,pay.iban\n";
  for (int i = 0; i < 12; ++i) rows += "s" + std::to_string(i) + ",nonsense\n";
  const Outcome done = store.Do({"import", "-", "--platform", "p"}, rows);
  CHECK(Has(done.err, "no record says when it was seen"));
  CHECK(Has(done.err, "12 x pay.iban: "));
  CHECK_FALSE(Has(store.Do({"import", "-", "--platform", "p"}, "seller,seen\na,2026-01-01\n").err,
                  "no record says"));
}

TEST_CASE("bans are read from files of other names and forms") {
  const Store store;
  const Outcome done =
      store.Do({"ban", "--from", "-", "--map", "Grund=reason", "--map", "Konto=seller",
                "--platform", "shop", "--map", "Datum=at", "--date-format", "%d.%m.%Y"},
               "Konto;Grund;Datum\nBAD;fraud;03.02.2026\n");
  CHECK(done.exit_code == 0);
  CHECK(Has(store.Do({"export"}).out, "fraud"));
}

// Ten sellers without a number of a platform's own kind, and a platform with words of its own.
TEST_CASE("reported 12: words for missing values, and a policy's own") {
  const Workshop shop;
  REQUIRE(shop.On("s", {"init"}).exit_code == 0);
  std::string csv = "platform,seller,seen,custom.vat_id\n";
  for (int i = 0; i < 10; ++i) {
    csv += "shop,N" + std::to_string(i) + ",2026-01-05,N/A\n";
    csv += "shop,O" + std::to_string(i) + ",2026-01-05,office on 2nd floor\n";
  }
  shop.Write("known.csv", csv);
  REQUIRE(shop.On("s", {"import", "known.csv"}).exit_code == 0);
  const auto clusters = [&] {
    const Outcome stats = shop.On("s", {"stats", "--json"});
    REQUIRE(stats.exit_code == 0);
    return Lines(stats.out)[0]["linked_clusters"].get<int>();
  };
  CHECK(clusters() == 1);

  shop.Write("junk.toml", "[junk]\nvalues = [\"Office on 2nd floor\"]\n");
  const Outcome listed = shop.On("s", {"policy", "set", "junk.toml"});
  REQUIRE(listed.exit_code == 0);
  CHECK(Has(listed.out, "10 observations are now junk and link nothing"));
  CHECK(clusters() == 0);
  CHECK(Has(shop.On("s", {"policy", "show"}).out, "[junk]\nvalues = [\"Office on 2nd floor\"]\n"));
  const Outcome screened = shop.On("s", {"screen", "-"},
                                   R"({"platform":"shop","seller":"NEW","attributes":[)"
                                   R"({"kind":"custom.vat_id","value":"office on 2nd floor"}]})");
  CHECK(Has(screened.out, "not used, as it identifies nobody: custom.vat_id: the policy lists it"));

  shop.Write("words.toml", "[kind.\"custom.vat_id\"]\nplaceholders = true\n");
  const Outcome taken = shop.On("s", {"policy", "set", "words.toml", "--json"});
  REQUIRE(taken.exit_code == 0);
  CHECK(Lines(taken.out)[0]["no_longer_junk"] == 20);
  CHECK(clusters() == 2);
  CHECK(shop.On("s", {"fsck"}).exit_code == 0);

  const std::string asked = "custom.vat_id\tN/A\ncustom.vat_id\toffice on 2nd floor\n";
  const auto status = [&](Words words) {
    std::string both;
    words.emplace_back("--json");
    for (const Json& line : Lines(shop.Run(words, asked).out)) {
      both += line["status"].get<std::string>() + " ";
    }
    return both;
  };
  CHECK(status({"normalize"}) == "junk valid ");
  CHECK(status({"normalize", "--policy", "junk.toml"}) == "junk junk ");
  CHECK(status({"normalize", "--policy", "words.toml"}) == "valid valid ");
}

// One value is one piece of evidence, whatever is read out of it.
TEST_CASE("reported 12: what derives from one value is not counted as more") {
  const Store store;
  const auto ask = [&](const std::string& attributes) {
    return store
        .Do({"screen", "-"}, R"({"platform":"shop","seller":"NEW","seen":"2026-03-01",)"
                             R"("attributes":[)" +
                                 attributes + "]}")
        .out;
  };
  const std::string one = ask(R"({"kind":"pay.iban","value":"GB33BUKB20201555555555"})");
  CHECK(Has(one, "review"));
  CHECK_FALSE(Has(one, "more"));
  CHECK_FALSE(Has(one, "the rest would be judged"));
}

TEST_CASE("no output takes the place of a key, of the store or of an input") {
  const Workshop shop;
  REQUIRE(shop.On("s", {"init"}).exit_code == 0);
  shop.Write("app.csv", "platform,seller,pay.iban\np,A,DE00\n");
  std::filesystem::create_directory(shop.dir() / "other");
  const std::string key = shop.Read("s.key"), input = shop.Read("app.csv");
  for (const char* file : {"s.key", "./s.key", "s.journal.key", "s/CURRENT", "s/new",
                           "other/../s/CURRENT", "app.csv"}) {
    CAPTURE(file);
    for (const char* verb : {"screen", "import"}) {
      const Outcome refused = shop.On("s", {verb, "app.csv", "--rejects", file});
      CHECK(refused.exit_code == 2);
      CHECK(refused.err.find("would be written over") != std::string::npos);
    }
    if (std::string_view(file) == "app.csv") continue;
    CHECK(shop.On("s", {"journal", "checkpoint", "--out", file}).exit_code == 2);
    CHECK(shop.On("s", {"journal", "export", "--out", file}).exit_code == 2);
  }
  CHECK(shop.Read("s.key") == key);
  CHECK(shop.Read("app.csv") == input);
  CHECK(shop.Read("s/CURRENT").starts_with("MANIFEST-"));
  CHECK_FALSE(std::filesystem::exists(shop.dir() / "s/new"));
  CHECK(shop.On("s", {"screen", "app.csv", "--rejects", "bad.csv"}).exit_code != 2);
  CHECK(shop.Read("bad.csv").starts_with("file,line"));
}

}  // namespace
}  // namespace revenant::test
