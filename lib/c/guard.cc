#include "c/guard.h"

#include "records/byte_source.h"
#include "records/record_parser.h"
#include "revenant/version.h"

namespace revenant::c {
namespace {

static_assert(RV_INVALID_ARGUMENT == static_cast<int>(Code::kInvalidArgument) &&
              RV_NOT_FOUND == static_cast<int>(Code::kNotFound) &&
              RV_CONFLICT == static_cast<int>(Code::kConflict) &&
              RV_UNSUPPORTED_FORMAT == static_cast<int>(Code::kUnsupportedFormat) &&
              RV_CORRUPTION == static_cast<int>(Code::kCorruption) &&
              RV_IO == static_cast<int>(Code::kIo) && RV_CLOSED == static_cast<int>(kClosed));
static_assert(RV_TIME_UNKNOWN == Time::kUnknownMicros);
static_assert(RV_MENTIONED == static_cast<int>(SellerStatus::kMentioned) &&
              RV_APPLICANT == static_cast<int>(SellerStatus::kApplicant) &&
              RV_ACTIVE == static_cast<int>(SellerStatus::kActive));

constexpr std::size_t kErrorHead = offsetof(rv_error, message);

constexpr std::string_view kNoText = "is NULL and has a size, or is longer than 16 MiB";

// Into the buffer that is there already; false: kNoText.
bool Copy(rv_text from, std::string& to) {
  if (from.size > kMaxRecordBytes || (from.data == nullptr && from.size > 0)) return false;
  if (from.size == 0) {
    to.clear();
  } else if (to.size() != from.size || std::memcmp(to.data(), from.data, from.size) != 0) {
    to.assign(from.data, from.size);  // kinds and the platform are mostly those of the last one
  }
  return true;
}

class TextSource final : public ByteSource {
 public:
  explicit TextSource(std::string_view text) : rest_(text) {}
  Result<std::size_t> Read(std::span<char> out) override {
    const std::size_t size = rest_.copy(out.data(), out.size());
    rest_.remove_prefix(size);
    return size;
  }

