#include "linkage/value_reader.h"

#include "linkage/pools.h"

namespace revenant {

bool HasCheckDigits(std::string_view kind) {
  const KindInfo* info = FindKind(kind);
  return info != nullptr && info->check != "none" && !info->check.empty();
}

const Normalized& ValueReader::Read(const RawAttribute& raw) {
  Normalize({raw.kind, raw.country, raw.value}, normal_);
  TakeAsPooled(*policy_, normal_);
  reads_junk_ = normal_.status == Status::kJunk;
  agrees_ = normal_.status == Status::kValid;
  junk_->Judge(normal_);
  return normal_;
}

}  // namespace revenant
