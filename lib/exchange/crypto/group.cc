#include "exchange/crypto/group.h"

#include <sodium.h>

#include <algorithm>

namespace revenant {
namespace {

static_assert(crypto_core_ristretto255_BYTES == sizeof(Element));
static_assert(crypto_core_ristretto255_SCALARBYTES == sizeof(Scalar));
static_assert(crypto_core_ristretto255_NONREDUCEDSCALARBYTES == sizeof(WideBytes));

}  // namespace

bool InitSodium() {
  static const bool ready = sodium_init() >= 0;
  return ready;
}

Element Ristretto::Generator() {
  static const Element generator = [] {
    Scalar one;
    one.bytes[0] = 1;
    Element element;
    // The one failure that the call knows is the scalar 0.
    (void)MultiplyGenerator(one, element);
    return element;
  }();
  return generator;
}

bool Ristretto::Multiply(const Scalar& scalar, const Element& point, Element& out) {
  return crypto_scalarmult_ristretto255(out.bytes.data(), scalar.bytes.data(),
                                        point.bytes.data()) == 0;
}

bool Ristretto::MultiplyGenerator(const Scalar& scalar, Element& out) {
  return crypto_scalarmult_ristretto255_base(out.bytes.data(), scalar.bytes.data()) == 0;
}

bool Ristretto::Add(const Element& a, const Element& b, Element& out) {
  return crypto_core_ristretto255_add(out.bytes.data(), a.bytes.data(), b.bytes.data()) == 0;
}

Scalar Ristretto::Reduce(const WideBytes& wide) {
  Scalar out;
  crypto_core_ristretto255_scalar_reduce(out.bytes.data(), wide.data());
  return out;
}

Scalar Ristretto::Multiply(const Scalar& a, const Scalar& b) {
  Scalar out;
  crypto_core_ristretto255_scalar_mul(out.bytes.data(), a.bytes.data(), b.bytes.data());
  return out;
}

Scalar Ristretto::Subtract(const Scalar& a, const Scalar& b) {
  Scalar out;
  crypto_core_ristretto255_scalar_sub(out.bytes.data(), a.bytes.data(), b.bytes.data());
  return out;
}

std::optional<Element> DecodeElement(std::span<const std::uint8_t, 32> bytes) {
  if (sodium_is_zero(bytes.data(), bytes.size()) != 0 ||
      crypto_core_ristretto255_is_valid_point(bytes.data()) == 0) {
    return std::nullopt;
  }
  Element element;
  std::copy(bytes.begin(), bytes.end(), element.bytes.begin());
  return element;
}

std::optional<Scalar> DecodeScalar(std::span<const std::uint8_t, 32> bytes) {
  Wiped<WideBytes> wide;
  std::copy(bytes.begin(), bytes.end(), wide.value.begin());
  Scalar reduced = Ristretto::Reduce(wide.value);
  if (sodium_memcmp(reduced.bytes.data(), bytes.data(), bytes.size()) == 0) return reduced;
  sodium_memzero(&reduced, sizeof reduced);
  return std::nullopt;
}

bool IsZero(const Scalar& scalar) {
  return sodium_is_zero(scalar.bytes.data(), scalar.bytes.size()) != 0;
}

void RandomScalar(Scalar& out) { crypto_core_ristretto255_scalar_random(out.bytes.data()); }

bool Invert(const Scalar& scalar, Scalar& out) {
  return !IsZero(scalar) &&
         crypto_core_ristretto255_scalar_invert(out.bytes.data(), scalar.bytes.data()) == 0;
}

bool InvertAll(std::span<Scalar> scalars) {
  if (scalars.empty()) return true;
  // before[i] is the product of all scalars up to and including i; going back down, `rest` is the
  // inverse of what is left of it.
  SecretScalars before(scalars.begin(), scalars.end());
  for (std::size_t i = 1; i < before.size(); ++i) {
    before[i] = Ristretto::Multiply(before[i - 1], before[i]);
  }
  Wiped<Scalar> rest;
  if (!Invert(before.back(), rest.value)) return false;
  for (std::size_t i = scalars.size() - 1; i > 0; --i) {
    Wiped<Scalar> inverse;
    inverse.value = Ristretto::Multiply(rest.value, before[i - 1]);
    rest.value = Ristretto::Multiply(rest.value, scalars[i]);
    scalars[i] = inverse.value;
  }
  scalars[0] = rest.value;
  return true;
}

}  // namespace revenant
