#ifndef REVENANT_REGISTRY_H_
#define REVENANT_REGISTRY_H_

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "revenant/event.h"
#include "revenant/fingerprint.h"
#include "revenant/link_policy.h"
#include "revenant/log.h"
#include "revenant/record.h"
#include "revenant/result.h"
#include "revenant/verdict.h"

namespace revenant {

// kSynced survives power loss once the call returned; kBuffered survives the end of the process.
enum class Durability : std::uint8_t { kBuffered, kSynced };

enum class Access : std::uint8_t {
  kReadWrite,  // one process at a time
  // Any number beside a writer; writes nothing, not even beside the store. It sees the state at the
  // moment of opening, until Refresh().
  kReadOnly,
};

struct OpenOptions {
  Access access = Access::kReadWrite;
  // Memory for what screenings of suspects read: rows of the sellers connected with a ban and, at
  // two bytes each, the set of all fingerprints. A suspect then costs no read of the store, until
  // something about those sellers is written. 0: none. It is filled by WarmUp(), or once screenings
  // ask for it, with the taint filter.
  std::uint64_t in_memory_bytes = 0;
  // Receives the store's messages while it works (log.h); empty: they are dropped.
  LogSink log;
};

// A cluster's name: a pure function of its earliest member, so it needs no bookkeeping.
struct ClusterId {
  std::array<std::uint8_t, 16> bytes{};
  std::string ToHex() const;
  friend auto operator<=>(const ClusterId&, const ClusterId&) = default;
};

// The author and time of an action, as the journal records them.
struct Actor {
  std::string who;  // a person's or service's own name; empty: not given
  Time at;          // unknown: the present
};

// What one event changed.
struct Applied {
  bool changed = false;  // false: the state held it already
  ClusterId cluster;     // of the seller named (the first of two), afterwards
  std::uint32_t cluster_size = 0;
  std::uint32_t observations_added = 0;  // attributes that became live
  std::uint32_t observations_removed = 0;
  std::uint32_t sellers_moved = 0;  // filed again: the cost of the change of clusters
  std::uint32_t new_alerts = 0;
  // SetPolicy: how many observations its lists of junk took out of all links, and gave back to
  // them.
  std::uint64_t now_junk = 0;
  std::uint64_t no_longer_junk = 0;
};

// A case, finding or fact that is in force.
struct InForce {
  std::string reference;  // its case; empty where none was named
  std::string reason;
  Time since;
};

// The result of entering a decision.
struct Entered {
  Applied applied;
  // After a lifting: what of the kind is still in force for this seller (or between these two), by
  // reference. A ban of a later date is not reached by an earlier lifting.
  std::vector<InForce> still;
};

// An existing seller came to be linked to a ban by an event, or was freed from all of them; or
// (with `sanctions`) others in its cluster have more or fewer infringements than before, so that
// what is due for it may have changed (FactsForSanctions).
struct Alert {
  std::uint64_t number = 0;  // 1, 2, ... in the order in which they arose
  bool linked = false;
  bool sanctions = false;  // `linked` says nothing then
  SellerName seller;       // empty: has been forgotten since
  SellerName cause;        // the seller that the event was about
  std::string_view event;  // "ban", "enrol", ...
  Time at;                 // of the event
  std::uint64_t more = 0;  // further sellers that it concerns, beyond those with alerts
};

struct ClusterSummary {
  ClusterId id;
  std::vector<SellerName> sellers;  // in name order
  std::uint64_t banned = 0;         // sellers with a ban in force
  std::uint64_t infringements = 0;  // confirmed cases of all its sellers
};

struct Stats {
  std::uint64_t sellers = 0;          // enrolled and applicants
  std::uint64_t observations = 0;     // live ones: (seller, attribute, source)
  std::uint64_t fingerprints = 0;     // distinct, live, not junk
  std::uint64_t clusters = 0;         // single sellers count as one each
  std::uint64_t linked_clusters = 0;  // of two or more
  std::uint64_t largest_cluster = 0;
  std::uint64_t hubs = 0;
  std::uint64_t banned = 0;  // sellers with a ban in force
};

enum class ExportScope : std::uint8_t {
  kLive,   // what counts today, for comparison: equal stores write equal bytes
  kFacts,  // every register, policy and tombstone too: RestoreFacts() reads it back
};

struct FsckReport {
  std::uint64_t rows = 0;             // read and verified
  std::vector<std::string> problems;  // one line each, at most kMaxProblems
  static constexpr std::size_t kMaxProblems = 100;
};

// A record turned into an event: normalised, keyed and stripped of every raw value.
struct Intake {
  Enrol event;
  std::vector<AttributeOutcome> outcomes;  // one for each attribute, in order
  std::uint32_t identifiers = 0;           // in the event, those left out that are junk
  std::vector<AttributeOutcome> NotPlainlyValid() const;  // those of them that a person should see
};

// A verdict and its certificate: canonical JSON that VerifyCertificate() checks (certificate.h).
struct Certified {
  Verdict verdict;
  std::string certificate;
};

// The progress of a bulk import, so that it can continue after a crash.
struct ImportMark {
  std::string input;          // names the input: its path and a digest of its beginning
  std::uint64_t records = 0;  // consumed from its start; 0 clears the mark
};

struct CertificateCheck;  // certificate.h
struct ClusterGraph;      // cluster_graph.h
class Screener;           // screener.h
class JournalReader;      // journal.h

// The registry of sellers: the one handle that users hold.
//
// Threads: const members may run at once, beside one another and beside a writer; each sees the
// state before or after an event, never between. Writers are serialised inside.
// Lifetime: views and callbacks are valid during the call only; destroy the handle last.
// Errors: kInvalidArgument (bad input), kNotFound (no such seller), kConflict (refused),
// kCorruption, kIo, kUnsupportedFormat. After a failed write the state is as before. Once an own
// invariant is found broken the handle refuses further writes (kCorruption) and says what was
// found.
class Registry {
 public:
  // New store in `dir` (created; must be empty or absent: kConflict otherwise). Cost: some twenty
  // files, and a wait for the disk.
  static Result<std::unique_ptr<Registry>> Create(const std::filesystem::path& dir, const Key& key,
                                                  const LinkPolicy& policy = {},
                                                  const Actor& actor = {});

