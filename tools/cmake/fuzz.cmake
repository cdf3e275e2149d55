# libFuzzer targets of tests/fuzz, with address and undefined-behaviour checks:
#   cmake -G Ninja -C tools/cmake/fuzz.cmake -S . -B build-fuzz && ninja -C build-fuzz normalize_fuzz
set(CMAKE_CXX_COMPILER clang++-19 CACHE STRING "")
set(CMAKE_BUILD_TYPE Debug CACHE STRING "")
set(CMAKE_CXX_FLAGS
    "-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer"
    CACHE STRING "")
set(CMAKE_CXX_FLAGS_DEBUG "-O1 -g" CACHE STRING "")
set(REVENANT_FUZZ ON CACHE BOOL "")
