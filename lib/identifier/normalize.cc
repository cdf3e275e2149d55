#include <algorithm>
#include <array>

#include "identifier/countries.h"
#include "identifier/guise.h"
#include "identifier/kind.h"
#include "identifier/placeholder.h"
#include "revenant/identifier.h"
#include "util/ascii.h"

namespace revenant {
namespace kinds {
namespace {

bool AllSame(std::string_view text) {
  return text.size() >= 4 && text.find_first_not_of(text[0]) == std::string_view::npos;
}

constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

constexpr std::string_view kRounded =
    "a number in E notation: a spreadsheet has rounded it (import the column as text)";
constexpr std::string_view kFloatTail =
    "a whole number with .0 behind it, as a float column writes it, and not valid without";
constexpr std::string_view kZerosMissing = "too short: zeros in front may be missing";
constexpr std::string_view kMissing = "it stands for a missing value";

constexpr std::string_view kADate = "a date, not a number";
constexpr std::string_view kNegative = "a negative number";

bool IsSample(std::string_view canonical, const Kind& kind) {
  const bool papers =
      kind.traits.family == Family::kDocument || kind.traits.family == Family::kOrganisation;
  return IsTextbookNumber(canonical, {!kind.check.name.empty(), papers});
}

bool IsSerial(const Kind& kind) { return kind.name.ends_with("_serial"); }

}  // namespace

void Work::Derive(std::string_view kind, std::string_view canonical, std::string_view scope) {
  const Kind* const row = FindRow(kind);
  const bool sample = row != nullptr ? IsSample(canonical, *row) : IsRowOfDigits(canonical);
  if (!AllSame(canonical) && !sample) out_.Add(kind, scope, canonical);
}

// Takes one value through the stages of its kind's row.
class Pipeline {
 public:
  Pipeline(const Kind& kind, std::string_view kind_name, const Attribute& attribute,
           Normalized& out)
      : kind_(kind), kind_name_(kind_name), out_(out), work_(kind, attribute, text_, out) {}

  // A value that is none of anybody's, for `why`: kept as junk in the form that the text stage
  // gives it.
  void RunJunk(std::string_view scope, std::string_view why) {
    const bool read = ReadText(work_.raw(), kind_.text, text_).reason.empty();
    work_.country_ = scope;
    if (kind_.scope == Scope::kCountry && !PlaceInCountry()) work_.country_ = {};
    Begin();
    out_.reason = why;
    out_.where = -1;
    if (!read || text_.size() == 0 || text_.size() > kMaxRepaired) {
      out_.Clear();
      out_.reason = why;
    } else {
      out_.at(0).canonical.assign(text_.view());
    }
    out_.status = Status::kJunk;
  }

  void Run(std::string_view scope) {
    if (const TextFault fault = ReadText(work_.raw(), kind_.text, text_); !fault.reason.empty()) {
      return Refuse(fault.reason, fault.where);
    }
    if (kind_.text.reading != Reading::kRaw && text_.size() == 0) return Refuse("empty", -1);
    work_.country_ = scope;
    if (kind_.scope == Scope::kCountry && !PlaceInCountry()) return;
    Begin();
    const bool shaped = Shaped();
    const Verdict verdict = shaped ? Checked() : Misshapen();
    // Found before a repair moves the text.
    const std::int32_t where = WhereOf(verdict);
    if (!shaped && Repaired()) return;
    if (!shaped && ZerosPutBack()) return;
    if (!shaped && LacksZeros()) return Refuse(kZerosMissing, where);
    Settle(verdict, where);
  }

 private:
  static constexpr std::size_t kMaxRepaired = 64;
  static constexpr std::size_t kMaxZeros = 3;  // more were hardly all lost

