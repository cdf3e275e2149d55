#include "market/values.h"

#include <fmt/format.h>

#include <chrono>

namespace revenant::market {
namespace {

// One to one on what lies below 10^9 (10 does not divide the factor): neighbours look unlike.
std::uint64_t Scattered(std::uint64_t number) { return number * 387'420'489 % 1'000'000'000; }

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

std::string Iban(std::uint64_t number) {
  const std::string account = fmt::format("12345678{:010}", Scattered(number));
  int rest = 0;
  for (const char digit : account + "131400") rest = (rest * 10 + (digit - '0')) % 97;
  return fmt::format("DE{:02}{}", 98 - rest, account);
}

std::string ResidentId(std::uint64_t number) {  // born 1950 to 2004, in Dongcheng or Xicheng
  constexpr std::uint64_t kDays = 20'000, kSerials = 999;
  const std::chrono::year_month_day born{std::chrono::sys_days{std::chrono::year{1950} / 1 / 1} +
                                         std::chrono::days{number * 7919 % kDays}};
  const std::uint64_t rest = number / kDays;
  const std::string text =
      fmt::format("{}{:04}{:02}{:02}{:03}", rest / kSerials % 2 == 0 ? "110101" : "110102",
                  static_cast<int>(born.year()), static_cast<unsigned>(born.month()),
                  static_cast<unsigned>(born.day()), rest % kSerials + 1);
  int sum = 0, weight = 1 << 17;
  for (const char digit : text) {
    sum += (digit - '0') * (weight % 11);
    weight /= 2;
  }
  return text + "10X98765432"[sum % 11];
}

std::uint64_t Mix(std::uint64_t x) {  // SplitMix64's finaliser
  x += 0x9e3779b97f4a7c15;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

}  // namespace

std::string_view NameOf(Kind kind) {
  static constexpr std::string_view kNames[kKinds] = {
      "doc.cn.resident_id", "contact.phone", "contact.email", "pay.iban",   "pay.pan",
      "pay.alipay",         "device.imei",   "device.gaid",   "device.mac", "contact.address",
      "contact.name",       "net.ip",        "device.ja4"};
  return kNames[static_cast<std::size_t>(kind)];
}

std::string TextOf(const Value& value) {
  const std::uint64_t number = value.number;
  const std::uint64_t mixed = Mix(number);
  switch (value.kind) {
    case Kind::kDocument:
      return ResidentId(number);
    case Kind::kPhone:
      return fmt::format("{}8613{:09}", value.by_00 ? "00" : "+", Scattered(number));
    case Kind::kEmail:
      return fmt::format("m{:07x}.{:08x}@seller-mail.net", number, mixed >> 32);
    case Kind::kIban:
      return Iban(number);
    case Kind::kCard:
      return WithLuhn(fmt::format("453278{:09}", Scattered(number)));
    case Kind::kAlipay:
      return fmt::format("2088{:03}{:09}", mixed % 1000, Scattered(number));
    case Kind::kImei:
      return WithLuhn(fmt::format("35209{:09}", Scattered(number)));
    case Kind::kGaid:
      return fmt::format("{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}", mixed >> 32, mixed >> 16 & 0xffff,
                         mixed >> 4 & 0xfff, number >> 20, (number & 0xfffff) << 28 | mixed % 9973);
    case Kind::kMac: {
      const std::uint64_t low = number * 0x9e3779b1u & 0xffffffffu;  // odd: one to one
      return fmt::format("00:1b:{:02x}:{:02x}:{:02x}:{:02x}", low >> 24, low >> 16 & 0xff,
                         low >> 8 & 0xff, low & 0xff);
    }
    case Kind::kAddress:
      return fmt::format("{} Warehouse Road, Block {}, Shenzhen", number % 9000 + 1,
                         number / 9000 + 1);
    case Kind::kName:
      return fmt::format("Trading House {:x}", number + 0x1000);
    case Kind::kIp:
      return fmt::format("{}.{}.{}.{}", 60 + (number >> 24 & 3), number >> 16 & 0xff,
                         number >> 8 & 0xff, number & 0xff);
    case Kind::kProfile:
      return fmt::format("t13d1516h2_{:012x}_{:012x}", mixed & 0xffffffffffff, number + 4096);
  }
  return {};
}

}  // namespace revenant::market
