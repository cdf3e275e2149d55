#ifndef REVENANT_DATE_FORMAT_H_
#define REVENANT_DATE_FORMAT_H_

#include <string>
#include <string_view>

#include "revenant/result.h"
#include "revenant/time.h"

namespace revenant {

// A form of times that a user gave: strptime's %Y %y %m %d %e %H %M %S %s %f %z %F %T %D %b %% and
// text that stands for itself. Of day and month one digit is enough; %y is 1969 to 2068; without
// %z the time is UTC.
class DateFormat {
 public:
  // kInvalidArgument: an unknown %X, or no whole date in it.
  static Result<DateFormat> Create(std::string_view format);

  // kInvalidArgument: the text does not have the form, or there is no such date. Never quotes it.
  Result<Time> Parse(std::string_view text) const;

 private:
  explicit DateFormat(std::string format) : format_(std::move(format)) {}
  std::string format_;  // %F, %T and %D replaced by what they stand for
};

}  // namespace revenant

#endif  // REVENANT_DATE_FORMAT_H_
