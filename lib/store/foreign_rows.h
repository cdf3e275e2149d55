#ifndef REVENANT_STORE_FOREIGN_ROWS_H_
#define REVENANT_STORE_FOREIGN_ROWS_H_

// The rows of Table::kExchange that a screening reads: what a list says of a foreign case beyond
// what its seller row holds, until when its list is fresh, and which identifiers were evaluated, so
// that lists could be compared with them. FORMAT.md has the bytes.
// Threads: pure functions. Errors: kCorruption.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "revenant/fingerprint.h"
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

// The epochs of the exchange that this store has joined, as its roster in force names them.
struct ExchangeEpochs {
  struct Span {
    std::uint32_t epoch = 0;
    Time from, until;
    friend bool operator==(const Span&, const Span&) = default;
  };
  std::vector<Span> spans;  // by `from`

  // The newest in force at that moment; 0: none is.
  std::uint32_t At(Time at) const;
  friend bool operator==(const ExchangeEpochs&, const ExchangeEpochs&) = default;
};
std::string ExchangeEpochsKey();
std::string Encode(const ExchangeEpochs& epochs);
Result<ExchangeEpochs> DecodeExchangeEpochs(std::string_view bytes);

// Where a row is, the identifier was evaluated in that epoch. Its value is the exchange's own.
std::string ExchangeTokenKey(const Fingerprint& fingerprint, std::uint32_t epoch);

}  // namespace revenant

#endif  // REVENANT_STORE_FOREIGN_ROWS_H_
