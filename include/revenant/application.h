#ifndef REVENANT_APPLICATION_H_
#define REVENANT_APPLICATION_H_

#include <cstddef>
#include <cstdint>

#include "revenant/records.h"
#include "revenant/time.h"

namespace revenant {

// Rows of one seller add up to one application: that is how files are screened.
//
//   Application application;
//   application.Begin(row);
//   while (next row is of the same seller and application.Add(row)) ...
//   registry.Screen(application.input.record);
//
// The attributes stand in the order of the rows. The application is seen when the earliest dated
// row was: a later date would blame a seller for values that it held first, an earlier one can at
// most turn a block into a review. It is active if a row is, and its source is that of the first.
struct Application {
  InputRecord input;       // what all rows say, with the place of each cell
  std::uint64_t rows = 0;  // that it is made of
  Time latest;             // `seen` of the row that was seen last; unknown: none has a date
  std::size_t bytes = 0;   // of all values, once there are two rows

  // Begins anew with `row`, a usable one, which gets the memory of what was there.
  void Begin(InputRecord& row);
  // Adds a usable row of the same seller, whose parts it takes. False, and nothing was changed: an
  // application holds no more than one record may (kMaxAttributes, kMaxRecordBytes of values).
  bool Add(InputRecord& row);
};

}  // namespace revenant

#endif  // REVENANT_APPLICATION_H_
