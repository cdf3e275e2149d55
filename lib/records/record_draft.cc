#include "records/record_draft.h"

#include <algorithm>
#include <utility>

#include "revenant/name_hints.h"

namespace revenant {
namespace {

std::string_view Get(const SellerFields& fields, Field field) {
  return TrimBlanks(fields[static_cast<std::size_t>(field)]);
}

// Of ASCII letters; others stay.
std::string Upper(std::string_view text) {
  std::string upper(text);
  for (char& c : upper) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return upper;
}

std::optional<Refusal> ReadStatus(std::string_view text, SellerStatus& status) {
  status = SellerStatus::kActive;
  const std::string word = Upper(text);
  if (word.empty() || word == Upper(StatusName(SellerStatus::kActive))) return std::nullopt;
  if (word == Upper(StatusName(SellerStatus::kApplicant))) {
    status = SellerStatus::kApplicant;
    return std::nullopt;
  }
  return Refusal{Field::kStatus,
                 "status is neither active nor applicant; --map COLUMN=- leaves a column out"};
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

std::optional<bool> ReadVerified(std::string_view text) {
  const std::string word = Upper(TrimBlanks(text));
  if (word.empty()) return false;
  for (const std::string_view yes : {"TRUE", "1", "YES", "Y", "T"}) {
    if (word == yes) return true;
  }
  for (const std::string_view no : {"FALSE", "0", "NO", "N", "F"}) {
    if (word == no) return false;
  }
  return std::nullopt;
}

std::optional<std::string> ReadCountry(std::string_view text) {
  std::string code = Upper(TrimBlanks(text));
  const bool is_code = code.size() == 2 && std::all_of(code.begin(), code.end(),
                                                       [](char c) { return c >= 'A' && c <= 'Z'; });
  if (!code.empty() && !is_code) return std::nullopt;
  return code;
}

SellerFieldReader::SellerFieldReader(const ReadOptions& options)
    : default_platform_(TrimBlanks(options.platform)) {
  if (options.date_format.empty()) return;
  if (auto format = DateFormat::Create(options.date_format)) date_format_ = *std::move(format);
}

std::optional<Refusal> SellerFieldReader::ReadSeen(std::string_view text, Time& seen) const {
  seen = Time::Unknown();
  if (text.empty()) return std::nullopt;
  auto time = date_format_ ? date_format_->Parse(text) : ReadTime(text);
  if (!time) {
    std::string why = std::move(time).error().message;
    if (!date_format_) why += "; --date-format names the format of times, such as %d/%m/%Y or %s";
    return Refusal{Field::kSeen, why + std::string(kUndated)};
  }
  seen = *time;
  return std::nullopt;
}

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
  if (IsShortenedNumber(name.external_id)) {
    return Refusal{Field::kSeller, std::string(kShortenedSeller)};
  }
  if (auto checked = CheckSellerName(name); !checked) {
    return Refusal{Field::kSeller, std::move(checked).error().message};
  }
  return std::nullopt;
}

std::optional<Refusal> SellerFieldReader::Read(const SellerFields& fields, Record& record,
                                               std::optional<Refusal>& undated) {
  if (auto refusal = ReadName(fields, record.seller)) return refusal;
  undated = ReadSeen(Get(fields, Field::kSeen), record.seen);
  if (auto refusal = ReadSource(Get(fields, Field::kSource), record.source)) return refusal;
  return ReadStatus(Get(fields, Field::kStatus), record.status);
}

}  // namespace revenant
