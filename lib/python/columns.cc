#include "python/columns.h"

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <string_view>

namespace revenant::python {
namespace {

constexpr std::int64_t kNoTime = RV_TIME_UNKNOWN;

rv_text TextOf(std::string_view text) { return {text.data(), text.size()}; }
std::string_view ViewOf(rv_text text) { return {text.data, text.size}; }

void AppendUtf8(std::string& out, std::uint32_t c) {
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xc0 | c >> 6);
    out += static_cast<char>(0x80 | (c & 0x3f));
  } else if (c < 0x10000) {
    out += static_cast<char>(0xe0 | c >> 12);
    out += static_cast<char>(0x80 | (c >> 6 & 0x3f));
    out += static_cast<char>(0x80 | (c & 0x3f));
  } else {
    out += static_cast<char>(0xf0 | (c >> 18 & 7));
    out += static_cast<char>(0x80 | (c >> 12 & 0x3f));
    out += static_cast<char>(0x80 | (c >> 6 & 0x3f));
    out += static_cast<char>(0x80 | (c & 0x3f));
  }
}

void Missing(Column& column, std::size_t row, std::size_t size) {
  if (column.present.empty()) column.present.assign(size, true);
  column.present[row] = false;
}

[[noreturn]] void Refuse(const std::string& name, const char* what) {
  throw py::value_error("column " + name + ": " + what);
}

// A list or tuple of str, bytes, int, bool and None.
Column FromSequence(const std::string& name, const py::object& given) {
  Column column;
  const py::tuple items(given);  // our own: nobody changes it while the GIL is released
  column.keepers.push_back(items);
  const std::size_t size = items.size();
  for (std::size_t i = 0; i < size; ++i) {
    PyObject* item = PyTuple_GET_ITEM(items.ptr(), static_cast<Py_ssize_t>(i));
    const bool is_number = PyLong_Check(item) != 0;  // bool is one
    if (i == 0) column.is_text = !is_number;
    if (item == Py_None) {
      Missing(column, i, size);
      column.texts.push_back({nullptr, 0});
      column.numbers.push_back(0);
      continue;
    }
    if (is_number) {
      if (column.is_text && !column.present.empty() &&
          std::find(column.present.begin(), column.present.begin() + static_cast<long>(i), true) ==
              column.present.begin() + static_cast<long>(i)) {
        column.is_text = false;  // None stood first
      }
      if (column.is_text) Refuse(name, "holds texts and numbers");
      const std::int64_t number = PyLong_AsLongLong(item);
      if (number == -1 && PyErr_Occurred() != nullptr) throw py::error_already_set();
      column.texts.push_back({nullptr, 0});
      column.numbers.push_back(number);
      continue;
    }
    if (!column.is_text) Refuse(name, "holds texts and numbers");
    column.numbers.push_back(0);
    if (PyUnicode_Check(item) != 0) {
      Py_ssize_t bytes = 0;
      const char* text = PyUnicode_AsUTF8AndSize(item, &bytes);
      if (text == nullptr) throw py::error_already_set();
      column.texts.push_back({text, static_cast<std::size_t>(bytes)});
    } else if (PyBytes_Check(item) != 0) {
      column.texts.push_back(
          {PyBytes_AS_STRING(item), static_cast<std::size_t>(PyBytes_GET_SIZE(item))});
    } else {
      Refuse(name, "holds something that is neither str, bytes, int, bool nor None");
    }
  }
  return column;
}

