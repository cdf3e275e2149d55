// From a record to an event. Raw values are seen here and in screener.cc, through ValueReader, and
// nowhere else in this room.

#include <algorithm>
#include <iterator>

#include "linkage/value_reader.h"
#include "registry/impl.h"
#include "registry/state/seller_names.h"
#include "util/try.h"

namespace revenant {
namespace {

// What derives from a document that was checked was checked with it.
KeyedAttribute Keyed(const Normalized& normal, const ValueReader& reader, bool verified,
                     const Fingerprinter& keyed) {
  const bool junk = reader.reads_junk();
  KeyedAttribute attribute;
  for (const Identifier& identifier : normal.identifiers()) {
    attribute.identifiers.push_back(
        {keyed.Of(identifier), identifier.kind, junk, verified && !junk,
         reader.check_digits_agree() && HasCheckDigits(identifier.kind)});
  }
  attribute.root = attribute.identifiers.front().fingerprint;
  return attribute;
}

}  // namespace

Result<Intake> Registry::Prepare(const Record& record, Time received) const {
  TRY(CheckApplicantName(record.seller));
  Intake intake;
  intake.event.seller = record.seller;
  intake.event.status = record.status;
  intake.event.source = record.source.empty() ? record.seller.platform : record.source;
  intake.event.seen = record.seen;
  if (received.known() && record.seen > received) intake.event.seen = received;
  const Serving& serving = impl_->serving;
  const std::shared_ptr<const LinkPolicy> policy = serving.gate.policy();
  const std::shared_ptr<const JunkList> junk = serving.JunkOf(policy);
  ValueReader reader(*policy, junk->values());
  for (const RawAttribute& raw : record.attributes) {
    const Normalized& normal = reader.Read(raw);
    // The event holds what the value reads as; what counts is the policy's to say, at any time.
    if (!normal.identifiers().empty()) {
      intake.event.attributes.push_back(Keyed(normal, reader, raw.verified, serving.keyed));
    }
    if (normal.status != Status::kJunk) {
      intake.identifiers += static_cast<std::uint32_t>(normal.identifiers().size());
    }
    intake.outcomes.push_back({raw.kind, normal.status, normal.reason, normal.where,
                               normal.repaired,
                               static_cast<std::uint32_t>(intake.outcomes.size())});
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
