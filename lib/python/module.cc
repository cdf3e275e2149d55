// revenant._revenant: the functions of c.h for the package around it (revenant/__init__.py), which
// makes objects of them. Each releases the GIL while the library works.

#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <algorithm>
#include <array>
#include <exception>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "python/columns.h"
#include "revenant/c.h"

namespace revenant::python {

// A str as UTF-8. What is none raises here: pybind11 would show all arguments, values among them.
struct Text : std::string {
  using std::string::string;
};

}  // namespace revenant::python

template <>
struct pybind11::detail::type_caster<revenant::python::Text> {
  PYBIND11_TYPE_CASTER(revenant::python::Text, const_name("str"));
  bool load(handle source, bool) {
    if (PyUnicode_Check(source.ptr()) == 0) throw type_error("a text must be a str");
    Py_ssize_t size = 0;
    const char* bytes = PyUnicode_AsUTF8AndSize(source.ptr(), &size);
    if (bytes == nullptr) {
      PyErr_Clear();
      throw value_error("a text holds half a surrogate pair, which has no UTF-8");
    }
    value.assign(bytes, static_cast<std::size_t>(size));
    return true;
  }
};

namespace revenant::python {
namespace {

// By rv_code; made when the module is, never given back.
std::array<PyObject*, RV_INTERNAL + 1> errors{};

void MakeErrors(py::module_& module) {
  const auto make = [&](const char* name, py::object base, const char* doc) {
    const std::string full = std::string("revenant.") + name;
    PyObject* made = PyErr_NewExceptionWithDoc(full.c_str(), doc, base.ptr(), nullptr);
    if (made == nullptr) throw py::error_already_set();
    module.attr(name) = py::reinterpret_borrow<py::object>(made);
    return made;
  };
  const auto builtin = [](PyObject* type) { return py::reinterpret_borrow<py::object>(type); };
  PyObject* error = make("Error", builtin(PyExc_Exception), "What the library refuses.");
  const auto with = [&](PyObject* type) -> py::object {
    return py::make_tuple(builtin(error), builtin(type));
  };
  errors[RV_INVALID_ARGUMENT] =
      make("InvalidArgument", with(PyExc_ValueError), "The call or its input is wrong.");
  errors[RV_NOT_FOUND] = make("NotFound", with(PyExc_LookupError), "There is no such thing.");
  errors[RV_CONFLICT] = make("Conflict", builtin(error), "The state forbids it.");
  errors[RV_UNSUPPORTED_FORMAT] =
      make("UnsupportedFormat", builtin(error), "Made by a newer version.");
  errors[RV_CORRUPTION] = make("Corruption", builtin(error), "Bytes on disk fail their check.");
  errors[RV_IO] = make("IoError", with(PyExc_OSError), "The operating system refused.");
  errors[RV_CLOSED] = make("Closed", with(PyExc_ValueError), "The registry is closed.");
  errors[RV_NO_MEMORY] = PyExc_MemoryError;
  errors[RV_INTERNAL] = error;
}

[[noreturn]] void Raise(rv_code code, const char* message) {
  const bool known = code > RV_OK && code <= RV_INTERNAL;
  PyErr_SetString(errors[static_cast<std::size_t>(known ? code : RV_INTERNAL)], message);
  throw py::error_already_set();
}

// Text that the library handed out.
struct Given {
  char* text = nullptr;
  Given() = default;
  Given(const Given&) = delete;
  Given& operator=(const Given&) = delete;
  ~Given() { rv_free(text); }
  py::str ToPython() const { return py::str(text == nullptr ? "" : text); }
};

// Calls a function of c.h without the GIL; `call` takes the error slot.
template <typename Call>
void Do(Call&& call) {
  rv_error error RV_ERROR_INIT;
  rv_code code = RV_OK;
  {
    const py::gil_scoped_release released;
    code = call(&error);
  }
  if (code != RV_OK) Raise(code, error.message);
}

template <typename Call>
py::str Ask(Call&& call) {
  Given given;
  Do([&](rv_error* error) { return call(&given.text, error); });
  return given.ToPython();
}

using Maybe = std::optional<Text>;
// A text for C, which would end at a NUL.
const char* C(const Text& text) {
  if (text.find('\0') != text.npos) throw py::value_error("a text holds a NUL character");
  return text.c_str();
}
const char* C(const Maybe& text) { return text ? C(*text) : nullptr; }
// The GIL is needed for what C() throws, so texts are looked at before it is released.
struct Texts {
  template <typename... T>
  explicit Texts(const T&... texts) {
    (static_cast<void>(C(texts)), ...);
  }
};

rv_write How(bool buffered, const Maybe& actor) {
  rv_write how RV_WRITE_INIT;
  how.buffered = buffered ? 1 : 0;
  how.actor = actor ? actor->c_str() : nullptr;
  return how;
}

std::uint64_t Open(const Text& dir, const Text& key, bool create, bool read_only,
                   std::uint64_t in_memory_bytes, const Maybe& policy, const Maybe& actor) {
  const Texts checked(dir, key, policy, actor);
  rv_open_options options RV_OPEN_OPTIONS_INIT;
  options.access = read_only ? RV_READ_ONLY : RV_READ_WRITE;
  options.key_file = key.c_str();
  options.in_memory_bytes = in_memory_bytes;
  options.actor = actor ? actor->c_str() : nullptr;
  rv_registry registry = 0;
  Do([&](rv_error* error) {
    return create ? rv_create(dir.c_str(), &options, policy ? policy->c_str() : nullptr, &registry,
                              error)
                  : rv_open(dir.c_str(), &options, &registry, error);
  });
  return registry;
}

// --- Many at once

class Verdicts {
 public:
  Verdicts() = default;
  Verdicts(Verdicts&&) = default;
  Verdicts& operator=(Verdicts&&) = delete;
  Verdicts(const Verdicts&) = delete;
  ~Verdicts() {
    for (const rv_verdict& verdict : all) rv_free(verdict.json);
  }
  const rv_verdict& At(std::int64_t index) const {
    const auto size = static_cast<std::int64_t>(all.size());
    if (index < 0) index += size;
    if (index < 0 || index >= size) throw py::index_error("no verdict of this number");
    return all[static_cast<std::size_t>(index)];
  }
  std::vector<rv_verdict> all;
  std::string first_error;
};

// Judges or enrols rows in parts, so that what is built of them stays in the cache.
constexpr std::size_t kPart = 4096;

void ScreenRows(rv_registry registry, Rows& rows, rv_batch batch, Verdicts& out) {
  const std::size_t before = out.all.size();
  out.all.resize(before + rows.size());
  std::string problem;
  Do([&](rv_error* error) -> rv_code {
    try {
      for (std::size_t begin = 0; begin < rows.size(); begin += kPart) {
        const std::size_t end = std::min(begin + kPart, rows.size());
        const std::vector<rv_application>& applications = rows.Slice(begin, end);
        batch.applications = applications.data();
        batch.count = applications.size();
        const rv_code code =
            rv_screen_many(registry, &batch, out.all.data() + before + begin, error);
        if (code != RV_OK) return code;
        if (out.first_error.empty()) out.first_error = error->message;
      }
    } catch (const std::exception& failed) {
      problem = failed.what();
    }
    return RV_OK;
  });
  if (!problem.empty()) throw py::value_error(problem);
}

std::uint64_t EnrolRows(rv_registry registry, Rows& rows, const rv_write& how) {
  std::uint64_t changed = 0;
  std::string problem;
  Do([&](rv_error* error) -> rv_code {
    try {
      for (std::size_t begin = 0; begin < rows.size(); begin += kPart) {
        const std::size_t end = std::min(begin + kPart, rows.size());
        const std::vector<rv_application>& records = rows.Slice(begin, end);
        std::uint64_t some = 0;
        const rv_code code =
            rv_enrol_many(registry, records.data(), records.size(), &how, &some, error);
        if (code != RV_OK) return code;
        changed += some;
      }
    } catch (const std::exception& failed) {
      problem = failed.what();
    }
    return RV_OK;
  });
  if (!problem.empty()) throw py::value_error(problem);
  return changed;
}

// Hands `work` the rows of a mapping at once, of an Arrow stream batch by batch.
template <typename Work>
void ForRows(const py::object& columns, Work&& work) {
  if (py::hasattr(columns, "__arrow_c_stream__")) {
    ArrowRows source(columns);
    for (Rows rows; source.Next(rows);) work(rows);
    return;
  }
  Rows rows = Rows::FromMapping(py::dict(columns));
  work(rows);
}

std::unique_ptr<Verdicts> ScreenMany(rv_registry registry, const py::object& columns,
                                     std::int64_t as_of, std::uint32_t threads,
                                     std::uint32_t flags) {
  auto verdicts = std::make_unique<Verdicts>();
  rv_batch batch RV_BATCH_INIT;
  batch.as_of = as_of;
  batch.threads = threads;
  batch.flags = flags;
  ForRows(columns, [&](Rows& rows) { ScreenRows(registry, rows, batch, *verdicts); });
  return verdicts;
}

std::uint64_t EnrolMany(rv_registry registry, const py::object& columns, bool buffered,
                        const Maybe& actor) {
  const Texts checked(actor);
  const rv_write how = How(buffered, actor);
  std::uint64_t changed = 0;
  ForRows(columns, [&](Rows& rows) { changed += EnrolRows(registry, rows, how); });
  return changed;
}

py::tuple Fields(const rv_verdict& verdict) {
  return py::make_tuple(verdict.code, verdict.decision, verdict.because, verdict.cut_short != 0,
                        verdict.contested != 0, verdict.identifiers, verdict.awaiting,
                        verdict.links, verdict.redundancy, verdict.strength);
}

// --- Long answers, piece by piece

struct Writer {
  py::function write;
  std::exception_ptr failed;
};

std::int32_t WritePiece(void* context, const char* piece, std::size_t size) {
  auto& writer = *static_cast<Writer*>(context);
  const py::gil_scoped_acquire held;
  try {
    writer.write(py::bytes(piece, size));
    return 0;
  } catch (...) {
    writer.failed = std::current_exception();
    return 1;
  }
}

template <typename Call>
void Write(py::function write, Call&& call) {
  Writer writer{std::move(write), nullptr};
  Do([&](rv_error* error) { return call(WritePiece, &writer, error); });
  if (writer.failed) std::rethrow_exception(writer.failed);
}

std::vector<const char*> Pointers(const std::vector<Text>& texts) {
  std::vector<const char*> pointers;
  for (const Text& text : texts) pointers.push_back(C(text));
  return pointers;
}

std::vector<Text> Strings(const py::sequence& given) {
  std::vector<Text> strings;
  for (const py::handle one : given) strings.push_back(py::cast<Text>(one));
  return strings;
}

// A decision about one seller with a text or two.
template <auto kFunction, typename... Args>
py::str Decide(std::uint64_t registry, const Args&... args, std::int64_t at, bool buffered,
               const Maybe& actor) {
  const Texts checked(args..., actor);
  const rv_write how = How(buffered, actor);
  return Ask([&](char** json, rv_error* error) {
    return kFunction(registry, C(args)..., at, &how, json, error);
  });
}

// A question about sellers that has one answer.
template <auto kFunction, typename... Args>
py::str Question(std::uint64_t registry, const Args&... args) {
  const auto text = [](const auto& value) {
    if constexpr (std::is_arithmetic_v<std::decay_t<decltype(value)>>) {
      return value;
    } else {
      return C(value);
    }
  };
  (static_cast<void>(text(args)), ...);  // while the GIL is held: see Texts
  return Ask([&](char** json, rv_error* error) {
    return kFunction(registry, text(args)..., json, error);
  });
}

}  // namespace

PYBIND11_MODULE(_revenant, module) {  // NOLINT: pybind11's macro
  module.doc() = "The C interface of Revenant, function by function; use the package `revenant`.";
  MakeErrors(module);
  module.attr("TIME_UNKNOWN") = RV_TIME_UNKNOWN;
  module.attr("VERSION") = rv_version();

  py::class_<Verdicts>(module, "Verdicts", py::buffer_protocol())
      .def("__len__", [](const Verdicts& its) { return its.all.size(); })
      .def("fields", [](const Verdicts& its, std::int64_t index) { return Fields(its.At(index)); })
      .def("json",
           [](const Verdicts& its, std::int64_t index) -> std::optional<py::str> {
             const rv_verdict& verdict = its.At(index);
             if (verdict.json == nullptr) return std::nullopt;
             return py::str(verdict.json);
           })
      .def("decisions",
           [](const py::object& its) {
             return py::reinterpret_steal<py::object>(PyMemoryView_FromObject(its.ptr()));
           })
      .def_readonly("first_error", &Verdicts::first_error)
      .def_buffer([](Verdicts& its) {  // the decisions
        static std::uint8_t nothing = 0;
        return py::buffer_info(its.all.empty() ? &nothing : &its.all[0].decision, 1, "B", 1,
                               {its.all.size()}, {sizeof(rv_verdict)}, true);
      });

  module.def("new_key", [](const Text& file) {
    const Texts checked(file);
    Do([&](rv_error* error) { return rv_new_key(file.c_str(), error); });
  });
  module.def("new_journal_key", [](const Text& file) {
    const Texts checked(file);
    return Ask(
        [&](char** key, rv_error* error) { return rv_new_journal_key(file.c_str(), key, error); });
  });
  module.def("open", &Open);
  module.def("close", [](std::uint64_t handle) {
    rv_code code = RV_OK;
    rv_error error RV_ERROR_INIT;
    {
      const py::gil_scoped_release released;
      code = rv_close(handle, &error);
    }
    if (code != RV_OK && code != RV_CLOSED) Raise(code, error.message);
  });
  module.def("refresh", [](std::uint64_t registry) {
    std::int32_t changed = 0;
    Do([&](rv_error* error) { return rv_refresh(registry, &changed, error); });
    return changed != 0;
  });
  module.def("warm_up", [](std::uint64_t registry) {
    Do([&](rv_error* error) { return rv_warm_up(registry, error); });
  });
  module.def("parse_time", [](const Text& text) {
    const Texts checked(text);
    std::int64_t time = 0;
    Do([&](rv_error* error) { return rv_parse_time(text.c_str(), &time, error); });
    return time;
  });
  module.def("key_check_value", &Question<rv_key_check_value>);

  module.def("screen",
             [](std::uint64_t registry, const Text& record, std::int64_t as_of, bool certify) {
               const Texts checked(record);
               return Ask([&](char** json, rv_error* error) {
                 return rv_screen(registry, record.c_str(), as_of, certify ? RV_CERTIFY : 0,
                                  nullptr, json, error);
               });
             });
  module.def("screen_many", &ScreenMany);
  module.def("enrol_many", &EnrolMany);
  module.def("enrol",
             [](std::uint64_t registry, const Text& record, bool buffered, const Maybe& actor) {
               const Texts checked(record, actor);
               const rv_write how = How(buffered, actor);
               return Ask([&](char** json, rv_error* error) {
                 return rv_enrol(registry, record.c_str(), &how, json, error);
               });
             });
  module.def("import_files",
             [](std::uint64_t registry, const py::sequence& files, const Maybe& platform) {
               const Texts checked(platform);
               const std::vector<Text> names = Strings(files);
               const std::vector<const char*> pointers = Pointers(names);
               return Ask([&](char** json, rv_error* error) {
                 return rv_import(registry, pointers.data(), pointers.size(),
                                  platform ? platform->c_str() : nullptr, json, error);
               });
             });
  module.def("audit", [](std::uint64_t registry, const py::sequence& files, const Text& out) {
    const Texts checked(out);
    const std::vector<Text> names = Strings(files);
    const std::vector<const char*> pointers = Pointers(names);
    return Ask([&](char** json, rv_error* error) {
      return rv_audit(registry, pointers.data(), pointers.size(), out.c_str(), json, error);
    });
  });

  module.def("ban", &Decide<rv_ban, Text, Text, Maybe>);
  module.def("reinstate", &Decide<rv_reinstate, Text, Maybe>);
  module.def("infringe", &Decide<rv_infringe, Text, Text, Text>);
  module.def("retract", &Decide<rv_retract, Text, Text>);
  module.def("cannot_link", &Decide<rv_cannot_link, Text, Text>);
  module.def("allow_link", &Decide<rv_allow_link, Text, Text>);
  module.def("withdraw", &Decide<rv_withdraw, Text, Text, Maybe, Text, Maybe>);
  module.def("forget", &Decide<rv_forget, Text, Maybe>);
  module.def("contest", &Decide<rv_contest, Text, Text, Maybe>);
  module.def("attest", &Decide<rv_attest, Text, Text, Text, Text>);
  module.def("revoke", &Decide<rv_revoke, Text, Text, Text>);
  module.def("review", [](std::uint64_t registry, const Text& seller, const Text& reference,
                          bool upheld, const Text& reviewer, const Maybe& note, std::int64_t at,
                          bool buffered, const Maybe& actor) {
    const Texts checked(seller, reference, reviewer, note, actor);
    const rv_write how = How(buffered, actor);
    return Ask([&](char** json, rv_error* error) {
      return rv_review(registry, seller.c_str(), reference.c_str(), upheld ? 1 : 0,
                       reviewer.c_str(), C(note), at, &how, json, error);
    });
  });
  module.def("contests", &Question<rv_contests, Text>);

  module.def("explain", [](std::uint64_t registry, const Text& a, const Text& b) {
    const Texts checked(a, b);
    return Ask([&](char** json, rv_error* error) {
      return rv_explain(registry, a.c_str(), b.c_str(), nullptr, json, error);
    });
  });
  module.def("describe", &Question<rv_describe, Text, Text, std::int32_t>);
  module.def("cluster", &Question<rv_cluster, Text>);
  module.def("graph", &Question<rv_graph, Text, std::size_t, Text>);
  module.def("sanctions", &Question<rv_sanctions, Text, std::int64_t>);
  module.def("subject", &Question<rv_subject, Text, std::int64_t>);
  module.def("export_seller", &Question<rv_export_seller, Text, std::int32_t>);
  module.def("stats", &Question<rv_stats>);
  module.def("policy", &Question<rv_policy>);
  module.def("set_policy", [](std::uint64_t registry, const Text& toml, const Maybe& actor) {
    const Texts checked(toml, actor);
    const rv_write how = How(false, actor);
    return Ask([&](char** json, rv_error* error) {
      return rv_set_policy(registry, toml.c_str(), &how, json, error);
    });
  });
  module.def("fsck", [](std::uint64_t registry) {
    return Ask(
        [&](char** json, rv_error* error) { return rv_fsck(registry, nullptr, json, error); });
  });
  module.def("verify_certificate", [](std::uint64_t registry, const Text& certificate) {
    const Texts checked(certificate);
    return Ask([&](char** json, rv_error* error) {
      return rv_verify_certificate(registry, certificate.c_str(), nullptr, json, error);
    });
  });
  module.def("record_decision", [](std::uint64_t registry, const Text& certificate,
                                   const Text& decision, const Maybe& actor) {
    const Texts checked(certificate, decision, actor);
    std::uint64_t seq = 0;
    Do([&](rv_error* error) {
      return rv_record_decision(registry, certificate.c_str(), decision.c_str(), C(actor), &seq,
                                error);
    });
    return seq;
  });
  module.def("record_export", [](std::uint64_t registry, const Text& what, const Maybe& digest,
                                 const Maybe& seller, const Maybe& actor) {
    const Texts checked(what, digest, seller, actor);
    std::uint64_t seq = 0;
    Do([&](rv_error* error) {
      return rv_record_export(registry, what.c_str(), C(digest), C(seller), C(actor), &seq, error);
    });
    return seq;
  });

  module.def("export", [](std::uint64_t registry, bool facts, py::function write) {
    Write(std::move(write), [&](rv_sink_fn sink, void* context, rv_error* error) {
      return rv_export(registry, facts ? RV_FACTS : RV_LIVE, sink, context, error);
    });
  });
  module.def("journal_export", [](std::uint64_t registry, const Text& key, py::function write) {
    const Texts checked(key);
    Write(std::move(write), [&](rv_sink_fn sink, void* context, rv_error* error) {
      return rv_journal_export(registry, key.c_str(), sink, context, error);
    });
  });
  module.def("verify_journal",
             [](const Text& file, const Text& key, const py::sequence& witnesses) {
               const Texts checked(file, key);
               const std::vector<Text> notes = Strings(witnesses);
               const std::vector<const char*> pointers = Pointers(notes);
               return Ask([&](char** json, rv_error* error) {
                 return rv_verify_journal(file.c_str(), key.c_str(), pointers.data(),
                                          pointers.size(), nullptr, json, error);
               });
             });

  // Lists: cursors, read by next_answer() and given back by close().
  const auto cursor = [](auto&& start) {
    rv_cursor made = 0;
    Do([&](rv_error* error) { return start(&made, error); });
    return made;
  };
  module.def("clusters", [cursor](std::uint64_t registry, std::uint64_t min_size) {
    return cursor([&](rv_cursor* made, rv_error* error) {
      return rv_clusters(registry, min_size, made, error);
    });
  });
  module.def("alerts", [cursor](std::uint64_t registry, std::uint64_t after) {
    return cursor(
        [&](rv_cursor* made, rv_error* error) { return rv_alerts(registry, after, made, error); });
  });
  module.def("journal", [cursor](std::uint64_t registry, std::uint64_t from) {
    return cursor(
        [&](rv_cursor* made, rv_error* error) { return rv_journal(registry, from, made, error); });
  });
  module.def("kinds", [cursor] { return cursor(rv_kinds); });
  module.def("next_answer", [](std::uint64_t handle) -> std::optional<py::str> {
    Given given;
    Do([&](rv_error* error) { return rv_next(handle, &given.text, error); });
    if (given.text == nullptr) return std::nullopt;
    return given.ToPython();
  });
  module.def("acknowledged", [](std::uint64_t registry) {
    std::uint64_t number = 0;
    Do([&](rv_error* error) { return rv_acknowledged(registry, &number, error); });
    return number;
  });
  module.def("acknowledge", [](std::uint64_t registry, std::uint64_t number) {
    Do([&](rv_error* error) { return rv_acknowledge(registry, number, error); });
  });

  module.def("normalize",
             [](const Text& kind, const Maybe& country, const Text& value, const Maybe& policy) {
               const Texts checked(kind, country, policy);
               return Ask([&](char** json, rv_error* error) {
                 return rv_normalize(kind.c_str(), C(country), {value.data(), value.size()},
                                     C(policy), json, error);
               });
             });
}

}  // namespace revenant::python
