#ifndef REVENANT_LINKAGE_JUNK_VALUES_H_
#define REVENANT_LINKAGE_JUNK_VALUES_H_

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "revenant/identifier.h"
#include "revenant/link_policy.h"
#include "util/mutex.h"

namespace revenant {

// What a policy says about values that identify nobody (LinkPolicy::junk,
// KindPolicy::placeholders).
// Threads: any number at once. Lifetime: keeps what it needs of the policy.
// Cost: the first value of a kind has the policy's list worked out for the kind, well under a
// millisecond for a short list, some for a kind that is scoped by country.
class JunkValues {
 public:
  explicit JunkValues(const LinkPolicy& policy);

  // Whether the policy says anything of the kind. Otherwise what reads as junk is junk, and nothing
  // else is.
  static bool Speaks(const LinkPolicy& policy);
  bool speaks() const { return speaks_; }

  struct OfKind {
    bool placeholders = false;       // words for missing values are values
    std::vector<Identifier> listed;  // roots that identify nobody, by scope and canonical form
  };
  // By the kind of a root identifier. Valid as long as this is.
  const OfKind& Of(std::string_view root_kind) const;

  // Says in the outcome what the policy makes of a value. Call it last, after TakeAsPooled().
  void Judge(Normalized& normal) const;

 private:
  OfKind Work(std::string_view root_kind) const;

  bool speaks_ = false;
  LinkPolicy policy_;
  mutable SharedMutex mutex_;
  mutable std::map<std::string, std::unique_ptr<const OfKind>, std::less<>> kinds_
      GUARDED_BY(mutex_);
};

}  // namespace revenant

#endif  // REVENANT_LINKAGE_JUNK_VALUES_H_
