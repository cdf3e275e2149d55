// What a Key holds: shared by key.cc and fingerprint.cc.
#ifndef REVENANT_FINGERPRINT_KEY_IMPL_H_
#define REVENANT_FINGERPRINT_KEY_IMPL_H_

#include <utility>

#include "fingerprint/keyed_digest.h"
#include "revenant/fingerprint.h"

namespace revenant {

// Moving a Key moves the pointer to this, so that no copy of a secret stays behind.
struct Key::Impl {
  explicit Impl(KeyChain links) : chain(std::move(links)) {}

  KeyChain chain;
};

}  // namespace revenant

#endif  // REVENANT_FINGERPRINT_KEY_IMPL_H_
