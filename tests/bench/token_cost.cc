// What blinding, evaluating, proving, verifying and unblinding cost beside the bare libsodium calls
// that they cannot do without: `token_cost [ITEMS [ROUNDS]]`, 10,000 and 5 by default.
//
// Bare is, an item: blind 1 from_hash and 1 scalarmult; evaluate 1 scalarmult; prove 1 scalarmult
// and 1 add; verify 2 of each; unblind 1 scalarmult. Hashing, drawing blinds, inverting and copying
// are ours. Times are of the processor, summed over threads, since the machine may be shared;
// rounds of ours and of bare alternate, and the medians are compared.

#include <fmt/format.h>
#include <sodium.h>
#include <time.h>

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

#include "exchange/crypto/dleq.h"
#include "exchange/crypto/token.h"
#include "util/split_work.h"

namespace {

using namespace revenant;

double ProcessorSeconds() {
  timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

void Check(bool done) {
  if (done) return;
  fmt::print(stderr, "token_cost: an operation failed\n");
  std::exit(2);
}

struct Batch {
  explicit Batch(std::size_t count)
      : items(count),
        identifiers(count),
        inputs(count),
        blinded(count),
        evaluated(count),
        scratch(count),
        secrets(count) {
    RandomScalar(key);
    RandomScalar(random);
    Check(Ristretto::MultiplyGenerator(key, image));
    for (std::size_t i = 0; i < count; ++i) {
      identifiers[i] = {"pay.iban", "", "DE89370400440532" + std::to_string(100'000 + i)};
    }
    Blind(1);
    Check(MultiplyAll(key, blinded, 1, evaluated));
    Check(Prove(1));
  }

  void Blind(unsigned threads) {
    Check(SplitWork(items, threads, [&](std::size_t, std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) ExpandInput({}, identifiers[i], inputs[i]);
      return true;
    }));
    DrawBlinds(BlindSeed{}, items, blinds);
    Check(BlindAll(inputs, blinds, threads, blinded));
  }
  DleqStatement statement() const { return {Ristretto::Generator(), image, blinded, evaluated}; }
  ProofRules rules() const {
    return ProofRules::BatchBound(ProofPurpose::kEvaluation, {}, statement());
  }
  bool Prove(unsigned threads) {
    return MakeProof(rules(), statement(), key, random, threads, proof);
  }

  std::size_t items;
  std::vector<Identifier> identifiers;
  TokenInputs inputs;
  SecretScalars blinds;
  std::vector<Element> blinded, evaluated, scratch;
  ExchangeSecrets secrets;
  Scalar key, random;
  Element image;
  DleqProof proof;
};

// `count` times each call an item, on as many threads.
void Bare(Batch& batch, unsigned threads, int hashes, int multiplications, int additions) {
  Check(SplitWork(batch.items, threads, [&](std::size_t, std::size_t begin, std::size_t end) {
    Element sum;
    for (std::size_t i = begin; i < end; ++i) {
      Element& out = batch.scratch[i];
      for (int k = 0; k < hashes; ++k) {
        crypto_core_ristretto255_from_hash(out.bytes.data(), batch.inputs[i].data());
      }
      for (int k = 0; k < multiplications; ++k) {
        if (crypto_scalarmult_ristretto255(out.bytes.data(), batch.key.bytes.data(),
                                           batch.blinded[i].bytes.data()) != 0) {
          return false;
        }
      }
      for (int k = 0; k < additions; ++k) {
        if (crypto_core_ristretto255_add(sum.bytes.data(), sum.bytes.data(), out.bytes.data()) !=
            0) {
          return false;
        }
      }
    }
    return true;
  }));
}

struct Step {
  const char* name;
  int hashes, multiplications, additions;
  std::function<void(Batch&, unsigned threads)> ours;
};

const Step kSteps[] = {
    {"blind", 1, 1, 0, [](Batch& b, unsigned threads) { b.Blind(threads); }},
    {"evaluate", 0, 1, 0,
     [](Batch& b, unsigned threads) { Check(MultiplyAll(b.key, b.blinded, threads, b.scratch)); }},
    {"prove", 0, 1, 1, [](Batch& b, unsigned threads) { Check(b.Prove(threads)); }},
    {"verify", 0, 2, 2,
     [](Batch& b, unsigned threads) {
       Check(CheckProof(b.rules(), b.statement(), b.proof, threads));
     }},
    {"unblind", 0, 1, 0,
     [](Batch& b, unsigned threads) {
       SecretScalars blinds = b.blinds;
       Check(UnblindAll(blinds, b.evaluated, threads, b.secrets));
     }},
};

void Compare(Batch& batch, const Step& step, unsigned threads, int rounds) {
  std::vector<double> ours, bare;
  for (int round = 0; round < rounds; ++round) {
    const double start = ProcessorSeconds();
    step.ours(batch, threads);
    const double middle = ProcessorSeconds();
    Bare(batch, threads, step.hashes, step.multiplications, step.additions);
    ours.push_back(middle - start);
    bare.push_back(ProcessorSeconds() - middle);
  }
  const double per_item = 1e6 / static_cast<double>(batch.items);
  fmt::print("{:<9} {:>7} {:>10.1f} {:>10.1f} {:>7.3f}\n", step.name, threads,
             Median(ours) * per_item, Median(bare) * per_item, Median(ours) / Median(bare));
}

}  // namespace

int main(int argc, char** argv) {
  if (!InitSodium()) return 2;
  const std::size_t items = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 10'000;
  const int rounds = argc > 2 ? std::atoi(argv[2]) : 5;
  if (items == 0 || rounds <= 0) {
    fmt::print(stderr, "usage: token_cost [ITEMS [ROUNDS]]\n");
    return 2;
  }
  Batch batch(items);
  fmt::print("{} items, {} rounds, libsodium {}\n", items, rounds, sodium_version_string());
  fmt::print("{:<9} {:>7} {:>10} {:>10} {:>7}\n", "step", "threads", "us an item", "bare", "ratio");
  for (const unsigned threads : {1u, 2u}) {
    for (const Step& step : kSteps) Compare(batch, step, threads, rounds);
  }
  return 0;
}
