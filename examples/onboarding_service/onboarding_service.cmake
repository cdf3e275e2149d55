# An HTTP service that a platform could start from, and the tests that hold it to openapi.json.
set(service ${CMAKE_CURRENT_SOURCE_DIR}/onboarding_service)
set(files ${CMAKE_CURRENT_BINARY_DIR}/onboarding_files/onboarding_files.h)
add_custom_command(OUTPUT ${files}
  COMMAND ${CMAKE_COMMAND} -E make_directory ${CMAKE_CURRENT_BINARY_DIR}/onboarding_files
  COMMAND ${CMAKE_COMMAND} -DFROM=${service} -DTO=${files} -P ${service}/embed.cmake
  COMMAND ${CMAKE_COMMAND} -E touch ${files}
  DEPENDS ${service}/openapi.json ${service}/ui.html ${service}/ui.js ${service}/ui.css ${service}/embed.cmake VERBATIM)
file(GLOB sources CONFIGURE_DEPENDS ${service}/*.cc)
add_executable(onboarding_service ${sources} ${files})
target_include_directories(onboarding_service PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/onboarding_files)
target_link_libraries(onboarding_service PRIVATE revenant_flags revenant::revenant PkgConfig::httplib OpenSSL::SSL ZLIB::ZLIB
                      nlohmann_json::nlohmann_json Threads::Threads)

# 77: python3-jsonschema is not there.
find_package(Python3 COMPONENTS Interpreter)
if(Python3_FOUND)
  set(test Python3::Interpreter ${service}/service_test.py $<TARGET_FILE:onboarding_service>
           ${PROJECT_SOURCE_DIR}/lib/audit/schema/revenant.schema.json)
  add_test(NAME example_onboarding_service COMMAND ${test} --requests 600)
  add_test(NAME example_onboarding_service_slow COMMAND ${test} --requests 10000)
  set_tests_properties(example_onboarding_service example_onboarding_service_slow PROPERTIES SKIP_RETURN_CODE 77)
  set_tests_properties(example_onboarding_service_slow PROPERTIES LABELS slow)
endif()
