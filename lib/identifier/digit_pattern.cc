#include "identifier/digit_pattern.h"

#include <algorithm>
#include <map>

namespace revenant::kinds {

// Reads a pattern by recursive descent into steps with relative jumps, so that parts can be put
// one after another as they are.
class PatternReader {
 public:
  using Step = DigitPattern::Step;
  using Op = DigitPattern::Op;
  using Steps = std::vector<Step>;

  explicit PatternReader(std::string_view source) : source_(source) {}

  Steps ReadAll() {
    Steps steps = Alternatives();
    if (at_ != source_.size()) faulty_ = true;
    return steps;
  }
  std::size_t groups() const { return groups_; }
  bool faulty() const { return faulty_; }

 private:
  static constexpr std::uint16_t kAnyDigit = 0x3FF;
  static constexpr std::size_t kMaxSteps = 20'000;

  static void Append(Steps& steps, const Steps& more) {
    steps.insert(steps.end(), more.begin(), more.end());
  }
  static std::int32_t Size(const Steps& steps) { return static_cast<std::int32_t>(steps.size()); }

  bool Done() const { return faulty_ || at_ >= source_.size(); }
  bool Take(std::string_view text) {
    if (!source_.substr(at_).starts_with(text)) return false;
    at_ += text.size();
    return true;
  }

  Steps Alternatives() {
    Steps steps = Sequence();
    if (Done() || !Take("|")) return steps;
    const Steps rest = Alternatives();
    // split -> first; jump over the rest; rest
    steps.insert(steps.begin(), {Op::kSplit, 0, Size(steps) + 2});
    steps.push_back({Op::kJump, 0, Size(rest) + 1});
    Append(steps, rest);
    return steps;
  }

  Steps Sequence() {
    Steps steps;
    while (!Done() && source_[at_] != '|' && source_[at_] != ')') {
      Append(steps, Counted());
      if (steps.size() > kMaxSteps) faulty_ = true;
    }
    return steps;
  }

  Steps Counted() {
    const Steps atom = Atom();
    int least = 1;
    int most = 1;
    if (Take("?")) {
      least = 0;
    } else if (Take("*")) {
      least = 0;
      most = -1;
    } else if (Take("{")) {
      least = Integer();
      most = Take(",") ? Integer() : least;
      if (!Take("}") || most < least) faulty_ = true;
    }
    Steps steps;
    for (int i = 0; i < least; ++i) Append(steps, atom);
    if (most < 0) {
      steps.push_back({Op::kSplit, 0, Size(atom) + 2});
      Append(steps, atom);
      steps.push_back({Op::kJump, 0, -Size(atom) - 1});
    }
    for (int i = least; i < most; ++i) {  // each further one may be the end of it
      steps.push_back({Op::kSplit, 0, (Size(atom) + 1) * (most - i)});
      Append(steps, atom);
    }
    return steps;
  }

  int Integer() {
    int value = 0;
    const std::size_t start = at_;
    while (!Done() && IsDigit(source_[at_]) && value < 100)
      value = value * 10 + source_[at_++] - '0';
    if (at_ == start) faulty_ = true;
    return value;
  }

  Steps Atom() {
    if (Take("\\d")) return {{Op::kDigit, kAnyDigit, 0}};
    if (Take("[")) return {{Op::kDigit, Class(), 0}};
    if (Take("$")) return {{Op::kEnd, 0, 0}};
    if (Take("(?:")) return Group();
    if (Take("(")) {
      const auto mark = static_cast<std::int32_t>(groups_ * 2);
      if (++groups_ > DigitPattern::kMaxGroups) {
        faulty_ = true;
        return {};
      }
      Steps steps = {{Op::kSave, 0, mark}};
      Append(steps, Group());
      steps.push_back({Op::kSave, 0, mark + 1});
      return steps;
    }
    if (!IsDigit(source_[at_])) faulty_ = true;
    return {{Op::kDigit, Bit(source_[at_++]), 0}};
  }

  Steps Group() {
    Steps steps = Alternatives();
    if (!Take(")")) faulty_ = true;
    return steps;
  }

  std::uint16_t Class() {
    std::uint16_t digits = 0;
    while (!Done() && source_[at_] != ']') {
      if (Take("\\d")) {
        digits = kAnyDigit;
        continue;
      }
      const char first = source_[at_++];
      char last = first;
      if (Take("-") && !Done()) last = source_[at_++];
      if (!IsDigit(first) || !IsDigit(last) || last < first) {
        faulty_ = true;
        return 0;
      }
      for (char c = first; c <= last; ++c) digits |= Bit(c);
    }
    if (!Take("]")) faulty_ = true;
    return digits;
  }

  static bool IsDigit(char c) { return c >= '0' && c <= '9'; }
  static std::uint16_t Bit(char c) { return static_cast<std::uint16_t>(1U << (c - '0')); }

  std::string_view source_;
  std::size_t at_ = 0;
  std::size_t groups_ = 0;
  bool faulty_ = false;
};

// One attempt of the backtracking matcher.
struct DigitPattern::Run {
  const std::vector<Step>& steps;
  std::string_view digits;
  bool whole;
  std::array<std::size_t, kMaxGroups * 2> marks{};
  std::size_t end = 0;