  // kNotFound: no store there. kInvalidArgument: another key made it. kConflict: another process
  // writes to it. kUnsupportedFormat: made by a newer version. Cost: milliseconds; but the first
  // opening for writing of a store that was written by a version with other words for missing
  // values judges it again: all observations are read once, and if any of them is such a word,
  // everything derived is rewritten (the journal gets an entry, the log a warning with the number).
  static Result<std::unique_ptr<Registry>> Open(const std::filesystem::path& dir, const Key& key,
                                                Access access = Access::kReadWrite);
  static Result<std::unique_ptr<Registry>> Open(const std::filesystem::path& dir, const Key& key,
                                                const OpenOptions& options);
  ~Registry();

  // Opened for reading only: catches up with what the writer has written since. True: there is
  // something new. Each answer is of one state that the writer had, before or after the call.
  // Threads: any number, beside readers, which are not held up. Errors: as of Open(); then the
  // state stays as it was, and the caller may try again. kConflict: the folder holds another store
  // now.
  // Cost: nothing new costs a look into the folder; else the store is opened again beside the old
  // one, as by Open(), and both are held until the last reader of the old one is done. Filter and
  // rows in memory (WarmUp) are of one state: after a change screenings ask the store again, until
  // they are filled again, for which at most a tenth of the time is spent.
  // Opened for writing: false, at once.
  Result<bool> Refresh();

  // Normalises and fingerprints a record; raw values stay with the caller. A `seen` after
  // `received` is clamped to it. Cost: under a microsecond per attribute.
  Result<Intake> Prepare(const Record& record, Time received) const;

  // Enrols one record: Prepare with the present time, then Apply.
  Result<Applied> Enrol(const Record& record, Durability durability = Durability::kBuffered,
                        const Actor& actor = {});

  // Applies one event as one atomic batch, the journal's entry in it. Cost: a few point reads and
  // one write, plus a search of the smaller parts when a cluster falls apart.
  Result<Applied> Apply(const Event& event, Durability durability = Durability::kBuffered,
                        const Actor& actor = {});

