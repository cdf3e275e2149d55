#include "store/rows.h"

#include <algorithm>
#include <array>
#include <cassert>

#include "store/row_parts.h"

namespace revenant {
namespace {

constexpr std::array<const char*, kTableCount> kTableNames = {
    "default",       "words",         "names",      "sellers",      "observations",
    "cases",         "pairs",         "tombstones", "fingerprints", "carriers",
    "components",    "members",       "alerts",     "journal",      "journal_bodies",
    "journal_nodes", "journal_about", "exchange",   "dated"};

constexpr std::uint64_t kSign = std::uint64_t{1} << 63;  // flipped, numbers sort as bytes do

// Set in the labels of rows that are not the members' own.
constexpr std::uint64_t kNamedBit = std::uint64_t{1} << 63;

// Earliest first, unknown last: a known date is older than no date.
void PutSortedTime(std::string& out, Time time) {
  const std::int64_t micros = time.known() ? time.micros : INT64_MAX;
  PutBigEndian64(out, static_cast<std::uint64_t>(micros) ^ kSign);
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
  if (!reader.AtEnd()) return DamagedRow(Table::kSellers);
  return seller;
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
  if (!reader.ok() || !known || every_case > 1) return DamagedRow(Table::kCases);
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
  if (!reader.AtEnd()) return DamagedRow(Table::kPairs);
  return ids;
}

std::string FingerprintKey(const Fingerprint& fingerprint) {
  return std::string(AsView(fingerprint.bytes));
}

Result<Fingerprint> DecodeFingerprintKey(std::string_view key) {
  ByteReader reader(key);
  const Fingerprint fingerprint = GetFingerprint(reader);
  if (!reader.AtEnd()) return DamagedRow(Table::kFingerprints);
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
  if (!reader.AtEnd() || carrier_class > 2) return DamagedRow(Table::kCarriers);
  ids.carrier_class = static_cast<CarrierClass>(carrier_class);
  return ids;
}

std::string DatedPrefix(const Fingerprint& fingerprint, Dated what) {
  std::string prefix = FingerprintKey(fingerprint);
  prefix.push_back(static_cast<char>(what));
  return prefix;
}

std::string DatedKey(const Fingerprint& fingerprint, Dated what, std::int64_t micros,
                     SellerId seller) {
  std::string key = DatedPrefix(fingerprint, what);
  PutBigEndian64(key, static_cast<std::uint64_t>(micros) ^ kSign);
  PutBigEndian64(key, Number(seller));
  return key;
}

Result<DatedIds> DecodeDatedKey(std::string_view key) {
  ByteReader reader(key);
  DatedIds ids;
  ids.fingerprint = GetFingerprint(reader);
  const std::uint8_t what = reader.Byte();
  ids.micros = static_cast<std::int64_t>(reader.BigEndian64() ^ kSign);
  ids.seller = SellerId{reader.BigEndian64()};
  if (!reader.AtEnd() || what > 1) return DamagedRow(Table::kDated);
  ids.what = static_cast<Dated>(what);
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
  if (!reader.AtEnd()) return DamagedRow(Table::kComponents);
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

std::string NamedPrefix(LabelId label, std::uint32_t part) {
  return MemberPrefix(LabelId{Number(label) | kNamedBit}, part);
}

std::string NamedKey(LabelId label, std::uint32_t part, SellerId seller) {
  std::string key = NamedPrefix(label, part);
  PutBigEndian64(key, Number(seller));
  return key;
}

Result<NamedIds> DecodeNamedKey(std::string_view key) {
  ByteReader reader(key);
  NamedIds ids;
  ids.label = LabelId{reader.BigEndian64() & ~kNamedBit};
  ids.part = reader.BigEndian32();
  ids.seller = SellerId{reader.BigEndian64()};
  if (!reader.AtEnd()) return DamagedRow(Table::kMembers);
  return ids;
}

std::string AlertKey(std::uint64_t number) {
  std::string key;
  PutBigEndian64(key, number);
  return key;
}

Result<std::uint64_t> DecodeAlertKey(std::string_view key) {
  ByteReader reader(key);
  const std::uint64_t number = reader.BigEndian64();
  if (!reader.AtEnd()) return DamagedRow(Table::kAlerts);
  return number;
}

namespace {

// What a seller's row begins with; rows of formats 1 and 2 begin with their platform's number,
// which is never 0.
constexpr std::uint8_t kSellerMark = 0;
// Its second byte: the status, and what else it has.
constexpr std::uint8_t kStatusBits = 3, kHasPlace = 4, kHasSums = 8, kSellerBits = 15;

void GetCarries(ByteReader& reader, SellerRow& row) {
  row.carries.reserve(reader.remaining() / 2);  // two bytes each, but of kinds that many carry
  while (reader.ok() && reader.remaining() > 0) {
    SellerRow::Carry carry;
    carry.kind = WordId{Get32(reader)};
    carry.count = Get32(reader);
    row.carries.push_back(carry);
  }
}

SellerStatus GetStatus(ByteReader& reader, std::uint8_t status) {
  if (status > static_cast<std::uint8_t>(SellerStatus::kActive)) reader.Fail();
  return static_cast<SellerStatus>(status);
}

SellerRow GetOldSellerRow(ByteReader& reader) {
  SellerRow row;
  row.platform = WordId{Get32(reader)};
  row.external_id = reader.LengthPrefixed();
  row.status = GetStatus(reader, reader.Byte());
  row.since = Time{GetMoment(reader)};
  row.label = LabelId{reader.Varint64()};
  row.part = Get32(reader);
  row.bans = Get32(reader);
  row.infringements = Get32(reader);
  row.pairs = Get32(reader);
  GetCarries(reader, row);
  return row;
}

SellerRow GetSellerRow(ByteReader& reader) {
  SellerRow row;
  if (reader.Byte() != kSellerMark) reader.Fail();
  const std::uint8_t head = reader.Byte();
  if (head > kSellerBits) reader.Fail();
  row.status = GetStatus(reader, head & kStatusBits);
  row.platform = WordId{Get32(reader)};
  row.external_id = reader.LengthPrefixed();
  row.since = Time{GetInstant(reader)};
  if (head & kHasPlace) {
    row.label = LabelId{reader.Varint64()};
    row.part = Get32(reader);
  }
  if (head & kHasSums) {
    row.bans = Get32(reader);
    row.infringements = Get32(reader);
    row.pairs = Get32(reader);
  }
  GetCarries(reader, row);
  return row;
}

}  // namespace

std::string Encode(const SellerRow& row) {
  const bool has_place = row.label != kNoLabel || row.part != 0;
  const bool has_sums = row.bans + row.infringements + row.pairs > 0;
  std::string bytes;
  bytes.push_back(static_cast<char>(kSellerMark));
  bytes.push_back(static_cast<char>(static_cast<std::uint8_t>(row.status) |
                                    (has_place ? kHasPlace : 0) | (has_sums ? kHasSums : 0)));
  PutVarint64(bytes, Number(row.platform));
  PutLengthPrefixed(bytes, row.external_id);
  PutInstant(bytes, row.since.micros);
  if (has_place) {
    PutVarint64(bytes, Number(row.label));
    PutVarint64(bytes, row.part);
  }
  if (has_sums) {
    PutVarint64(bytes, row.bans);
    PutVarint64(bytes, row.infringements);
    PutVarint64(bytes, row.pairs);
  }
  for (const SellerRow::Carry& carry : row.carries) {
    PutVarint64(bytes, Number(carry.kind));
    PutVarint64(bytes, carry.count);
  }
  return bytes;
}

Result<SellerRow> DecodeSellerRow(std::string_view bytes) {
  ByteReader reader(bytes);
  const bool old = !bytes.empty() && static_cast<std::uint8_t>(bytes.front()) != kSellerMark;
  SellerRow row = old ? GetOldSellerRow(reader) : GetSellerRow(reader);
  if (!reader.AtEnd()) return DamagedRow(Table::kSellers);
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
  if (!reader.ok()) return DamagedRow(Table::kCases);
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
  if (!reader.AtEnd()) return DamagedRow(Table::kPairs);
  return row;
}

namespace {

// What most fingerprints have: one carrier, enrolled, not banned, observed with it once.
bool HasPlainCarrier(const FingerprintRow& row) {
  return row.inline_carriers.size() == 1 && row.enrolled == 1 && row.banned == 0 &&
         row.banned_leaves == 0 && row.inline_carriers.front().observations == 1 &&
         row.inline_carriers.front().carrier_class == CarrierClass::kEnrolled;
}

FingerprintRow WithPlainCarrier(WordId kind, SellerId seller) {
  FingerprintRow row;
  row.kind = kind;
  row.carriers = row.enrolled = 1;
  row.inline_carriers.push_back({CarrierClass::kEnrolled, seller, 1});
  return row;
}

}  // namespace

// A row of two numbers, seller and kind, has a plain carrier; every other one is longer.
std::string Encode(const FingerprintRow& row) {
  assert(row.spilled() ? row.inline_carriers.empty() : row.inline_carriers.size() == row.carriers);
  std::string bytes;
  if (HasPlainCarrier(row)) {
    // The kind beside the next row's header: few bytes that are often the same.
    PutVarint64(bytes, Number(row.inline_carriers.front().seller));
    PutVarint64(bytes, Number(row.kind));
    return bytes;
  }
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
  if (row.late > 0) PutVarint64(bytes, row.late);
  return bytes;
}

Result<FingerprintRow> DecodeFingerprintRow(std::string_view bytes) {
  ByteReader reader(bytes);
  const std::uint64_t first = reader.Varint64(), second = reader.Varint64();
  if (reader.AtEnd() && second <= UINT32_MAX) {
    return WithPlainCarrier(WordId{static_cast<std::uint32_t>(second)}, SellerId{first});
  }
  if (first > UINT32_MAX) reader.Fail();
  FingerprintRow row;
  row.kind = WordId{static_cast<std::uint32_t>(first)};
  row.carriers = second;
  row.enrolled = reader.Varint64();
  row.banned = reader.Varint64();
  row.banned_leaves = reader.Varint64();
  const std::size_t expected = row.spilled() ? 0 : row.carriers;
  while (reader.ok() && row.inline_carriers.size() < expected) {
    Carrier carrier;
    const std::uint8_t carrier_class = reader.Byte();
    if (carrier_class > 2) reader.Fail();
    carrier.carrier_class = static_cast<CarrierClass>(carrier_class);
    carrier.seller = SellerId{reader.Varint64()};
    carrier.observations = Get32(reader);
    row.inline_carriers.push_back(carrier);
  }
  if (reader.ok() && reader.remaining() > 0) {
    row.late = reader.Varint64();
    if (row.late == 0 || row.late > row.enrolled) reader.Fail();
  }
  if (!reader.AtEnd()) return DamagedRow(Table::kFingerprints);
  return row;
}

std::string Encode(const CarrierRow& row) {
  std::string bytes;
  PutVarint64(bytes, row.observations);
  if (row.first != ObservationRow::kNever) PutMoment(bytes, row.first);
  return bytes;
}

Result<CarrierRow> DecodeCarrierRow(std::string_view bytes) {
  ByteReader reader(bytes);
  CarrierRow row;
  row.observations = Get32(reader);
  if (reader.ok() && reader.remaining() > 0) {
    row.first = GetMoment(reader);
    if (row.first == ObservationRow::kNever) reader.Fail();
  }
  if (!reader.AtEnd()) return DamagedRow(Table::kCarriers);
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
  if (!reader.AtEnd()) return DamagedRow(Table::kComponents);
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
  if (!reader.AtEnd()) return DamagedRow(Table::kAlerts);
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
  if (!reader.AtEnd()) return DamagedRow(Table::kMeta);
  return number;
}

}  // namespace revenant
