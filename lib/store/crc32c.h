#ifndef REVENANT_STORE_CRC32C_H_
#define REVENANT_STORE_CRC32C_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace revenant {

// CRC-32C (RFC 3720, appendix B.4), the checksum in RocksDB's logs, eight bytes at a time.
class Crc32c {
 public:
  void Add(std::string_view bytes) {
    const auto* at = reinterpret_cast<const unsigned char*>(bytes.data());
    std::size_t left = bytes.size();
    for (; left >= 8; at += 8, left -= 8) {
      const std::uint32_t low = state_ ^ (std::uint32_t{at[0]} | std::uint32_t{at[1]} << 8 |
                                          std::uint32_t{at[2]} << 16 | std::uint32_t{at[3]} << 24);
      state_ = kTables[7][low & 255] ^ kTables[6][low >> 8 & 255] ^ kTables[5][low >> 16 & 255] ^
               kTables[4][low >> 24] ^ kTables[3][at[4]] ^ kTables[2][at[5]] ^ kTables[1][at[6]] ^
               kTables[0][at[7]];
    }
    for (; left > 0; ++at, --left) state_ = kTables[0][(state_ ^ *at) & 255] ^ state_ >> 8;
  }
  std::uint32_t value() const { return ~state_; }
  // As it stands in the log: a sum over bytes that hold sums would be weak.
  std::uint32_t masked() const { return (value() >> 15 | value() << 17) + 0xa282ead8U; }

 private:
  using Tables = std::array<std::array<std::uint32_t, 256>, 8>;
  static constexpr Tables MakeTables() {
    Tables tables{};
    for (std::uint32_t byte = 0; byte < 256; ++byte) {
      std::uint32_t sum = byte;
      for (int bit = 0; bit < 8; ++bit) sum = sum >> 1 ^ ((sum & 1) != 0 ? 0x82f63b78U : 0);
      tables[0][byte] = sum;
    }
    for (std::size_t i = 1; i < 8; ++i) {
      for (std::size_t byte = 0; byte < 256; ++byte) {
        const std::uint32_t before = tables[i - 1][byte];
        tables[i][byte] = tables[0][before & 255] ^ before >> 8;
      }
    }
    return tables;
  }
  static const Tables kTables;

  std::uint32_t state_ = ~std::uint32_t{0};
};

inline constexpr Crc32c::Tables Crc32c::kTables = Crc32c::MakeTables();

}  // namespace revenant

#endif  // REVENANT_STORE_CRC32C_H_
