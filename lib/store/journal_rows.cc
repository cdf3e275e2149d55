#include "store/journal_rows.h"

#include <algorithm>

#include "store/damage.h"
#include "store/row_parts.h"
#include "store/rows.h"
#include "util/bytes.h"

namespace revenant {
namespace {

Error Damaged(Table table) {
  return DamageIn(std::string("store: a row of ") + TableName(table) + " cannot be read");
}

// An array's worth of bytes.
template <typename Bytes>
Bytes GetArray(ByteReader& reader) {
  Bytes out{};
  const std::string_view bytes = reader.Bytes(out.size());
  if (reader.ok()) std::copy(bytes.begin(), bytes.end(), out.begin());
  return out;
}

}  // namespace

std::string JournalKeyOf(std::uint64_t seq) {
  std::string key;
  PutBigEndian64(key, seq);
  return key;
}

Result<std::uint64_t> DecodeJournalKey(std::string_view key) {
  ByteReader reader(key);
  const std::uint64_t seq = reader.BigEndian64();
  if (!reader.AtEnd()) return Damaged(Table::kJournal);
  return seq;
}

std::string JournalNodeKey(unsigned level, std::uint64_t index) {
  std::string key(1, static_cast<char>(level));
  PutBigEndian64(key, index);
  return key;
}

Result<JournalNodeIds> DecodeJournalNodeKey(std::string_view key) {
  ByteReader reader(key);
  JournalNodeIds ids;
  ids.level = reader.Byte();
  ids.index = reader.BigEndian64();
  if (!reader.AtEnd() || ids.level < 1 || ids.level > 63) return Damaged(Table::kJournalNodes);
  return ids;
}

std::string JournalAboutKey(const Fingerprint& about, std::uint64_t seq) {
  std::string key(AsView(about.bytes));
  PutBigEndian64(key, seq);
  return key;
}

Result<JournalAboutIds> DecodeJournalAboutKey(std::string_view key) {
  ByteReader reader(key);
  JournalAboutIds ids;
  ids.about = GetFingerprint(reader);
  ids.seq = reader.BigEndian64();
  if (!reader.AtEnd()) return Damaged(Table::kJournalAbout);
  return ids;
}

namespace {

constexpr unsigned kBlockBits = 12;  // 4,096 sellers a block
constexpr std::uint64_t kBlockMask = (std::uint64_t{1} << kBlockBits) - 1;

}  // namespace

std::vector<Fingerprint> AboutSellers(SellerId first, SellerId last) {
  std::vector<Fingerprint> about;
  const auto end = static_cast<std::uint64_t>(last);
  for (auto from = static_cast<std::uint64_t>(first); from <= end;) {
    const std::uint64_t to = std::min(from | kBlockMask, end);
    std::string bytes = JournalBlockPrefix(SellerId{from});
    PutBigEndian32(bytes, static_cast<std::uint32_t>(from & kBlockMask));
    PutBigEndian32(bytes, static_cast<std::uint32_t>(to & kBlockMask));
    std::copy(bytes.begin(), bytes.end(), about.emplace_back().bytes.begin());
    from = to + 1;
  }
  return about;
}

std::string JournalBlockPrefix(SellerId seller) {
  std::string key;
  PutBigEndian64(key, static_cast<std::uint64_t>(seller) >> kBlockBits);
  return key;
}

bool IsAbout(const Fingerprint& about, SellerId seller) {
  ByteReader reader(AsView(about.bytes));
  const std::uint64_t number = static_cast<std::uint64_t>(seller);
  return reader.BigEndian64() == number >> kBlockBits &&
         reader.BigEndian32() <= (number & kBlockMask) &&
         reader.BigEndian32() >= (number & kBlockMask);
}

std::string Encode(const JournalRow& row) {
  std::string bytes;
  PutSignedVarint64(bytes, row.at.micros);
  bytes.append(AsView(row.commitment));
  bytes.append(row.type);
  return bytes;
}

Result<JournalRow> DecodeJournalRow(std::string_view bytes) {
  ByteReader reader(bytes);
  JournalRow row;
  row.at.micros = reader.SignedVarint64();
  row.commitment = GetArray<JournalHash>(reader);
  row.type = reader.rest();
  if (!reader.ok() || row.type.empty()) return Damaged(Table::kJournal);
  return row;
}

std::string Encode(const JournalBodyRow& row) {
  std::string bytes(AsView(row.salt));
  PutVarint64(bytes, row.about.size());
  for (const Fingerprint& about : row.about) bytes.append(AsView(about.bytes));
  bytes.append(row.body);
  return bytes;
}

Result<JournalBodyRow> DecodeJournalBodyRow(std::string_view bytes) {
  ByteReader reader(bytes);
  JournalBodyRow row;
  row.salt = GetArray<JournalHash>(reader);
  const std::uint64_t count = reader.Varint64();
  for (std::uint64_t i = 0; i < count && reader.ok(); ++i) {
    row.about.push_back(GetFingerprint(reader));
  }
  row.body = reader.rest();
  if (!reader.ok() || row.body.empty()) return Damaged(Table::kJournalBodies);
  return row;
}

Result<JournalHash> DecodeJournalHash(std::string_view bytes) {
  ByteReader reader(bytes);
  const JournalHash hash = GetArray<JournalHash>(reader);
  if (!reader.AtEnd()) return Damaged(Table::kJournalNodes);
  return hash;
}

}  // namespace revenant
