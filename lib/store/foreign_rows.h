#ifndef REVENANT_STORE_FOREIGN_ROWS_H_
#define REVENANT_STORE_FOREIGN_ROWS_H_

// The rows of Table::kExchange that a screening reads: what a list says of a foreign case beyond
// what its seller row holds, and until when its list is fresh. FORMAT.md has the bytes.
// Threads: pure functions. Errors: kCorruption.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "revenant/record.h"
#include "revenant/result.h"
#include "revenant/time.h"

namespace revenant {

struct ForeignCaseRow {
  std::array<std::uint8_t, 16> feed{};  // the list that names it
  std::uint8_t infringements = 0;
  std::uint8_t disputes = 0;
  Time banned_at, listed_at, expires_at;
  friend bool operator==(const ForeignCaseRow&, const ForeignCaseRow&) = default;
};

std::string ForeignCaseKey(const SellerName& seller);
std::string Encode(const ForeignCaseRow& row);
Result<ForeignCaseRow> DecodeForeignCaseRow(std::string_view bytes);

// Value: EncodeNumber() of the zigzag code of the moment when the list goes stale.
std::string ForeignFeedKey(const std::array<std::uint8_t, 16>& feed);

}  // namespace revenant

#endif  // REVENANT_STORE_FOREIGN_ROWS_H_