  // The country must be known before the value means anything.
  bool PlaceInCountry() {
    if (work_.country_.empty()) {
      Refuse("the issuing country is missing: write KIND@XX", -1);
      return false;
    }
    if (work_.country_.size() <= upper_country_.size()) {
      std::ranges::transform(work_.country_, upper_country_.begin(), AsciiUpper);
      work_.country_ = {upper_country_.data(), work_.country_.size()};
    }
    if (IsCountry(work_.country_)) return true;
    // The United Nations and the like issue documents, and their holders are of no state.
    if (IsPassportState(work_.country_) && CountryOfPassport(work_.country_).empty()) return true;
    Refuse("the issuing country is not an ISO 3166 code", -1);
    return false;
  }

  // Puts the root in place, so that derived identifiers come after it.
  void Begin() {
    out_.Clear();
    work_.nobodys_ = false;
    const bool scoped = kind_.scope == Scope::kCountry || kind_.scope == Scope::kApp;
    out_.Add(kind_.stands_for.empty() ? kind_name_ : kind_.stands_for,
             scoped ? work_.country_ : std::string_view(), {});
    out_.status = Status::kValid;
  }

  // Drops a prefix, pads and matches the grammar.
  bool Shaped() {
    if (kind_.shape.empty()) return true;
    if (const std::size_t prefix = PrefixLength(); prefix != 0) {
      const std::string_view rest = text_.view().substr(prefix);
      if (CanPad(rest) || kind_.shape.Matches(rest)) {
        text_.RemovePrefix(prefix);
        prefixed_ = true;
      }
    }
    if (CanPad(text_.view())) Pad();
    return kind_.shape.Matches(text_.view(), &misfit_);
  }

  std::size_t PrefixLength() const {
    std::string_view choices = kind_.prefix;
    while (!choices.empty()) {
      const std::size_t end = std::min(choices.find('|'), choices.size());
      if (text_.view().starts_with(choices.substr(0, end))) return end;
      choices.remove_prefix(std::min(end + 1, choices.size()));
    }
    return 0;
  }

  bool CanPad(std::string_view text) const {
    return text.size() >= kind_.pad.from && text.size() < kind_.pad.to && AllDigits(text);
  }

  void Pad() {
    std::array<char, 256> padded;
    const std::size_t zeros = kind_.pad.to - text_.size();
    std::fill_n(padded.begin(), zeros, '0');
    std::ranges::copy(text_.view(), padded.begin() + static_cast<std::ptrdiff_t>(zeros));
    work_.Replace({padded.data(), kind_.pad.to});
  }

  Verdict Misshapen() const {
    return Invalid(misfit_ >= text_.size() ? "too short" : "does not have the form of such a value",
                   static_cast<std::int32_t>(misfit_));
  }

  // Check, the kind's own function, junk.
  Verdict Checked() {
    Verdict verdict;
    if (kind_.check.passes != nullptr && !kind_.check.passes(text_.view())) {
      if (!kind_.check_is_advice) return Invalid(kCheckFails);
      verdict = Unverifiable(kCheckFails);
    }
    if (kind_.finish != nullptr) {
      const Verdict finished = kind_.finish(work_);
      if (finished.status != Status::kValid) verdict = finished;
    }
    if (verdict.status == Status::kInvalid || verdict.status == Status::kJunk) return verdict;
    if (std::ranges::binary_search(kind_.junk, text_.view())) return Junk("a published sample");
    if (kind_.text.reading == Reading::kWord && !work_.nobodys_) {
      const std::string_view number =
          text_.view().substr(std::min(text_.view().find_first_not_of(kLetters), text_.size()));
      if (number.size() < text_.size() && number.size() >= 4 && number[0] == '0' &&
          AllSame(number)) {
        return Junk("a number of zeros");
      }
      if (AllSame(text_.view())) return Junk("all characters are the same");
      if (kind_.traits.role == Role::kLinking && IsSample(text_.view(), kind_)) {
        return LinkNobody(
            "digits in a row or over and over, as samples have them: it links nobody");
      }
      if (kind_.traits.role == Role::kLinking && IsShort()) {
        return LinkNobody("too few digits to tell it from a slip of the pen: it links nobody");
      }
    }
    return verdict;
  }

  Verdict LinkNobody(std::string_view why) {
    work_.BelongToNobody("doc.sample");
    work_.SetScope({});
    out_.KeepRoot();
    return Unverifiable(why);
  }

