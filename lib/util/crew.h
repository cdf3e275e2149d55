#ifndef REVENANT_UTIL_CREW_H_
#define REVENANT_UTIL_CREW_H_

#include <cstddef>
#include <new>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace revenant {

// Threads that are joined before it is destroyed, on every path: a std::thread that is still
// joinable when it is destroyed ends the whole process.
// Threads: used by one.
class Crew {
 public:
  Crew() = default;
  ~Crew() { Join(); }
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;

  // False: the system has no thread or no memory to give, and `work` was not started.
  template <typename Work>
  bool Start(Work&& work) {
    try {
      threads_.emplace_back(std::forward<Work>(work));
      return true;
    } catch (const std::system_error&) {
      return false;
    } catch (const std::bad_alloc&) {
      return false;
    }
  }

  void Join() {
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }
  std::size_t size() const { return threads_.size(); }

 private:
  std::vector<std::thread> threads_;
};

}  // namespace revenant

#endif  // REVENANT_UTIL_CREW_H_
