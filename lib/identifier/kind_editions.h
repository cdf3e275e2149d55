#ifndef REVENANT_LIB_IDENTIFIER_KIND_EDITIONS_H_
#define REVENANT_LIB_IDENTIFIER_KIND_EDITIONS_H_

#include <span>
#include <string_view>

namespace revenant::kinds {

// What a kind's rule was read from, for the page of kinds (data/kind_editions.inc).
struct KindEdition {
  std::string_view kind;
  std::string_view edition;    // of the standard that the kind's row names
  std::string_view looked_at;  // ISO 8601 day
};

// Every kind once, in name order.
std::span<const KindEdition> KindEditions();

}  // namespace revenant::kinds

#endif  // REVENANT_LIB_IDENTIFIER_KIND_EDITIONS_H_
