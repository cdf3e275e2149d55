// German registers of companies: a number means something only together with the court that keeps
// the register.

#include <algorithm>
#include <array>

#include "identifier/table.h"
#include "util/ascii.h"

namespace revenant::kinds {
namespace {

struct Court {
  std::string_view key;
  std::string_view name;
};
constexpr Court kCourts[] = {
#include "identifier/data/register_courts.inc"
};
static_assert(std::ranges::is_sorted(kCourts, {}, &Court::key));

// Registers: merchants, companies, cooperatives, associations, partnerships, and civil-law
// partnerships (since 2024).
struct Register {
  std::string_view key;
  std::string_view name;
};
constexpr Register kRegisters[] = {{"HRA", "HRA"}, {"HRB", "HRB"}, {"GNR", "GnR"},
                                   {"GSR", "GsR"}, {"PR", "PR"},   {"VR", "VR"}};

// Umlauts and what becomes of them when UTF-8 is read as Latin-1 (NFKC has made 1/4 of the last
// such byte of ü).
struct Spelling {
  std::string_view bytes;
  std::string_view letters;
};
constexpr Spelling kSpellings[] = {{"Ã¤", "A"},  {"Ã¶", "O"}, {"Ã¼", "U"}, {"Ã1⁄4", "U"},
                                   {"ÃŸ", "SS"}, {"ä", "A"},  {"Ä", "A"},  {"ö", "O"},
                                   {"Ö", "O"},   {"ü", "U"},  {"Ü", "U"},  {"ß", "SS"}};

// A court's name reduced to what all its spellings share: capital letters, umlauts as their plain
// letter. An AE, OE or UE loses its E too, whether it was an umlaut or not.
class CourtKey {
 public:
  void Add(std::string_view text) {
    while (!text.empty()) {
      const auto* const spelling = std::ranges::find_if(
          kSpellings, [text](const Spelling& s) { return text.starts_with(s.bytes); });
      if (spelling != std::end(kSpellings)) {
        for (const char c : spelling->letters) Push(c);
        text.remove_prefix(spelling->bytes.size());
      } else {
        const char c = AsciiUpper(text[0]);
        if (IsLetter(c)) Push(c);
        if (IsDigit(c)) has_digits_ = true;
        text.remove_prefix(1);
      }
    }
  }

  bool empty() const { return size_ == 0; }
  bool has_digits() const { return has_digits_; }
  // Empty where the name is too long for any court.
  std::string_view view() const { return {letters_.data(), size_ > letters_.size() ? 0 : size_}; }

 private:
  void Push(char c) {
    const char before = size_ == 0 || size_ > letters_.size() ? ' ' : letters_[size_ - 1];
    if (c == 'E' && (before == 'A' || before == 'O' || before == 'U')) return;
    if (size_ < letters_.size()) letters_[size_] = c;
    ++size_;
  }

