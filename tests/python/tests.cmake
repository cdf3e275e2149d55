# The package for Python, as its users meet it.
if(NOT TARGET revenant_python)
  return()
endif()
set(python_env ${CMAKE_COMMAND} -E env PYTHONPATH=${PROJECT_BINARY_DIR}/python PYTHONDONTWRITEBYTECODE=1)
add_test(NAME python COMMAND ${python_env} ${PYTHON_EXECUTABLE} -W error ${CMAKE_CURRENT_LIST_DIR}/revenant_test.py)
add_test(NAME python_readme COMMAND ${python_env} ${PYTHON_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/readme.py
         ${PROJECT_SOURCE_DIR}/README.md)
add_test(NAME python_types COMMAND ${CMAKE_CURRENT_LIST_DIR}/types.sh ${PYTHON_EXECUTABLE}
         ${PROJECT_SOURCE_DIR} ${CMAKE_CURRENT_BINARY_DIR}/mypy)
add_test(NAME python_example COMMAND ${python_env} MPLCONFIGDIR=${CMAKE_CURRENT_BINARY_DIR} ${PYTHON_EXECUTABLE}
         ${PROJECT_SOURCE_DIR}/examples/python/draw_cluster.py ${CMAKE_CURRENT_BINARY_DIR}/cluster.svg)
set_tests_properties(python_types python_example PROPERTIES SKIP_RETURN_CODE 77)
