#ifndef REVENANT_LIB_IDENTIFIER_JUNK_FORMS_H_
#define REVENANT_LIB_IDENTIFIER_JUNK_FORMS_H_

// The identifiers that words for a missing value become, so that they are recognised where only
// fingerprints are stored.
// Threads: pure functions.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "revenant/identifier.h"

namespace revenant::kinds {

// The word as it is, in lower case, in upper case and with a capital; each once.
std::vector<std::string> CasesOf(std::string_view word);

// Words for missing values in the ways in which people type them: about 20,000. Lives as long as
// the program.
const std::vector<std::string>& PlaceholderSpellings();

// A digest of them: a store that was judged by others has to be judged again.
const std::string& PlaceholderEdition();

enum class Forms : std::uint8_t {
  kAny,        // all that a spelling may become
  kMeantNone,  // of those spellings only that Normalize() takes for no value of the kind today
};

// Root identifiers of kind `root_kind` that `spellings` become, or became by the looser grammars of
// earlier versions; each once. Of kinds scoped by an app those without a scope. Cost: a few
// microseconds per spelling; all of PlaceholderSpellings() take some tenths of a second.
std::vector<Identifier> FormsOf(std::string_view root_kind, std::span<const std::string> spellings,
                                Forms which);

// The kinds under which a value may be given that becomes an identifier of `root_kind`.
std::vector<std::string> GivenAs(std::string_view root_kind);

}  // namespace revenant::kinds

#endif  // REVENANT_LIB_IDENTIFIER_JUNK_FORMS_H_
