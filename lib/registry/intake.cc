// From a record to an event: the only place of this room that sees raw values.

#include <algorithm>
#include <iterator>

#include "linkage/pools.h"
#include "registry/impl.h"
#include "util/try.h"

namespace revenant {
namespace {

// What derives from a document that was checked was checked with it.
KeyedAttribute Keyed(const Normalized& normal, bool verified, const Fingerprinter& keyed) {
  KeyedAttribute attribute;
  for (const Identifier& identifier : normal.identifiers()) {
    const KindInfo* info = FindKind(identifier.kind);
    const bool has_check = info != nullptr && info->check != "none" && !info->check.empty();
    const bool junk = normal.status == Status::kJunk;
    attribute.identifiers.push_back({keyed.Of(identifier), identifier.kind, junk, verified && !junk,
                                     normal.status == Status::kValid && has_check});
  }
  attribute.root = attribute.identifiers.front().fingerprint;
  return attribute;
}

}  // namespace

Result<Intake> Registry::Prepare(const Record& record, Time received) const {
  TRY(CheckSellerName(record.seller));
  if (IsForeignCase(record.seller)) {
    return Error{Code::kInvalidArgument,
                 record.seller.ToString() + ": this platform's name is kept for the exchange"};
  }
  Intake intake;
  intake.event.seller = record.seller;
  intake.event.status = record.status;
  intake.event.source = record.source.empty() ? record.seller.platform : record.source;
  intake.event.seen = record.seen;
  if (received.known() && record.seen > received) intake.event.seen = received;
  Normalized normal;
  const std::shared_ptr<const LinkPolicy> policy = impl_->serving.gate.policy();
  const std::shared_ptr<const JunkList> junk = impl_->serving.JunkOf(policy);
  for (const RawAttribute& raw : record.attributes) {
    Normalize({raw.kind, raw.country, raw.value}, normal);
    TakeAsPooled(*policy, normal);
    if (!normal.identifiers().empty()) {
      intake.event.attributes.push_back(Keyed(normal, raw.verified, impl_->serving.keyed));
    }
    // The event holds what the value reads as; what counts is the policy's to say, at any time.
    junk->values().Judge(normal);
    if (normal.status != Status::kJunk) {
      intake.identifiers += static_cast<std::uint32_t>(normal.identifiers().size());
    }
    intake.outcomes.push_back(
        {raw.kind, normal.status, normal.reason, normal.where, normal.repaired});
  }
  return intake;
}

std::vector<AttributeOutcome> Intake::NotPlainlyValid() const {
  std::vector<AttributeOutcome> found;
  std::copy_if(outcomes.begin(), outcomes.end(), std::back_inserter(found),
               [](const AttributeOutcome& outcome) {
                 return outcome.status != Status::kValid || outcome.repaired;
               });
  return found;
}

Result<Applied> Registry::Enrol(const Record& record, Durability durability, const Actor& actor) {
  TRY_ASSIGN(const Intake intake, Prepare(record, Now()));
  return Apply(intake.event, durability, actor);
}

}  // namespace revenant
