// Rows of Table::kObservations: a seller's observations in one row, or each in its own.

#include <algorithm>
#include <cassert>

#include "store/row_parts.h"

namespace revenant {
namespace {

// Bits of an item's first byte.
constexpr std::uint8_t kItemIsRoot = 1, kItemJunk = 2, kItemVerified = 4;

// Bits of an observation's first byte.
constexpr std::uint8_t kLikeBefore = 1;  // source and registers of the one before it
constexpr std::uint8_t kOnce = 2;        // else: seen once, never withdrawn; only `first` follows
constexpr std::uint8_t kOnlyRoot = 4;    // one item, the root; only its kind follows
constexpr std::uint8_t kRootJunk = 8;    // of that item
constexpr std::uint8_t kRootVerified = 16;  // the same
constexpr std::uint8_t kObservedBits = 31;

bool SameRegisters(const ObservationRow& a, const ObservationRow& b) {
  return a.first == b.first && a.last == b.last && a.through == b.through;
}

void PutItem(std::string& out, const ObservationRow::Item& item, const Fingerprint& root) {
  const bool is_root = item.fingerprint == root;
  out.push_back(static_cast<char>((is_root ? kItemIsRoot : 0) | (item.junk ? kItemJunk : 0) |
                                  (item.verified ? kItemVerified : 0)));
  PutVarint64(out, Number(item.kind));
  if (!is_root) PutFingerprint(out, item.fingerprint);
}

ObservationRow::Item GetItem(ByteReader& reader, const Fingerprint& root) {
  ObservationRow::Item item;
  const std::uint8_t flags = reader.Byte();
  if (flags > (kItemIsRoot | kItemJunk | kItemVerified)) reader.Fail();
  item.kind = WordId{Get32(reader)};
  item.fingerprint = (flags & kItemIsRoot) ? root : GetFingerprint(reader);
  item.junk = flags & kItemJunk;
  item.verified = flags & kItemVerified;
  return item;
}

void PutObserved(std::string& out, const Observed& observed, const Observed* before) {
  const ObservationRow& row = observed.registers;
  const bool like_before = before != nullptr && before->source == observed.source &&
                           SameRegisters(before->registers, row);
  const bool once = !like_before && row.last == row.first && row.through == ObservationRow::kNever;
  const bool only_root = row.items.size() == 1 && row.items.front().fingerprint == observed.root;
  std::uint8_t head = (like_before ? kLikeBefore : 0) | (once ? kOnce : 0);
  if (only_root) {
    head |= kOnlyRoot | (row.items.front().junk ? kRootJunk : 0) |
            (row.items.front().verified ? kRootVerified : 0);
  }
  out.push_back(static_cast<char>(head));
  PutFingerprint(out, observed.root);
  if (!like_before) {
    PutVarint64(out, Number(observed.source));
    PutInstant(out, row.first);
    if (!once) {
      PutInstant(out, row.last);
      PutInstant(out, row.through);
    }
  }
  if (only_root) return PutVarint64(out, Number(row.items.front().kind));
  PutVarint64(out, row.items.size());
  for (const ObservationRow::Item& item : row.items) PutItem(out, item, observed.root);
}

Observed GetObserved(ByteReader& reader, const Observed* before) {
  Observed observed;
  ObservationRow& row = observed.registers;
  const std::uint8_t head = reader.Byte();
  if (head > kObservedBits || ((head & kLikeBefore) && before == nullptr)) reader.Fail();
  observed.root = GetFingerprint(reader);
  if (!reader.ok()) return observed;
  if (head & kLikeBefore) {
    observed.source = before->source;
    row.first = before->registers.first;
    row.last = before->registers.last;
    row.through = before->registers.through;
  } else {
    observed.source = WordId{Get32(reader)};
    row.first = row.last = GetInstant(reader);
    if ((head & kOnce) == 0) {
      row.last = GetInstant(reader);
      row.through = GetInstant(reader);
    }
  }
  if (head & kOnlyRoot) {
    row.items.push_back({observed.root, WordId{Get32(reader)}, (head & kRootJunk) != 0,
                         (head & kRootVerified) != 0});
    return observed;
  }
  const std::uint64_t items = reader.Varint64();
  for (std::uint64_t i = 0; i < items && reader.ok(); ++i) {
    row.items.push_back(GetItem(reader, observed.root));
  }
  return observed;
}

}  // namespace

const Observed* FindObserved(const std::vector<Observed>& observed, const Fingerprint& root,
                             WordId source) {
  const auto found = std::find_if(observed.begin(), observed.end(), [&](const Observed& each) {
    return each.source == source && each.root == root;
  });
  return found == observed.end() ? nullptr : &*found;
}

std::string ObservedKey(SellerId seller) { return SellerKey(seller); }

Result<SellerId> DecodeObservedKey(std::string_view key) {
  ByteReader reader(key);
  const SellerId seller{reader.BigEndian64()};
  if (!reader.AtEnd()) return DamagedRow(Table::kObservations);
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
  if (!reader.AtEnd()) return DamagedRow(Table::kObservations);
  return key;
}

std::string Encode(const ObservedRow& row) {
  assert(row.spilled() ? row.observed.empty() : row.observed.size() == row.count);
  if (!row.spilled()) return EncodeObserved(row.observed);
  return EncodeNumber(row.count);
}

std::string EncodeObserved(std::span<const Observed> observed) {
  assert(observed.size() <= ObservedRow::kInline);
  assert(std::is_sorted(observed.begin(), observed.end(), InOrder));
  std::string bytes;
  bytes.reserve(16 + observed.size() * 24);
  PutVarint64(bytes, observed.size());
  const Observed* before = nullptr;
  for (const Observed& each : observed) {
    PutObserved(bytes, each, before);
    before = &each;
  }
  return bytes;
}

Result<ObservedRow> DecodeObservedRow(std::string_view bytes) {
  ByteReader reader(bytes);
  ObservedRow row;
  row.count = reader.Varint64();
  if (!row.spilled()) {
    row.observed.reserve(row.count);
    while (reader.ok() && row.observed.size() < row.count) {
      row.observed.push_back(
          GetObserved(reader, row.observed.empty() ? nullptr : &row.observed.back()));
    }
  }
  if (!reader.AtEnd()) return DamagedRow(Table::kObservations);
  return row;
}

std::string Encode(const ObservationRow& row, const Fingerprint& root) {
  assert(std::is_sorted(row.items.begin(), row.items.end()));
  std::string bytes;
  PutMoment(bytes, row.first);
  PutMoment(bytes, row.last);
  PutMoment(bytes, row.through);
  for (const ObservationRow::Item& item : row.items) PutItem(bytes, item, root);
  return bytes;
}

Result<ObservationRow> DecodeObservationRow(std::string_view bytes, const Fingerprint& root) {
  ByteReader reader(bytes);
  ObservationRow row;
  row.first = GetMoment(reader);
  row.last = GetMoment(reader);
  row.through = GetMoment(reader);
  while (reader.ok() && reader.remaining() > 0) row.items.push_back(GetItem(reader, root));
  if (!reader.AtEnd()) return DamagedRow(Table::kObservations);
  return row;
}

void EmitObserved(SellerId seller, const std::vector<Observed>& observed, const EmitRow& emit) {
  if (observed.size() <= ObservedRow::kInline) {
    return emit(ObservedKey(seller), EncodeObserved(observed));
  }
  emit(ObservedKey(seller), Encode(ObservedRow{observed.size(), {}}));
  for (const Observed& each : observed) {
    emit(Encode(ObservationKey{seller, each.root, each.source}), Encode(each.registers, each.root));
  }
}

}  // namespace revenant
