#include "bench/speed/market_csv.h"

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <string>

#include "revenant/time.h"

namespace revenant::bench {

void WriteMarketCsv(const std::filesystem::path& path, std::uint64_t count,
                    const std::function<Record(std::uint64_t)>& record,
                    const std::function<bool(std::uint64_t)>& banned) {
  constexpr std::size_t kBufferBytes = 1 << 20;
  std::FILE* file = std::fopen(path.c_str(), "wb");
  if (file == nullptr) std::exit(2);
  std::string text = "platform,seller,seen,contact.phone,contact.email,pay.iban,device.imei";
  text += banned ? ",banned\n" : "\n";
  const auto flush = [&] {
    if (std::fwrite(text.data(), 1, text.size(), file) != text.size()) std::exit(2);
    text.clear();
  };
  for (std::uint64_t i = 0; i < count; ++i) {
    const Record row = record(i);
    fmt::format_to(std::back_inserter(text), "{},{},{}", row.seller.platform,
                   row.seller.external_id, FormatTime(row.seen));
    for (const RawAttribute& attribute : row.attributes) {
      text += ',';
      text += attribute.value;
    }
    if (banned) text += banned(i) ? ",1" : ",0";
    text += '\n';
    if (text.size() >= kBufferBytes) flush();
  }
  flush();
  if (std::fclose(file) != 0) std::exit(2);
}

}  // namespace revenant::bench
