#include "linkage/value_reader.h"

#include "linkage/pools.h"

namespace revenant {

bool HasCheckDigits(std::string_view kind) {
  const KindInfo* info = FindKind(kind);
  return info != nullptr && info->check != "none" && !info->check.empty();
}

ReadsAs ReadValue(const LinkPolicy& policy, const JunkValues& junk, const Attribute& value,
                  Normalized& out) {
  Normalize(value, out);
  TakeAsPooled(policy, out);
  const ReadsAs reads{out.status == Status::kJunk, out.status == Status::kValid};
  junk.Judge(out);
  return reads;
}

const Normalized& ValueReader::Read(const RawAttribute& raw) {
  reads_as_ = ReadValue(*policy_, *junk_, {raw.kind, raw.country, raw.value}, normal_);
  return normal_;
}

}  // namespace revenant
