#ifndef REVENANT_TESTS_MARKET_VALUES_H_
#define REVENANT_TESTS_MARKET_VALUES_H_

// Values of identifiers by number: different numbers of a kind are different values, all of them
// well formed and passing their kind's check.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace revenant::market {

enum class Kind : std::uint8_t {
  kDocument,
  kPhone,
  kEmail,
  kIban,
  kCard,
  kAlipay,
  kImei,
  kGaid,
  kMac,
  kAddress,
  kName,
  kIp,
  kProfile,
};
inline constexpr std::size_t kKinds = 13;

std::string_view NameOf(Kind kind);  // "pay.iban"
inline bool IsLinking(Kind kind) { return kind < Kind::kAddress; }
inline bool IsDevice(Kind kind) { return kind >= Kind::kImei && kind <= Kind::kMac; }
inline bool IsPayment(Kind kind) { return kind >= Kind::kIban && kind <= Kind::kAlipay; }

struct Value {
  Kind kind = Kind::kName;
  bool verified = false;  // the platform checked the document
  bool by_00 = false;     // a phone typed with 00 in place of +
  std::uint32_t number = 0;
  bool Same(const Value& other) const { return kind == other.kind && number == other.number; }
};
std::string TextOf(const Value& value);

}  // namespace revenant::market

#endif  // REVENANT_TESTS_MARKET_VALUES_H_
