# Fails unless librevenant_c offers the names of its version script and no other, and c.h declares just these.
cmake_minimum_required(VERSION 3.25)

file(STRINGS ${SOURCE}/lib/c/revenant_c.map lines REGEX "^ +rv_[a-z_]+;$")
string(REGEX MATCHALL "rv_[a-z_]+" listed "${lines}")

file(READ ${SOURCE}/include/revenant/c.h header)
string(REGEX MATCHALL "(rv_code|const char\\*|void) rv_[a-z_]+\\(" declared "${header}")
list(TRANSFORM declared REPLACE ".*(rv_[a-z_]+)\\(" "\\1")

execute_process(COMMAND ${NM} --dynamic --defined-only --format=posix ${LIBRARY} OUTPUT_VARIABLE symbols
                COMMAND_ERROR_IS_FATAL ANY)
string(REGEX MATCHALL "[^\n]+" offered "${symbols}")
list(FILTER offered EXCLUDE REGEX " A ")  # the version itself
list(TRANSFORM offered REPLACE "[ @].*" "")

list(SORT listed)
foreach(names declared offered)
  list(SORT ${names})
  if(NOT "${${names}}" STREQUAL "${listed}")
    set(more ${${names}})
    list(REMOVE_ITEM more ${listed})
    set(less ${listed})
    list(REMOVE_ITEM less ${${names}})
    message(FATAL_ERROR "${names}, but not in revenant_c.map: ${more}\nin revenant_c.map, but not ${names}: ${less}")
  endif()
endforeach()
list(LENGTH listed count)
message(STATUS "${count} functions")
