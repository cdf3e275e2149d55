// The group ristretto255 (RFC 9496) and the integers modulo its order, as libsodium has them, with
// the traps of libsodium 1.0.18 closed: the identity element and encodings that are not canonical
// are refused, of points and of scalars.
//
// Elements are kept encoded, as libsodium takes and returns them. Bytes become an Element unread:
// Multiply() and Add() refuse what is no point, so that an encoding is decoded once and not twice.
//
// Threads: pure functions. Secrets: time does not depend on the value of scalars or elements.
// Errors: false, where the arguments or the outcome are no elements that a protocol may use.
#ifndef REVENANT_EXCHANGE_CRYPTO_GROUP_H_
#define REVENANT_EXCHANGE_CRYPTO_GROUP_H_

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "util/wiping.h"

namespace revenant {

// Encoding of an element. The identity is 32 zero bytes.
struct Element {
  std::array<std::uint8_t, 32> bytes{};
  friend bool operator==(const Element&, const Element&) = default;
};

// An integer modulo the order of the group, little-endian. Secret ones live in Wiped<Scalar> and
// SecretScalars.
struct Scalar {
  std::array<std::uint8_t, 32> bytes{};
  friend bool operator==(const Scalar&, const Scalar&) = default;  // not for secrets
};
using SecretScalars = std::vector<Scalar, WipingAllocator<Scalar>>;
using WideBytes = std::array<std::uint8_t, 64>;

// Operations of the group under the names that the proof (dleq.h) asks of one.
struct Ristretto {
  static Element Generator();

  // scalar * point. False: `point` is no canonical encoding or is the identity, or `scalar` is 0.
  // Cost: one crypto_scalarmult_ristretto255, about 40 us.
  [[nodiscard]] static bool Multiply(const Scalar& scalar, const Element& point, Element& out);
  // The same for the generator, at half the cost. False: `scalar` is 0.
  [[nodiscard]] static bool MultiplyGenerator(const Scalar& scalar, Element& out);
  // False: an argument is no canonical encoding. The identity may go in and come out.
  [[nodiscard]] static bool Add(const Element& a, const Element& b, Element& out);

  static Scalar Reduce(const WideBytes& wide);
  static Scalar Multiply(const Scalar& a, const Scalar& b);
  static Scalar Subtract(const Scalar& a, const Scalar& b);
};

// Bytes that a stranger sent as an element: nullopt for the identity and what is not canonical.
// Only where no multiplication follows that would tell. Cost: about 5 us.
std::optional<Element> DecodeElement(std::span<const std::uint8_t, 32> bytes);
// Nullopt: not below the order of the group, which libsodium would reduce in silence.
std::optional<Scalar> DecodeScalar(std::span<const std::uint8_t, 32> bytes);

bool IsZero(const Scalar& scalar);
void RandomScalar(Scalar& out);

// 1 / scalar. False for 0. Cost: about 12 us.
[[nodiscard]] bool Invert(const Scalar& scalar, Scalar& out);
// All of them at the price of one inversion and three multiplications each (Montgomery's trick).
// False: one is 0; then `scalars` is as before.
[[nodiscard]] bool InvertAll(std::span<Scalar> scalars);

// The group's functions ask for it once; it may be called any number of times, by any thread.
// False: the system gives no randomness.
bool InitSodium();

}  // namespace revenant

#endif  // REVENANT_EXCHANGE_CRYPTO_GROUP_H_
