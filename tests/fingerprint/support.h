// What the tests of this room share.
#ifndef REVENANT_TESTS_FINGERPRINT_SUPPORT_H_
#define REVENANT_TESTS_FINGERPRINT_SUPPORT_H_

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include "fixtures.h"
#include "revenant/fingerprint.h"

namespace revenant {

inline std::string ReadBytes(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

inline std::filesystem::path Fixture(std::string_view name) {
  return std::filesystem::path(test::Fixtures()) / "fingerprint" / name;
}

// A key from the text of its file.
inline Result<Key> KeyFromText(std::string_view text) {
  return Key::FromKeeper([text]() -> Result<std::string> { return std::string(text); });
}

// A folder of the test's own, gone when the test is.
class TempFolder {
 public:
  TempFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "revenant-XXXXXX").string();
    path_ = ::mkdtemp(name.data()) != nullptr ? name : "";
  }
  ~TempFolder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  std::filesystem::path operator/(std::string_view name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

}  // namespace revenant

#endif  // REVENANT_TESTS_FINGERPRINT_SUPPORT_H_
