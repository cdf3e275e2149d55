// Valid inputs with random bytes changed, dropped, doubled or put in: whatever comes, the readers
// end, keep their promises about it, and show no value that was not asked for.
#include <doctest/doctest.h>

#include <random>
#include <string>

#include "records/sources.h"

namespace revenant {
namespace {

constexpr std::string_view kCsv =
    "platform,seller,seen,source,status,pay.iban,contact.phone@US,note\n"
    "p,a,2026-03-01,kyc,active,DE89370400440532013000,+16502530000,\"x,\"\"y\"\"\nz\"\r\n"
    "p,b,,,applicant,,,\n\np,c,2026-03-01T10:00:00Z,,,FR1420041010050500013M02606,,\xc3\xa9\n";
constexpr std::string_view kJson =
    "{\"platform\":\"p\",\"seller\":\"a\",\"seen\":\"2026-03-01\",\"attributes\":[{\"kind\":"
    "\"pay.iban\",\"value\":\"DE89370400440532013000\"},{\"kind\":\"contact.phone\",\"country\":"
    "\"US\",\"value\":\"\\u00e9\"}],\"x\":[1,{\"y\":null}]}\n\n"
    "{\"platform\":\"p\",\"seller\":\"b\",\"status\":\"applicant\",\"pay.iban\":\"X\"}\r\n";

std::string Mutate(std::string text, std::mt19937& random) {
  using namespace std::string_view_literals;
  constexpr std::string_view kTelling = "\",\n\r{}[]:\\\0 #@\xff\xc3"sv;
  for (std::size_t changes = 1 + random() % 4; changes > 0 && !text.empty(); --changes) {
    const std::size_t at = random() % text.size();
    const char byte = random() % 2 == 0 ? kTelling[random() % kTelling.size()]
                                        : static_cast<char>(random() % 256);
    switch (random() % 5) {
      case 0:
        text[at] = byte;
        break;
      case 1:
        text.erase(at, 1 + random() % 8);
        break;
      case 2:
        text.insert(at, 1, byte);
        break;
      case 3:
        text.insert(at, text.substr(random() % text.size(), random() % 40));
        break;
      default:
        text.resize(at);
        break;
    }
  }
  return text;
}

void CheckPromises(const ReadAll& all, std::size_t input_bytes) {
  std::size_t kept = 0;
  for (const InputRecord& input : all.inputs) {
    REQUIRE(input.line >= 1);
    if (!input.usable) {
      REQUIRE(input.rejects.size() == 1);
      continue;
    }
    REQUIRE(CheckSellerName(input.record.seller).has_value());
    REQUIRE(input.record.status != SellerStatus::kMentioned);
    REQUIRE(input.places.size() == input.record.attributes.size());
    for (const RawAttribute& attribute : input.record.attributes) {
      REQUIRE_FALSE(attribute.value.empty());
      kept += attribute.value.size();
    }
  }
  for (const Reject& reject : all.rejects) {
    REQUIRE(reject.line >= 1);
    REQUIRE_FALSE(reject.reason.empty());
    REQUIRE(reject.value.empty());
  }
  REQUIRE(kept <= input_bytes);
  if (all.error) REQUIRE(all.error->message.starts_with("in:"));
}

void Run(int rounds) {
  const std::uint32_t seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random(seed);
  const std::string texts[] = {std::string(kCsv), std::string(kJson)};
  for (int round = 0; round < rounds; ++round) {
    CAPTURE(round);
    std::string bytes = texts[random() % 2];
    const bool is_mutated_plain = random() % 3 != 0;
    if (is_mutated_plain) bytes = Mutate(std::move(bytes), random);
    const std::size_t plain_bytes = bytes.size();
    const std::uint32_t compression = random() % 3;
    if (compression == 1) bytes = Gzip(bytes);
    if (compression == 2) bytes = Zstd(bytes);
    if (!is_mutated_plain) bytes = Mutate(std::move(bytes), random);
    ReadOptions options;
    options.max_record_bytes = random() % 4 == 0 ? 1 + random() % 200 : kMaxRecordBytes;
    options.format = static_cast<RecordFormat>(random() % 3);
    const ReadAll all = ReadRecords(bytes, options, 1 + random() % 50);
    // Changed compressed bytes can mean any text, but not a long one.
    CheckPromises(all, is_mutated_plain ? plain_bytes : 1 << 20);
  }
}

TEST_SUITE("mutation") {
  TEST_CASE("DamagedInputNeverBreaksTheReaders") { Run(5'000); }
}

TEST_SUITE("slow") {
  TEST_CASE("DamagedInputNeverBreaksTheReadersAtLength") { Run(500'000); }
}

}  // namespace
}  // namespace revenant
