#include "records/text_form.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <utility>

#include "util/try.h"

namespace revenant {
namespace {

constexpr std::size_t kPieceBytes = 64 << 10;
constexpr std::size_t kMaxHeaderSeen = 64 << 10;  // bytes of a header that are looked at
constexpr std::string_view kCandidates = ",;\t|";

// Appends a code point; of a lone surrogate bytes that are no UTF-8 (as WTF-8 has them).
void AppendUtf8(std::string& out, std::uint32_t c) {
  const auto put = [&](std::uint32_t byte) { out += static_cast<char>(byte); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xc0 | c >> 6);
    put(0x80 | (c & 0x3f));
  } else if (c < 0x10000) {
    put(0xe0 | c >> 12);
    put(0x80 | (c >> 6 & 0x3f));
    put(0x80 | (c & 0x3f));
  } else {
    put(0xf0 | c >> 18);
    put(0x80 | (c >> 12 & 0x3f));
    put(0x80 | (c >> 6 & 0x3f));
    put(0x80 | (c & 0x3f));
  }
}

// 0x80 to 0x9f of Windows-1252; the five that it leaves open are C1 controls, as browsers take
// them.
constexpr std::array<std::uint16_t, 32> kUpperHalf = {
    0x20ac, 0x0081, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
    0x2039, 0x0152, 0x008d, 0x017d, 0x008f, 0x0090, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
    0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x009d, 0x017e, 0x0178};

class Decoder final : public ByteSource {
 public:
  enum class Form : std::uint8_t { kLatin1, kWindows1252, kUtf16Little, kUtf16Big };

  Decoder(std::unique_ptr<ByteSource> bytes, Form form)
      : bytes_(std::move(bytes)), form_(form), raw_(kPieceBytes, '\0') {}

  Result<std::size_t> Read(std::span<char> out) override {
    while (given_ == text_.size()) {
      text_.clear();
      given_ = 0;
      if (failure_) return *failure_;
      if (ended_) return 0;
      const Result<std::size_t> got = bytes_->Read(raw_);
      if (!got) failure_ = got.error();
      ended_ = got && *got == 0;
      if (got && !ended_) {
        Decode(std::string_view(raw_).substr(0, *got));
      } else {
        End();
      }
    }
    const std::size_t count = std::min(out.size(), text_.size() - given_);
    std::memcpy(out.data(), text_.data() + given_, count);
    given_ += count;
    return count;
  }

 private:
  void Decode(std::string_view bytes) {
    for (const char c : bytes) {
      const auto byte = static_cast<std::uint8_t>(c);
      if (form_ == Form::kLatin1) {
        AppendUtf8(text_, byte);
      } else if (form_ == Form::kWindows1252) {
        AppendUtf8(text_, byte >= 0x80 && byte < 0xa0 ? kUpperHalf[byte - 0x80] : byte);
      } else if (!half_) {
        half_ = byte;
      } else {
        const std::uint32_t first = *half_;
        half_.reset();
        Unit(form_ == Form::kUtf16Big ? first << 8 | byte
                                      : static_cast<std::uint32_t>(byte) << 8 | first);
      }
    }
  }

  void Unit(std::uint32_t unit) {
    const bool is_low = unit >= 0xdc00 && unit < 0xe000;
    if (high_ && is_low) {
      AppendUtf8(text_, 0x10000 + ((*high_ - 0xd800) << 10) + (unit - 0xdc00));
      high_.reset();
      return;
    }
    if (high_) AppendUtf8(text_, *high_);
    high_.reset();
    if (unit >= 0xd800 && unit < 0xdc00) {
      high_ = unit;
    } else {
      AppendUtf8(text_, unit);
    }
  }

  // What is left over at the end was cut off.
  void End() {
    if (high_) AppendUtf8(text_, *high_);
    if (half_) text_ += '\xff';
    high_.reset();
    half_.reset();
  }

