// Addresses of cryptocurrencies.

#include <algorithm>
#include <array>
#include <string>

#include "identifier/table.h"

namespace revenant::kinds {
namespace {

constexpr std::string_view kNobodys[] = {
#include "identifier/data/wallet_nobody.inc"
};
static_assert(std::ranges::is_sorted(kNobodys));

constexpr char Lower(char c) { return IsLetter(c) ? static_cast<char>(c + 32) : c; }

// Wallets show addresses as URIs too ("bitcoin:1A1z...").
std::string_view WithoutScheme(std::string_view text, std::string_view scheme) {
  const bool has = text.size() > scheme.size() && text[scheme.size()] == ':' &&
                   std::ranges::equal(text.substr(0, scheme.size()), scheme, {}, Lower);
  return has ? text.substr(scheme.size() + 1) : text;
}

// BIP 21: what is to be paid, and for what, stands behind the address.
std::string_view Address(std::string_view text, std::string_view scheme) {
  std::string_view address = WithoutScheme(text, scheme);
  if (address.starts_with("//")) address.remove_prefix(2);
  return address.substr(0, address.find('?'));
}

void ReplaceLower(Work& work, std::string_view text) {
  std::array<char, 128> lower;
  std::ranges::transform(text, lower.begin(), Lower);
  work.Replace({lower.data(), text.size()});
}

// An address that was made up to read as words or signs, or that stands for zero or a small number:
// nobody has found a key for it. Eight times the same sign come up once in 10^11 addresses.
bool IsMadeUp(std::string_view address) {
  constexpr std::size_t kRun = 8;
  std::size_t run = 1;
  for (std::size_t i = 1; i < address.size(); ++i) {
    run = address[i] == address[i - 1] ? run + 1 : 1;
    if (run == kRun) return true;
  }
  return std::ranges::binary_search(kNobodys, address);
}

// What an address that passed its check is.
Verdict Settled(Work& work, std::string_view address) {
  return IsMadeUp(address) ? work.BelongToNobody("pay.crypto.nobody") : Valid();
}

bool IsPayload(const std::optional<Base58Payload>& payload, std::uint8_t version) {
  return payload && payload->size == 21 && payload->bytes[0] == version;
}

struct Coin {
  std::string_view scheme;
  std::string_view segwit;  // prefix of bech32 addresses; empty where the coin has none
  std::array<std::uint8_t, 2> versions;  // pay to key hash, to script hash
};

// Base58check by the coin's version bytes, or segwit.
Verdict FinishCoin(Work& work, const Coin& coin) {
  const std::string_view text = Address(work.text(), coin.scheme);
  if (text.size() > 100) return Invalid("too long");
  if (!coin.segwit.empty() && SegwitOk(text, coin.segwit)) {
    ReplaceLower(work, text);
    return Settled(work, work.text());
  }
  const auto payload = Base58CheckDecode(text);
  if (!payload) return Invalid("no address, or its check does not agree");
  for (const std::uint8_t version : coin.versions) {
    if (IsPayload(payload, version)) {
      work.Replace(text);
      return Settled(work, work.text());
    }
  }
  if (payload->size >= 33) return Invalid("a key, not an address");
  return Invalid("an address of another network");
}

Verdict FinishBtc(Work& work) {
  const std::string_view text = Address(work.text(), "bitcoin");
  if (text.size() <= 100 && SegwitOk(text, "tb")) {
    ReplaceLower(work, text);
    return Junk("an address of the test network");
  }
  const auto payload = text.size() <= 100 ? Base58CheckDecode(text) : std::nullopt;
  if (IsPayload(payload, 0x6F) || IsPayload(payload, 0xC4)) {
    work.Replace(text);
    return Junk("an address of the test network");
  }
  return FinishCoin(work, {"bitcoin", "bc", {0x00, 0x05}});
}

// Script addresses begin with M; the older form with 3 (Bitcoin's version) is the same script.
Verdict FinishLtc(Work& work) {
  const auto payload = Base58CheckDecode(Address(work.text(), "litecoin"));
  if (IsPayload(payload, 0x05)) {
    Base58Payload script = *payload;
    script.bytes[0] = 0x32;
    work.Replace(Base58CheckEncode(script.span()));
    return Settled(work, work.text());
  }
  return FinishCoin(work, {"litecoin", "ltc", {0x30, 0x32}});
}

Verdict FinishDoge(Work& work) { return FinishCoin(work, {"dogecoin", "", {0x1E, 0x16}}); }

// An X-address holds account and tag in one (XLS-5d): 0x05 0x44, the account, one byte that says
// whether there is a tag, the tag in eight bytes, the lowest first. The account's own address and
// the tag behind a colon; empty if it is none.
std::string FromXAddress(std::string_view text) {
  const auto payload = Base58CheckDecode(text, kRippleAlphabet);
  if (!payload || payload->size != 31) return {};
  const auto& bytes = payload->bytes;
  if (bytes[0] != 0x05 || bytes[1] != 0x44 || bytes[22] > 1) return {};
  std::uint64_t tag = 0;
  for (std::size_t i = 31; i-- > 23;) tag = tag << 8 | bytes[i];
  if (tag > 0xFFFFFFFF || (bytes[22] == 0 && tag != 0)) return {};
  std::array<std::uint8_t, 21> account{};
  std::copy_n(bytes.begin() + 2, 20, account.begin() + 1);
  std::string address = Base58CheckEncode(account, kRippleAlphabet);
  if (bytes[22] == 1) address += ":" + std::to_string(tag);
  return address;
}

// An exchange's address is shared by its customers; the destination tag behind a colon tells whose.
Verdict FinishXrp(Work& work) {
  std::string_view text = WithoutScheme(work.text(), "ripple");
  text = WithoutScheme(text, "xrpl");
  text = WithoutScheme(text, "xrp");
  const std::string plain = text.starts_with('X') ? FromXAddress(text) : std::string();
  if (!plain.empty()) text = plain;
  const std::size_t mark = text.find_first_of(":?");
  const std::string_view address = text.substr(0, mark);
  std::string_view tag = mark == std::string_view::npos ? "" : text.substr(mark + 1);
  if (tag.starts_with("dt=")) tag.remove_prefix(3);
  if (!IsPayload(Base58CheckDecode(address, kRippleAlphabet), 0x00)) {
    return Invalid("no address, or its check does not agree");
  }
  if (mark != std::string_view::npos && (!AllDigits(tag) || tag.size() > 10)) {
    return Invalid("no destination tag");
  }
  std::array<char, 64> joined;
  auto end = std::ranges::copy(address, joined.begin()).out;
  if (!tag.empty()) {
    *end++ = ':';
    end = std::ranges::copy(tag, end).out;
  }
  work.Replace({joined.data(), static_cast<std::size_t>(end - joined.begin())});
  return Settled(work, work.text().substr(0, work.text().find(':')));
}

using EthText = std::array<char, 42>;

// EIP-55 capitals; with a chain id those of EIP-1191.
EthText EthCapitals(std::string_view lower_hex, std::string_view chain) {
  std::array<char, 64> hashed;
  auto end = hashed.begin();
  if (!chain.empty()) {
    end = std::ranges::copy(chain, end).out;
    end = std::ranges::copy(std::string_view("0x"), end).out;
  }
  end = std::ranges::copy(lower_hex, end).out;
  const auto digest = Keccak256({hashed.data(), static_cast<std::size_t>(end - hashed.begin())});
  EthText address = {'0', 'x'};
  for (std::size_t i = 0; i < 40; ++i) {
    const int nibble = digest[i / 2] >> (i % 2 == 0 ? 4 : 0) & 15;
    const bool letter = lower_hex[i] >= 'a';
    address[i + 2] = letter && nibble >= 8 ? static_cast<char>(lower_hex[i] - 32) : lower_hex[i];
  }
  return address;
}

std::string_view View(const EthText& address) { return {address.data(), address.size()}; }

bool IsNobodys(const EthText& address) { return IsMadeUp(View(address)); }

constexpr bool IsHexDigit(char c) { return IsDigit(c) || (Lower(c) >= 'a' && Lower(c) <= 'f'); }

// 20 bytes in hex. Mixed case is a check (EIP-55, or EIP-1191 for the chain behind the @); one case
// throughout has none. One key serves all EVM chains: whatever the spelling, they meet in EIP-55's.
Verdict FinishEth(Work& work) {
  std::string_view text = work.text();
  // ERC-681: "ethereum:" and "pay-" in front, a chain's number, a function and its parameters
  // behind. Chains have names of their own in front ("bnb:", "eip155:1:").
  text = text.substr(0, text.find_first_of("@/?"));
  text.remove_prefix(text.rfind(':') + 1);
  if (text.starts_with("pay-")) text.remove_prefix(4);
  if (text.size() != 42 || text[0] != '0' || Lower(text[1]) != 'x') {
    return Invalid("not 0x and 40 hex digits");
  }
  const std::string_view typed = text.substr(2);
  if (const auto bad = std::ranges::find_if_not(typed, IsHexDigit); bad != typed.end()) {
    return Invalid("not a hex digit", static_cast<std::int32_t>(bad - work.text().begin()));
  }
  std::array<char, 40> lower;
  std::ranges::transform(typed, lower.begin(), Lower);
  const std::string_view hex(lower.data(), lower.size());
  const EthText address = EthCapitals(hex, "");
  const bool one_case = std::ranges::none_of(typed, IsLetter) ||
                        std::ranges::none_of(typed, [](char c) { return c >= 'a' && c <= 'z'; });
  if (!one_case && typed != View(address).substr(2)) {
    const bool chain = AllDigits(work.country()) && work.country().size() <= 10;
    const EthText on_chain = EthCapitals(hex, chain ? work.country() : "");
    if (typed != View(on_chain).substr(2)) {
      return Invalid("the capitals, which are a check, do not agree");
    }
    // The root keeps the chain's own spelling; what other chains know is derived, and meets them.
    work.Replace(View(on_chain));
    work.SetScope(work.country());
    if (!IsNobodys(address)) {
      work.Derive("pay.crypto.eth", View(address));
      return Valid();
    }
  }
  work.Replace(View(address));
  return IsNobodys(address) ? work.BelongToNobody("pay.crypto.nobody") : Valid();
}

// 0x41 and the 20 bytes that the same key has on Ethereum, in base58check or hex.
Verdict FinishTron(Work& work) {
  const std::string_view text = Address(work.text(), "tron");
  Base58Payload payload;
  if (text.size() == 42 && text.starts_with("41") && std::ranges::all_of(text, IsHexDigit)) {
    const auto nibble = [&](std::size_t i) {
      return static_cast<std::uint8_t>(IsDigit(text[i]) ? text[i] - '0'
                                                        : Lower(text[i]) - 'a' + 10);
    };
    payload.size = 21;
    for (std::size_t i = 0; i < 21; ++i) {
      payload.bytes[i] = static_cast<std::uint8_t>(nibble(2 * i) << 4 | nibble(2 * i + 1));
    }
    work.Replace(Base58CheckEncode(payload.span()));
  } else {
    const auto decoded = Base58CheckDecode(text);
    if (!decoded) return Invalid("no address, or its check does not agree");
    if (!IsPayload(decoded, 0x41)) return Invalid("an address of another network");
    payload = *decoded;
    work.Replace(text);
  }
  std::array<char, 40> hex;
  for (std::size_t i = 0; i < 40; ++i) {
    hex[i] = "0123456789abcdef"[payload.bytes[1 + i / 2] >> (i % 2 == 0 ? 4 : 0) & 15];
  }
  const EthText twin = EthCapitals({hex.data(), hex.size()}, "");
  if (IsNobodys(twin)) return work.BelongToNobody("pay.crypto.nobody");
  work.Derive("pay.crypto.eth", View(twin));
  return Valid();
}

Verdict FinishNobodys(Work& work) {
  const std::string_view text = work.text();
  if (text.starts_with('T')) return FinishTron(work);
  if (text.starts_with("0x")) return FinishEth(work);
  const std::string_view address = text.substr(0, text.find(':'));
  const bool passes = Base58CheckDecode(address) || Base58CheckDecode(address, kRippleAlphabet) ||
                      SegwitOk(address, "bc") || SegwitOk(address, "ltc");
  return passes && IsMadeUp(address) ? Valid() : Invalid("no address that is known to be nobody's");
}

constexpr Kind kWalletKinds[] = {
    {.name = "pay.crypto.btc",
     .title = "Bitcoin address",
     .traits = kWallet,
     .text = kCased,
     .check = {"base58check, bech32, bech32m"},
     .finish = FinishBtc,
     .aliases = "pay.crypto.btc.testnet",
     .standard = "BIP 173, BIP 350",
     .bits = 160,
     .example = "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq"},
    {.name = "pay.crypto.ltc",
     .title = "Litecoin address",
     .traits = kWallet,
     .text = kCased,
     .check = {"base58check, bech32, bech32m"},
     .finish = FinishLtc,
     .standard = "Litecoin Core",
     .bits = 160,
     .example = "LUxXFcwXFPpRZdMv4aYu6bDwPdC2skQ5YW"},
    {.name = "pay.crypto.doge",
     .title = "Dogecoin address",
     .traits = kWallet,
     .text = kCased,
     .check = {"base58check"},
     .finish = FinishDoge,
     .standard = "Dogecoin Core",
     .bits = 160,
     .example = "DNzLUN6MyYVS5zf4Xc2yK69V3dXs6Mxia5"},
    {.name = "pay.crypto.xrp",
     .title = "XRP Ledger address (and destination tag)",
     .traits = kWallet,
     .text = kCased,
     .check = {"base58check"},
     .finish = FinishXrp,
     .standard = "XRPL base58 encodings",
     .bits = 160,
     .example = "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh"},
    {.name = "pay.crypto.eth",
     .title = "Ethereum address (any EVM chain)",
     .traits = kWallet,
     .text = kCased,
     .check = {"EIP-55, EIP-1191"},
     .finish = FinishEth,
     .standard = "EIP-55",
     .bits = 160,
     .example = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"},
    {.name = "pay.crypto.nobody",
     .title = "Burn address, precompile or contract of a coin",
     .traits = kWallet.Ignored(),
     .text = kCased,
     .check = {"EIP-55, base58check"},
     .finish = FinishNobodys,
     .standard = "EIP-55; Tron protocol; Bitcoin Core; XRPL",
     .bits = 0,
     .example = "0x000000000000000000000000000000000000dEaD"},
    {.name = "pay.crypto.tron",
     .title = "Tron address",
     .traits = kWallet,
     .text = kCased,
     .check = {"base58check"},
     .finish = FinishTron,
     .standard = "Tron protocol",
     .bits = 160,
     .example = "TEi1qhi5LuTicg1u9oAstyXCSf5uibSyqo"},
};

}  // namespace

std::span<const Kind> WalletKinds() { return kWalletKinds; }

}  // namespace revenant::kinds
