# The installed package, as its users meet it: install to a staging folder, build a program from there, run it,
# and see that none of our own dependencies shows through.
if(NOT REVENANT_INSTALL)
  return()
endif()
set(stage ${CMAKE_CURRENT_BINARY_DIR}/consumer/stage)
set(consumer ${CMAKE_CURRENT_BINARY_DIR}/consumer/build)
set(consumer_source ${CMAKE_CURRENT_LIST_DIR})
file(MAKE_DIRECTORY ${consumer}/tmp)

add_test(NAME consumer_install COMMAND ${CMAKE_COMMAND} --install ${PROJECT_BINARY_DIR} --prefix ${stage})
add_test(NAME consumer_configure COMMAND ${CMAKE_COMMAND} -G ${CMAKE_GENERATOR} -S ${consumer_source} -B ${consumer}
         -D CMAKE_BUILD_TYPE=${CMAKE_BUILD_TYPE} -D CMAKE_CXX_COMPILER=${CMAKE_CXX_COMPILER}
         -D CMAKE_CXX_FLAGS=${CMAKE_CXX_FLAGS} -D CMAKE_PREFIX_PATH=${stage}
         -D CONSUMER_PROGRAM=${PROJECT_SOURCE_DIR}/examples/quickstart.cc
         -D CONSUMER_EXAMPLES=${PROJECT_SOURCE_DIR}/examples -D CONSUMER_WITH_C=${REVENANT_WITH_C}
         -D CMAKE_C_FLAGS=${CMAKE_CXX_FLAGS})
add_test(NAME consumer_build COMMAND ${CMAKE_COMMAND} --build ${consumer})
add_test(NAME consumer_run COMMAND ${consumer}/consumer)
add_test(NAME consumer_examples COMMAND ${consumer_source}/run_examples.sh ${consumer} ${stage}/bin/revenant
         ${PROJECT_SOURCE_DIR}/examples)
# The same by pkg-config, which is how everything that is not CMake finds it.
set(flags ${CMAKE_CXX_FLAGS})
separate_arguments(flags UNIX_COMMAND "${flags}")
add_test(NAME consumer_pkgconfig COMMAND ${consumer_source}/pkgconfig.sh ${stage}/${CMAKE_INSTALL_LIBDIR}
         ${PROJECT_SOURCE_DIR}/examples ${consumer}/tmp/pkgconfig ${REVENANT_WITH_C} ${CMAKE_CXX_COMPILER} ${flags})
add_test(NAME consumer_symbols COMMAND ${CMAKE_COMMAND} -D NM=${CMAKE_NM} -D BUILD=${consumer}
         -D LIBRARY=$<TARGET_FILE:revenant> -P ${consumer_source}/check_symbols.cmake)

set_tests_properties(consumer_install PROPERTIES FIXTURES_SETUP consumer_stage)
set_tests_properties(consumer_configure PROPERTIES FIXTURES_REQUIRED consumer_stage FIXTURES_SETUP consumer_tree)
set_tests_properties(consumer_build PROPERTIES FIXTURES_REQUIRED consumer_tree FIXTURES_SETUP consumer_program)
set_tests_properties(consumer_run PROPERTIES FIXTURES_REQUIRED consumer_program
                     ENVIRONMENT TMPDIR=${consumer}/tmp PASS_REGULAR_EXPRESSION "^block: ")
set_tests_properties(consumer_examples PROPERTIES FIXTURES_REQUIRED "consumer_program;consumer_stage")
set_tests_properties(consumer_pkgconfig PROPERTIES FIXTURES_REQUIRED consumer_stage SKIP_RETURN_CODE 77)
set_tests_properties(consumer_symbols PROPERTIES FIXTURES_REQUIRED consumer_program)
