#include "store/rows.h"

#include <algorithm>
#include <array>
#include <cassert>

#include "util/bytes.h"

namespace revenant {
namespace {

constexpr std::array<const char*, kTableCount> kTableNames = {
    "default", "words",      "names",          "sellers",       "observations",  "cases",
    "pairs",   "tombstones", "fingerprints",   "carriers",      "components",    "members",
    "alerts",  "journal",    "journal_bodies", "journal_nodes", "journal_about", "exchange"};

Error Damaged(Table table) {
  return {Code::kCorruption, std::string("store: a row of ") + TableName(table) +
                                 " cannot be read: restore a back-up"};
}

// Registers hold kNever and kUnknownMicros, which lie at the far end of the number line: near-zero
// codes for them keep rows short.
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

void PutFingerprint(std::string& out, const Fingerprint& fingerprint) {
  out.append(AsView(fingerprint.bytes));
}
Fingerprint GetFingerprint(ByteReader& reader) {
  Fingerprint fingerprint;
  const std::string_view bytes = reader.Bytes(fingerprint.bytes.size());
  if (reader.ok()) std::copy(bytes.begin(), bytes.end(), fingerprint.bytes.begin());
  return fingerprint;
}

std::uint32_t Get32(ByteReader& reader) {
  const std::uint64_t value = reader.Varint64();
  if (value > UINT32_MAX) reader.Fail();
  return static_cast<std::uint32_t>(value);
}

template <typename Id>
std::uint64_t Number(Id id) {
  return static_cast<std::uint64_t>(id);
}

// Earliest first, unknown last: a known date is older than no date.
void PutSortedTime(std::string& out, Time time) {
  const std::int64_t micros = time.known() ? time.micros : INT64_MAX;
  PutBigEndian64(out, static_cast<std::uint64_t>(micros) ^ (std::uint64_t{1} << 63));
}

}  // namespace

const char* TableName(Table table) { return kTableNames[static_cast<std::size_t>(table)]; }

std::string NameKey(WordId platform, std::string_view external_id) {
  std::string key;
  PutBigEndian32(key, static_cast<std::uint32_t>(platform));
  key.append(external_id);
  return key;
}

std::string SellerKey(SellerId seller) {
  std::string key;
  PutBigEndian64(key, Number(seller));
  return key;
}

Result<SellerId> DecodeSellerKey(std::string_view key) {
  ByteReader reader(key);
  const SellerId seller{reader.BigEndian64()};
  if (!reader.AtEnd()) return Damaged(Table::kSellers);
  return seller;
}

std::string Encode(const ObservationKey& key) {
  std::string bytes = ObservationPrefix(key.seller, key.root);
  PutBigEndian32(bytes, static_cast<std::uint32_t>(key.source));
  return bytes;
}

std::string ObservationPrefix(SellerId seller, const Fingerprint& root) {
  std::string bytes = SellerKey(seller);
  PutFingerprint(bytes, root);
  return bytes;
}

Result<ObservationKey> DecodeObservationKey(std::string_view bytes) {
  ByteReader reader(bytes);
  ObservationKey key;
  key.seller = SellerId{reader.BigEndian64()};
  key.root = GetFingerprint(reader);
  key.source = WordId{reader.BigEndian32()};
  if (!reader.AtEnd()) return Damaged(Table::kObservations);
  return key;
}

std::string Encode(const CaseKey& key) {
  std::string bytes = SellerKey(key.seller);
  bytes.push_back(static_cast<char>(key.type));
  bytes.push_back(key.every_case ? 1 : 0);
  bytes.append(key.case_ref);
  return bytes;
}

Result<CaseKey> DecodeCaseKey(std::string_view bytes) {
  ByteReader reader(bytes);
  CaseKey key;
  key.seller = SellerId{reader.BigEndian64()};
  const std::uint8_t type = reader.Byte();
  const std::uint8_t every_case = reader.Byte();
  key.case_ref = reader.rest();
  const bool known = type >= 1 && type <= static_cast<std::uint8_t>(kLastCaseType);
  if (!reader.ok() || !known || every_case > 1) return Damaged(Table::kCases);
  key.type = static_cast<CaseType>(type);
  key.every_case = every_case == 1;
  return key;
}

std::string PairKey(SellerId a, SellerId b) {
  std::string key = SellerKey(a);
  PutBigEndian64(key, Number(b));
  return key;
}

Result<PairIds> DecodePairKey(std::string_view key) {
  ByteReader reader(key);
  PairIds ids;
  ids.a = SellerId{reader.BigEndian64()};
  ids.b = SellerId{reader.BigEndian64()};
  if (!reader.AtEnd()) return Damaged(Table::kPairs);
  return ids;
}

std::string FingerprintKey(const Fingerprint& fingerprint) {
  return std::string(AsView(fingerprint.bytes));
}

Result<Fingerprint> DecodeFingerprintKey(std::string_view key) {
  ByteReader reader(key);
  const Fingerprint fingerprint = GetFingerprint(reader);
  if (!reader.AtEnd()) return Damaged(Table::kFingerprints);
  return fingerprint;
}

std::string CarrierKey(const Fingerprint& fingerprint, CarrierClass carrier_class,
                       SellerId seller) {
  std::string key = FingerprintKey(fingerprint);
  key.push_back(static_cast<char>(carrier_class));
  PutBigEndian64(key, Number(seller));
  return key;
}

Result<CarrierIds> DecodeCarrierKey(std::string_view key) {
  ByteReader reader(key);
  CarrierIds ids;
  ids.fingerprint = GetFingerprint(reader);
  const std::uint8_t carrier_class = reader.Byte();
  ids.seller = SellerId{reader.BigEndian64()};
  if (!reader.AtEnd() || carrier_class > 2) return Damaged(Table::kCarriers);
  ids.carrier_class = static_cast<CarrierClass>(carrier_class);
  return ids;
}

std::string ComponentKey(LabelId label, std::uint32_t part) {
  std::string key = LabelPrefix(label);
  PutBigEndian32(key, part);
  return key;
}

Result<ComponentIds> DecodeComponentKey(std::string_view key) {
  ByteReader reader(key);
  ComponentIds ids;
  ids.label = LabelId{reader.BigEndian64()};
  ids.part = reader.BigEndian32();
  if (!reader.AtEnd()) return Damaged(Table::kComponents);
  return ids;
}

std::string LabelPrefix(LabelId label) {
  std::string key;
  PutBigEndian64(key, Number(label));
  return key;
}

std::string MemberPrefix(LabelId label, std::uint32_t part) { return ComponentKey(label, part); }

std::string MemberKey(LabelId label, std::uint32_t part, Time since, std::string_view platform,
                      std::string_view external_id) {
  std::string key = MemberPrefix(label, part);
  PutSortedTime(key, since);
  key.append(platform);
  key.push_back('\0');  // platforms hold no control characters: "a" sorts before "ab"
  key.append(external_id);
  return key;
}

std::string AlertKey(std::uint64_t number) {
  std::string key;
  PutBigEndian64(key, number);
  return key;
}

Result<std::uint64_t> DecodeAlertKey(std::string_view key) {
  ByteReader reader(key);
  const std::uint64_t number = reader.BigEndian64();
  if (!reader.AtEnd()) return Damaged(Table::kAlerts);
  return number;
}

std::string Encode(const SellerRow& row) {
  std::string bytes;
  PutVarint64(bytes, Number(row.platform));
  PutLengthPrefixed(bytes, row.external_id);
  bytes.push_back(static_cast<char>(row.status));
  PutMoment(bytes, row.since.micros);
  PutVarint64(bytes, Number(row.label));
  PutVarint64(bytes, row.part);
  PutVarint64(bytes, row.bans);
  PutVarint64(bytes, row.infringements);
  PutVarint64(bytes, row.pairs);
  for (const SellerRow::Carry& carry : row.carries) {
    PutVarint64(bytes, Number(carry.kind));
    PutVarint64(bytes, carry.count);
  }
  return bytes;
}

Result<SellerRow> DecodeSellerRow(std::string_view bytes) {
  ByteReader reader(bytes);
  SellerRow row;
  row.platform = WordId{Get32(reader)};
  row.external_id = reader.LengthPrefixed();
  const std::uint8_t status = reader.Byte();
  if (status > static_cast<std::uint8_t>(SellerStatus::kActive)) reader.Fail();
  row.status = static_cast<SellerStatus>(status);
  row.since = Time{GetMoment(reader)};
  row.label = LabelId{reader.Varint64()};
  row.part = Get32(reader);
  row.bans = Get32(reader);
  row.infringements = Get32(reader);
  row.pairs = Get32(reader);
  while (reader.ok() && reader.remaining() > 0) {
    SellerRow::Carry carry;
    carry.kind = WordId{Get32(reader)};
    carry.count = Get32(reader);
    row.carries.push_back(carry);
  }
  if (!reader.AtEnd()) return Damaged(Table::kSellers);
  return row;
}

namespace {
// Bits of an item's first byte.
constexpr std::uint8_t kItemIsRoot = 1, kItemJunk = 2, kItemVerified = 4;
}  // namespace

std::string Encode(const ObservationRow& row, const Fingerprint& root) {
  assert(std::is_sorted(row.items.begin(), row.items.end()));
  std::string bytes;
  PutMoment(bytes, row.first);
  PutMoment(bytes, row.last);
  PutMoment(bytes, row.through);
  for (const ObservationRow::Item& item : row.items) {
    const bool is_root = item.fingerprint == root;
    bytes.push_back(static_cast<char>((is_root ? kItemIsRoot : 0) | (item.junk ? kItemJunk : 0) |
                                      (item.verified ? kItemVerified : 0)));
    PutVarint64(bytes, Number(item.kind));
    if (!is_root) PutFingerprint(bytes, item.fingerprint);
  }
  return bytes;
}

Result<ObservationRow> DecodeObservationRow(std::string_view bytes, const Fingerprint& root) {
  ByteReader reader(bytes);
  ObservationRow row;
  row.first = GetMoment(reader);
  row.last = GetMoment(reader);
  row.through = GetMoment(reader);
  while (reader.ok() && reader.remaining() > 0) {
    ObservationRow::Item item;
    const std::uint8_t flags = reader.Byte();
    if (flags > (kItemIsRoot | kItemJunk | kItemVerified)) reader.Fail();
    item.kind = WordId{Get32(reader)};
    item.fingerprint = (flags & kItemIsRoot) ? root : GetFingerprint(reader);
    item.junk = flags & kItemJunk;
    item.verified = flags & kItemVerified;
    row.items.push_back(item);
  }
  if (!reader.AtEnd()) return Damaged(Table::kObservations);
  return row;
}

std::string Encode(const CaseRow& row) {
  std::string bytes;
  PutMoment(bytes, row.set);
  PutMoment(bytes, row.lifted);
  bytes.append(row.reason);
  return bytes;
}

Result<CaseRow> DecodeCaseRow(std::string_view bytes) {
  ByteReader reader(bytes);
  CaseRow row;
  row.set = GetMoment(reader);
  row.lifted = GetMoment(reader);
  row.reason = reader.rest();
  if (!reader.ok()) return Damaged(Table::kCases);
  return row;
}

std::string Encode(const PairRow& row) {
  std::string bytes;
  PutMoment(bytes, row.forbidden);
  PutMoment(bytes, row.allowed);
  return bytes;
}

Result<PairRow> DecodePairRow(std::string_view bytes) {
  ByteReader reader(bytes);
  PairRow row;
  row.forbidden = GetMoment(reader);
  row.allowed = GetMoment(reader);
  if (!reader.AtEnd()) return Damaged(Table::kPairs);
  return row;
}

std::string Encode(const FingerprintRow& row) {
  assert(row.spilled() ? row.inline_carriers.empty() : row.inline_carriers.size() == row.carriers);
  std::string bytes;
  PutVarint64(bytes, Number(row.kind));
  PutVarint64(bytes, row.carriers);
  PutVarint64(bytes, row.enrolled);
  PutVarint64(bytes, row.banned);
  PutVarint64(bytes, row.banned_leaves);
  for (const Carrier& carrier : row.inline_carriers) {
    bytes.push_back(static_cast<char>(carrier.carrier_class));
    PutVarint64(bytes, Number(carrier.seller));
    PutVarint64(bytes, carrier.observations);
  }
  return bytes;
}

Result<FingerprintRow> DecodeFingerprintRow(std::string_view bytes) {
  ByteReader reader(bytes);
  FingerprintRow row;
  row.kind = WordId{Get32(reader)};
  row.carriers = reader.Varint64();
  row.enrolled = reader.Varint64();
  row.banned = reader.Varint64();
  row.banned_leaves = reader.Varint64();
  while (reader.ok() && reader.remaining() > 0) {
    Carrier carrier;
    const std::uint8_t carrier_class = reader.Byte();
    if (carrier_class > 2) reader.Fail();
    carrier.carrier_class = static_cast<CarrierClass>(carrier_class);
    carrier.seller = SellerId{reader.Varint64()};
    carrier.observations = Get32(reader);
    row.inline_carriers.push_back(carrier);
  }
  const std::size_t expected = row.spilled() ? 0 : row.carriers;
  if (!reader.AtEnd() || row.inline_carriers.size() != expected) {
    return Damaged(Table::kFingerprints);
  }
  return row;
}

std::string Encode(const ComponentRow& row) {
  std::string bytes;
  PutVarint64(bytes, row.size);
  PutVarint64(bytes, row.banned);
  PutVarint64(bytes, row.infringements);
  PutVarint64(bytes, row.leaf_bans);
  PutVarint64(bytes, row.pairs);
  PutVarint64(bytes, row.parts);
  return bytes;
}

Result<ComponentRow> DecodeComponentRow(std::string_view bytes) {
  ByteReader reader(bytes);
  ComponentRow row;
  row.size = reader.Varint64();
  row.banned = reader.Varint64();
  row.infringements = reader.Varint64();
  row.leaf_bans = reader.Varint64();
  row.pairs = reader.Varint64();
  row.parts = Get32(reader);
  if (!reader.AtEnd()) return Damaged(Table::kComponents);
  return row;
}

std::string Encode(const AlertRow& row) {
  std::string bytes;
  PutVarint64(bytes, Number(row.seller));
  bytes.push_back(row.sanctions ? 2 : row.linked ? 1 : 0);
  PutVarint64(bytes, Number(row.cause));
  bytes.push_back(static_cast<char>(row.event));
  PutMoment(bytes, row.at);
  PutVarint64(bytes, row.more);
  return bytes;
}

Result<AlertRow> DecodeAlertRow(std::string_view bytes) {
  ByteReader reader(bytes);
  AlertRow row;
  row.seller = SellerId{reader.Varint64()};
  const std::uint8_t about = reader.Byte();
  if (about > 2) reader.Fail();
  row.linked = about == 1;
  row.sanctions = about == 2;
  row.cause = SellerId{reader.Varint64()};
  row.event = reader.Byte();
  row.at = GetMoment(reader);
  row.more = reader.Varint64();
  if (!reader.AtEnd()) return Damaged(Table::kAlerts);
  return row;
}

std::string EncodeNumber(std::uint64_t number) {
  std::string bytes;
  PutVarint64(bytes, number);
  return bytes;
}

Result<std::uint64_t> DecodeNumber(std::string_view bytes) {
  ByteReader reader(bytes);
  const std::uint64_t number = reader.Varint64();
  if (!reader.AtEnd()) return Damaged(Table::kMeta);
  return number;
}

}  // namespace revenant
