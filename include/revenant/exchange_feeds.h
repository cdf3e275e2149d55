#ifndef REVENANT_EXCHANGE_FEEDS_H_
#define REVENANT_EXCHANGE_FEEDS_H_

#include <array>
#include <compare>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "revenant/exchange_tokens.h"
#include "revenant/fingerprint.h"
#include "revenant/record.h"
#include "revenant/registry.h"
#include "revenant/result.h"
#include "revenant/time.h"

namespace revenant {

enum class MemberId : std::uint32_t {};  // assigned by the roster, never assigned twice

// Publisher and audience of a list.
struct FeedId {
  std::array<std::uint8_t, 16> bytes{};
  std::string ToHex() const;
  friend auto operator<=>(const FeedId&, const FeedId&) = default;
};

// Why a seller was banned. Append new ones, never renumber: stands in entries.
enum class ExchangeReason : std::uint8_t {
  kOther = 0,
  kCounterfeit = 1,
  kTrademark = 2,
  kPiracy = 3,
  kPatent = 4,
  kDesign = 5,
  kTradeSecret = 6,
  kRepeatInfringer = 7,
  kFraud = 8,
  kFraudConviction = 9,
  kStolenIdentity = 10,
  kLaundering = 11,
  kCollusion = 12,
  kChargebacks = 13,
  kDataCompromise = 14,
  kInsolvency = 15,
};

struct ReasonInfo {
  ExchangeReason reason;
  std::string_view name;         // "counterfeit", as `ban --reason` takes it
  std::uint8_t match_code;       // of Mastercard's MATCH, 1 to 14
  std::string_view match_title;  // what MATCH calls it
};
// Static tables and names: no errors, any thread, no cost to speak of.
std::span<const ReasonInfo> ExchangeReasons();
const ReasonInfo* FindReason(std::uint8_t code);      // nullptr: unknown
const ReasonInfo* FindReason(std::string_view name);  // nullptr: unknown

// What a member says of another's entry whose identifier it holds. Append new ones, never renumber.
enum class Opinion : std::uint8_t {
  kConfirmed = 1,
  kFalsePositive = 2,  // disputes it: from then on it weighs nothing here
  kExpired = 3,        // the identifier has passed to another person
  kRetracted = 4,      // no opinion any more
};
std::string_view OpinionName(Opinion opinion);      // "confirmed" ...; "" for no opinion
const Opinion* FindOpinion(std::string_view name);  // nullptr: unknown

// What an export takes and what it leaves out, and why. Nothing in it names an identifier.
struct ExportPlan {
  struct Kind {
    std::string kind;
    std::uint64_t entries = 0;
  };
  std::vector<Kind> kinds;    // of what will be in the list, by name
  std::uint64_t sellers = 0;  // whose identifiers those are
  std::uint64_t live = 0;     // entries in the list afterwards
  std::uint64_t to_add = 0;   // since the last export
  std::uint64_t to_withdraw = 0;
  std::uint64_t to_retag = 0;    // because the epoch changed
  std::uint64_t to_dispute = 0;  // whose disputes changed, or were answered
  std::uint64_t to_erase = 0;    // that readers are newly asked to erase, with receipts
  // Left out:
  std::uint64_t neighbours = 0;      // sellers merely linked to a banned one
  std::uint64_t low_confidence = 0;  // banned sellers without a confirmed infringement
  std::uint64_t withheld = 0;        // sellers that a person withdrew
  std::uint64_t hubs = 0, junk = 0;  // identifiers, as all that follow
  std::uint64_t not_linking = 0;     // names, addresses and the like; a platform's own kinds
  std::uint64_t foreign = 0;         // known only from another member
  std::uint64_t jurisdiction = 0;    // may not leave the country
  std::uint64_t expired = 0;         // listed for as long as their kind is listed
  std::uint64_t awaiting = 0;        // not evaluated by the operators yet
  bool empty() const { return to_add + to_withdraw + to_retag + to_dispute + to_erase == 0; }
};

struct ExportOptions {
  std::vector<MemberId> audience;  // empty: all members
  std::uint16_t valid_days = 0;    // 0: as the policy says
};

// What became of one feed file.
struct FeedImport {
  enum class Outcome : std::uint8_t {
    kUnchanged,  // held already
    kApplied,
    kHeld,  // something is missing in between; nothing was written
  };
  Outcome outcome = Outcome::kUnchanged;
  MemberId publisher{};
  std::string publisher_name;
  FeedId feed;
  std::uint32_t seq = 0;
  std::uint64_t live = 0;  // entries in force afterwards
  std::uint64_t added = 0, removed = 0, replaced = 0;
  std::uint64_t matched = 0;    // entries whose identifier we hold
  std::uint64_t unmatched = 0;  // matches that went
  std::uint64_t erased = 0;     // entries of which every trace went; WriteReceipts() says so
  std::uint64_t forged = 0;     // boxes that a holder of the identifier cannot open
  std::uint64_t forks = 0;      // headers of others that this publisher saw differently
  std::uint32_t new_alerts = 0;
  std::string needs;  // what to ask for, where it is held
};

// What a new roster changed.
struct RosterChange {
  bool changed = false;
  std::uint64_t version = 0;    // in force now
  std::uint64_t withdrawn = 0;  // matches of expelled members that went
  std::uint32_t new_alerts = 0;
};

// N of an identifier of ours, as a batch of evaluations gave it.
struct HeldToken {
  Fingerprint fingerprint;
  std::string kind;
  Epoch epoch = 0;
  ExchangeSecret secret;
};
struct TokensKept {
  std::uint64_t kept = 0;
  std::uint64_t matched = 0;  // entries of others that turned out to be ours
  std::uint32_t new_alerts = 0;
};

struct ExportedFeed {
  ExportPlan plan;
  FeedId feed;
  std::uint32_t seq = 0;
  std::string file;  // sealed to every reader
};

// A file for one member.
struct Letter {
  MemberId to{};
  std::string to_name;
  std::string file;  // sealed
};
struct FeedbackTaken {
  std::string from_name;
  std::uint64_t opinions = 0, refused = 0;  // refused: the proof does not hold
  Letter receipt;
};
struct ReceiptTaken {
  std::string from_name;
  std::uint64_t opinions = 0;  // of ours that the lister has read
  std::uint64_t erased = 0;    // entries of ours that are gone from there
};

// An entry of ours that a member was asked to erase.
struct ErasureAsked {
  FeedId feed;
  std::uint64_t id = 0;
  SellerName seller;  // the seller it was about; empty: forgotten since
  std::string member;
  Time asked;
  Time answered;        // unknown: not yet
  std::string receipt;  // digest of the signed receipt kept, in hexadecimal
};

struct ExchangeStatus {
  ExchangeId exchange;
  std::string self;
  std::uint64_t roster_version = 0;
  Time roster_expires;
  bool forked = false;
  Epoch epoch = 0;  // in force; 0: none is
  struct EpochLine {
    Epoch epoch = 0;
    Time from, until;
  };
  std::vector<EpochLine> epochs;  // of the roster
  std::uint64_t tokens = 0;       // identifiers evaluated in this epoch
  // What is left of our quotas, by our own count of what we asked for; the operators' ledgers
  // decide.
  struct QuotaLine {
    KeyClass key_class = KeyClass::kGuessable;
    std::uint64_t daily = 0, left_today = 0;
    std::uint64_t backlog = 0, left_of_backlog = 0;
    std::uint64_t asked = 0;  // ever; rotations do not count
  };
  std::vector<QuotaLine> quotas;  // a class each; none while the roster does not name us
  // Requests that were made and whose answers were not taken in yet.
  struct Pending {
    std::uint64_t requests = 0, items = 0;
    Time oldest;  // unknown: there are none
  };
  Pending pending;
  struct MemberLine {
    MemberId id{};
    std::string name, status, jurisdiction;
    std::uint64_t backlog[2] = {}, daily[2] = {};  // guessable, random
    std::uint64_t forged = 0;                      // boxes that did not open
  };
  std::vector<MemberLine> members;
  struct FeedLine {
    FeedId feed;
    std::string publisher;
    std::uint32_t generation = 0, seq = 0;
    Epoch epoch = 0;
    Time created, expires;
    bool stale = false, own = false;
    std::uint64_t live = 0, matched = 0;
    std::uint64_t disputed = 0;  // ours: entries that a member disputes; else those of the matched
                                 // ones that we or others do
  };
  std::vector<FeedLine> feeds;
  std::uint64_t evidence = 0;       // contradictions kept
  std::uint64_t erasures_open = 0;  // entries and members that have not answered (Erasures())
  std::uint64_t receipts_due = 0;   // entries erased here for which a receipt may be written
};

// A tag in force, for tools that match tags: MISP and STIX.
struct ListedTag {
  Tag tag;
  std::string publisher;
  FeedId feed;
  std::uint64_t id = 0;
  Epoch epoch = 0;
  Time listed, expires;
};

// A member's desk: lists in and out of one registry.
//
// Threads: as the registry's: changes are serialised inside, the rest may run at once.
// Lifetime: within that of the registry.
// Errors of every call: "refused, NAME: ..." for what others wrote (see
// lib/exchange/files/refusal.h for the names), kNotFound where no exchange was joined, kIo,
// kCorruption. Of calls that change something also kConflict: the store was opened for reading; of
// those that send or take in something, also where the roster has expired or forked.
// Every change is one synced batch: all of it or nothing.
// "Entries" below are those of the lists held here; a point read is one row of the store.
class Exchange {
 public:
  // kInvalidArgument, kNotFound, kCorruption, kIo: of the key file (MembershipKeys makes one).
  // Cost: reads the key.
  static Result<std::unique_ptr<Exchange>> Open(Registry& registry,
                                                const std::filesystem::path& member_keys);
  ~Exchange();

