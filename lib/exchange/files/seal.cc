#include "exchange/files/seal.h"

#include <sodium.h>

#include <algorithm>

#include "exchange/files/refusal.h"
#include "util/try.h"
#include "util/wire.h"

namespace revenant {
namespace {

constexpr std::size_t kKeyBytes = crypto_secretstream_xchacha20poly1305_KEYBYTES;
constexpr std::size_t kSlotBytes = kKeyBytes + crypto_box_SEALBYTES;
constexpr std::size_t kStreamHeader = crypto_secretstream_xchacha20poly1305_HEADERBYTES;
constexpr std::size_t kTagBytes = crypto_secretstream_xchacha20poly1305_ABYTES;
constexpr std::size_t kChunk = 64 * 1024;
constexpr std::uint16_t kSealVersion = 1;

using FileKey = std::array<std::uint8_t, kKeyBytes>;
using Stream = crypto_secretstream_xchacha20poly1305_state;

std::uint8_t* Bytes(std::string& text) { return reinterpret_cast<std::uint8_t*>(text.data()); }

Error CannotOpen() {
  return Refused(Refusal::kNotForUs, "the file is sealed to others, or was tampered with");
}

Result<void> UnsealKey(std::string_view slots, const MemberKeys& keys, Wiped<FileKey>& key) {
  WireReader in(slots);
  if (in.U16() != kSealVersion) {
    return Refused(Refusal::kUnknownVersion, "the file is sealed in another way: upgrade");
  }
  const std::size_t count = in.Count(in.U16(), kMaxReceivers, kSlotBytes);
  bool opened = false;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string_view slot = in.Raw(kSlotBytes);
    opened = opened ||
             crypto_box_seal_open(key.value.data(), AsBytes(slot).data(), slot.size(),
                                  keys.receiving_key().data(), keys.receiving_secret().data()) == 0;
  }
  if (!in.AtEnd()) return Refused(Refusal::kMalformed, "the slots of the seal cannot be read");
  if (!opened) return CannotOpen();
  return {};
}

}  // namespace

Result<std::string> SealFile(std::string_view file, const ExchangeId& exchange,
                             std::span<const PublicKey> receivers) {
  if (sodium_init() < 0) return Error{Code::kIo, "the system gives no randomness"};
  if (receivers.empty() || receivers.size() > kMaxReceivers) {
    return Error{Code::kInvalidArgument, "seal: name one receiver at least, and not thousands"};
  }
  Wiped<FileKey> key;
  crypto_secretstream_xchacha20poly1305_keygen(key.value.data());
  std::string slots;
  WireWriter out(slots);
  out.U16(kSealVersion).U16(static_cast<std::uint16_t>(receivers.size()));
  for (const PublicKey& receiver : receivers) {
    std::array<std::uint8_t, kSlotBytes> slot;
    if (crypto_box_seal(slot.data(), key.value.data(), key.value.size(), receiver.data()) != 0) {
      return Error{Code::kInvalidArgument, "seal: a receiver's key is not a key"};
    }
    out.Raw(slot);
  }
  const std::size_t chunks = file.empty() ? 1 : (file.size() + kChunk - 1) / kChunk;
  std::string body(kStreamHeader + file.size() + chunks * kTagBytes, '\0');
  Wiped<Stream> stream;
  crypto_secretstream_xchacha20poly1305_init_push(&stream.value, Bytes(body), key.value.data());
  std::uint8_t* at = Bytes(body) + kStreamHeader;
  for (std::size_t i = 0; i < chunks; ++i) {
    const std::string_view chunk = file.substr(i * kChunk, kChunk);
    const std::string_view with = i == 0 ? std::string_view(slots) : std::string_view();
    crypto_secretstream_xchacha20poly1305_push(
        &stream.value, at, nullptr, AsBytes(chunk).data(), chunk.size(), AsBytes(with).data(),
        with.size(), i + 1 == chunks ? crypto_secretstream_xchacha20poly1305_TAG_FINAL : 0);
    at += chunk.size() + kTagBytes;
  }
  return WriteFrame(FileType::kSealed, exchange, slots, {}, body);
}

Result<std::string> OpenFile(std::string_view file, const MemberKeys& keys) {
  TRY_ASSIGN(const FileFrame frame, ReadFrame(file));
  if (frame.type != FileType::kSealed) return std::string(file);
  Wiped<FileKey> key;
  TRY(UnsealKey(frame.signed_part, keys, key));
  std::string_view body = frame.body;
  if (body.size() < kStreamHeader + kTagBytes) return CannotOpen();
  Wiped<Stream> stream;
  if (crypto_secretstream_xchacha20poly1305_init_pull(&stream.value, AsBytes(body).data(),
                                                      key.value.data()) != 0) {
    return CannotOpen();
  }
  body.remove_prefix(kStreamHeader);
  std::string plain(body.size(), '\0');  // a little more than what comes out
  std::size_t done = 0;
  bool first = true, final = false;
  while (!body.empty() && !final) {
    const std::string_view chunk = body.substr(0, kChunk + kTagBytes);
    const std::string_view with = first ? frame.signed_part : std::string_view();
    std::uint8_t tag = 0;
    if (crypto_secretstream_xchacha20poly1305_pull(&stream.value, Bytes(plain) + done, nullptr,
                                                   &tag, AsBytes(chunk).data(), chunk.size(),
                                                   AsBytes(with).data(), with.size()) != 0) {
      return CannotOpen();
    }
    final = tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL;
    done += chunk.size() - kTagBytes;
    body.remove_prefix(chunk.size());
    first = false;
  }
  if (!final || !body.empty()) return CannotOpen();
  plain.resize(done);
  // What is inside says itself of which exchange it is; the outside must not claim another.
  TRY_ASSIGN(const FileFrame inside, ReadFrame(plain));
  if (inside.type == FileType::kSealed || inside.exchange != frame.exchange) {
    return Refused(Refusal::kWrongExchange, "the seal and what is in it disagree");
  }
  return plain;
}

}  // namespace revenant
