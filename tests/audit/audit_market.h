#ifndef REVENANT_TESTS_AUDIT_AUDIT_MARKET_H_
#define REVENANT_TESTS_AUDIT_AUDIT_MARKET_H_

// What the tests of audits share: a folder, a registry, and files with all sorts of rows.

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <random>
#include <string>

#include "revenant/registry.h"

namespace revenant::test {

namespace fs = std::filesystem;

inline constexpr Time kAsOf{1'780'000'000'000'000};

inline std::uint64_t Seed() {
  const char* seed = std::getenv("REVENANT_SEED");
  return seed == nullptr ? 1 : std::strtoull(seed, nullptr, 10);
}

class Folder {
 public:
  Folder() {
    std::string path = (fs::temp_directory_path() / "revenant-audit-XXXXXX").string();
    REQUIRE(mkdtemp(path.data()) != nullptr);
    path_ = path;
  }
  ~Folder() { fs::remove_all(path_); }
  std::string operator/(const std::string& name) const { return (path_ / name).string(); }

 private:
  fs::path path_;
};

inline std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline void WriteFile(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

// Sellers who share a value with two neighbours; every ninth is banned.
inline std::unique_ptr<Registry> Market(const std::string& dir) {
  static const Key key = *Key::Generate();
  auto registry = *Registry::Create(dir, key);
  for (int i = 0; i < 90; ++i) {
    Record record;
    record.seller = {"m", fmt::format("s{}", i)};
    record.seen = Time{1'700'000'000'000'000};
    record.attributes.push_back({"contact.email", "", fmt::format("mail{}@mailinator.com", i)});
    record.attributes.push_back({"custom.c", "", fmt::format("value {}", i / 3)});
    REQUIRE(registry->Enrol(record));
    if (i % 9 == 0) REQUIRE(registry->Apply(Ban{record.seller, "c", "fakes", kAsOf}));
  }
  return registry;
}

// A value of the column: mostly a stranger's, some known, some that are none.
inline std::string Value(int column, std::mt19937_64& random) {
  switch (random() % 12) {
    case 0:
      return "";
    case 1:
      return column == 0 ? fmt::format("mail{}@mailinator.com", random() % 90)
                         : "DE00370400440532013000";
    case 2:
      return column == 0 ? "\"a \"\"mail\"\",\nnot\"" : "\"DE89 3704 0044 0532 0130 00\"";
    case 3:
      return column == 0 ? "no mail" : "DE89370400440532013O00";
    default:
      return column == 0 ? fmt::format("u{}@mailinator.net", random() % 100'000)
                         : "DE89370400440532013000";
  }
}

inline std::string Csv(std::size_t rows, std::mt19937_64& random) {
  std::string text = "platform,seller,contact.email,pay.iban,custom.c,device.idfa,seen,colour\n";
  std::string before = "m,first";
  for (std::size_t i = 0; i < rows; ++i) {
    // Names that JSON must escape, accounts that exist, and rows that cannot be used.
    const char* const names[] = {"a{}", "b{}", "c{}", "s{}", "\"q\"\"\\{}\"", "\xc3\xa9{}"};
    const std::uint64_t which = random() % 60;
    const std::string name =
        fmt::format(fmt::runtime(names[which < 6 ? which : which % 3]), random() % 100);
    const std::string platform = random() % 30 == 0 ? "other" : "m";
    // Some sellers have several rows, one after another.
    const std::string seller = random() % 5 == 0 ? before : platform + "," + name;
    before = seller;
    text += fmt::format("{},{},{},{},{},{},red{}", seller, Value(0, random), Value(1, random),
                        random() % 10 == 0 ? fmt::format("value {}", random() % 60) : "",
                        random() % 20 == 0 ? "00000000-0000-0000-0000-000000000000" : "",
                        random() % 50 == 0 ? "yesterday" : "2026-03-01",
                        random() % 40 == 0 ? ",one too many" : "");
    text += random() % 10 == 0 ? "\r\n" : "\n";
    if (random() % 200 == 0) text += "m,st\"ray,,,,,,\n\n";
  }
  return text;
}

inline std::string Lines(std::size_t rows, std::mt19937_64& random) {
  std::string text;
  for (std::size_t i = 0; i < rows; ++i) {
    text += fmt::format(
        "{{\"platform\":\"m\",\"seller\":\"j{}\",\"custom.c\":\"value {}\",\"x{}\":"
        "1{}\n",
        i, random() % 400, random() % 150, random() % 30 == 0 ? "" : "}");
  }
  return text;
}

}  // namespace revenant::test

#endif  // REVENANT_TESTS_AUDIT_AUDIT_MARKET_H_