  // Fewer than five digits, where one check digit lets one number in ten through and neither a
  // letter nor a country's prefix says what it is. Zeros that only fill up do not count.
  bool IsShort() const {
    constexpr std::size_t kEnough = 5;
    std::string_view digits = text_.view();
    if (kind_.check.name.empty() || prefixed_ || !AllDigits(digits)) return false;
    while (digits.starts_with('0') &&
           (kind_.shape.Matches(digits.substr(1)) || CanPad(digits.substr(1)))) {
      digits.remove_prefix(1);
    }
    return digits.size() < kEnough;
  }

  std::int32_t WhereOf(const Verdict& verdict) const {
    const bool known = verdict.status == Status::kInvalid && verdict.at >= 0 && !work_.moved_;
    return known ? text_.OffsetOf(static_cast<std::size_t>(verdict.at)) : -1;
  }

  // A look-alike is put right only where the grammar fixes letter or digit, a check then passes,
  // and that check vouches for each character put right.
  bool Repaired() {
    const std::size_t size = text_.size();
    if (kind_.check.name.empty() || size > kMaxRepaired) return false;
    std::array<char, kMaxRepaired> typed;
    std::ranges::copy(text_.view(), typed.begin());
    const std::size_t prefix = PrefixLength();
    if (prefix != 0 && RepairedFrom({typed.data() + prefix, size - prefix})) return true;
    return RepairedFrom({typed.data(), size});
  }

  bool RepairedFrom(std::string_view typed) {
    std::array<char, kMaxRepaired> draft;
    for (std::size_t alternative = 0;; ++alternative) {
      std::ranges::copy(typed, draft.begin());
      if (!kind_.shape.Repair(draft.data(), typed.size(), alternative)) return false;
      const std::string_view repaired(draft.data(), typed.size());
      if (Passes(repaired) && Vouched(typed, repaired) && Passes(repaired)) {
        work_.MarkRepaired();
        Settle(Valid(), -1);
        return true;
      }
    }
  }

  // Spreadsheets drop zeros in front of what they take for a number. They are put back where the
  // check vouches for them: by two characters, or by a letter behind a fixed number of digits.
  bool ZerosPutBack() {
    const std::string_view text = text_.view();
    const bool letter =
        text.size() > 1 && IsLetter(text.back()) && AllDigits(text.substr(0, text.size() - 1));
    if (!letter && !AllDigits(text)) return false;
    const bool one_form = kind_.shape.pattern().find('|') == std::string_view::npos;
    const bool vouches =
        !kind_.check.name.empty() && ((letter && one_form) || kind_.check.characters >= 2);
    if (!vouches || text.size() > kMaxRepaired - kMaxZeros) return false;
    std::array<char, kMaxRepaired> draft;
    draft.fill('0');
    std::ranges::copy(text, draft.begin() + kMaxZeros);
    const std::size_t size = text.size();
    for (std::size_t zeros = 1; zeros <= kMaxZeros; ++zeros) {
      const std::string_view padded(draft.data() + kMaxZeros - zeros, size + zeros);
      if (!kind_.shape.Matches(padded)) continue;
      if (!Passes(padded)) break;
      out_.repaired = true;
      out_.reason = "zeros in front were put back";
      Settle(Valid(), -1);
      return true;
    }
    Begin();
    work_.Replace({draft.data() + kMaxZeros, size});
    return false;
  }

  // Would zeros in front give a value of the right form?
  bool LacksZeros() const {
    const std::string_view text = text_.view();
    if (kind_.shape.empty() || text.size() < 3 || text.size() > kMaxRepaired / 2) return false;
    if (!IsDigit(text.front())) return false;
    std::array<char, kMaxRepaired> draft;
    constexpr std::size_t kMost = 8;
    std::fill_n(draft.begin(), kMost, '0');
    std::ranges::copy(text, draft.begin() + kMost);
    for (std::size_t zeros = 1; zeros <= kMost; ++zeros) {
      if (kind_.shape.Matches({draft.data() + kMost - zeros, text.size() + zeros})) return true;
    }
    return false;
  }

