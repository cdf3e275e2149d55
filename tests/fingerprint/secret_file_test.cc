#include "fingerprint/secret_file.h"

#include <doctest/doctest.h>

#include <array>
#include <string>
#include <string_view>

namespace revenant {
namespace {

constexpr SecretFormat kSmall = {.header = "revenant-test-key 1\n",
                                 .sum = SecretSum::kSha256,
                                 .another = "another",
                                 .later = "later",
                                 .damaged = "damaged"};
constexpr SecretFormat kLong = {.header = "revenant-test-key 1\n",
                                .sum = SecretSum::kBlake2b,
                                .another = "another",
                                .later = "later",
                                .damaged = "damaged"};

using Secret = std::array<std::uint8_t, 4>;
constexpr Secret kSecret = {0x01, 0xab, 0x00, 0xff};

SecretText TextOf(const SecretFormat& format, const Secret& secret) {
  SecretWriter out(format, 200);
  out.Line("seed ", secret);
  return out.Finish();
}

std::string AsString(const SecretText& text) { return {text.data(), text.size()}; }

// "" where it can be read, else what it is refused with.
std::string Refusal(const SecretFormat& format, std::string_view text) {
  Result<SecretReader> in = SecretReader::Open(format, text);
  if (!in) return in.error().message;
  Secret secret{};
  if (!in->Line("seed ", secret)) return in->Damaged().message;
  const Result<void> read = in->Finish(TextOf(format, secret));
  return read ? "" : read.error().message;
}

// The sums were computed apart from this code, by hashlib.
TEST_CASE("ASecretFileIsAHeaderLabelledLinesAndTheirSum") {
  CHECK(AsString(TextOf(kSmall, kSecret)) ==
        "revenant-test-key 1\nseed 01ab00ff\nsum a76daa2dce28cf3e215285d0c2c1ede4\n");
  CHECK(AsString(TextOf(kLong, kSecret)) ==
        "revenant-test-key 1\nseed 01ab00ff\nsum "
        "350d072a13ab4be7f140563e0bba42337d78534de3faf9b95053c6b8c47cce6a\n");
}

TEST_CASE("WhatIsWrittenIsReadAndNothingElse") {
  for (const SecretFormat& format : {kSmall, kLong}) {
    const std::string good = AsString(TextOf(format, kSecret));
    CHECK(Refusal(format, good).empty());
    CHECK(Refusal(format, good + "\n") == "damaged");
    for (std::size_t size = 0; size < good.size(); ++size) {
      CAPTURE(size);
      CHECK(Refusal(format, good.substr(0, size)) ==
            (size < std::string_view("revenant-test-key ").size() ? "another" : "damaged"));
    }
    for (std::size_t bit = 0; bit < 8 * good.size(); ++bit) {
      CAPTURE(bit);
      std::string changed = good;
      changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << bit % 8));
      CHECK_FALSE(Refusal(format, changed).empty());
    }
  }
}

struct HeaderCase {
  std::string_view line, refusal;
};
constexpr HeaderCase kHeaders[] = {
    {"revenant-test-key 2\n", "later"},     {"revenant-test-key 10\n", "later"},
    {"revenant-test-key 0\n", "damaged"},   {"revenant-test-key 01\n", "damaged"},
    {"revenant-test-key 1a\n", "damaged"},  {"revenant-test-key \n", "damaged"},
    {"revenant-test-key 1\r\n", "damaged"}, {"revenant-test-key 2", "damaged"},
    {"revenant-key 1\n", "another"},        {"", "another"},
};

TEST_CASE("AHeaderTellsLaterVersionsFromDamage") {
  for (const HeaderCase& c : kHeaders) {
    CAPTURE(c.line);
    CHECK(Refusal(kSmall, c.line) == c.refusal);
  }
}

TEST_CASE("WordsAndDigitsAreTakenInPieces") {
  const std::string text = "revenant-test-key 1\nkey 12 random 01ab00ff\nkey 1";
  Result<SecretReader> in = SecretReader::Open(kSmall, text);
  REQUIRE(in);
  Secret secret{};
  CHECK_FALSE(in->Label("seed "));
  REQUIRE(in->Label("key "));
  CHECK(in->Word() == "12");
  CHECK(in->Word() == "random");
  std::array<std::uint8_t, 3> shorter{};
  CHECK_FALSE(in->Digits(shorter));
  std::array<std::uint8_t, 5> longer{};
  CHECK_FALSE(in->Digits(longer));
  REQUIRE(in->Digits(secret));
  CHECK(secret == kSecret);
  REQUIRE(in->Label("key "));
  CHECK(in->Word() == "1");
  CHECK(in->Word().empty());
  CHECK_FALSE(in->Digits(secret));
}

}  // namespace
}  // namespace revenant
