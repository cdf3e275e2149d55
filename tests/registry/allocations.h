#ifndef REVENANT_TESTS_REGISTRY_ALLOCATIONS_H_
#define REVENANT_TESTS_REGISTRY_ALLOCATIONS_H_

namespace revenant {

// Calls of operator new by this thread so far: the program's own counts them.
long AllocationsOfThisThread();

}  // namespace revenant

#endif  // REVENANT_TESTS_REGISTRY_ALLOCATIONS_H_
