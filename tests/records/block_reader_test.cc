// Reading block by block is reading one record after another: the same records, refusals, places
// and errors, wherever a block ends and whatever stands in the text.
#include "records/block_reader.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <random>

#include "records/sources.h"

namespace revenant {
namespace {

constexpr std::string_view kHeader = "platform,seller,contact.email,note,other,other\n";
// What rows are made of: whole ones, and bytes that change how the rest is read.
constexpr std::string_view kPieces[] = {
    "p,a,m@example.com,,,\n",
    "p,b,\"m@example.com\",\"x,\"\"y\"\"\nz\",,\r\n",
    "p,c,,\"\"\"\",\"\r\n\r\n\",\n",
    "p,d,\"a long one, longer than the limit of the test, over\nthree lines\n of text\",,,\n",
    "\n",
    "\r\n",
    "p,e,",
    "\"",
    "\"\"",
    "\r",
    ",",
    "p,g,=\"01\",\"x\ny\",\n",
    "=",
    "p,\xff,,,,\n",
    "p,f,not a mail,,,\n",
};
constexpr std::string_view kLines[] = {
    "{\"platform\":\"p\",\"seller\":\"a\",\"contact.email\":\"m@example.com\"}\n",
    "{\"platform\":\"p\",\"seller\":\"b\",\"x\":1,\"y\":[2]}\r\n",
    "{\"platform\":\"p\",\"seller\":\"c\",\"note\":\"long enough to pass the limit of the "
    "test\"}\n",
    "  \t\n",
    "\n",
    "{",
    "\"\n",
    "\xff\n",
};

std::uint64_t Seed() {
  const char* seed = std::getenv("REVENANT_SEED");
  return seed == nullptr ? 1 : std::strtoull(seed, nullptr, 10);
}

template <std::size_t N>
std::string Draw(const std::string_view (&pieces)[N], std::mt19937_64& random) {
  std::string text;
  for (std::size_t count = random() % 30; count > 0; --count) {
    // Mostly whole rows: a text that is lost at its beginning tests little.
    text += pieces[random() % (random() % 4 == 0 ? N : N / 2)];
  }
  return text;
}

void CheckSame(const ReadAll& blocks, const ReadAll& whole) {
  REQUIRE(blocks.error.has_value() == whole.error.has_value());
  if (whole.error) {
    REQUIRE(blocks.error->code == whole.error->code);
    REQUIRE(blocks.error->message == whole.error->message);
  }
  REQUIRE(blocks.unmapped == whole.unmapped);
  REQUIRE(blocks.inputs.size() == whole.inputs.size());
  for (std::size_t i = 0; i < whole.inputs.size(); ++i) {
    const InputRecord &a = blocks.inputs[i], &b = whole.inputs[i];
    REQUIRE(a.usable == b.usable);
    REQUIRE(a.line == b.line);
    if (!b.usable) continue;
    REQUIRE(a.record.seller == b.record.seller);
    REQUIRE(a.record.attributes.size() == b.record.attributes.size());
    REQUIRE(a.places.size() == b.places.size());
    for (std::size_t j = 0; j < b.record.attributes.size(); ++j) {
      REQUIRE(a.record.attributes[j].kind == b.record.attributes[j].kind);
      REQUIRE(a.record.attributes[j].value == b.record.attributes[j].value);
      REQUIRE(a.places[j].line == b.places[j].line);
      REQUIRE(a.places[j].column == b.places[j].column);
      REQUIRE(a.places[j].field == b.places[j].field);
    }
  }
  REQUIRE(blocks.rejects.size() == whole.rejects.size());
  for (std::size_t i = 0; i < whole.rejects.size(); ++i) {
    const Reject &a = blocks.rejects[i], &b = whole.rejects[i];
    REQUIRE(a.line == b.line);
    REQUIRE(a.column == b.column);
    REQUIRE(a.field == b.field);
    REQUIRE(a.reason == b.reason);
    REQUIRE(a.value == b.value);
  }
}

void Run(std::uint64_t worlds) {
  for (std::uint64_t seed = Seed(); seed < Seed() + worlds; ++seed) {
    CAPTURE(seed);
    std::mt19937_64 random(seed);
    const bool is_json = random() % 4 == 0;
    std::string text = is_json ? Draw(kLines, random) : Draw(kPieces, random);
    if (!is_json) text.insert(0, kHeader);
    // Of another separator everything is the same, found or said.
    const char delimiter = ",;\t|"[random() % 4];
    if (!is_json) std::replace(text.begin(), text.end(), ',', delimiter);
    CAPTURE(text);
    ReadOptions options;
    options.format = is_json ? RecordFormat::kJsonLines : RecordFormat::kCsv;
    options.keep_values = true;
    if (random() % 2 == 0) options.delimiter = delimiter;
    if (random() % 2 == 0) options.max_record_bytes = 60 + random() % 30;
    std::optional<Error> failure;
    if (random() % 4 == 0) failure = Error{Code::kIo, "in: it broke"};
    const std::size_t piece = random() % 2 == 0 ? SIZE_MAX : 1 + random() % 20;
    const std::size_t block_bytes = 1 + random() % 200;
    CAPTURE(block_bytes);
    // Byte by byte no row lies whole in the window: the machine of states reads all of them.
    const auto whole = ReadRecords(std::make_unique<StringSource>(text, 1, failure), options);
    const auto blocks =
        ReadBlocks(std::make_unique<StringSource>(text, piece, failure), options, block_bytes);
    CheckSame(blocks, whole);
  }
}

TEST_SUITE("blocks") {
  TEST_CASE("BlocksGiveWhatOneReaderGives") { Run(20'000); }

  TEST_CASE("AnEndlessRowCostsNoMemoryAndIsOneReject") {
    ReadOptions options;
    options.max_record_bytes = 1000;
    std::string head(kHeader);
    head.append("p,a,,,,\np,\"");
    for (const std::string_view close : {"\",,,\np,b,,,,\n", ""}) {
      auto source = RecordSource::Open(std::make_unique<GeneratedSource>(
                                           head, '\n', std::uint64_t{64} << 20, std::string(close)),
                                       "in", options);
      REQUIRE(source);
      BlockReader blocks = (*source)->Blocks(4096);
      TextBlock block;
      REQUIRE(*blocks.Next(block));
      CHECK(block.bytes == "p,a,,,,\n");
      const auto more = blocks.Next(block);
      if (close.empty()) {
        REQUIRE_FALSE(more);
        CHECK(more.error().message.starts_with("in:3:3: the quoted field that begins here"));
        CHECK_FALSE(blocks.Next(block));
        continue;
      }
      REQUIRE(*more);
      CHECK(block.bytes.size() < 10'000);
      Input input(block.bytes, block.begin);
      InputRecord record;
      const auto parser = (*source)->Parse(input);
      REQUIRE(*parser->Next(record));
      CHECK_FALSE(record.usable);
      CHECK(record.rejects[0].line == 3);
      REQUIRE(*blocks.Next(block));
      CHECK(block.begin.line == 4 + (64 << 20));
      CHECK(block.bytes == "p,b,,,,\n");
    }
  }
}

TEST_SUITE("slow") {
  TEST_CASE("BlocksGiveWhatOneReaderGivesAtLength") { Run(500'000); }
}

}  // namespace
}  // namespace revenant
