#include "util/bloom.h"

namespace revenant {

Bloom::Bloom(std::uint64_t capacity, unsigned bits_per_key)
    : capacity_(capacity),
      block_count_(BytesFor(capacity, bits_per_key) / sizeof(Block)),
      blocks_(std::make_unique<Block[]>(block_count_)) {}

}  // namespace revenant
