#include "store/resume.h"

#include <rocksdb/env.h>

#include <cstddef>
#include <string>

namespace revenant {
namespace {

constexpr std::size_t kRoom = std::size_t{4} << 20;
// A name that RocksDB takes for a temporary file: where it is left behind, the next opening deletes
// it.
constexpr const char* kProbe = "/000000.dbtmp";

}  // namespace

rocksdb::Status ResumeIfThereIsRoom(rocksdb::DB& db) {
  const std::string probe = db.GetName() + kProbe;
  rocksdb::Status room = rocksdb::WriteStringToFile(db.GetEnv(), std::string(kRoom, '\0'), probe,
                                                    /*should_sync=*/true);
  db.GetEnv()->DeleteFile(probe).PermitUncheckedError();
  return room.ok() ? db.Resume() : room;
}

}  // namespace revenant