  // Takes `text` through the later stages, from a clean outcome.
  bool Passes(std::string_view text) {
    Begin();
    work_.Replace(text);
    return Checked().status == Status::kValid;
  }

  // Leaves another text in the work: the caller calls Passes() again.
  bool Vouched(std::string_view typed, std::string_view repaired) {
    for (std::size_t place = 0; place < typed.size(); ++place) {
      if (typed[place] == repaired[place]) continue;
      // A lone check character that was itself put right proves nothing.
      if (place + 1 == typed.size() && kind_.check.characters < 2) return false;
      if (!IsCovered(repaired, place)) return false;
    }
    return true;
  }

  // Whether the check tells the character at `place` from others of its class that the grammar
  // takes there. Weights that share a factor with the modulus let a few through; most must fail.
  bool IsCovered(std::string_view text, std::size_t place) {
    std::array<char, kMaxRepaired> draft;
    std::ranges::copy(text, draft.begin());
    const std::string_view changed(draft.data(), text.size());
    const bool digit = IsDigit(text[place]);
    int others = 0;
    int passed = 0;
    for (char c = digit ? '0' : 'A'; c <= (digit ? '9' : 'Z'); ++c) {
      draft[place] = c;
      if (c == text[place] || !kind_.shape.Matches(changed)) continue;
      ++others;
      passed += Passes(changed) ? 1 : 0;
    }
    return passed * 8 <= others;
  }

  void Settle(const Verdict& verdict, std::int32_t where) {
    if (verdict.status == Status::kInvalid) return Refuse(verdict.reason, where);
    out_.status = verdict.status;
    if (!verdict.reason.empty()) out_.reason = verdict.reason;
    if (out_.repaired && out_.reason.empty()) out_.reason = "a look-alike character was put right";
    if (verdict.status == Status::kJunk) out_.KeepRoot();
    out_.at(0).canonical.assign(text_.view());
  }

  void Refuse(std::string_view reason, std::int32_t where) {
    out_.Clear();
    out_.status = Status::kInvalid;
    out_.reason = reason;
    out_.where = where;
  }

  const Kind& kind_;
  std::string_view kind_name_;
  Normalized& out_;
  Text text_;
  Work work_;
  std::array<char, 3> upper_country_{};
  std::size_t misfit_ = 0;
  bool prefixed_ = false;  // a prefix was dropped
};

// Takes off what a value is dressed in, and tells what is none, before the kind's own stages.
class Reader {
 public:
  Reader(const Kind& kind, std::string_view kind_name, const Attribute& attribute,
         std::string_view scope, Normalized& out)
      : kind_(kind), kind_name_(kind_name), attribute_(attribute), scope_(scope), out_(out) {}

  void Read() {
    const Part bare = Undressed(attribute_.value);
    if (IsRounded(bare.text)) return Refuse(kRounded, bare.from);
    if (const std::size_t tail = FloatTail(bare.text); tail != 0) return ReadFloat(bare, tail);
    ReadBare(bare);
    if (out_.status == Status::kInvalid) ReadUnwrapped(bare);
  }

 private:
  void ReadBare(const Part& part) {
    const Attribute attribute{attribute_.kind, attribute_.country, part.text};
    Pipeline pipeline(kind_, kind_name_, attribute, out_);
    if (StandsForNothing(part.text)) {
      pipeline.RunJunk(scope_, kMissing);
    } else if (const std::string_view why = NoNumber(part.text); !why.empty()) {
      const bool own = kind_.text.reading == Reading::kVerbatim || IsSerial(kind_);
      if (own) return pipeline.RunJunk(scope_, why);
      Refuse(why, part.from);
    } else {
      pipeline.Run(scope_);
      if (out_.where >= 0) out_.where += static_cast<std::int32_t>(part.from);
    }
  }

