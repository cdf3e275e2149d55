#include "exchange/files/file_header.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sodium.h>
#include <unistd.h>
#define XXH_STATIC_LINKING_ONLY  // the state on the stack
#include <xxhash.h>

#include <algorithm>
#include <cerrno>

#include "exchange/files/refusal.h"
#include "revenant/exchange_desk.h"
#include "util/posix_file.h"
#include "util/try.h"
#include "util/wire.h"

namespace revenant {
namespace {

constexpr std::string_view kMagic = "RVNTXCHG";
constexpr std::uint16_t kFrameVersion = 1;
constexpr std::size_t kChecksumAt = 32;
constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;

// Both kinds of feed file carry the same signed header, so they are signed as one type.
constexpr std::array kTypes = {
    FileTypeInfo{FileType::kRoster, "roster", 4 * kMiB, 2048, 0},
    FileTypeInfo{FileType::kMemberCard, "member-card", 4096, 4, 0},
    FileTypeInfo{FileType::kRequest, "request", 64 * kMiB, 1, 0},
    FileTypeInfo{FileType::kEvaluation, "evaluation", 64 * kMiB, 1, 0},
    FileTypeInfo{FileType::kFeedDelta, "feed", 256 * 1024, 1, kMaxUnpackedBytes},
    FileTypeInfo{FileType::kFeedSnapshot, "feed", 256 * 1024, 1, kMaxUnpackedBytes},
    FileTypeInfo{FileType::kFeedback, "feedback", 16 * kMiB, 1, 0},
    FileTypeInfo{FileType::kReceipt, "receipt", 16 * kMiB, 1, 0},
    FileTypeInfo{FileType::kSealed, "sealed", 512 * 1024, 0, kMaxUnpackedBytes + kMiB},
    FileTypeInfo{FileType::kOperatorCard, "operator-card", 512 * 1024, 1, 0},
};

struct Lengths {
  std::uint64_t signed_bytes = 0;
  std::uint16_t signatures = 0;
  std::uint64_t body_bytes = 0;
  std::uint64_t Total() const {
    return kFrameBytes + signed_bytes + signatures * kSignatureBytes + body_bytes;
  }
};

std::uint64_t Checksum(std::string_view file) {
  XXH3_state_t state;
  XXH3_64bits_reset(&state);
  XXH3_64bits_update(&state, file.data(), kChecksumAt);
  const std::string_view rest = file.substr(kChecksumAt + sizeof(std::uint64_t));
  XXH3_64bits_update(&state, rest.data(), rest.size());
  return XXH3_64bits_digest(&state);
}

// What the first kFrameBytes say, before anything else of the file was looked at.
struct Front {
  const FileTypeInfo* info = nullptr;
  Lengths lengths;
  std::uint64_t checksum = 0;
  ExchangeId exchange;
};

Result<Front> ReadFront(std::string_view file) {
  if (file.size() < kFrameBytes) {
    return Refused(Refusal::kTruncated, "shorter than the front of any file");
  }
  WireReader reader(file.substr(0, kFrameBytes));
  if (reader.Raw(kMagic.size()) != kMagic) {
    return Refused(Refusal::kNotOurs, "it begins with other bytes");
  }
  if (reader.U16() != kFrameVersion) {
    return Refused(Refusal::kUnknownVersion, "made by another version of the exchange: upgrade");
  }
  Front front;
  front.info = FindFileType(reader.U16());
  if (front.info == nullptr) return Refused(Refusal::kWrongType, "no such type of file");
  if (reader.U32() != 0) {
    return Refused(Refusal::kCriticalFlag, "its front asks for what this version does not know");
  }
  Lengths& lengths = front.lengths;
  lengths.signed_bytes = reader.U32();
  lengths.signatures = reader.U16();
  const std::uint16_t reserved = reader.U16();
  lengths.body_bytes = reader.U64();
  if (reserved != 0) return Refused(Refusal::kMalformed, "reserved bytes are in use");
  if (lengths.signed_bytes > front.info->max_signed ||
      lengths.signatures > front.info->max_signatures ||
      lengths.body_bytes > front.info->max_body) {
    return Refused(Refusal::kOversized,
                   fmt::format("it announces more than a {} file may hold", front.info->signed_as));
  }
  front.checksum = reader.U64();
  reader.Raw(front.exchange.bytes);
  return front;
}

Result<void> CheckSize(const Lengths& lengths, std::size_t size) {
  if (lengths.Total() == size) return {};
  return Refused(lengths.Total() > size ? Refusal::kTruncated : Refusal::kOversized,
                 fmt::format("{} bytes announced, {} there", lengths.Total(), size));
}

std::string SignedMessage(FileType type, const ExchangeId& exchange, std::string_view part) {
  std::string message = "revenant/";
  message.append(InfoOf(type).signed_as).append("/1").push_back('\0');
  message.append(AsView(exchange.bytes)).append(part);
  return message;
}

}  // namespace

const FileTypeInfo* FindFileType(std::uint16_t type) {
  const auto found = std::find_if(kTypes.begin(), kTypes.end(), [&](const FileTypeInfo& info) {
    return static_cast<std::uint16_t>(info.type) == type;
  });
  return found == kTypes.end() ? nullptr : &*found;
}

const FileTypeInfo& InfoOf(FileType type) {
  return *FindFileType(static_cast<std::uint16_t>(type));
}

Digest DigestOf(std::string_view bytes) {
  Digest digest;
  crypto_generichash(digest.data(), digest.size(), AsBytes(bytes).data(), bytes.size(), nullptr, 0);
  return digest;
}

Result<FileFrame> ReadFrame(std::string_view file) {
  TRY_ASSIGN(const Front front, ReadFront(file));
  const Lengths& lengths = front.lengths;
  TRY(CheckSize(lengths, file.size()));
  if (front.checksum != Checksum(file)) {
    return Refused(Refusal::kChecksum, "the file was damaged on its way: fetch it again");
  }
  FileFrame frame;
  frame.type = front.info->type;
  frame.exchange = front.exchange;
  WireReader content(file.substr(kFrameBytes));
  frame.signed_part = content.Raw(lengths.signed_bytes);
  for (std::uint16_t i = 0; i < lengths.signatures; ++i) {
    SignedBy& by = frame.signatures.emplace_back();
    content.Raw(by.key);
    content.Raw(by.signature);
    if (i > 0 && frame.signatures[i - 1].key >= by.key) {
      return Refused(Refusal::kMalformed, "its signatures are out of order");
    }
  }
  frame.body = content.rest();
  return frame;
}

Result<std::string> ReadCarriedFile(const std::filesystem::path& file) {
  const bool is_stdin = file == "-";
  const FileDescriptor opened(is_stdin ? -1
                                       : ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
  if (!is_stdin && !opened.valid()) return SystemError("opening", file, errno);
  const int fd = is_stdin ? STDIN_FILENO : opened.get();
  std::string bytes(kFrameBytes, '\0');
  const auto read = [&](std::size_t from) -> Result<void> {
    const std::ptrdiff_t got = ReadUpTo(fd, bytes.data() + from, bytes.size() - from);
    if (got < 0) return SystemError("reading", file, errno);
    bytes.resize(from + static_cast<std::size_t>(got));
    return {};
  };
  const auto in_file = [&](Error error) {  // "refused, NAME: FILE: why"
    error.message.insert(error.message.find(": ") + 2, (is_stdin ? "stdin" : file.string()) + ": ");
    return error;
  };
  TRY(read(0));
  const Result<Front> front = ReadFront(bytes);
  if (!front) return in_file(front.error());
  // Room grows with what really arrives; one byte more would be one too many.
  const std::uint64_t total = front->lengths.Total();
  while (bytes.size() <= total) {
    const std::size_t have = bytes.size();
    const std::uint64_t step = std::min<std::uint64_t>(total + 1 - have, 4 * kMiB);
    bytes.resize(have + static_cast<std::size_t>(step));
    TRY(read(have));
    if (bytes.size() < have + step) break;
  }
  if (bytes.size() > total) {
    return in_file(
        Refused(Refusal::kOversized, fmt::format("{} bytes announced, more are there", total)));
  }
  if (Result<void> whole = CheckSize(front->lengths, bytes.size()); !whole) {
    return in_file(whole.error());
  }
  return bytes;
}

Result<CarriedFile> InspectFile(std::string_view file) {
  TRY_ASSIGN(const FileFrame frame, ReadFrame(file));
  return CarriedFile{InfoOf(frame.type).signed_as, frame.exchange};
}

Result<FileFrame> ReadFrame(std::string_view file, FileType wanted) {
  TRY_ASSIGN(FileFrame frame, ReadFrame(file));
  if (frame.type != wanted) {
    return Refused(Refusal::kWrongType,
                   fmt::format("this is a {} file, a {} file is needed",
                               InfoOf(frame.type).signed_as, InfoOf(wanted).signed_as));
  }
  return frame;
}

std::string WriteFrame(FileType type, const ExchangeId& exchange, std::string_view signed_part,
                       std::vector<SignedBy> signatures, std::string_view body) {
  std::sort(signatures.begin(), signatures.end(),
            [](const SignedBy& a, const SignedBy& b) { return a.key < b.key; });
  std::string file;
  file.reserve(kFrameBytes + signed_part.size() + signatures.size() * kSignatureBytes +
               body.size());
  WireWriter writer(file);
  writer.Raw(kMagic).U16(kFrameVersion).U16(static_cast<std::uint16_t>(type)).U32(0);
  writer.U32(static_cast<std::uint32_t>(signed_part.size()));
  writer.U16(static_cast<std::uint16_t>(signatures.size())).U16(0).U64(body.size()).U64(0);
  writer.Raw(exchange.bytes).Raw(signed_part);
  for (const SignedBy& by : signatures) writer.Raw(by.key).Raw(by.signature);
  writer.Raw(body);
  const std::uint64_t checksum = Checksum(file);
  std::memcpy(file.data() + kChecksumAt, &checksum, sizeof checksum);
  return file;
}

Signer::Signer(const std::array<std::uint8_t, 32>& seed) {
  crypto_sign_seed_keypair(key_.data(), secret_.value.data(), seed.data());
}

SignedBy Signer::Sign(FileType type, const ExchangeId& exchange,
                      std::string_view signed_part) const {
  const std::string message = SignedMessage(type, exchange, signed_part);
  SignedBy by{key_, {}};
  crypto_sign_detached(by.signature.data(), nullptr, AsBytes(message).data(), message.size(),
                       secret_.value.data());
  return by;
}

bool Verify(const SignedBy& by, FileType type, const ExchangeId& exchange,
            std::string_view signed_part) {
  const std::string message = SignedMessage(type, exchange, signed_part);
  return crypto_sign_verify_detached(by.signature.data(), AsBytes(message).data(), message.size(),
                                     by.key.data()) == 0;
}

Result<void> VerifySignedBy(const FileFrame& frame, const PublicKey& key) {
  const bool signed_by_it =
      std::any_of(frame.signatures.begin(), frame.signatures.end(), [&](const SignedBy& by) {
        return by.key == key && Verify(by, frame.type, frame.exchange, frame.signed_part);
      });
  if (signed_by_it) return {};
  return Refused(
      Refusal::kBadSignature,
      fmt::format("the {} file is not signed by the party it names", InfoOf(frame.type).signed_as));
}

}  // namespace revenant
