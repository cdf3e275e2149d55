#ifndef REVENANT_VERSION_H_
#define REVENANT_VERSION_H_

// The one place where the version stands: CMake and the command read it from here.
#define REVENANT_VERSION_MAJOR 0
#define REVENANT_VERSION_MINOR 1
#define REVENANT_VERSION_PATCH 0
#define REVENANT_VERSION "0.1.0"

#endif  // REVENANT_VERSION_H_
