#include "revenant/normalizer.h"

#include <doctest/doctest.h>

namespace revenant {
namespace {

LinkPolicy Parsed(const char* toml) {
  Result<LinkPolicy> policy = ParseLinkPolicy(toml, "test");
  REQUIRE(policy);
  return *std::move(policy);
}

TEST_CASE("APolicySaysWhatValuesAreNobodysAndWhatIsPooled") {
  const LinkPolicy policy = Parsed(
      "[link]\nrules = 2\n"
      "[junk.\"contact.email\"]\nvalues = [\"shared@example.org\"]\n"
      "[kind.\"pay.iban\"]\npools = [\"GBWEST\"]\n");
  Normalized outcome;
  const Normalizer plain{LinkPolicy()};
  const Normalizer strict(policy);

  const Attribute email = {"contact.email", "", "Shared@Example.org"};
  plain.Normalize(email, outcome);
  CHECK(outcome.status == Status::kValid);
  strict.Normalize(email, outcome);
  CHECK(outcome.status == Status::kJunk);

  const Attribute account = {"pay.iban", "", "GB82 WEST 1234 5698 7654 32"};
  plain.Normalize(account, outcome);
  CHECK(outcome.identifiers().front().kind == "pay.iban");
  strict.Normalize(account, outcome);
  REQUIRE(outcome.identifiers().size() == 1);
  CHECK(outcome.identifiers().front().kind == "pay.iban.pool");
}

}  // namespace
}  // namespace revenant
