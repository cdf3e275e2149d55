// An exported journal: whatever is done to it is found, and the first bad entry is named.

#include <algorithm>
#include <chrono>
#include <random>
#include <sstream>

#include "journal/base64.h"
#include "support.h"

namespace revenant {
namespace {

std::vector<std::string> Split(const std::string& file) {
  std::vector<std::string> lines;
  std::istringstream input(file);
  for (std::string line; std::getline(input, line);) lines.push_back(line);
  return lines;
}
std::string Join(const std::vector<std::string>& lines) {
  std::string file;
  for (const std::string& line : lines) file += line + '\n';
  return file;
}
std::size_t LineOf(const std::vector<std::string>& lines, std::uint64_t seq) {
  const std::string start = "entry " + std::to_string(seq) + ' ';
  const auto found = std::find_if(lines.begin(), lines.end(),
                                  [&](const std::string& line) { return line.starts_with(start); });
  REQUIRE(found != lines.end());
  return static_cast<std::size_t>(found - lines.begin());
}

JournalCheck Checked(const std::string& file, std::span<const std::string> witnesses = {}) {
  const Result<JournalCheck> check = VerifyText(file, witnesses);
  if (!check) FAIL(check.error().message);
  return *check;
}
// The file fails, and exactly this entry is named.
void CheckNamed(const std::string& file, std::uint64_t seq, std::string_view why) {
  const JournalCheck check = Checked(file);
  REQUIRE(check.fault);
  CAPTURE(check.fault->what);
  CHECK(check.fault->entry == seq);
  CHECK(check.fault->last == seq);
  CHECK(check.entries == seq);
  CHECK(check.fault->what.find(why) != std::string::npos);
}

// Lengths around the borders of a part.
constexpr std::uint64_t kSizes[] = {0, 1, 2, 255, 256, 257, 600};

TEST_CASE("AnUntouchedJournalHoldsHoweverItIsCutIntoPieces") {
  for (const std::uint64_t size : kSizes) {
    CAPTURE(size);
    const std::string file = FileOf(Entries(size));
    for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, std::size_t{1} << 20}) {
      const Result<JournalCheck> check = VerifyText(file, {}, piece);
      REQUIRE(check);
      if (check->fault) FAIL(check->fault->what);
      CHECK(check->entries == size);
      CHECK(check->head->head.size == size);
      CHECK_FALSE(check->witness);
      CHECK(Describe(*check).back().find("could have rewritten everything") != std::string::npos);
    }
  }
}

TEST_CASE("AnEditedEntryIsNamed") {
  for (const std::uint64_t seq : {0, 100, 255, 256, 599}) {
    CAPTURE(seq);
    std::vector<JournalEntry> entries = Entries(600);
    std::vector<std::string> lines = Split(FileOf(entries));
    const std::size_t at = LineOf(lines, seq);
    SUBCASE("its body alone") {
      lines[at].replace(lines[at].find("ann"), 3, "bob");
      CheckNamed(Join(lines), seq, "not the one that it commits to");
    }
    SUBCASE("body and commitment") {
      JournalEntry& entry = entries[seq];
      entry.opening->body = R"({"by":"bob"})";
      entry.commitment = CommitmentTo(*entry.opening);
      lines[at] = FormatEntry(entry);
      CheckNamed(Join(lines), seq, "not the entry that was signed");
    }
    SUBCASE("its time") {
      JournalEntry entry = entries[seq];
      entry.at.micros += 1'000'000;
      lines[at] = FormatEntry(entry);
      CheckNamed(Join(lines), seq, "not the entry that was signed");
    }
    SUBCASE("its type") {
      JournalEntry entry = entries[seq];
      entry.type = "reinstate";
      lines[at] = FormatEntry(entry);
      CheckNamed(Join(lines), seq, "not the entry that was signed");
    }
    SUBCASE("into something unreadable") {
      lines[at] += " ";
      CheckNamed(Join(lines), seq, "cannot be read");
    }
  }
}

