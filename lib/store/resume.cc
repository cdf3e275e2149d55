#include "store/resume.h"

#include <chrono>
#include <system_error>
#include <thread>

#include "util/mutex.h"

namespace revenant {
namespace {

constexpr std::chrono::milliseconds kPatience{200}, kPause{20};

// While another thread waits inside Resume(): lets what runs in the background come to its end and
// holds back what would follow for a moment, in which Resume() goes on. The flush that it asks for
// runs afterwards.
class Pauser {
 public:
  explicit Pauser(rocksdb::DB& db) : thread_([this, &db] { Run(db); }) {}
  ~Pauser() {
    {
      const MutexLock lock(mutex_);
      done_ = true;
    }
    changed_.NotifyAll();
    thread_.join();
  }
  Pauser(const Pauser&) = delete;
  Pauser& operator=(const Pauser&) = delete;

 private:
  void Run(rocksdb::DB& db) {
    MutexLock lock(mutex_);
    while (true) {
      changed_.WaitFor(mutex_, kPatience);
      if (done_) return;
      lock.Unlock();
      if (db.PauseBackgroundWork().ok()) {
        std::this_thread::sleep_for(kPause);
        db.ContinueBackgroundWork().PermitUncheckedError();
      }
      lock.Lock();
    }
  }

  Mutex mutex_;
  CondVar changed_;
  bool done_ GUARDED_BY(mutex_) = false;
  std::thread thread_;  // last: it uses what stands above
};

}  // namespace

rocksdb::Status ResumeNow(rocksdb::DB& db) {
  try {
    const Pauser pauser(db);
    return db.Resume();
  } catch (const std::system_error&) {
    return rocksdb::Status::Busy("no thread can be started");
  }
}

}  // namespace revenant
