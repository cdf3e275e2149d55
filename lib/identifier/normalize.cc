#include <algorithm>
#include <array>

#include "identifier/countries.h"
#include "identifier/kind.h"
#include "revenant/identifier.h"

namespace revenant {
namespace kinds {
namespace {

constexpr char Upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; }

bool AllSame(std::string_view text) {
  return text.size() >= 4 && text.find_first_not_of(text[0]) == std::string_view::npos;
}

}  // namespace

void Work::Derive(std::string_view kind, std::string_view canonical, std::string_view scope) {
  if (!AllSame(canonical)) out_.Add(kind, scope, canonical);
}

// Takes one value through the stages of its kind's row.
class Pipeline {
 public:
  Pipeline(const Kind& kind, std::string_view kind_name, const Attribute& attribute,
           Normalized& out)
      : kind_(kind), kind_name_(kind_name), out_(out), work_(kind, attribute, text_, out) {}

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
    Settle(verdict, where);
  }

 private:
  static constexpr std::size_t kMaxRepaired = 64;

  // The country must be known before the value means anything.
  bool PlaceInCountry() {
    if (work_.country_.empty()) {
      Refuse("the issuing country is missing: write KIND@XX", -1);
      return false;
    }
    if (work_.country_.size() <= upper_country_.size()) {
      std::ranges::transform(work_.country_, upper_country_.begin(), Upper);
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
      if (CanPad(rest) || kind_.shape.Matches(rest)) text_.RemovePrefix(prefix);
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
    if (kind_.text.reading == Reading::kWord && !work_.nobodys_ && AllSame(text_.view())) {
      return Junk("all characters are the same");
    }
    return verdict;
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
  kinds::Pipeline(*row, custom ? name : row->name, attribute, out).Run(scope);
}

}  // namespace revenant
