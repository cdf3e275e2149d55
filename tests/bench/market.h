#ifndef REVENANT_TESTS_BENCH_MARKET_H_
#define REVENANT_TESTS_BENCH_MARKET_H_

// An invented market place, the same one for the same seed: any seller's record can be asked for by
// its number, so nothing has to be kept.
//
// Of every hundred sellers seven run in rings of two to six that share values; one value in thirty
// is a popular one, drawn so that the r-th most popular is used 1/r as often as the first (a few
// become hubs). Six in a hundred rings have a banned seller, and so has one honest-looking shop in
// five hundred.

#include <cstdint>
#include <string>

#include "revenant/registry.h"

namespace revenant::bench {

class Market {
 public:
  Market(std::uint64_t sellers, std::uint64_t seed) : sellers_(sellers), seed_(seed) {}

  std::uint64_t sellers() const { return sellers_; }
  // Four attributes: phone, e-mail, IBAN, device.
  Record Seller(std::uint64_t number) const;
  bool IsBanned(std::uint64_t number) const;
  // Eight attributes that nobody else has, under a name that nobody has.
  Record Stranger(std::uint64_t number) const;
  // Eight attributes, one of them a value of seller `number`.
  Record Suspect(std::uint64_t number) const;
  // Four attributes that nobody else has, under a name that nobody has: a row of a clean audit.
  Record AuditRow(std::uint64_t number) const;
  // Four attributes that nobody else has.
  Record Newcomer(std::uint64_t number) const;

 private:
  enum class Sort : std::uint8_t { kOwn = 1, kRing, kPopular, kStranger, kNewcomer };
  struct Ring {
    bool is = false, has_ban = false;
    std::uint64_t first = 0, size = 0;
  };
  Ring RingOf(std::uint64_t number) const;
  std::uint64_t Random(std::uint64_t a, std::uint64_t b) const;
  Record Unshared(std::string name, std::uint64_t number) const;
  RawAttribute Value(int slot, Sort sort, std::uint64_t number) const;

  const std::uint64_t sellers_, seed_;
};

}  // namespace revenant::bench

#endif  // REVENANT_TESTS_BENCH_MARKET_H_