TEST_CASE("ADroppedEntryIsNamed") {
  for (const std::uint64_t seq : {0, 100, 255, 256, 599}) {
    CAPTURE(seq);
    std::vector<JournalEntry> entries = Entries(600);
    std::vector<std::string> lines = Split(FileOf(entries));
    lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(LineOf(lines, seq)));
    SUBCASE("with its number") {
      CheckNamed(Join(lines), seq, seq == 255 || seq == 599 ? "is missing" : "stands in its place");
    }
    SUBCASE("and the following ones of its part renumbered") {
      for (std::uint64_t next = seq + 1; next < std::min<std::uint64_t>(600, (seq / 256 + 1) * 256);
           ++next) {
        JournalEntry entry = entries[next];
        --entry.seq;
        lines[LineOf(lines, next)] = FormatEntry(entry);
      }
      CheckNamed(Join(lines), seq,
                 seq == 255 || seq == 599 ? "is missing" : "not the entry that was signed");
    }
  }
}

TEST_CASE("SwappedEntriesAreNamedByTheFirst") {
  const std::vector<JournalEntry> entries = Entries(600);
  for (const auto& [first, second] : {std::pair{0, 1}, {10, 200}, {255, 256}, {300, 599}}) {
    CAPTURE(first);
    std::vector<std::string> lines = Split(FileOf(entries));
    const std::size_t a = LineOf(lines, static_cast<std::uint64_t>(first));
    const std::size_t b = LineOf(lines, static_cast<std::uint64_t>(second));
    SUBCASE("as they are") {
      std::swap(lines[a], lines[b]);
      CheckNamed(Join(lines), static_cast<std::uint64_t>(first), "stands in its place");
    }
    SUBCASE("with their numbers put right") {
      JournalEntry one = entries[static_cast<std::size_t>(first)];
      JournalEntry other = entries[static_cast<std::size_t>(second)];
      std::swap(one.seq, other.seq);
      lines[a] = FormatEntry(other);
      lines[b] = FormatEntry(one);
      CheckNamed(Join(lines), static_cast<std::uint64_t>(first), "not the entry that was signed");
    }
  }
}

TEST_CASE("AnEntryAppendedUnderAnotherKeyIsNamed") {
  for (const std::uint64_t size : {1, 255, 256, 300}) {
    CAPTURE(size);
    const std::string ours = FileOf(Entries(size));
    const std::string theirs = FileOf(Entries(size + 3), OtherKey());
    std::vector<std::string> lines = Split(ours);
    lines.pop_back();  // "end"
    const std::vector<std::string> foreign = Split(theirs);
    for (std::uint64_t seq = size; seq < size + 3; ++seq) {
      lines.push_back(foreign[LineOf(foreign, seq)]);
    }
    SUBCASE("with no checkpoint") {
      const JournalCheck check = Checked(Join(lines) + "end\n");
      REQUIRE(check.fault);
      CHECK(check.fault->entry == size);
      CHECK(check.entries == size);
    }
    SUBCASE("with a checkpoint of that key") {
      std::string hashes = "hashes ";
      std::string bytes;
      Frontier frontier;
      for (std::uint64_t seq = 0; seq < size + 3; ++seq) {
        const TreeHash leaf = LeafHashOf(EntryNo(seq));
        frontier.Append(leaf);
        if (seq >= size) bytes.append(AsView(leaf));
      }
      AppendBase64(hashes, bytes);
      const std::string note = SignCheckpoint({frontier.Head(), kNoon, true}, OtherKey());
      const JournalCheck check = Checked(Join(lines) + hashes + "\ncheckpoint\n" + note + "end\n");
      REQUIRE(check.fault);
      CHECK(check.fault->entry == size);
      CHECK(check.fault->last == size + 2);
      CHECK(check.fault->what.find("signed with another key") != std::string::npos);
      CHECK(check.entries == size);
    }
  }
}

TEST_CASE("AJournalOfAnotherKeyIsRefused") {
  const JournalCheck check = Checked(FileOf(Entries(300), OtherKey()));
  REQUIRE(check.fault);
  CHECK(check.fault->what.find("another key") != std::string::npos);
  std::vector<std::string> lines = Split(FileOf(Entries(300), OtherKey()));
  lines[1] = "key " + OurKey().public_key().ToText();
  const JournalCheck named = Checked(Join(lines));
  REQUIRE(named.fault);
  CHECK(named.fault->entry == 0);
  CHECK(named.fault->last == 255);
}

