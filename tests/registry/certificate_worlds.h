#ifndef REVENANT_TESTS_REGISTRY_CERTIFICATE_WORLDS_H_
#define REVENANT_TESTS_REGISTRY_CERTIFICATE_WORLDS_H_

// A small story to certify verdicts in, and the ways to check them.

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

#include "registry/worlds.h"
#include "revenant/certificate.h"

namespace revenant {

inline constexpr std::int64_t kDay = 86'400'000'000;
inline Time Day(int day) { return Time{(20'000 + day) * kDay}; }
inline constexpr int kToday = 10;  // when applications are judged

inline SellerName Shop(const char* id) { return {"p", id}; }

inline Fingerprint Print(int n) {
  Fingerprint fingerprint;
  fingerprint.bytes.fill(static_cast<std::uint8_t>(n * 59 + 7));
  return fingerprint;
}
inline KeyedAttribute Carry(const char* kind, int n) {
  return {Print(n), {{Print(n), kind, false, true}}};
}
inline revenant::Enrol Enrolled(const char* id, int day, std::vector<KeyedAttribute> attributes) {
  return {Shop(id), SellerStatus::kActive, "form", Day(day), std::move(attributes)};
}
inline revenant::Enrol Applies(const char* id, std::vector<KeyedAttribute> attributes) {
  return {Shop(id), SellerStatus::kApplicant, "form", Day(kToday), std::move(attributes)};
}

// `old` is banned; `mid` has its phone and device; `far`, banned too, is reached through `mid`.
inline std::vector<Event> Story() {
  return {
      Enrolled("old", 1,
               {Carry("pay.iban", 1), Carry("device.imei", 2), Carry("contact.phone", 3)}),
      Enrolled("mid", 2, {Carry("contact.phone", 3), Carry("device.imei", 2)}),
      Enrol{
          Shop("far"), SellerStatus::kApplicant, "form", Day(3), {Carry("doc.cn.resident_id", 5)}},
      Enrolled("mid", 4, {Carry("doc.cn.resident_id", 5)}),
      Enrolled("honest", 4, {Carry("pay.iban", 7)}),
      Withdraw{Shop("old"), Print(1), "form", Day(0)},  // before it was seen
      Ban{Shop("old"), "c1", "fakes", Day(5)},
      Ban{Shop("far"), "c2", "fraud", Day(6)}};
}
inline revenant::Enrol Returner() {
  return Applies("new", {Carry("pay.iban", 1), Carry("contact.phone", 3)});
}
inline revenant::Enrol Stranger() { return Applies("stranger", {Carry("pay.iban", 9)}); }

struct StoryWorld : World {
  StoryWorld() : World(LinkPolicy{}) {
    EnterOn(kToday - 1);
    ApplyAll(Story());
    EnterOn(kToday + 20);  // after the verdicts
  }
  // On which day what follows is entered, whatever date it bears.
  void EnterOn(int day) { (**this).ActAs({"", Day(day)}); }
};

inline std::string Certify(World& world, const revenant::Enrol& application,
                           Time as_of = Day(kToday)) {
  const Result<Certified> certified = world->Certify(application, as_of);
  if (!certified) FAIL(certified.error().message);
  return certified->certificate;
}

inline CertificateCheck Verify(World& world, const std::string& certificate) {
  const Result<CertificateCheck> check = VerifyCertificate(*world, certificate);
  if (!check) FAIL(check.error().message);
  return *check;
}

inline Result<CertificateCheck> VerifyBy(const std::string& lines, ExportExtent extent,
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
inline std::string Extract(World& world, const std::vector<const char*>& ids) {
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

inline std::string Text(const CertificateCheck& check) {
  std::string text(OutcomeName(check.outcome));
  text += check.complete ? ", complete" : ", not complete";
  for (const std::string& line : check.checked) text += "\n  ok: " + line;
  for (const std::string& line : check.differs) text += "\n  no: " + line;
  return text;
}

inline bool Says(const CertificateCheck& check, std::string_view words) {
  return std::any_of(check.differs.begin(), check.differs.end(), [&](const std::string& line) {
    return line.find(words) != std::string::npos;
  });
}

}  // namespace revenant

#endif  // REVENANT_TESTS_REGISTRY_CERTIFICATE_WORLDS_H_
