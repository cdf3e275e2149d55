#ifndef REVENANT_TOOLS_CLI_TRY_H_
#define REVENANT_TOOLS_CLI_TRY_H_

#include <utility>

#include "revenant/result.h"

// Hand a failure on to the caller; Result has no exceptions to do it.
#define REVENANT_CONCAT_(a, b) a##b
#define REVENANT_CONCAT(a, b) REVENANT_CONCAT_(a, b)

// TRY(Step()): returns Step()'s error, if it has one, from the function around it.
#define TRY(expression) TRY_(REVENANT_CONCAT(try_result_, __COUNTER__), expression)
#define TRY_(result, expression)               \
  do {                                         \
    if (auto result = (expression); !result) { \
      return std::move(result).error();        \
    }                                          \
  } while (false)

// TRY_ASSIGN(auto row, Find(id)): the same, and keeps the value.
#define TRY_ASSIGN(target, expression) \
  TRY_ASSIGN_(REVENANT_CONCAT(try_result_, __COUNTER__), target, expression)
#define TRY_ASSIGN_(result, target, expression)  \
  auto result = (expression);                    \
  if (!result) return std::move(result).error(); \
  target = std::move(*result)

#endif  // REVENANT_TOOLS_CLI_TRY_H_