  std::array<char, 64> letters_;
  std::size_t size_ = 0;
  bool has_digits_ = false;
};

constexpr bool IsWordLetter(char c) { return IsLetter(AsciiUpper(c)) || (c & 0x80) != 0; }

// The word at the start of `text`: a run of letters, anything beyond ASCII counting as one.
std::string_view WordAt(std::string_view text) {
  std::size_t end = 0;
  while (end < text.size() && IsWordLetter(text[end])) ++end;
  return text.substr(0, end);
}

bool SameWord(std::string_view word, std::string_view upper) {
  return std::ranges::equal(word, upper, {}, AsciiUpper);
}

// What a value says, as views of it.
struct Entry {
  std::string_view kind_of_register;  // as we write it
  std::string_view before;            // in front of the register's name
  std::string_view number;            // digits, perhaps grouped by blanks and dots
  std::string_view suffix;
  std::string_view after;
};

// Capital letters behind a number name the former court inside a merged one ("HRB 1234 FL"). In
// Berlin B is the register of the western part and none that of the eastern: two companies.
bool IsSuffix(std::string_view word) {
  return !word.empty() && word.size() <= 2 && word != "AG" && std::ranges::all_of(word, IsLetter);
}

// Behind a "Nr." at `from`, if there is one.
std::size_t BehindNumberWord(std::string_view text, std::size_t from) {
  constexpr std::string_view kWords[] = {"NR", "NO", "NUMMER", "NUMBER"};
  const std::string_view word = WordAt(text.substr(from));
  const bool says_number =
      std::ranges::any_of(kWords, [word](std::string_view w) { return SameWord(word, w); });
  if (!says_number) return from;
  return std::min(text.find_first_not_of(" .:-", from + word.size()), text.size());
}

// Splits the value at the first register's name that a number follows.
bool FindEntry(std::string_view text, Entry& entry) {
  for (std::size_t at = 0; at < text.size();) {
    const std::string_view word = WordAt(text.substr(at));
    const auto* const found = std::ranges::find_if(
        kRegisters, [word](const Register& r) { return SameWord(word, r.key); });
    const std::size_t behind = at + std::max<std::size_t>(word.size(), 1);
    std::size_t from = std::min(text.find_first_not_of(" .:-", behind), text.size());
    if (found != std::end(kRegisters)) from = BehindNumberWord(text, from);
    if (found != std::end(kRegisters) && from < text.size() && IsDigit(text[from])) {
      std::size_t end = std::min(text.find_first_not_of("0123456789 .", from), text.size());
      entry = {found->name, text.substr(0, at), text.substr(from, end - from), {}, {}};
      if (const std::string_view suffix = WordAt(text.substr(end)); IsSuffix(suffix)) {
        entry.suffix = suffix;
        end += suffix.size();
      }
      entry.after = text.substr(end);
      return true;
    }
    at = behind;
  }
  return false;
}

// `text` without "Amtsgericht" in front.
std::string_view CourtIn(std::string_view text) {
  constexpr std::string_view kWords[] = {"AMTSGERICHT",
                                         "AG",
                                         "REGISTERGERICHT",
                                         "HANDELSREGISTER",
                                         "GENOSSENSCHAFTSREGISTER",
                                         "VEREINSREGISTER",
                                         "BEIM",
                                         "AMTSGERICHTS",
                                         "DES"};
  while (!text.empty() && !IsWordLetter(text[0]) && !IsDigit(text[0])) text.remove_prefix(1);
  const std::string_view word = WordAt(text);
  const bool says_court =
      std::ranges::any_of(kWords, [word](std::string_view w) { return SameWord(word, w); });
  return says_court ? CourtIn(text.substr(word.size())) : text;
}

// "Court HRB number", or the number first. Canonical: the court's name of the portal, register and
// number without leading zeros.
Verdict FinishRegister(Work& work) {
  Entry entry;
  if (!FindEntry(work.text(), entry)) {
    return Invalid("no register (HRA, HRB, GnR, GsR, PR, VR) and number");
  }
  std::array<char, 7> digits;
  std::size_t size = 0;
  for (const char c : entry.number) {
    if (!IsDigit(c) || (size == 0 && c == '0')) continue;
    if (size == digits.size()) return Invalid("the register number is too long");
    digits[size++] = c;
  }
  if (size == 0) return Junk("a number of zeros");
  CourtKey court;
  court.Add(CourtIn(entry.before));
  if (court.empty()) court.Add(CourtIn(entry.after));
  if (court.has_digits()) return Invalid("digits beside the register number");
  if (court.view().empty() || CourtIn(court.view()).empty())
    return Invalid("the court that keeps the register is missing");

  const auto* const known = std::ranges::lower_bound(kCourts, court.view(), {}, &Court::key);
  const bool listed = known != std::end(kCourts) && known->key == court.view();
  std::array<char, 160> line;
  auto end = line.begin();
  const auto put = [&](std::string_view part) {
    if (part.empty()) return;
    if (end != line.begin()) *end++ = ' ';
    end = std::ranges::copy(part, end).out;
  };
  put(listed ? known->name : court.view());
  put(entry.kind_of_register);
  put({digits.data(), size});
  put(entry.suffix);
  work.Replace({line.data(), static_cast<std::size_t>(end - line.begin())});
  return listed ? Valid() : Unverifiable("no such register court is known");
}

constexpr Kind kOrgGermanyKinds[] = {
    {.name = "org.de.hr",
     .title = "German register number and its court (HRA, HRB, VR ...)",
     .traits = kCompanyNumber,
     .text = kFreeText,
     .finish = FinishRegister,
     .standard = "Handelsregisterverordnung",
     .bits = 27,
     .example = "Amtsgericht Aachen HRB 12345"},
};

}  // namespace

std::span<const Kind> OrgGermanyKinds() { return kOrgGermanyKinds; }

}  // namespace revenant::kinds
