#include "revenant/record.h"

#include <algorithm>
#include <iterator>

#include "util/bytes.h"

namespace revenant {
namespace {

bool IsControl(char32_t c) { return c < 0x20 || (c >= 0x7f && c <= 0x9f); }

// Unicode's White_Space less the controls, which are refused everywhere.
bool IsSpace(char32_t c) {
  constexpr char32_t kSpaces[] = {' ', 0xa0, 0x1680, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000};
  return (c >= 0x2000 && c <= 0x200a) ||
         std::find(std::begin(kSpaces), std::end(kSpaces), c) != std::end(kSpaces);
}

// An external id can itself be somebody's e-mail address, so messages name the part and never
// quote it.
Error Refuse(const char* part, const char* why) {
  return {Code::kInvalidArgument, std::string("seller name: ") + part + " " + why};
}

// What both parts have in common.
Result<void> CheckPart(const char* part, std::string_view text) {
  if (text.empty()) return Refuse(part, "is empty");
  if (text.size() > kMaxNameBytes) return Refuse(part, "is longer than 512 bytes");
  while (!text.empty()) {
    const Utf8Char next = DecodeUtf8(text);
    if (next.size == 0) return Refuse(part, "is not UTF-8");
    if (IsControl(next.code_point)) return Refuse(part, "holds a control character");
    text.remove_prefix(next.size);
  }
  return {};
}

bool HoldsSpace(std::string_view utf8) {
  while (!utf8.empty()) {
    const Utf8Char next = DecodeUtf8(utf8);
    if (IsSpace(next.code_point)) return true;
    utf8.remove_prefix(next.size);
  }
  return false;
}

}  // namespace

Result<void> CheckSellerName(const SellerName& name) {
  static_assert(kMaxNameBytes == 512, "the message of CheckPart names the limit");
  if (auto platform = CheckPart("the platform", name.platform); !platform) return platform;
  if (name.platform.find(':') != std::string::npos) return Refuse("the platform", "holds a colon");
  if (HoldsSpace(name.platform)) return Refuse("the platform", "holds white space");
  return CheckPart("the external id", name.external_id);
}

Result<SellerName> ParseSellerName(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) {
    return Error{Code::kInvalidArgument, "seller name: no colon; write PLATFORM:EXTERNAL_ID"};
  }
  SellerName name{std::string(text.substr(0, colon)), std::string(text.substr(colon + 1))};
  if (auto checked = CheckSellerName(name); !checked) return std::move(checked).error();
  return name;
}

std::string_view StatusName(SellerStatus status) {
  switch (status) {
    case SellerStatus::kMentioned:
      return "mentioned";
    case SellerStatus::kApplicant:
      return "applicant";
    case SellerStatus::kActive:
      return "active";
  }
  return "unknown";
}

}  // namespace revenant
