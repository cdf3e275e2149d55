#include "store/foreign_rows.h"

#include <algorithm>

#include "util/bytes.h"

namespace revenant {

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
  if (!reader.AtEnd()) {
    return Error{Code::kCorruption, "store: a row of exchange cannot be read: restore a back-up"};
  }
  return row;
}

}  // namespace revenant
