// From bytes to elements and scalars: expand_message_xmd with SHA-512 (RFC 9380, section 5.3.1),
// and RFC 9497's HashToGroup and HashToScalar for ristretto255-SHA512 on top of it (section 4.1).
//
// A message is given in pieces, which are hashed one behind the other.
// Threads: pure functions. Secrets: time depends on lengths alone; what was computed on the way is
// wiped. Errors: none.
#ifndef REVENANT_EXCHANGE_CRYPTO_HASH_TO_GROUP_H_
#define REVENANT_EXCHANGE_CRYPTO_HASH_TO_GROUP_H_

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

#include "exchange/crypto/group.h"

namespace revenant {

// RFC 9497's contextString of mode VOPRF, which the exchange hashes with throughout.
inline constexpr std::string_view kVoprfContext = "OPRFV1-\x01-ristretto255-SHA512";

using Pieces = std::span<const std::string_view>;

// Separates one use of the hash from every other: at most 255 bytes ("DST" in the RFCs), kept
// together with the byte of length that ends it.
class DomainTag {
 public:
  explicit DomainTag(std::string_view text);
  std::string_view suffix() const { return suffix_; }

 private:
  std::string suffix_;
};

// "HashToGroup-" and "HashToScalar-" before kVoprfContext. One of each, made once.
const DomainTag& VoprfHashToGroup();
const DomainTag& VoprfHashToScalar();

// Fills `out`, at most 255 * 64 bytes.
void ExpandMessageXmd(Pieces message, const DomainTag& tag, std::span<std::uint8_t> out);

// HashToGroup is this of 64 expanded bytes. Never the identity but with a chance of 2^-252, which
// the multiplication that follows refuses.
Element GroupFromWide(const WideBytes& wide);
Scalar HashToScalar(Pieces message, const DomainTag& tag);

}  // namespace revenant

#endif  // REVENANT_EXCHANGE_CRYPTO_HASH_TO_GROUP_H_
