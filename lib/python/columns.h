#ifndef REVENANT_PYTHON_COLUMNS_H_
#define REVENANT_PYTHON_COLUMNS_H_

// Columns of applications, from Python sequences, buffers and Arrow's C data interface, as arrays
// of rv_application. Values are not copied unless their form asks for it.

#include <pybind11/pybind11.h>

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "revenant/c.h"

namespace revenant::python {

namespace py = pybind11;

// One column: texts, or numbers (times, flags). `present` is empty where every row has a value.
struct Column {
  std::vector<rv_text> texts;
  std::vector<std::int64_t> numbers;
  std::vector<bool> present;
  std::deque<std::string> made;     // texts that stood nowhere in this form
  std::vector<py::object> keepers;  // what the texts are part of; released with the GIL held
  bool is_text = true;

  std::size_t size() const { return is_text ? texts.size() : numbers.size(); }
  bool Has(std::size_t row) const { return present.empty() || present[row]; }
};

// What a column of this name means.
enum class Meaning : std::uint8_t {
  kPlatform,
  kSeller,
  kSource,
  kSeen,
  kStatus,
  kAttribute,
  kVerified,
  kCountry
};

// Rows of named columns. ValueError: a name that means nothing, columns of different lengths, a
// form that is not read, no platform or seller.
class Rows {
 public:
  // `columns`: a mapping of names to sequences and buffers.
  static Rows FromMapping(const py::dict& columns);
  void Add(const std::string& name, Column column);
  // To be called once after the last column.
  void Finish();

  std::size_t size() const { return size_; }
  // Rows [begin, end) as applications, which live until the next call. No GIL is needed. Throws
  // std::invalid_argument for a status or time that is none.
  const std::vector<rv_application>& Slice(std::size_t begin, std::size_t end);

 private:
  struct Attribute {
    std::string kind;
    Column values;
    int verified = -1, country = -1;  // of the companions, in others_
  };
  struct Companion {
    std::string of;
    Meaning meaning;
    Column values;
  };
  std::unique_ptr<Column> fields_[5];  // by Meaning
  std::deque<Attribute> attributes_;
  std::vector<std::string> names_;  // of the attributes, with "#2"
  std::deque<Companion> companions_;
  std::size_t size_ = 0;
  bool any_ = false;
  std::vector<rv_application> applications_;
  std::vector<rv_attribute> parts_;
};

// Batches of an object with __arrow_c_stream__, one after the other.
class ArrowRows {
 public:
  explicit ArrowRows(const py::object& source);
  ~ArrowRows();
  ArrowRows(const ArrowRows&) = delete;
  ArrowRows& operator=(const ArrowRows&) = delete;
  // Next batch; false at the end. Rows live until the next call.
  bool Next(Rows& rows);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace revenant::python

#endif  // REVENANT_PYTHON_COLUMNS_H_
