#ifndef REVENANT_REGISTRY_BULK_TABLES_H_
#define REVENANT_REGISTRY_BULK_TABLES_H_

// The tables of a bulk load, computed from packed records in four passes (BULK.md). It shares with
// the one-by-one way the registers, the rules of who joins and the encoders of rows.
// Threads: one at a time; it runs threads of its own.

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "linkage/union_find.h"
#include "registry/bulk/load.h"
#include "registry/bulk/sellers.h"
#include "registry/state/counts.h"
#include "registry/state/kind_policies.h"
#include "store/bulk_writer.h"
#include "store/spill.h"
#include "util/mutex.h"
#include "util/tasks.h"

namespace revenant {

class BulkTables {
 public:
  static constexpr std::size_t kPartitions = 256;  // by the first byte of a digest

  struct Options {
    std::uint64_t known = 0;   // last number that the store gave to a seller; they keep theirs
    std::uint64_t labels = 0;  // given by the store so far
    std::size_t memory_bytes = 0;
    unsigned threads = 1;
  };
  BulkTables(BulkWriter& writer, BulkWords& words, const LinkPolicy& policy,
             const Options& options);

  // A packed record.
  Result<void> Take(std::string_view record);

  // Writes the files of all tables but those of the journal. kMeta's rows go into `meta`, since
  // others have some as well.
  Result<void> Write(Tasks& tasks, RowSink& meta, BulkLoad::Phases& phases);
  // Then: the last number of a seller, and the names of known ones that the input had, keyed.
  std::uint64_t last_number() const { return numbers_->last(); }
  const std::vector<Fingerprint>& known_names() const NO_THREAD_SAFETY_ANALYSIS {
    return known_names_;  // no thread is at work any more
  }

 private:
  // A run of partitions that is loaded and sorted at once.
  struct Unit {
    std::size_t begin = 0, end = 0;
  };

  // Hands out seller numbers to units in their order, as soon as each knows how many it needs.
  class Numbers {
   public:
    Numbers(std::size_t units, std::uint64_t first) : bases_(units + 1, 0) { bases_[0] = first; }
    // The first number of `unit`, once those before it have called this; 0 if they gave up.
    std::uint64_t Take(std::size_t unit, std::uint64_t count, const Tasks& tasks);
    std::uint64_t base(std::size_t unit) const {
      const MutexLock lock(mutex_);
      return bases_[unit];
    }
    std::uint64_t last() const {
      const MutexLock lock(mutex_);
      return bases_.back() - 1;
    }

   private:
    mutable Mutex mutex_;
    CondVar changed_;
    std::vector<std::uint64_t> bases_ GUARDED_BY(mutex_);  // 0: not known yet
  };

  static std::vector<Unit> UnitsOf(const Spill& spill, std::size_t bytes);
  Result<std::string> Load(Spill& spill, const Unit& unit) const;

  void SampleName(const PackedRecord& record, std::string_view id);
  void ChooseSplitters();
  std::size_t NamePartition(std::string_view key) const;

  Result<void> WriteSellersUnit(std::size_t unit, const Tasks& tasks);
  Result<void> WriteFingerprintsUnit(const Unit& unit);
  // Files of the rows by fingerprint.
  struct ByFingerprint {
    TableFile rows, spilled, dated;
  };
  Result<void> WriteFingerprint(const KindPolicies& kinds, std::span<const Carrying> carriers,
                                ByFingerprint& files, Counts& counts,
                                std::vector<UnionFind::Edge>& edges);
  static Result<void> WriteDated(std::span<const Carrying> carriers, TableFile& dated);
  void Join(std::vector<UnionFind::Edge>& edges);
  void Label();
  std::size_t KnownPartition(std::uint64_t number) const;
  Result<void> PutKnown(Spill::Writer& rows, Spill::Writer& stubs, const SellerSums& seller,
                        std::uint64_t number, bool changed);
  Result<void> WriteRowsUnit(std::size_t unit);
  Result<void> WriteKnownUnit(const Unit& unit);
  Result<void> WriteRow(std::uint64_t number, const char*& stub, TableFile& rows,
                        Spill::Writer& members);
  Result<void> WriteKnownObservationsUnit(const Unit& unit);
  Result<void> WriteComponents();
  Result<void> DropComponents();
  LabelId LabelOf(UnionFind::Node root) const;
  Result<void> WriteKeyedUnit(Spill& spill, const Unit& unit, Table table);
  Result<void> WriteWords();
  void WriteMeta(RowSink& meta) const;
  void Add(const Counts& counts);

  BulkWriter& writer_;
  BulkWords& words_;
  const LinkPolicy& policy_;
  const Options options_;
  const std::size_t unit_bytes_;
  SpillBudget budget_;

  Spill records_;                           // by the digest of the name
  Spill carrying_;                          // by fingerprint
  Spill names_;                             // by name, between splitters
  Spill members_;                           // by label
  Spill known_observations_, known_stubs_;  // rows of sellers that the store knew, by number
  std::unique_ptr<Spill> stubs_;            // sellers, by unit, in the order of their numbers
  Spill::Writer record_writer_;

  std::vector<std::string> name_sample_, splitters_;
  std::uint64_t records_taken_ = 0, sample_every_ = 1;

  std::vector<Unit> seller_units_;
  std::unique_ptr<Numbers> numbers_;
  std::span<const UnionFind::Node> roots_;      // of every seller's component
  std::vector<std::uint32_t> labels_;           // by root; 0: alone
  std::vector<std::uint32_t> component_sizes_;  // by label, from 1

  mutable Mutex mutex_;
  Counts counts_ GUARDED_BY(mutex_);
  std::optional<UnionFind> clusters_ GUARDED_BY(mutex_);  // of seller numbers, less one
  std::vector<Fingerprint> known_names_ GUARDED_BY(mutex_);
  std::uint64_t edges_ GUARDED_BY(mutex_) = 0;
  double joining_seconds_ GUARDED_BY(mutex_) = 0;
};

}  // namespace revenant

#endif  // REVENANT_REGISTRY_BULK_TABLES_H_
