#ifndef REVENANT_TESTS_BENCH_SPEED_MARKET_CSV_H_
#define REVENANT_TESTS_BENCH_SPEED_MARKET_CSV_H_

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>

#include "revenant/record.h"

namespace revenant::bench {

// Writes the records of numbers 0 .. count - 1, of four attributes each, as a CSV file that import
// and audit read, and every peer as well:
// platform,seller,seen,contact.phone,contact.email,pay.iban, device.imei and, where `banned` is
// given, 0 or 1.
void WriteMarketCsv(const std::filesystem::path& file, std::uint64_t count,
                    const std::function<Record(std::uint64_t)>& record,
                    const std::function<bool(std::uint64_t)>& banned = {});

}  // namespace revenant::bench

#endif  // REVENANT_TESTS_BENCH_SPEED_MARKET_CSV_H_
