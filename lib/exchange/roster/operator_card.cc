#include "exchange/roster/operator_card.h"

#include <algorithm>

#include "exchange/files/refusal.h"
#include "exchange/roster/possession.h"
#include "util/try.h"
#include "util/wire.h"

namespace revenant {
namespace {

constexpr std::uint16_t kCardVersion = 1;
constexpr std::size_t kMaxCardKeys = 4000;
constexpr std::size_t kEpochKeyBytes = 102;

}  // namespace

std::string OperatorCardFile(const OperatorCard& card, const Signer& signing) {
  std::string part;
  WireWriter out(part);
  out.U16(kCardVersion).U8(card.who.place).Text(card.who.name);
  out.Raw(card.who.signing).Raw(card.who.receiving);
  out.U16(static_cast<std::uint16_t>(card.keys.size()));
  for (const EpochKey& key : card.keys) {
    out.U32(key.epoch).U8(static_cast<std::uint8_t>(key.key_class)).U8(key.place);
    out.Raw(key.key).Raw(key.proof);
  }
  return WriteFrame(FileType::kOperatorCard, {}, part,
                    {signing.Sign(FileType::kOperatorCard, {}, part)});
}

Result<OperatorCard> ReadOperatorCard(std::string_view file) {
  TRY_ASSIGN(const FileFrame frame, ReadFrame(file, FileType::kOperatorCard));
  if (frame.exchange != ExchangeId{}) {
    return Refused(Refusal::kWrongExchange, "an operator card names no exchange");
  }
  WireReader in(frame.signed_part);
  if (in.U16() != kCardVersion) {
    return Refused(Refusal::kUnknownVersion, "the operator card is of another version: upgrade");
  }
  OperatorCard card;
  card.who.place = in.U8();
  card.who.name = in.Text(kMaxMemberName);
  in.Raw(card.who.signing);
  in.Raw(card.who.receiving);
  card.keys.resize(in.Count(in.U16(), kMaxCardKeys, kEpochKeyBytes));
  for (EpochKey& key : card.keys) {
    key.epoch = in.U32();
    key.key_class = static_cast<KeyClass>(in.U8());
    key.place = in.U8();
    in.Raw(key.key);
    in.Raw(key.proof);
  }
  if (!in.AtEnd()) return Refused(Refusal::kMalformed, "the operator card cannot be read");
  TRY(VerifySignedBy(frame, card.who.signing));
  const bool holds = std::all_of(card.keys.begin(), card.keys.end(), [&](const EpochKey& key) {
    return key.place == card.who.place && PossessionHolds(key, frame.exchange);
  });
  if (!holds) {
    return Refused(Refusal::kBadPossession, card.who.name + " did not show that it holds its keys");
  }
  return card;
}

}  // namespace revenant
