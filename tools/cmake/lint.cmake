# Nothing is built with it: tools/lint.sh has clang-tidy read the compile commands, one a file, and clang's warnings.
set(CMAKE_CXX_COMPILER clang++-19 CACHE STRING "")
set(CMAKE_BUILD_TYPE Debug CACHE STRING "")
set(REVENANT_UNITY OFF CACHE BOOL "")
set(REVENANT_FUZZ ON CACHE BOOL "")
set(CMAKE_DISABLE_PRECOMPILE_HEADERS ON CACHE BOOL "")
