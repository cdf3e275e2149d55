// Feed files: a signed header and a packed body.

#include <fmt/format.h>
#include <zstd.h>

#include "exchange/files/feed.h"
#include "exchange/files/refusal.h"
#include "util/try.h"

namespace revenant {
namespace {

// Most of an entry is noise; more effort than this finds nothing more in the rest.
constexpr int kLevel = 3;

std::string Pack(std::string_view bytes) {
  std::string packed(ZSTD_compressBound(bytes.size()), '\0');
  const std::size_t size =
      ZSTD_compress(packed.data(), packed.size(), bytes.data(), bytes.size(), kLevel);
  packed.resize(size);  // the buffer has the size that zstd never exceeds: it cannot fail
  return packed;
}

// Into exactly `size` bytes, which the caller has bounded; a body that wants more finds no room.
Result<std::string> Unpack(std::string_view packed, std::uint64_t size) {
  std::string bytes(size, '\0');
  const std::size_t got = ZSTD_decompress(bytes.data(), bytes.size(), packed.data(), packed.size());
  if (ZSTD_isError(got) || got != size) {
    return Refused(Refusal::kDigest, "the body does not unpack to what the signed header says");
  }
  return bytes;
}

}  // namespace

Result<FeedFile> ReadFeedFile(std::string_view file) {
  FeedFile read;
  TRY_ASSIGN(read.frame, ReadFrame(file));
  if (read.frame.type != FileType::kFeedDelta && read.frame.type != FileType::kFeedSnapshot) {
    return Refused(Refusal::kWrongType, "this is not a feed");
  }
  if (read.frame.signatures.size() != 1) {
    return Refused(Refusal::kBadSignature, "a feed carries one signature");
  }
  TRY_ASSIGN(read.header, DecodeFeedHeader(read.frame.signed_part));
  read.feed = FeedIdOf(read.frame.exchange, read.header.publisher, read.header.audience);
  read.digest = DigestOf(read.frame.signed_part);
  return read;
}

Result<std::string> UnpackBody(const FeedFile& file) {
  const FeedHeader& header = file.header;
  TRY_ASSIGN(std::string bytes,
             Unpack(file.frame.body, file.is_snapshot() ? header.live_bytes : header.delta_bytes));
  if (!file.is_snapshot() && DigestOf(bytes) != header.delta) {
    return Refused(Refusal::kDigest, "the delta is not the one that the header was signed for");
  }
  return bytes;
}

Result<RunBytes> ReadSnapshotBody(std::string_view body, const FeedHeader& header) {
  TRY_ASSIGN(RunBytes runs, DecodeSnapshot(body));
  RunDigests digests;
  for (const auto& [number, run] : runs) digests.emplace(number, DigestOf(run));
  if (StateHash(digests) != header.state) {
    return Refused(Refusal::kStateHash, "the snapshot is not the list that the header stands for");
  }
  return runs;
}

Result<Delta> UnpackDelta(const FeedFile& file) {
  TRY_ASSIGN(const std::string body, UnpackBody(file));
  return DecodeDelta(body);
}

Result<RunBytes> UnpackSnapshot(const FeedFile& file) {
  TRY_ASSIGN(const std::string body, UnpackBody(file));
  return ReadSnapshotBody(body, file.header);
}

std::string WriteFeedFile(FileType type, const ExchangeId& exchange, const FeedHeader& header,
                          const SignedBy& signature, std::string_view body) {
  return WriteFrame(type, exchange, EncodeFeedHeader(header), {signature}, Pack(body));
}

std::string HeaderOnlyFile(const FeedFile& file) {
  return WriteFrame(FileType::kFeedSnapshot, file.frame.exchange, file.frame.signed_part,
                    file.frame.signatures);
}

}  // namespace revenant
