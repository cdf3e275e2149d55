// SHA-256 (FIPS 180-4) from its compression function up, so that HMAC can start from a state it
// computed before. Two bodies of the compression function, chosen at run time: x86's SHA
// instructions, and OpenSSL's for any other processor. Tests hold both against OpenSSL's EVP.
// Threads: functions are pure; a Sha256Stream belongs to one thread. No allocation, no errors.
#ifndef REVENANT_FINGERPRINT_SHA256_H_
#define REVENANT_FINGERPRINT_SHA256_H_

#include <sodium.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace revenant {

inline constexpr std::size_t kSha256BlockBytes = 64;
using Sha256State = std::array<std::uint32_t, 8>;
using Sha256Digest = std::array<std::uint8_t, 32>;

// FIPS 180-4 section 5.3.3.
inline constexpr Sha256State kSha256Start = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                             0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

// Works `count` blocks of 64 bytes into `state`.
using Sha256Compress = void (*)(Sha256State& state, const std::uint8_t* blocks, std::size_t count);

void Sha256CompressOpenssl(Sha256State& state, const std::uint8_t* blocks, std::size_t count);

// The body that uses SHA instructions; nullptr where this processor is no x86 that has them.
Sha256Compress Sha256Hardware();

// The fastest body that runs here.
Sha256Compress Sha256Best();

// Bytes in, digest out. Wipes what it buffered when it goes: that was a key or an identifier.
class Sha256Stream {
 public:
  explicit Sha256Stream(Sha256Compress compress) : Sha256Stream(compress, kSha256Start, 0) {}
  Sha256Stream(Sha256Compress compress, const Sha256State& state, std::size_t blocks)
      : compress_(compress) {
    Restart(state, blocks);
  }
  Sha256Stream(const Sha256Stream&) = delete;
  Sha256Stream& operator=(const Sha256Stream&) = delete;
  ~Sha256Stream() { sodium_memzero(&work_, sizeof work_); }

  // Continues from `state`, the state after any `blocks` whole blocks.
  void Restart(const Sha256State& state, std::size_t blocks) {
    work_.state = state;
    total_ = blocks * kSha256BlockBytes;
    used_ = 0;
  }

  void Update(std::string_view bytes) {
    if (bytes.empty()) return;  // which may be a null pointer, and memcpy() takes none
    if (bytes.size() < kSha256BlockBytes - used_) {
      std::memcpy(work_.block + used_, bytes.data(), bytes.size());
      used_ += bytes.size();
      total_ += bytes.size();
    } else {
      UpdateBlocks(bytes);
    }
  }
  void UpdateByte(std::uint8_t byte) {
    work_.block[used_++] = byte;
    ++total_;
    if (used_ == kSha256BlockBytes) Flush();
  }

  // Ends the message. Only Restart() makes the stream useful again.
  void Finish(Sha256Digest& digest);

 private:
  void UpdateBlocks(std::string_view bytes);
  void Flush() {
    compress_(work_.state, work_.block, 1);
    used_ = 0;
  }

  Sha256Compress compress_;
  std::uint64_t total_;
  std::size_t used_;  // always less than a block between calls
  struct {
    Sha256State state;
    alignas(16) std::uint8_t block[kSha256BlockBytes];
  } work_;  // all that depends on the message: wiped in one stroke
};

}  // namespace revenant

#endif  // REVENANT_FINGERPRINT_SHA256_H_
