// Certificates (DESIGN.md section 5, rule 13): what holds, what held then, what was erased and what
// was never true.

#include "revenant/certificate.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <functional>

#include "registry/certificate.h"
#include "registry/link_worlds.h"
#include "registry/worlds.h"

namespace revenant {
namespace {

using certified::Certificate;

constexpr std::int64_t kDay = 86'400'000'000;
Time Day(int day) { return Time{(20'000 + day) * kDay}; }
constexpr int kToday = 10;  // when applications are judged

SellerName Shop(const char* id) { return {"p", id}; }

Fingerprint Print(int n) {
  Fingerprint fingerprint;
  fingerprint.bytes.fill(static_cast<std::uint8_t>(n * 59 + 7));
  return fingerprint;
}
KeyedAttribute Carry(const char* kind, int n) {
  return {Print(n), {{Print(n), kind, false, true}}};
}
revenant::Enrol Enrolled(const char* id, int day, std::vector<KeyedAttribute> attributes) {
  return {Shop(id), SellerStatus::kActive, "form", Day(day), std::move(attributes)};
}
revenant::Enrol Applies(const char* id, std::vector<KeyedAttribute> attributes) {
  return {Shop(id), SellerStatus::kApplicant, "form", Day(kToday), std::move(attributes)};
}

// `old` is banned; `mid` has its phone and device; `far`, banned too, is reached through `mid`.
std::vector<Event> Story() {
  return {Enrolled("old", 1, {Carry("pay.iban", 1), Carry("device.imei", 2), Carry("contact.phone", 3)}),
          Enrolled("mid", 2, {Carry("contact.phone", 3), Carry("device.imei", 2)}),
          Enrol{Shop("far"), SellerStatus::kApplicant, "form", Day(3), {Carry("doc.cn.resident_id", 5)}},
          Enrolled("mid", 4, {Carry("doc.cn.resident_id", 5)}),
          Enrolled("honest", 4, {Carry("pay.iban", 7)}),
          Ban{Shop("old"), "c1", "fakes", Day(5)},
          Ban{Shop("far"), "c2", "fraud", Day(6)}};
}
revenant::Enrol Returner() {
  return Applies("new", {Carry("pay.iban", 1), Carry("contact.phone", 3)});
}
revenant::Enrol Stranger() { return Applies("stranger", {Carry("pay.iban", 9)}); }

struct StoryWorld : World {
  StoryWorld() : World(LinkPolicy{}) { ApplyAll(Story()); }
};

std::string Certify(World& world, const revenant::Enrol& application, Time as_of = Day(kToday)) {
  const Result<Certified> certified = world->Certify(application, as_of);
  if (!certified) FAIL(certified.error().message);
  return certified->certificate;
}

CertificateCheck Verify(World& world, const std::string& certificate) {
  const Result<CertificateCheck> check = VerifyCertificate(*world, certificate);
  if (!check) FAIL(check.error().message);
  return *check;
}

Result<CertificateCheck> VerifyBy(const std::string& lines, ExportExtent extent,
                                  const std::string& certificate) {
  std::size_t place = 0;
  const auto read = [&]() -> Result<std::string> {
    const std::string piece = lines.substr(place, 777);
    place += piece.size();
    return piece;
  };
  return VerifyCertificateAgainstExport(read, extent, certificate);
}

// The lines of an export that name one of these sellers first.
std::string Extract(World& world, const std::vector<const char*>& ids) {
  const std::string all = world.Export(ExportScope::kFacts);
  std::string lines;
  for (std::size_t begin = 0, end; (end = all.find('\n', begin)) != std::string::npos;
       begin = end + 1) {
    const std::string line = all.substr(begin, end + 1 - begin);
    for (const char* id : ids) {
      if (line.starts_with("{\"v\":1,\"platform\":\"p\",\"seller\":\"" + std::string(id) + "\"")) {
        lines += line;
      }
    }
  }
  return lines;
}

std::string Text(const CertificateCheck& check) {
  std::string text(OutcomeName(check.outcome));
  text += check.complete ? ", complete" : ", not complete";
  for (const std::string& line : check.checked) text += "\n  ok: " + line;
  for (const std::string& line : check.differs) text += "\n  no: " + line;
  return text;
}

bool Says(const CertificateCheck& check, std::string_view words) {
  return std::any_of(check.differs.begin(), check.differs.end(), [&](const std::string& line) {
    return line.find(words) != std::string::npos;
  });
}

std::uint64_t FirstSeed() {
  const char* seed = std::getenv("REVENANT_SEED");
  return seed == nullptr ? 1 : std::strtoull(seed, nullptr, 10);
}
int Scaled(int count) {
  const char* factor = std::getenv("REVENANT_SEQUENCES");
  return factor == nullptr ? count : count * std::max(1, std::atoi(factor));
}

// --- Holds ---

TEST_CASE("CertificateHoldsRightAfterItWasMade") {
  StoryWorld world;
  const Result<Certified> certified = world->Certify(Returner(), Day(kToday));
  REQUIRE(certified);
  CHECK(certified->verdict.decision == Decision::kBlock);
  CHECK(certified->verdict.links.size() == 2);
  for (const revenant::Enrol& application : {Returner(), Stranger()}) {
    const std::string certificate = Certify(world, application);
    const CertificateCheck by_store = Verify(world, certificate);
    CHECK_MESSAGE(by_store.outcome == CertificateOutcome::kHolds, Text(by_store));
    CHECK(by_store.complete);
    CHECK(by_store.differs.empty());
    for (const ExportScope scope : {ExportScope::kFacts, ExportScope::kLive}) {
      const auto by_export = VerifyBy(world.Export(scope), ExportExtent::kWhole, certificate);
      REQUIRE(by_export);
      CHECK_MESSAGE(by_export->outcome == CertificateOutcome::kHolds, Text(*by_export));
      CHECK(by_export->complete);
    }
  }
}

TEST_CASE("CertificateHoldsNoMatterWhatHappensElsewhere") {
  StoryWorld world;
  const std::string certificate = Certify(world, Returner());
  world.ApplyAll({Enrolled("other", 11, {Carry("pay.iban", 20)}),
                  Ban{Shop("other"), "c9", "fakes", Day(12)},
                  Withdraw{Shop("honest"), Print(7), "", Day(12)},
                  Forget{Shop("honest"), "asked for it", Day(13)}});
  const CertificateCheck check = Verify(world, certificate);
  CHECK_MESSAGE(check.outcome == CertificateOutcome::kHolds, Text(check));
}

// --- Held then ---

struct LaterCase {
  std::string name;
  std::vector<Event> events;
  CertificateOutcome outcome;
  const char* says;
};

TEST_CASE("WhatHappensLaterTellsHeldThenFromErasedAndFalse") {
  const LinkPolicy stricter = [] {
    LinkPolicy policy;
    policy.review = -1'000;
    return policy;
  }();
  const auto& held_then = CertificateOutcome::kHeldThen;
  const auto& is_false = CertificateOutcome::kFalse;
  const LaterCase cases[] = {
      {"an identifier is withdrawn", {Withdraw{Shop("old"), Print(1), "", Day(20)}}, held_then,
       "withdrawn through"},
      {"one source withdraws it", {Withdraw{Shop("old"), Print(1), "form", Day(20)}}, held_then,
       "withdrawn through"},
      {"the ban is lifted", {Reinstate{Shop("old"), "c1", false, Day(20)}}, held_then, "lifted"},
      {"all bans are lifted", {Reinstate{Shop("old"), "", true, Day(20)}}, held_then, "lifted"},
      {"lifted and set again",
       {Reinstate{Shop("old"), "c1", false, Day(20)}, Ban{Shop("old"), "c1", "fakes", Day(21)}},
       held_then, "set again"},
      {"the ban is given another date", {Ban{Shop("old"), "c1", "fakes", Day(21)}}, held_then,
       "set again"},
      {"it is seen again", {Enrolled("old", 20, {Carry("pay.iban", 1)})}, held_then, "last seen"},
      {"it turns out to have been seen earlier", {Enrolled("old", 0, {Carry("pay.iban", 1)})},
       held_then, "first seen"},
      {"somebody else who has it is banned",
       {Enrolled("third", 11, {Carry("pay.iban", 1)}), Ban{Shop("third"), "c3", "fakes", Day(12)}},
       held_then, "left out, or new"},
      {"the policy changes", {SetPolicy{stricter}}, held_then, "policy"},
      {"the two turn out to be different people", {CannotLink{Shop("old"), Shop("mid"), Day(20)}},
       held_then, "today"},
      {"the applicant is let in", {Enrolled("new", 11, {Carry("pay.iban", 1)})}, held_then,
       "today"},
      {"it becomes a hub", {Enrolled("h1", 11, {Carry("contact.phone", 3)}),
                            Enrolled("h2", 11, {Carry("contact.phone", 3)})}, held_then, "today"},
      {"the banned seller is forgotten", {Forget{Shop("old"), "a court said so", Day(20)}},
       CertificateOutcome::kErased, "forgotten"},
      {"the one between is forgotten", {Forget{Shop("mid"), "a court said so", Day(20)}},
       CertificateOutcome::kErased, "forgotten"},
      {"forgotten and lifted",
       {Reinstate{Shop("far"), "c2", false, Day(20)}, Forget{Shop("old"), "a court", Day(20)}},
       CertificateOutcome::kErased, "lifted"},
      {"withdrawn with a date before it", {Withdraw{Shop("old"), Print(1), "", Day(9)}}, is_false,
       "withdrawn through"},
      {"lifted with a date before it", {Reinstate{Shop("old"), "c1", false, Day(9)}}, is_false,
       "lifted"},
      {"found to be different people, dated before it",
       {CannotLink{Shop("mid"), Shop("far"), Day(9)}}, is_false, "link to p:far"},
  };
  for (const LaterCase& later : cases) {
    CAPTURE(later.name);
    StoryWorld world;
    const std::string certificate = Certify(world, Returner());
    world.ApplyAll(later.events);
    const CertificateCheck check = Verify(world, certificate);
    CHECK_MESSAGE(check.outcome == later.outcome, Text(check));
    CHECK_MESSAGE(Says(check, later.says), Text(check));
    const auto by_export =
        VerifyBy(world.Export(ExportScope::kFacts), ExportExtent::kWhole, certificate);
    REQUIRE(by_export);
    CHECK_MESSAGE(by_export->outcome == later.outcome, Text(*by_export));
  }
}

TEST_CASE("ClearCertificateIsHeldAgainstTheDatesOfFacts") {
  const auto outcome = [](const std::vector<Event>& later) {
    StoryWorld world;
    const std::string certificate = Certify(world, Stranger());
    world.ApplyAll(later);
    const CertificateCheck check = Verify(world, certificate);
    INFO(Text(check));
    return check.outcome;
  };
  const revenant::Enrol twin = Enrolled("twin", 8, {Carry("pay.iban", 9)});
  CHECK(outcome({}) == CertificateOutcome::kHolds);
  CHECK(outcome({twin}) == CertificateOutcome::kHolds);
  CHECK(outcome({twin, Ban{Shop("twin"), "c3", "fakes", Day(11)}}) ==
        CertificateOutcome::kHeldThen);
  CHECK(outcome({twin, Ban{Shop("twin"), "c3", "fakes", Day(9)}}) == CertificateOutcome::kFalse);
}

// The same event at a later time.
Event Later(Event event, std::int64_t by) {
  const auto shift = [by](Time& time) {
    if (time.known()) time.micros += by;
  };
  std::visit(
      [&]<typename T>(T& what) {
        if constexpr (requires { what.at; }) shift(what.at);
        if constexpr (requires { what.seen; }) shift(what.seen);
        if constexpr (requires { what.through; }) shift(what.through);
      },
      event);
  return event;
}

void CheckHonestCertificates(int histories_count) {
  const std::uint64_t first = FirstSeed();
  int outcomes[4] = {};
  for (std::uint64_t seed = first; seed < first + static_cast<std::uint64_t>(histories_count);
       ++seed) {
    CAPTURE(seed);
    LinkHistories histories(seed);
    World world(histories.Policy());
    for (int i = 0; i < 40; ++i) world.Apply(histories.Draw());
    std::vector<std::string> certificates;
    for (int i = 0; i < 4; ++i) certificates.push_back(Certify(world, histories.Application()));
    for (const std::string& certificate : certificates) {
      const CertificateCheck by_store = Verify(world, certificate);
      CHECK_MESSAGE(by_store.outcome == CertificateOutcome::kHolds, Text(by_store));
      CHECK(by_store.complete);
      for (const ExportScope scope : {ExportScope::kFacts, ExportScope::kLive}) {
        const auto check = VerifyBy(world.Export(scope), ExportExtent::kWhole, certificate);
        REQUIRE(check);
        CHECK_MESSAGE(check->outcome == CertificateOutcome::kHolds, Text(*check));
        CHECK(check->complete);
      }
    }
    const int later = 1 + histories.Below(12);
    for (int i = 0; i < later; ++i) world.Apply(Later(histories.Draw(), 3'000 * kDay));
    for (const std::string& certificate : certificates) {
      const CertificateCheck check = Verify(world, certificate);
      const bool fair = check.outcome == CertificateOutcome::kHolds ||
                        check.outcome == CertificateOutcome::kHeldThen;
      CHECK_MESSAGE(fair, Text(check));
      ++outcomes[static_cast<int>(check.outcome)];
    }
  }
  CHECK(outcomes[0] > histories_count / 4);  // both were met
  CHECK(outcomes[1] > histories_count / 4);
}

TEST_CASE("HonestCertificateHoldsAndNoLaterEventMakesItFalse") { CheckHonestCertificates(Scaled(12)); }

// --- False ---

TEST_CASE("EveryChangedByteIsRefused") {
  StoryWorld world;
  const std::string certificate = Certify(world, Returner());
  std::size_t accepted = 0;
  for (const unsigned char flip : {0x01, 0x80}) {
    for (std::size_t i = 0; i < certificate.size(); ++i) {
      std::string changed = certificate;
      changed[i] = static_cast<char>(static_cast<unsigned char>(changed[i]) ^ flip);
      const Result<CertificateCheck> check = VerifyCertificate(*world, changed);
      REQUIRE(check);
      accepted += check->outcome != CertificateOutcome::kFalse;
    }
  }
  CHECK(accepted == 0);
}

TEST_CASE("WhatIsNoCertificateIsFalse") {
  StoryWorld world;
  const std::string certificate = Certify(world, Returner());
  const std::pair<std::string, std::string> cases[] = {
      {"nothing", ""},
      {"half of one", certificate.substr(0, certificate.size() / 2)},
      {"one and a line end", certificate + "\n"},
      {"one and a space", " " + certificate},
      {"two", certificate + certificate},
      {"a list", "[" + certificate + "]"},
      {"an empty object", "{}"},
      {"an unknown field", "{\"extra\":1," + certificate.substr(1)},
      {"a field twice", "{\"v\":1," + certificate.substr(1)},
      {"deep brackets", std::string(1'000'000, '[')},
      {"deep objects", [] {
         std::string text;
         for (int i = 0; i < 200'000; ++i) text += "{\"a\":";
         return text;
       }()},
      {"too long", "{\"digest\":\"" + std::string(certified::kMaxBytes, 'a') + "\"}"},
  };
  for (const auto& [name, bytes] : cases) {
    CAPTURE(name);
    const CertificateCheck check = Verify(world, bytes);
    CHECK(check.outcome == CertificateOutcome::kFalse);
    CHECK(!check.differs.empty());
    CHECK(!check.complete);
  }
}

// An edited certificate whose digest was made to agree.
std::string Forged(const std::string& honest, const std::function<void(Certificate&)>& edit) {
  Result<Certificate> certificate = certified::Decode(honest);
  REQUIRE(certificate);
  edit(*certificate);
  const Result<std::string> bytes = certified::Encode(*certificate);
  REQUIRE(bytes);
  CHECK(*bytes != honest);
  return *bytes;
}

certified::Shared& FirstShared(Certificate& certificate) {
  return certificate.links.front().path.front().shared.front();
}

struct Forgery {
  std::string name;
  std::function<void(Certificate&)> edit;
  bool key_needed = false;  // an export cannot tell
};

TEST_CASE("ForgedCertificateWithAnAgreeingDigestIsFalse") {
  const Forgery forgeries[] = {
      {"a decision raised", [](Certificate& c) { c.decision = Decision::kBlock; }},
      {"a decision lowered", [](Certificate& c) { c.decision = Decision::kClear; }},
      {"a link judged otherwise", [](Certificate& c) { c.links.back().decision = Decision::kClear; }},
      {"everything left out",
       [](Certificate& c) {
         c.links.clear();
         c.sellers.clear();
         c.hubs.clear();
         c.decision = Decision::kClear;
         c.reasons = {{Because::kNoLink, {}, {}}};
         // Whatever the application does not name itself.
         std::erase_if(c.kinds, [&](const certified::Kind& kind) {
           for (const auto& attribute : c.application.attributes) {
             for (const auto& each : attribute.identifiers) {
               if (each.kind == kind.name) return false;
             }
           }
           return true;
         });
       }},
      {"a strength", [](Certificate& c) { c.links.front().strength += 1'000; }},
      {"a blame strength", [](Certificate& c) { c.links.front().blame_strength += 20'000; }},
      {"a weight", [](Certificate& c) { FirstShared(c).weight += 1; }},
      {"the weight of a hop", [](Certificate& c) { c.links.front().path.front().weight += 1; }},
      {"the weight of a kind", [](Certificate& c) { c.kinds.front().weight += 1; }},
      {"a policy that weighs otherwise",
       [](Certificate& c) {
         const std::size_t at = c.policy.toml.find("block_bits = 7");
         REQUIRE(at != std::string::npos);
         c.policy.toml.replace(at, 14, "block_bits = 2");
         c.policy.digest = certified::DigestOf(c.policy.toml);
       }},
      {"the policy's digest", [](Certificate& c) { c.policy.digest.front() ^= 1; }},
      {"more proofs than there are", [](Certificate& c) { c.links.front().redundancy += 3; }},
      {"an identifier that nobody carries",
       [](Certificate& c) {
         const Fingerprint invented = Print(77);
         for (auto& attribute : c.application.attributes) {
           for (auto& each : attribute.identifiers) {
             if (each.fingerprint == FirstShared(c).fingerprint) each.fingerprint = invented;
           }
         }
         for (certified::Link& link : c.links) {
           for (certified::Shared& shared : link.path.front().shared) {
             if (shared.kind == "contact.phone") shared.fingerprint = invented;
           }
         }
         std::sort(c.application.attributes.begin(), c.application.attributes.end());
       }},
      {"a root that was never observed", [](Certificate& c) {
         for (certified::Link& link : c.links) {
           for (certified::Hop& hop : link.path) {
             for (certified::Shared& shared : hop.shared) {
               for (certified::Observation& each : shared.to) each.root = Print(78);
             }
           }
         }
       }},
      {"a source that never said so", [](Certificate& c) { FirstShared(c).to.front().source = "x"; }},
      {"a date that is too early",
       [](Certificate& c) {
         FirstShared(c).to.front().last = {Day(0).micros};
         FirstShared(c).to.front().first = {Day(0).micros};
       }},
      {"a withdrawal that never was", [](Certificate& c) {
         FirstShared(c).to.front().through = {Day(0).micros};
       }},
      {"an observation left out", [](Certificate& c) { FirstShared(c).to.clear(); }},
      {"a shared identifier left out", [](Certificate& c) {
         c.links.front().path.front().shared.pop_back();
       }},
      {"a ban of another day", [](Certificate& c) { c.sellers.back().ban->at = {Day(2).micros}; }},
      {"a ban of a later day", [](Certificate& c) { c.sellers.back().ban->at = {Day(9).micros}; }},
      {"a ban of another case", [](Certificate& c) { c.sellers.back().ban->case_ref = "c7"; }},
      {"a ban for a worse reason", [](Certificate& c) { c.sellers.back().ban->reason = "zeal"; }},
      {"a ban that is not there", [](Certificate& c) {
         c.sellers.front().ban = certified::BanRelied{"c8", "fakes", {Day(5).micros}};
       }},
      {"a higher status", [](Certificate& c) { c.sellers.front().status = SellerStatus::kActive; }},
      {"a seller renamed", [](Certificate& c) {
         const SellerName old = Shop("old"), invented = Shop("olf");
         for (certified::Link& link : c.links) {
           if (link.seller == old) link.seller = invented;
           for (certified::Hop& hop : link.path) {
             if (hop.to == old) hop.to = invented;
             if (hop.from == old) hop.from = invented;
           }
         }
         for (certified::Seller& seller : c.sellers) {
           if (seller.name == old) seller.name = invented;
         }
         for (certified::Reason& reason : c.reasons) {
           if (reason.seller == old) reason.seller = invented;
         }
       }},
      {"fewer carriers", [](Certificate& c) { FirstShared(c).enrolled = 0; }},
      {"a hub that is none", [](Certificate& c) { FirstShared(c).enrolled = 900; }},
      {"a path that ends elsewhere", [](Certificate& c) { c.links.front().seller = Shop("mid"); }},
      {"a path cut", [](Certificate& c) { c.links.front().path.clear(); }},
      {"a search cut short", [](Certificate& c) { c.cut_short = true; }},
      {"a reason", [](Certificate& c) { c.reasons.front().because = Because::kLink; }},
      {"a reason left out", [](Certificate& c) { c.reasons.pop_back(); }},
      {"a widely shared identifier", [](Certificate& c) {
         c.hubs.push_back({"pay.iban", Print(1), 9'000, 5, 6});
       }},
      {"different people", [](Certificate& c) {
         c.contested.push_back({"pay.iban", Shop("mid"), Shop("old")});
       }},
      {"identifiers miscounted", [](Certificate& c) { c.identifiers += 1; }},
      {"an unknown day", [](Certificate& c) { c.as_of = {Time::kUnknownMicros}; }},
      {"another key", [](Certificate& c) { c.key_check = "0011223344556677"; }, true},
      {"another tombstone", [](Certificate& c) { c.sellers.front().tombstone = Print(1); }, true},
  };
  StoryWorld world;
  const std::string honest = Certify(world, Returner());
  const std::string facts = world.Export(ExportScope::kFacts);
  for (const Forgery& forgery : forgeries) {
    CAPTURE(forgery.name);
    std::string forged;
    if (forgery.name == "a decision raised") {
      // From review to block, on an application that a person should see.
      const revenant::Enrol weak = Applies("weak", {Carry("contact.phone", 3)});
      const std::string review = Certify(world, weak);
      REQUIRE(certified::Decode(review)->decision == Decision::kReview);
      forged = Forged(review, forgery.edit);
    } else {
      forged = Forged(honest, forgery.edit);
    }
    const CertificateCheck check = Verify(world, forged);
    CHECK_MESSAGE(check.outcome == CertificateOutcome::kFalse, Text(check));
    if (forgery.key_needed) continue;
    const auto by_export = VerifyBy(facts, ExportExtent::kWhole, forged);
    REQUIRE(by_export);
    CHECK_MESSAGE(by_export->outcome == CertificateOutcome::kFalse, Text(*by_export));
  }
}

TEST_CASE("CertificateOfAnotherKeyIsFalse") {
  StoryWorld world;
  const std::unique_ptr<rocksdb::Env> env(rocksdb::NewMemEnv(rocksdb::Env::Default()));
  const Result<Key> key = Key::Generate();
  REQUIRE(key);
  Store::Options options;
  options.mode = Store::Mode::kCreate;
  options.env = env.get();
  const LinkPolicy policy;
  const auto other = OpenRegistry("/world", *key, options, &policy);
  REQUIRE(other);
  REQUIRE((*other)->ApplyAll(Story()));
  const Result<CertificateCheck> check = VerifyCertificate(**other, Certify(world, Returner()));
  REQUIRE(check);
  CHECK(check->outcome == CertificateOutcome::kFalse);
  CHECK(Says(*check, "key"));
}

// One digit of many certificates changed, every `step`th, the digest made to agree.
void CheckEditedNumbers(int histories_count, std::size_t step) {
  const std::uint64_t first = FirstSeed();
  int tried = 0, refused = 0;
  for (std::uint64_t seed = first; seed < first + static_cast<std::uint64_t>(histories_count);
       ++seed) {
    CAPTURE(seed);
    LinkHistories histories(seed);
    World world(histories.Policy());
    for (int i = 0; i < 40; ++i) world.Apply(histories.Draw());
    const std::string honest = Certify(world, histories.Application());
    const std::size_t digest = honest.find("\"digest\":\"") + 10;
    // What was judged, under which policy and when is the certificate's own word.
    for (std::size_t i = honest.find("\"as_of\"") + 40; i < honest.find("\"policy\":{"); i += step) {
      i = honest.find_first_of("0123456789", i);
      if (i >= digest && i < digest + 64) continue;
      std::string changed = honest;
      changed[i] = changed[i] == '9' ? '8' : static_cast<char>(changed[i] + 1);
      std::string body = changed;
      body.erase(digest - 10, 76);  // with its key and comma
      changed.replace(digest, 64, certified::DigestOf(body));
      if (!certified::Decode(changed)) continue;
      ++tried;
      const Result<CertificateCheck> check = VerifyCertificate(*world, changed);
      REQUIRE(check);
      CHECK_MESSAGE(check->outcome != CertificateOutcome::kHolds, changed);
      refused += check->outcome == CertificateOutcome::kFalse;
    }
  }
  CHECK(tried > 3 * histories_count);
  // The others claim less than there was, which some history that the registers allow bears out.
  CHECK(refused > tried * 9 / 10);
}

TEST_CASE("NoEditedNumberHolds") { CheckEditedNumbers(Scaled(8), 97); }

// --- Extracts and exports ---

TEST_CASE("ExtractProvesAPathAndNoMore") {
  StoryWorld world;
  const std::string certificate = Certify(world, Returner());
  const std::string named = Extract(world, {"old", "mid", "far"});
  auto check = VerifyBy(named, ExportExtent::kExtract, certificate);
  REQUIRE(check);
  CHECK_MESSAGE(check->outcome == CertificateOutcome::kHolds, Text(*check));
  CHECK(!check->complete);

  // What leaves a seller out cannot say that it was never there.
  check = VerifyBy(Extract(world, {"old"}), ExportExtent::kExtract, certificate);
  REQUIRE(!check);
  CHECK(check.error().code == Code::kNotFound);
  check = VerifyBy(Extract(world, {"old"}), ExportExtent::kWhole, certificate);
  REQUIRE(check);
  CHECK(check->outcome == CertificateOutcome::kFalse);

  // Nor can it show that there is nothing.
  check = VerifyBy(named, ExportExtent::kExtract, Certify(world, Stranger()));
  REQUIRE(!check);
  CHECK(check.error().code == Code::kNotFound);

  world.Apply(Withdraw{Shop("old"), Print(1), "", Day(20)});
  check = VerifyBy(Extract(world, {"old", "mid", "far"}), ExportExtent::kExtract, certificate);
  REQUIRE(check);
  CHECK(check->outcome == CertificateOutcome::kHeldThen);
  CHECK(!check->complete);

  world.Apply(Withdraw{Shop("far"), Print(5), "", Day(9)});
  check = VerifyBy(Extract(world, {"old", "mid", "far"}), ExportExtent::kExtract, certificate);
  REQUIRE(check);
  CHECK(check->outcome == CertificateOutcome::kFalse);
}

TEST_CASE("TombstoneInAnExtractTellsErasedFromLeftOut") {
  StoryWorld world;
  const std::string certificate = Certify(world, Returner());
  world.Apply(Forget{Shop("old"), "a court said so", Day(20)});
  const std::string all = world.Export(ExportScope::kFacts);
  const std::string tombstones = all.substr(all.find("{\"v\":1,\"forgotten\""));
  const std::string named = Extract(world, {"mid", "far"});
  auto check = VerifyBy(named + tombstones, ExportExtent::kExtract, certificate);
  REQUIRE(check);
  CHECK(check->outcome == CertificateOutcome::kErased);
  check = VerifyBy(named, ExportExtent::kExtract, certificate);
  REQUIRE(!check);
  CHECK(check.error().code == Code::kNotFound);
}

TEST_CASE("LiveExportDoesNotAccuse") {
  StoryWorld world;
  const std::string certificate = Certify(world, Returner());
  world.Apply(Reinstate{Shop("old"), "c1", false, Day(20)});
  const auto check =
      VerifyBy(world.Export(ExportScope::kLive), ExportExtent::kWhole, certificate);
  REQUIRE(!check);
  CHECK(check.error().code == Code::kNotFound);
  CHECK(check.error().message.find("--facts") != std::string::npos);
}

TEST_CASE("WhatIsNoExportIsRefusedWithItsLine") {
  StoryWorld world;
  const std::string certificate = Certify(world, Returner());
  const std::string facts = world.Export(ExportScope::kFacts);
  const std::string live = world.Export(ExportScope::kLive);
  const std::string seller = Extract(world, {"old"});
  const std::pair<std::string, std::string> cases[] = {
      {"not JSON", facts + "nonsense\n"},
      {"a list", facts + "[]\n"},
      {"a number", facts + "7\n"},
      {"an empty object", facts + "{}\n"},
      {"a seller twice", facts + seller},
      {"two scopes", facts + live},
      {"a broken fingerprint",
       facts + "{\"v\":1,\"platform\":\"p\",\"seller\":\"z\",\"status\":\"active\",\"observations\":"
               "[{\"root\":\"12\",\"identifiers\":[]}],\"bans\":[],\"infringements\":[],"
               "\"cannot_link\":[]}\n"},
      {"a broken time",
       facts + "{\"v\":1,\"platform\":\"p\",\"seller\":\"z\",\"status\":\"active\",\"since\":\"no\","
               "\"observations\":[],\"bans\":[],\"infringements\":[],\"cannot_link\":[]}\n"},
      {"an unknown status",
       facts + "{\"v\":1,\"platform\":\"p\",\"seller\":\"z\",\"status\":\"king\",\"observations\":[],"
               "\"bans\":[],\"infringements\":[],\"cannot_link\":[]}\n"},
      {"a broken tombstone", facts + "{\"v\":1,\"forgotten\":7}\n"},
      {"deep brackets", facts + std::string(1'000'000, '[') + "\n"},
  };
  for (const auto& [name, lines] : cases) {
    CAPTURE(name);
    const auto check = VerifyBy(lines, ExportExtent::kWhole, certificate);
    REQUIRE(!check);
    CHECK(check.error().code == Code::kInvalidArgument);
    CHECK(check.error().message.find("line ") != std::string::npos);
  }
  const auto failing = []() -> Result<std::string> { return Error{Code::kIo, "disk"}; };
  const auto check = VerifyCertificateAgainstExport(failing, ExportExtent::kWhole, certificate);
  REQUIRE(!check);
  CHECK(check.error().code == Code::kIo);
}

TEST_CASE("ExportCutAnywhereNeitherCrashesNorHolds") {
  StoryWorld world;
  const std::string certificate = Certify(world, Returner());
  const std::string facts = world.Export(ExportScope::kFacts);
  for (std::size_t size = 0; size < facts.size() - 1; size += 3) {
    CAPTURE(size);
    const auto check = VerifyBy(facts.substr(0, size), ExportExtent::kWhole, certificate);
    // All that matters may stand before the cut.
    if (check && size < facts.find("\"old\"")) {
      CHECK(check->outcome == CertificateOutcome::kFalse);
    }
  }
}

// --- Determinism ---

TEST_CASE("SameVerdictGivesTheSameBytesInAnyOrderOfEvents") {
  const std::uint64_t first = FirstSeed();
  for (std::uint64_t seed = first; seed < first + static_cast<std::uint64_t>(Scaled(10)); ++seed) {
    CAPTURE(seed);
    LinkHistories histories(seed);
    const LinkPolicy policy = histories.Policy();
    std::vector<Event> events;
    for (int i = 0; i < 40; ++i) events.push_back(histories.Draw());
    World straight(policy), shuffled(policy);
    straight.ApplyAll(events);
    std::shuffle(events.begin(), events.end(), std::mt19937_64(seed));
    shuffled.ApplyAll(events);
    for (int i = 0; i < 3; ++i) {
      revenant::Enrol application = histories.Application();
      const std::string certificate = Certify(straight, application);
      CHECK(Certify(straight, application) == certificate);
      std::reverse(application.attributes.begin(), application.attributes.end());
      application.attributes.push_back(application.attributes.front());
      CHECK(Certify(shuffled, application) == certificate);
    }
  }
}

TEST_CASE("PolicyOfACertificateSpellsOutItsKinds") {
  revenant::Enrol application = Stranger();
  int number = 30;
  for (const KindInfo& kind : Kinds()) {
    if (kind.name != "custom.*") {
      application.attributes.push_back(Carry(std::string(kind.name).c_str(), ++number));
    }
  }
  application.attributes.push_back(Carry("custom.loyalty-card", ++number));
  application.attributes.push_back(Carry("no.such_kind", ++number));
  StoryWorld world;
  const std::string bytes = Certify(world, application);
  const Result<Certificate> certificate = certified::Decode(bytes);
  REQUIRE(certificate);
  for (const certified::Kind& kind : certificate->kinds) {
    CAPTURE(kind.name);
    const bool spelled =
        certificate->policy.toml.find("[kind.\"" + kind.name + "\"]") != std::string::npos;
    CHECK(spelled == (FindKind(kind.name) != nullptr));
  }
  CHECK(Verify(world, bytes).outcome == CertificateOutcome::kHolds);
}

TEST_CASE("TimesOffTheCalendarAreNotCertified") {
  StoryWorld world;
  const Result<Certified> certified = world->Certify(Returner(), Time{INT64_MAX});
  REQUIRE(!certified);
  CHECK(certified.error().code == Code::kInvalidArgument);
}

TEST_SUITE("slow") {
  TEST_CASE("HonestCertificatesOfManyHistories") { CheckHonestCertificates(Scaled(400)); }
  TEST_CASE("NoEditedNumberOfManyCertificatesHolds") { CheckEditedNumbers(Scaled(40), 17); }
}

}  // namespace
}  // namespace revenant
