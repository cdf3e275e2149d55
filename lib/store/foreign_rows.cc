#include "store/foreign_rows.h"

#include <algorithm>

#include "store/damage.h"
#include "util/bytes.h"

namespace revenant {
namespace {

Error Damaged() { return DamageIn("store: a row of exchange cannot be read"); }

}  // namespace

std::string ForeignCaseKey(const SellerName& seller) { return "C" + seller.ToString(); }

std::string ForeignFeedKey(const std::array<std::uint8_t, 16>& feed) {
  return "F" + std::string(AsView(feed));
}

std::string Encode(const ForeignCaseRow& row) {
  std::string bytes(AsView(row.feed));
  bytes.push_back(static_cast<char>(row.infringements));
  bytes.push_back(static_cast<char>(row.disputes));
  for (const Time time : {row.banned_at, row.listed_at, row.expires_at}) {
    PutSignedVarint64(bytes, time.micros);
  }
  return bytes;
}

Result<ForeignCaseRow> DecodeForeignCaseRow(std::string_view bytes) {
  ByteReader reader(bytes);
  ForeignCaseRow row;
  const std::string_view feed = reader.Bytes(row.feed.size());
  if (reader.ok()) std::copy(feed.begin(), feed.end(), row.feed.begin());
  row.infringements = reader.Byte();
  row.disputes = reader.Byte();
  for (Time* time : {&row.banned_at, &row.listed_at, &row.expires_at}) {
    time->micros = reader.SignedVarint64();
  }
  if (!reader.AtEnd()) return Damaged();
  return row;
}

std::uint32_t ExchangeEpochs::At(Time at) const {
  std::uint32_t newest = 0;
  for (const Span& span : spans) {
    if (span.from <= at && at < span.until) newest = span.epoch;
  }
  return newest;
}

std::string ExchangeEpochsKey() { return "E"; }

std::string Encode(const ExchangeEpochs& epochs) {
  std::string bytes;
  for (const ExchangeEpochs::Span& span : epochs.spans) {
    PutBigEndian32(bytes, span.epoch);
    PutSignedVarint64(bytes, span.from.micros);
    PutSignedVarint64(bytes, span.until.micros);
  }
  return bytes;
}

Result<ExchangeEpochs> DecodeExchangeEpochs(std::string_view bytes) {
  ByteReader reader(bytes);
  ExchangeEpochs epochs;
  while (reader.ok() && reader.remaining() > 0) {
    ExchangeEpochs::Span& span = epochs.spans.emplace_back();
    span.epoch = reader.BigEndian32();
    span.from.micros = reader.SignedVarint64();
    span.until.micros = reader.SignedVarint64();
  }
  if (!reader.AtEnd()) return Damaged();
  return epochs;
}

std::string ExchangeTokenKey(const Fingerprint& fingerprint, std::uint32_t epoch) {
  std::string key = "n" + std::string(AsView(fingerprint.bytes));
  PutBigEndian32(key, epoch);
  return key;
}

}  // namespace revenant
