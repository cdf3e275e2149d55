// The journal and the dossier as a third party meets them: a file, the public key, nothing else.

#include <doctest/doctest.h>

#include <filesystem>

#include "command.h"

namespace revenant::test {
namespace {

constexpr std::string_view kSellers =
    R"({"platform":"eu","seller":"old","seen":"2026-01-01T00:00:00Z","attributes":[{"kind":"pay.iban","value":"DE89 3704 0044 0532 0130 00"},{"kind":"device.imei","value":"490154203237518"}]}
{"platform":"eu","seller":"new","seen":"2026-04-01T00:00:00Z","attributes":[{"kind":"pay.iban","value":"DE89370400440532013000"},{"kind":"device.imei","value":"490154203237518"}]}
)";

// The worked case: a banned seller, its new storefront with the same account, a second case.
struct Case : Workshop {
  Case() {
    Write("sellers.jsonl", kSellers);
    Do({"init"});
    Do({"import", "sellers.jsonl"});
    Do({"infringe", "eu:old", "--right", "trademark", "--case", "C-1", "--at",
        "2026-02-01T00:00:00Z"});
    Do({"ban", "eu:old", "--reason", "counterfeit", "--case", "C-1", "--at",
        "2026-03-01T00:00:00Z"});
    Do({"infringe", "eu:new", "--right", "design", "--case", "C-2", "--at",
        "2026-05-01T00:00:00Z"});
  }
  Outcome Do(Words words, int exit_code = 0) const {
    words.insert(words.begin(), {"--as", "ann"});
    const Outcome outcome = On("s", words);
    CAPTURE(outcome.err);
    CHECK(outcome.exit_code == exit_code);
    return outcome;
  }
};

// Somebody else's machine: the public key, and what they were given.
struct Elsewhere : Workshop {
  explicit Elsewhere(const Workshop& from, const std::string& file) : name(file) {
    Write("pub", from.Read("s.journal.pub"));
    Write(file, from.Read(file));
  }
  Outcome Verify(const Words& verb, const Words& more = {}) const {
    Words words = verb;
    words.insert(words.end(), {name, "--key", "pub"});
    words.insert(words.end(), more.begin(), more.end());
    return Run(words);
  }
  void Edit(std::string_view from, std::string_view to) const {
    std::string text = Read(name);
    const std::size_t at = text.find(from);
    REQUIRE(at != std::string::npos);
    Write(name, text.replace(at, from.size(), to));
  }
  const std::string name;
};

bool Says(const Outcome& outcome, std::string_view text) {
  return outcome.out.find(text) != std::string::npos;
}

TEST_CASE("the journal says who did what and when") {
  const Case story;
  const std::vector<Json> lines = Lines(story.Do({"journal", "show", "--json"}).out);
  std::vector<std::string> types;
  for (const Json& line : lines) {
    types.push_back(line["type"]);
    CHECK(line["body"]["by"] == "ann");
    CHECK(line["at"] == "2026-06-01T00:00:00Z");
  }
  CHECK(types == std::vector<std::string>{"init", "import", "infringe", "ban", "infringe"});
  CHECK(lines[3]["body"]["seller"] == "eu:old");
  CHECK(lines[3]["body"]["reason"] == "counterfeit");
  CHECK(Lines(story.Do({"journal", "show", "--from", "4", "--json"}).out).size() == 1);
  story.Do({"journal", "show", "--from", "5"}, 1);
}

TEST_CASE("an exported journal is verified elsewhere, and names its first bad entry") {
  const Case story;
  const std::string witness = story.Do({"journal", "checkpoint"}).out;
  story.Do({"journal", "export", "--out", "j"});
  const Elsewhere there(story, "j");
  const Words verb = {"journal", "verify"};

  const Outcome good = there.Verify(verb);
  CHECK(good.exit_code == 0);
  CHECK(Says(good, "holds: 6 entries"));  // the export is one of them
  CHECK(Says(good, "could have rewritten everything"));
  there.Write("seen", witness);
  const Outcome seen = there.Verify(verb, {"--witness", "seen"});
  CHECK(seen.exit_code == 0);
  CHECK(Says(seen, "over 5 entries"));

  SUBCASE("edited") {
    there.Edit("\"counterfeit\"", "\"harmless...\"");
    const Outcome bad = there.Verify(verb);
    CHECK(bad.exit_code == 1);
    CHECK(Says(bad, "first bad entry is 3"));
    const Outcome json = there.Verify(verb, {"--json"});
    CHECK(Lines(json.out)[0]["fault"]["entry"] == "3");
  }
  SUBCASE("under another key") {
    Workshop other;
    REQUIRE(other.On("s", {"init"}).exit_code == 0);
    there.Write("pub", other.Read("s.journal.pub"));
    const Outcome bad = there.Verify(verb);
    CHECK(bad.exit_code == 1);
    CHECK(Says(bad, "another key"));
  }
  SUBCASE("of which a witness saw more") {
    const Outcome later = story.Do({"journal", "checkpoint"});
    story.Do({"ban", "eu:new", "--reason", "fakes"});
    there.Write("seen", story.Do({"journal", "checkpoint"}).out);
    const Outcome bad = there.Verify(verb, {"--witness", "seen"});
    CHECK(bad.exit_code == 1);
    CHECK(Says(bad, "first bad entry is 6"));
  }
}

TEST_CASE("forgetting leaves a journal that verifies and no name in it") {
  const Case story;
  story.Do({"forget", "eu:new", "--override", "court order"});
  story.Do({"journal", "export", "--out", "j"});
  const Elsewhere there(story, "j");
  CHECK(there.Read("j").find("eu:new") == std::string::npos);
  const Outcome good = there.Verify({"journal", "verify"});
  CHECK(good.exit_code == 0);
  CHECK(Says(good, "2 of them erased"));  // its infringement, and the batch that it came in
}

TEST_CASE("proofs and decisions") {
  const Case story;
  const Json proof = Json::parse(story.Do({"journal", "prove", "3", "--json"}).out);
  CHECK(proof["inclusion"].size() == 3);
  CHECK(proof["seq"] == "3");
  const Json grown = Json::parse(story.Do({"journal", "prove", "--since", "2", "--json"}).out);
  CHECK(grown["old_size"] == "2");
  story.Do({"journal", "prove", "9"}, 2);
  story.Do({"journal", "prove"}, 2);

  story.Write(
      "new.jsonl",
      R"({"platform":"eu","seller":"third","attributes":[{"kind":"pay.iban","value":"DE89370400440532013000"}]})");
  const Json verdict = Json::parse(story.Do({"screen", "new.jsonl", "--json"}).out);
  const Json& certificate = verdict["certificate"];
  story.Write("c", certificate.is_string() ? certificate.get<std::string>() : certificate.dump());
  if (!certificate.is_null()) {
    const Json entry = Json::parse(story.Do({"act", "c", "--did", "refused", "--json"}).out);
    CHECK(entry["seq"] == "5");
    const Json body = Lines(story.Do({"journal", "show", "--from", "5", "--json"}).out)[0]["body"];
    CHECK(body["seller"] == "eu:third");
    CHECK(body["decision"] == "refused");
    CHECK(body["by"] == "ann");
  }
}

TEST_CASE("exports leave an entry") {
  const Case story;
  story.Do({"export"});
  story.Do({"export", "--facts"});
  story.Do({"dossier", "eu:new", "--out", "case"});
  const auto lines = Lines(story.Do({"journal", "show", "--from", "5", "--json"}).out);
  REQUIRE(lines.size() == 3);
  CHECK(lines[0]["body"]["what"] == "live view");
  CHECK(lines[1]["body"]["what"] == "facts");
  CHECK(lines[2]["body"]["what"] == "dossier");
  CHECK(lines[2]["body"]["seller"] == "eu:new");
}

TEST_CASE("a dossier is verified elsewhere, and with one byte changed it is refused") {
  const Case story;
  story.Do({"dossier", "eu:new", "--out", "case"});
  for (const char* name : {"case.json", "case.html"}) {
    CAPTURE(name);
    const Elsewhere there(story, name);
    const Outcome good = there.Verify({"verify-dossier"});
    CHECK(good.exit_code == 0);
    CHECK(Says(good, "the dossier of eu:new holds"));
    there.Edit("\"case\": \"C-2\"", "\"case\": \"C-3\"");
    const Outcome bad = there.Verify({"verify-dossier"});
    CHECK(bad.exit_code == 1);
    CHECK(Says(bad, "REFUSED: section \"seller\" was changed after it was signed"));
  }
  story.Do({"dossier", "eu:new", "--out", "one.html"});
  CHECK(story.Read("one.html").starts_with("<!DOCTYPE html>"));
  CHECK(story.Read("one.html.json").empty());
  story.Do({"dossier", "eu:nobody", "--out", "x"}, 2);
}

TEST_CASE("a store without a journal key gets one, and no second one") {
  const Case story;
  const std::string key = story.Do({"journal", "key"}).out;
  CHECK(key == story.Read("s.journal.pub"));
  std::filesystem::remove(story.dir() / "s.journal.key");
  const Outcome none = story.Do({"journal", "checkpoint"}, 2);
  CHECK(none.err.find("journal key` makes one") != std::string::npos);
  const Outcome mistyped = story.Do({"--journal-key", "typo.key", "journal", "key"}, 2);
  CHECK(mistyped.err.find("--replace-lost") != std::string::npos);
  CHECK_FALSE(std::filesystem::exists(story.dir() / "typo.key"));
  CHECK(story.Do({"journal", "key", "--replace-lost"}).out != key);
  story.Do({"journal", "checkpoint"});
  std::filesystem::remove_all(story.dir() / "s");
  story.Do({"init"}, 2);
}

}  // namespace
}  // namespace revenant::test
