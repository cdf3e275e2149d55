// Sellers that the store had before a bulk load: they keep their numbers, so what is written of
// them is sorted by these, and what was derived of them goes.

#include <algorithm>

#include "registry/bulk/sellers.h"
#include "registry/bulk/tables.h"
#include "util/try.h"

namespace revenant {

std::size_t BulkTables::KnownPartition(std::uint64_t number) const {
  return static_cast<std::size_t>(number * kPartitions / (options_.known + 1));
}

// Of a seller that keeps its number: and is sorted by it.
Result<void> BulkTables::PutKnown(Spill::Writer& rows, Spill::Writer& stubs,
                                  const SellerSums& seller, std::uint64_t number, bool changed) {
  const std::size_t partition = KnownPartition(number);
  PutPacked(stubs.Open(partition), number);
  PutStub(stubs.Open(partition), seller.row());
  TRY(stubs.Close(partition));
  if (!changed) return {};  // its rows may stay as they are
  seller.EmitObservations([&](std::string_view key, std::string_view value) {
    std::string& out = rows.Open(partition);
    PutPacked(out, static_cast<std::uint32_t>(key.size()));
    PutPacked(out, static_cast<std::uint32_t>(value.size()));
    out.append(key);
    out.append(value);
  });
  return rows.Close(partition);
}

Result<void> BulkTables::WriteKnownObservationsUnit(const Unit& unit) {
  TRY_ASSIGN(const std::string bytes, Load(known_observations_, unit));
  std::vector<std::pair<std::string_view, std::string_view>> rows;
  for (const char* at = bytes.data(); at < bytes.data() + bytes.size();) {
    const auto key_bytes = GetPacked<std::uint32_t>(at);
    const auto value_bytes = GetPacked<std::uint32_t>(at);
    rows.emplace_back(std::string_view(at, key_bytes),
                      std::string_view(at + key_bytes, value_bytes));
    at += key_bytes + value_bytes;
  }
  std::sort(rows.begin(), rows.end());
  TableFile file(writer_, Table::kObservations);
  for (const auto& [key, value] : rows) TRY(file.Put(key, value));
  return file.Finish();
}

Result<void> BulkTables::WriteKnownUnit(const Unit& unit) {
  TRY_ASSIGN(const std::string bytes, Load(known_stubs_, unit));
  std::vector<std::pair<std::uint64_t, const char*>> stubs;
  SellerRow passed;
  for (const char* at = bytes.data(); at < bytes.data() + bytes.size();) {
    const auto number = GetPacked<std::uint64_t>(at);
    stubs.emplace_back(number, at);
    GetStub(at, passed);
  }
  std::sort(stubs.begin(), stubs.end());
  TableFile rows(writer_, Table::kSellers);
  Spill::Writer members(members_);
  for (auto& [number, stub] : stubs) TRY(WriteRow(number, stub, rows, members));
  TRY(rows.Finish());
  return members.Finish();
}

// Components get new labels, which the store has never assigned.
Result<void> BulkTables::DropComponents() {
  if (options_.labels == 0) return {};
  for (const Table table : {Table::kComponents, Table::kMembers}) {
    TableFile file(writer_, table);
    TRY(file.Replace(LabelPrefix(kNoLabel), LabelPrefix(LabelId{options_.labels + 1})));
    TRY(file.Finish());
  }
  return {};
}

}  // namespace revenant
