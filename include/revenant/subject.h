#ifndef REVENANT_SUBJECT_H_
#define REVENANT_SUBJECT_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "revenant/case_file.h"
#include "revenant/exchange_feeds.h"
#include "revenant/record.h"
#include "revenant/registry.h"
#include "revenant/result.h"
#include "revenant/sanctions.h"
#include "revenant/time.h"

namespace revenant {

// Everything that a registry holds about one seller, and which members received it: the answer that
// a person may ask for (EXCHANGE.md, "Rights"). Value types; they hold no raw identifier, since
// none is stored.

// One identifier as one source saw it.
struct HeldObservation {
  std::string kind;
  std::string source;
  Time first, last;  // unknown where the source did not say
  bool live = true;  // false: withdrawn, kept as a register
  bool junk = false;
  std::string_view purpose;  // what the policy in force uses it for: static text
  // When less than one bit of its weight is left, by the policy's half life, if it is not seen
  // again: from then on nothing can rest on it. Unknown: it never fades, or the time of its
  // sighting was not stated. Nothing is deleted by itself; `withdraw` and `forget` do that.
  Time expires;
};

// A ban or an infringement.
struct HeldCase {
  std::string_view type;  // "ban", "infringement": static text
  std::string reference;
  std::string detail;  // the reason, or the right
  Time at, lifted;     // unknown: never
};

struct HeldMeasure {
  Step step = Step::kFreeze;
  CaseName name;
  Time done;             // unknown: due, but not carried out
  bool to_undo = false;  // its basis fell
};

struct HeldEntry {  // of the journal, that is about the seller
  std::uint64_t seq = 0;
  Time at;
  std::string type;
};

// An entry of another platform's list about an identifier that the seller carries.
struct ForeignEntry {
  SellerName foreign_case;  // exchange/MEMBER:CASE
  std::string kind, reason;
  Time listed_at, expires;
  std::uint32_t disputes = 0;
  Opinion opinion = Opinion::kRetracted;  // ours; kRetracted: none
};

// An entry of ours about the seller, in a list that others received.
struct ToldEntry {
  FeedId feed;
  std::vector<std::string> readers;  // names of the members that receive the list
  std::uint64_t id = 0;
  std::string kind;
  Time listed, gone;     // gone is unknown while it is listed
  std::string_view why;  // it went: "withdrawn", "expired", "erased", or empty
};

struct SubjectReport {
  SellerName seller;
  SellerStatus status = SellerStatus::kMentioned;
  Time since;  // enrolled; unknown: never, or not said
  Time as_of;
  std::vector<HeldObservation> observations;
  std::vector<HeldCase> cases;
  std::vector<Fact> file;         // notices, orders, measures, objections ...
  std::vector<Contest> contests;  // the objections of them, with their reviews
  std::vector<HeldMeasure> measures;
  std::vector<Alert> alerts;  // about it, or caused by it
  std::vector<HeldEntry> journal;
  std::vector<HeldEntry> evaluations;  // of them: its identifiers were sent to operators, blinded
  std::vector<ForeignEntry> foreign;
  std::vector<ToldEntry> told;
};

// As of a moment, for what is due and what has faded. kNotFound: no such seller, or forgotten.
// Other errors: of the registry. Threads: beside anything, of the state at several moments if there
// are writes meanwhile. Cost: a search of its cluster, and all alerts and matches of lists.
Result<SubjectReport> MakeSubjectReport(const Registry& registry, const SellerName& seller,
                                        Time as_of);

// The report as one JSON object without the line's end, "v":1 first (json.h). Threads: pure.
std::string ToJson(const SubjectReport& report);

}  // namespace revenant

#endif  // REVENANT_SUBJECT_H_
