#ifndef REVENANT_LIB_IDENTIFIER_EMAIL_H_
#define REVENANT_LIB_IDENTIFIER_EMAIL_H_

#include "identifier/kind.h"

namespace revenant::kinds {

// RFC 5321 and 6531: local part and domain, both folded; domains through UTS #46, shown in
// Unicode. Gmail ignores dots and what follows a plus, so both go there, and there only.
// Role and throw-away mailboxes become the weaker kind contact.email.weak. Derives
// contact.email.skeleton, under which look-alike addresses and plus-tagged ones meet.
Verdict FinishEmail(Work& work);

}  // namespace revenant::kinds

#endif  // REVENANT_LIB_IDENTIFIER_EMAIL_H_