TEST_CASE("AnEntryAndItsListedHashAlteredAlikeAreNarrowedDownToTheirPart") {
  std::vector<JournalEntry> entries = Entries(600);
  std::vector<std::string> lines = Split(FileOf(entries));
  JournalEntry& entry = entries[300];
  entry.at.micros += 1;
  lines[LineOf(lines, 300)] = FormatEntry(entry);
  std::string bytes;
  for (std::uint64_t seq = 256; seq < 512; ++seq) bytes.append(AsView(LeafHashOf(entries[seq])));
  std::size_t list = LineOf(lines, 300);
  while (!lines[list].starts_with("hashes ")) ++list;
  lines[list] = "hashes " + Base64(bytes);
  const JournalCheck check = Checked(Join(lines));
  REQUIRE(check.fault);
  CHECK(check.fault->entry == 256);
  CHECK(check.fault->last == 511);
}

TEST_CASE("AJournalCutShortNamesTheFirstMissingEntry") {
  const std::vector<std::string> lines = Split(FileOf(Entries(600)));
  const auto upto = [&](std::size_t count) {
    return Join({lines.begin(), lines.begin() + static_cast<std::ptrdiff_t>(count)});
  };
  SUBCASE("between parts") { CheckNamed(upto(LineOf(lines, 256)) + "end\n", 256, "is missing"); }
  SUBCASE("within a part") {
    const JournalCheck check = Checked(upto(LineOf(lines, 400)));
    REQUIRE(check.fault);
    CHECK(check.fault->entry == 256);
    CHECK(check.fault->last == 399);
  }
  SUBCASE("and a part's checkpoint put in the head's place") {
    std::vector<std::string> cut = Split(upto(LineOf(lines, 256)) + "end\n");
    const auto part = std::find(cut.begin(), cut.end(), "checkpoint");
    const std::vector<std::string> note(part + 1, part + 8);
    const auto head = std::find(cut.begin(), cut.end(), "head") - cut.begin();
    cut.erase(cut.begin() + head + 1, cut.begin() + head + 7);
    cut.insert(cut.begin() + head + 1, note.begin(), note.end());
    const JournalCheck check = Checked(Join(cut));
    REQUIRE(check.fault);
    CHECK(check.fault->what.find("part of a longer journal") != std::string::npos);
  }
}

TEST_CASE("ABodyMayBeMissingOnlyWhereAForgettingTookIt") {
  std::vector<JournalEntry> entries = Entries(10);
  entries[3].opening.reset();
  entries[4].opening.reset();
  CheckNamed(FileOf(entries), 3, "no forgetting");
  entries.push_back(EntryNo(10, "forget", R"(,"erased":[3])"));
  const JournalCheck check = Checked(FileOf(entries));
  REQUIRE(check.fault);
  CHECK(check.fault->entry == 4);
  entries.push_back(EntryNo(11, "forget", R"(,"erased":[4])"));
  const JournalCheck good = Checked(FileOf(entries));
  CHECK_FALSE(good.fault);
  CHECK(good.erased == 2);
}

TEST_CASE("AForgettingTakesNoBodyThatIsEnteredAfterIt") {
  std::vector<JournalEntry> entries = {EntryNo(0, "forget", R"(,"erased":[1])"), EntryNo(1)};
  entries[1].opening.reset();
  CheckNamed(FileOf(entries), 1, "no forgetting");
}

std::string WitnessOf(std::uint64_t size, const std::vector<JournalEntry>& entries) {
  Frontier frontier;
  for (std::uint64_t seq = 0; seq < size; ++seq) frontier.Append(LeafHashOf(entries[seq]));
  return SignCheckpoint({frontier.Head(), kNoon, false}, OurKey());
}

TEST_CASE("AForkFromWhatAWitnessSawIsFound") {
  const std::vector<JournalEntry> seen = Entries(300);
  std::vector<JournalEntry> told = seen;
  told[270].at.micros += 1;  // the holder of the key rewrites, and signs again
  const std::string file = FileOf(told);
  CHECK_FALSE(Checked(file).fault);
  const std::string witnesses[] = {WitnessOf(290, seen), WitnessOf(200, seen), WitnessOf(10, seen)};
  const JournalCheck check = Checked(file, witnesses);
  REQUIRE(check.fault);
  CHECK(check.fault->what.find("fork") != std::string::npos);
  CHECK(check.fault->entry == 200);
  CHECK(check.fault->last == 289);
  REQUIRE(check.witness);
  CHECK(check.witness->head.size == 200);
}

