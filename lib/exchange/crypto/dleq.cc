#include "exchange/crypto/dleq.h"

#include <sodium.h>

#include "exchange/crypto/oprf.h"
#include "util/bytes.h"

namespace revenant {
namespace {

constexpr std::size_t kRfcItems = std::size_t{1} << 16;
constexpr std::size_t kBatchItems = std::size_t{1} << 32;

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

// I2OSP(number, 4), the whole or its last bytes.
struct BigEndian32 {
  explicit BigEndian32(std::size_t number)
      : bytes{static_cast<char>(number >> 24), static_cast<char>(number >> 16),
              static_cast<char>(number >> 8), static_cast<char>(number)} {}
  std::string_view Last(std::size_t width) const { return {bytes + 4 - width, width}; }
  char bytes[4];
};

}  // namespace

// ComputeComposites' seed, section 2.2.1.
ProofRules ProofRules::Rfc(const OprfSuite& suite, const DleqStatement& statement) {
  ProofRules rules(Kind::kRfc, suite);
  const std::string tag = "Seed-" + suite.context;
  rules.seed_ = (Sha512Writer() << kElementLength << View(statement.image)
                                << BigEndian32(tag.size()).Last(2) << tag)
                    .Finish();
  return rules;
}

ProofRules ProofRules::BatchBound(ProofPurpose purpose, const RequestDigest& request,
                                  const DleqStatement& statement) {
  ProofRules rules = Rfc(OprfSuite::Of(OprfMode::kVoprf), statement);
  rules.kind_ = Kind::kBatchBound;
  const char purpose_byte = static_cast<char>(purpose);
  Sha512Writer seed;
  seed << AsView(rules.seed_) << std::string_view(&purpose_byte, 1) << AsView(request)
       << View(statement.base) << View(statement.image)
       << BigEndian32(statement.from.size()).Last(4);
  for (const std::span<const Element> side : {statement.from, statement.to}) {
    for (const Element& element : side) seed << View(element);
  }
  rules.seed_ = seed.Finish();
  return rules;
}

std::size_t ProofRules::max_items() const { return kind_ == Kind::kRfc ? kRfcItems : kBatchItems; }

WideBytes ProofRules::Coefficient(std::size_t index, const Element& from, const Element& to) const {
  const BigEndian32 number(index);
  const std::string_view pieces[] = {
      kSeedLength,    AsView(seed_), number.Last(kind_ == Kind::kRfc ? 2 : 4),
      kElementLength, View(from),    kElementLength,
      View(to),       "Composite"};
  WideBytes wide;
  ExpandMessageXmd(pieces, suite_->hash_to_scalar, wide);
  return wide;
}

WideBytes ProofRules::Challenge(const DleqStatement& statement,
                                const std::array<Element, 4>& parts) const {
  std::vector<std::string_view> pieces;
  const auto add = [&](const Element& element) {
    pieces.push_back(kElementLength);
    pieces.push_back(View(element));
  };
  if (kind_ == Kind::kBatchBound) add(statement.base);
  add(statement.image);
  for (const Element& part : parts) add(part);
  pieces.push_back("Challenge");
  WideBytes wide;
  ExpandMessageXmd(pieces, suite_->hash_to_scalar, wide);
  return wide;
}

}  // namespace revenant
