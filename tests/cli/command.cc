#include "command.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>

extern char** environ;

namespace revenant::test {
namespace {

int ExitCode(int status) {
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace

std::string Command() { return REVENANT_COMMAND; }

std::string Fixture(const std::string& name) {
  std::ifstream input(std::string(REVENANT_FIXTURES "/") + name, std::ios::binary);
  if (!input) throw std::runtime_error("no fixture " + name);
  return {std::istreambuf_iterator<char>(input), {}};
}

Workshop::Workshop() {
  std::string pattern = (std::filesystem::temp_directory_path() / "revenant-cli-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp");
  dir_ = pattern;
  for (const char* name :
       {"REVENANT_STORE", "REVENANT_KEY", "REVENANT_JOURNAL_KEY", "REVENANT_ACTOR"})
    unsetenv(name);
  setenv("REVENANT_NOW", "2026-06-01T00:00:00Z", 1);
}

Workshop::~Workshop() {
  std::error_code ignored;
  std::filesystem::remove_all(dir_, ignored);
}

std::filesystem::path Workshop::Write(const std::string& name, std::string_view bytes) const {
  std::ofstream(dir_ / name, std::ios::binary).write(bytes.data(), std::ssize(bytes));
  return dir_ / name;
}

std::string Workshop::Read(const std::string& name) const {
  std::ifstream input(dir_ / name, std::ios::binary);
  return {std::istreambuf_iterator<char>(input), {}};
}

pid_t Workshop::Spawn(const Words& arguments, const std::string (&files)[3]) const {
  std::vector<std::string> words = {Command()};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addchdir_np(&actions, dir_.c_str());
  const int write = O_WRONLY | O_CREAT | O_TRUNC;
  posix_spawn_file_actions_addopen(&actions, 0, files[0].c_str(), O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 1, files[1].c_str(), write, 0600);
  posix_spawn_file_actions_addopen(&actions, 2, files[2].c_str(), write, 0600);
  pid_t pid = -1;
  const int failed =
      posix_spawn(&pid, words.front().c_str(), &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) throw std::runtime_error("posix_spawn " + words.front());
  return pid;
}

int Workshop::Wait(pid_t pid) {
  int status = 0;
  if (waitpid(pid, &status, 0) != pid) throw std::runtime_error("waitpid");
  return ExitCode(status);
}

pid_t Workshop::Start(const Words& arguments) const {
  return Spawn(arguments, {"/dev/null", ".out", ".err"});
}

Outcome Workshop::Run(const Words& arguments, std::string_view input) const {
  Write(".in", input);
  Outcome outcome;
  outcome.exit_code = Wait(Spawn(arguments, {".in", ".out", ".err"}));
  outcome.out = Read(".out");
  outcome.err = Read(".err");
  return outcome;
}

Outcome Workshop::On(const std::string& store, Words arguments, std::string_view input) const {
  arguments.insert(arguments.begin(), {"--store", store});
  return Run(arguments, input);
}

std::vector<Json> Lines(const std::string& text) {
  std::vector<Json> lines;
  std::istringstream input(text);
  for (std::string line; std::getline(input, line);) lines.push_back(Json::parse(line));
  return lines;
}

std::string Gzip(std::string_view text) {
  z_stream stream = {};
  deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  std::string out(text.size() + 1024, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

}  // namespace revenant::test
