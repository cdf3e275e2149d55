// The manual page and the completions. What another program has to judge is left out where that
// program is not installed (tools/packages.sh --tests).

#include <doctest/doctest.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "command.h"

namespace revenant::test {
namespace {

// What a shell command prints, both streams; run in the workshop's folder.
struct Printed {
  int exit_code = -1;
  std::string out;
};
Printed Sh(const Workshop& shop, const std::string& command) {
  Printed printed;
  const std::string line = "cd '" + shop.dir().string() + "' && { " + command + "; } 2>&1";
  std::FILE* pipe = ::popen(line.c_str(), "r");
  REQUIRE(pipe != nullptr);
  char bytes[4096];
  for (std::size_t size; (size = std::fread(bytes, 1, sizeof bytes, pipe)) > 0;) {
    printed.out.append(bytes, size);
  }
  printed.exit_code = ::pclose(pipe);
  return printed;
}
bool IsInstalled(const Workshop& shop, const std::string& program) {
  return Sh(shop, "command -v " + program).exit_code == 0;
}

TEST_CASE("TheManualPageHasEveryVerbAndNoFault") {
  const Workshop shop;
  const Outcome page = shop.Run({"generate", "man"});
  REQUIRE(page.exit_code == 0);
  CHECK(page.out.starts_with(".TH REVENANT 1 "));
  CHECK(page.out.find(".SS revenant policy try [OPTIONS] [FILE]\n") != std::string::npos);
  CHECK(page.out.find(".SS revenant doctor [OPTIONS]\n") != std::string::npos);
  CHECK(page.out.find("\\fB\\-\\-store\\fR \\fIDIR\\fR\n") != std::string::npos);
  CHECK(page.out.find("revenant generate") == std::string::npos);
  shop.Write("revenant.1", page.out);
  if (!IsInstalled(shop, "mandoc")) return;
  const Printed lint = Sh(shop, "mandoc -T lint revenant.1");
  CHECK(lint.out == "");
  CHECK(Sh(shop, "mandoc -T utf8 revenant.1").out.find("policy try") != std::string::npos);
}

TEST_CASE("BashCompletesVerbsAndTheirOptions") {
  const Workshop shop;
  shop.Write("completion", shop.Run({"generate", "bash"}).out);
  const auto completed = [&](const std::string& words, int at) {
    return Sh(shop, "bash -c 'source ./completion; COMP_WORDS=(" + words + "); COMP_CWORD=" +
                        std::to_string(at) + "; _revenant; echo \"${COMPREPLY[@]}\"'")
        .out;
  };
  CHECK(completed("revenant doc", 1) == "doctor\n");
  CHECK(completed("revenant policy \"\"", 2).starts_with("show set try "));
  CHECK(completed("revenant --store policy policy tr", 4) == "try\n");
  CHECK(completed("revenant policy try --appl", 3) == "--applications\n");
  CHECK(completed("revenant doctor --st", 2) == "--store\n");
  CHECK(completed("revenant exchange operator qu", 3) == "quota\n");
  CHECK(completed("revenant doctor --store \"\"", 3) == "\n");  // files
}

TEST_CASE("ZshCompletesVerbsAndTheirOptions") {
  const Workshop shop;
  if (!IsInstalled(shop, "zsh")) return;
  shop.Write("completion", shop.Run({"generate", "zsh"}).out);
  // The two functions of zsh's own that it calls, and what it would be told.
  const auto completed = [&](const std::string& words, int at) {
    return Sh(shop,
              "zsh -f -c 'compdef() { }; _files() { echo files }; "
              "_describe() { print -l -- $choices }; source ./completion; words=(" +
                  words + "); CURRENT=" + std::to_string(at) + "; _revenant'")
        .out;
  };
  CHECK(completed("revenant \"\"", 2).find("doctor:Say whether the store") != std::string::npos);
  const std::string policy = completed("revenant policy tr", 3);
  CHECK(policy.starts_with("show:"));
  CHECK(policy.find("\ntry:") != std::string::npos);
  CHECK(completed("revenant policy try --x", 4).find("--applications:") != std::string::npos);
  CHECK(completed("revenant doctor --store \"\"", 4) == "files\n");
}

TEST_CASE("FishTakesItsCompletion") {
  const Workshop shop;
  const Outcome script = shop.Run({"generate", "fish"});
  CHECK(script.out.find("-a doctor -d 'Say whether") != std::string::npos);
  shop.Write("completion", script.out);
  if (IsInstalled(shop, "fish")) CHECK(Sh(shop, "fish -n completion").out == "");
  CHECK(shop.Run({"generate", "tcsh"}).exit_code == 2);
}

}  // namespace
}  // namespace revenant::test
