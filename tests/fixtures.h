#ifndef REVENANT_TESTS_FIXTURES_H_
#define REVENANT_TESTS_FIXTURES_H_

#include <string>

namespace revenant::test {

// The folder fixtures/ of the source tree, without a slash at its end.
std::string Fixtures();

}  // namespace revenant::test

#endif  // REVENANT_TESTS_FIXTURES_H_
