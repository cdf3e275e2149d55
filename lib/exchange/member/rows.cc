#include "exchange/member/rows.h"

#include <algorithm>

#include "store/damage.h"
#include "util/try.h"
#include "util/wire.h"

namespace revenant {
namespace {

constexpr std::size_t kMaxKind = 600, kMaxEvidence = 1 << 20;

Error Damaged() { return DamageIn("store: a row of the exchange cannot be read"); }

// Times of rows may be unknown, unlike those that cross between parties.
Time GetTime(WireReader& in) { return Time{static_cast<std::int64_t>(in.U64())}; }
void PutTime(WireWriter& out, Time time) { out.U64(static_cast<std::uint64_t>(time.micros)); }

void PutLong(WireWriter& out, std::string_view bytes) {
  out.U32(static_cast<std::uint32_t>(bytes.size())).Raw(bytes);
}
std::string_view GetLong(WireReader& in) { return in.Raw(in.Count(in.U32(), kMaxEvidence * 8, 1)); }

}  // namespace

std::string Encode(const MembershipRow& row) {
  std::string bytes;
  WireWriter(bytes).Raw(row.exchange.bytes).U32(static_cast<std::uint32_t>(row.member));
  return bytes;
}
Result<MembershipRow> DecodeMembershipRow(std::string_view bytes) {
  WireReader in(bytes);
  MembershipRow row;
  in.Raw(row.exchange.bytes);
  row.member = MemberId{in.U32()};
  if (!in.AtEnd()) return Damaged();
  return row;
}

std::string Encode(const TagRow& row) {
  std::string bytes;
  WireWriter(bytes).Raw(row.fingerprint.bytes).U32(row.epoch).Text(row.kind);
  return bytes;
}
Result<TagRow> DecodeTagRow(std::string_view bytes) {
  WireReader in(bytes);
  TagRow row;
  in.Raw(row.fingerprint.bytes);
  row.epoch = in.U32();
  row.kind = in.Text(kMaxKind);
  if (!in.AtEnd()) return Damaged();
  return row;
}

std::string Encode(const MatchRow& row) {
  std::string bytes;
  WireWriter out(bytes);
  out.Raw(row.fingerprint.bytes).Text(row.kind).U32(static_cast<std::uint32_t>(row.publisher));
  out.U32(row.seq);
  PutTime(out, row.listed_at);
  out.U16(row.expires_on)
      .U8(row.disputes)
      .U8(row.answered)
      .U64(row.content.case_number)
      .U32(row.content.kind);
  out.U8(static_cast<std::uint8_t>(row.content.reason)).U8(row.content.infringements);
  out.U16(row.content.banned_on).Raw(row.content.evidence);
  return bytes;
}
Result<MatchRow> DecodeMatchRow(std::string_view bytes) {
  WireReader in(bytes);
  MatchRow row;
  in.Raw(row.fingerprint.bytes);
  row.kind = in.Text(kMaxKind);
  row.publisher = MemberId{in.U32()};
  row.seq = in.U32();
  row.listed_at = GetTime(in);
  row.expires_on = in.U16();
  row.disputes = in.U8();
  row.answered = in.U8() != 0;
  row.content.case_number = in.U64();
  row.content.kind = in.U32();
  row.content.reason = static_cast<ExchangeReason>(in.U8());
  row.content.infringements = in.U8();
  row.content.banned_on = in.U16();
  in.Raw(row.content.evidence);
  if (!in.AtEnd()) return Damaged();
  return row;
}

std::string Encode(const OriginRow& row) {
  std::string bytes;
  WireWriter(bytes)
      .U64(static_cast<std::uint64_t>(row.seller))
      .Raw(row.fingerprint.bytes)
      .Text(row.kind)
      .Raw(row.salt);
  return bytes;
}
Result<OriginRow> DecodeOriginRow(std::string_view bytes) {
  WireReader in(bytes);
  OriginRow row;
  row.seller = SellerId{in.U64()};
  in.Raw(row.fingerprint.bytes);
  row.kind = in.Text(kMaxKind);
  in.Raw(row.salt);
  if (!in.AtEnd()) return Damaged();
  return row;
}

std::string Encode(const ToldRow& row) {
  std::string bytes;
  WireWriter out(bytes);
  out.Text(row.kind);
  PutTime(out, row.listed);
  PutTime(out, row.gone);
  out.U8(row.why);
  return bytes;
}
Result<ToldRow> DecodeToldRow(std::string_view bytes) {
  WireReader in(bytes);
  ToldRow row;
  row.kind = in.Text(kMaxKind);
  row.listed = GetTime(in);
  row.gone = GetTime(in);
  row.why = in.U8();
  if (!in.AtEnd()) return Damaged();
  return row;
}

std::string Encode(const GoneRow& row) {
  std::string bytes;
  WireWriter(bytes).U32(static_cast<std::uint32_t>(row.publisher)).U64(row.case_number);
  return bytes;
}
Result<GoneRow> DecodeGoneRow(std::string_view bytes) {
  WireReader in(bytes);
  GoneRow row;
  row.publisher = MemberId{in.U32()};
  row.case_number = in.U64();
  if (!in.AtEnd()) return Damaged();
  return row;
}

std::string Encode(const ErasureRow& row) {
  std::string bytes;
  WireWriter out(bytes);
  out.U64(static_cast<std::uint64_t>(row.seller));
  PutTime(out, row.asked);
  PutTime(out, row.answered);
  out.Raw(row.receipt);
  return bytes;
}
Result<ErasureRow> DecodeErasureRow(std::string_view bytes) {
  WireReader in(bytes);
  ErasureRow row;
  row.seller = SellerId{in.U64()};
  row.asked = GetTime(in);
  row.answered = GetTime(in);
  in.Raw(row.receipt);
  if (!in.AtEnd()) return Damaged();
  return row;
}

std::string Encode(const MarkRow& row) {
  std::string bytes;
  WireWriter out(bytes);
  out.U32(row.epoch).U8(static_cast<std::uint8_t>(row.opinion));
  PutTime(out, row.at);
  return bytes;
}
Result<MarkRow> DecodeMarkRow(std::string_view bytes) {
  WireReader in(bytes);
  MarkRow row;
  row.epoch = in.U32();
  row.opinion = static_cast<Opinion>(in.U8());
  row.at = GetTime(in);
  if (!in.AtEnd() || !IsAgainst(row.opinion)) return Damaged();
  return row;
}

std::string Encode(const OpinionRow& row) {
  std::string bytes;
  WireWriter out(bytes);
  out.U8(static_cast<std::uint8_t>(row.opinion));
  PutTime(out, row.at);
  out.U8(row.sent).U8(row.answered);
  return bytes;
}
Result<OpinionRow> DecodeOpinionRow(std::string_view bytes) {
  WireReader in(bytes);
  OpinionRow row;
  const std::uint8_t opinion = in.U8();
  row.at = GetTime(in);
  row.sent = in.U8() != 0;
  row.answered = in.U8() != 0;
  if (!in.AtEnd() || !OpinionName(static_cast<Opinion>(opinion)).size()) return Damaged();
  row.opinion = static_cast<Opinion>(opinion);
  return row;
}

std::string Encode(const EvidenceRow& row) {
  std::string bytes;
  WireWriter out(bytes);
  out.Text(row.what).U32(static_cast<std::uint32_t>(row.about));
  PutTime(out, row.at);
  PutLong(out, row.held);
  PutLong(out, row.shown);
  return bytes;
}
Result<EvidenceRow> DecodeEvidenceRow(std::string_view bytes) {
  WireReader in(bytes);
  EvidenceRow row;
  row.what = in.Text(100);
  row.about = MemberId{in.U32()};
  row.at = GetTime(in);
  row.held = GetLong(in);
  row.shown = GetLong(in);
  if (!in.AtEnd()) return Damaged();
  return row;
}

std::string Encode(const AskedRow& row) {
  std::string bytes;
  WireWriter out(bytes);
  out.U8(row.rotation).U8(static_cast<std::uint8_t>(row.key_class)).U32(row.epoch).U32(row.items);
  PutTime(out, row.at);
  out.U8(row.taken);
  return bytes;
}
Result<AskedRow> DecodeAskedRow(std::string_view bytes) {
  WireReader in(bytes);
  AskedRow row;
  row.rotation = in.U8() != 0;
  row.key_class = static_cast<KeyClass>(in.U8());
  row.epoch = in.U32();
  row.items = in.U32();
  row.at = GetTime(in);
  row.taken = in.U8() != 0;
  const bool known = std::find(std::begin(kKeyClasses), std::end(kKeyClasses), row.key_class) !=
                     std::end(kKeyClasses);
  if (!in.AtEnd() || !known) return Damaged();
  return row;
}

std::string Encode(const RunDigests& digests) {
  std::string bytes;
  WireWriter out(bytes);
  for (const auto& [number, digest] : digests) out.U64(number).Raw(digest);
  return bytes;
}
Result<RunDigests> DecodeRunDigests(std::string_view bytes) {
  WireReader in(bytes);
  RunDigests digests;
  while (in.ok() && in.remaining() > 0) {
    const std::uint64_t number = in.U64();
    in.Raw(digests[number]);
  }
  if (!in.AtEnd()) return Damaged();
  return digests;
}

EntryKey EntryKeyAtEnd(std::string_view key) {
  EntryKey place;
  if (key.size() < place.feed.bytes.size() + 8) return place;
  ByteReader reader(key.substr(key.size() - place.feed.bytes.size() - 8));
  const std::string_view feed = reader.Bytes(place.feed.bytes.size());
  std::copy(feed.begin(), feed.end(), place.feed.bytes.begin());
  place.id = reader.BigEndian64();
  return place;
}

Result<std::optional<std::string>> GetRow(const View& view, const RowKey& key) {
  return view.Get(Table::kExchange, key.str());
}

namespace {

template <typename Row, typename Decode>
Result<std::optional<Row>> Find(const View& view, const RowKey& key, Decode decode) {
  TRY_ASSIGN(const std::optional<std::string> bytes, GetRow(view, key));
  if (!bytes) return std::optional<Row>();
  TRY_ASSIGN(Row row, decode(*bytes));
  return std::optional<Row>(std::move(row));
}

}  // namespace

Result<std::optional<MembershipRow>> FindMembership(const View& view) {
  return Find<MembershipRow>(view, RowKey(revenant::kMembershipRow), DecodeMembershipRow);
}
Result<std::optional<TagRow>> FindTag(const View& view, const Tag& tag) {
  return Find<TagRow>(view, RowKey(revenant::kTagRow).Of(tag), DecodeTagRow);
}
Result<std::optional<MatchRow>> FindMatch(const View& view, const FeedId& feed, std::uint64_t id) {
  return Find<MatchRow>(view, RowKey(revenant::kMatchRow).Feed(feed).U64(id), DecodeMatchRow);
}
Result<RunDigests> FindRunDigests(const View& view, const FeedId& feed) {
  TRY_ASSIGN(const std::optional<std::string> bytes,
             GetRow(view, RowKey(kRunDigestsRow).Feed(feed)));
  if (!bytes) return RunDigests();
  return DecodeRunDigests(*bytes);
}
Result<Run> FindRun(const View& view, const FeedId& feed, std::uint64_t number) {
  TRY_ASSIGN(const std::optional<std::string> bytes,
             GetRow(view, RowKey(kRunRow).Feed(feed).U64(number)));
  if (!bytes) return Run();
  return DecodeRun(number, *bytes);
}

}  // namespace revenant
