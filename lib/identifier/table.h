#ifndef REVENANT_IDENTIFIER_TABLE_H_
#define REVENANT_IDENTIFIER_TABLE_H_

#include <span>

#include "identifier/kind.h"

namespace revenant::kinds {

#define REVENANT_KINDS(function) std::span<const Kind> function();
#include "identifier/table_files.inc"
#undef REVENANT_KINDS

// Every row, in name order. Lives as long as the program.
std::span<const Kind* const> AllRows();

}  // namespace revenant::kinds

#endif  // REVENANT_IDENTIFIER_TABLE_H_
