#include "audit/import_mark.h"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <system_error>

#include "util/bytes.h"
#include "util/digest.h"

namespace revenant {
namespace {

constexpr std::size_t kHeadBytes = 64 << 10;

}  // namespace

std::string ImportName(const std::string& file, const ReadOptions& options) {
  struct stat status;
  if (file == "-" || stat(file.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return {};
  std::string head(kHeadBytes, '\0');
  std::ifstream input(file, std::ios::binary);
  input.read(head.data(), static_cast<std::streamsize>(head.size()));
  if (input.bad()) return {};
  head.resize(static_cast<std::size_t>(input.gcount()));

  std::string facts;
  PutVarint64(facts, static_cast<std::uint64_t>(status.st_size));
  PutSignedVarint64(facts, status.st_mtim.tv_sec);
  PutSignedVarint64(facts, status.st_mtim.tv_nsec);
  PutLengthPrefixed(facts, head);
  PutVarint64(facts, static_cast<std::uint64_t>(options.format));
  PutVarint64(facts, options.max_record_bytes);
  PutLengthPrefixed(facts, options.platform);
  for (const auto& [column, meaning] : options.columns) {
    PutLengthPrefixed(facts, column);
    PutLengthPrefixed(facts, meaning);
  }
  PutVarint64(facts, static_cast<std::uint8_t>(options.delimiter));
  PutVarint64(facts, static_cast<std::uint64_t>(options.encoding));
  PutLengthPrefixed(facts, options.date_format);
  for (const std::string& null : options.nulls) PutLengthPrefixed(facts, null);
  std::error_code error;
  const std::filesystem::path path = std::filesystem::absolute(file, error);
  if (error) return {};
  PutLengthPrefixed(facts, path.lexically_normal().string());
  return path.filename().string() + "#" + Blake2bHex(facts).substr(0, 32);
}

}  // namespace revenant
