#ifndef REVENANT_RECORDS_BYTE_SOURCE_H_
#define REVENANT_RECORDS_BYTE_SOURCE_H_

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "revenant/byte_source.h"
#include "revenant/result.h"

namespace revenant {

// The first bytes of a source, read to look at them, and what ended that look too early.
struct SourceHead {
  std::string bytes;
  std::optional<Error> failure;
};
// `size` bytes, fewer only where there are no more.
SourceHead ReadHead(ByteSource& source, std::size_t size);
// The source as it was before that: `head`, then `rest`.
std::unique_ptr<ByteSource> PutBack(SourceHead head, std::unique_ptr<ByteSource> rest);

// What OpenByteSource() does, over any source.
Result<std::unique_ptr<ByteSource>> Decompress(std::unique_ptr<ByteSource> raw,
                                               const std::string& name);

}  // namespace revenant

#endif  // REVENANT_RECORDS_BYTE_SOURCE_H_
