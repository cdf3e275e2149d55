// The protocol's table of bad inputs, a test for each row and more. Whatever is refused is refused
// by name and leaves every row as it was (but for evidence, where the row says so).

#define XXH_STATIC_LINKING_ONLY  // the state on the stack
#include <xxhash.h>

#include <fstream>
#include <functional>

#include "exchange/feeds_world.h"
#include "registry/handle.h"

namespace revenant {
namespace {

constexpr int kDay = FeedsWorld::kStart;

// Where the checksum of a frame lies, and a file with a right one: what is behind it must hold too.
std::string Mended(std::string file) {
  const Result<FileFrame> whole = ReadFrame(file);
  if (whole || !IsRefusal(whole.error(), Refusal::kChecksum)) return file;
  file.replace(32, 8, 8, '\0');
  XXH3_state_t state;
  XXH3_64bits_reset(&state);
  XXH3_64bits_update(&state, file.data(), 32);
  XXH3_64bits_update(&state, file.data() + 40, file.size() - 40);
  const std::uint64_t sum = XXH3_64bits_digest(&state);
  std::memcpy(file.data() + 32, &sum, sizeof sum);
  return file;
}

// b takes lists of a: 22 entries in the first (about 2 KB sealed), one more in each that follows.
struct Lists : FeedsWorld {
  Lists() {
    for (int n = 100; n < 122; ++n) Lists_(n);
    b().Evaluates({100, 101}, kDay + 1);
    first = a().Exports(kDay + 2);
  }
  void Lists_(int n) {
    const std::string seller = "s" + std::to_string(n);
    a().Shows(seller.c_str(), kDay + 1, {n});
    a().Bans(seller.c_str(), kDay + 1);
    a().Evaluates({n}, kDay + 1);
  }
  // The next delta of a, with one entry more.
  std::string Next(int day) {
    Lists_(200 + lists_++);
    return a().Exports(day);
  }
  std::string Opened(const std::string& sealed) { return Need(OpenFile(sealed, b().keys)); }

  // Signed by a as if it were its own, with a header changed at will.
  template <typename Change>
  std::string Forged(const std::string& sealed, Change change) {
    const std::string plain = Opened(sealed);
    const FeedFile file = Need(ReadFeedFile(plain));
    FeedHeader header = file.header;
    change(header);
    const std::string part = EncodeFeedHeader(header);
    return WriteFrame(file.frame.type, file.frame.exchange, part,
                      {a().keys.signing().Sign(file.frame.type, file.frame.exchange, part)},
                      file.frame.body);
  }
  // Refused by this name, and nothing is written.
  void Refuses(const std::string& file, Refusal refusal, int day = kDay + 3) {
    const std::string before = b().Rows();
    const Result<FeedImport> result = b().desk->Import(file, Day(day));
    REQUIRE_FALSE(result);
    CHECK_MESSAGE(IsRefusal(result.error(), refusal), result.error().message);
    CHECK(b().Rows() == before);
  }
  std::size_t EvidenceRows() {
    std::size_t count = 0;
    Need(SnapshotOf(b().registry())
             ->Scan(Table::kExchange, std::string(1, kEvidenceRow),
                    [&](std::string_view, std::string_view) -> Result<bool> {
                      ++count;
                      return true;
                    }));
    return count;
  }

