#ifndef REVENANT_LIB_IDENTIFIER_TEXT_H_
#define REVENANT_LIB_IDENTIFIER_TEXT_H_

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace revenant::kinds {

// What the text stage takes out, as bits.
enum Drop : std::uint16_t {
  kDropNothing = 0,
  kDropSpaces = 1 << 0,  // every white space
  kDropDashes = 1 << 1,  // every dash and minus sign
  kDropDots = 1 << 2,    // . and middle dots
  kDropSlashes = 1 << 3,
  kDropBrackets = 1 << 4,  // ( ) [ ] { }
  kDropColons = 1 << 5,
  kDropCommas = 1 << 6,
  kDropUnderscores = 1 << 7,
  kDropQuotes = 1 << 8,  // ' " `
};

enum class Fold : std::uint8_t { kUpper, kLower, kKeep };

// How a kind's values are read.
enum class Reading : std::uint8_t {
  // One ASCII word: compatibility forms (full width, superscript), every Unicode decimal digit and
  // Cyrillic or Greek look-alikes become ASCII; invisible characters and what `drop` names go.
  // White space that is kept becomes plain spaces, none at the ends. Anything left that is not
  // ASCII, and any control character, makes the value invalid.
  kWord,
  // Text that may stay Unicode: NFKC, invisible characters dropped, outer white space trimmed.
  kText,
  // Text as typed: NFKC and outer white space trimmed, nothing else. Control characters are
  // invalid here too.
  kVerbatim,
  // The bytes as they came (they are UTF-8): for kinds that read a format of their own.
  kRaw,
};

struct TextRule {
  Reading reading = Reading::kWord;
  std::uint16_t drop = kDropSpaces | kDropDashes;
  Fold fold = Fold::kUpper;
  std::uint32_t max_bytes = 4096;
  // N with a tilde is a letter of its own, written ~ in the text.
  bool tilde = false;
  // Words with no ASCII form that may stand in front ("УНП|унп"), dropped from a kWord as they are.
  std::string_view labels{};

  constexpr TextRule AlsoDropping(std::uint16_t more) const {
    TextRule rule = *this;
    rule.drop = static_cast<std::uint16_t>(rule.drop | more);
    return rule;
  }
  constexpr TextRule After(std::string_view words) const {
    TextRule rule = *this;
    rule.labels = words;
    return rule;
  }
  constexpr TextRule WithTilde() const {
    TextRule rule = *this;
    rule.tilde = true;
    return rule;
  }
  constexpr TextRule Folding(Fold other) const {
    TextRule rule = *this;
    rule.fold = other;
    return rule;
  }
};

// Spaces and dashes go, upper case: enough for most numbers.
inline constexpr TextRule kPlain{};
// And dots, slashes, commas, colons, brackets, underscores: numbers that are printed with these.
inline constexpr TextRule kPunctuated = kPlain.AlsoDropping(
    kDropDots | kDropSlashes | kDropBrackets | kDropColons | kDropCommas | kDropUnderscores);
// White space goes, all else stays, case too: wallet addresses.
inline constexpr TextRule kCased{Reading::kWord, kDropSpaces, Fold::kKeep};
// One ASCII word whose inner separators mean something: the kind's function takes it apart.
inline constexpr TextRule kSeparated{Reading::kWord, kDropNothing, Fold::kUpper};
inline constexpr TextRule kFreeText{Reading::kText, kDropNothing, Fold::kKeep};
inline constexpr TextRule kVerbatimText{Reading::kVerbatim, kDropNothing, Fold::kKeep};
inline constexpr TextRule kRawBytes{Reading::kRaw, kDropNothing, Fold::kKeep};

// A short text on its way through the stages, and for each character the byte of the raw value
// that it came from. On the stack up to kInline characters.
class Text {
 public:
  static constexpr std::size_t kInline = 192;

  Text() = default;
  Text(const Text&) = delete;
  Text& operator=(const Text&) = delete;

  std::string_view view() const { return {data_, size_}; }
  char* data() { return data_; }
  std::size_t size() const { return size_; }

  // Byte of the raw value that character `index` came from; the end for one past the last.
  std::int32_t OffsetOf(std::size_t index) const;

  void Clear() { size_ = 0; }
  void Push(char c, std::uint32_t offset) {
    if (size_ == capacity_) Grow(size_ + 1);
    data_[size_] = c;
    offsets_[size_] = offset;
    ++size_;
  }
  // Appends `run`, which stood in the raw value from `offset` on, each byte through `fold`.
  void PushRun(std::string_view run, std::uint32_t offset, const std::array<char, 256>& fold);
  // Replaces the whole by `text`, which may be a part of this; offsets no longer mean anything.
  void Assign(std::string_view text);
  void DropTrailingSpaces() {
    while (size_ > 0 && data_[size_ - 1] == ' ') --size_;
  }
  // Takes out the first `count` characters.
  void RemovePrefix(std::size_t count);
  void SetRawSize(std::size_t size) { raw_size_ = static_cast<std::int32_t>(size); }

 private:
  void Grow(std::size_t needed);

  std::size_t size_ = 0;
  std::size_t capacity_ = kInline;
  std::int32_t raw_size_ = 0;
  std::array<char, kInline> inline_data_;
  std::array<std::uint32_t, kInline> inline_offsets_;
  std::unique_ptr<char[]> heap_data_;
  std::unique_ptr<std::uint32_t[]> heap_offsets_;
  char* data_ = inline_data_.data();
  std::uint32_t* offsets_ = inline_offsets_.data();
};

// Why a value could not be read, or an empty reason.
struct TextFault {
  std::string_view reason;
  std::int32_t where = -1;
};

// Reads `raw` by `rule`. Cost: about 1 ns per byte for ASCII without allocation, about 100 ns per
// other character.
TextFault ReadText(std::string_view raw, const TextRule& rule, Text& out);

// Whether values beyond ASCII are recognised at all.
bool BuiltWithIcu();

// Second, weaker form under which look-alike texts meet (the skeleton of UTS #39); empty when the
// build has no ICU.
std::string Skeleton(std::string_view text);

// Case-folded UTF-8 (ASCII only without ICU).
std::string FoldCase(std::string_view text);

// Byte offset of the first ill-formed UTF-8 sequence; text.size() if there is none.
std::size_t FirstBadUtf8(std::string_view text);

}  // namespace revenant::kinds

#endif  // REVENANT_LIB_IDENTIFIER_TEXT_H_
