#ifndef REVENANT_REGISTRY_PROOF_FACTS_H_
#define REVENANT_REGISTRY_PROOF_FACTS_H_

// The facts of a registry as plain values: what an export says, apart from any store.
// Threads: pure functions; values as any.

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "revenant/record.h"
#include "store/rows.h"
#include "util/text_digest.h"

namespace revenant {

// Registers as in the rows of the store; `kNever` where one was never set.
struct Facts {
  static constexpr std::int64_t kNever = ObservationRow::kNever;

  struct Item {
    Fingerprint fingerprint;
    std::string kind;
    bool junk = false, verified = false, checked = false, reads_junk = false;
  };
  struct Observation {
    std::int64_t first = kNever, last = kNever, through = kNever;
    std::vector<Item> items;
  };
  struct Case {
    std::int64_t set = kNever, lifted = kNever;
    std::string reason;
  };
  struct Pair {
    std::int64_t forbidden = kNever, allowed = kNever;
  };
  struct Seller {
    SellerStatus status = SellerStatus::kMentioned;
    std::int64_t since = Time::kUnknownMicros;
    // By root and source; source "" holds what was withdrawn from every source.
    std::map<std::pair<Fingerprint, std::string>, Observation> observations;
    std::map<std::string, Case> bans, infringements;
    std::map<std::pair<FactKind, std::string>, Case> file;  // by kind and reference
    std::int64_t every_ban_lifted = kNever;
    std::map<SellerName, Pair> pairs;

    // The later of an observation's own register and that of every source.
    std::int64_t Through(const Fingerprint& root, const Observation& observation) const;
    std::int64_t Lifted(const Case& ban) const { return std::max(ban.lifted, every_ban_lifted); }
  };

  std::map<SellerName, Seller> sellers;
  std::map<Fingerprint, std::int64_t> tombstones;  // keyed digest of a name -> when
  std::optional<std::string> policy;       // the registry's, as TOML; the live scope leaves it out
  std::optional<std::string> enforcement;  // the same; where none was set there is none
  // What the last line says, which counts the others: none is promised by exports of the live scope
  // and of earlier versions.
  enum class End : std::uint8_t {
    kNonePromised,
    kMissing,
    kWrong,
    kRight
  } end = End::kNonePromised;
  bool live_only = false;  // of the live scope: nothing withdrawn, lifted or forgotten is in it
};

// Reads lines that Registry::Export() wrote, of either scope.
// Errors: kInvalidArgument with the number of the line.
class FactsReader {
 public:
  // The next bytes, cut anywhere.
  Result<void> Add(std::string_view piece);
  // After the last of them.
  Result<Facts> Finish();

 private:
  Result<void> Line(std::string_view line);
  Error Complain(std::string_view what) const;

  Facts facts_;
  std::string rest_;  // the beginning of a line
  std::uint64_t lines_ = 0;
  TextDigest digest_;         // of the lines so far
  std::optional<bool> live_;  // once a line has told
};

// The part of `facts` that can have to do with the seeds: all that they reach through anything ever
// observed, or through findings of "different people". By rule 6 nothing else changes a thing for
// them.
Facts Around(const Facts& facts, const std::set<SellerName>& sellers,
             const std::set<Fingerprint>& fingerprints);

}  // namespace revenant

#endif  // REVENANT_REGISTRY_PROOF_FACTS_H_
