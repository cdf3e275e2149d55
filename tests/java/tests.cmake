# revenant.jar, as its users meet it.
if(NOT TARGET revenant_jni)
  return()
endif()
include(UseJava)
set(CMAKE_JAVA_COMPILE_FLAGS --release 17 -Xlint:all -encoding UTF-8)
add_jar(revenant_java_test SOURCES ${CMAKE_CURRENT_LIST_DIR}/RevenantTest.java
        INCLUDE_JARS ${PROJECT_BINARY_DIR}/java/revenant.jar OUTPUT_DIR ${CMAKE_CURRENT_BINARY_DIR})
add_dependencies(revenant_java_test revenant_jar)
set(work ${CMAKE_CURRENT_BINARY_DIR}/java.d)
add_test(NAME java COMMAND sh -c "rm -rf '${work}' && '${Java_JAVA_EXECUTABLE}' -Xcheck:jni -Djava.library.path='${PROJECT_BINARY_DIR}/java' -cp '${PROJECT_BINARY_DIR}/java/revenant.jar:${CMAKE_CURRENT_BINARY_DIR}/revenant_java_test.jar' RevenantTest '${work}'")
set_tests_properties(java PROPERTIES FAIL_REGULAR_EXPRESSION "WARNING in native|FATAL ERROR")
