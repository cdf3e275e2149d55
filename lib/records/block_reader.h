#ifndef REVENANT_RECORDS_BLOCK_READER_H_
#define REVENANT_RECORDS_BLOCK_READER_H_

#include <cstddef>
#include <optional>
#include <string>

#include "records/input.h"
#include "records/row_ends.h"
#include "revenant/result.h"

namespace revenant {

// A piece of a text that holds whole rows, so that it can be read without what stands around it:
// through an Input(bytes, begin).
struct TextBlock {
  std::string bytes;
  TextPosition begin;  // of the first byte in the text
};

// Cuts a text into blocks of whole rows, for threads that read them side by side. A row over the
// limit stands in its block cut short, but long enough to be refused, at the same place and for the
// same reason, as if all of it were there; its rest is dropped as it streams by.
// Memory: one block, which a long row can make grow to three times the limit.
// Threads: one at a time.
class BlockReader {
 public:
  // Enough rows that handing a block over costs nothing beside them, and few enough that a block
  // and what is made of it stay in a core's cache.
  static constexpr std::size_t kBlockBytes = 256 << 10;

  // Takes over `input` where it stands: at the beginning of a row. `file` names it in errors.
  BlockReader(Input& input, std::string file, RowEnds::Quotes quotes, std::size_t max_row_bytes,
              std::size_t block_bytes = kBlockBytes, char delimiter = ',');

  // The next block into `out`, whose memory it uses again; false at the end. The first one is given
  // even if it is empty. Errors: of the input, after all whole rows before it; kInvalidArgument: a
  // quoted field that was over the limit never ends.
  Result<bool> Next(TextBlock& out);

 private:
  // Reads on until `bytes` has `target` bytes, the input ends or fails.
  void Fill(std::string& bytes, std::size_t target);
  // Looks for row ends in what was added to `bytes`.
  void Follow(std::string_view bytes);
  // Passes over the rest of a row that is over the limit, of which `out` has the beginning.
  Result<void> DropRest(TextBlock& out);

  Input& input_;
  const std::string file_;
  const std::size_t block_bytes_;
  const std::size_t max_held_bytes_;  // of one row
  RowEnds ends_;
  TextPosition next_;         // of the first byte that is in no block yet
  std::string rest_;          // bytes from there on that were read
  std::size_t followed_ = 0;  // bytes of the block being read, or of rest_, that ends_ has passed
  std::size_t cut_ = 0;       // of the block being read: offset behind its last row end
  bool given_ = false, ended_ = false;
  std::optional<Error> failure_;
};

}  // namespace revenant

#endif  // REVENANT_RECORDS_BLOCK_READER_H_
