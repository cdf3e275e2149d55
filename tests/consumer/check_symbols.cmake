# Fails if a program that includes only <revenant/...> needs a symbol of the libraries that Revenant is built from, or
# if a shared Revenant offers one.
cmake_minimum_required(VERSION 3.25)
set(private "(rocksdb|boost|fmt|nlohmann|toml|icu_[0-9]+|phonenumbers)::|(crypto|sodium|XXH|ZSTD|HMAC|EVP)_")

# `what`: its symbols, by `flags` of nm, must hold no private one, and at least one of our own.
function(check what file)
  execute_process(COMMAND ${NM} -C ${ARGN} ${file} OUTPUT_VARIABLE symbols COMMAND_ERROR_IS_FATAL ANY)
  if(NOT symbols MATCHES "revenant::Registry::")
    message(FATAL_ERROR "${what}: no symbol of Revenant at all, so this test sees nothing")
  endif()
  string(REGEX MATCHALL "[^\n]*${private}[^\n]*" found "${symbols}")
  if(found)
    list(JOIN found "\n" found)
    message(FATAL_ERROR "${what}: not our own:\n${found}")
  endif()
endfunction()

file(READ ${BUILD}/object_path object)
check("needed by the consumer" ${object} --undefined-only)
if(LIBRARY MATCHES "\\.so")
  check("offered by the library" ${LIBRARY} --dynamic --defined-only)
endif()