  const std::unique_ptr<ByteSource> bytes_;
  const Form form_;
  std::string raw_, text_;
  std::size_t given_ = 0;
  std::optional<std::uint32_t> half_, high_;  // a first byte; a first surrogate
  bool ended_ = false;
  std::optional<Error> failure_;
};

std::string NameOf(char delimiter) {
  return delimiter == '\t' ? "tabs" : fmt::format("'{}'", delimiter);
}

// The line that the text stands at, without its end, as far as kMaxHeaderSeen.
Result<std::string_view> PeekLine(Input& input) {
  TRY_ASSIGN(std::string_view window, input.Peek());
  while (window.find('\n') == std::string_view::npos && window.size() < kMaxHeaderSeen) {
    const std::size_t seen = window.size();
    TRY_ASSIGN(window, input.Peek(seen + 1));
    if (window.size() == seen) break;
  }
  window = window.substr(0, std::min(window.find('\n'), kMaxHeaderSeen));
  if (window.ends_with('\r')) window.remove_suffix(1);
  return window;
}

// The sign of a line "sep=;", which Excel writes and reads.
std::optional<char> SeparatorLine(std::string_view line) {
  if (line.size() >= 2 && line.front() == '"' && line.back() == '"') {
    line = line.substr(1, line.size() - 2);
  }
  if (line.size() != 5) return std::nullopt;
  constexpr std::string_view kWord = "sep=";
  for (std::size_t i = 0; i < kWord.size(); ++i) {
    const char c = line[i] >= 'A' && line[i] <= 'Z' ? static_cast<char>(line[i] + 32) : line[i];
    if (c != kWord[i]) return std::nullopt;
  }
  return line[4];
}

struct Score {
  std::size_t known = 0, columns = 0;
};

Score ScoreOf(std::string_view line, char delimiter,
              const std::function<bool(std::string_view)>& is_known) {
  Score score;
  std::string name;
  bool quoted = false;
  const auto end_name = [&] {
    ++score.columns;
    std::string_view text = TrimBlanks(name);
    if (is_known(text)) ++score.known;
    name.clear();
  };
  for (const char c : line) {
    if (c == '"') {
      quoted = !quoted;
    } else if (c == delimiter && !quoted) {
      end_name();
    } else {
      name += c;
    }
  }
  end_name();
  return score;
}

}  // namespace

Result<std::unique_ptr<ByteSource>> DecodeText(std::unique_ptr<ByteSource> bytes,
                                               TextEncoding encoding, const std::string& file,
                                               std::vector<std::string>& found) {
  using Form = Decoder::Form;
  const auto decode = [](std::unique_ptr<ByteSource> source, Form form) {
    return std::unique_ptr<ByteSource>(std::make_unique<Decoder>(std::move(source), form));
  };
  if (encoding == TextEncoding::kUtf8) return bytes;
  if (encoding == TextEncoding::kLatin1) return decode(std::move(bytes), Form::kLatin1);
  if (encoding == TextEncoding::kWindows1252) return decode(std::move(bytes), Form::kWindows1252);
  // The head decides: four bytes, fewer only where there are no more.
  SourceHead head = ReadHead(*bytes, 4);
  const std::string_view seen = head.bytes;
  const bool is_utf32 =
      seen == std::string_view("\xff\xfe\0\0", 4) || seen == std::string_view("\0\0\xfe\xff", 4);
  if (is_utf32) {
    return Error{Code::kInvalidArgument, file + ": the text is UTF-32; save it as UTF-8"};
  }
  std::optional<Form> form;
  std::size_t mark = 0;
  if (seen.starts_with("\xff\xfe")) form = Form::kUtf16Little, mark = 2;
  if (seen.starts_with("\xfe\xff")) form = Form::kUtf16Big, mark = 2;
  if (encoding == TextEncoding::kUtf16 && !form) {
    form = seen.starts_with('\0') ? Form::kUtf16Big : Form::kUtf16Little;
  }
  if (encoding == TextEncoding::kAuto) {
    if (form) found.emplace_back("UTF-16");
    if (seen.starts_with("\xef\xbb\xbf")) found.emplace_back("a UTF-8 byte order mark");
  }
  head.bytes.erase(0, mark);
  std::unique_ptr<ByteSource> whole = PutBack(std::move(head), std::move(bytes));
  if (!form) return whole;
  return decode(std::move(whole), *form);
}

Result<char> FindDelimiter(Input& input, char wanted,
                           const std::function<bool(std::string_view name)>& is_known,
                           std::vector<std::string>& found) {
  TRY_ASSIGN(std::string_view line, PeekLine(input));
  if (const std::optional<char> said = SeparatorLine(line); said && CheckDelimiter(*said)) {
    TRY_ASSIGN(const std::string_view window, input.Peek());
    const std::size_t newline = window.find('\n');
    input.Consume(newline == std::string_view::npos ? line.size() : newline + 1);
    if (newline != std::string_view::npos) input.EndLine();
    if (wanted == 0)
      found.push_back(
          fmt::format("a first line sep={}", *said == '\t' ? "(tab)" : std::string{*said}));
    return wanted != 0 ? wanted : *said;
  }
  if (wanted != 0) return wanted;
  char best = ',';
  Score best_score;
  for (const char candidate : kCandidates) {
    const Score score = ScoreOf(line, candidate, is_known);
    if (std::pair(score.known, score.columns) <= std::pair(best_score.known, best_score.columns)) {
      continue;
    }
    best = candidate;
    best_score = score;
  }
  if (best != ',') found.push_back(NameOf(best) + " between the columns");
  return best;
}

Result<void> CheckDelimiter(char delimiter) {
  const bool is_letter = (delimiter >= 'a' && delimiter <= 'z') ||
                         (delimiter >= 'A' && delimiter <= 'Z') ||
                         (delimiter >= '0' && delimiter <= '9');
  const bool can =
      delimiter == '\t' || (delimiter > 0x20 && delimiter < 0x7f && delimiter != '"' && !is_letter);
  if (can) return {};
  return Error{Code::kInvalidArgument,
               "delimiter: one character such as ';' (or a tab), but no letter, digit or quote"};
}

}  // namespace revenant