  // Makes the registry a member of the exchange that this genesis founds, under the name that its
  // roster has or will have for it. kConflict: it belongs to an exchange already. "unknown member":
  // the roster has that name with other keys. Refusals as of CheckRoster()
  // (exchange_membership.h). Cost: that of CheckRoster(), one batch.
  Result<void> Join(std::string_view genesis, std::string_view member_name);
  // Takes in the next roster. Matches of members that it expels go, lists of those that left go
  // stale. The one in force again changes nothing. Refusals as of CheckRoster(); "forked roster":
  // there are two of one version, which is kept as evidence, and nothing goes in or out from then
  // on. Cost: that of CheckRoster(); where members go, also linear in all matches.
  Result<RosterChange> AdoptRoster(std::string_view file, Time now);

  // Takes in a sealed delta or snapshot of another member's list. "not for us", "bad signature",
  // "removed member", "rollback", "equivocation" (kept as evidence), "sequence leap", "wrong
  // predecessor", "digest differs", "state hash differs" and the like: the old list stands. A delta
  // that has one missing before it is no error but FeedImport::kHeld.
  // Cost: linear in what changes; a snapshot is unpacked in memory (see FORMAT.md for the bound).
  Result<FeedImport> Import(std::string_view file, Time now);

  // What Export() would do; writes nothing. Errors and cost: as of Export(), less the writing.
  Result<ExportPlan> PlanExport(const ExportOptions& options, Time now) const;
  // The next number of our list, sealed to every reader: what changed since the last one. Enters in
  // the journal that it was made. "removed member", "ended key generation": the roster does not
  // count us or our keys. "wrong epoch": none is in force. kInvalidArgument: valid_days is more
  // than the roster allows. kConflict: more entries than it allows, or more was published from here
  // than this store knows, as it is an old copy.
  // Cost: linear in the banned sellers and their identifiers; a signature, a seal per reader.
  Result<ExportedFeed> Export(const ExportOptions& options, Time now);
  // The whole list under its newest header, or the newest delta once more, sealed. kNotFound: there
  // is no list for this audience. Cost: reads the list; a seal per reader.
  enum class Again : std::uint8_t { kDelta, kSnapshot };
  Result<std::string> ExportAgain(const std::vector<MemberId>& audience, Again what) const;

