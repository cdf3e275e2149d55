#ifndef REVENANT_UTIL_JSON_WRITER_H_
#define REVENANT_UTIL_JSON_WRITER_H_

#include <fmt/format.h>

#include <cmath>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>

#include "revenant/link_policy.h"
#include "revenant/time.h"
#include "util/bytes.h"

namespace revenant {

// Appends JSON to a string, members in the order in which they are added, so that equal facts give
// equal bytes. Members of an array have an empty key. Names and texts that are not UTF-8 come out
// as U+FFFD. All JSON that we make and that is not a parsed document comes from here.
// Threads: one at a time. Lifetime: keeps the string's address.
class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) : out_(out) {}

  // Continues an object of which the caller has written the first members: each of ours has a comma
  // before it, and the last End() closes that object.
  static JsonWriter Inside(std::string& out) {
    JsonWriter json(out);
    json.closers_ = "}";
    json.fresh_ = false;
    return json;
  }

  JsonWriter& Object(std::string_view key = {}) { return Open(key, '{', '}'); }
  JsonWriter& Array(std::string_view key = {}) { return Open(key, '[', ']'); }
  JsonWriter& End() {
    out_ += closers_.back();
    closers_.pop_back();
    fresh_ = false;
    return *this;
  }

  JsonWriter& Text(std::string_view key, std::string_view text) {
    Begin(key);
    AppendJsonString(out_, text);
    return *this;
  }
  JsonWriter& TextOrNull(std::string_view key, std::string_view text) {
    return text.empty() ? Null(key) : Text(key, text);
  }
  JsonWriter& Count(std::string_view key, std::uint64_t number) {
    Begin(key);
    fmt::format_to(std::back_inserter(out_), "{}", number);
    return *this;
  }
  JsonWriter& Signed(std::string_view key, std::int64_t number) {
    Begin(key);
    fmt::format_to(std::back_inserter(out_), "{}", number);
    return *this;
  }
  // A number of which every one of the 64 bits counts: as text, since JavaScript reads 53.
  JsonWriter& Number(std::string_view key, std::uint64_t number) {
    Begin(key);
    fmt::format_to(std::back_inserter(out_), "\"{}\"", number);
    return *this;
  }
  JsonWriter& Flag(std::string_view key, bool flag) {
    Begin(key);
    out_ += flag ? "true" : "false";
    return *this;
  }
  // A value that is JSON already.
  JsonWriter& Raw(std::string_view key, std::string_view json) {
    Begin(key);
    out_ += json;
    return *this;
  }
  JsonWriter& Null(std::string_view key) {
    Begin(key);
    out_ += "null";
    return *this;
  }
  // Shortest digits that give the same number back.
  JsonWriter& Real(std::string_view key, double number) {
    Begin(key);
    fmt::format_to(std::back_inserter(out_), "{}", number);
    return *this;
  }
  // The same, always with a point or an exponent; null where there is no such number.
  JsonWriter& Decimal(std::string_view key, double number) {
    if (!std::isfinite(number)) return Null(key);
    Begin(key);
    const std::size_t begin = out_.size();
    fmt::format_to(std::back_inserter(out_), "{}", number);
    if (out_.find_first_of(".e", begin) == out_.npos) out_ += ".0";
    return *this;
  }
  // Thousandths of a bit as bits: 11400 is 11.4, 12000 is 12.0.
  JsonWriter& Bits(std::string_view key, MilliBits bits) {
    Begin(key);
    const std::uint64_t size =
        bits < 0 ? 0 - static_cast<std::uint64_t>(bits) : static_cast<std::uint64_t>(bits);
    fmt::format_to(std::back_inserter(out_), "{}{}.{:03}", bits < 0 ? "-" : "", size / 1000,
                   size % 1000);
    while (out_.back() == '0' && out_[out_.size() - 2] != '.') out_.pop_back();
    return *this;
  }
  // RFC 3339; null where the time is unknown.
  JsonWriter& Moment(std::string_view key, Time time) {
    return time.known() ? Text(key, FormatTime(time)) : Null(key);
  }

 private:
  void Begin(std::string_view key) {
    if (!fresh_) out_ += ',';
    fresh_ = false;
    if (key.empty()) return;
    AppendJsonString(out_, key);
    out_ += ':';
  }
  JsonWriter& Open(std::string_view key, char opener, char closer) {
    Begin(key);
    out_ += opener;
    closers_ += closer;
    fresh_ = true;
    return *this;
  }

  std::string& out_;
  std::string closers_;
  bool fresh_ = true;
};

}  // namespace revenant

#endif  // REVENANT_UTIL_JSON_WRITER_H_
