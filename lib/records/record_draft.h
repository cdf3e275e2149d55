#ifndef REVENANT_RECORDS_RECORD_DRAFT_H_
#define REVENANT_RECORDS_RECORD_DRAFT_H_

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "records/columns.h"
#include "revenant/date_format.h"
#include "revenant/record.h"
#include "revenant/records.h"

namespace revenant {

// The fields of a record that are not attributes, as text; empty: not given.
using SellerFields = std::array<std::string_view, kSellerFields>;

// Why a record is refused: its bad field, and what is wrong. Never the value.
struct Refusal {
  Field field;
  std::string reason;
};

// What stands beside an attribute. nullopt: neither yes nor no (true, false, 1, 0, yes, no, y, n in
// any case); not two letters. An empty text is "no" and "no country".
std::optional<bool> ReadVerified(std::string_view text);
std::optional<std::string> ReadCountry(std::string_view text);
inline constexpr std::string_view kBadVerified =
    "is neither true nor false (1, 0, yes, no); the attribute counts as not verified";
inline constexpr std::string_view kBadCountry =
    "is not a country of two letters (ISO 3166), such as DE; the attribute beside it is left out";

inline constexpr std::string_view kUndated = "; the record counts as undated";

// Turns the text of a record's own fields into values: one set of rules for CSV and JSON Lines.
class SellerFieldReader {
 public:
  // `options` were checked by RecordSource.
  explicit SellerFieldReader(const ReadOptions& options);

  // Fills all of `record` but its attributes. nullopt: done. A time that cannot be read costs
  // itself alone: `undated` says why, and the record is of an unknown time, which blames nobody.
  std::optional<Refusal> Read(const SellerFields& fields, Record& record,
                              std::optional<Refusal>& undated);

 private:
  std::optional<Refusal> ReadName(const SellerFields& fields, SellerName& name);
  std::optional<Refusal> ReadSeen(std::string_view text, Time& seen) const;

  const std::string default_platform_;
  std::optional<DateFormat> date_format_;
  std::string good_platform_;  // the last one that passed: nearly always the next one as well
};

}  // namespace revenant

#endif  // REVENANT_RECORDS_RECORD_DRAFT_H_
