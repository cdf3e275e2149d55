#ifndef REVENANT_BYTE_SOURCE_H_
#define REVENANT_BYTE_SOURCE_H_

#include <cstddef>
#include <memory>
#include <span>
#include <string>

#include "revenant/result.h"

namespace revenant {

// A stream of bytes. Threads: one at a time.
class ByteSource {
 public:
  virtual ~ByteSource() = default;

  // Fills the front of `out` (not empty) and says how much; 0 at the end. An error comes only after
  // every good byte before it has been returned, and stays.
  virtual Result<std::size_t> Read(std::span<char> out) = 0;
};

// File or, for "-", stdin, decompressed where its first bytes say gzip or zstd. `name` is what
// messages call it. kNotFound, kIo; kInvalidArgument: a format that is not read (zip, xz, ...).
// Reading can return kCorruption: compressed bytes are damaged or truncated.
Result<std::unique_ptr<ByteSource>> OpenByteSource(const std::string& file,
                                                   const std::string& name);

}  // namespace revenant

#endif  // REVENANT_BYTE_SOURCE_H_
