// ns per fingerprint of a 24-byte canonical form, both bodies of the compression function.
#include <benchmark/benchmark.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "fingerprint/keyed_digest.h"
#include "fingerprint/sha256.h"

namespace revenant {
namespace {

constexpr std::string_view kKind = "pay.iban";

KeyChain FixedChain(std::size_t links) {
  KeyChain chain(links);
  for (std::size_t i = 0; i < links; ++i) chain[i].fill(static_cast<std::uint8_t>(i + 1));
  return chain;
}

// Different values of 24 bytes, few enough to stay in the first cache.
std::vector<std::string> Canonicals() {
  std::vector<std::string> values;
  for (int i = 0; i < 64; ++i) {
    std::string value = "DE" + std::to_string(100'000 + 37 * i);
    value.resize(24, static_cast<char>('0' + i % 10));
    values.push_back(value);
  }
  return values;
}

void Fingerprints(benchmark::State& state, Sha256Compress compress) {
  if (compress == nullptr) {
    state.SkipWithError("no SHA instructions here");
    return;
  }
  const KeyedDigest digest(FixedChain(static_cast<std::size_t>(state.range(0))), compress);
  const std::vector<std::string> values = Canonicals();
  std::size_t next = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(digest.Of(kKind, "", values[next]));
    next = (next + 1) % values.size();
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK_CAPTURE(Fingerprints, best, Sha256Best())->ArgName("links")->Arg(1)->Arg(2)->Arg(4);
BENCHMARK_CAPTURE(Fingerprints, hardware, Sha256Hardware())->ArgName("links")->Arg(1);
BENCHMARK_CAPTURE(Fingerprints, openssl, &Sha256CompressOpenssl)->ArgName("links")->Arg(1);

void CompressOneBlock(benchmark::State& state, Sha256Compress compress) {
  if (compress == nullptr) {
    state.SkipWithError("no SHA instructions here");
    return;
  }
  Sha256State words = kSha256Start;
  const std::array<std::uint8_t, kSha256BlockBytes> block{};
  for (auto _ : state) {
    compress(words, block.data(), 1);
    benchmark::DoNotOptimize(words);
  }
}
BENCHMARK_CAPTURE(CompressOneBlock, hardware, Sha256Hardware());
BENCHMARK_CAPTURE(CompressOneBlock, openssl, &Sha256CompressOpenssl);

// What it is measured against: one-shot HMAC() over as many bytes.
void OpensslOneShot(benchmark::State& state) {
  const std::array<std::uint8_t, 32> key{};
  const std::array<std::uint8_t, 48> message{};
  std::array<std::uint8_t, EVP_MAX_MD_SIZE> mac;
  unsigned size = 0;
  for (auto _ : state) {
    HMAC(EVP_sha256(), key.data(), key.size(), message.data(), message.size(), mac.data(), &size);
    benchmark::DoNotOptimize(mac);
  }
}
BENCHMARK(OpensslOneShot);

}  // namespace
}  // namespace revenant
