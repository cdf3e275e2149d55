#include "store/row_parts.h"

#include <algorithm>
#include <array>

namespace revenant {
namespace {

// Units of an instant, finest first: their places are part of the format.
constexpr std::array<std::int64_t, 4> kUnits = {1, 1'000, 1'000'000, 86'400'000'000};
// Codes of an instant that are not a number of units.
constexpr std::uint64_t kNeverCode = 0, kUnknownCode = 1, kFarCode = 2, kFirstNumber = 3;
// Instants further away, which no clock shows, are written as they are.
constexpr std::int64_t kFar = std::int64_t{1} << 60;

bool IsFar(std::int64_t micros) { return micros <= -kFar || micros >= kFar; }

}  // namespace

void PutFingerprint(std::string& out, const Fingerprint& fingerprint) {
  out.append(AsView(fingerprint.bytes));
}

Fingerprint GetFingerprint(ByteReader& reader) {
  Fingerprint fingerprint;
  const std::string_view bytes = reader.Bytes(fingerprint.bytes.size());
  if (reader.ok()) std::copy(bytes.begin(), bytes.end(), fingerprint.bytes.begin());
  return fingerprint;
}

void PutMoment(std::string& out, std::int64_t micros) {
  if (micros == ObservationRow::kNever) return PutVarint64(out, 0);
  if (micros == Time::kUnknownMicros) return PutVarint64(out, 1);
  PutVarint64(out, ZigZag(micros) + 2);
}

std::int64_t GetMoment(ByteReader& reader) {
  const std::uint64_t code = reader.Varint64();
  if (code == 0) return ObservationRow::kNever;
  if (code == 1) return Time::kUnknownMicros;
  return UnZigZag(code - 2);
}

void PutInstant(std::string& out, std::int64_t micros) {
  if (micros == ObservationRow::kNever) return PutVarint64(out, kNeverCode);
  if (micros == Time::kUnknownMicros) return PutVarint64(out, kUnknownCode);
  if (IsFar(micros)) {
    PutVarint64(out, kFarCode);
    return PutSignedVarint64(out, micros);
  }
  std::size_t unit = kUnits.size() - 1;
  while (micros % kUnits[unit] != 0) --unit;
  PutVarint64(out, ZigZag(micros / kUnits[unit]) * kUnits.size() + unit + kFirstNumber);
}

std::int64_t GetInstant(ByteReader& reader) {
  const std::uint64_t code = reader.Varint64();
  if (code == kNeverCode) return ObservationRow::kNever;
  if (code == kUnknownCode) return Time::kUnknownMicros;
  if (code == kFarCode) return reader.SignedVarint64();
  const std::int64_t unit = kUnits[(code - kFirstNumber) % kUnits.size()];
  const std::int64_t units = UnZigZag((code - kFirstNumber) / kUnits.size());
  if (units <= -kFar / unit - 1 || units >= kFar / unit + 1) reader.Fail();
  return reader.ok() ? units * unit : ObservationRow::kNever;
}

}  // namespace revenant
