#ifndef REVENANT_DOCTOR_WORDS_H_
#define REVENANT_DOCTOR_WORDS_H_

#include <fmt/format.h>

#include <cstdint>
#include <string>

namespace revenant {

// "1 seller", "2 sellers".
inline std::string Sellers(std::uint64_t count) {
  return fmt::format("{} seller{}", count, count == 1 ? "" : "s");
}

}  // namespace revenant

#endif  // REVENANT_DOCTOR_WORDS_H_
