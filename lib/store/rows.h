#ifndef REVENANT_STORE_ROWS_H_
#define REVENANT_STORE_ROWS_H_

// Every row of the store, as keys and values: FORMAT.md beside this file says the same byte by
// byte. Facts come first; what is derived from them follows and can be rebuilt.
// Threads: pure functions. Errors: decoders give kCorruption naming the row's family.

#include <algorithm>
#include <cstdint>
#include <functional>
#include <iterator>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "revenant/event.h"
#include "revenant/fingerprint.h"
#include "revenant/record.h"
#include "revenant/result.h"
#include "revenant/time.h"

namespace revenant {

enum class SellerId : std::uint64_t {};  // dense, from 1, in order of first mention
enum class LabelId : std::uint64_t {};   // of a component of two or more; 0: none
enum class WordId : std::uint32_t {};    // of a kind, platform or source name; 0: none

inline constexpr SellerId kNoSeller{0};
inline constexpr LabelId kNoLabel{0};
inline constexpr WordId kEverySource{0};

// Bump with every change of what is below, and say in FORMAT.md which version reads what.
inline constexpr std::uint32_t kFormatVersion = 5;

enum class Table : std::uint8_t {
  kMeta,           // name -> value: format, key check, policy, counters, import marks
  kWords,          // id -> text: names of kinds, platforms and sources
  kNames,          // platform, external id -> seller
  kSellers,        // seller -> SellerRow
  kObservations,   // seller -> ObservedRow; and what does not fit in   (fact)
                   //   seller, root, source -> ObservationRow
  kCases,          // seller, type, case -> CaseRow                     (fact)
  kPairs,          // seller, seller -> PairRow, both ways round        (fact)
  kTombstones,     // keyed digest of a forgotten name -> time          (fact)
  kFingerprints,   // fingerprint -> FingerprintRow                     (derived)
  kCarriers,       // fingerprint, class, seller -> count, where there are many (derived)
  kComponents,     // label, part -> ComponentRow                       (derived)
  kMembers,        // label, part, since, name -> seller                (derived)
                   //   label, part, seller -> seller, those that findings name
  kAlerts,         // number -> AlertRow                                (history)
  kJournal,        // seq -> JournalRow                        (history, as the next three)
  kJournalBodies,  // seq -> JournalBodyRow; deleted by erasure
  kJournalNodes,   // level, index -> hash of a complete subtree
  kJournalAbout,   // keyed digest of a name, seq -> nothing
  kExchange,       // letter, more -> rows of the exchange: see foreign_rows.h and lib/exchange
  kDated,          // fingerprint, what, time, seller -> nothing, where there are many carriers
                   //                                                   (derived)
};
inline constexpr std::size_t kTableCount = 19;
const char* TableName(Table table);
// The first format that has it.
constexpr std::uint32_t FormatOf(Table table) {
  return table < Table::kJournal ? 1 : table < Table::kDated ? 2 : 5;
}

// --- Facts ---

// A seller's own row. Status and since are facts; the rest is derived.
struct SellerRow {
  WordId platform{};
  std::string external_id;
  SellerStatus status = SellerStatus::kMentioned;
  Time since;  // earliest known enrolment

  LabelId label = kNoLabel;  // component that it is joined to
  std::uint32_t part = 0;    // part of it, where a cannot-link parts it: an internal number; else 0
  std::uint32_t bans = 0;    // cases in force
  std::uint32_t infringements = 0;
  std::uint32_t pairs = 0;  // cannot-links in force
  struct Carry {
    WordId kind{};
    std::uint32_t count = 0;
    friend bool operator==(const Carry&, const Carry&) = default;
  };
  std::vector<Carry> carries;  // live, not junk fingerprints by kind, in order of kind
  friend bool operator==(const SellerRow&, const SellerRow&) = default;
};

// Registers of one (seller, root attribute, source). Live iff last > through.
struct ObservationRow {
  static constexpr std::int64_t kNever = INT64_MIN;  // below Time::kUnknownMicros

