#ifndef REVENANT_LIB_IDENTIFIER_PHONE_H_
#define REVENANT_LIB_IDENTIFIER_PHONE_H_

#include "identifier/kind.h"

namespace revenant::kinds {

// To E.164, by tables of our own (phone_plan.h), so that every build reads a number alike.
//
// valid         in its country's numbering plan, or there under its form of today (Renumber)
// unverifiable  written with its calling code and of possible length, but in no range that the
//               tables know: plans move faster than tables
// invalid       anything else: of impossible length, or a national number without its country (the
//               region behind the @), outside that region's plan, or just as well another country's
//
// Cost: under 200 ns for what is written with its calling code, under a microsecond for the rest;
// the first number of a calling code compiles its plan (a millisecond; a few for 1).
Verdict FinishPhone(Work& work);

}  // namespace revenant::kinds

#endif  // REVENANT_LIB_IDENTIFIER_PHONE_H_
