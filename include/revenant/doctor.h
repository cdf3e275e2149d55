#ifndef REVENANT_DOCTOR_H_
#define REVENANT_DOCTOR_H_

// Is a store linking too much, and is it well? What a person should look at, the gravest first,
// with advice and the command to run.
//
//   const Result<Diagnosis> found = Diagnose(*registry, {});
//   for (const Diagnosis::Finding& finding : found->findings) std::cout << finding.what << '\n';

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "revenant/fingerprint.h"
#include "revenant/record.h"
#include "revenant/registry.h"
#include "revenant/result.h"
#include "revenant/time.h"

namespace revenant {

struct DoctorOptions {
  Time now;  // unknown: the present
  // The folder of the store and its keys, to be looked at as files; empty: they are not.
  std::filesystem::path store, key, journal_key;
  // How the command is called in the findings: "revenant --store DIR".
  std::string command = "revenant";
  std::size_t clusters = 20;              // of the largest, those looked into
  std::size_t sellers_a_cluster = 2'000;  // the nearest ones, of each
  std::size_t findings_a_sort = 10;
  std::size_t sample = 20'000;           // sellers whose observations are read, for junk
  std::uint32_t application_days = 365;  // an application on file for longer is old
};

struct Diagnosis {
  enum class Severity : std::uint8_t {
    kNote,     // worth knowing
    kWarning,  // worth looking at
    kProblem,  // verdicts are likely to be wrong, or data is in danger
  };
  struct Finding {
    Severity severity = Severity::kNote;
    // What sort it is: "value_joins_too_many", "cluster_too_large" ...; static text.
    std::string_view sort;
    std::string what;           // one sentence
    std::string advice;         // one or two
    std::string command;        // to be run in a shell; empty: none would help
    std::uint64_t sellers = 0;  // that it is about: of two as grave the larger matters more
    std::string kind;           // of the value; empty: it is about none
    std::optional<Fingerprint> fingerprint;
    std::vector<SellerName> examples;
  };
  std::vector<Finding> findings;  // the gravest first, then those about most sellers
  Stats stats;
  bool healthy() const {  // no problem
    return findings.empty() || findings.front().severity != Severity::kProblem;
  }
};
std::string_view SeverityName(Diagnosis::Severity severity);  // "note", "warning", "problem"

// Writes nothing. Errors: of reading the store; a folder or key that cannot be looked at is a
// finding. Threads: as Registry's const members; reads one state. Cost: reads the rows of all
// sellers, fingerprints and clusters once, and around the largest clusters; memory for some
// thousand sellers.
Result<Diagnosis> Diagnose(const Registry& registry, const DoctorOptions& options = {});

// One line of JSON without its end.
std::string ToJson(const Diagnosis::Finding& finding);

// `word` as a shell takes it: in quotes where it needs them.
std::string ShellWord(std::string_view word);

}  // namespace revenant

#endif  // REVENANT_DOCTOR_H_
