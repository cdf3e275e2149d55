#ifndef REVENANT_REPORT_READ_RESULTS_H_
#define REVENANT_REPORT_READ_RESULTS_H_

// Reads an audit's results.jsonl back, line by line. Members stand in the order in which ToJson()
// writes them. Threads: pure functions; a ResultLines belongs to one thread.

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "report/picture.h"
#include "revenant/result.h"
#include "revenant/verdict.h"

namespace revenant::report {

// The lines of a file with their places. Errors: kNotFound, kIo; kCorruption: a line beyond 64 MiB.
class ResultLines {
 public:
  static Result<ResultLines> Open(const std::filesystem::path& file);
  // False at the end. `line()` is valid until the next call.
  Result<bool> Next();
  // The next line is the one at `offset`.
  Result<void> Seek(std::uint64_t offset, std::uint64_t number);
  std::string_view line() const { return line_; }
  std::uint64_t offset() const { return offset_; }  // of line()
  std::uint64_t number() const { return number_; }  // of line(), from 1 on
  Error Damaged(std::string_view what) const;

 private:
  std::filesystem::path file_;
  std::ifstream in_;
  std::string line_;
  std::uint64_t offset_ = 0, next_ = 0, number_ = 0;
};

// What the first pass needs of a line: taken without parsing it, views into it.
struct Glance {
  Decision decision = Decision::kClear;
  bool linked = false;
  MilliBits weight = 0;         // of the strongest link
  std::string_view leads_to;    // its far end, still escaped
  std::string_view kind;        // of the strongest identifier of its first hop
  std::string_view seen_month;  // of the application: "2026-03"; empty: unknown
};
// False: not a verdict that this version reads.
bool GlanceAt(std::string_view line, Glance& glance);

// A whole line.
struct Finding {
  struct Why {
    std::string code, text;
  };
  struct Hub {
    std::string kind, fingerprint;
    std::uint64_t banned = 0, carriers = 0;
  };
  std::string seller;
  Decision decision = Decision::kClear;
  std::vector<Why> reasons;
  std::vector<Link> links;
  std::vector<std::string> contested;
  std::string seen;  // the application's, as RFC 3339; empty: unknown
  // From the certificate, where there is one.
  std::optional<Scale> scale;
  FactsByValue facts;
  std::vector<Hub> hubs;
  std::string policy;  // TOML
};
// kCorruption, without a place. `certificate`: read that too.
Result<Finding> ParseFinding(std::string_view line, bool certificate);

// As DecisionName(), which the registry has.
std::string_view VerdictName(Decision decision);

// "IBAN" for "International bank account number (IBAN)"; a custom kind's own name.
std::string ShortTitle(const std::string& kind);

// "shop:S-2 leads to shop:S-1, banned for counterfeit: same IBAN, same phone number". One line.
std::string Headline(const Finding& finding);

}  // namespace revenant::report

#endif  // REVENANT_REPORT_READ_RESULTS_H_
