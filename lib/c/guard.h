#ifndef REVENANT_C_GUARD_H_
#define REVENANT_C_GUARD_H_

// What stands between the library and a caller in C: no exception passes, every text and struct is
// looked at before it is used.

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <filesystem>
#include <new>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "c/handles.h"
#include "revenant/c.h"
#include "revenant/event.h"
#include "revenant/registry.h"
#include "util/bytes.h"
#include "util/try.h"

namespace revenant::c {

// Fills the slot, if there is one of a size we know; nothing of it is read.
rv_code Put(rv_error* slot, rv_code code, std::string_view message) noexcept;

// Runs `work`, a function that returns Result<void>, and turns all that can come of it into a code.
template <typename Work>
rv_code Guarded(rv_error* slot, Work&& work) noexcept {
  try {
    const Result<void> done = work();
    if (done) return Put(slot, RV_OK, "");
    return Put(slot, static_cast<rv_code>(done.error().code), done.error().message);
  } catch (const std::bad_alloc&) {
    return Put(slot, RV_NO_MEMORY, "not enough memory");
  } catch (const std::length_error&) {
    return Put(slot, RV_NO_MEMORY, "a text or a list is longer than memory allows");
  } catch (const std::system_error&) {  // the words of others may hold anything: they are left out
    return Put(slot, RV_IO, "the system refused a thread or a file");
  } catch (...) {
    return Put(slot, RV_INTERNAL, "a fault inside the library: please report it");
  }
}

// The same for a call about an open store: `work` takes a Store&.
template <typename Work>
rv_code OnStore(rv_registry handle, rv_error* slot, Work&& work) noexcept {
  return Guarded(slot, [&]() -> Result<void> {
    TRY_ASSIGN(const auto lease, Lease<Store>::Take(handle));
    return work(**lease);
  });
}

inline Error Wrong(std::string_view name, std::string_view what) {
  return {Code::kInvalidArgument, fmt::format("{}: {}", name, what)};
}

// A text that must be there, and one that may be NULL, which is "".
Result<std::string_view> Text(std::string_view name, const char* text);
Result<std::string_view> TextOrNone(std::string_view name, const char* text);
Result<std::string_view> Text(std::string_view name, rv_text text);
// The bytes of a value, whatever they are.
Result<std::string_view> Bytes(std::string_view name, rv_text text);
Result<SellerName> Seller(std::string_view name, const char* text);

inline Time TimeOf(std::int64_t micros) { return Time{std::max(micros, Time::kUnknownMicros)}; }
inline Time TimeOrNow(std::int64_t micros) {
  return TimeOf(micros).known() ? TimeOf(micros) : Now();
}

// The size that a caller gave its struct: what a newer header than this one has besides must be
// zero.
template <typename T>
Result<void> CheckSize(std::string_view name, const T* given) {
  if (given == nullptr) return Wrong(name, "is NULL");
  if (given->size == sizeof(T)) return {};
  constexpr std::size_t kLargest = 4096;
  if (given->size < sizeof(T) || given->size > kLargest) {
    return Wrong(name, fmt::format("size is {}, and must be sizeof({}), here {}", given->size, name,
                                   sizeof(T)));
  }
  const auto* bytes = reinterpret_cast<const unsigned char*>(given);
  for (std::size_t i = sizeof(T); i < given->size; ++i) {
    if (bytes[i] == 0) continue;
    return Error{Code::kUnsupportedFormat,
                 fmt::format("{}: asks for something that only a newer library knows", name)};
  }
  return {};
}

// Hands a text out, if it is wanted.
Result<void> Give(std::string_view text, char** out);
inline void Clear(char** out) {
  if (out != nullptr) *out = nullptr;
}
template <typename T, typename Value>
void Set(T* out, Value value) {
  if (out != nullptr) *out = static_cast<T>(value);
}

// How something is written down.
struct How {
  Durability durability = Durability::kSynced;
  Actor actor;
};
Result<How> HowOf(const rv_write* how);

// Fills `record`, with the buffers it has.
Result<void> Fill(const rv_application& given, Record& record);
// A record as JSON: one object of the form that files have.
Result<Record> ReadRecord(std::string_view json);

// Hands pieces to a callback until it says that it has enough.
class Sink {
 public:
  Sink(rv_sink_fn function, void* context) : function_(function), context_(context) {}
  void operator()(std::string_view piece) {
    if (!done_) done_ = function_(context_, piece.data(), piece.size()) != 0;
  }

 private:
  rv_sink_fn function_;
  void* context_;
  bool done_ = false;
};

}  // namespace revenant::c

#endif  // REVENANT_C_GUARD_H_
