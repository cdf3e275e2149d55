#ifndef REVENANT_LIB_IDENTIFIER_TABLES_H_
#define REVENANT_LIB_IDENTIFIER_TABLES_H_

#include <string>

namespace revenant::kinds {

// The part of TablesDigest() (include/revenant/tables.h) that is about telephone numbers.
std::string PhoneTablesDigest();

}  // namespace revenant::kinds

#endif  // REVENANT_LIB_IDENTIFIER_TABLES_H_
