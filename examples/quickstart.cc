#include <revenant/registry.h>

#include <iostream>

int main() {
  using namespace revenant;
  const auto dir = std::filesystem::temp_directory_path() / "revenant-quickstart";
  std::filesystem::remove_all(dir);
  const auto key = Key::Generate();
  const auto created = key ? Registry::Create(dir, *key) : key.error();
  if (!created) return std::cerr << created.error().message << '\n', 1;
  Registry& registry = **created;

  const SellerName closed{"shop-eu", "S-1042"}, applicant{"shop-eu", "S-2077"};
  const auto enrolled =
      registry.Enrol({.seller = closed,
                      .attributes = {{"pay.iban", "", "DE89 3704 0044 0532 0130 00"},
                                     {"contact.phone", "DE", "030 23125 104"}}});
  const auto banned = registry.Enter(Ban{closed, "C-7", "counterfeit", *ParseTime("2026-03-01")});
  const auto verdict = registry.Screen({.seller = applicant,
                                        .attributes = {{"pay.iban", "", "de89370400440532013000"},
                                                       {"contact.phone", "", "+49 30 23125104"}}});
  if (!enrolled || !banned || !verdict) return 1;
  std::cout << DecisionName(verdict->decision) << ": " << verdict->reasons[0].text << '\n';
}
