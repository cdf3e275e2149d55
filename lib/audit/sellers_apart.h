#ifndef REVENANT_LIB_AUDIT_SELLERS_APART_H_
#define REVENANT_LIB_AUDIT_SELLERS_APART_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "audit/staging.h"
#include "revenant/record.h"
#include "revenant/result.h"

namespace revenant {

// Appends eight bytes that stand for a seller.
void AppendSeller(std::string& out, const SellerName& seller);

// How many of the sellers in `file`, which holds what AppendSeller() gave, stood in it before. Goes
// through it once for every `most_held` of them. Memory: eight bytes for each of those, or few
// more.
Result<std::uint64_t> CountRepeatedSellers(StagedFile& file, std::size_t most_held = 1u << 20);

}  // namespace revenant

#endif  // REVENANT_LIB_AUDIT_SELLERS_APART_H_
