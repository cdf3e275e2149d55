#include "revenant/fingerprint.h"

#include "fingerprint/key_impl.h"
#include "fingerprint/keyed_digest.h"
#include "util/bytes.h"

namespace revenant {

std::string Fingerprint::ToHex() const { return HexEncode(bytes); }

std::optional<Fingerprint> Fingerprint::FromHex(std::string_view hex) {
  Fingerprint fingerprint;
  if (!HexDecode(hex, fingerprint.bytes)) return std::nullopt;
  return fingerprint;
}

struct Fingerprinter::Impl {
  explicit Impl(std::span<const MasterKey> chain) : digest(chain) {}

  KeyedDigest digest;
};

Fingerprinter::Fingerprinter(const Key& key) : impl_(std::make_unique<Impl>(key.impl_->chain)) {}
Fingerprinter::~Fingerprinter() = default;
Fingerprinter::Fingerprinter(Fingerprinter&&) noexcept = default;
Fingerprinter& Fingerprinter::operator=(Fingerprinter&&) noexcept = default;

Fingerprint Fingerprinter::Of(const Identifier& identifier) const {
  return Of(identifier.kind, identifier.scope, identifier.canonical);
}

Fingerprint Fingerprinter::Of(std::string_view kind, std::string_view scope,
                              std::string_view canonical) const {
  return impl_->digest.Of(kind, scope, canonical);
}

Fingerprint Fingerprinter::Rewrap(const Fingerprint& old) const {
  return impl_->digest.Rewrap(old);
}

}  // namespace revenant
