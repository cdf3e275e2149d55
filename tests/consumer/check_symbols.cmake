# Fails if a program that includes only <revenant/...> needs a symbol of the libraries that Revenant is built from, or
# if a shared Revenant offers any that is not its own.
cmake_minimum_required(VERSION 3.25)

# Puts the symbols that nm lists with the flags ARGN into `out`; some must be of Revenant, or this test sees nothing.
function(symbols_of file out)
  execute_process(COMMAND ${NM} -C ${ARGN} ${file} OUTPUT_VARIABLE symbols COMMAND_ERROR_IS_FATAL ANY)
  if(NOT symbols MATCHES " revenant::Registry::")
    message(FATAL_ERROR "${file}: no symbol of Revenant among these:\n${symbols}")
  endif()
  string(REGEX REPLACE "[][;]" "_" symbols "${symbols}")  # they mean something to CMake's lists
  string(REGEX MATCHALL "[^\n]+" symbols "${symbols}")
  set(${out} "${symbols}" PARENT_SCOPE)
endfunction()

function(refuse what symbols)
  if(symbols)
    list(JOIN symbols "\n" symbols)
    message(FATAL_ERROR "${what}:\n${symbols}")
  endif()
endfunction()

file(READ ${BUILD}/object_path object)
symbols_of(${object} needed --undefined-only)
list(FILTER needed INCLUDE REGEX "(rocksdb|boost|fmt|nlohmann|toml|icu(_[0-9]+)?|i18n)::| (crypto|sodium|XXH|ZSTD|HMAC|EVP)_")
refuse("A user's object file needs symbols of libraries that should stay private" "${needed}")

if(LIBRARY MATCHES "\\.so")
  symbols_of(${LIBRARY} offered --dynamic --defined-only)
  list(FILTER offered EXCLUDE REGEX " revenant::| for revenant::")
  refuse("${LIBRARY} offers symbols that are not its own" "${offered}")
endif()
