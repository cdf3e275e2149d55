// Screens the applications of a file (CSV or JSON Lines, also compressed) one after the other with
// the same memory, and prints those that are not clear. usage: batch STORE KEY FILE
#include <revenant/records.h>
#include <revenant/registry.h>
#include <revenant/screener.h>

#include <iostream>

namespace {

int Fail(const revenant::Error& error) {
  std::cerr << error.message << '\n';
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  using namespace revenant;
  if (argc != 4) return 2;
  const auto key = Key::Read(argv[2]);
  if (!key) return Fail(key.error());
  const auto registry = Registry::Open(argv[1], *key, Access::kReadOnly);
  if (!registry) return Fail(registry.error());
  if (const auto warm = (*registry)->WarmUp(); !warm) return Fail(warm.error());
  const auto reader = RecordReader::Open(argv[3], {});
  if (!reader) return Fail(reader.error());

  Screener screener(**registry);
  InputRecord input;
  for (;;) {
    const auto more = (*reader)->Next(input);
    if (!more) return Fail(more.error());
    if (!*more) return 0;
    if (!input.usable) {
      std::cerr << "line " << input.line << ": " << input.rejects.front().reason << '\n';
      continue;
    }
    const auto verdict = screener.Screen(input.record);
    if (!verdict) return Fail(verdict.error());
    if ((*verdict)->decision == Decision::kClear) continue;
    std::cout << (*verdict)->seller.ToString() << ": " << DecisionName((*verdict)->decision) << ": "
              << (*verdict)->reasons.front().text << '\n';
  }
}
