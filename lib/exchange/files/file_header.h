#ifndef REVENANT_EXCHANGE_FILES_FILE_HEADER_H_
#define REVENANT_EXCHANGE_FILES_FILE_HEADER_H_

// The frame around every file that crosses between parties: magic, version, type, lengths and a
// checksum in front, then what is signed, the signatures, and (for feeds) a body that the signed
// part digests. FORMAT.md, "Frame", has the bytes.
// Threads: pure functions. Lifetime: views point into the file's bytes.
// Errors: Refusal names. Cost: one pass of XXH3; the lengths announced are compared with the
// file's own before anything is allocated.

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "revenant/exchange_tokens.h"
#include "revenant/result.h"
#include "util/wiping.h"

namespace revenant {

// Append new ones, never renumber: stands in every file.
enum class FileType : std::uint16_t {
  kRoster = 1,
  kMemberCard = 2,
  kRequest = 3,
  kEvaluation = 4,
  kFeedDelta = 5,
  kFeedSnapshot = 6,
  kFeedback = 7,
  kReceipt = 8,
  kSealed = 9,
  kOperatorCard = 10,
};

struct FileTypeInfo {
  FileType type;
  std::string_view signed_as;  // the <type> of "revenant/<type>/1"
  std::uint64_t max_signed;    // bytes under the signature
  std::uint16_t max_signatures;
  std::uint64_t max_body;
};
const FileTypeInfo* FindFileType(std::uint16_t type);  // nullptr: unknown
const FileTypeInfo& InfoOf(FileType type);

// The most that any feed's body may hold once it is unpacked, whatever its header says.
inline constexpr std::uint64_t kMaxUnpackedBytes = std::uint64_t{1} << 30;

using PublicKey = std::array<std::uint8_t, 32>;
using Signature = std::array<std::uint8_t, 64>;
using Digest = std::array<std::uint8_t, 32>;

Digest DigestOf(std::string_view bytes);  // BLAKE2b-256

// A signature and the Ed25519 key that it claims to be made with.
struct SignedBy {
  PublicKey key{};
  Signature signature{};
};

// One file, taken apart but not believed yet.
struct FileFrame {
  FileType type{};
  ExchangeId exchange;
  std::string_view signed_part;
  std::vector<SignedBy> signatures;  // by key, strictly ascending
  std::string_view body;
};

inline constexpr std::size_t kFrameBytes = 72;      // in front of the signed part
inline constexpr std::size_t kSignatureBytes = 96;  // key and signature

// The frame's own checks, in this order: size, magic, version, type, flags, announced lengths
// against caps and against the file's size, checksum, order of the signatures.
Result<FileFrame> ReadFrame(std::string_view file);
// The same, and kWrongType unless it is `wanted`.
Result<FileFrame> ReadFrame(std::string_view file, FileType wanted);

// Signatures are put into their order. The parts must be within the type's caps.
std::string WriteFrame(FileType type, const ExchangeId& exchange, std::string_view signed_part,
                       std::vector<SignedBy> signatures, std::string_view body = {});

// An Ed25519 key pair from a 32-byte seed; wipes itself.
class Signer {
 public:
  explicit Signer(const std::array<std::uint8_t, 32>& seed);
  const PublicKey& key() const { return key_; }
  // Over "revenant/<type>/1\0" | exchange id | `signed_part`.
  SignedBy Sign(FileType type, const ExchangeId& exchange, std::string_view signed_part) const;

 private:
  Wiped<std::array<std::uint8_t, 64>> secret_;
  PublicKey key_{};
};

bool Verify(const SignedBy& by, FileType type, const ExchangeId& exchange,
            std::string_view signed_part);
// The frame's signature by `key`: kBadSignature where there is none or it does not hold.
Result<void> VerifySignedBy(const FileFrame& frame, const PublicKey& key);

}  // namespace revenant

#endif  // REVENANT_EXCHANGE_FILES_FILE_HEADER_H_
