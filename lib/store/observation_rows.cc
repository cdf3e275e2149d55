// Rows of Table::kObservations: a seller's observations in one row, or each in its own.

#include <algorithm>
#include <array>
#include <cassert>
#include <tuple>

#include "store/row_parts.h"

namespace revenant {
namespace {

// Bits of an item's first byte.
constexpr std::uint8_t kItemIsRoot = 1, kItemJunk = 2, kItemChecked = 4, kItemVerified = 8,
                       kItemJudged = 16;  // junk is not what it reads as
constexpr std::uint8_t kItemBits = 31;

// Bits of an observation's head.
constexpr std::uint8_t kLikeBefore = 1;    // source and registers of the one written before it
constexpr std::uint8_t kOnce = 2;          // else: seen once, never withdrawn; only `first` follows
constexpr std::uint8_t kOnlyRoot = 4;      // one item, the root; only its kind follows
constexpr std::uint8_t kRootJunk = 8;      // of that item
constexpr std::uint8_t kRootChecked = 16;  // the same
constexpr std::uint8_t kRootVerified = 32;  // the same
constexpr std::uint8_t kRootJudged = 64;    // the same
constexpr std::uint8_t kHeadBits = 127;

bool SameRegisters(const ObservationRow& a, const ObservationRow& b) {
  return a.first == b.first && a.last == b.last && a.through == b.through;
}

std::uint8_t FlagsOf(const ObservationRow::Item& item, const Fingerprint& root) {
  return static_cast<std::uint8_t>((item.fingerprint == root ? kItemIsRoot : 0) |
                                   (item.junk ? kItemJunk : 0) | (item.checked ? kItemChecked : 0) |
                                   (item.verified ? kItemVerified : 0) |
                                   (item.junk != item.reads_junk ? kItemJudged : 0));
}

std::uint8_t GetFlags(ByteReader& reader) {
  const std::uint8_t flags = reader.Byte();
  if (flags > kItemBits) reader.Fail();
  return flags;
}

ObservationRow::Item ItemOf(std::uint8_t flags, WordId kind) {
  return {{},
          kind,
          (flags & kItemJunk) != 0,
          (flags & kItemVerified) != 0,
          (flags & kItemChecked) != 0,
          ((flags & kItemJunk) != 0) != ((flags & kItemJudged) != 0)};
}

bool HasOnlyRoot(const Observed& observed) {
  const auto& items = observed.registers.items;
  return items.size() == 1 && items.front().fingerprint == observed.root;
}

bool SeenOnce(const ObservationRow& row) {
  return row.last == row.first && row.through == ObservationRow::kNever;
}

// What they look like comes before which they are: so that sellers who were observed alike have
// rows that begin alike, which compression finds, wherever their fingerprints fall.
auto Likeness(const Observed& observed) {
  const ObservationRow& row = observed.registers;
  const WordId kind = row.items.empty() ? WordId{0} : row.items.front().kind;
  return std::tuple(observed.source, row.first, row.last, row.through, !HasOnlyRoot(observed),
                    kind);
}

std::uint8_t HeadOf(const Observed& observed, const Observed* before) {
  const ObservationRow& row = observed.registers;
  std::uint8_t head = 0;
  if (before != nullptr && before->source == observed.source &&
      SameRegisters(before->registers, row)) {
    head |= kLikeBefore;
  } else if (SeenOnce(row)) {
    head |= kOnce;
  }
  if (HasOnlyRoot(observed)) {
    head |= kOnlyRoot | (row.items.front().junk ? kRootJunk : 0) |
            (row.items.front().checked ? kRootChecked : 0) |
            (row.items.front().verified ? kRootVerified : 0) |
            (row.items.front().junk != row.items.front().reads_junk ? kRootJudged : 0);
  }
  return head;
}

void PutShape(std::string& out, std::uint8_t head, const Observed& observed) {
  const auto& items = observed.registers.items;
  out.push_back(static_cast<char>(head));
  if (head & kOnlyRoot) return PutVarint64(out, Number(items.front().kind));
  PutVarint64(out, items.size());
  for (const ObservationRow::Item& item : items) {
    out.push_back(static_cast<char>(FlagsOf(item, observed.root)));
    PutVarint64(out, Number(item.kind));
  }
}

// Items without their fingerprints; `is_root` notes which of them need none.
void GetShape(ByteReader& reader, std::uint8_t head, ObservationRow& row,
              std::vector<bool>& is_root) {
  if (head & kOnlyRoot) {
    row.items.push_back({{},
                         WordId{Get32(reader)},
                         (head & kRootJunk) != 0,
                         (head & kRootVerified) != 0,
                         (head & kRootChecked) != 0,
                         ((head & kRootJunk) != 0) != ((head & kRootJudged) != 0)});
    is_root.push_back(true);
    return;
  }
  const std::uint64_t items = reader.Varint64();
  for (std::uint64_t i = 0; i < items && reader.ok(); ++i) {
    const std::uint8_t flags = GetFlags(reader);
    row.items.push_back(ItemOf(flags, WordId{Get32(reader)}));
    is_root.push_back((flags & kItemIsRoot) != 0);
  }
}

void PutRegisters(std::string& out, std::uint8_t head, const Observed& observed) {
  if (head & kLikeBefore) return;
  PutVarint64(out, Number(observed.source));
  PutInstant(out, observed.registers.first);
  if (head & kOnce) return;
  PutInstant(out, observed.registers.last);
  PutInstant(out, observed.registers.through);
}

void GetRegisters(ByteReader& reader, std::uint8_t head, const Observed* before,
                  Observed& observed) {
  ObservationRow& row = observed.registers;
  if (head & kLikeBefore) {
    if (before == nullptr) return reader.Fail();
    observed.source = before->source;
    row.first = before->registers.first;
    row.last = before->registers.last;
    row.through = before->registers.through;
    return;
  }
  observed.source = WordId{Get32(reader)};
  row.first = row.last = GetInstant(reader);
  if (head & kOnce) return;
  row.last = GetInstant(reader);
  row.through = GetInstant(reader);
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

// Shapes, registers and fingerprints lie apart: see Likeness().
std::string EncodeObserved(std::span<const Observed> observed) {
  assert(observed.size() <= ObservedRow::kInline);
  assert(std::is_sorted(observed.begin(), observed.end(), InOrder));
  std::array<const Observed*, ObservedRow::kInline> order{};
  std::array<std::uint8_t, ObservedRow::kInline> heads{};
  const std::size_t count = observed.size();
  for (std::size_t i = 0; i < count; ++i) order[i] = &observed[i];
  std::stable_sort(
      order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count),
      [](const Observed* a, const Observed* b) { return Likeness(*a) < Likeness(*b); });
  std::string bytes;
  bytes.reserve(16 + count * 24);
  PutVarint64(bytes, count);
  for (std::size_t i = 0; i < count; ++i) {
    heads[i] = HeadOf(*order[i], i == 0 ? nullptr : order[i - 1]);
    PutShape(bytes, heads[i], *order[i]);
  }
  for (std::size_t i = 0; i < count; ++i) PutRegisters(bytes, heads[i], *order[i]);
  for (std::size_t i = 0; i < count; ++i) {
    PutFingerprint(bytes, order[i]->root);
    for (const ObservationRow::Item& item : order[i]->registers.items) {
      if (item.fingerprint != order[i]->root) PutFingerprint(bytes, item.fingerprint);
    }
  }
  return bytes;
}

Result<ObservedRow> DecodeObservedRow(std::string_view bytes) {
  ByteReader reader(bytes);
  ObservedRow row;
  row.count = reader.Varint64();
  if (reader.ok() && !row.spilled()) {
    row.observed.resize(row.count);
    std::array<std::uint8_t, ObservedRow::kInline> heads{};
    std::vector<bool> is_root;
    for (std::size_t i = 0; i < row.count && reader.ok(); ++i) {
      heads[i] = reader.Byte();
      if (heads[i] > kHeadBits) reader.Fail();
      GetShape(reader, heads[i], row.observed[i].registers, is_root);
    }
    for (std::size_t i = 0; i < row.count; ++i) {
      GetRegisters(reader, heads[i], i == 0 ? nullptr : &row.observed[i - 1], row.observed[i]);
    }
    auto root = is_root.begin();
    for (Observed& each : row.observed) {
      each.root = GetFingerprint(reader);
      for (ObservationRow::Item& item : each.registers.items) {
        item.fingerprint = *root++ ? each.root : GetFingerprint(reader);
      }
    }
    std::sort(row.observed.begin(), row.observed.end(), InOrder);
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
  for (const ObservationRow::Item& item : row.items) {
    const std::uint8_t flags = FlagsOf(item, root);
    bytes.push_back(static_cast<char>(flags));
    PutVarint64(bytes, Number(item.kind));
    if ((flags & kItemIsRoot) == 0) PutFingerprint(bytes, item.fingerprint);
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
    const std::uint8_t flags = GetFlags(reader);
    ObservationRow::Item item = ItemOf(flags, WordId{Get32(reader)});
    item.fingerprint = (flags & kItemIsRoot) ? root : GetFingerprint(reader);
    row.items.push_back(item);
  }
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
