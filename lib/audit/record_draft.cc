#include "audit/record_draft.h"

#include <algorithm>
#include <utility>

namespace revenant {
namespace {

std::string_view Get(const SellerFields& fields, Field field) {
  return fields[static_cast<std::size_t>(field)];
}

std::optional<Refusal> ReadStatus(std::string_view text, SellerStatus& status) {
  status = SellerStatus::kActive;
  if (text.empty() || text == StatusName(SellerStatus::kActive)) return std::nullopt;
  if (text == StatusName(SellerStatus::kApplicant)) {
    status = SellerStatus::kApplicant;
    return std::nullopt;
  }
  return Refusal{Field::kStatus, "status is neither active nor applicant"};
}

std::optional<Refusal> ReadSeen(std::string_view text, Time& seen) {
  seen = Time::Unknown();
  if (text.empty()) return std::nullopt;
  auto time = ParseTime(text);
  if (!time) return Refusal{Field::kSeen, std::move(time).error().message};
  seen = *time;
  return std::nullopt;
}

std::optional<Refusal> ReadSource(std::string_view text, std::string& source) {
  if (text.size() > kMaxNameBytes)
    return Refusal{Field::kSource, "source is longer than 512 bytes"};
  static_assert(kMaxNameBytes == 512, "the message names the limit");
  const bool holds_control =
      std::any_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; });
  if (holds_control) return Refusal{Field::kSource, "source holds a control character"};
  source = text;
  return std::nullopt;
}

}  // namespace

std::optional<Refusal> SellerFieldReader::ReadName(const SellerFields& fields, SellerName& name) {
  std::string_view platform = Get(fields, Field::kPlatform);
  if (platform.empty()) platform = default_platform_;
  if (platform.empty()) return Refusal{Field::kPlatform, "no platform is given"};
  name.platform = platform;
  if (platform != good_platform_) {
    const SellerName probe{name.platform, "x"};
    if (auto checked = CheckSellerName(probe); !checked) {
      return Refusal{Field::kPlatform, std::move(checked).error().message};
    }
    good_platform_ = platform;
  }
  name.external_id = Get(fields, Field::kSeller);
  if (name.external_id.empty()) return Refusal{Field::kSeller, "no seller is given"};
  if (auto checked = CheckSellerName(name); !checked) {
    return Refusal{Field::kSeller, std::move(checked).error().message};
  }
  return std::nullopt;
}

std::optional<Refusal> SellerFieldReader::Read(const SellerFields& fields, Record& record) {
  if (auto refusal = ReadName(fields, record.seller)) return refusal;
  if (auto refusal = ReadSeen(Get(fields, Field::kSeen), record.seen)) return refusal;
  if (auto refusal = ReadSource(Get(fields, Field::kSource), record.source)) return refusal;
  return ReadStatus(Get(fields, Field::kStatus), record.status);
}

}  // namespace revenant