// A buffer of one dimension: 64-bit integers, flags, texts of a fixed width (numpy's S and U).
Column FromBuffer(const std::string& name, const py::buffer& given) {
  Column column;
  const py::buffer_info info = given.request();
  if (info.ndim != 1) Refuse(name, "the buffer has more than one dimension");
  std::string_view format = info.format;
  if (format.starts_with('>') || format.starts_with('!')) {
    Refuse(name, "the buffer is of big-endian numbers; numpy's astype() turns it");
  }
  if (!format.empty() && std::strchr("@=<", format.front()) != nullptr) format.remove_prefix(1);
  const auto size = static_cast<std::size_t>(info.shape[0]);
  const auto at = [&](std::size_t row) {
    return static_cast<const char*>(info.ptr) + static_cast<std::ptrdiff_t>(row) * info.strides[0];
  };
  const char sort = format.empty() ? '\0' : format.back();
  if (sort == 's' || sort == 'w') {
    const auto width = static_cast<std::size_t>(info.itemsize);
    for (std::size_t i = 0; i < size; ++i) {
      std::string& text = column.made.emplace_back();
      if (sort == 's') {
        text.assign(at(i), width);
        while (text.ends_with('\0')) text.pop_back();
      } else {
        for (std::size_t c = 0; c + 4 <= width; c += 4) {
          std::uint32_t point = 0;
          std::memcpy(&point, at(i) + c, sizeof point);
          if (point == 0) break;
          AppendUtf8(text, point);
        }
      }
      column.texts.push_back(TextOf(text));
    }
    return column;
  }
  column.is_text = false;
  const bool is_long = (sort == 'q' || sort == 'l') && info.itemsize == 8;
  const bool is_flag = (sort == '?' || sort == 'B' || sort == 'b') && info.itemsize == 1;
  if (!is_long && !is_flag) {
    Refuse(name, "the buffer holds neither texts nor 64-bit integers nor flags");
  }
  for (std::size_t i = 0; i < size; ++i) {
    std::int64_t number = is_flag ? static_cast<std::int64_t>(*at(i) != 0) : 0;
    if (is_long) std::memcpy(&number, at(i), sizeof number);
    column.numbers.push_back(number);
  }
  return column;
}

Column ColumnOf(const std::string& name, const py::object& given) {
  if (py::isinstance<py::list>(given) || py::isinstance<py::tuple>(given)) {
    return FromSequence(name, given);
  }
  if (py::isinstance<py::str>(given) || py::isinstance<py::bytes>(given)) {
    Refuse(name, "is one text, not a sequence of them");
  }
  if (PyObject_CheckBuffer(given.ptr()) != 0) return FromBuffer(name, py::buffer(given));
  return FromSequence(name, given);
}

bool IsKind(const std::string& kind) {
  char* json = nullptr;
  const bool asked =
      rv_normalize(kind.c_str(), nullptr, {nullptr, 0}, nullptr, &json, nullptr) == 0;
  const bool known = asked && std::strstr(json, "\"unknown_kind\"") == nullptr;
  rv_free(json);
  return known;
}

std::int64_t TimeAt(const Column& column, std::size_t row) {
  if (!column.Has(row)) return kNoTime;
  if (!column.is_text) return column.numbers[row];
  const std::string text(ViewOf(column.texts[row]));
  if (text.empty()) return kNoTime;
  std::int64_t time = kNoTime;
  rv_error error RV_ERROR_INIT;
  if (rv_parse_time(text.c_str(), &time, &error) != RV_OK) {
    throw std::invalid_argument("row " + std::to_string(row) + ", seen: " + error.message);
  }
  return time;
}

std::int32_t StatusAt(const Column& column, std::size_t row) {
  if (!column.Has(row)) return RV_ACTIVE;
  const std::string_view text = column.is_text ? ViewOf(column.texts[row]) : "?";
  if (text == "active" || text.empty()) return RV_ACTIVE;
  if (text == "applicant") return RV_APPLICANT;
  throw std::invalid_argument("row " + std::to_string(row) +
                              ", status: is neither active nor applicant");
}

bool FlagAt(const Column& column, std::size_t row) {
  if (!column.Has(row)) return false;
  if (!column.is_text) return column.numbers[row] != 0;
  const std::string_view text = ViewOf(column.texts[row]);
  if (text == "true" || text == "1" || text == "yes") return true;
  if (text.empty() || text == "false" || text == "0" || text == "no") return false;
  throw std::invalid_argument("row " + std::to_string(row) +
                              ", verified: is neither true nor false");
}

}  // namespace

Rows Rows::FromMapping(const py::dict& columns) {
  Rows rows;
  for (const auto& [name, values] : columns) {
    const auto text = py::cast<std::string>(name);
    rows.Add(text, ColumnOf(text, py::reinterpret_borrow<py::object>(values)));
  }
  rows.Finish();
  return rows;
}

void Rows::Add(const std::string& name, Column column) {
  if (any_ && column.size() != size_) Refuse(name, "is longer or shorter than the others");
  any_ = true;
  size_ = column.size();
  constexpr std::string_view kFields[] = {"platform", "seller", "source", "seen", "status"};
  for (std::size_t i = 0; i < std::size(kFields); ++i) {
    if (name != kFields[i]) continue;
    if (!column.is_text && name != "seen") Refuse(name, "holds no texts");
    fields_[i] = std::make_unique<Column>(std::move(column));
    return;
  }
  const std::size_t hash = name.rfind('#');
  const std::string tail = hash == name.npos ? "" : name.substr(hash + 1);
  if (tail == "verified" || tail == "country") {
    companions_.push_back({name.substr(0, hash),
                           tail == "verified" ? Meaning::kVerified : Meaning::kCountry,
                           std::move(column)});
    return;
  }
  Attribute attribute{name.substr(0, name.find('#')), std::move(column)};
  if (!IsKind(attribute.kind)) Refuse(name, "there is no such kind; see revenant.kinds()");
  if (!attribute.values.is_text) {
    Refuse(name, "holds numbers, which may have lost zeros: give texts");
  }
  names_.push_back(name);
  attributes_.push_back(std::move(attribute));
}

