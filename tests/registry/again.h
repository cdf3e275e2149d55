#ifndef REVENANT_TESTS_REGISTRY_AGAIN_H_
#define REVENANT_TESTS_REGISTRY_AGAIN_H_

// Runs one case of this test program in a process of its own. (A fork alone would not do: the
// threads of RocksDB do not come along.) Such a case is marked doctest::skip(), so that nothing
// else runs it, and reads what it is to do from the environment.

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <map>
#include <string>

extern char** environ;

namespace revenant {

inline pid_t StartAgain(const std::string& test_case,
                        const std::map<std::string, std::string>& variables) {
  const pid_t child = ::fork();
  if (child != 0) return child;
  for (const auto& [name, value] : variables) ::setenv(name.c_str(), value.c_str(), 1);
  const int nowhere = ::open("/dev/null", O_WRONLY);
  ::dup2(nowhere, STDOUT_FILENO);
  const std::string named = "-tc=" + test_case;
  ::execl("/proc/self/exe", "again", named.c_str(), "--no-skip=true", nullptr);
  ::_exit(127);
}

// 0: the case ended well.
inline int WaitFor(pid_t child) {
  int status = -1;
  REQUIRE(::waitpid(child, &status, 0) == child);
  return status;
}

inline std::string Variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

}  // namespace revenant

#endif  // REVENANT_TESTS_REGISTRY_AGAIN_H_
