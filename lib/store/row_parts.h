#ifndef REVENANT_STORE_ROW_PARTS_H_
#define REVENANT_STORE_ROW_PARTS_H_

// What the codecs of rows share: the pieces of FORMAT.md, "Words of this page".
// Threads: pure functions. Errors: a reader that met a value out of range fails for good.

#include <cstdint>
#include <string>

#include "store/damage.h"
#include "store/rows.h"
#include "util/bytes.h"

namespace revenant {

inline Error DamagedRow(Table table) {
  return DamageIn(std::string("store: a row of ") + TableName(table) + " cannot be read");
}

template <typename Id>
constexpr std::uint64_t Number(Id id) {
  return static_cast<std::uint64_t>(id);
}

inline std::uint32_t Get32(ByteReader& reader) {
  const std::uint64_t value = reader.Varint64();
  if (value > UINT32_MAX) reader.Fail();
  return static_cast<std::uint32_t>(value);
}

void PutFingerprint(std::string& out, const Fingerprint& fingerprint);
Fingerprint GetFingerprint(ByteReader& reader);

// Registers hold kNever and kUnknownMicros, which lie at the far end of the number line: near-zero
// codes for them keep rows short.
void PutMoment(std::string& out, std::int64_t micros);
std::int64_t GetMoment(ByteReader& reader);

// The same in the coarsest unit that says it exactly: a day takes 3 bytes, a second 5, a
// microsecond 8.
void PutInstant(std::string& out, std::int64_t micros);
std::int64_t GetInstant(ByteReader& reader);

}  // namespace revenant

#endif  // REVENANT_STORE_ROW_PARTS_H_
