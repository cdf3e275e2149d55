#include "registry/answer/serving.h"

namespace revenant {

std::shared_ptr<const JunkList> Serving::JunkOf(
    const std::shared_ptr<const LinkPolicy>& policy) const {
  MutexLock lock(junk_mutex_);
  if (junk_policy_ != policy) {
    junk_ = std::make_shared<const JunkList>(*policy, keyed);
    junk_policy_ = policy;
  }
  return junk_;
}

}  // namespace revenant
