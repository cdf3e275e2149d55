// The forgery that batch-bound proofs are there to refuse: an operator who holds k answers most of
// a batch wrongly, with errors chosen so that the RFC's coefficients let them cancel out.
//
// In ristretto255 it takes 65,536 items and minutes; in a group of 61 bits (toy_group.h), under the
// same code, 1,024 items and a moment.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <random>
#include <vector>

#include "exchange/crypto/dleq.h"
#include "exchange/rfc9497.h"
#include "exchange/toy_group.h"

namespace revenant {
namespace {

constexpr std::size_t kItems = 1024;
constexpr int kLevels = 10;         // a tree over the items
constexpr int kBitsPerLevel = 6;    // that two halves must agree in
constexpr std::size_t kWidth = 96;  // sums kept at each node

// One error an item, and what they add up to, signed so that "near zero" is one range.
struct Sum {
  std::int64_t value;
  std::vector<std::uint16_t> errors;
};

std::int64_t Centred(std::uint64_t value) {
  return value > ToyGroup::kOrder / 2
             ? static_cast<std::int64_t>(value) - static_cast<std::int64_t>(ToyGroup::kOrder)
             : static_cast<std::int64_t>(value);
}

// Sums of one of `left` and one of `right` that are at most `bound` away from zero (mod the order).
std::vector<Sum> Join(const std::vector<Sum>& left, std::vector<Sum> right, std::int64_t bound) {
  std::sort(right.begin(), right.end(),
            [](const Sum& a, const Sum& b) { return a.value < b.value; });
  std::vector<Sum> joined;
  for (const Sum& a : left) {
    auto b = std::lower_bound(right.begin(), right.end(), -a.value - bound,
                              [](const Sum& s, std::int64_t value) { return s.value < value; });
    for (; b != right.end() && b->value <= bound - a.value && joined.size() < kWidth; ++b) {
      Sum& sum = joined.emplace_back(Sum{a.value + b->value, a.errors});
      sum.errors.insert(sum.errors.end(), b->errors.begin(), b->errors.end());
    }
  }
  return joined;
}

// Errors that cancel out under the coefficients of `rules`, by Wagner's k-list algorithm.
template <typename Rules>
class Forger {
 public:
  Forger(const Rules& rules, const std::vector<Element>& from, const std::vector<Element>& honest)
      : rules_(rules), from_(from), honest_(honest) {}

  std::optional<std::vector<Element>> Forge() const {
    const std::vector<Sum> found = Node(0, kLevels);
    for (const Sum& sum : found) {
      if (sum.value != 0) continue;
      std::vector<Element> forged = honest_;
      for (std::size_t i = 0; i < kItems; ++i) forged[i] = WithError(i, sum.errors[i]);
      return forged;
    }
    return std::nullopt;
  }

 private:
  Element WithError(std::size_t item, std::uint16_t error) const {
    return ToyGroup::Encode<Element>((ToyGroup::Value(honest_[item]) + error) % ToyGroup::kOrder);
  }

  std::vector<Sum> Leaf(std::size_t item) const {
    std::vector<Sum> sums;
    for (std::uint16_t error = 1; error <= 2 * kWidth; ++error) {
      const WideBytes wide = rules_.Coefficient(item, from_[item], WithError(item, error));
      const std::uint64_t weight = ToyGroup::Value(ToyGroup::Reduce(wide));
      sums.push_back({Centred(ToyGroup::Times(weight, error)), {error}});
    }
    return sums;
  }

  std::vector<Sum> Node(std::size_t first, int level) const {
    if (level == 0) return Leaf(first);
    const std::size_t half = std::size_t{1} << (level - 1);
    const int bits_left = 60 - kBitsPerLevel * level;
    const std::int64_t bound = level == kLevels ? 0 : std::int64_t{1} << std::max(bits_left, 0);
    return Join(Node(first, level - 1), Node(first + half, level - 1), bound);
  }

  const Rules& rules_;
  const std::vector<Element>& from_;
  const std::vector<Element>& honest_;
};

struct Operator {
  explicit Operator(std::uint64_t seed) {
    std::mt19937_64 draw(seed);
    const auto next = [&] { return 1 + draw() % (ToyGroup::kOrder - 1); };
    key = ToyGroup::Encode<Scalar>(next());
    random = ToyGroup::Encode<Scalar>(next());
    REQUIRE(ToyGroup::Multiply(key, ToyGroup::Generator(), image));
    for (std::size_t i = 0; i < kItems; ++i) {
      from.push_back(ToyGroup::Encode<Element>(next()));
      REQUIRE(ToyGroup::Multiply(key, from[i], honest.emplace_back()));
    }
  }
  DleqStatement Claim(const std::vector<Element>& to) const {
    return {ToyGroup::Generator(), image, from, to};
  }
  template <typename Rules>
  bool Convinces(const Rules& rules, const std::vector<Element>& to) const {
    DleqProof proof;
    REQUIRE(MakeProof<ToyGroup>(rules, Claim(to), key, random, 1, proof));
    return CheckProof<ToyGroup>(rules, Claim(to), proof, 1);
  }

  Scalar key, random;
  Element image;
  std::vector<Element> from, honest;
};

TEST_CASE("AForgedBatchThatTheRfcsSeedAcceptsIsRefusedUnderTheBatchBoundSeed") {
  const Operator cheat(1);
  const RequestDigest request{};
  const auto rfc = [&](const std::vector<Element>& to) {
    return RfcRules(OprfSuite::Of(OprfMode::kVoprf), cheat.Claim(to));
  };
  const auto bound = [&](const std::vector<Element>& to) {
    return ProofRules::BatchBound(ProofPurpose::kEvaluation, request, cheat.Claim(to));
  };
  CHECK(cheat.Convinces(rfc(cheat.honest), cheat.honest));
  CHECK(cheat.Convinces(bound(cheat.honest), cheat.honest));

  const RfcRules rfc_rules = rfc(cheat.honest);  // they do not look at the evaluations
  const auto forged = Forger(rfc_rules, cheat.from, cheat.honest).Forge();
  REQUIRE(forged);
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < kItems; ++i) wrong += (*forged)[i] != cheat.honest[i];
  MESSAGE(wrong, " of ", kItems, " evaluations are wrong, and the RFC's verifier accepts");
  CHECK(wrong == kItems);
  CHECK(cheat.Convinces(rfc(*forged), *forged));
  CHECK_FALSE(cheat.Convinces(bound(*forged), *forged));

  // Forged against the coefficients of the honest batch: they are others once the errors are in.
  const ProofRules bound_rules = bound(cheat.honest);
  const auto forged_bound = Forger(bound_rules, cheat.from, cheat.honest).Forge();
  REQUIRE(forged_bound);
  CHECK(cheat.Convinces(bound_rules, *forged_bound));  // if only the seed stood still
  CHECK_FALSE(cheat.Convinces(bound(*forged_bound), *forged_bound));
}

}  // namespace
}  // namespace revenant