  // Applies events in order as one atomic batch: all or none. `mark`, if given, becomes durable in
  // the same batch. `refused`, if given, lists events (by index) that were refused with kConflict
  // or kNotFound and skipped; without it one refusal refuses the batch. In the journal every event
  // that changed something has an entry; under a `mark` all enrolments share one. Cost: as of Apply
  // for each event, and one write for all.
  struct Refusal {
    std::size_t index;
    Error error;
  };
  Result<std::vector<Applied>> ApplyAll(std::span<const Event> events,
                                        const ImportMark* mark = nullptr,
                                        std::vector<Refusal>* refused = nullptr,
                                        Durability durability = Durability::kBuffered,
                                        const Actor& actor = {});

  // Apply and ApplyAll for decisions: at entry an event must make sense in the present state (rule
  // 12); when events are applied, in any order, it need not. kInvalidArgument: dated after
  // `received` (the present, if unknown): such a ban would count now, and nothing could lift it.
  // kNotFound: a Reinstate, Retract, AllowLink or Revoke of something not in force; nothing
  // changes. Of several events, each sees the state that those before it left. Cost: as of Apply,
  // and reading the seller's cases.
  Result<Entered> Enter(const Event& event, Time received = {},
                        Durability durability = Durability::kBuffered, const Actor& actor = {});
  Result<std::vector<Entered>> EnterAll(std::span<const Event> events, Time received = {},
                                        std::vector<Refusal>* refused = nullptr,
                                        Durability durability = Durability::kBuffered,
                                        const Actor& actor = {});

  // Records of `input` that earlier calls of ApplyAll consumed; 0 if none or finished. Cost: one
  // point read.
  Result<std::uint64_t> ImportedRecords(std::string_view input) const;

  // Does this application lead to a ban, and what is the evidence? Writes nothing. `as_of` stands
  // in the verdict; the present time if unknown. Cost: for a stranger no row is read once the
  // filter stands (WarmUp); bounded by the policy's search_budget for all others. To screen many
  // one after the other keep a Screener (screener.h), which allocates nothing for a stranger.
  Result<Verdict> Screen(const Record& record, Time as_of = {}) const;

  // The same for an application that was prepared before (Intake::event), so that a service need
  // not keep raw values.
  Result<Verdict> Screen(const revenant::Enrol& application, Time as_of = {}) const;

  // Screens, and writes down the evidence of the verdict, both of one state (rule 13). The same
  // verdict yields the same bytes. kInvalidArgument: a name is not UTF-8, or a time is off the
  // calendar. Cost: a screening, and a few point reads for every seller on a path.
  Result<Certified> Certify(const Record& record, Time as_of = {}) const;
  Result<Certified> Certify(const revenant::Enrol& application, Time as_of = {}) const;

  // Strongest path between two enrolled sellers, banned or not; nullopt: none within max_hops.
  // kNotFound. Cost: one search, bounded by the policy's search_budget.
  Result<std::optional<Link>> Explain(const SellerName& a, const SellerName& b) const;

  // kNotFound. Cost: two point reads per seller in the cluster.
  Result<ClusterSummary> Cluster(const SellerName& seller) const;
  // The same cluster as a graph: who shares which identifiers with whom. The sellers nearest to the
  // one named, `max_sellers` at most. kNotFound. Cost: a search's reads for every seller.
  Result<ClusterGraph> GraphOf(const SellerName& seller, std::size_t max_sellers) const;
  // Clusters of at least `min_size` sellers, largest first, then by id. Cost: reads the names of
  // all sellers in them, and holds them.
  Result<std::vector<ClusterSummary>> Clusters(std::uint64_t min_size) const;
  // Calls `visit` with every seller (enrolled or applicant) and its cluster, in no given order.
  // Cost: reads all sellers; memory does not grow with them.
  Result<void> ForEachSeller(
      const std::function<void(const SellerName&, const ClusterId&, bool banned)>& visit) const;

  // Cost: reads a row per cluster of two or more.
  Result<Stats> GetStats() const;