 private:
  std::string_view rest_;
};

}  // namespace

rv_code Put(rv_error* slot, rv_code code, std::string_view message) noexcept {
  if (slot == nullptr || slot->size <= kErrorHead || slot->size > sizeof(rv_error)) return code;
  const std::size_t room = slot->size - kErrorHead - 1;
  slot->code = code;
  constexpr std::string_view kCut = "...";
  if (message.size() <= room) {
    message.copy(slot->message, room);
    slot->message[message.size()] = '\0';
  } else if (room < kCut.size()) {
    slot->message[0] = '\0';
  } else {
    std::size_t kept = room - kCut.size();
    while (kept > 0 && (message[kept] & 0xc0) == 0x80) --kept;  // not inside a character
    message.copy(slot->message, kept);
    kCut.copy(slot->message + kept, kCut.size());
    slot->message[kept + kCut.size()] = '\0';
  }
  return code;
}

Result<std::string_view> TextOrNone(std::string_view name, const char* text) {
  const std::string_view view = text == nullptr ? "" : text;
  if (!IsUtf8(view)) return Wrong(name, "is not UTF-8");
  return view;
}

Result<std::string_view> Text(std::string_view name, const char* text) {
  if (text == nullptr) return Wrong(name, "is NULL");
  return TextOrNone(name, text);
}

Result<std::string_view> Bytes(std::string_view name, rv_text text) {
  if (text.data == nullptr && text.size > 0) return Wrong(name, "is NULL and has a size");
  if (text.size > kMaxRecordBytes) return Wrong(name, "is longer than 16 MiB");
  return text.size == 0 ? std::string_view() : std::string_view(text.data, text.size);
}

Result<std::string_view> Text(std::string_view name, rv_text text) {
  TRY_ASSIGN(const std::string_view view, Bytes(name, text));
  if (!IsUtf8(view)) return Wrong(name, "is not UTF-8");
  if (view.find('\0') != view.npos) return Wrong(name, "holds a NUL byte");
  return view;
}

Result<SellerName> Seller(std::string_view name, const char* text) {
  if (text == nullptr) return Wrong(name, "is NULL");
  return ParseSellerName(text);
}

Result<void> Give(std::string_view text, char** out) {
  if (out == nullptr) return {};
  *out = static_cast<char*>(std::malloc(text.size() + 1));
  if (*out == nullptr) throw std::bad_alloc();
  text.copy(*out, text.size());
  (*out)[text.size()] = '\0';
  return {};
}

Result<How> HowOf(const rv_write* given) {
  How how;
  if (given == nullptr) return how;
  TRY(CheckSize("rv_write", given));
  const rv_write& write = *given;
  if (write.buffered > 1) return Wrong("rv_write", "buffered is neither 0 nor 1");
  if (write.buffered == 1) how.durability = Durability::kBuffered;
  TRY_ASSIGN(how.actor.who, TextOrNone("rv_write.actor", write.actor));
  return how;
}

Result<void> Fill(const rv_application& given, Record& record) {
  TRY(CheckSize("rv_application", &given));
  const rv_application& one = given;
  if (one.status < RV_MENTIONED || one.status > RV_ACTIVE) {
    return Wrong("rv_application.status", "is not a status");
  }
  if (one.reserved != 0) return Wrong("rv_application.reserved", "must be 0");
  if (one.attribute_size != sizeof(rv_attribute)) {
    return Wrong("rv_application.attribute_size", "is not sizeof(rv_attribute)");
  }
  if (one.attributes == nullptr && one.attribute_count > 0) {
    return Wrong("rv_application.attributes", "is NULL");
  }
  if (one.attribute_count > kMaxAttributes) {
    return Wrong("rv_application.attribute_count", "is over 16,384");
  }
  // Names and kinds are checked where records of every sort are: by the registry.
  if (!Copy(one.platform, record.seller.platform)) return Wrong("rv_application.platform", kNoText);
  if (!Copy(one.external_id, record.seller.external_id)) {
    return Wrong("rv_application.external_id", kNoText);
  }
  TRY_ASSIGN(record.source, Text("rv_application.source", one.source));
  record.status = static_cast<SellerStatus>(one.status);
  record.seen = TimeOf(one.seen);
  record.attributes.resize(one.attribute_count);
  for (std::size_t i = 0; i < one.attribute_count; ++i) {
    const rv_attribute& from = one.attributes[i];
    RawAttribute& to = record.attributes[i];
    if ((from.flags & ~std::uint32_t{RV_VERIFIED}) != 0 || from.reserved != 0) {
      return Wrong("rv_attribute.flags", "has a flag that does not exist");
    }
    if (!Copy(from.kind, to.kind) || !Copy(from.country, to.country)) {
      return Wrong("rv_attribute.kind", kNoText);
    }
    if (!Copy(from.value, to.value)) return Wrong("rv_attribute.value", kNoText);
    to.verified = (from.flags & RV_VERIFIED) != 0;
  }
  return {};
}

Result<Record> ReadRecord(std::string_view json) {
  ReadOptions options;
  options.format = RecordFormat::kJsonLines;
  TRY_ASSIGN(const auto reader,
             OpenRecordReader(std::make_unique<TextSource>(json), "record", options));
  InputRecord input, more;
  TRY_ASSIGN(const bool any, reader->Next(input));
  if (!any) return Wrong("record", "is empty");
  if (!input.rejects.empty()) {
    const Reject& reject = input.rejects.front();
    return Error{Code::kInvalidArgument,
                 fmt::format("record:{}:{}: {}{}{}", reject.line, reject.column, reject.field,
                             reject.field.empty() ? "" : ": ", reject.reason)};
  }
  if (!reader->unmapped().empty()) {
    return Wrong("record",
                 fmt::format("nothing says what the field {} means", reader->unmapped().front()));
  }
  TRY_ASSIGN(const bool second, reader->Next(more));
  if (second) return Wrong("record", "is more than one object");
  return std::move(input.record);
}

// The entries are C's, wherever they are defined: what c.h declares.
extern "C" {

const char* rv_code_name(rv_code code) {
  switch (code) {
    case RV_OK:
      return "ok";
    case RV_CLOSED:
      return "closed";
    case RV_NO_MEMORY:
      return "no memory";
    case RV_INTERNAL:
      return "internal";
    default:
      break;
  }
  const bool known = code >= RV_INVALID_ARGUMENT && code <= RV_IO;
  return known ? CodeName(static_cast<Code>(code)) : "unknown";
}

const char* rv_decision_name(int32_t decision) {
  if (decision < RV_CLEAR || decision > RV_BLOCK) return "";
  return DecisionName(static_cast<Decision>(decision)).data();
}

const char* rv_version(void) { return REVENANT_VERSION; }

void rv_free(void* result) { std::free(result); }

rv_code rv_parse_time(const char* text, int64_t* time, rv_error* error) {
  return Guarded(error, [&]() -> Result<void> {
    TRY_ASSIGN(const std::string_view view, Text("text", text));
    if (time == nullptr) return Wrong("time", "is NULL");
    TRY_ASSIGN(const Time parsed, ParseTime(view));
    *time = parsed.micros;
    return {};
  });
}

}  // extern "C"

}  // namespace revenant::c
