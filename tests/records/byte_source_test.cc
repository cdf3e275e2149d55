#include "records/byte_source.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "records/sources.h"

namespace revenant {
namespace {

struct Decompressed {
  std::string text;
  std::optional<Error> error;
};

Decompressed Drain(ByteSource& source, std::size_t step) {
  Decompressed out;
  std::string buffer(step, '\0');
  while (true) {
    const auto got = source.Read(buffer);
    if (!got) {
      out.error = got.error();
      return out;
    }
    if (*got == 0) return out;
    out.text.append(buffer, 0, *got);
  }
}

Decompressed DecompressAll(std::string bytes, std::size_t piece = SIZE_MAX,
                           std::size_t step = 1000) {
  auto source = Decompress(std::make_unique<StringSource>(std::move(bytes), piece), "in");
  if (!source) return {"", source.error()};
  return Drain(**source, step);
}

// Long and hardly compressible, so that every buffer fills more than once.
std::string LongText() {
  std::string text;
  for (std::uint32_t i = 0, x = 1; i < 400'000; ++i) {
    x = x * 1664525 + 1013904223;
    text += static_cast<char>('!' + (x >> 24) % 90);
  }
  return text;
}

TEST_SUITE("byte source") {
  TEST_CASE("FormatsAreToldByTheirFirstBytes") {
    const std::string text = LongText();
    const std::string skippable("\x5e\x2a\x4d\x18\x03\x00\x00\x00xyz", 11);
    const std::pair<std::string_view, std::string> inputs[] = {
        {"plain", text},
        {"gzip", Gzip(text)},
        {"zstd", Zstd(text)},
        {"gzip of many members", Gzip(text.substr(0, 5)) + Gzip("") + Gzip(text.substr(5))},
        {"gzip with padding", Gzip(text) + std::string(600, '\0')},
        {"zstd of many frames", Zstd(text.substr(0, 5)) + Zstd("") + Zstd(text.substr(5))},
        {"zstd with a skippable frame first", skippable + Zstd(text) + skippable},
    };
    for (const auto& [name, bytes] : inputs) {
      for (const std::size_t piece : {std::size_t{1}, std::size_t{1000}, SIZE_MAX}) {
        for (const std::size_t step : {std::size_t{1}, std::size_t{70'000}}) {
          if (piece == 1 && step == 1) continue;
          CAPTURE(name);
          CAPTURE(piece);
          CAPTURE(step);
          const Decompressed out = DecompressAll(bytes, piece, step);
          REQUIRE_FALSE(out.error.has_value());
          REQUIRE(out.text == text);
        }
      }
    }
  }

  TEST_CASE("NothingAndNearlyNothing") {
    for (const std::string text : {"", "a", "\x1e", "\x28\xb5\x2f"}) {
      const Decompressed out = DecompressAll(text);
      CHECK_FALSE(out.error.has_value());
      CHECK(out.text == text);
    }
    CHECK(DecompressAll(Gzip("")).text.empty());
    CHECK(DecompressAll(Zstd("")).text.empty());
  }

  TEST_CASE("CutCompressedInputGivesItsGoodBytesThenSaysTruncated") {
    const std::string text = LongText();
    for (const std::string& whole : {Gzip(text), Zstd(text)}) {
      // Four bytes at least, so that the format can still be recognised.
      for (const std::size_t size : {std::size_t{4}, std::size_t{20}, whole.size() / 2,
                                     whole.size() - 9, whole.size() - 1}) {
        CAPTURE(size);
        const Decompressed out = DecompressAll(whole.substr(0, size));
        REQUIRE(out.error.has_value());
        CHECK(out.error->code == Code::kCorruption);
        CHECK(out.error->message.starts_with("in: "));
        CHECK(out.error->message.find("truncated") != std::string::npos);
        CHECK(text.starts_with(out.text));
        if (size > whole.size() / 2) CHECK(out.text.size() > text.size() / 2);
      }
    }
  }

  TEST_CASE("DamageIsCorruption") {
    const std::string text = LongText();
    std::string gzip = Gzip(text);
    gzip[gzip.size() - 6] ^= 1;  // the checksum
    std::string zstd = Zstd(text);
    zstd[4] ^= 0x08;  // a reserved bit of the frame's head
    for (const std::string& bytes : {gzip, zstd, Gzip(text) + "and more", Zstd(text) + "and more",
                                     std::string("\x1f\x8b\x07garbage")}) {
      const Decompressed out = DecompressAll(bytes);
      REQUIRE(out.error.has_value());
      CHECK(out.error->code == Code::kCorruption);
      CHECK(out.error->message.find("damaged") != std::string::npos);
    }
  }

  TEST_CASE("AnErrorUnderneathComesAfterWhatWasRead") {
    const std::string text = LongText();
    const std::string gzip = Gzip(text);
    auto source = Decompress(std::make_unique<StringSource>(gzip.substr(0, gzip.size() / 2), 1000,
                                                            Error{Code::kIo, "disk"}),
                             "in");
    REQUIRE(source.has_value());
    const Decompressed out = Drain(**source, 100);
    REQUIRE(out.error.has_value());
    CHECK(out.error->message == "disk");
    CHECK(out.text.size() > text.size() / 3);
    CHECK(text.starts_with(out.text));
    char byte;
    CHECK_FALSE((*source)->Read({&byte, 1}).has_value());  // and it stays
  }

  TEST_CASE("OtherFormatsAreNamed") {
    const std::pair<std::string, std::string_view> inputs[] = {
        {"PK\x03\x04rest", "zip"},
        {"\xfd"
         "7zXZ",
         "xz"},
        {"BZh91AY&SY", "bzip2"},
    };
    for (const auto& [bytes, name] : inputs) {
      const Decompressed out = DecompressAll(bytes);
      REQUIRE(out.error.has_value());
      CHECK(out.error->code == Code::kInvalidArgument);
      CHECK(out.error->message.starts_with("in:1:1: this is "));
      CHECK(out.error->message.find(name) != std::string::npos);
    }
    CHECK_FALSE(DecompressAll("BZh,platform\n").error.has_value());
  }

  TEST_CASE("FilesThatCannotBeRead") {
    const auto missing = OpenByteSource("no/such/file", "no/such/file");
    REQUIRE_FALSE(missing.has_value());
    CHECK(missing.error().code == Code::kNotFound);
    CHECK(missing.error().message.starts_with("no/such/file: cannot open: "));
    const auto folder = OpenByteSource("/", "/");
    REQUIRE_FALSE(folder.has_value());
    CHECK(folder.error().code == Code::kIo);
    CHECK(folder.error().message.starts_with("/: cannot read: "));
  }

  TEST_CASE("AFileIsReadAndClosed") {
    std::string name = std::filesystem::temp_directory_path() / "revenant-source-XXXXXX";
    const int fd = mkstemp(name.data());
    REQUIRE(fd >= 0);
    const std::string bytes = Gzip("hello");
    REQUIRE(write(fd, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
    close(fd);
    // Far more often than a process may hold files open.
    for (int i = 0; i < 2000; ++i) {
      auto source = OpenByteSource(name, name);
      REQUIRE(source.has_value());
      REQUIRE(Drain(**source, 100).text == "hello");
    }
    std::filesystem::remove(name);
  }
}

}  // namespace
}  // namespace revenant
