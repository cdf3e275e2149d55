#ifndef REVENANT_RESULT_H_
#define REVENANT_RESULT_H_

#include <cassert>
#include <cstdint>
#include <string>
#include <utility>
#include <variant>

namespace revenant {

// What a caller can do about a failure; everything finer goes into the message.
enum class Code : std::uint8_t {
  kInvalidArgument = 1,    // the call or its input is wrong: correct it
  kNotFound = 2,           // the thing named does not exist
  kConflict = 3,           // the state forbids it (exists already, locked, refused)
  kUnsupportedFormat = 4,  // made by a newer version
  kCorruption = 5,         // bytes on disk fail their check: restore a copy
  kIo = 6,                 // the operating system refused: retry or make room
};

// Name of `code` as it stands in messages, e.g. "invalid argument".
const char* CodeName(Code code);

// A failure. The message names the place and says what to do; never a raw identifier.
struct Error {
  Code code;
  std::string message;
};

// A value or an Error. Member names are those of std::expected, which this may become.
// Threads: as safe as T. Errors: value() on an error is a programming error (asserts).
template <typename T>
class [[nodiscard]] Result {
 public:
  using value_type = T;

  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT: implicit
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT: implicit

  bool has_value() const { return state_.index() == 0; }
  explicit operator bool() const { return has_value(); }

  T& value() & { return *Checked(); }
  const T& value() const& { return *const_cast<Result*>(this)->Checked(); }
  T&& value() && { return std::move(*Checked()); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return Checked(); }
  const T* operator->() const { return &value(); }

  const Error& error() const& {
    assert(!has_value());
    return *std::get_if<1>(&state_);
  }
  Error error() && {
    assert(!has_value());
    return std::move(*std::get_if<1>(&state_));
  }

 private:
  T* Checked() {
    assert(has_value());
    return std::get_if<0>(&state_);
  }
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  using value_type = void;

  Result() = default;
  Result(Error error) : error_(std::move(error)), ok_(false) {}  // NOLINT: implicit

  bool has_value() const { return ok_; }
  explicit operator bool() const { return ok_; }
  const Error& error() const& { return error_; }
  Error error() && { return std::move(error_); }

 private:
  Error error_{};
  bool ok_ = true;
};

}  // namespace revenant

#endif  // REVENANT_RESULT_H_
