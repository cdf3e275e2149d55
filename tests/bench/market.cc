#include "bench/market.h"

#include <fmt/format.h>

#include <cmath>

namespace revenant::bench {
namespace {

constexpr std::uint64_t kPopular = 3000;  // values
constexpr std::uint64_t kBlock = 100;     // sellers, of which the first few run in rings
constexpr std::int64_t kEpoch = 1'700'000'000'000'000;
constexpr std::int64_t kMinute = 60'000'000;

// Mixes a number so that neighbours have nothing in common (SplitMix64, Steele et al. 2014).
std::uint64_t Mix(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

std::string WithLuhn(std::string digits) {
  int sum = 0;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    int digit = digits[digits.size() - 1 - i] - '0';
    if (i % 2 == 0) digit = digit * 2 - (digit > 4 ? 9 : 0);
    sum += digit;
  }
  digits.push_back(static_cast<char>('0' + (10 - sum % 10) % 10));
  return digits;
}

std::string Iban(std::uint64_t value) {
  // Bank codes and accounts of Germany: 18 digits; ISO 13616's check over them, "DE" and "00".
  const std::string account = fmt::format("{:018}", value % 1'000'000'000'000'000'000);
  int rest = 0;
  for (const char digit : account + "131400") rest = (rest * 10 + (digit - '0')) % 97;
  return fmt::format("DE{:02}{}", 98 - rest, account);
}

// Chinese mobile numbers are the longest common ones, and still few enough to collide when drawn:
// so each has its place, scattered by a factor that 10 does not divide.
std::uint64_t Subscriber(int slot, std::uint64_t sort, std::uint64_t number) {
  const std::uint64_t place =
      (sort - 1) * 200'000'000 + static_cast<std::uint64_t>(slot / 4) * 100'000'000;
  return (place + number) % 1'000'000'000 * 387'420'489 % 1'000'000'000;
}

}  // namespace

std::uint64_t Market::Random(std::uint64_t a, std::uint64_t b) const {
  return Mix(Mix(seed_ ^ Mix(a)) + b);
}

Market::Ring Market::RingOf(std::uint64_t number) const {
  Ring ring;
  const std::uint64_t block = number / kBlock, place = number % kBlock;
  ring.size = 2 + Random(block, 1) % 5;
  ring.first = block * kBlock;
  ring.is = place < ring.size && ring.first + ring.size <= sellers_;
  ring.has_ban = ring.is && Random(block, 2) % 100 < 6;
  return ring;
}

bool Market::IsBanned(std::uint64_t number) const {
  const Ring ring = RingOf(number);
  if (ring.is) return ring.has_ban && number == ring.first;
  return Random(number, 3) % 500 == 0;
}

RawAttribute Market::Value(int slot, Sort sort, std::uint64_t number) const {
  const std::uint64_t value =
      Random(static_cast<std::uint64_t>(sort) * 64 + static_cast<std::uint64_t>(slot), number);
  switch (slot % 4) {
    case 0:
      return {
          "contact.phone", "",
          fmt::format("+8613{:09}", Subscriber(slot, static_cast<std::uint64_t>(sort), number))};
    case 1:
      return {"contact.email", "", fmt::format("m.{:016x}@roe-trading-ltd.org", value)};
    case 2:
      return {"pay.iban", "", Iban(value)};
    default:
      return {"device.imei", "", WithLuhn(fmt::format("35{:012}", value % 1'000'000'000'000))};
  }
}

Record Market::Seller(std::uint64_t number) const {
  Record record;
  record.seller = {"market", fmt::format("S{:09}", number)};
  record.seen = Time{kEpoch + static_cast<std::int64_t>(Random(number, 4) % 500'000) * kMinute};
  const Ring ring = RingOf(number);
  for (int slot = 0; slot < 4; ++slot) {
    const std::uint64_t draw = Random(number, 10 + static_cast<std::uint64_t>(slot));
    if (ring.is && draw % 2 == 0) {
      record.attributes.push_back(Value(slot, Sort::kRing, ring.first));
    } else if (draw % 30 == 1) {
      const double place = static_cast<double>(draw >> 11) * 0x1p-53;
      const double rank = std::pow(static_cast<double>(kPopular), place);
      record.attributes.push_back(Value(slot, Sort::kPopular, static_cast<std::uint64_t>(rank)));
    } else {
      record.attributes.push_back(Value(slot, Sort::kOwn, number));
    }
  }
  return record;
}

Record Market::Stranger(std::uint64_t number) const {
  Record record;
  record.seller = {"market", fmt::format("A{:09}", number)};
  record.status = SellerStatus::kApplicant;
  record.seen = Time{kEpoch + 600'000 * kMinute};
  for (int slot = 0; slot < 8; ++slot) {
    record.attributes.push_back(Value(slot, Sort::kStranger, number));
  }
  return record;
}

Record Market::Suspect(std::uint64_t number) const {
  Record record = Stranger(sellers_ + number);
  record.attributes[2] = Seller(number).attributes[2];
  return record;
}

Record Market::Unshared(std::string name, std::uint64_t number) const {
  Record record;
  record.seller = {"market", std::move(name)};
  record.seen = Time{kEpoch + 600'000 * kMinute};
  for (int slot = 0; slot < 4; ++slot) {
    record.attributes.push_back(Value(slot, Sort::kNewcomer, number));
  }
  return record;
}

Record Market::Newcomer(std::uint64_t number) const {
  return Unshared(fmt::format("N{:09}", number), number);
}

Record Market::AuditRow(std::uint64_t number) const {
  constexpr std::uint64_t kBeyondNewcomers = 100'000'000;
  return Unshared(fmt::format("R{:09}", number), kBeyondNewcomers + number);
}

}  // namespace revenant::bench
