#ifndef REVENANT_TESTS_CLI_COMMAND_H_
#define REVENANT_TESTS_CLI_COMMAND_H_

#include <sys/types.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace revenant::test {

// What one run of the command came to.
struct Outcome {
  int exit_code = -1;  // 128 + the signal that ended it
  std::string out;
  std::string err;
};

// The built command, an absolute path.
std::string Command();
// A file of fixtures/, by its path in there.
std::string Fixture(const std::string& name);

using Words = std::vector<std::string>;
using Json = nlohmann::ordered_json;

// A temporary folder with a store in it, removed in the end. Files are named by what stands in the
// folder; the command runs in it.
class Workshop {
 public:
  Workshop();
  ~Workshop();
  Workshop(const Workshop&) = delete;
  Workshop& operator=(const Workshop&) = delete;

  std::filesystem::path dir() const { return dir_; }
  std::filesystem::path Write(const std::string& name, std::string_view bytes) const;
  std::string Read(const std::string& name) const;

  // Runs `revenant` with these arguments, stdin from `input`.
  Outcome Run(const Words& arguments, std::string_view input = {}) const;
  // The same with --store in front: NAME of a store in the folder.
  Outcome On(const std::string& store, Words arguments, std::string_view input = {}) const;

  // Starts it and comes back at once; Wait() for it.
  pid_t Start(const Words& arguments) const;
  static int Wait(pid_t pid);

 private:
  // `files` are those of stdin, stdout and stderr.
  pid_t Spawn(const Words& arguments, const std::string (&files)[3]) const;
  std::filesystem::path dir_;
};

// The objects of JSON Lines.
std::vector<Json> Lines(const std::string& text);

std::string Gzip(std::string_view text);

}  // namespace revenant::test

#endif  // REVENANT_TESTS_CLI_COMMAND_H_
