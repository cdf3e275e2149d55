#ifndef REVENANT_REGISTRY_ANSWER_TAINT_FILTER_H_
#define REVENANT_REGISTRY_ANSWER_TAINT_FILTER_H_

// What may have to do with a ban, in memory: an application none of whose fingerprints (nor its
// name) is in here is clear, and no row has to be read to know it (DESIGN.md section 6).
//
// It holds all linking fingerprints, hubs or not, of every seller that
//   - is in a component with a banned member or touched by a banned leaf,
//   - is banned itself, enrolled or not,
//   - is alone and shares a joining fingerprint with a banned leaf, or
// - was found to be a different person than another seller (rule 5: what both carry is contested),
// and the names of the sellers whose own account may change a verdict on what they apply with:
// enrolled ones (judging without them may free a hub), banned ones, and those of such a finding.
// lib/registry/README.md proves that nothing else is needed. More may be in it: bits are only ever
// set, and go when the filter is filled again.

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "revenant/fingerprint.h"
#include "revenant/record.h"
#include "store/store.h"
#include "util/bloom.h"

namespace revenant {

Bloom::Key TaintKey(const Fingerprint& fingerprint);  // a uniform hash already
Bloom::Key TaintKey(std::string_view platform, std::string_view external_id);

// May an application under this name be judged otherwise than a stranger's?
inline bool IsNoteworthy(const SellerRow& row) {
  return row.status == SellerStatus::kActive || row.bans > 0 || row.pairs > 0;
}

// What an event adds, gathered while it is applied and entered before it becomes visible.
struct TaintAdditions {
  std::vector<Bloom::Key> fingerprints, names;
  // More sellers than an event may wait for: until the filter has been filled again, ask the store.
  bool too_many = false;

  void Clear() {
    fingerprints.clear();
    names.clear();
    too_many = false;
  }
};

// Threads: any number may ask beside one that adds.
class TaintFilter {
 public:
  static constexpr unsigned kFingerprintBits = 16, kNameBits = 20;

  // Made of kFingerprintBits and kNameBits a key.
  TaintFilter(std::unique_ptr<Bloom> fingerprints, std::unique_ptr<Bloom> names)
      : fingerprints_(std::move(fingerprints)), names_(std::move(names)) {}
  // Of an empty store, or of one of which nothing is known yet.
  static std::unique_ptr<TaintFilter> Empty();

  bool Has(const Fingerprint& fingerprint) const {
    return fingerprints_->Has(TaintKey(fingerprint));
  }
  bool Has(const SellerName& name) const {
    return names_->Has(TaintKey(name.platform, name.external_id));
  }
  void Add(const TaintAdditions& additions);

  // While set, what is not in here may be tainted all the same.
  bool ask_store() const { return ask_store_.load(); }
  void AskStore() { ask_store_.store(true); }

  // It holds more than it was made for, and errs more often than it should.
  bool overfull() const { return fingerprints_->full() || names_->full(); }
  std::uint64_t bytes() const { return fingerprints_->bytes() + names_->bytes(); }
  const Bloom& fingerprints() const { return *fingerprints_; }
  const Bloom& names() const { return *names_; }

  // The filter of one state of one store as bytes, under a checksum.
  std::string Encode(const Store::Stamp& stamp) const;
  // nullptr: of another state, damaged or of another version; the reason does not matter.
  static std::unique_ptr<TaintFilter> Decode(std::string_view bytes, const Store::Stamp& stamp);

 private:
  const std::unique_ptr<Bloom> fingerprints_, names_;
  std::atomic<bool> ask_store_{false};
};

}  // namespace revenant

#endif  // REVENANT_REGISTRY_ANSWER_TAINT_FILTER_H_
