// Keys, opening and closing.

#include <filesystem>

#include "c/guard.h"
#include "revenant/journal.h"
#include "revenant/policy.h"

namespace revenant::c {
namespace {

struct Opening {
  std::filesystem::path dir;
  Key key;
  OpenOptions options;
  Actor actor;
};

Result<Key> KeyOf(const rv_open_options& given) {
  const bool has_bytes = given.key.size > 0;
  if ((given.key_file != nullptr) == has_bytes) {
    return Wrong("rv_open_options", "give either key_file or key");
  }
  if (!has_bytes) {
    TRY_ASSIGN(const std::string_view file, Text("rv_open_options.key_file", given.key_file));
    return Key::Read(file);
  }
  TRY_ASSIGN(const std::string_view bytes, Bytes("rv_open_options.key", given.key));
  return Key::FromKeeper([&]() -> Result<std::string> { return std::string(bytes); });
}

Result<Opening> Prepared(const char* dir, const rv_open_options* given, rv_registry* registry) {
  if (registry == nullptr) return Wrong("registry", "is NULL");
  *registry = 0;
  TRY_ASSIGN(const std::string_view folder, Text("dir", dir));
  TRY(CheckSize("rv_open_options", given));
  const rv_open_options& options = *given;
  if (options.access != RV_READ_WRITE && options.access != RV_READ_ONLY) {
    return Wrong("rv_open_options.access", "is neither RV_READ_WRITE nor RV_READ_ONLY");
  }
  Actor actor;
  TRY_ASSIGN(actor.who, TextOrNone("rv_open_options.actor", options.actor));
  TRY_ASSIGN(Key key, KeyOf(options));
  OpenOptions opening{
      .access = options.access == RV_READ_ONLY ? Access::kReadOnly : Access::kReadWrite,
      .in_memory_bytes = options.in_memory_bytes,
  };
  if (options.log != nullptr) {
    opening.log = [log = options.log, context = options.log_context](LogLevel level,
                                                                     std::string_view line) {
      log(context, level == LogLevel::kWarning ? RV_LOG_WARNING : RV_LOG_DETAIL, line.data(),
          line.size());
    };
  }
  return Opening{folder, std::move(key), std::move(opening), std::move(actor)};
}

Result<void> Keep(const Opening& opening, std::unique_ptr<Registry> opened, rv_registry* handle) {
  if (opening.options.access == Access::kReadWrite) opened->ActAs(opening.actor);
  *handle = Add(MakeObject<Store>(std::move(opened)));
  return {};
}

}  // namespace

extern "C" {

rv_code rv_new_key(const char* file, rv_error* error) {
  return Guarded(error, [&]() -> Result<void> {
    TRY_ASSIGN(const std::string_view path, Text("file", file));
    TRY_ASSIGN(const Key key, Key::Generate());
    return key.WriteNew(path);
  });
}

rv_code rv_new_journal_key(const char* file, char** public_key, rv_error* error) {
  Clear(public_key);
  return Guarded(error, [&]() -> Result<void> {
    TRY_ASSIGN(const std::string_view path, Text("file", file));
    TRY_ASSIGN(const JournalKey key, JournalKey::Generate());
    TRY(key.WriteNew(path));
    return Give(key.public_key().ToText(), public_key);
  });
}

rv_code rv_create(const char* dir, const rv_open_options* options, const char* policy,
                  rv_registry* registry, rv_error* error) {
  return Guarded(error, [&]() -> Result<void> {
    TRY_ASSIGN(const Opening opening, Prepared(dir, options, registry));
    if (opening.options.access != Access::kReadWrite) {
      return Wrong("rv_open_options.access", "a new store is opened by RV_READ_WRITE");
    }
    LinkPolicy links;
    EnforcementPolicy enforcement;
    if (policy != nullptr) {
      TRY_ASSIGN(const std::string_view toml, Text("policy", policy));
      TRY_ASSIGN(links, ParseLinkPolicy(toml, "policy"));
      TRY_ASSIGN(enforcement, ParseEnforcementPolicy(toml, "policy"));
    }
    TRY_ASSIGN(auto opened, Registry::Create(opening.dir, opening.key, links, opening.actor));
    if (enforcement != EnforcementPolicy{}) {
      TRY(opened->Apply(SetEnforcement{enforcement}, Durability::kSynced, opening.actor));
    }
    if (opening.options.log || opening.options.in_memory_bytes > 0) {
      opened.reset();  // Create() takes no options
      TRY_ASSIGN(opened, Registry::Open(opening.dir, opening.key, opening.options));
    }
    return Keep(opening, std::move(opened), registry);
  });
}

rv_code rv_open(const char* dir, const rv_open_options* options, rv_registry* registry,
                rv_error* error) {
  return Guarded(error, [&]() -> Result<void> {
    TRY_ASSIGN(const Opening opening, Prepared(dir, options, registry));
    TRY_ASSIGN(auto opened, Registry::Open(opening.dir, opening.key, opening.options));
    return Keep(opening, std::move(opened), registry);
  });
}

rv_code rv_close(uint64_t handle, rv_error* error) {
  return Guarded(error, [&] { return Close(handle); });
}

rv_code rv_refresh(rv_registry registry, int32_t* changed, rv_error* error) {
  return OnStore(registry, error, [&](Store& store) -> Result<void> {
    TRY_ASSIGN(const bool is_new, store.registry->Refresh());
    Set(changed, is_new);
    return {};
  });
}

rv_code rv_warm_up(rv_registry registry, rv_error* error) {
  return OnStore(registry, error, [](Store& store) { return store.registry->WarmUp(); });
}

rv_code rv_act_as(rv_registry registry, const char* actor, rv_error* error) {
  return OnStore(registry, error, [&](Store& store) -> Result<void> {
    TRY_ASSIGN(const std::string_view who, Text("actor", actor));
    store.registry->ActAs({std::string(who), Time()});
    return {};
  });
}

rv_code rv_key_check_value(rv_registry registry, char** value, rv_error* error) {
  Clear(value);
  return OnStore(registry, error,
                 [&](Store& store) { return Give(store.registry->key_check_value(), value); });
}

}  // extern "C"

}  // namespace revenant::c
