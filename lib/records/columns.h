#ifndef REVENANT_RECORDS_COLUMNS_H_
#define REVENANT_RECORDS_COLUMNS_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "records/csv_reader.h"
#include "revenant/records.h"
#include "revenant/result.h"

namespace revenant {

// What a column of a record means.
enum class Field : std::uint8_t {
  kPlatform,
  kSeller,
  kSeen,
  kSource,
  kStatus,
  kAttribute,
  kVerified,  // whether the platform checked the attribute
  kCountry,   // of the attribute
  kUnmapped
};
inline constexpr std::size_t kSellerFields = 5;  // those before kAttribute
std::string_view FieldName(Field field);         // "platform"; empty from kAttribute on

struct ColumnMeaning {
  Field field = Field::kUnmapped;
  std::string kind;     // of an attribute, without what follows
  std::string country;  // the XX of kind@XX
  std::string target;   // the whole name as resolved, "contact.phone@US#2": one meaning, one target
  // Of "contact.phone@US#2#verified" the attribute that it is about: its target,
  // "contact.phone@US#2".
  std::string about;
  std::string slot;       // of an attribute and what is about it: "contact.phone#2"
  bool left_out = false;  // kUnmapped because the user says so
};

// Whether `companion` (kVerified, kCountry) is about `attribute`: by its target, or where no target
// is the same by its slot, so that "contact.phone#country" is about "contact.phone@US" too.
enum class About : std::uint8_t { kNo, kBySlot, kByTarget };
About IsAbout(const ColumnMeaning& companion, const ColumnMeaning& attribute);

// Says what names mean, under the user's mapping.
class ColumnNames {
 public:
  using Mapping = std::map<std::string, std::string, std::less<>>;

  // kInvalidArgument: a mapping leads to what is neither a field nor a kind, or two to one.
  static Result<ColumnNames> Create(const Mapping& mapping);

  ColumnMeaning Resolve(std::string_view name) const;
  const Mapping& mapping() const { return mapping_; }

 private:
  explicit ColumnNames(Mapping mapping) : mapping_(std::move(mapping)) {}
  Mapping mapping_;
};

// Of ASCII letters: "Seller" is a column seller.
bool EqualButForCase(std::string_view a, std::string_view b);

// One column of a CSV header: its name without blanks around it, and where it stands.
struct HeaderColumn {
  std::string name;
  TextPosition where;
};

// Reads the header. kInvalidArgument: the file is empty, the row malformed, or a name is not UTF-8
// or holds control characters (then it is no header).
Result<std::vector<HeaderColumn>> ReadCsvHeader(CsvReader& reader);

// The next row in which some cell is not blank: spreadsheets write rows of nothing but separators.
// Errors: as CsvReader::Next.
Result<CsvRow> NextFilledRow(CsvReader& reader);

// The end of a CSV file that had no row but its header.
Error NoRowsError(const CsvReader& reader);

}  // namespace revenant

#endif  // REVENANT_RECORDS_COLUMNS_H_
