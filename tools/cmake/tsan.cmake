# Data races: cmake -G Ninja -C tools/cmake/tsan.cmake -S . -B build-tsan
# RocksDB is not compiled with it, so its own reports are left out:
#   TSAN_OPTIONS=suppressions=$PWD/tools/cmake/tsan.supp ctest --test-dir build-tsan -LE slow
set(CMAKE_BUILD_TYPE Debug CACHE STRING "")
set(CMAKE_CXX_FLAGS "-fsanitize=thread -fno-omit-frame-pointer" CACHE STRING "")
set(CMAKE_CXX_FLAGS_DEBUG "-O1 -g" CACHE STRING "")
