#ifndef REVENANT_STORE_RESUME_H_
#define REVENANT_STORE_RESUME_H_

#include <rocksdb/db.h>

namespace revenant {

// DB::Resume(), which returns on a disk that is still full, too. By itself it first waits until no
// background work is left, and a merge that fails is tried again, second after second, for as long
// as the disk is full.
// Threads: any. Errors: as Resume(); Busy also if no thread can be started. Cost: a flush of all
// tables; where merges fail a second or two.
rocksdb::Status ResumeNow(rocksdb::DB& db);

}  // namespace revenant

#endif  // REVENANT_STORE_RESUME_H_
