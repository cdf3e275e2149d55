#ifndef REVENANT_LIB_AUDIT_AUDIT_FEED_H_
#define REVENANT_LIB_AUDIT_AUDIT_FEED_H_

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "audit/audit_batch.h"
#include "records/record_source.h"
#include "revenant/audit.h"
#include "revenant/registry.h"
#include "revenant/result.h"

namespace revenant {

// Where the batches of an audit come from and go to.
class BatchTaker {
 public:
  virtual ~BatchTaker() = default;
  // An empty one: of blocks of `source`, or of what was chosen before (null).
  virtual std::unique_ptr<AuditBatch> NewBatch(const std::string& file,
                                               const std::shared_ptr<RecordSource>& source) = 0;
  // Takes one that is not needed.
  virtual void TakeBack(std::unique_ptr<AuditBatch> batch) = 0;
  // False: the audit stops.
  virtual Result<bool> Give(std::unique_ptr<AuditBatch> batch) = 0;
  virtual bool GoesOn(std::uint64_t records) = 0;
};

// How far an audit had got that goes on.
struct FedPlace {
  std::uint64_t file = 0, file_records = 0;
  std::uint64_t records = 0, skipped = 0;  // of all files
};

struct Fed {
  std::uint64_t chosen = 0;    // records, or stored sellers, of which it is known; 0: all
  std::uint64_t left_out = 0;  // skipped without being judged
  std::vector<AuditReport::Input> sampled;
};

// Reads what `options` chooses, from `from` on, and gives it to `taker` in batches, in order: whole
// files by blocks, all else by applications. Errors: of reading, and those of `taker`.
Result<void> Feed(const Registry& registry, std::span<const std::string> files,
                  const AuditOptions& options, const FedPlace& from, BatchTaker& taker, Fed& fed);

}  // namespace revenant

#endif  // REVENANT_LIB_AUDIT_AUDIT_FEED_H_