void Rows::Finish() {
  if (fields_[0] == nullptr || fields_[1] == nullptr) {
    throw py::value_error("columns: there must be one for platform and one for seller");
  }
  for (std::size_t i = 0; i < companions_.size(); ++i) {
    const auto found = std::find(names_.begin(), names_.end(), companions_[i].of);
    if (found == names_.end()) Refuse(companions_[i].of, "stands beside no column of values");
    Attribute& attribute = attributes_[static_cast<std::size_t>(found - names_.begin())];
    const bool is_flag = companions_[i].meaning == Meaning::kVerified;
    (is_flag ? attribute.verified : attribute.country) = static_cast<int>(i);
    if (!is_flag && !companions_[i].values.is_text) Refuse(companions_[i].of, "country: no texts");
  }
}

const std::vector<rv_application>& Rows::Slice(std::size_t begin, std::size_t end) {
  const auto text = [&](Meaning field, std::size_t row) -> rv_text {
    const Column* column = fields_[static_cast<std::size_t>(field)].get();
    return column != nullptr && column->Has(row) ? column->texts[row] : rv_text{nullptr, 0};
  };
  const Column* seen = fields_[static_cast<std::size_t>(Meaning::kSeen)].get();
  const Column* status = fields_[static_cast<std::size_t>(Meaning::kStatus)].get();
  applications_.clear();
  parts_.clear();
  parts_.reserve((end - begin) * attributes_.size());  // it must not move
  for (std::size_t row = begin; row < end; ++row) {
    rv_application& one = applications_.emplace_back(rv_application RV_APPLICATION_INIT);
    one.platform = text(Meaning::kPlatform, row);
    one.external_id = text(Meaning::kSeller, row);
    one.source = text(Meaning::kSource, row);
    if (seen != nullptr) one.seen = TimeAt(*seen, row);
    if (status != nullptr) one.status = StatusAt(*status, row);
    one.attributes = parts_.data() + parts_.size();
    for (const Attribute& attribute : attributes_) {
      if (!attribute.values.Has(row) || attribute.values.texts[row].size == 0) continue;
      rv_attribute& part = parts_.emplace_back();
      part.kind = TextOf(attribute.kind);
      part.value = attribute.values.texts[row];
      if (attribute.country >= 0) {
        const Column& country = companions_[static_cast<std::size_t>(attribute.country)].values;
        if (country.Has(row)) part.country = country.texts[row];
      }
      if (attribute.verified >= 0 &&
          FlagAt(companions_[static_cast<std::size_t>(attribute.verified)].values, row)) {
        part.flags = RV_VERIFIED;
      }
      ++one.attribute_count;
    }
  }
  return applications_;
}

// --- Arrow's C data interface: https://arrow.apache.org/docs/format/CDataInterface.html

namespace {

struct ArrowSchema {
  const char* format;
  const char* name;
  const char* metadata;
  std::int64_t flags;
  std::int64_t n_children;
  ArrowSchema** children;
  ArrowSchema* dictionary;
  void (*release)(ArrowSchema*);
  void* private_data;
};

struct ArrowArray {
  std::int64_t length;
  std::int64_t null_count;
  std::int64_t offset;
  std::int64_t n_buffers;
  std::int64_t n_children;
  const void** buffers;
  ArrowArray** children;
  ArrowArray* dictionary;
  void (*release)(ArrowArray*);
  void* private_data;
};

struct ArrowArrayStream {
  int (*get_schema)(ArrowArrayStream*, ArrowSchema*);
  int (*get_next)(ArrowArrayStream*, ArrowArray*);
  const char* (*get_last_error)(ArrowArrayStream*);
  void (*release)(ArrowArrayStream*);
  void* private_data;
};

template <typename T>
struct Released {
  T value{};
  Released() = default;
  Released(const Released&) = delete;
  Released& operator=(const Released&) = delete;
  ~Released() { Clear(); }
  void Clear() {
    if (value.release != nullptr) value.release(&value);
    value = {};
  }
};

template <typename T>
T At(const void* buffer, std::size_t index) {
  T value;
  std::memcpy(&value, static_cast<const char*>(buffer) + index * sizeof(T), sizeof(T));
  return value;
}

bool Bit(const void* bits, std::size_t index) {
  return (static_cast<const unsigned char*>(bits)[index / 8] >> (index % 8) & 1) != 0;
}

// Divides down, so that a moment before 1970 stays before it.
std::int64_t Floored(std::int64_t value, std::int64_t by) {
  return value / by - (value % by < 0 ? 1 : 0);
}

class ArrowReader {
 public:
  ArrowReader(const ArrowSchema& schema, const ArrowArray& array, std::size_t offset,
              std::size_t size)
      : name_(schema.name == nullptr ? "" : schema.name),
        format_(schema.format == nullptr ? "" : schema.format),
        schema_(schema),
        array_(array),
        offset_(offset + static_cast<std::size_t>(array.offset)),
        size_(size) {}

