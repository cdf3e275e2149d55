#include "revenant/result.h"

namespace revenant {

const char* CodeName(Code code) {
  switch (code) {
    case Code::kInvalidArgument:
      return "invalid argument";
    case Code::kNotFound:
      return "not found";
    case Code::kConflict:
      return "conflict";
    case Code::kUnsupportedFormat:
      return "unsupported format";
    case Code::kCorruption:
      return "corruption";
    case Code::kIo:
      return "I/O error";
  }
  return "unknown code";
}

}  // namespace revenant
