#include "exchange/roster/evaluation.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "exchange/files/refusal.h"
#include "util/try.h"
#include "util/wire.h"

namespace revenant {
namespace {

constexpr std::uint16_t kRequestVersion = 1;
constexpr std::uint16_t kEvaluationVersion = 1;

void PutElements(WireWriter& out, const std::vector<Element>& elements) {
  out.U32(static_cast<std::uint32_t>(elements.size()));
  static_assert(sizeof(Element) == 32, "elements lie side by side");
  out.Raw(std::string_view(reinterpret_cast<const char*>(elements.data()),
                           elements.size() * sizeof(Element)));
}

// At least one: an empty batch has nothing to prove.
void GetElements(WireReader& in, std::vector<Element>& elements) {
  const std::size_t count = in.Count(in.U32(), kMaxBatchItems, sizeof(Element));
  if (count == 0) in.Fail();
  const std::string_view bytes = in.Raw(count * sizeof(Element));
  if (!in.ok()) return;
  elements.resize(count);
  std::memcpy(elements.data(), bytes.data(), bytes.size());
}

std::string SignedPartOf(const TokenRequest& request) {
  std::string part;
  WireWriter out(part);
  out.U16(kRequestVersion)
      .U8(static_cast<std::uint8_t>(request.purpose))
      .U8(static_cast<std::uint8_t>(request.key_class))
      .U32(request.epoch)
      .U32(request.from_epoch)
      .U64(request.roster_version)
      .U32(static_cast<std::uint32_t>(request.member))
      .U32(request.generation)
      .Moment(request.created);
  PutElements(out, request.elements);
  return part;
}

std::string SignedPartOf(const TokenEvaluation& evaluation) {
  std::string part;
  WireWriter out(part);
  out.U16(kEvaluationVersion)
      .Raw(evaluation.request)
      .U8(evaluation.place)
      .Raw(evaluation.previous)
      .U64(evaluation.roster_version)
      .Moment(evaluation.created)
      .Raw(evaluation.proof.challenge.bytes)
      .Raw(evaluation.proof.response.bytes);
  PutElements(out, evaluation.elements);
  return part;
}

bool IsKnownPurpose(ProofPurpose purpose) {
  return purpose == ProofPurpose::kEvaluation || purpose == ProofPurpose::kRotation;
}
bool IsKnownClass(KeyClass key_class) {
  return std::find(std::begin(kKeyClasses), std::end(kKeyClasses), key_class) !=
         std::end(kKeyClasses);
}

}  // namespace

std::string RequestFile(TokenRequest& request, const Signer& member) {
  const std::string part = SignedPartOf(request);
  request.digest = DigestOf(part);
  return WriteFrame(FileType::kRequest, request.exchange, part,
                    {member.Sign(FileType::kRequest, request.exchange, part)});
}

Result<TokenRequest> ReadRequest(std::string_view file) {
  TRY_ASSIGN(const FileFrame frame, ReadFrame(file, FileType::kRequest));
  WireReader in(frame.signed_part);
  if (in.U16() != kRequestVersion) {
    return Refused(Refusal::kUnknownVersion, "the request is of another version: upgrade");
  }
  TokenRequest request;
  request.exchange = frame.exchange;
  request.purpose = static_cast<ProofPurpose>(in.U8());
  request.key_class = static_cast<KeyClass>(in.U8());
  request.epoch = in.U32();
  request.from_epoch = in.U32();
  request.roster_version = in.U64();
  request.member = MemberId{in.U32()};
  request.generation = in.U32();
  request.created = in.Moment();
  GetElements(in, request.elements);
  const bool is_rotation = request.purpose == ProofPurpose::kRotation;
  if (!in.AtEnd() || !IsKnownPurpose(request.purpose) || !IsKnownClass(request.key_class) ||
      request.epoch == 0 || is_rotation != (request.from_epoch != 0)) {
    return Refused(Refusal::kMalformed, "the request cannot be read");
  }
  request.digest = DigestOf(frame.signed_part);
  return request;
}

Result<const Member*> CheckRequestSignature(std::string_view file, const TokenRequest& request,
                                            const Roster& roster) {
  const Member* member = roster.Find(request.member);
  if (member == nullptr) {
    return Refused(
        Refusal::kUnknownMember,
        fmt::format("the roster has no member {}", static_cast<std::uint32_t>(request.member)));
  }
  if (member->status != MemberStatus::kActive) {
    return Refused(Refusal::kRemovedMember,
                   fmt::format("{} has {}", member->name, MemberStatusName(member->status)));
  }
  if (request.generation != member->generation) {
    return Refused(Refusal::kOldGeneration,
                   fmt::format("signed with keys of generation {}, {} is in force",
                               request.generation, member->generation));
  }
  TRY_ASSIGN(const FileFrame frame, ReadFrame(file, FileType::kRequest));
  TRY(VerifySignedBy(frame, member->signing));
  return member;
}

std::string EvaluationFile(TokenEvaluation& evaluation, const Signer& signer) {
  const std::string part = SignedPartOf(evaluation);
  evaluation.digest = DigestOf(part);
  return WriteFrame(FileType::kEvaluation, evaluation.exchange, part,
                    {signer.Sign(FileType::kEvaluation, evaluation.exchange, part)});
}

Result<TokenEvaluation> ReadEvaluation(std::string_view file, const Roster& roster) {
  TRY_ASSIGN(const FileFrame frame, ReadFrame(file, FileType::kEvaluation));
  WireReader in(frame.signed_part);
  if (in.U16() != kEvaluationVersion) {
    return Refused(Refusal::kUnknownVersion, "the evaluation is of another version: upgrade");
  }
  TokenEvaluation evaluation;
  evaluation.exchange = frame.exchange;
  in.Raw(evaluation.request);
  evaluation.place = in.U8();
  in.Raw(evaluation.previous);
  evaluation.roster_version = in.U64();
  evaluation.created = in.Moment();
  const auto challenge = DecodeScalar(in.Raw<std::array<std::uint8_t, 32>>());
  const auto response = DecodeScalar(in.Raw<std::array<std::uint8_t, 32>>());
  GetElements(in, evaluation.elements);
  if (!in.AtEnd() || (evaluation.place == 0) != (evaluation.previous == Digest{})) {
    return Refused(Refusal::kMalformed, "the evaluation cannot be read");
  }
  if (!challenge || !response) {
    return Refused(Refusal::kBadProof, "its numbers are not in their one form");
  }
  evaluation.proof = {*challenge, *response};
  const auto signer =
      std::find_if(roster.operators.begin(), roster.operators.end(),
                   [&](const Operator& who) { return who.place == evaluation.place; });
  if (signer == roster.operators.end()) {
    return Refused(Refusal::kUnknownMember,
                   fmt::format("the roster has no operator at place {}", evaluation.place));
  }
  TRY(VerifySignedBy(frame, signer->signing));
  evaluation.digest = DigestOf(frame.signed_part);
  return evaluation;
}

Result<std::vector<StageKeys>> ChainOf(const TokenRequest& request, const Roster& roster) {
  std::vector<StageKeys> chain;
  const bool is_rotation = request.purpose == ProofPurpose::kRotation;
  for (const Operator& who : roster.operators) {
    const EpochKey* key = roster.FindKey(request.epoch, request.key_class, who.place);
    if (key == nullptr || who.place != chain.size()) break;
    StageKeys stage{Ristretto::Generator(), Element{key->key}};
    if (is_rotation) {
      const EpochKey* old = roster.FindKey(request.from_epoch, request.key_class, who.place);
      if (old == nullptr) break;
      stage.base = Element{old->key};
    }
    chain.push_back(stage);
  }
  const auto keys_of = [&](Epoch epoch) {
    return static_cast<std::size_t>(
        std::count_if(roster.keys.begin(), roster.keys.end(), [&](const EpochKey& key) {
          return key.epoch == epoch && key.key_class == request.key_class;
        }));
  };
  // A rotation through fewer keys than made the tokens would yield tokens of no epoch at all.
  if (chain.empty() || chain.size() != keys_of(request.epoch) ||
      (is_rotation && chain.size() != keys_of(request.from_epoch))) {
    return Refused(Refusal::kWrongEpoch,
                   fmt::format("the roster names no chain of {} keys for epoch {}",
                               KeyClassName(request.key_class), request.epoch));
  }
  return chain;
}

Result<void> CheckTerms(const TokenRequest& request, const SignedRoster& signed_roster, Time now) {
  const Roster& roster = signed_roster.roster;
  if (request.exchange != signed_roster.exchange) {
    return Refused(Refusal::kWrongExchange, "the request is of another exchange");
  }
  if (roster.expires <= now) {
    return Refused(Refusal::kRosterExpired, "the roster has expired: take in a newer one");
  }
  if (request.roster_version > roster.version) {
    return Refused(Refusal::kRosterGap,
                   fmt::format("made under roster {}: take it in first", request.roster_version));
  }
  if (!roster.EpochCounts(request.epoch, now)) {
    return Refused(Refusal::kWrongEpoch, fmt::format("epoch {} is not in force", request.epoch));
  }
  if (request.purpose == ProofPurpose::kRotation) {
    const auto before =
        std::find_if(roster.epochs.begin(), roster.epochs.end(),
                     [&](const EpochSpan& span) { return span.epoch == request.epoch; });
    const bool follows =
        before != roster.epochs.begin() && std::prev(before)->epoch == request.from_epoch;
    if (!follows || !roster.EpochCounts(request.from_epoch, now)) {
      return Refused(Refusal::kWrongEpoch,
                     fmt::format("epoch {} does not overlap with the one that {} follows",
                                 request.from_epoch, request.epoch));
    }
  }
  return {};
}

}  // namespace revenant