  Column Read() {
    if (schema_.dictionary != nullptr) return ReadDictionary();
    if (format_ != "n") MarkNulls();
    if (format_ == "n") {
      column_.present.assign(size_, false);
      column_.texts.assign(size_, rv_text{nullptr, 0});
    } else if (format_ == "u" || format_ == "z") {
      ReadTexts<std::int32_t>();
    } else if (format_ == "U" || format_ == "Z") {
      ReadTexts<std::int64_t>();
    } else if (format_ == "vu" || format_ == "vz") {
      ReadViews();
    } else if (format_ == "b") {
      Numbers([this](std::size_t i) { return Bit(array_.buffers[1], i) ? 1 : 0; });
    } else if (format_ == "l") {
      Numbers([this](std::size_t i) { return At<std::int64_t>(array_.buffers[1], i); });
    } else if (format_.starts_with("ts") && format_.size() >= 4) {
      ReadTimes(format_[2]);
    } else {
      Refuse(name_, ("Arrow's format \"" + std::string(format_) + "\" is not read").c_str());
    }
    return std::move(column_);
  }

 private:
  void MarkNulls() {
    if (array_.null_count == 0 || array_.n_buffers < 1 || array_.buffers[0] == nullptr) return;
    for (std::size_t i = 0; i < size_; ++i) {
      if (!Bit(array_.buffers[0], offset_ + i)) Missing(column_, i, size_);
    }
  }

  template <typename Offset>
  void ReadTexts() {
    const auto* bytes = static_cast<const char*>(array_.buffers[2]);
    for (std::size_t i = 0; i < size_; ++i) {
      if (!column_.Has(i)) {
        column_.texts.push_back({nullptr, 0});
        continue;
      }
      const auto begin = At<Offset>(array_.buffers[1], offset_ + i);
      const auto end = At<Offset>(array_.buffers[1], offset_ + i + 1);
      if (begin < 0 || end < begin) Refuse(name_, "its offsets run backwards");
      column_.texts.push_back({bytes + begin, static_cast<std::size_t>(end - begin)});
    }
  }

  void ReadViews() {
    constexpr std::size_t kView = 16, kInline = 12;
    const auto* views = static_cast<const char*>(array_.buffers[1]);
    for (std::size_t i = 0; i < size_; ++i) {
      if (!column_.Has(i)) {
        column_.texts.push_back({nullptr, 0});
        continue;
      }
      const char* view = views + (offset_ + i) * kView;
      const auto length = At<std::int32_t>(view, 0);
      if (length < 0) Refuse(name_, "a text is shorter than nothing");
      const auto size = static_cast<std::size_t>(length);
      if (size <= kInline) {
        column_.texts.push_back({view + 4, size});
        continue;
      }
      const auto buffer = At<std::int32_t>(view, 2);
      const auto offset = At<std::int32_t>(view, 3);
      if (buffer < 0 || offset < 0 || 2 + buffer >= array_.n_buffers) {
        Refuse(name_, "a text lies outside its buffers");
      }
      column_.texts.push_back(
          {static_cast<const char*>(array_.buffers[2 + buffer]) + offset, size});
    }
  }

  template <typename Get>
  void Numbers(Get get) {
    column_.is_text = false;
    for (std::size_t i = 0; i < size_; ++i) {
      column_.numbers.push_back(column_.Has(i) ? get(offset_ + i) : 0);
    }
  }

