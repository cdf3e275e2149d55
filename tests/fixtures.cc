#include "fixtures.h"

namespace revenant::test {

// The only file compiled for one folder: any clone's objects of the others serve all clones.
std::string Fixtures() { return REVENANT_FIXTURES; }

}  // namespace revenant::test
