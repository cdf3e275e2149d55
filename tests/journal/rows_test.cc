// Rows of the journal: what was written comes back, and nothing else is taken for it.

#include <doctest/doctest.h>

#include <functional>

#include "store/journal_rows.h"

namespace revenant {
namespace {

JournalHash HashOf(std::uint8_t fill) {
  JournalHash hash;
  hash.fill(fill);
  return hash;
}
Fingerprint PrintOf(std::uint8_t fill) {
  Fingerprint fingerprint;
  fingerprint.bytes.fill(fill);
  return fingerprint;
}

TEST_CASE("RowsComeBackAsTheyWere") {
  for (const std::int64_t micros : {std::int64_t{0}, std::int64_t{-5}, INT64_MAX}) {
    const JournalRow row{Time{micros}, HashOf(7), "ban"};
    CHECK(*DecodeJournalRow(Encode(row)) == row);
  }
  for (const std::size_t about : {0u, 1u, 200u}) {
    JournalBodyRow row{HashOf(9), {}, "{}"};
    for (std::size_t i = 0; i < about; ++i) row.about.push_back(PrintOf(3));
    CHECK(*DecodeJournalBodyRow(Encode(row)) == row);
  }
}

TEST_CASE("KeysComeBackAndSortAsTheirNumbers") {
  for (const std::uint64_t seq : {std::uint64_t{0}, std::uint64_t{255}, UINT64_MAX}) {
    CHECK(*DecodeJournalKey(JournalKeyOf(seq)) == seq);
    CHECK(DecodeJournalNodeKey(JournalNodeKey(5, seq))->index == seq);
    CHECK(DecodeJournalNodeKey(JournalNodeKey(5, seq))->level == 5);
    CHECK(DecodeJournalAboutKey(JournalAboutKey(PrintOf(4), seq))->seq == seq);
    CHECK(DecodeJournalAboutKey(JournalAboutKey(PrintOf(4), seq))->about == PrintOf(4));
  }
  CHECK(JournalKeyOf(255) < JournalKeyOf(256));
}

TEST_CASE("ADamagedRowIsNamedByItsTable") {
  struct Row {
    const char* table;
    std::string bytes;
    std::function<std::optional<Error>(std::string_view)> decode;
  };
  const auto failure = [](const auto& result) {
    return result ? std::nullopt : std::optional<Error>(result.error());
  };
  const Row kRows[] = {
      {"journal ", "", [&](std::string_view b) { return failure(DecodeJournalRow(b)); }},
      {"journal ", Encode(JournalRow{Time{1}, HashOf(1), ""}),
       [&](std::string_view b) { return failure(DecodeJournalRow(b)); }},
      {"journal ", "1234567", [&](std::string_view b) { return failure(DecodeJournalKey(b)); }},
      {"journal_bodies", std::string(31, 'x'),
       [&](std::string_view b) { return failure(DecodeJournalBodyRow(b)); }},
      {"journal_bodies", std::string(32, 'x') + "\xff\xff\xff\xff\x0f{}",
       [&](std::string_view b) { return failure(DecodeJournalBodyRow(b)); }},
      {"journal_nodes", std::string(33, 'x'),
       [&](std::string_view b) { return failure(DecodeJournalHash(b)); }},
      {"journal_nodes", JournalNodeKey(0, 1),
       [&](std::string_view b) { return failure(DecodeJournalNodeKey(b)); }},
      {"journal_nodes", JournalNodeKey(64, 1),
       [&](std::string_view b) { return failure(DecodeJournalNodeKey(b)); }},
      {"journal_about", std::string(23, 'x'),
       [&](std::string_view b) { return failure(DecodeJournalAboutKey(b)); }},
  };
  for (const Row& row : kRows) {
    CAPTURE(row.table);
    const std::optional<Error> error = row.decode(row.bytes);
    REQUIRE(error);
    CHECK(error->code == Code::kCorruption);
    CHECK(error->message.find(row.table) != std::string::npos);
  }
}

}  // namespace
}  // namespace revenant
