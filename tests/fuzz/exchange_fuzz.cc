// Every reader of the exchange's lists, rosters and letters, on bytes of anybody's making. A
// program for each (REVENANT_READER names it). Nothing may crash, hang or hold more memory than the
// file and what its caps allow; what is read and written again must be the same bytes.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "exchange/files/feed.h"
#include "exchange/files/feedback.h"
#include "exchange/files/member_keys.h"
#include "exchange/files/seal.h"
#include "exchange/roster/roster.h"
#include "exchange/roster/roster_draft.h"

// Not in a namespace without a name: each program uses but one of them.
namespace revenant {

void Same(std::string_view a, std::string_view b) {
  if (a != b) std::abort();  // two encodings of one value
}

// Inputs that are not whole files are read as what stands under a frame, so that the fuzzer need
// not guess checksums.
std::string Framed(FileType type, std::string_view bytes) {
  const FileTypeInfo& info = InfoOf(type);
  const std::string_view part =
      bytes.substr(0, std::min<std::size_t>(bytes.size(), info.max_signed));
  const std::string_view body =
      info.max_body == 0 ? std::string_view() : bytes.substr(part.size() / 2);
  return WriteFrame(type, {}, info.max_body == 0 ? part : part.substr(0, part.size() / 2),
                    std::vector<SignedBy>(info.max_signatures > 0 ? 1 : 0), body);
}

void ReadFrameOf(std::string_view bytes) {
  if (const Result<FileFrame> frame = ReadFrame(bytes)) {
    Same(bytes, WriteFrame(frame->type, frame->exchange, frame->signed_part, frame->signatures,
                           frame->body));
  }
}
void ReadRosterOf(std::string_view bytes) {
  if (const Result<Roster> roster = DecodeRoster(bytes)) Same(bytes, EncodeRoster(*roster));
  (void)ReadGenesis(Framed(FileType::kRoster, bytes), {});
  (void)ReadMemberCard(Framed(FileType::kMemberCard, bytes.substr(0, 4096)));
}
void ReadHeaderOf(std::string_view bytes) {
  if (const Result<FeedHeader> header = DecodeFeedHeader(bytes)) {
    Same(bytes, EncodeFeedHeader(*header));
  }
}
void ReadDeltaOf(std::string_view bytes) {
  if (const Result<Delta> delta = DecodeDelta(bytes)) Same(bytes, EncodeDelta(*delta));
}
void ReadSnapshotOf(std::string_view bytes) {
  if (const Result<RunBytes> runs = DecodeSnapshot(bytes)) {
    Same(bytes, EncodeSnapshot(*runs));
    for (const auto& [number, run] : *runs) {
      if (const Result<Run> entries = DecodeRun(number, run)) Same(run, EncodeRun(*entries));
    }
  }
}
// A header and a body that do not fit: unpacking must stay inside what the header says.
void UnpackOf(std::string_view bytes) {
  FeedFile file;
  file.frame.body = bytes;
  file.header.delta_bytes = 1 << 20;
  file.header.live_bytes = 1 << 20;
  (void)UnpackDelta(file);
  (void)UnpackSnapshot(file);
}
void OpenSealOf(std::string_view bytes) {
  static const MemberKeys* const keys = new MemberKeys(*MemberKeys::Generate());
  (void)OpenFile(bytes, *keys);
  (void)OpenFile(Framed(FileType::kSealed, bytes), *keys);
}
void ReadLettersOf(std::string_view bytes) {
  (void)ReadFeedback(Framed(FileType::kFeedback, bytes));
  (void)ReadReceipt(Framed(FileType::kReceipt, bytes));
}
void ReadDraftOf(std::string_view bytes) {
  (void)DraftRoster(bytes, nullptr, [](const std::string&) -> Result<std::string> {
    return Error{Code::kNotFound, "no cards here"};
  });
}

}  // namespace revenant

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  revenant::REVENANT_READER({reinterpret_cast<const char*>(data), size});
  return 0;
}
