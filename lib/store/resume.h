#ifndef REVENANT_STORE_RESUME_H_
#define REVENANT_STORE_RESUME_H_

#include <rocksdb/db.h>

namespace revenant {

// DB::Resume(), if the disk takes a few MiB of writes. Otherwise the failure of that: Resume()
// waits until no background work is left, and a merge that fails is tried again second after
// second, so on a full disk it would wait until there is room. Threads: any. Errors: as Resume(),
// and those of writing a file. Cost: 4 MiB written and deleted, and a flush of all tables.
rocksdb::Status ResumeIfThereIsRoom(rocksdb::DB& db);

}  // namespace revenant

#endif  // REVENANT_STORE_RESUME_H_
