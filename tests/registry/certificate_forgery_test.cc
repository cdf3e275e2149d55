// What no certificate survives: changed bytes, invented evidence, another key (rule 13).

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>

#include "registry/certificate_worlds.h"
#include "registry/link_worlds.h"
#include "registry/proof/certificate_format.h"
#include "registry/proof/check_evidence.h"

namespace revenant {
namespace {

using certified::Certificate;

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
      {"deep objects",
       [] {
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

// Edits the one observation behind the IBAN that `old` carries, wherever it is cited.
void EditObservation(Certificate& certificate,
                     const std::function<void(certified::Observation&)>& edit) {
  const Fingerprint iban = FirstShared(certificate).fingerprint;
  for (certified::Link& link : certificate.links) {
    for (certified::Hop& hop : link.path) {
      for (certified::Shared& shared : hop.shared) {
        if (shared.fingerprint != iban) continue;
        for (certified::Observation& each : shared.from) edit(each);
        for (certified::Observation& each : shared.to) edit(each);
      }
    }
  }
}

struct Forgery {
  std::string name;
  std::function<void(Certificate&)> edit;
  enum Tells { kItself, kExtract, kWholeExport, kStore } tells = kItself;  // the least that does
};

TEST_CASE("ForgedCertificateWithAnAgreeingDigestIsFalse") {
  const Forgery forgeries[] = {
      {"a decision raised", [](Certificate& c) { c.decision = Decision::kBlock; }},
      {"a decision lowered", [](Certificate& c) { c.decision = Decision::kClear; }},
      {"a link judged otherwise",
       [](Certificate& c) { c.links.back().decision = Decision::kClear; }},
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
       },
       Forgery::kWholeExport},
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
      {"more proofs than there are", [](Certificate& c) { c.links.front().redundancy += 3; },
       Forgery::kWholeExport},
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
      {"a root that was never observed",
       [](Certificate& c) { EditObservation(c, [](auto& each) { each.root = Print(78); }); },
       Forgery::kExtract},
      {"a source that never said so",
       [](Certificate& c) { EditObservation(c, [](auto& each) { each.source = "x"; }); },
       Forgery::kExtract},
      {"a date that is too early",
       [](Certificate& c) {
         EditObservation(c, [](auto& each) { each.first.micros -= kDay / 2; });
       },
       Forgery::kExtract},
      {"a sighting that never was",
       [](Certificate& c) { EditObservation(c, [](auto& each) { each.last.micros += kDay; }); },
       Forgery::kExtract},
      {"a withdrawal that never was",
       [](Certificate& c) { EditObservation(c, [](auto& each) { each.through.micros += 1; }); },
       Forgery::kExtract},
      {"an observation left out", [](Certificate& c) { FirstShared(c).to.clear(); }},
      {"a shared identifier left out",
       [](Certificate& c) { c.links.front().path.front().shared.pop_back(); }},
      {"a ban of another day", [](Certificate& c) { c.sellers.back().ban->at = {Day(2).micros}; }},
      {"a ban of a later day", [](Certificate& c) { c.sellers.back().ban->at = {Day(9).micros}; }},
      {"a ban of another case", [](Certificate& c) { c.sellers.back().ban->case_ref = "c7"; },
       Forgery::kExtract},
      {"a ban for a worse reason", [](Certificate& c) { c.sellers.back().ban->reason = "zeal"; },
       Forgery::kExtract},
      {"a ban that is not there",
       [](Certificate& c) {
         c.sellers.front().ban = certified::BanRelied{"c8", "fakes", {Day(5).micros}};
       },
       Forgery::kExtract},
      {"a higher status", [](Certificate& c) { c.sellers.front().status = SellerStatus::kActive; }},
      {"a seller renamed",
       [](Certificate& c) {
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
       },
       Forgery::kExtract},
      {"fewer carriers", [](Certificate& c) { FirstShared(c).enrolled = 0; }},
      {"a hub that is none", [](Certificate& c) { FirstShared(c).enrolled = 900; }},
      {"a path that ends elsewhere", [](Certificate& c) { c.links.front().seller = Shop("mid"); }},
      {"a path cut", [](Certificate& c) { c.links.front().path.clear(); }},
      {"two ends exchanged, reasons and all",
       [](Certificate& c) {
         std::swap(c.links.front().seller, c.links.back().seller);
         std::swap(c.reasons.front().seller, c.reasons.back().seller);
       }},
      {"a link that leads to nothing, reasons and all",
       [](Certificate& c) {
         c.links.back().decision = Decision::kClear;
         c.links.back().because = Because::kNoLink;
         std::erase_if(c.reasons, [&](const certified::Reason& reason) {
           return reason.seller == c.links.back().seller;
         });
       }},
      {"a widely shared identifier, reasons and all",
       [](Certificate& c) {
         c.hubs.push_back({"pay.iban", Print(1), 9'000, 5, 6});
         c.reasons.push_back({Because::kTaintedHub, {}, {}});
       }},
      {"a search cut short", [](Certificate& c) { c.cut_short = true; }},
      {"a reason", [](Certificate& c) { c.reasons.front().because = Because::kLink; }},
      {"a reason left out", [](Certificate& c) { c.reasons.pop_back(); }},
      {"a widely shared identifier",
       [](Certificate& c) { c.hubs.push_back({"pay.iban", Print(1), 9'000, 5, 6}); }},
      {"different people",
       [](Certificate& c) { c.contested.push_back({"pay.iban", Shop("mid"), Shop("old")}); }},
      {"identifiers miscounted", [](Certificate& c) { c.identifiers += 1; }},
      {"an unknown day", [](Certificate& c) { c.as_of = {Time::kUnknownMicros}; }},
      {"another key", [](Certificate& c) { c.key_check = "0011223344556677"; }, Forgery::kStore},
      {"another tombstone", [](Certificate& c) { c.sellers.front().tombstone = Print(1); },
       Forgery::kStore},
  };
  StoryWorld world;
  const std::string honest = Certify(world, Returner());
  const std::string facts = world.Export(ExportScope::kFacts);
  const std::string extract = Extract(world, {"old", "mid", "far"});
  REQUIRE(CheckOwnEvidence(*certified::Decode(honest)));
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
    CHECK(CheckOwnEvidence(*certified::Decode(forged)).has_value() ==
          (forgery.tells != Forgery::kItself));
    const CertificateCheck check = Verify(world, forged);
    CHECK_MESSAGE(check.outcome == CertificateOutcome::kFalse, Text(check));
    if (forgery.tells == Forgery::kStore) continue;
    const auto by_export = VerifyBy(facts, ExportExtent::kWhole, forged);
    REQUIRE(by_export);
    CHECK_MESSAGE(by_export->outcome == CertificateOutcome::kFalse, Text(*by_export));
    if (forgery.tells == Forgery::kWholeExport) continue;
    // An extract may also say that it cannot tell.
    const auto by_extract = VerifyBy(extract, ExportExtent::kExtract, forged);
    if (by_extract) {
      CHECK_MESSAGE(by_extract->outcome == CertificateOutcome::kFalse, Text(*by_extract));
    }
  }
}

TEST_CASE("BanOfALaterDateThanIsRecordedIsFalse") {
  // An application without a date: no weight depends on when the other side was banned.
  StoryWorld world;
  revenant::Enrol application = Returner();
  application.seen = Time::Unknown();
  const std::string forged = Forged(Certify(world, application), [](Certificate& c) {
    c.sellers.back().ban->at = {Day(9).micros};
  });
  const CertificateCheck check = Verify(world, forged);
  CHECK_MESSAGE(check.outcome == CertificateOutcome::kFalse, Text(check));
  CHECK_MESSAGE(Says(check, "dates from"), Text(check));
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
    for (std::size_t i = honest.find("\"as_of\"") + 40; i < honest.find("\"policy\":{");
         i += step) {
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

TEST_CASE("NoEditedNumberHolds") { CheckEditedNumbers(Scaled(24), 97); }

TEST_SUITE("slow") {
  TEST_CASE("NoEditedNumberOfManyCertificatesHolds") { CheckEditedNumbers(Scaled(40), 17); }
}

}  // namespace
}  // namespace revenant