  std::string first;
  int lists_ = 0;
};

TEST_CASE_FIXTURE(Lists, "Every flipped byte of a sealed feed of 2 KB is refused") {
  REQUIRE(first.size() > 1900);
  REQUIRE(first.size() < 2600);
  const std::string before = b().Rows();
  std::size_t refused = 0, mended_refused = 0;
  for (std::size_t at = 0; at < first.size(); ++at) {
    std::string bad = first;
    bad[at] = static_cast<char>(bad[at] ^ (1 << (at % 8)));
    refused += !b().desk->Import(bad, Day(kDay + 3)).has_value();
    // With the checksum put right: the seal itself refuses.
    const std::string mended = Mended(bad);
    if (mended == bad || mended == first) {
      ++mended_refused;  // the checksum is not what refused it, or was all that differed
    } else {
      mended_refused += !b().desk->Import(mended, Day(kDay + 3)).has_value();
    }
  }
  CHECK(refused == first.size());
  CHECK(mended_refused == first.size());
  CHECK(b().Rows() == before);
  MESSAGE("sealed: ", refused, " of ", first.size(), " flips refused, checksum mended or not");
}

TEST_CASE_FIXTURE(Lists, "Every flipped byte under the seal is refused, checksum mended or not") {
  const std::string plain = Opened(first);
  const Delta whole = Need(UnpackDelta(Need(ReadFeedFile(plain))));
  // Packed bytes have more than one encoding: such a flip changes nothing that is signed.
  const auto says_the_same = [&](const std::string& bad) {
    const Result<FeedFile> file = ReadFeedFile(bad);
    const Result<Delta> delta = file ? UnpackDelta(*file) : Result<Delta>(file.error());
    return delta.has_value() && *delta == whole;
  };
  const std::string before = b().Rows();
  std::size_t refused = 0, mended_refused = 0, the_same = 0;
  for (std::size_t at = 0; at < plain.size(); ++at) {
    std::string bad = plain;
    bad[at] = static_cast<char>(bad[at] ^ (1 << (at % 8)));
    refused += !b().desk->Import(bad, Day(kDay + 3)).has_value();
    const std::string mended = Mended(bad);
    const bool only_the_sum = mended == plain;
    const bool in_body = at >= plain.size() - Need(ReadFrame(plain)).body.size();
    if (in_body && says_the_same(mended)) {
      ++the_same;
      continue;
    }
    mended_refused += only_the_sum || !b().desk->Import(mended, Day(kDay + 3)).has_value();
  }
  CHECK(refused == plain.size());
  CHECK(mended_refused + the_same == plain.size());
  CHECK(the_same < 20);
  CHECK(b().Rows() == before);
  MESSAGE("plain: ", refused, " of ", plain.size(), " flips refused, checksum mended or not");
}

TEST_CASE_FIXTURE(Lists, "Every length that a feed is cut to is refused, and every byte too many") {
  const std::string before = b().Rows();
  std::size_t refused = 0, tried = 0;
  for (const std::string& whole : {first, Opened(first)}) {
    for (std::size_t size = 0; size < whole.size(); ++size, ++tried) {
      refused += !b().desk->Import(whole.substr(0, size), Day(kDay + 3)).has_value();
    }
    ++tried;
    refused += !b().desk->Import(whole + "x", Day(kDay + 3)).has_value();
  }
  CHECK(refused == tried);
  CHECK(b().Rows() == before);
  MESSAGE(refused, " of ", tried, " lengths refused");
}

// --- Fields of the frame, at their extremes ---

TEST_CASE_FIXTURE(Lists, "A frame is refused by name before anything that it asks for is done") {
  struct Case {
    const char* name;
    std::size_t at, bytes;
    std::uint64_t value;
    Refusal refusal;
  };
  constexpr std::uint64_t kMax = UINT64_MAX;
  constexpr Case kCases[] = {
      {"magic", 0, 8, 0, Refusal::kNotOurs},
      {"version 0", 8, 2, 0, Refusal::kUnknownVersion},
      {"version 2", 8, 2, 2, Refusal::kUnknownVersion},
      {"version at its end", 8, 2, kMax, Refusal::kUnknownVersion},
      {"type 0", 10, 2, 0, Refusal::kWrongType},
      {"type at its end", 10, 2, kMax, Refusal::kWrongType},
      {"the type of a roster", 10, 2, 1, Refusal::kOversized},  // which has no body
      {"flag 1", 12, 4, 1, Refusal::kCriticalFlag},
      {"the last flag", 12, 4, 0x80000000, Refusal::kCriticalFlag},
      {"signed bytes at their end", 16, 4, kMax, Refusal::kOversized},
      {"signed bytes 0", 16, 4, 0, Refusal::kOversized},
      {"one signed byte more", 16, 4, 0, Refusal::kOversized},
      {"signatures at their end", 20, 2, kMax, Refusal::kOversized},
      {"no signature", 20, 2, 0, Refusal::kOversized},
      {"reserved", 22, 2, 1, Refusal::kMalformed},
      {"body at its end", 24, 8, kMax, Refusal::kOversized},
      {"body beyond its cap", 24, 8, kMaxUnpackedBytes + 1, Refusal::kOversized},
      {"body as long as its cap", 24, 8, kMaxUnpackedBytes, Refusal::kTruncated},
      {"body 0", 24, 8, 0, Refusal::kOversized},
      {"another exchange", 40, 8, 7, Refusal::kWrongExchange},
  };
  for (const Case& each : kCases) {
    INFO(each.name);
    std::string bad = Opened(first);
    std::memcpy(bad.data() + each.at, &each.value, each.bytes);
    Refuses(Mended(bad), each.refusal);
  }
}

TEST_CASE_FIXTURE(Lists, "Every field of a header at its extremes is refused, signed or not") {
  using Change = void (*)(FeedHeader&);
  struct Case {
    const char* name;
    Change change;
    Refusal refusal;
  };
  const Case kCases[] = {
      {"publisher 0", [](FeedHeader& h) { h.publisher = MemberId{0}; }, Refusal::kUnknownMember},
      {"publisher at its end", [](FeedHeader& h) { h.publisher = MemberId{UINT32_MAX}; },
       Refusal::kUnknownMember},
      {"another member", [](FeedHeader& h) { h.publisher = MemberId{3}; }, Refusal::kBadSignature},
      {"an audience without us", [](FeedHeader& h) { h.audience = {MemberId{3}}; },
       Refusal::kNotForUs},
      {"an audience twice", [](FeedHeader& h) { h.audience = {MemberId{2}, MemberId{2}}; },
       Refusal::kMalformed},
      {"a roster to come", [](FeedHeader& h) { h.roster_version = 1; }, Refusal::kRosterGap},
      {"a roster at its end", [](FeedHeader& h) { h.roster_version = UINT64_MAX; },
       Refusal::kRosterGap},
      {"another roster", [](FeedHeader& h) { h.roster[0] ^= 1; }, Refusal::kRosterFork},
      {"generation 0", [](FeedHeader& h) { h.generation = 0; }, Refusal::kOldGeneration},
      {"generation 2", [](FeedHeader& h) { h.generation = 2; }, Refusal::kRosterGap},
      {"generation at its end", [](FeedHeader& h) { h.generation = UINT32_MAX; },
       Refusal::kRosterGap},
      {"epoch 0", [](FeedHeader& h) { h.epoch = 0; }, Refusal::kWrongEpoch},
      {"epoch to come", [](FeedHeader& h) { h.epoch = 2; }, Refusal::kWrongEpoch},
      {"epoch at its end", [](FeedHeader& h) { h.epoch = UINT32_MAX; }, Refusal::kWrongEpoch},
      {"prev of a first header", [](FeedHeader& h) { h.prev[31] = 1; }, Refusal::kWrongPredecessor},
      {"created before 1970", [](FeedHeader& h) { h.created = Time{-1}; }, Refusal::kMalformed},
      {"created unknown", [](FeedHeader& h) { h.created = Time{}; }, Refusal::kMalformed},
      {"created to come",
       [](FeedHeader& h) { h.created = Day(kDay + 4), h.expires = Day(kDay + 5); },
       Refusal::kWrongTimes},
      {"created at its end", [](FeedHeader& h) { h.created = Time{INT64_MAX}; },
       Refusal::kMalformed},
      {"expires before it is created", [](FeedHeader& h) { h.expires = h.created; },
       Refusal::kMalformed},
      {"valid for too long", [](FeedHeader& h) { h.expires = Day(kDay + 33); },
       Refusal::kWrongTimes},
      {"expires at its end", [](FeedHeader& h) { h.expires = Time{WireReader::kLastMicros}; },
       Refusal::kWrongTimes},
      {"no delta", [](FeedHeader& h) { h.delta_bytes = 0; }, Refusal::kDigest},
      {"a byte less of delta", [](FeedHeader& h) { --h.delta_bytes; }, Refusal::kDigest},
      {"a byte more of delta", [](FeedHeader& h) { ++h.delta_bytes; }, Refusal::kDigest},
      {"delta beyond every bound", [](FeedHeader& h) { h.delta_bytes = kMaxUnpackedBytes + 1; },
       Refusal::kOversized},
      {"delta at its end", [](FeedHeader& h) { h.delta_bytes = UINT64_MAX; }, Refusal::kOversized},
      {"another delta", [](FeedHeader& h) { h.delta[0] ^= 1; }, Refusal::kDigest},
      {"one entry more", [](FeedHeader& h) { ++h.live_entries, ++h.next_id; }, Refusal::kMalformed},
      {"no entries", [](FeedHeader& h) { h.live_entries = 0; }, Refusal::kStateHash},
      {"more entries than ids", [](FeedHeader& h) { h.live_entries = h.next_id + 1; },
       Refusal::kMalformed},
      {"entries at their end", [](FeedHeader& h) { h.live_entries = h.next_id = UINT64_MAX; },
       Refusal::kOversized},
      {"a list longer than the roster allows",
       [](FeedHeader& h) { h.live_entries = h.next_id = 100'001; }, Refusal::kOversized},
      {"a delta longer than the roster allows", [](FeedHeader& h) { h.delta_bytes = 1 << 29; },
       Refusal::kOversized},
      {"a snapshot longer than the roster allows", [](FeedHeader& h) { h.live_bytes = 1 << 29; },
       Refusal::kOversized},
      {"live bytes", [](FeedHeader& h) { ++h.live_bytes; }, Refusal::kStateHash},
      {"live bytes at their end", [](FeedHeader& h) { h.live_bytes = UINT64_MAX; },
       Refusal::kOversized},
      {"next id", [](FeedHeader& h) { ++h.next_id; }, Refusal::kMalformed},
      {"next id at its end", [](FeedHeader& h) { h.next_id = UINT64_MAX; }, Refusal::kMalformed},
      {"another state", [](FeedHeader& h) { h.state[31] ^= 0x80; }, Refusal::kStateHash},
      {"an unanswered dispute twice",
       [](FeedHeader& h) { h.unanswered = {DisputeMark{}, DisputeMark{}}; }, Refusal::kMalformed},
      {"an unanswered dispute that disputes nothing",
       [](FeedHeader& h) {
         h.unanswered = {DisputeMark{}};
         h.unanswered.front().opinion = Opinion::kConfirmed;
       },
       Refusal::kMalformed},
      {"an id erased twice", [](FeedHeader& h) { h.erased = {99, 99}; }, Refusal::kMalformed},
      {"an id erased that is in the list", [](FeedHeader& h) { h.erased = {0}; },
       Refusal::kMalformed},
      {"an id erased that was never given", [](FeedHeader& h) { h.erased = {UINT64_MAX}; },
       Refusal::kMalformed},
      {"headers seen twice", [](FeedHeader& h) { h.seen = {HeaderMark{}, HeaderMark{}}; },
       Refusal::kMalformed},
  };
  for (const Case& each : kCases) {
    INFO(each.name);
    Refuses(Forged(first, each.change), each.refusal);
  }
  MESSAGE(std::size(kCases), " header fields refused");
  // And the same list, left as it is, is taken: nothing above was refused for another reason.
  CHECK(b().Imports(Forged(first, [](FeedHeader&) {}), kDay + 3).added == 22);
}

// --- Rows of the table ---

TEST_CASE_FIXTURE(Lists,
                  "Signatures, members, exchanges and types that are not right are refused") {
  const std::string plain = Opened(first);
  const FeedFile file = Need(ReadFeedFile(plain));
  const std::string_view part = file.frame.signed_part;
  const auto with = [&](const SignedBy& by) {
    return WriteFrame(file.frame.type, exchange, part, {by}, file.frame.body);
  };
  // Another member's key, another type's text, another exchange's id, no signature.
  Refuses(with(c().keys.signing().Sign(file.frame.type, exchange, part)), Refusal::kBadSignature);
  Refuses(with(a().keys.signing().Sign(FileType::kRoster, exchange, part)), Refusal::kBadSignature);
  Refuses(with(a().keys.signing().Sign(file.frame.type, {}, part)), Refusal::kBadSignature);
  Refuses(with(a().keys.root().Sign(file.frame.type, exchange, part)), Refusal::kBadSignature);
  Refuses(WriteFrame(file.frame.type, exchange, part, {}, file.frame.body), Refusal::kBadSignature);
  ExchangeId other = exchange;
  other.bytes[0] ^= 1;
  Refuses(WriteFrame(file.frame.type, other, part,
                     {a().keys.signing().Sign(file.frame.type, other, part)}, file.frame.body),
          Refusal::kWrongExchange);
  // A delta passed off as a snapshot, whose signature is the same.
  Refuses(
      WriteFrame(FileType::kFeedSnapshot, exchange, part, file.frame.signatures, file.frame.body),
      Refusal::kDigest);
  Refuses(genesis, Refusal::kWrongType);
  Refuses(Need(SealFile(plain, exchange, std::vector<PublicKey>{c().keys.receiving_key()})),
          Refusal::kNotForUs);
}

TEST_CASE_FIXTURE(Lists, "The same number and digest once more succeeds and changes nothing") {
  b().Imports(first, kDay + 3);
  const std::string before = b().Rows();
  CHECK(b().Imports(first, kDay + 4).outcome == FeedImport::Outcome::kUnchanged);
  CHECK(b().Imports(a().Snapshot(), kDay + 4).outcome == FeedImport::Outcome::kUnchanged);
  CHECK(b().Rows() == before);
}

TEST_CASE_FIXTURE(Lists, "Two headers of one number are equivocation; both are kept, once") {
  b().Imports(first, kDay + 3);
  const std::string second =
      Forged(first, [](FeedHeader& h) { h.expires = Time{h.expires.micros + 1}; });
  for (int i = 0; i < 2; ++i) {
    const Result<FeedImport> result = b().desk->Import(second, Day(kDay + 3));
    REQUIRE_FALSE(result);
    CHECK(IsRefusal(result.error(), Refusal::kEquivocation));
  }
  CHECK(EvidenceRows() == 1);
  CHECK(Need(b().desk->Status(Day(kDay + 3))).evidence == 1);
  // An older number of which another header was seen is equivocation as well.
  const std::string third = Next(kDay + 4);
  b().Imports(third, kDay + 4);
  const Result<FeedImport> older = b().desk->Import(second, Day(kDay + 4));
  REQUIRE_FALSE(older);
  CHECK(IsRefusal(older.error(), Refusal::kEquivocation));
}

TEST_CASE_FIXTURE(Lists, "A gap is held and says what is missing; deltas or a snapshot fill it") {
  const std::string second = Next(kDay + 3), third = Next(kDay + 4), fourth = Next(kDay + 5);
  b().Imports(first, kDay + 5);
  const std::string before = b().Rows();
  const FeedImport held = b().Imports(fourth, kDay + 5);
  CHECK(held.outcome == FeedImport::Outcome::kHeld);
  CHECK(held.needs == "deltas 1 to 2 of market-a, or a snapshot");
  CHECK(b().Rows() == before);
  b().Imports(second, kDay + 5);
  CHECK(b().Imports(a().Snapshot(), kDay + 5).outcome == FeedImport::Outcome::kApplied);
  CHECK(b().Imports(fourth, kDay + 5).outcome == FeedImport::Outcome::kUnchanged);
  const std::string by_snapshot = b().Rows();
  // c, who took every delta, holds the same list.
  for (const std::string& file : {first, second, third, fourth}) c().Imports(file, kDay + 5);
  const FeedId feed = FeedIdOf(exchange, a().member.id, {});
  for (Party* party : {&b(), &c()}) {
    const RunBytes runs = Need(FindRuns(*SnapshotOf(party->registry()), feed));
    CHECK(runs == Need(FindRuns(*SnapshotOf(a().registry()), feed)));
  }
}

TEST_CASE_FIXTURE(Lists, "What is older than what is held is refused") {
  const std::string second = Next(kDay + 3);
  b().Imports(first, kDay + 3);
  b().Imports(second, kDay + 3);
  Refuses(first, Refusal::kRollback);
  Refuses(Forged(second, [](FeedHeader& h) { h.seq = 2, h.next_id = 1, h.live_entries = 1; }),
          Refusal::kRollback);
  Refuses(Forged(second, [](FeedHeader& h) { h.seq = 2, h.created = Day(kDay + 1); }),
          Refusal::kWrongTimes);
  const Result<FeedImport> forked = b().desk->Import(
      Forged(second, [](FeedHeader& h) { h.seq = 2, h.prev[0] ^= 1; }), Day(kDay + 3));
  REQUIRE_FALSE(forked);
  CHECK(IsRefusal(forked.error(), Refusal::kWrongPredecessor));
  CHECK(EvidenceRows() == 1);
}

TEST_CASE_FIXTURE(Lists, "A store put back from a copy publishes no number and no id twice") {
  const FeedId feed = FeedIdOf(exchange, a().member.id, {});
  const std::string second = Next(kDay + 3);
  PublishedMarks marks = Need(PublishedMarks::Read(a().key_file));
  REQUIRE(marks.Find(feed));
  CHECK(marks.Find(feed)->seq == 1);
  // As if the store were a copy of some days ago: more was published than it knows of.
  Need(marks.Advance(feed, {1, 7, 5'000}));
  const std::string before = a().Rows();
  const Result<ExportedFeed> refused = a().desk->Export({}, Day(kDay + 4));
  REQUIRE_FALSE(refused);
  CAPTURE(refused.error().message);
  CHECK(refused.error().code == Code::kConflict);
  CHECK(refused.error().message.find("older copy") != std::string::npos);
  CHECK(a().Rows() == before);

  // A later mark never goes back, and a damaged file is not taken for an empty one.
  Need(marks.Advance(feed, {1, 2, 9}));
  CHECK(Need(PublishedMarks::Read(a().key_file)).Find(feed)->seq == 7);
  std::filesystem::path file = a().key_file;
  file += ".published";
  for (const char* damaged : {"", "revenant-published 2\n", "revenant-published 1\nzz 1 2 3\n"}) {
    std::ofstream(file, std::ios::trunc) << damaged;
    CHECK(PublishedMarks::Read(a().key_file).error().code == Code::kCorruption);
    CHECK_FALSE(a().desk->Export({}, Day(kDay + 4)));
  }
  std::filesystem::remove(file);

  // The way on: a new key generation, whose ids begin behind all that were given. Readers who hold
  // the last honest list take its snapshot.
  b().Imports(first, kDay + 4);
  b().Imports(second, kDay + 4);
  MemberKeys fresh = Need(a().keys.NextGeneration());
  Member member = Need(ReadMemberCard(MemberCardFile(fresh, "market-a", "FR", 2)));
  member.id = MemberId{1};
  member.resume_from = Need(ReadFeedFile(Opened(second))).digest;
  Amend(kDay + 4, [&](Roster& next) { next.members[0] = member; });
  const std::filesystem::path next_key = folder.path() / "fresh.key";
  Need(fresh.WriteNew(next_key));
  Need(Need(PublishedMarks::Read(next_key)).Advance(feed, {1, 7, 5'000}));
  a().desk = Need(Exchange::Open(a().registry(), next_key));
  const FeedFile restart = Need(ReadFeedFile(Opened(Next(kDay + 4))));
  CHECK(restart.header.generation == 2);
  CHECK(restart.header.seq == 0);
  CHECK(restart.header.next_id == 5'001);
  CHECK(b().Imports(a().Snapshot(), kDay + 4).outcome == FeedImport::Outcome::kApplied);
  CHECK(b().Imports(Next(kDay + 5), kDay + 5).outcome == FeedImport::Outcome::kApplied);
}

TEST_CASE_FIXTURE(Lists, "A leap is refused; a new key generation named by the roster recovers") {
  b().Imports(first, kDay + 3);
  Refuses(Forged(first, [](FeedHeader& h) { h.seq = 51; }), Refusal::kSeqLeap);
  Refuses(Forged(first, [](FeedHeader& h) { h.seq = UINT32_MAX; }), Refusal::kSeqLeap);
  // A thief of a's signing key published number 1; the members name number 0 as the last honest.
  const Digest honest = Need(ReadFeedFile(Opened(first))).digest;
  const std::string stolen = Next(kDay + 3);
  b().Imports(stolen, kDay + 3);
  MemberKeys fresh = Need(a().keys.NextGeneration());
  Member member = Need(ReadMemberCard(MemberCardFile(fresh, "market-a", "FR", 2)));
  member.id = MemberId{1};
  member.resume_from = honest;
  Amend(kDay + 4, [&](Roster& next) { next.members[0] = member; });
  Refuses(stolen, Refusal::kOldGeneration, kDay + 4);
  const std::filesystem::path file = folder.path() / "fresh.key";
  Need(fresh.WriteNew(file));
  a().desk = Need(Exchange::Open(a().registry(), file));
  const std::string restart = a().Exports(kDay + 4);
  // b holds what the thief wrote, c nothing at all: neither can continue from number 0.
  for (Party* party : {&b(), &c()}) {
    const FeedImport held = party->Imports(restart, kDay + 4);
    CHECK(held.outcome == FeedImport::Outcome::kHeld);
    CHECK(held.needs == "a snapshot of market-a");
    CHECK(party->Imports(a().Snapshot(), kDay + 4).outcome == FeedImport::Outcome::kApplied);
    CHECK(party->Imports(Next(kDay + 4), kDay + 4).outcome == FeedImport::Outcome::kApplied);
  }
}

TEST_CASE_FIXTURE(Lists, "An epoch counts only between its ends, and never comes back") {
  b().Imports(first, kDay + 3);
  for (int n = 100; n < 122; ++n) a().Evaluates({n}, kDay + 90, 2);
  const std::string retagged = a().Exports(kDay + 95);
  CHECK(b().Imports(retagged, kDay + 95).replaced == 22);
  const auto next = [](FeedHeader& h) { h.seq = 2, h.epoch = 1; };
  Refuses(Forged(retagged, next), Refusal::kWrongEpoch, kDay + 95);
  Refuses(Forged(first, [](FeedHeader& h) { h.seq = 2, h.created = h.expires = Day(kDay + 101); }),
          Refusal::kMalformed, kDay + 101);
  Refuses(Forged(first,
                 [](FeedHeader& h) {
                   h.seq = 2, h.created = Day(kDay + 101), h.expires = Day(kDay + 102);
                 }),
          Refusal::kWrongEpoch, kDay + 101);
}

TEST_CASE_FIXTURE(Lists, "An expired list keeps its data, and every hit says that it is stale") {
  b().Imports(first, kDay + 3);
  CHECK_FALSE(b().Asks(kDay + 8, {100}).foreign.front().stale);
  const Verdict late = b().Asks(kDay + 9, {100});
  CHECK(late.decision == Decision::kReview);
  CHECK(late.foreign.front().stale);
}

TEST_CASE_FIXTURE(Lists, "A state hash that differs discards the batch; the last good list stays") {
  b().Imports(first, kDay + 3);
  const std::string second = Next(kDay + 3);
  Refuses(Forged(second, [](FeedHeader& h) { h.state[5] ^= 1; }), Refusal::kStateHash);
  CHECK(b().Asks(kDay + 4, {100}).decision == Decision::kReview);
  CHECK(b().Imports(second, kDay + 3).added == 1);
}

TEST_CASE_FIXTURE(Lists, "Deltas that do the impossible are refused although they are signed") {
  b().Imports(first, kDay + 3);
  const std::string second = Next(kDay + 3);
  const auto with = [&](const std::function<void(Delta&)>& change) {
    const std::string plain = Opened(second);
    const FeedFile file = Need(ReadFeedFile(plain));
    Delta delta = Need(UnpackDelta(file));
    change(delta);
    FeedHeader header = file.header;
    const std::string body = EncodeDelta(delta);
    header.delta_bytes = body.size();
    header.delta = DigestOf(body);
    return WriteFeedFile(
        FileType::kFeedDelta, exchange, header,
        a().keys.signing().Sign(FileType::kFeedDelta, exchange, EncodeFeedHeader(header)), body);
  };
  Refuses(with([](Delta& d) { d.put.front().id = 0; }), Refusal::kMalformed);     // in use
  Refuses(with([](Delta& d) { d.put.front().id = 1000; }), Refusal::kMalformed);  // skips some
  Refuses(with([](Delta& d) { d.put.clear(); }), Refusal::kMalformed);
  Refuses(with([](Delta& d) { d.removed = {{999, Removal::kWithdrawn}}; }), Refusal::kMalformed);
  Refuses(with([](Delta& d) { d.removed = {{UINT64_MAX, Removal::kWithdrawn}}; }),
          Refusal::kMalformed);
  Refuses(with([](Delta& d) { d.disputed = {{999, 1}}; }), Refusal::kMalformed);
  Refuses(with([](Delta& d) { d.disputed = {{0, 0, true}}; }), Refusal::kMalformed);
  Refuses(with([](Delta& d) { d.removed = {{0, Removal::kWithdrawn}}; }), Refusal::kStateHash);
  Refuses(with([](Delta& d) { d.disputed = {{0, 1}}; }), Refusal::kStateHash);
  CHECK(b().Imports(with([](Delta&) {}), kDay + 3).added == 1);
}

// --- Rosters ---

TEST_CASE_FIXTURE(FeedsWorld, "Rosters go from N to N+1 by enough of the members' root keys") {
  const auto next_of = [&](auto change) {
    Roster next = roster;
    next.version = 1;
    next.predecessor = DigestOf(EncodeRoster(roster));
    next.created = Day(kStart + 1);
    change(next);
    return next;
  };
  const Roster plain = next_of([](Roster&) {});
  const auto refuses = [&](const std::string& file, Refusal refusal) {
    const std::string before = b().Rows();
    const Result<RosterChange> result = b().desk->AdoptRoster(file, Day(kStart + 1));
    REQUIRE_FALSE(result);
    CHECK_MESSAGE(IsRefusal(result.error(), refusal), result.error().message);
    CHECK(b().Rows() == before);
  };
  refuses(Signed(plain, {}), Refusal::kRosterUnsigned);
  refuses(Signed(plain, {0}), Refusal::kRosterUnsigned);
  refuses(Signed(next_of([](Roster& r) { r.version = 2; }), {0, 1}), Refusal::kRosterGap);
  refuses(Signed(next_of([](Roster& r) { r.predecessor[0] ^= 1; }), {0, 1}),
          Refusal::kWrongPredecessor);
  refuses(Signed(next_of([](Roster& r) { r.created = Day(kStart - 1); }), {0, 1}),
          Refusal::kWrongTimes);
  refuses(Signed(next_of([](Roster& r) { r.threshold = 1; }), {0, 1}), Refusal::kMalformed);
  refuses(Signed(next_of([](Roster& r) { r.threshold = 4; }), {0, 1}), Refusal::kMalformed);
  refuses(Signed(next_of([](Roster& r) { r.members.pop_back(); }), {0, 1}), Refusal::kMalformed);
  refuses(Signed(next_of([](Roster& r) { r.members[2].name = "other"; }), {0, 1}),
          Refusal::kBadPossession);
  refuses(Signed(next_of([](Roster& r) { r.members[2].signing[0] ^= 1; }), {0, 1}),
          Refusal::kBadPossession);
  refuses(Signed(next_of([](Roster& r) { r.members[2].name = r.members[1].name; }), {0, 1}),
          Refusal::kMalformed);
  refuses(Signed(next_of([](Roster& r) { r.expires = r.created; }), {0, 1}), Refusal::kMalformed);
  // A takeover by keys of its own making: the new roster's majority is not the old one's.
  Roster coup = plain;
  std::vector<MemberKeys> puppets;
  for (std::uint32_t id = 4; id < 9; ++id) {
    puppets.push_back(Need(MemberKeys::Generate()));
    const std::string name = "puppet" + std::to_string(id);
    coup.members.push_back(Need(ReadMemberCard(MemberCardFile(puppets.back(), name, "FR", 1))));
    coup.members.back().id = MemberId{id};
  }
  coup.threshold = 5;
  std::string taken = RosterFile(coup, exchange);
  for (const MemberKeys& puppet : puppets) taken = Need(SignRosterFile(taken, puppet.root()));
  refuses(taken, Refusal::kRosterUnsigned);

  CHECK(Need(b().desk->AdoptRoster(Signed(plain, {0, 1}), Day(kStart + 1))).changed);
  CHECK_FALSE(Need(b().desk->AdoptRoster(Signed(plain, {0, 1}), Day(kStart + 1))).changed);
  refuses(genesis, Refusal::kRosterRollback);
}

TEST_CASE_FIXTURE(FeedsWorld,
                  "A fork or the end of the roster stops everything that goes in or out") {
  a().Shows("ring", kStart + 1, {1});
  a().Bans("ring", kStart + 1);
  a().Evaluates({1}, kStart + 1);
  const std::string list = a().Exports(kStart + 1);
  const Result<FeedImport> late = b().desk->Import(list, Day(kStart + 500));
  REQUIRE_FALSE(late);
  CHECK(IsRefusal(late.error(), Refusal::kRosterExpired));
  CHECK(IsRefusal(a().desk->Export({}, Day(kStart + 500)).error(), Refusal::kRosterExpired));

  const auto version_one = [&](int day) {
    Roster next = roster;
    next.version = 1;
    next.predecessor = DigestOf(EncodeRoster(roster));
    next.created = Day(day);
    return Signed(next, {0, 1});
  };
  Need(b().desk->AdoptRoster(version_one(kStart + 1), Day(kStart + 2)));
  const Result<RosterChange> forked =
      b().desk->AdoptRoster(version_one(kStart + 2), Day(kStart + 2));
  REQUIRE_FALSE(forked);
  CHECK(IsRefusal(forked.error(), Refusal::kRosterFork));
  const ExchangeStatus status = Need(b().desk->Status(Day(kStart + 2)));
  CHECK(status.forked);
  CHECK(status.evidence == 1);
  const Result<FeedImport> stopped = b().desk->Import(list, Day(kStart + 2));
  REQUIRE_FALSE(stopped);
  CHECK(IsRefusal(stopped.error(), Refusal::kRosterFork));
  CHECK(IsRefusal(b().desk->Export({}, Day(kStart + 2)).error(), Refusal::kRosterFork));
}

TEST_CASE_FIXTURE(Lists,
                  "Members who were shown different lists find out from each other's headers") {
  b().Imports(first, kDay + 3);
  c().Imports(Forged(first, [](FeedHeader& h) { h.expires = Time{h.expires.micros + 1}; }),
              kDay + 3);
  const FeedImport report = b().Imports(c().Exports(kDay + 3), kDay + 3);
  CHECK(report.forks == 1);
  CHECK(Need(b().desk->Status(Day(kDay + 3))).evidence == 1);
}

}  // namespace
}  // namespace revenant