  bool From(std::size_t step, std::size_t at) {
    while (step < steps.size()) {
      const Step& now = steps[step];
      switch (now.op) {
        case Op::kDigit:
          if (at >= digits.size() || (now.digits >> (digits[at] - '0') & 1U) == 0) return false;
          ++at;
          ++step;
          break;
        case Op::kJump:
          step += static_cast<std::size_t>(now.to);
          break;
        case Op::kSplit:
          if (From(step + 1, at)) return true;
          step += static_cast<std::size_t>(now.to);
          break;
        case Op::kSave: {
          std::size_t& mark = marks[static_cast<std::size_t>(now.to)];
          const std::size_t before = mark;
          mark = at + 1;  // 0: not set
          if (From(step + 1, at)) return true;
          mark = before;
          return false;
        }
        case Op::kEnd:
          if (at != digits.size()) return false;
          ++step;
          break;
      }
    }
    end = at;
    return !whole || at == digits.size();
  }
};

DigitPattern::DigitPattern(std::string_view source) {
  if (source.empty()) return;
  PatternReader reader(source);
  steps_ = reader.ReadAll();
  group_count_ = reader.groups();
  faulty_ = reader.faulty();
  if (faulty_) {
    steps_.clear();
    return;
  }
  for (char digit = '0'; digit <= '9'; ++digit) {
    // Nothing matched yet, or a first digit that fits.
    std::vector<std::size_t> open = {0};
    std::vector<bool> seen(steps_.size() + 1);
    while (!open.empty()) {
      const std::size_t step = open.back();
      open.pop_back();
      if (seen[step]) continue;
      seen[step] = true;
      const bool fits = step == steps_.size() || (steps_[step].op == Op::kDigit &&
                                                  (steps_[step].digits >> (digit - '0') & 1U));
      if (fits) {
        first_ |= static_cast<std::uint16_t>(1U << (digit - '0'));
        break;
      }
      if (steps_[step].op == Op::kDigit) continue;
      if (steps_[step].op != Op::kJump) open.push_back(step + 1);
      if (steps_[step].op == Op::kJump || steps_[step].op == Op::kSplit) {
        open.push_back(step + static_cast<std::size_t>(steps_[step].to));
      }
    }
  }
}

std::optional<DigitPattern::Match> DigitPattern::AtStart(std::string_view digits) const {
  if (empty()) return std::nullopt;
  Run run{steps_, digits, false};
  if (!run.From(0, 0)) return std::nullopt;
  Match match;
  match.size = run.end;
  for (std::size_t i = 0; i < group_count_; ++i) {
    const std::size_t from = run.marks[i * 2];
    const std::size_t to = run.marks[i * 2 + 1];
    if (from != 0 && to != 0) match.groups[i] = digits.substr(from - 1, to - from);
  }
  return match;
}

bool DigitPattern::Whole(std::string_view digits) const {
  if (empty()) return false;
  Run run{steps_, digits, true};
  return run.From(0, 0);
}

// Places in the programs, all of them numbered through; a state of the automaton is the set of
// places that the text so far may have led to.
void DigitAutomaton::Build(const std::vector<std::string_view>& patterns) {
  using Op = DigitPattern::Op;
  using Places = std::vector<std::uint32_t>;
  struct Place {
    std::uint16_t pattern;
    const DigitPattern::Step* step;  // nullptr: the pattern has matched
  };
  std::vector<DigitPattern> programs;
  programs.reserve(patterns.size());
  std::vector<Place> places;
  Places starts;
  for (const std::string_view source : patterns) {
    programs.emplace_back(source);
    if (programs.back().empty()) continue;
    const auto pattern = static_cast<std::uint16_t>(programs.size() - 1);
    starts.push_back(static_cast<std::uint32_t>(places.size()));
    for (const DigitPattern::Step& step : programs.back().steps_)
      places.push_back({pattern, &step});
    places.push_back({pattern, nullptr});
  }

  std::vector<std::uint32_t> seen(places.size(), 0);
  std::uint32_t round = 0;
  // Follows jumps and splits; what is left are digits to read and ends of patterns.
  const auto close = [&](Places open) {
    Places closed;
    ++round;
    while (!open.empty()) {
      const std::uint32_t place = open.back();
      open.pop_back();
      if (seen[place] == round) continue;
      seen[place] = round;
      const DigitPattern::Step* const step = places[place].step;
      if (step == nullptr || step->op == Op::kDigit) {
        closed.push_back(place);
        continue;
      }
      if (step->op != Op::kJump) open.push_back(place + 1);
      if (step->op == Op::kJump || step->op == Op::kSplit) {
        open.push_back(place + static_cast<std::uint32_t>(step->to));
      }
    }
    std::ranges::sort(closed);
    return closed;
  };

  std::map<Places, std::uint16_t> known;
  std::vector<Places> states;
  const auto state_of = [&](Places set) {
    const auto [entry, fresh] =
        known.try_emplace(std::move(set), static_cast<std::uint16_t>(states.size()));
    if (fresh) states.push_back(entry->first);
    return entry->second;
  };
  state_of({});
  state_of(close(starts));
  if (states.size() == 1) states.emplace_back();  // no pattern at all
  for (std::size_t state = 0; state < states.size(); ++state) {
    next_.emplace_back();
    Accepted accepted;
    std::array<Places, 10> after;
    for (const std::uint32_t place : states[state]) {
      if (places[place].step == nullptr) {
        accepted.push_back(places[place].pattern);
        continue;
      }
      for (std::size_t digit = 0; digit < 10; ++digit) {
        if ((places[place].step->digits >> digit & 1U) != 0) after[digit].push_back(place + 1);
      }
    }
    accepted_.push_back(std::move(accepted));
    for (std::size_t digit = 0; digit < 10; ++digit) {
      if (after[digit].empty()) continue;
      const std::uint16_t to = state_of(close(std::move(after[digit])));
      next_[state][digit] = to;
    }
  }
}

}  // namespace revenant::kinds
