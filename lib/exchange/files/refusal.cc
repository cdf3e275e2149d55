#include "exchange/files/refusal.h"

#include <array>

namespace revenant {
namespace {

struct Row {
  std::string_view name;
  Code code;
};

// In the order of the enum.
constexpr std::array kRows = {
    Row{"truncated", Code::kCorruption},
    Row{"oversized", Code::kInvalidArgument},
    Row{"not an exchange file", Code::kInvalidArgument},
    Row{"unknown version", Code::kUnsupportedFormat},
    Row{"wrong type", Code::kInvalidArgument},
    Row{"unknown critical flag", Code::kUnsupportedFormat},
    Row{"checksum", Code::kCorruption},
    Row{"malformed", Code::kInvalidArgument},
    Row{"wrong exchange", Code::kInvalidArgument},
    Row{"bad signature", Code::kInvalidArgument},
    Row{"unknown member", Code::kInvalidArgument},
    Row{"removed member", Code::kInvalidArgument},
    Row{"expired roster", Code::kConflict},
    Row{"forked roster", Code::kConflict},
    Row{"roster rollback", Code::kConflict},
    Row{"roster gap", Code::kConflict},
    Row{"roster not signed", Code::kInvalidArgument},
    Row{"key possession", Code::kInvalidArgument},
    Row{"ended key generation", Code::kConflict},
    Row{"rollback", Code::kConflict},
    Row{"equivocation", Code::kConflict},
    Row{"sequence leap", Code::kConflict},
    Row{"wrong predecessor", Code::kConflict},
    Row{"wrong epoch", Code::kConflict},
    Row{"wrong times", Code::kInvalidArgument},
    Row{"digest differs", Code::kCorruption},
    Row{"state hash differs", Code::kConflict},
    Row{"not for us", Code::kInvalidArgument},
    Row{"forged box", Code::kInvalidArgument},
    Row{"fork elsewhere", Code::kConflict},
    Row{"wrong request", Code::kInvalidArgument},
    Row{"bad element", Code::kInvalidArgument},
    Row{"bad proof", Code::kInvalidArgument},
    Row{"over quota", Code::kConflict},
};
static_assert(kRows.size() == static_cast<std::size_t>(Refusal::kOverQuota) + 1);

}  // namespace

std::string_view RefusalName(Refusal refusal) {
  return kRows[static_cast<std::size_t>(refusal)].name;
}

Error Refused(Refusal refusal, std::string_view detail) {
  std::string message = "refused, ";
  message.append(RefusalName(refusal)).append(": ").append(detail);
  return {kRows[static_cast<std::size_t>(refusal)].code, std::move(message)};
}

Error Malformed(std::string_view what) {
  return Refused(Refusal::kMalformed, std::string("the ").append(what).append(" cannot be read"));
}

bool IsRefusal(const Error& error, Refusal refusal) {
  std::string front = "refused, ";
  front.append(RefusalName(refusal)).append(":");
  return error.message.starts_with(front);
}

}  // namespace revenant
