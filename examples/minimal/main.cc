// One question: does this account lead to a banned one? usage: minimal [NEW_STORE]
#include <revenant/registry.h>

#include <iostream>

int main(int argc, char** argv) {
  using namespace revenant;
  const auto dir = argc > 1 ? std::filesystem::path(argv[1])
                            : std::filesystem::temp_directory_path() / "revenant-minimal";
  if (argc < 2) std::filesystem::remove_all(dir);
  const auto key = Key::Generate();
  auto created = key ? Registry::Create(dir, *key) : key.error();
  if (!created) return std::cerr << created.error().message << '\n', 1;
  Registry& registry = **created;

  const SellerName banned{"shop", "S-1"};
  if (!registry.Enrol({.seller = banned, .attributes = {{"device.imei", "", "490154203237518"}}}) ||
      !registry.Enter(Ban{banned, "", "counterfeit", Now()})) {
    return 1;
  }
  const auto verdict = registry.Screen(
      {.seller = {"shop", "S-2"}, .attributes = {{"device.imei", "", "49-015420-323751-8"}}});
  if (!verdict) return std::cerr << verdict.error().message << '\n', 1;
  std::cout << DecisionName(verdict->decision) << '\n';
}
