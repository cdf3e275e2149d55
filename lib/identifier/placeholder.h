#ifndef REVENANT_LIB_IDENTIFIER_PLACEHOLDER_H_
#define REVENANT_LIB_IDENTIFIER_PLACEHOLDER_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace revenant::kinds {

// Whose values are asked about: people are called Null, Test and Na, so that a name or an address
// is a placeholder only where it cannot be meant.
enum class Asked : std::uint8_t {
  kNumber,  // all of it
  kWord,    // words and punctuation; digits and repetitions are asked about later
  kName,    // words that nobody is called, and punctuation
};

// Whether `bare` (a value without outer white space) stands for a missing one: a word for it in one
// of many languages, a spreadsheet's error, a program's ("{{ user.id }}", "%s", "System.String[]"),
// nothing but punctuation, zeros, one character over and over, digits in a row. Case, punctuation
// and blanks do not count ("n.a.", "N / A"). Cost: a few nanoseconds without allocation for a value
// that does not look like one.
bool IsPlaceholder(std::string_view bare, Asked asked);

// Digits that go up or down one by one: "1234", "0123456789", "87654321".
bool IsRowOfDigits(std::string_view text);

// How the numbers of a kind are made up.
struct Makeup {
  bool is_checked = false;  // up to two check characters at the end
  bool is_paper = false;    // of a document, a register or a tax office
};

// A number as textbooks and forms show it, which people copy: one of a list, or digits in a row or
// one digit over and over beside its letters and check characters: "12345678Z", "X0000000T",
// "123.456.789-09" (as 12345678909); on papers also wherever eight such digits stand
// ("12345678000195"). `text` is canonical: upper case, no punctuation.
bool IsTextbookNumber(std::string_view text, Makeup makeup);

// What two spellings of a word share: lower case, no blanks or punctuation ("N / A" -> "na"); a
// spreadsheet's error keeps its #. For a platform's own list of words.
std::string WordKey(std::string_view bare);

// Every word of the list in the spellings that people type, to find such values again where only
// their fingerprints are stored.
std::span<const std::string_view> PlaceholderWords();

}  // namespace revenant::kinds

#endif  // REVENANT_LIB_IDENTIFIER_PLACEHOLDER_H_