  void ReadTimes(char unit) {
    if (unit != 's' && unit != 'm' && unit != 'u' && unit != 'n') {
      Refuse(name_, "a unit of time that is not read");
    }
    Numbers([&](std::size_t i) -> std::int64_t {
      const auto value = At<std::int64_t>(array_.buffers[1], i);
      if (unit == 'u') return value;
      if (unit == 'n') return Floored(value, 1000);
      std::int64_t micros = 0;
      if (__builtin_mul_overflow(value, unit == 's' ? 1'000'000 : 1'000, &micros)) {
        Refuse(name_, "a time is off the calendar");
      }
      return micros;
    });
  }

  std::size_t IndexAt(std::size_t i) const {
    const void* indexes = array_.buffers[1];
    switch (format_.empty() ? '\0' : format_.front()) {
      case 'c':
      case 'C':
        return At<std::uint8_t>(indexes, i);
      case 's':
      case 'S':
        return At<std::uint16_t>(indexes, i);
      case 'i':
      case 'I':
        return At<std::uint32_t>(indexes, i);
      case 'l':
      case 'L':
        return At<std::uint64_t>(indexes, i);
      default:
        Refuse(name_, "the indexes of its dictionary are no integers");
    }
  }

  Column ReadDictionary() {
    MarkNulls();
    if (array_.dictionary == nullptr) Refuse(name_, "its dictionary is missing");
    const auto words = static_cast<std::size_t>(array_.dictionary->length);
    ArrowSchema named = *schema_.dictionary;
    named.name = schema_.name;
    const Column dictionary = ArrowReader(named, *array_.dictionary, 0, words).Read();
    if (!dictionary.is_text) Refuse(name_, "its dictionary holds no texts");
    for (std::size_t i = 0; i < size_; ++i) {
      if (!column_.Has(i)) {
        column_.texts.push_back({nullptr, 0});
        continue;
      }
      const std::size_t word = IndexAt(offset_ + i);
      if (word >= words) Refuse(name_, "an index is beyond its dictionary");
      if (!dictionary.Has(word)) Missing(column_, i, size_);
      column_.texts.push_back(dictionary.texts[word]);
    }
    return std::move(column_);
  }

  const std::string name_;
  const std::string_view format_;
  const ArrowSchema& schema_;
  const ArrowArray& array_;
  const std::size_t offset_, size_;
  Column column_;
};

}  // namespace

struct ArrowRows::Impl {
  py::object capsule;
  ArrowArrayStream* stream = nullptr;
  Released<ArrowSchema> schema;
  Released<ArrowArray> array;

  void Check(int code) const {
    if (code == 0) return;
    const char* why = stream->get_last_error(stream);
    throw std::runtime_error(std::string("Arrow: ") + (why == nullptr ? "no reason given" : why));
  }
};

ArrowRows::ArrowRows(const py::object& source) : impl_(std::make_unique<Impl>()) {
  impl_->capsule = source.attr("__arrow_c_stream__")();
  constexpr const char* kName = "arrow_array_stream";
  if (PyCapsule_IsValid(impl_->capsule.ptr(), kName) == 0) {
    throw py::type_error("__arrow_c_stream__ gave no arrow_array_stream");
  }
  impl_->stream = static_cast<ArrowArrayStream*>(PyCapsule_GetPointer(impl_->capsule.ptr(), kName));
  if (impl_->stream->release == nullptr) throw py::value_error("the Arrow stream was read already");
  impl_->Check(impl_->stream->get_schema(impl_->stream, &impl_->schema.value));
  if (std::strcmp(impl_->schema.value.format, "+s") != 0) {
    throw py::type_error("the Arrow stream holds no table");
  }
}

ArrowRows::~ArrowRows() = default;

bool ArrowRows::Next(Rows& rows) {
  Impl& impl = *impl_;
  impl.array.Clear();
  impl.Check(impl.stream->get_next(impl.stream, &impl.array.value));
  const ArrowArray& array = impl.array.value;
  if (array.release == nullptr) return false;
  const ArrowSchema& schema = impl.schema.value;
  if (array.n_children != schema.n_children) throw py::value_error("Arrow: columns are missing");
  rows = Rows();
  for (std::int64_t i = 0; i < schema.n_children; ++i) {
    const char* name = schema.children[i]->name;
    rows.Add(name == nullptr ? "" : name, ArrowReader(*schema.children[i], *array.children[i],
                                                      static_cast<std::size_t>(array.offset),
                                                      static_cast<std::size_t>(array.length))
                                              .Read());
  }
  rows.Finish();
  return true;
}

}  // namespace revenant::python
