#ifndef REVENANT_REGISTRY_STATE_COUNTS_H_
#define REVENANT_REGISTRY_STATE_COUNTS_H_

#include <cstdint>

#include "store/view.h"
#include "util/bytes.h"
#include "util/try.h"

namespace revenant {

// Running totals, one row of kMeta: what `stats` shows without reading the store.
struct Counts {
  std::int64_t sellers = 0;       // enrolled and applicants
  std::int64_t observations = 0;  // live
  std::int64_t fingerprints = 0;  // live, not junk
  std::int64_t hubs = 0;
  std::int64_t banned = 0;  // sellers
  friend bool operator==(const Counts&, const Counts&) = default;

  static constexpr std::string_view kName = "counts";

  std::string Encode() const {
    std::string bytes;
    for (const std::int64_t number : {sellers, observations, fingerprints, hubs, banned}) {
      PutSignedVarint64(bytes, number);
    }
    return bytes;
  }

  static Result<Counts> Read(const View& view) {
    TRY_ASSIGN(const std::optional<std::string> bytes, view.Get(Table::kMeta, kName));
    Counts counts;
    if (!bytes) return counts;
    ByteReader reader(*bytes);
    for (std::int64_t* number : {&counts.sellers, &counts.observations, &counts.fingerprints,
                                 &counts.hubs, &counts.banned}) {
      *number = reader.SignedVarint64();
    }
    if (!reader.AtEnd()) return Error{Code::kCorruption, "store: running totals cannot be read"};
    return counts;
  }
};

}  // namespace revenant

#endif  // REVENANT_REGISTRY_STATE_COUNTS_H_
