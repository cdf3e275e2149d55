#ifndef REVENANT_REPORT_DRAWING_H_
#define REVENANT_REPORT_DRAWING_H_

// Where a picture's boxes stand, and what all pictures begin with. Threads: pure functions.

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "report/picture.h"

namespace revenant::report {

inline constexpr int kBoxWidth = 188, kBoxHeight = 44, kColumn = 236, kRow = 62, kMargin = 14;
inline constexpr std::size_t kMostInColumns = 40;

struct Point {
  int x = 0, y = 0;
};
struct Drawing {
  std::vector<Point> at;  // centres
  int width = 0, height = 0;
};

// Columns by distance from the first node; what it does not reach stands in the last one. In a
// column nodes stand in order of the mean place of their neighbours to the left.
Drawing InColumns(const PictureGraph& graph);
// By forces, from a fixed seed; then no box covers another.
Drawing ByForces(const PictureGraph& graph);

// At most `chars` characters, the middle left out: both ends of a name tell it from others.
std::string Shortened(std::string_view text, std::size_t chars);
// The beginning of an SVG, with its title. `name`: further classes, each after a space.
void OpenPicture(std::string& out, std::string_view name, std::string_view description,
                 std::string_view label, int width, int height);

}  // namespace revenant::report

#endif  // REVENANT_REPORT_DRAWING_H_
