#include "exchange/roster/possession.h"

#include <algorithm>

#include "exchange/crypto/hash_to_group.h"
#include "util/wire.h"

namespace revenant {
namespace {

constexpr std::string_view kLabel("revenant/possession/1", 22);  // with the zero that ends it

Scalar ChallengeOf(const EpochKey& key, const Element& commitment) {
  static const DomainTag tag("revenant-possession-ristretto255-SHA512");
  std::string message;
  WireWriter(message)
      .Raw(kLabel)
      .U32(key.epoch)
      .U8(static_cast<std::uint8_t>(key.key_class))
      .U8(key.place)
      .Raw(key.key)
      .Raw(commitment.bytes);
  const std::string_view pieces[] = {message};
  return HashToScalar(pieces, tag);
}

}  // namespace

bool ProvePossession(const Scalar& secret, EpochKey& key) {
  Wiped<Scalar> random;
  Wiped<Scalar> product;
  Element image;
  Element commitment;
  RandomScalar(random.value);
  if (!Ristretto::MultiplyGenerator(secret, image) ||
      !Ristretto::MultiplyGenerator(random.value, commitment)) {
    return false;
  }
  key.key = image.bytes;
  const Scalar challenge = ChallengeOf(key, commitment);
  product.value = Ristretto::Multiply(challenge, secret);
  const Scalar response = Ristretto::Subtract(random.value, product.value);
  std::copy(challenge.bytes.begin(), challenge.bytes.end(), key.proof.begin());
  std::copy(response.bytes.begin(), response.bytes.end(), key.proof.begin() + 32);
  return true;
}

bool PossessionHolds(const EpochKey& key, const ExchangeId&) {
  const std::span<const std::uint8_t, 64> proof(key.proof);
  const auto image = DecodeElement(key.key);
  const auto challenge = DecodeScalar(proof.first<32>());
  const auto response = DecodeScalar(proof.last<32>());
  Element left;
  Element right;
  return image && challenge && response && Ristretto::MultiplyGenerator(*response, left) &&
         Ristretto::Multiply(*challenge, *image, right) && Ristretto::Add(left, right, left) &&
         ChallengeOf(key, left) == *challenge;
}

}  // namespace revenant
