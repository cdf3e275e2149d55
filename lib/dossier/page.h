// The page's own words and parts. Everything here is a pure function of the dossier's sections, and
// survives sections that lack what it looks for: a missing member reads as unknown.
#ifndef REVENANT_DOSSIER_PAGE_H_
#define REVENANT_DOSSIER_PAGE_H_

#include <string>
#include <string_view>

#include "dossier/envelope.h"
#include "dossier/html.h"

namespace revenant::page {

// --- Reading sections

const Json& Member(const Json& object, std::string_view name);  // null where there is none
const Json& List(const Json& object, std::string_view name);    // an empty list where there is none
std::string Text(const Json& object, std::string_view name);    // "" where there is no text
bool Flag(const Json& object, std::string_view name);           // false where there is none
// Of a fact on file: its detail, which is JSON in a text.
Json DetailOf(const Json& fact);
// "30.422" as 30422; 0 for anything else.
std::int64_t MilliBitsIn(const Json& object, std::string_view name);

// --- Words

// "20 March 2026", with ", 16:38 UTC" unless it is midnight; "unknown date".
Html Date(std::string_view time, std::int32_t zone_minutes = 0);
Html Date(const Json& object, std::string_view name);
// A seller's or a case's name; a short one is never broken.
Html Name(std::string_view name);
// What people call a kind: "Phone number"; its own name where it has none.
std::string KindTitle(std::string_view kind);
// "payment account", "payment accounts"
std::string Counted(std::size_t count, std::string_view one, std::string_view many);
// The first letter as a capital.
std::string Capital(std::string text);
// Codes of the policy room in words; a code without words with blanks for underscores.
std::string InWords(std::string_view code);
// "freeze the funds", of what a measure is called.
std::string ShortBits(std::int64_t millibits);
// 20422 as "about 1.4 million to 1".
std::string Odds(std::int64_t millibits);

// --- Parts of the page, in its order. Empty where there is nothing to say.

Html Summary(const Json& sections);
Html Evidence(const Json& sections);      // in order of time
Html SharedValues(const Json& sections);  // link by link, and accounts nearby
Html Consequences(const Json& sections);  // infringements, measures, money
Html Deadlines(const Json& sections);     // notices and clocks
Html Knowledge(const Json& sections);
Html Objections(const Json& sections);
Html Appendix(const Json& sections);  // codes, fingerprints, proofs

}  // namespace revenant::page

#endif  // REVENANT_DOSSIER_PAGE_H_