  std::int64_t first = kNever;    // earliest known sighting; kUnknownMicros: only undated ones
  std::int64_t last = kNever;     // latest sighting
  std::int64_t through = kNever;  // withdrawn up to here
  struct Item {
    Fingerprint fingerprint;
    WordId kind{};
    bool junk = false;        // links nothing: as the policy judges it, so derived
    bool verified = false;    // its source checked it
    bool checked = false;     // its check digits agreed
    bool reads_junk = false;  // the value stands for none
    friend auto operator<=>(const Item&, const Item&) = default;
  };
  std::vector<Item> items;  // sorted; all that derives from the attribute, itself included
  friend bool operator==(const ObservationRow&, const ObservationRow&) = default;
};

struct ObservationKey {
  SellerId seller{};
  Fingerprint root;
  WordId source{};  // kEverySource: holds only `through`
  friend auto operator<=>(const ObservationKey&, const ObservationKey&) = default;
};

// One observation among those of its seller.
struct Observed {
  Fingerprint root;
  WordId source{};
  ObservationRow registers;
  friend bool operator==(const Observed&, const Observed&) = default;
};
inline bool InOrder(const Observed& a, const Observed& b) {
  return std::tie(a.root, a.source) < std::tie(b.root, b.source);
}

// All that a seller was observed with. Up to kInline stand in the row, of more each stands in a row
// of its own, so that a seller observed with 100,000 does not have them all rewritten.
struct ObservedRow {
  static constexpr std::size_t kInline = 32;

  std::uint64_t count = 0;         // all
  std::vector<Observed> observed;  // InOrder(); empty when spilled
  bool spilled() const { return count > kInline; }
  friend bool operator==(const ObservedRow&, const ObservedRow&) = default;
};
// nullptr if it is not among them.
const Observed* FindObserved(const std::vector<Observed>& observed, const Fingerprint& root,
                             WordId source);

// Append new ones, never renumber. From kNotice on they are those of FactKind.
enum class CaseType : std::uint8_t {
  kBan = 1,
  kInfringement = 2,
  kNotice = 3,
  kCounterNotice = 4,
  kMilestone = 5,
  kOrder = 6,
  kMeasure = 7,
  kFigure = 8,
  kWording = 9,
  kObjection = 10,
  kReview = 11,
};
inline constexpr CaseType kLastCaseType = CaseType::kReview;
constexpr CaseType CaseTypeOf(FactKind kind) { return static_cast<CaseType>(kind); }
static_assert(CaseTypeOf(FactKind::kNotice) == CaseType::kNotice &&
              CaseTypeOf(FactKind::kMeasure) == CaseType::kMeasure &&
              CaseTypeOf(kFactKinds[std::size(kFactKinds) - 1]) == kLastCaseType);

// A ban, an infringement or something on file: in force iff set > lifted (the lifting event wins
// ties).
struct CaseRow {
  std::int64_t set = ObservationRow::kNever;
  std::int64_t lifted = ObservationRow::kNever;
  std::string reason;  // ban: reason code of the latest; infringement: its right; else the detail
  bool in_force() const { return set > lifted; }
  // The reason is the latest setter's; of two at one moment the greater, so that order is nothing.
  void Merge(const CaseRow& entry) {
    if (entry.set > set || (entry.set == set && entry.reason > reason)) reason = entry.reason;
    set = std::max(set, entry.set);
    lifted = std::max(lifted, entry.lifted);
  }
  friend bool operator==(const CaseRow&, const CaseRow&) = default;
};

struct CaseKey {
  SellerId seller{};
  CaseType type = CaseType::kBan;
  bool every_case = false;  // a register that lifts all cases at once
  std::string case_ref;
  friend auto operator<=>(const CaseKey&, const CaseKey&) = default;
};

struct PairRow {
  std::int64_t forbidden = ObservationRow::kNever;
  std::int64_t allowed = ObservationRow::kNever;
  bool in_force() const { return forbidden > allowed; }
  friend bool operator==(const PairRow&, const PairRow&) = default;
};

// --- Derived ---

// How a carrier counts. Append new ones, never renumber: part of a key.
enum class CarrierClass : std::uint8_t {
  kEnrolled = 0,    // counts for the hub limit
  kBannedLeaf = 1,  // an applicant or merely mentioned, with a ban in force
  kLeaf = 2,        // the others: no search needs them
};

struct Carrier {
  CarrierClass carrier_class = CarrierClass::kEnrolled;
  SellerId seller{};
  std::uint32_t observations = 0;  // live ones that contain the fingerprint
  friend auto operator<=>(const Carrier&, const Carrier&) = default;
};

// The carriers of a fingerprint. Up to kInlineCarriers stand in the row, more in kCarriers.
struct FingerprintRow {
  static constexpr std::size_t kInlineCarriers = 32;

