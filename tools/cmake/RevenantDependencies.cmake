# Everything that the library is built from, found once for all folders. What has to be linked stands in
# revenantConfig.cmake.in too, for users of the static library; they need none that are headers alone.
set(REVENANT_HEADER_ONLY Boost::headers nlohmann_json::nlohmann_json PkgConfig::tomlplusplus)
find_package(PkgConfig REQUIRED)
find_package(RocksDB REQUIRED)
find_package(fmt REQUIRED)
find_package(Boost 1.74 REQUIRED)
find_package(Threads REQUIRED)
find_package(OpenSSL REQUIRED COMPONENTS Crypto)
pkg_check_modules(sodium REQUIRED IMPORTED_TARGET libsodium)
pkg_check_modules(xxhash REQUIRED IMPORTED_TARGET libxxhash)
find_package(nlohmann_json REQUIRED)
pkg_check_modules(tomlplusplus REQUIRED IMPORTED_TARGET tomlplusplus)
find_package(ZLIB REQUIRED)
pkg_check_modules(libzstd REQUIRED IMPORTED_TARGET libzstd)

# Distributions rarely build the archive of RocksDB so that it could become part of a shared library.
set(rocksdb_lib RocksDB::rocksdb)
if(BUILD_SHARED_LIBS AND TARGET RocksDB::rocksdb-shared)
  set(rocksdb_lib RocksDB::rocksdb-shared)
endif()

set(unicode_libs "")
if(REVENANT_WITH_ICU)
  pkg_check_modules(icu REQUIRED IMPORTED_TARGET icu-i18n)
  set(unicode_libs PkgConfig::icu)
endif()
