# Address and undefined-behaviour checks: cmake -G Ninja -C tools/cmake/asan.cmake -S . -B build-asan
# The first finding stops the program, so that a test fails. Our own assertions are on.
set(CMAKE_BUILD_TYPE Debug CACHE STRING "")
set(CMAKE_CXX_FLAGS "-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer" CACHE STRING "")
set(CMAKE_CXX_FLAGS_DEBUG "-O1 -g" CACHE STRING "")
