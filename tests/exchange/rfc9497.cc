#include "exchange/rfc9497.h"

#include <sodium.h>

#include "exchange/crypto/token.h"
#include "util/bytes.h"

namespace revenant {
namespace {

constexpr std::size_t kMaxInputBytes = (std::size_t{1} << 16) - 1;
constexpr unsigned kOneThread = 1;

// I2OSP(text.size(), 2) | text, kept for as long as the pieces point at it.
class LengthPrefix {
 public:
  explicit LengthPrefix(std::size_t size)
      : bytes_{static_cast<char>(size >> 8), static_cast<char>(size)} {}
  std::string_view view() const { return {bytes_, sizeof bytes_}; }

 private:
  char bytes_[2];
};

std::string ContextOf(OprfMode mode) {
  std::string context = "OPRFV1-";
  context.push_back(static_cast<char>(mode));
  return context.append("-ristretto255-SHA512");
}

// m = HashToScalar("Info" | length | info), section 3.3.3.
Scalar ScalarOfInfo(const OprfSuite& suite, std::string_view info) {
  const LengthPrefix length(info.size());
  const std::string_view pieces[] = {"Info", length.view(), info};
  return HashToScalar(pieces, suite.hash_to_scalar);
}

// The public key that POPRF's proofs are made against: info's own.
bool TweakedKey(const OprfSuite& suite, const Element& public_key, std::string_view info,
                Element& out) {
  Element tweak;
  return Ristretto::MultiplyGenerator(ScalarOfInfo(suite, info), tweak) &&
         Ristretto::Add(tweak, public_key, out) && out != Element{};
}

Element HashToGroup(std::string_view input, const DomainTag& tag) {
  Wiped<WideBytes> wide;
  ExpandMessageXmd(std::span(&input, 1), tag, wide.value);
  return GroupFromWide(wide.value);
}

// Section 3.3's BlindEvaluate without its proof.
bool EvaluateEach(const Scalar& scalar, std::span<const Element> points,
                  std::vector<Element>& out) {
  out.resize(points.size());
  return MultiplyAll(scalar, points, kOneThread, out);
}

OprfOutput HashOutput(OprfMode mode, std::string_view input, std::string_view info,
                      const Element& unblinded) {
  crypto_hash_sha512_state state;
  crypto_hash_sha512_init(&state);
  const auto update = [&](std::string_view bytes) {
    crypto_hash_sha512_update(&state, AsBytes(bytes).data(), bytes.size());
  };
  const auto update_prefixed = [&](std::string_view bytes) {
    update(LengthPrefix(bytes.size()).view());
    update(bytes);
  };
  update_prefixed(input);
  if (mode == OprfMode::kPoprf) update_prefixed(info);
  update_prefixed(AsView(unblinded.bytes));
  update("Finalize");
  OprfOutput digest;
  crypto_hash_sha512_final(&state, digest.data());
  return digest;
}

// Section 3.3.2 proves k of (G, pk) and (C, D); section 3.3.3 proves t = k + m of (G, tweaked key)
// and (D, C), because there D is C divided by t.
DleqStatement StatementOf(OprfMode mode, const Element& image, std::span<const Element> blinded,
                          std::span<const Element> evaluated) {
  if (mode == OprfMode::kPoprf) return {Ristretto::Generator(), image, evaluated, blinded};
  return {Ristretto::Generator(), image, blinded, evaluated};
}

WideBytes ExpandParts(const DomainTag& tag, std::vector<std::string_view> parts,
                      std::string_view end) {
  parts.push_back(end);
  WideBytes wide;
  ExpandMessageXmd(parts, tag, wide);
  return wide;
}

}  // namespace

// ComputeComposites' seed, section 2.2.1.
RfcRules::RfcRules(const OprfSuite& suite, const DleqStatement& statement) : suite_(suite) {
  const std::string tag = "Seed-" + suite.context;
  std::string message;
  for (const std::string_view part : {AsView(statement.image.bytes), std::string_view(tag)}) {
    message.append(LengthPrefix(part.size()).view()).append(part);
  }
  crypto_hash_sha512(seed_.data(), AsBytes(message).data(), message.size());
}

WideBytes RfcRules::Coefficient(std::size_t index, const Element& from, const Element& to) const {
  const LengthPrefix seed_length(sizeof seed_), number(index), length(sizeof(Element));
  return ExpandParts(suite_.hash_to_scalar,
                     {seed_length.view(), AsView(seed_), number.view(), length.view(),
                      AsView(from.bytes), length.view(), AsView(to.bytes)},
                     "Composite");
}

WideBytes RfcRules::Challenge(const DleqStatement& statement,
                              const std::array<Element, 4>& parts) const {
  const LengthPrefix length(sizeof(Element));
  std::vector<std::string_view> pieces = {length.view(), AsView(statement.image.bytes)};
  for (const Element& part : parts) {
    pieces.insert(pieces.end(), {length.view(), AsView(part.bytes)});
  }
  return ExpandParts(suite_.hash_to_scalar, std::move(pieces), "Challenge");
}

OprfSuite::OprfSuite(OprfMode which)
    : mode(which),
      context(ContextOf(which)),
      hash_to_group("HashToGroup-" + context),
      hash_to_scalar("HashToScalar-" + context),
      derive_key_pair("DeriveKeyPair" + context) {}

const OprfSuite& OprfSuite::Of(OprfMode mode) {
  static const OprfSuite suites[] = {OprfSuite(OprfMode::kOprf), OprfSuite(OprfMode::kVoprf),
                                     OprfSuite(OprfMode::kPoprf)};
  return suites[static_cast<std::size_t>(mode)];
}

bool DeriveKeyPair(OprfMode mode, std::string_view seed, std::string_view info, OprfKeyPair& out) {
  if (info.size() > kMaxInputBytes) return false;
  const OprfSuite& suite = OprfSuite::Of(mode);
  const LengthPrefix length(info.size());
  for (unsigned counter = 0; counter < 256; ++counter) {
    const char number = static_cast<char>(counter);
    const std::string_view pieces[] = {seed, length.view(), info, {&number, 1}};
    out.secret.value = HashToScalar(pieces, suite.derive_key_pair);
    if (Ristretto::MultiplyGenerator(out.secret.value, out.public_key)) return true;
  }
  return false;
}

bool Blind(OprfMode mode, std::string_view input, const Scalar& blind, Element& out) {
  if (input.size() > kMaxInputBytes) return false;
  return Ristretto::Multiply(blind, HashToGroup(input, OprfSuite::Of(mode).hash_to_group), out);
}

bool BlindEvaluate(OprfMode mode, const OprfKeyPair& key, std::string_view info,
                   std::span<const Element> blinded, const Scalar& random, OprfAnswer& out) {
  const OprfSuite& suite = OprfSuite::Of(mode);
  if (mode != OprfMode::kPoprf) {
    if (!EvaluateEach(key.secret.value, blinded, out.evaluated)) return false;
    if (mode == OprfMode::kOprf) return true;
    const DleqStatement statement = StatementOf(mode, key.public_key, blinded, out.evaluated);
    return MakeProof(RfcRules(suite, statement), statement, key.secret.value, random, kOneThread,
                     out.proof);
  }
  if (info.size() > kMaxInputBytes) return false;
  Wiped<Scalar> sum;
  Wiped<Scalar> inverse;
  const Scalar tweak = ScalarOfInfo(suite, info);
  crypto_core_ristretto255_scalar_add(sum.value.bytes.data(), key.secret.value.bytes.data(),
                                      tweak.bytes.data());
  Element tweaked;
  if (!Invert(sum.value, inverse.value) || !EvaluateEach(inverse.value, blinded, out.evaluated) ||
      !Ristretto::MultiplyGenerator(sum.value, tweaked)) {
    return false;
  }
  const DleqStatement statement = StatementOf(mode, tweaked, blinded, out.evaluated);
  return MakeProof(RfcRules(suite, statement), statement, sum.value, random, kOneThread, out.proof);
}

bool Finalize(OprfMode mode, const Element& public_key, std::string_view info,
              const OprfQuestion& question, const OprfAnswer& answer,
              std::vector<OprfOutput>& out) {
  const OprfSuite& suite = OprfSuite::Of(mode);
  const std::size_t count = question.inputs.size();
  if (question.blinds.size() != count || question.blinded.size() != count ||
      answer.evaluated.size() != count || info.size() > kMaxInputBytes) {
    return false;
  }
  if (mode != OprfMode::kOprf) {
    Element image = public_key;
    if (mode == OprfMode::kPoprf && !TweakedKey(suite, public_key, info, image)) return false;
    const DleqStatement statement = StatementOf(mode, image, question.blinded, answer.evaluated);
    if (!CheckProof(RfcRules(suite, statement), statement, answer.proof, kOneThread)) {
      return false;
    }
  }
  SecretScalars inverses = question.blinds;
  if (!InvertAll(inverses)) return false;
  out.clear();
  for (std::size_t i = 0; i < count; ++i) {
    Wiped<Element> unblinded;
    if (question.inputs[i].size() > kMaxInputBytes ||
        !Ristretto::Multiply(inverses[i], answer.evaluated[i], unblinded.value)) {
      return false;
    }
    out.push_back(HashOutput(mode, question.inputs[i], info, unblinded.value));
  }
  return true;
}

}  // namespace revenant