  // Keeps the results of evaluations, sealed, and matches others' lists with them;
  // TokenDesk::Take() calls this. Cost: one pass over all entries, however few the tokens are.
  Result<TokensKept> KeepTokens(std::span<const HeldToken> tokens, Time now);
  // Drops entries that have expired, and lists whose members' standing has changed; returns the
  // number of new alerts. Call it daily. Cost: linear in all matches and kept tokens.
  Result<std::uint32_t> Refresh(Time now);

  // Keeps a seller out of our lists (or, with nullopt, lets it in again); the next export acts.
  // kNotFound: no such seller. Cost: one row.
  enum class Withhold : std::uint8_t { kWithdraw, kErase };
  Result<void> WithholdSeller(const SellerName& seller, std::optional<Withhold> how);

  // What we think of a foreign case ("exchange/MEMBER:CASE"): counts here at once, and goes out
  // with the next feedback. Returns the number of its entries. kNotFound: no entry of it is
  // matched. Cost: a scan of all matches.
  Result<std::uint64_t> Opine(const SellerName& foreign_case, Opinion opinion, Time at);
  // A letter to each lister that has not yet acknowledged an opinion of ours about its entries;
  // none: nothing is due. Called again before a receipt came it returns the same opinions. "unknown
  // member": the roster does not name us. Cost: linear in our opinions; a seal per letter.
  Result<std::vector<Letter>> WriteFeedback(Time now);
  // Takes in another member's opinions of our entries; those without proof are counted and left.
  // "not for us", "wrong exchange", "unknown member", "removed member", "bad signature".
  // Cost: a few point reads per opinion; a seal.
  Result<FeedbackTaken> TakeFeedback(std::string_view file, Time now);
  // A receipt for opinions of ours that were read, or for entries of ours that were erased at our
  // request. The same receipt again changes nothing. Refusals as of TakeFeedback(), and "wrong
  // request": for an erasure that we did not ask for. Cost: linear in the opinions on the list.
  Result<ReceiptTaken> TakeReceipt(std::string_view file, Time now);
  // The entries that we erased at a lister's request, to be sent to it. A lister asks until every
  // member has answered; until then this returns the same again. "unknown member": the roster does
  // not name us. Cost: linear in the entries erased; a seal per letter.
  Result<std::vector<Letter>> WriteReceipts(Time now) const;
  // The erasures that we asked members for, by list, entry and member. Cost: a scan of what was
  // asked.
  Result<std::vector<ErasureAsked>> Erasures() const;
  // A person looked at the disputes about our entries of a seller and stands by them: the next
  // export says so. Returns the number of opinions. kNotFound: there are none, or no such seller.
  // Cost: a scan of all opinions of others.
  Result<std::uint64_t> StandBy(const SellerName& seller, Time at);

  // An overview for a person. Cost: scans of matches, opinions, tokens and requests.
  Result<ExchangeStatus> Status(Time now) const;
  // Every tag in force, our own included, by list and entry; `visit` returns false to stop. Errors
  // of `visit` are passed on. Cost: reads all lists.
  Result<void> ForEachTag(const std::function<Result<bool>(const ListedTag&)>& visit) const;

  struct Impl;

 private:
  explicit Exchange(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// Tags in force as one MISP event, or as a STIX 2.1 bundle of indicators. Tags only: what the
// boxes say stays inside. Deterministic: equal tags give equal bytes. Threads: pure functions,
// which do not fail. Cost: linear; the whole text is in memory.
std::string TagsAsMisp(std::span<const ListedTag> tags, Time now);
std::string TagsAsStix(std::span<const ListedTag> tags, Time now);

}  // namespace revenant

#endif  // REVENANT_EXCHANGE_FEEDS_H_