  // JSON Lines in name order, handed to `sink` in pieces. Cost: reads the whole store.
  Result<void> Export(ExportScope scope,
                      const std::function<void(std::string_view piece)>& sink) const;
  // The line about one seller; empty if the scope has nothing to show. kNotFound. Cost: reads its
  // rows.
  Result<std::string> ExportSeller(const SellerName& seller, ExportScope scope) const;
  // What the registry holds about a seller, as if it applied with it: for Certify(). kNotFound.
  // Cost: reads its rows.
  Result<revenant::Enrol> ApplicationOf(const SellerName& seller) const;

  // Verifies every checksum and every derived row against facts. Cost: reads the whole store and
  // holds the derived state in memory.
  Result<FsckReport> Fsck() const;

  // Alerts with numbers above `after`, oldest first, at most `limit`. Cost: a row and two names
  // each.
  Result<std::vector<Alert>> Alerts(std::uint64_t after, std::size_t limit) const;
  // Number up to which alerts were acknowledged; where reading continues by default. Cost: one
  // point read, or one write to set it.
  Result<std::uint64_t> AcknowledgedAlerts() const;
  // kInvalidArgument: no alert has this number yet. Never goes back.
  Result<void> AcknowledgeAlerts(std::uint64_t number);

  // Returns once the filter in memory is ready that saves strangers' screenings from reading the
  // store. It is built by itself after a few of them, which ask the store meanwhile; a service
  // calls this before it takes requests. Cost: reading a file if the store was closed well, else
  // reading all sellers.
  Result<void> WarmUp() const;

  // The actor of calls that name none; without it the journal names none.
  void ActAs(Actor actor);

  // The journal as it is now (journal.h). Cost: O(log n) reads.
  Result<std::unique_ptr<JournalReader>> Journal() const;
  // Enters what was done about a verdict ("refused", "let in" ...): a certificate that Certify()
  // made under this registry's key. kInvalidArgument: it is not one. kConflict: the applicant was
  // forgotten. Returns the entry's number, as all of these do. Cost: verifying the certificate,
  // O(log n) reads of the journal and one write.
  Result<std::uint64_t> RecordDecision(std::string_view certificate, std::string_view decision,
                                       const Actor& actor);
  // Enters that data left: `what` in a few words ("facts", "dossier"), `digest` of what was handed
  // out, if there is one, and the seller that it is about, if it is about one. Cost: as of
  // RecordDecision.
  Result<std::uint64_t> RecordExport(std::string_view what, std::string_view digest,
                                     const std::optional<SellerName>& seller, const Actor& actor);

  // The policy in force. No read of the store.
  LinkPolicy policy() const;

  // What follows from links: the facts of one state, for the pure functions of policy.h, and the
  // policy that they are judged under (the defaults, until SetEnforcement sets another). Cost: one
  // point read.
  Result<EnforcementPolicy> enforcement() const;
  // Everything on file about a seller, lifted or not, by kind and reference. Cost: reads its
  // cases.
  Result<std::vector<Fact>> CaseFile(const SellerName& seller) const;
  // The seller's cluster, the sellers that each case reaches over links of block_bits and
  // min_redundancy that came later (rule 11), and the basis of measures. Cost: a search for each of
  // at most 200 sellers; in a larger cluster those with infringements come first, and `cut_short`
  // says so.
  Result<GroupFacts> FactsForSanctions(const SellerName& seller) const;
  // Cost: one search.
  Result<KnowledgeFacts> FactsForKnowledge(const SellerName& seller) const;
  // Of one seller, or of all. Cost: reads the cases of all sellers for the latter.
  Result<std::vector<ClockFacts>> FactsForClocks(const std::optional<SellerName>& seller) const;
  // One per supplier (org.supplier) that the seller was seen with. Cost: reads every carrier.
  Result<std::vector<SupplierFacts>> FactsForSuppliers(const SellerName& seller) const;

  // Version of the store's format and check value of its key, as `init` prints them.
  std::uint32_t format_version() const;
  std::string key_check_value() const;

  struct Impl;

 private:
  friend struct RegistryMaker;
  explicit Registry(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace revenant

#endif  // REVENANT_REGISTRY_H_
