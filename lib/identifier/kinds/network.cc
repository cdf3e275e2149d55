// Addresses in the network: context, never a link of their own.

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "identifier/table.h"

namespace revenant::kinds {
namespace {

struct V4Block {
  std::uint32_t address;
  int bits;
};
// IANA special-purpose address registry (RFC 6890): private, shared (CGNAT), loopback, link-local,
// documentation, benchmarking, multicast and reserved blocks. Anyone may be behind these.
constexpr V4Block kNobodyV4[] = {
    {0x00000000, 8},  {0x0A000000, 8},  {0x64400000, 10}, {0x7F000000, 8},  {0xA9FE0000, 16},
    {0xAC100000, 12}, {0xC0000000, 24}, {0xC0000200, 24}, {0xC0A80000, 16}, {0xC6120000, 15},
    {0xC6336400, 24}, {0xCB007100, 24}, {0xE0000000, 3},
};

bool IsNobody(std::uint32_t address) {
  return std::ranges::any_of(kNobodyV4, [address](const V4Block& block) {
    return (address ^ block.address) >> (32 - block.bits) == 0;
  });
}

bool IsPort(std::string_view text) {
  return !text.empty() && text.size() <= 5 && AllDigits(text) &&
         Number(text, 0, text.size()) <= 65535;
}

// Only global unicast (2000::/3) identifies anyone; of that neither documentation (2001:db8::/32,
// 3fff::/20), benchmarking (2001:2::/48) nor ORCHID (2001:10::/28, 2001:20::/28).
bool IsNobody(const std::array<std::uint8_t, 16>& address) {
  if ((address[0] & 0xE0) != 0x20) return true;
  const auto group = [&address](std::size_t i) {
    return static_cast<unsigned>(address[2 * i] << 8 | address[2 * i + 1]);
  };
  if (group(0) == 0x3FFF) return group(1) < 0x1000;
  if (group(0) != 0x2001) return false;
  const unsigned second = group(1);
  return second == 0x0DB8 || (second == 0x0002 && group(2) == 0) || (second & 0xFFF0) == 0x0010 ||
         (second & 0xFFF0) == 0x0020;
}

// IPv4 whole, IPv6 by the /64 that a household or server gets; ::ffff:a.b.c.d is IPv4.
Verdict FinishIp(Work& work) {
  std::array<char, 64> text{};
  std::string_view typed = work.text();
  typed = typed.substr(0, typed.find('%'));  // a zone names an interface of the sender's own
  // A port behind an IPv4 address; that of IPv6 stands behind brackets, which the text stage drops.
  if (const std::size_t colon = typed.find(':');
      colon != std::string_view::npos &&
      typed.substr(0, colon).find('.') != std::string_view::npos &&
      IsPort(typed.substr(colon + 1))) {
    typed = typed.substr(0, colon);
  }
  if (typed.size() >= text.size()) return Invalid("too long");
  std::ranges::copy(typed, text.begin());
  std::array<char, INET6_ADDRSTRLEN> shown;
  std::array<std::uint8_t, 16> v6;
  in_addr v4{};
  if (inet_pton(AF_INET6, text.data(), v6.data()) == 1) {
    constexpr std::array<std::uint8_t, 12> kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
    if (std::equal(kMapped.begin(), kMapped.end(), v6.begin())) {
      std::memcpy(&v4, v6.data() + 12, 4);
    } else {
      const bool nobody = IsNobody(v6);
      std::fill(v6.begin() + 8, v6.end(), std::uint8_t{0});
      inet_ntop(AF_INET6, v6.data(), shown.data(), shown.size());
      work.Replace(shown.data());
      return nobody ? work.BelongToNobody("net.ip.nobody") : Valid();
    }
  } else if (inet_pton(AF_INET, text.data(), &v4) != 1) {
    return Invalid("neither an IPv4 nor an IPv6 address");
  }
  inet_ntop(AF_INET, &v4, shown.data(), shown.size());
  work.Replace(shown.data());
  return IsNobody(ntohl(v4.s_addr)) ? work.BelongToNobody("net.ip.nobody") : Valid();
}

constexpr Kind kNetworkKinds[] = {
    {.name = "net.ip",
     .title = "Network address (IPv4, IPv6 /64)",
     .traits = kAddressOfNet,
     .text = {Reading::kWord, kDropSpaces | kDropBrackets, Fold::kLower},
     .finish = FinishIp,
     .standard = "RFC 791, RFC 4291",
     .bits = 32,
     .example = "81.2.69.142"},
    {.name = "net.ip.nobody",
     .title = "Private or reserved network address",
     .traits = kAddressOfNet.Ignored(),
     .text = {Reading::kWord, kDropSpaces | kDropBrackets, Fold::kLower},
     .finish = FinishIp,
     .standard = "RFC 6890, RFC 5737, RFC 3849, RFC 9637",
     .bits = 0,
     .example = "192.168.0.1"},
};

}  // namespace

std::span<const Kind> NetworkKinds() { return kNetworkKinds; }

}  // namespace revenant::kinds