TEST_CASE("AWitnessThatSawMoreFindsACutOffPast") {
  const std::vector<JournalEntry> entries = Entries(300);
  const std::string witnesses[] = {WitnessOf(300, entries)};
  const std::string file = FileOf(Entries(256));
  const JournalCheck check = Checked(file, witnesses);
  REQUIRE(check.fault);
  CHECK(check.fault->entry == 256);
  CHECK(check.fault->what.find("is missing") != std::string::npos);
}

TEST_CASE("TheNewestWitnessThatAgreesIsNamed") {
  const std::vector<JournalEntry> entries = Entries(300);
  for (const std::uint64_t newest : {0, 1, 256, 300}) {
    CAPTURE(newest);
    const std::string witnesses[] = {WitnessOf(newest, entries), WitnessOf(0, entries)};
    const JournalCheck check = Checked(FileOf(entries), witnesses);
    CHECK_FALSE(check.fault);
    REQUIRE(check.witness);
    CHECK(check.witness->head.size == newest);
  }
}

TEST_CASE("AWitnessUnderAnotherKeyIsAnError") {
  const std::string witnesses[] = {SignCheckpoint({Frontier().Head(), kNoon, false}, OtherKey())};
  const Result<JournalCheck> check = VerifyText(FileOf({}), witnesses);
  REQUIRE_FALSE(check);
  CHECK(check.error().code == Code::kInvalidArgument);
  CHECK(check.error().message.find("another key") != std::string::npos);
}

TEST_CASE("WhatIsNoJournalFileIsAnError") {
  CHECK(VerifyText("").error().code == Code::kInvalidArgument);
  CHECK(VerifyText("hello\n").error().code == Code::kInvalidArgument);
  CHECK(VerifyText("revenant-journal 2\n").error().code == Code::kUnsupportedFormat);
}

TEST_CASE("NoByteOfAJournalMayChange") {
  std::vector<JournalEntry> entries = Entries(5);
  entries[2].opening.reset();
  entries.push_back(EntryNo(5, "forget", R"(,"erased":[2])"));
  const std::string file = FileOf(entries);
  REQUIRE_FALSE(Checked(file).fault);
  for (std::size_t i = 0; i < file.size(); ++i) {
    for (const char flip : {'\x01', '\x20'}) {
      CAPTURE(i);
      std::string bad = file;
      bad[i] = static_cast<char>(bad[i] ^ flip);
      const Result<JournalCheck> check = VerifyText(bad);
      CHECK((!check || check->fault));
    }
  }
  for (std::size_t i = 0; i < file.size(); ++i) {
    CAPTURE(i);
    const Result<JournalCheck> cut = VerifyText(std::string_view(file).substr(0, i));
    CHECK((!cut || cut->fault));
  }
  for (const char* more : {"x", "\n", "end\n"}) {
    CAPTURE(more);
    const Result<JournalCheck> longer = VerifyText(file + more);
    CHECK((!longer || longer->fault));
  }
}

TEST_SUITE("slow") {
  TEST_CASE("AMillionEntriesVerifyInSecondsAndAnAlteredOneIsNamed") {
    constexpr std::uint64_t kEntries = 1'000'000;
    std::string file;
    {
      const std::vector<JournalEntry> entries = Entries(kEntries);
      file = FileOf(entries);
    }
    const auto start = std::chrono::steady_clock::now();
    const JournalCheck good = Checked(file);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    CHECK_FALSE(good.fault);
    CHECK(good.entries == kEntries);
    MESSAGE("verified ", kEntries, " entries, ", file.size() >> 20, " MiB, in ", took.count(),
            " s");
    CHECK(took.count() < 120);
    const std::size_t at = file.find("p:777777\"");
    file[at + 2] = '8';
    CheckNamed(file, 777'777, "commits to");
  }
}

}  // namespace
}  // namespace revenant
