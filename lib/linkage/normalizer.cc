#include "revenant/normalizer.h"

#include "linkage/junk_values.h"
#include "linkage/value_reader.h"

namespace revenant {

struct Normalizer::Impl {
  explicit Impl(const LinkPolicy& its) : policy(its), junk(its) {}

  const LinkPolicy policy;
  const JunkValues junk;
};

Normalizer::Normalizer(const LinkPolicy& policy) : impl_(std::make_unique<Impl>(policy)) {}
Normalizer::~Normalizer() = default;
Normalizer::Normalizer(Normalizer&&) noexcept = default;
Normalizer& Normalizer::operator=(Normalizer&&) noexcept = default;

void Normalizer::Normalize(const Attribute& attribute, Normalized& out) const {
  ReadValue(impl_->policy, impl_->junk, attribute, out);
}

}  // namespace revenant
