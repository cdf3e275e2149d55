#include "identifier/contained.h"

namespace revenant::kinds {

bool DeriveAs(Work& work, std::string_view kind, std::string_view text, std::string_view country) {
  thread_local Normalized inner;
  Normalize({kind, country, text}, inner);
  if (inner.status != Status::kValid && inner.status != Status::kUnverifiable) return false;
  for (const Identifier& found : inner.identifiers()) {
    work.Derive(found.kind, found.canonical, found.scope);
  }
  return true;
}

}  // namespace revenant::kinds
