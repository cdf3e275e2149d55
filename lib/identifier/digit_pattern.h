#ifndef REVENANT_LIB_IDENTIFIER_DIGIT_PATTERN_H_
#define REVENANT_LIB_IDENTIFIER_DIGIT_PATTERN_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace revenant::kinds {

// The patterns that numbering plans are written in: digits, `\d`, classes `[2-46-8]`, groups
// `(?:...)` and captures `(...)`, alternatives, the counts `?`, `*`, `{3}`, `{2,5}`, and `$`. They
// are part of the program (data/phone_plans.inc), so a faulty one is a fault of ours: it matches
// nothing, and a test looks for such.
class DigitPattern {
 public:
  static constexpr std::size_t kMaxGroups = 4;
  struct Match {
    std::size_t size = 0;  // characters matched
    // Captured text in order; a group that took no part has no data.
    std::array<std::string_view, kMaxGroups> groups;
  };

  DigitPattern() = default;
  explicit DigitPattern(std::string_view source);

  bool empty() const { return steps_.empty(); }
  // How many captures the pattern has.
  std::size_t group_count() const { return group_count_; }
  bool faulty() const { return faulty_; }

  // The match at the start of `digits` that a backtracking matcher finds first.
  std::optional<Match> AtStart(std::string_view digits) const;
  // Whether all of `digits` matches. False for an empty pattern.
  bool Whole(std::string_view digits) const;
  // Quick test: false where no match can begin with this digit.
  bool MayStartWith(char digit) const { return (first_ >> (digit - '0') & 1U) != 0; }

 private:
  friend class DigitAutomaton;
  friend class PatternReader;
  enum class Op : std::uint8_t { kDigit, kSplit, kJump, kSave, kEnd };
  // A step of the program; it is matched where the program ends.
  struct Step {
    Op op = Op::kJump;
    std::uint16_t digits = 0;  // kDigit: those that match, a bit each
    std::int32_t to = 0;       // kJump, kSplit's second choice: relative; kSave: which mark
  };
  struct Run;

  std::vector<Step> steps_;
  std::size_t group_count_ = 0;
  std::uint16_t first_ = 0;
  bool faulty_ = false;
};

// Several patterns as one automaton: which of them a text matches as a whole, at one table look-up
// per digit.
class DigitAutomaton {
 public:
  using Accepted = std::vector<std::uint16_t>;  // numbers of the patterns, ascending

  // `label` is asked once for each set of patterns that a text can match, and what it returns is
  // what Find returns for such texts. Patterns that are empty match nothing.
  template <typename Label>
  DigitAutomaton(const std::vector<std::string_view>& patterns, Label label) {
    Build(patterns);
    for (const Accepted& accepted : accepted_) {
      labels_.push_back(accepted.empty() ? std::uint16_t{0} : label(accepted));
    }
    accepted_ = {};
  }

  // The label of what `digits` (nothing but digits) matches; 0: nothing.
  std::uint16_t Find(std::string_view digits) const {
    std::size_t state = kStart;
    for (const char c : digits) state = next_[state][static_cast<std::size_t>(c - '0')];
    return labels_[state];
  }

 private:
  static constexpr std::size_t kStart = 1;  // 0: no pattern can match any more

  void Build(const std::vector<std::string_view>& patterns);

  std::vector<std::array<std::uint16_t, 10>> next_;
  std::vector<Accepted> accepted_;
  std::vector<std::uint16_t> labels_;
};

}  // namespace revenant::kinds

#endif  // REVENANT_LIB_IDENTIFIER_DIGIT_PATTERN_H_
