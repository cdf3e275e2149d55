#ifndef REVENANT_REGISTRY_STATE_JUNK_LIST_H_
#define REVENANT_REGISTRY_STATE_JUNK_LIST_H_

// Which observations identify nobody: the policy's lists by their fingerprints, and the words that
// former versions took for values (lib/linkage/README.md, "Junk").

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "linkage/junk_values.h"
#include "revenant/event.h"
#include "revenant/fingerprint.h"
#include "store/store.h"
#include "util/mutex.h"

namespace revenant {

// Junk is an attribute, with all that derives from it: because its root is listed, or because it
// reads as junk and the policy does not take such words for values of the kind. So it depends on
// the root, the policy and a fact alone, never on the order of events.
// Threads: any number at once. Lifetime: the fingerprinter must outlive it.
class JunkList {
 public:
  JunkList(const LinkPolicy& policy, const Fingerprinter& keyed) : values_(policy), keyed_(keyed) {}

  const JunkValues& values() const { return values_; }

  bool IsJunk(std::string_view root_kind, const Fingerprint& root, bool reads_junk) const;

  // As the policy judges it: `junk` says what counts. For readers of an event that have no list.
  Enrol Judged(Enrol application) const;

 private:
  struct OfKind {
    bool placeholders = false;
    std::unordered_set<Fingerprint> listed;
  };
  const OfKind& Of(std::string_view root_kind) const;

  JunkValues values_;
  const Fingerprinter& keyed_;
  mutable SharedMutex mutex_;
  mutable std::map<std::string, std::unique_ptr<const OfKind>, std::less<>> kinds_
      GUARDED_BY(mutex_);
};

// Words for missing values, by the fingerprints that versions gave them which did not know them. A
// word in a form that kinds::PlaceholderSpellings() does not have cannot be found: no raw value is
// stored.
// Threads: one at a time. Cost: some tenths of a second for each kind that is asked about.
class FormerValues {
 public:
  explicit FormerValues(const Fingerprinter& keyed) : keyed_(keyed) {}
  bool Has(std::string_view root_kind, const Fingerprint& root);

 private:
  const Fingerprinter& keyed_;
  std::map<std::string, std::unordered_set<Fingerprint>, std::less<>> kinds_;
};

Result<bool> KnowsTodaysWords(const View& view);

struct Rejudged {
  std::uint64_t now_junk = 0, no_longer_junk = 0;  // observations
};
// Judges every observation of the store by `list`; with `former` first notes as a fact which of
// them read as junk. Derived rows are left to the caller. Cost: reads all observations, holds those
// that change.
Result<Rejudged> Rejudge(Batch& batch, const JunkList& list, FormerValues* former);

// Tells `note` of sellers with an observation that is not judged as `list` says.
Result<void> CheckJunk(const View& view, const JunkList& list,
                       const std::function<void(std::string problem)>& note);

// The kind of the root among all that derives from it; there is at least one.
template <typename Items>
const auto& KindOfRoot(const Items& items, const Fingerprint& root) {
  for (const auto& item : items) {
    if (item.fingerprint == root) return item.kind;
  }
  return items.front().kind;
}

}  // namespace revenant

#endif  // REVENANT_REGISTRY_STATE_JUNK_LIST_H_
