# One room of lib/ is one object library; all rooms together are the library `revenant`.

# Flags that every target of the project compiles with, and no user of it inherits.
add_library(revenant_flags INTERFACE)
target_compile_features(revenant_flags INTERFACE cxx_std_20)
target_compile_options(revenant_flags INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor
                                                -Woverloaded-virtual -Wno-missing-field-initializers)
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
  # g++ 12 sees overflows in plain std::string and std::vector code (GCC bugs 105329, 105651), the more so where
  # the standard headers come precompiled and its warnings no longer count as those of a system header.
  target_compile_options(revenant_flags INTERFACE -Wno-restrict -Wno-stringop-overflow -Wno-stringop-overread
                                                  -Wno-array-bounds)
endif()
if(CMAKE_CXX_COMPILER_ID MATCHES Clang)
  target_compile_options(revenant_flags INTERFACE -Wthread-safety -Werror=thread-safety)
  # std::stable_sort of libstdc++ 12 calls what libstdc++ 12 calls deprecated.
  target_compile_options(revenant_flags INTERFACE -Wno-deprecated-declarations)
endif()
if(REVENANT_WERROR)
  target_compile_options(revenant_flags INTERFACE -Werror)
endif()
# A target with REVENANT_PUBLIC_ONLY sees what a user's program sees.
target_include_directories(revenant_flags INTERFACE ${PROJECT_SOURCE_DIR}/include
                           $<$<NOT:$<BOOL:$<TARGET_PROPERTY:REVENANT_PUBLIC_ONLY>>>:${PROJECT_SOURCE_DIR}/lib>)

# The same for what is compiled more often than it is run long: tests.
add_library(revenant_quick_flags INTERFACE)
target_link_libraries(revenant_quick_flags INTERFACE revenant_flags)
target_compile_options(revenant_quick_flags INTERFACE $<$<CONFIG:Release>:-O1>)

# Headers that most files of a target include cost more than the files themselves: they are compiled once a target.
set(REVENANT_STANDARD_HEADERS <algorithm> <array> <cstdint> <filesystem> <functional> <map> <memory> <optional> <span>
                              <string> <string_view> <utility> <variant> <vector>)

# An installed program finds a shared library of ours beside itself.
if(BUILD_SHARED_LIBS)
  file(RELATIVE_PATH lib_from_bin ${CMAKE_INSTALL_FULL_BINDIR} ${CMAKE_INSTALL_FULL_LIBDIR})
  set(CMAKE_INSTALL_RPATH $ORIGIN/${lib_from_bin})
endif()

# Rooms of which several files are compiled as one: what stands in their anonymous namespaces needs different names.
set(REVENANT_UNITY_ROOMS
    util identifier fingerprint linkage policy store journal records audit
    registry registry/state registry/derive registry/answer registry/apply registry/bulk registry/proof
    exchange/crypto exchange/files exchange/roster exchange/operator exchange/member c)
# Rooms in which no screening or import spends its time: a release has them with -O2 and not -O3.
set(REVENANT_COLD_ROOMS policy journal exchange/files exchange/roster exchange/operator exchange/member report dossier doctor)

# revenant_room(NAME [FOLDERS folder...] [ROOMS room...] [LIBS lib...]): object library of lib/NAME/*.cc and of
# lib/NAME/FOLDER/*.cc, which are of the same room; NAME may be a folder in a folder.
# ROOMS are the rooms that its files may include (check_rooms.cmake sees to it), LIBS outside libraries that stay
# private to it.
function(revenant_room name)
  cmake_parse_arguments(arg "" "" "FOLDERS;ROOMS;LIBS" ${ARGN})
  string(REPLACE / _ target revenant_${name})
  list(TRANSFORM arg_FOLDERS PREPEND ${name}/ OUTPUT_VARIABLE folders)
  list(PREPEND folders ${name})
  list(TRANSFORM folders REPLACE "(.+)" "${CMAKE_CURRENT_SOURCE_DIR}/\\1/*.cc" OUTPUT_VARIABLE patterns)
  file(GLOB sources CONFIGURE_DEPENDS ${patterns})
  add_library(${target} OBJECT ${sources})
  set_target_properties(${target} PROPERTIES POSITION_INDEPENDENT_CODE ON)
  target_link_libraries(${target} PRIVATE revenant_flags ${arg_LIBS})
  list(LENGTH sources units)
  if(REVENANT_UNITY AND name IN_LIST REVENANT_UNITY_ROOMS)
    set(batch 8)
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE ${batch})
    if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)  # it takes the files of a batch for headers
      target_compile_options(${target} PRIVATE -Wno-subobject-linkage)
    endif()
    math(EXPR units "${units} / ${batch}")
  endif()
  if(units GREATER 3)  # else they cost less than precompiling them
    target_precompile_headers(${target} PRIVATE ${REVENANT_STANDARD_HEADERS})
  endif()
  if(name IN_LIST REVENANT_COLD_ROOMS)
    target_compile_options(${target} PRIVATE $<$<CONFIG:Release>:-O2>)
  endif()
  set_property(GLOBAL APPEND PROPERTY REVENANT_ROOMS ${name})
  set_property(GLOBAL PROPERTY REVENANT_TARGET_${name} ${target})
  set_property(GLOBAL PROPERTY REVENANT_LIBS_${name} "${arg_LIBS}")
  set_property(GLOBAL PROPERTY REVENANT_ROOMS_${name} "${arg_ROOMS}")
  list(JOIN arg_ROOMS " " may)
  list(JOIN folders " " own)
  foreach(folder ${folders})
    set_property(GLOBAL APPEND_STRING PROPERTY REVENANT_WALLS "${folder}:${own} ${may}\n")
  endforeach()
endfunction()

# revenant_link_rooms(TARGET room...): links the objects of rooms and of those that they use.
function(revenant_link_rooms target)
  set(todo ${ARGN})
  set(done "")
  set(libs "")
  while(todo)
    list(POP_FRONT todo room)
    if(NOT room IN_LIST done)
      get_property(known GLOBAL PROPERTY REVENANT_TARGET_${room} SET)
      if(NOT known)
        message(FATAL_ERROR "${target} links the room ${room}, which lib/CMakeLists.txt does not have")
      endif()
      list(APPEND done ${room})
      get_property(more GLOBAL PROPERTY REVENANT_ROOMS_${room})
      list(APPEND todo ${more})
    endif()
  endwhile()
  get_target_property(type ${target} TYPE)
  foreach(room ${done})
    get_property(room_libs GLOBAL PROPERTY REVENANT_LIBS_${room})
    list(APPEND libs ${room_libs})
    get_property(room_target GLOBAL PROPERTY REVENANT_TARGET_${room})
    target_sources(${target} PRIVATE $<TARGET_OBJECTS:${room_target}>)
  endforeach()
  list(REMOVE_DUPLICATES libs)
  if(NOT type STREQUAL EXECUTABLE)  # a library's own users need none of the headers that its objects were compiled with
    list(REMOVE_ITEM libs ${REVENANT_HEADER_ONLY})
  endif()
  target_link_libraries(${target} PRIVATE ${libs})
endfunction()
