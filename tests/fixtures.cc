#include "fixtures.h"

namespace revenant::test {

// The one file that is compiled for one folder only: a cache of objects serves all others in any clone.
std::string Fixtures() { return REVENANT_FIXTURES; }

}  // namespace revenant::test
