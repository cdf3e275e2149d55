#include "registry/answer/row_view.h"

#include <algorithm>

#include "util/bytes.h"
#include "util/try.h"

namespace revenant {

std::optional<RowView::Known> RowView::Ask(Table table, std::string_view key) const {
  if (const auto bytes = rows_->Find(RowTable::What::kRow, table, key)) {
    return Known{bytes->front() != 0, bytes->substr(1)};
  }
  if (table != Table::kFingerprints || key.size() != sizeof(Fingerprint)) return std::nullopt;
  Fingerprint fingerprint;
  std::copy(key.begin(), key.end(), fingerprint.bytes.begin());
  if (!rows_->MayHave(fingerprint)) return Known{};
  return std::nullopt;
}

Result<std::optional<std::string>> RowView::Get(Table table, std::string_view key) const {
  const std::optional<Known> known = Ask(table, key);
  if (!known) return snapshot_->Get(table, key);
  if (!known->exists) return std::optional<std::string>();
  return std::optional<std::string>(known->bytes);
}

Result<bool> RowView::Read(Table table, std::string_view key, RowBytes& row) const {
  const std::optional<Known> known = Ask(table, key);
  if (!known) return snapshot_->Read(table, key, row);
  row.Borrow(known->bytes);
  return known->exists;
}

Result<void> RowView::Scan(Table table, std::string_view prefix, const VisitRaw& visit) const {
  const auto known = rows_->Find(RowTable::What::kRows, table, prefix);
  if (!known) return snapshot_->Scan(table, prefix, visit);
  for (ByteReader reader(*known); reader.remaining() > 0;) {
    const std::string_view key = reader.LengthPrefixed();
    TRY_ASSIGN(const bool more, visit(key, reader.LengthPrefixed()));
    if (!more) break;
  }
  return {};
}

}  // namespace revenant
