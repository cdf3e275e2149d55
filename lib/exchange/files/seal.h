#ifndef REVENANT_EXCHANGE_FILES_SEAL_H_
#define REVENANT_EXCHANGE_FILES_SEAL_H_

// Any file, encrypted to those who shall read it: a random key in one sealed box for each receiver,
// and the file under it as a secretstream in chunks. The slots are associated data of the first
// chunk, so that none can be swapped; the last chunk says that it is the last, so that none can be
// cut off. FORMAT.md, "Sealed", has the bytes.
// Threads: pure functions. Errors: Refusal names. Cost: 17 bytes in 64 KiB, about 1 GB/s.

#include <span>
#include <string>
#include <string_view>

#include "exchange/files/file_header.h"
#include "exchange/files/member_keys.h"

namespace revenant {

inline constexpr std::size_t kMaxReceivers = 4096;

// kInvalidArgument: a receiver's key is no X25519 key. kIo: no randomness.
Result<std::string> SealFile(std::string_view file, const ExchangeId& exchange,
                             std::span<const PublicKey> receivers);

// What was sealed to `keys`, or the file itself where it is not sealed. kNotForUs: to others only.
Result<std::string> OpenFile(std::string_view file, const MemberKeys& keys);

}  // namespace revenant

#endif  // REVENANT_EXCHANGE_FILES_SEAL_H_
