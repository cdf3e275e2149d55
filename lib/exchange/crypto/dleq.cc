#include "exchange/crypto/dleq.h"

#include <sodium.h>

#include "util/bytes.h"

namespace revenant {
namespace {

constexpr std::string_view kElementLength("\0\x20", 2);  // I2OSP(32, 2)
constexpr std::string_view kSeedLength("\0\x40", 2);     // I2OSP(64, 2)

std::string_view View(const Element& element) { return AsView(element.bytes); }

class Sha512Writer {
 public:
  Sha512Writer() { crypto_hash_sha512_init(&state_); }
  Sha512Writer& operator<<(std::string_view bytes) {
    crypto_hash_sha512_update(&state_, AsBytes(bytes).data(), bytes.size());
    return *this;
  }
  WideBytes Finish() {
    WideBytes digest;
    crypto_hash_sha512_final(&state_, digest.data());
    return digest;
  }

 private:
  crypto_hash_sha512_state state_;
};

// I2OSP(number, 4)
struct BigEndian32 {
  explicit BigEndian32(std::size_t number)
      : bytes{static_cast<char>(number >> 24), static_cast<char>(number >> 16),
              static_cast<char>(number >> 8), static_cast<char>(number)} {}
  std::string_view view() const { return {bytes, sizeof bytes}; }
  char bytes[4];
};

// ComputeComposites' seed, section 2.2.1: it knows the key alone.
WideBytes RfcSeed(const Element& image) {
  const std::string tag = std::string("Seed-").append(kVoprfContext);
  const char length[] = {0, static_cast<char>(tag.size())};
  return (Sha512Writer() << kElementLength << View(image) << std::string_view(length, sizeof length)
                         << tag)
      .Finish();
}

}  // namespace

ProofRules ProofRules::BatchBound(ProofPurpose purpose, const RequestDigest& request,
                                  const DleqStatement& statement) {
  const char purpose_byte = static_cast<char>(purpose);
  Sha512Writer seed;
  seed << AsView(RfcSeed(statement.image)) << std::string_view(&purpose_byte, 1) << AsView(request)
       << View(statement.base) << View(statement.image)
       << BigEndian32(statement.from.size()).view();
  for (const std::span<const Element> side : {statement.from, statement.to}) {
    for (const Element& element : side) seed << View(element);
  }
  return ProofRules(seed.Finish());
}

WideBytes ProofRules::Coefficient(std::size_t index, const Element& from, const Element& to) const {
  const BigEndian32 number(index);
  const std::string_view pieces[] = {kSeedLength, AsView(seed_),  number.view(), kElementLength,
                                     View(from),  kElementLength, View(to),      "Composite"};
  WideBytes wide;
  ExpandMessageXmd(pieces, VoprfHashToScalar(), wide);
  return wide;
}

WideBytes ProofRules::Challenge(const DleqStatement& statement,
                                const std::array<Element, 4>& parts) const {
  std::vector<std::string_view> pieces;
  const auto add = [&](const Element& element) {
    pieces.push_back(kElementLength);
    pieces.push_back(View(element));
  };
  add(statement.base);
  add(statement.image);
  for (const Element& part : parts) add(part);
  pieces.emplace_back("Challenge");
  WideBytes wide;
  ExpandMessageXmd(pieces, VoprfHashToScalar(), wide);
  return wide;
}

}  // namespace revenant