  WordId kind{};
  std::uint64_t carriers = 0;       // all
  std::uint64_t enrolled = 0;       // of class kEnrolled: the hub count
  std::uint64_t banned = 0;         // with a ban in force, of any class
  std::uint64_t banned_leaves = 0;  // of class kBannedLeaf
  // Enrolled carriers that came after the first ban and so don't count for the hub limit (rule 10);
  // 0 unless leaving them out is what keeps the fingerprint from being a hub.
  std::uint64_t late = 0;
  std::vector<Carrier> inline_carriers;  // sorted by class and seller; empty when spilled
  bool spilled() const { return carriers > kInlineCarriers; }
  friend bool operator==(const FingerprintRow&, const FingerprintRow&) = default;
};

// A carrier's own row, where there are many.
struct CarrierRow {
  std::uint32_t observations = 0;
  // Since when it carries the fingerprint: kUnknownMicros where no sighting has a date. kNever: not
  // noted, since no rule asks for it (LinkPolicy::rules 1).
  std::int64_t first = ObservationRow::kNever;
  friend bool operator==(const CarrierRow&, const CarrierRow&) = default;
};

// Carriers in the order of a time, unknown first.
enum class Dated : std::uint8_t {
  kFirst = 0,  // enrolled ones, by their first sighting
  kBan = 1,    // those with a ban in force, cases of other platforms left out, by the earliest
};

// Sums over a component (part 0) or one part of it.
struct ComponentRow {
  std::uint64_t size = 0;
  std::uint64_t banned = 0;         // members with a ban in force
  std::uint64_t infringements = 0;  // cases of all members
  std::uint64_t leaf_bans = 0;      // banned leaves that touch it, counted by fingerprint
  std::uint64_t pairs = 0;          // cannot-links between its members (part 0 only)
  std::uint32_t parts = 0;          // how many parts it has; 0: it is one cluster
  bool tainted() const { return banned + leaf_bans > 0; }
  friend bool operator==(const ComponentRow&, const ComponentRow&) = default;
};

// --- History: outside of every comparison ---

// A seller that an event linked to a ban or freed from one, or whose cluster has other
// infringements now.
struct AlertRow {
  SellerId seller{};
  bool linked = false;
  bool sanctions = false;                  // about infringements; `linked` says nothing then
  SellerId cause{};                        // the seller that the event was about
  std::uint8_t event = 0;                  // its place in the variant Event
  std::int64_t at = Time::kUnknownMicros;  // the event's own time
  std::uint64_t more = 0;  // further sellers that the event may concern and that have no row
  friend bool operator==(const AlertRow&, const AlertRow&) = default;
};

// --- Keys and values as bytes ---

std::string NameKey(WordId platform, std::string_view external_id);
std::string SellerKey(SellerId seller);
std::string ObservedKey(SellerId seller);
std::string Encode(const ObservationKey& key);
std::string ObservationPrefix(SellerId seller, const Fingerprint& root);
std::string Encode(const CaseKey& key);
std::string PairKey(SellerId a, SellerId b);
std::string FingerprintKey(const Fingerprint& fingerprint);
std::string CarrierKey(const Fingerprint& fingerprint, CarrierClass carrier_class, SellerId seller);
std::string DatedKey(const Fingerprint& fingerprint, Dated what, std::int64_t micros,
                     SellerId seller);
std::string DatedPrefix(const Fingerprint& fingerprint, Dated what);
std::string ComponentKey(LabelId label, std::uint32_t part);
std::string MemberKey(LabelId label, std::uint32_t part, Time since, std::string_view platform,
                      std::string_view external_id);
std::string MemberPrefix(LabelId label, std::uint32_t part);
std::string LabelPrefix(LabelId label);
// Rows of kMembers beside those of the members: who of a part a finding names. Their labels begin
// where no component's do.
std::string NamedPrefix(LabelId label, std::uint32_t part);
std::string NamedKey(LabelId label, std::uint32_t part, SellerId seller);
std::string AlertKey(std::uint64_t number);

Result<SellerId> DecodeSellerKey(std::string_view key);
// Keys of Table::kObservations: is it a seller's row of all, or an observation's own?
inline bool IsObservedKey(std::string_view key) { return key.size() == sizeof(std::uint64_t); }
Result<SellerId> DecodeObservedKey(std::string_view key);
Result<ObservationKey> DecodeObservationKey(std::string_view key);
Result<CaseKey> DecodeCaseKey(std::string_view key);
struct PairIds {
  SellerId a{}, b{};
};
Result<PairIds> DecodePairKey(std::string_view key);
Result<Fingerprint> DecodeFingerprintKey(std::string_view key);
struct CarrierIds {
  Fingerprint fingerprint;
  CarrierClass carrier_class{};
  SellerId seller{};
};
Result<CarrierIds> DecodeCarrierKey(std::string_view key);
struct DatedIds {
  Fingerprint fingerprint;
  Dated what{};
  std::int64_t micros = 0;
  SellerId seller{};
};
Result<DatedIds> DecodeDatedKey(std::string_view key);
struct ComponentIds {
  LabelId label{};
  std::uint32_t part = 0;
};
Result<ComponentIds> DecodeComponentKey(std::string_view key);
struct NamedIds {
  LabelId label{};
  std::uint32_t part = 0;
  SellerId seller{};
};
inline bool IsNamedKey(std::string_view key) {
  return !key.empty() && (static_cast<unsigned char>(key.front()) & 0x80) != 0;
}
Result<NamedIds> DecodeNamedKey(std::string_view key);
Result<std::uint64_t> DecodeAlertKey(std::string_view key);

std::string Encode(const SellerRow& row);
std::string Encode(const ObservedRow& row);
std::string EncodeObserved(std::span<const Observed> observed);  // that fit in a row
// `root` is the key's: an item with that fingerprint is stored as one byte.
std::string Encode(const ObservationRow& row, const Fingerprint& root);
std::string Encode(const CaseRow& row);
std::string Encode(const PairRow& row);
std::string Encode(const FingerprintRow& row);
std::string Encode(const CarrierRow& row);
std::string Encode(const ComponentRow& row);
std::string Encode(const AlertRow& row);
std::string EncodeNumber(std::uint64_t number);  // ids, counters, times

Result<SellerRow> DecodeSellerRow(std::string_view bytes);
Result<ObservedRow> DecodeObservedRow(std::string_view bytes);
Result<ObservationRow> DecodeObservationRow(std::string_view bytes, const Fingerprint& root);
Result<CaseRow> DecodeCaseRow(std::string_view bytes);
Result<PairRow> DecodePairRow(std::string_view bytes);
Result<FingerprintRow> DecodeFingerprintRow(std::string_view bytes);
Result<CarrierRow> DecodeCarrierRow(std::string_view bytes);
Result<ComponentRow> DecodeComponentRow(std::string_view bytes);
Result<AlertRow> DecodeAlertRow(std::string_view bytes);
Result<std::uint64_t> DecodeNumber(std::string_view bytes);

// The rows of Table::kObservations that hold all observations of a seller, which come InOrder().
using EmitRow = std::function<void(std::string_view key, std::string_view value)>;
void EmitObserved(SellerId seller, const std::vector<Observed>& observed, const EmitRow& emit);

}  // namespace revenant

#endif  // REVENANT_STORE_ROWS_H_