  bool StandsForNothing(std::string_view text) const {
    // Zeros and colons are addresses that are known to be nobody's.
    if (kind_.traits.family == Family::kNetwork) return false;
    // What is left of a word after the text stage is asked there whether it is more than a row of
    // digits, whatever script they were in.
    // Of telephone numbers the numbering plan knows which are a row of digits and in use.
    if (kind_.text.reading == Reading::kWord || kind_.name.starts_with("contact.phone")) {
      return IsPlaceholder(text, Asked::kWord);
    }
    const bool name = kind_.traits.family == Family::kContact &&
                      kind_.text.reading == Reading::kText &&
                      !kind_.name.starts_with("contact.email");
    return IsPlaceholder(text, name ? Asked::kName : Asked::kNumber);
  }

  // Why a value that has the form of another thing than a number is none; empty if it has not.
  std::string_view NoNumber(std::string_view text) const {
    const bool word = kind_.text.reading == Reading::kWord;
    if (kind_.traits.family == Family::kNetwork) return {};
    if (!word && kind_.text.reading != Reading::kVerbatim &&
        !kind_.name.starts_with("contact.phone")) {
      return {};
    }
    if (kind_.text.reading != Reading::kVerbatim && IsNegative(text)) return kNegative;
    if (IsDate(text)) return kADate;
    constexpr std::size_t kLongest = 96;  // bytes of a date in another script's digits
    if (text.size() > kLongest ||
        std::ranges::none_of(text, [](char c) { return (c & 0x80) != 0; })) {
      return {};
    }
    Text ascii;
    return ReadText(text, kSeparated, ascii).reason.empty() && IsDate(ascii.view())
               ? kADate
               : std::string_view();
  }

  // The whole number in front of ".0" counts, if it is one of the kind.
  void ReadFloat(const Part& bare, std::size_t tail) {
    ReadBare({bare.text.substr(0, bare.text.size() - tail), bare.from});
    if (out_.status != Status::kInvalid) return;
    const bool zeros = out_.reason == kZerosMissing;
    Refuse(zeros ? kZerosMissing : kFloatTail, bare.from);
  }

  // The refusal of the value as it stands holds, unless what is inside can be used.
  void ReadUnwrapped(const Part& bare) {
    const Part inner = Unwrapped(bare.text, kind_);
    if (inner.text.empty() || inner.text.size() == bare.text.size()) return;
    const std::string_view reason = out_.reason;
    const std::int32_t where = out_.where;
    if (IsRounded(inner.text)) return Refuse(kRounded, bare.from + inner.from);
    ReadBare({inner.text, bare.from + inner.from});
    if (out_.status != Status::kInvalid) return;
    out_.reason = reason;
    out_.where = where;
  }

  void Refuse(std::string_view reason, std::size_t where) {
    out_.Clear();
    out_.status = Status::kInvalid;
    out_.reason = reason;
    out_.where = static_cast<std::int32_t>(where);
  }

  const Kind& kind_;
  std::string_view kind_name_;
  const Attribute& attribute_;
  std::string_view scope_;
  Normalized& out_;
};

}  // namespace kinds

void Normalized::Clear() {
  status = Status::kUnknownKind;
  reason = {};
  where = -1;
  repaired = false;
  used_ = 0;
}

Identifier& Normalized::Add(std::string_view kind, std::string_view scope,
                            std::string_view canonical) {
  if (used_ == slots_.size()) slots_.emplace_back();
  Identifier& slot = slots_[used_++];
  slot.kind.assign(kind);
  slot.scope.assign(scope);
  slot.canonical.assign(canonical);
  return slot;
}

void Normalize(const Attribute& attribute, Normalized& out) {
  out.Clear();
  const std::size_t at = attribute.kind.find('@');
  const std::string_view name = attribute.kind.substr(0, at);
  const kinds::Kind* const row = kinds::FindRow(name);
  if (row == nullptr) {
    out.reason = "no such kind";
    return;
  }
  std::string_view scope = attribute.country;
  if (scope.empty() && at != std::string_view::npos) scope = attribute.kind.substr(at + 1);
  // An alias gives way to the name of its row; only custom.NAME is its own name.
  const bool custom = row->name.ends_with('*');
  kinds::Reader(*row, custom ? name : row->name, attribute, scope, out).Read();
}

}  // namespace revenant
