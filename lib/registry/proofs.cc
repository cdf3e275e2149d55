// Evidence that leaves a registry: certificates and their check, exports, an application repeated.

#include <map>

#include "registry/handle.h"
#include "registry/impl.h"
#include "registry/proof/check_certificate.h"
#include "registry/proof/export.h"
#include "registry/proof/make_certificate.h"
#include "registry/state/awaiting.h"
#include "registry/state/live.h"
#include "registry/state/seller_names.h"
#include "util/try.h"

namespace revenant {

Result<revenant::Enrol> Registry::ApplicationOf(const SellerName& seller) const {
  const Serving::State now = impl_->Now();
  TRY_ASSIGN(const auto known, FindNamed(*now.view, seller));
  revenant::Enrol application;
  application.seller = seller;
  application.status = known.second.status;
  application.source = seller.platform;
  application.seen = known.second.since;
  // Of an attribute that several sources saw, one is enough: it is the identifiers that count.
  std::map<Fingerprint, std::map<Fingerprint, KeyedIdentifier>> attributes;
  TRY(ForEachLive(*now.view, known.first, [&](LiveObservation& live) -> Result<bool> {
    auto& identifiers = attributes[live.key.root];
    for (const ObservationRow::Item& item : live.row.items) {
      KeyedIdentifier& identifier = identifiers[item.fingerprint];
      identifier.fingerprint = item.fingerprint;
      identifier.kind = now.view->Word(item.kind);
      identifier.junk |= item.junk;
      identifier.verified |= item.verified;
      identifier.checked |= item.checked;
    }
    return true;
  }));
  for (auto& [root, identifiers] : attributes) {
    KeyedAttribute& attribute = application.attributes.emplace_back();
    attribute.root = root;
    if (auto own = identifiers.extract(root)) attribute.identifiers.push_back(own.mapped());
    for (auto& [fingerprint, identifier] : identifiers) attribute.identifiers.push_back(identifier);
  }
  return application;
}

Result<Certified> Registry::Certify(const Record& record, Time as_of) const {
  const Time now = as_of.known() ? as_of : revenant::Now();
  TRY_ASSIGN(const Intake intake, Prepare(record, now));
  TRY_ASSIGN(Certified certified, Certify(intake.event, now));
  certified.verdict.attributes = intake.NotPlainlyValid();
  return certified;
}

Result<Certified> Registry::Certify(const revenant::Enrol& given, Time as_of) const {
  const Serving::State now = impl_->Now();
  const revenant::Enrol application = impl_->serving.JunkOf(now.policy)->Judged(given);
  Screening screening(*now.view, *now.policy);
  Certified certified;
  TRY_ASSIGN(certified.verdict,
             screening.Run(application, as_of.known() ? as_of : revenant::Now()));
  if (impl_->serving.in_exchange) {
    TRY_ASSIGN(certified.verdict.awaiting,
               CountAwaiting(*now.view, *now.policy, application, certified.verdict.as_of));
  }
  TRY_ASSIGN(certified::Certificate certificate,
             revenant::Certify(*now.view, *now.policy, application, screening, certified.verdict,
                               &impl_->serving.keyed));
  certificate.key_check = impl_->serving.check_value;
  TRY_ASSIGN(certified.certificate, certified::Encode(certificate));
  return certified;
}

Result<CertificateCheck> VerifyCertificate(const Registry& registry, std::string_view bytes) {
  return CheckCertificate(registry, Inside(registry).keyed, bytes);
}

Result<void> Registry::Export(ExportScope scope,
                              const std::function<void(std::string_view)>& sink) const {
  const Serving::State now = impl_->Now();
  return ExportAll(*now.view, *now.policy, scope, sink);
}

Result<std::string> Registry::ExportSeller(const SellerName& seller, ExportScope scope) const {
  const Serving::State now = impl_->Now();
  return ExportOf(*now.view, *now.policy, seller, scope);
}

}  // namespace revenant
