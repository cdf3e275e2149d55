// Questions, lists and proofs.

#include <cerrno>
#include <cstdio>
#include <vector>

#include "c/guard.h"
#include "revenant/certificate.h"
#include "revenant/cluster_graph.h"
#include "revenant/identifier.h"
#include "revenant/journal.h"
#include "revenant/json.h"
#include "revenant/normalizer.h"
#include "revenant/policy.h"
#include "revenant/subject.h"
#include "util/json_writer.h"

namespace revenant::c {
namespace {

constexpr std::size_t kPage = 256;  // answers that a cursor reads at a time

// Answers that come in pages: `more` fills the page, which stays empty at the end.
using More = std::function<Result<void>(std::vector<std::string>& page)>;

Cursor::Next Paged(More more) {
  struct State {
    More more;
    std::vector<std::string> page;
    std::size_t next = 0;
  };
  return [state = std::make_shared<State>(
              State{std::move(more), {}, 0})]() -> Result<std::optional<std::string>> {
    if (state->next == state->page.size()) {
      state->page.clear();
      state->next = 0;
      TRY(state->more(state->page));
      if (state->page.empty()) return std::optional<std::string>();
    }
    return std::optional<std::string>(std::move(state->page[state->next++]));
  };
}

Result<void> Start(rv_cursor* cursor, Cursor::Next next) {
  *cursor = Add(MakeObject<Cursor>(std::move(next)));
  return {};
}

Result<void> CheckCursor(rv_cursor* cursor) {
  if (cursor == nullptr) return Wrong("cursor", "is NULL");
  *cursor = 0;
  return {};
}

std::string Hex(std::span<const std::uint8_t> bytes) {
  std::string text;
  for (const std::uint8_t byte : bytes) text += fmt::format("{:02x}", byte);
  return text;
}

std::string EntryLine(const JournalEntry& entry) {
  std::string line;
  JsonWriter json(line);
  json.Object().Count("v", 1).Number("seq", entry.seq).Moment("at", entry.at);
  json.Text("type", entry.type).Text("commitment", Hex(entry.commitment));
  if (entry.opening) {
    json.Raw("body", entry.opening->body);
  } else {
    json.Null("body");
  }
  json.End();
  return line;
}

std::string CheckLine(const JournalCheck& check) {
  std::string line;
  JsonWriter json(line);
  json.Object().Count("v", 1).Flag("holds", !check.fault).Number("entries", check.entries);
  json.Number("erased", check.erased);
  json.Moment("signed_at", check.head ? check.head->at : Time());
  if (check.fault) {
    json.Object("fault").Number("line", check.fault->line).Text("what", check.fault->what);
    if (check.fault->entry) {
      json.Number("entry", *check.fault->entry).Number("last", check.fault->last);
    }
    json.End();
  } else {
    json.Null("fault");
  }
  if (check.witness) {
    json.Number("witness", check.witness->head.size);
  } else {
    json.Null("witness");
  }
  json.End();
  return line;
}

std::string CheckLine(const CertificateCheck& check) {
  std::string line;
  JsonWriter json(line);
  json.Object().Count("v", 1).Text("outcome", OutcomeName(check.outcome));
  json.Flag("complete", check.complete).Array("checked");
  for (const std::string& one : check.checked) json.Text({}, one);
  json.End().Array("differs");
  for (const std::string& one : check.differs) json.Text({}, one);
  json.End().End();
  return line;
}

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

Result<ExportScope> ScopeOf(std::int32_t scope) {
  if (scope == RV_LIVE) return ExportScope::kLive;
  if (scope == RV_FACTS) return ExportScope::kFacts;
  return Wrong("scope", "is neither RV_LIVE nor RV_FACTS");
}

// `ask` takes a Registry and a SellerName, and gives Result<std::string>.
template <typename Ask>
rv_code Answer(rv_registry registry, const char* seller, char** out, rv_error* error,
               Ask&& ask) noexcept {
  Clear(out);
  return OnStore(registry, error, [&](Store& store) -> Result<void> {
    TRY_ASSIGN(const SellerName name, Seller("seller", seller));
    TRY_ASSIGN(const std::string answer, ask(*store.registry, name));
    return Give(answer, out);
  });
}

}  // namespace

extern "C" {

rv_code rv_explain(rv_registry registry, const char* a, const char* b, int32_t* linked, char** json,
                   rv_error* error) {
  return Answer(registry, a, json, error,
                [&](const Registry& its, const SellerName& from) -> Result<std::string> {
                  TRY_ASSIGN(const SellerName to, Seller("b", b));
                  TRY_ASSIGN(const std::optional<Link> link, its.Explain(from, to));
                  bool same_cluster = false;
                  if (!link) {
                    TRY_ASSIGN(const ClusterSummary of_a, its.Cluster(from));
                    TRY_ASSIGN(const ClusterSummary of_b, its.Cluster(to));
                    same_cluster = of_a.id == of_b.id;
                  }
                  Set(linked, link.has_value());
                  return ToJson(Explanation{from, to, link, same_cluster});
                });
}

rv_code rv_describe(rv_registry registry, const char* a, const char* b, int32_t for_seller,
                    char** text, rv_error* error) {
  return Answer(registry, a, text, error,
                [&](const Registry& its, const SellerName& from) -> Result<std::string> {
                  if (for_seller != 0 && for_seller != 1) {
                    return Wrong("for_seller", "is neither 0 nor 1");
                  }
                  TRY_ASSIGN(const SellerName to, Seller("b", b));
                  TRY_ASSIGN(const std::optional<Link> link, its.Explain(from, to));
                  if (!link) return std::string();
                  return Describe(*link, for_seller == 1 ? Audience::kSeller : Audience::kManager);
                });
}

rv_code rv_cluster(rv_registry registry, const char* seller, char** json, rv_error* error) {
  return Answer(registry, seller, json, error,
                [](const Registry& its, const SellerName& name) -> Result<std::string> {
                  TRY_ASSIGN(const ClusterSummary cluster, its.Cluster(name));
                  return ToJson(cluster);
                });
}

rv_code rv_graph(rv_registry registry, const char* seller, size_t max_sellers, const char* format,
                 char** text, rv_error* error) {
  return Answer(
      registry, seller, text, error,
      [&](const Registry& its, const SellerName& name) -> Result<std::string> {
        TRY_ASSIGN(const std::string_view form, Text("format", format));
        if (form != "json" && form != "dot" && form != "graphml") {
          return Wrong("format", "is one of json, dot, graphml");
        }
        if (max_sellers == 0) return Wrong("max_sellers", "is 0");
        TRY_ASSIGN(const ClusterGraph graph, its.GraphOf(name, max_sellers));
        return form == "json" ? ToJson(graph) : form == "dot" ? ToDot(graph) : ToGraphml(graph);
      });
}

rv_code rv_sanctions(rv_registry registry, const char* seller, int64_t as_of, char** json,
                     rv_error* error) {
  return Answer(registry, seller, json, error,
                [&](const Registry& its, const SellerName& name) -> Result<std::string> {
                  TRY_ASSIGN(const EnforcementPolicy policy, its.enforcement());
                  TRY_ASSIGN(const GroupFacts facts, its.FactsForSanctions(name));
                  return ToJson(AssessSanctions(facts, policy.sanctions, TimeOrNow(as_of)),
                                policy.sanctions);
                });
}

rv_code rv_subject(rv_registry registry, const char* seller, int64_t as_of, char** json,
                   rv_error* error) {
  return Answer(registry, seller, json, error,
                [&](const Registry& its, const SellerName& name) -> Result<std::string> {
                  TRY_ASSIGN(const SubjectReport report,
                             MakeSubjectReport(its, name, TimeOrNow(as_of)));
                  return ToJson(report);
                });
}

rv_code rv_export_seller(rv_registry registry, const char* seller, int32_t scope, char** json,
                         rv_error* error) {
  return Answer(registry, seller, json, error,
                [&](const Registry& its, const SellerName& name) -> Result<std::string> {
                  TRY_ASSIGN(const ExportScope which, ScopeOf(scope));
                  TRY_ASSIGN(std::string line, its.ExportSeller(name, which));
                  while (line.ends_with('\n')) line.pop_back();
                  return line;
                });
}

rv_code rv_stats(rv_registry registry, char** json, rv_error* error) {
  Clear(json);
  return OnStore(registry, error, [&](Store& store) -> Result<void> {
    TRY_ASSIGN(const Stats stats, store.registry->GetStats());
    return Give(ToJson(stats), json);
  });
}

rv_code rv_fsck(rv_registry registry, int32_t* holds, char** json, rv_error* error) {
  Clear(json);
  return OnStore(registry, error, [&](Store& store) -> Result<void> {
    TRY_ASSIGN(const FsckReport report, store.registry->Fsck());
    Set(holds, report.problems.empty());
    return Give(ToJson(report), json);
  });
}

rv_code rv_export(rv_registry registry, int32_t scope, rv_sink_fn sink, void* context,
                  rv_error* error) {
  return OnStore(registry, error, [&](Store& store) -> Result<void> {
    TRY_ASSIGN(const ExportScope which, ScopeOf(scope));
    if (sink == nullptr) return Wrong("sink", "is NULL");
    return store.registry->Export(which, Sink(sink, context));
  });
}

rv_code rv_next(rv_cursor cursor, char** json, rv_error* error) {
  Clear(json);
  return Guarded(error, [&]() -> Result<void> {
    if (json == nullptr) return Wrong("json", "is NULL");
    TRY_ASSIGN(const auto lease, Lease<Cursor>::Take(cursor));
    MutexLock lock((*lease)->mutex);
    TRY_ASSIGN(const std::optional<std::string> answer, (*lease)->next());
    return answer ? Give(*answer, json) : Result<void>();
  });
}

rv_code rv_clusters(rv_registry registry, uint64_t min_size, rv_cursor* cursor, rv_error* error) {
  return OnStore(registry, error, [&](Store& store) -> Result<void> {
    TRY(CheckCursor(cursor));
    TRY_ASSIGN(std::vector<ClusterSummary> clusters, store.registry->Clusters(min_size));
    auto left = std::make_shared<std::vector<ClusterSummary>>(std::move(clusters));
    return Start(
        cursor,
        [registry, left, next = std::size_t{0}]() mutable -> Result<std::optional<std::string>> {
          TRY(Lease<Store>::Take(registry));
          if (next == left->size()) return std::optional<std::string>();
          return std::optional<std::string>(ToJson((*left)[next++]));
        });
  });
}

rv_code rv_alerts(rv_registry registry, uint64_t after, rv_cursor* cursor, rv_error* error) {
  return OnStore(registry, error, [&](Store&) -> Result<void> {
    TRY(CheckCursor(cursor));
    return Start(
        cursor, Paged([registry, after](std::vector<std::string>& page) mutable -> Result<void> {
          TRY_ASSIGN(const auto lease, Lease<Store>::Take(registry));
          TRY_ASSIGN(const std::vector<Alert> alerts, (*lease)->registry->Alerts(after, kPage));
          for (const Alert& alert : alerts) page.push_back(ToJson(alert));
          if (!alerts.empty()) after = alerts.back().number;
          return {};
        }));
  });
}

rv_code rv_acknowledged(rv_registry registry, uint64_t* number, rv_error* error) {
  return OnStore(registry, error, [&](Store& store) -> Result<void> {
    TRY_ASSIGN(const std::uint64_t acknowledged, store.registry->AcknowledgedAlerts());
    Set(number, acknowledged);
    return {};
  });
}

rv_code rv_journal(rv_registry registry, uint64_t from, rv_cursor* cursor, rv_error* error) {
  return OnStore(registry, error, [&](Store& store) -> Result<void> {
    TRY(CheckCursor(cursor));
    TRY_ASSIGN(const auto journal, store.registry->Journal());
    return Start(cursor, Paged([registry, from, end = journal->head().size](
                                   std::vector<std::string>& page) mutable -> Result<void> {
                   TRY_ASSIGN(const auto lease, Lease<Store>::Take(registry));
                   if (from >= end) return {};
                   TRY_ASSIGN(const auto now, (*lease)->registry->Journal());
                   return now->ForEach(from, [&](const JournalEntry& entry) -> Result<bool> {
                     page.push_back(EntryLine(entry));
                     from = entry.seq + 1;
                     return from < end && page.size() < kPage;
                   });
                 }));
  });
}

rv_code rv_kinds(rv_cursor* cursor, rv_error* error) {
  return Guarded(error, [&]() -> Result<void> {
    TRY(CheckCursor(cursor));
    return Start(cursor, [next = std::size_t{0}]() mutable -> Result<std::optional<std::string>> {
      if (next == Kinds().size()) return std::optional<std::string>();
      return std::optional<std::string>(ToJson(Kinds()[next++]));
    });
  });
}

rv_code rv_journal_export(rv_registry registry, const char* key_file, rv_sink_fn sink,
                          void* context, rv_error* error) {
  return OnStore(registry, error, [&](Store& store) -> Result<void> {
    TRY_ASSIGN(const std::string_view file, Text("key_file", key_file));
    if (sink == nullptr) return Wrong("sink", "is NULL");
    TRY_ASSIGN(const JournalKey key, JournalKey::Read(file));
    TRY_ASSIGN(const auto journal, store.registry->Journal());
    return journal->Export(key, Now(), Sink(sink, context));
  });
}

rv_code rv_verify_journal(const char* file, const char* public_key, const char* const* witnesses,
                          size_t count, int32_t* holds, char** json, rv_error* error) {
  Clear(json);
  return Guarded(error, [&]() -> Result<void> {
    TRY_ASSIGN(const std::string_view path, Text("file", file));
    const std::string name(path);
    TRY_ASSIGN(const std::string_view text, Text("public_key", public_key));
    TRY_ASSIGN(const JournalPublicKey key, JournalPublicKey::Parse(text));
    if (witnesses == nullptr && count > 0) return Wrong("witnesses", "is NULL");
    std::vector<std::string> notes;
    for (std::size_t i = 0; i < count; ++i) {
      TRY_ASSIGN(notes.emplace_back(), Text("witnesses", witnesses[i]));
    }
    const std::unique_ptr<std::FILE, CloseFile> input(std::fopen(name.c_str(), "rbe"));
    if (input == nullptr) {
      return Error{errno == ENOENT ? Code::kNotFound : Code::kIo, name + ": cannot be read"};
    }
    const auto next = [&]() -> Result<std::string> {
      std::string piece(std::size_t{1} << 18, '\0');
      piece.resize(std::fread(piece.data(), 1, piece.size(), input.get()));
      if (std::ferror(input.get()) != 0) return Error{Code::kIo, name + ": cannot be read"};
      return piece;
    };
    TRY_ASSIGN(const JournalCheck check, VerifyJournal(next, key, notes));
    Set(holds, !check.fault);
    return Give(CheckLine(check), json);
  });
}

rv_code rv_verify_certificate(rv_registry registry, const char* certificate, int32_t* outcome,
                              char** json, rv_error* error) {
  Clear(json);
  return OnStore(registry, error, [&](Store& store) -> Result<void> {
    if (certificate == nullptr) return Wrong("certificate", "is NULL");
    TRY_ASSIGN(const CertificateCheck check, VerifyCertificate(*store.registry, certificate));
    Set(outcome, check.outcome);
    return Give(CheckLine(check), json);
  });
}

rv_code rv_normalize(const char* kind, const char* country, rv_text value, const char* policy,
                     char** json, rv_error* error) {
  Clear(json);
  return Guarded(error, [&]() -> Result<void> {
    TRY_ASSIGN(const std::string_view name, Text("kind", kind));
    TRY_ASSIGN(const std::string_view where, TextOrNone("country", country));
    TRY_ASSIGN(const std::string_view raw, Bytes("value", value));
    Normalized outcome;
    if (policy == nullptr) {
      Normalize({name, where, raw}, outcome);
    } else {
      TRY_ASSIGN(const std::string_view toml, Text("policy", policy));
      TRY_ASSIGN(const LinkPolicy links, ParseLinkPolicy(toml, "policy"));
      Normalizer(links).Normalize({name, where, raw}, outcome);
    }
    return Give(ToJson(1, name, outcome), json);
  });
}

}  // extern "C"

}  // namespace revenant::c
