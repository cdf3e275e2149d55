#ifndef REVENANT_C_H_
#define REVENANT_C_H_

/* Revenant for C and for every language that calls C. The whole library by functions that hand no
   C++ type and no exception to the caller.

   Errors: every function that can fail returns an rv_code and fills the slot `error`, if there is
   one (it may be NULL). After an error nothing was handed out and no state has changed, except
   where said. Messages are UTF-8, name the place and what to do, and hold no raw identifier.
   Text: `const char*` is UTF-8 and ends in NUL; what is not UTF-8 is RV_INVALID_ARGUMENT. NULL is
   refused, except where "may be NULL" is said. Sellers are "PLATFORM:EXTERNAL_ID". Values of
   identifiers may be any bytes: those that are not UTF-8 are judged invalid.
   Results: a `char**` receives text that ends in NUL and is the caller's: give it to rv_free().
   JSON is one object on one line, or (where "lines" is said) several, each with "v":1, in the
   shapes of share/revenant/revenant.schema.json. A result may be NULL where it is not wanted.
   Times: microseconds since 1970 in UTC, or RV_TIME_UNKNOWN. Weights: thousandths of a bit.
   Structs: those that callers fill begin with `size`, which is their sizeof: start from
   RV_..._INIT. A struct of an older header is taken as it is; of a newer one what this library does
   not know must be zero. Handles: numbers that are never used twice, 0 is none. After rv_close(),
   or if it never was one, a call with it is RV_CLOSED. Threads: every function may run at once with
   every other one on the same handle, unless said otherwise; reads see the state before or after a
   write. Callbacks run on the calling thread (rv_log_fn: on any), must not throw and must not jump
   out. */

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef int32_t rv_code;
enum {
  RV_OK = 0,
  RV_INVALID_ARGUMENT = 1,   /* the call or its input is wrong: correct it */
  RV_NOT_FOUND = 2,          /* the thing named does not exist */
  RV_CONFLICT = 3,           /* the state forbids it (exists already, locked, refused) */
  RV_UNSUPPORTED_FORMAT = 4, /* made by a newer version */
  RV_CORRUPTION = 5,         /* bytes on disk fail their check: restore a copy */
  RV_IO = 6,                 /* the operating system refused: retry or make room */
  RV_CLOSED = 7,             /* the handle is closed, or never was one */
  RV_NO_MEMORY = 8,
  RV_INTERNAL = 9 /* a fault of this library: report it */
};
/* "invalid argument" ...; "unknown" for any other number. Static text. */
const char* rv_code_name(rv_code code);

#define RV_ERROR_MESSAGE_SIZE 1016
typedef struct rv_error {
  uint32_t size;
  rv_code code;                        /* of the last call that was given this slot */
  char message[RV_ERROR_MESSAGE_SIZE]; /* ends in NUL; a longer one is cut and ends in "..." */
} rv_error;
#define RV_ERROR_INIT {sizeof(rv_error), RV_OK, {0}}

/* Bytes with a length; `data` may be NULL where `size` is 0. They are read during the call only. */
typedef struct rv_text {
  const char* data;
  size_t size;
} rv_text;

#define RV_TIME_UNKNOWN (INT64_MIN + 1)

typedef uint64_t rv_registry; /* a store, open */
typedef uint64_t rv_cursor;   /* a place in a list of answers */

/* "0.1.0". Static text. */
const char* rv_version(void);
/* Gives back what a function handed out. NULL is nothing. */
void rv_free(void* result);
/* RFC 3339, or a date (its first moment in UTC). RV_INVALID_ARGUMENT. */
rv_code rv_parse_time(const char* text, int64_t* time, rv_error* error);

/* --- Opening and closing --- */

/* Writes a new random key to `file`, mode 0600. RV_CONFLICT: it exists; it is not touched. */
rv_code rv_new_key(const char* file, rv_error* error);
/* The same for a journal's signing key; `public_key` is one line for those who verify. */
rv_code rv_new_journal_key(const char* file, char** public_key, rv_error* error);

enum { RV_READ_WRITE = 0, RV_READ_ONLY = 1 };
enum { RV_LOG_DETAIL = 0, RV_LOG_WARNING = 1 };
/* One line, without its end; from any thread, also while the store is closed. It must call nothing
   of this header. */
typedef void (*rv_log_fn)(void* context, int32_t level, const char* line, size_t size);

typedef struct rv_open_options {
  uint32_t size;
  int32_t access;           /* RV_READ_WRITE: one process at a time. RV_READ_ONLY: any number */
  uint64_t in_memory_bytes; /* for what screenings of suspects read; 0: none */
  const char* key_file;     /* either this ... */
  rv_text key;              /* ... or the bytes of a key file, from the caller's own keeper */
  const char* actor;        /* who acts, for the journal; may be NULL */
  rv_log_fn log;            /* may be NULL */
  void* log_context;
} rv_open_options;
#define RV_OPEN_OPTIONS_INIT \
  {sizeof(rv_open_options), RV_READ_WRITE, 0, NULL, {NULL, 0}, NULL, NULL, NULL}

/* New store in the folder `dir`, which must be empty or absent (RV_CONFLICT). `policy`: TOML, may
   be NULL: the defaults. */
rv_code rv_create(const char* dir, const rv_open_options* options, const char* policy,
                  rv_registry* registry, rv_error* error);
/* RV_NOT_FOUND: no store there. RV_INVALID_ARGUMENT: another key made it. RV_CONFLICT: another
   process writes to it. Cost: milliseconds. */
rv_code rv_open(const char* dir, const rv_open_options* options, rv_registry* registry,
                rv_error* error);
/* Closes a registry or a cursor. Of calls that run meanwhile each is done first; calls that come
   later are RV_CLOSED, as is a second close. Once it returns the store may be opened again. Cursors
   of a registry stay, and say RV_CLOSED. RV_CONFLICT: called from a callback of the same handle. */
rv_code rv_close(uint64_t handle, rv_error* error);
/* Opened for reading only: catches up with the writer; `changed` is 1 if there was something new.
 */
rv_code rv_refresh(rv_registry registry, int32_t* changed, rv_error* error);
/* Returns once the filter in memory is ready that saves strangers' screenings from reading. */
rv_code rv_warm_up(rv_registry registry, rv_error* error);
/* Who acts from now on, for the journal; "": nobody is named. */
rv_code rv_act_as(rv_registry registry, const char* actor, rv_error* error);
/* Public value (hex) that tells keys apart. */
rv_code rv_key_check_value(rv_registry registry, char** value, rv_error* error);

/* --- Applications and sellers --- */

enum { RV_VERIFIED = 1 }; /* the source of the record checked the attribute itself */
typedef struct rv_attribute {
  rv_text kind;    /* "pay.iban"; may carry its country as "contact.phone@US" */
  rv_text country; /* ISO 3166-1 alpha-2, or empty */
  rv_text value;   /* as it was typed */
  uint32_t flags;
  uint32_t reserved; /* 0 */
} rv_attribute;

enum { RV_MENTIONED = 0, RV_APPLICANT = 1, RV_ACTIVE = 2 };
typedef struct rv_application {
  uint32_t size;
  uint32_t attribute_size; /* sizeof(rv_attribute) */
  rv_text platform;
  rv_text external_id;
  rv_text source; /* who says so; empty: the platform */
  int64_t seen;
  int32_t status;
  uint32_t reserved; /* 0 */
  const rv_attribute* attributes;
  size_t attribute_count;
} rv_application;
#define RV_APPLICATION_INIT \
  {sizeof(rv_application),  \
   sizeof(rv_attribute),    \
   {NULL, 0},               \
   {NULL, 0},               \
   {NULL, 0},               \
   RV_TIME_UNKNOWN,         \
   RV_ACTIVE,               \
   0,                       \
   NULL,                    \
   0}

enum { RV_CLEAR = 0, RV_REVIEW = 1, RV_BLOCK = 2 };
/* "clear", "review", "block"; "" for any other number. Static text. */
const char* rv_decision_name(int32_t decision);

/* A verdict in short. */
typedef struct rv_verdict {
  rv_code code;         /* of this application; unless RV_OK all else is zero */
  uint8_t decision;     /* RV_CLEAR ... */
  uint8_t because;      /* of the weightiest reason: its number in verdict.h */
  uint8_t cut_short;    /* 1: the search budget ended before the search did */
  uint8_t contested;    /* 1: an objection that no person has reviewed stands beside it */
  uint32_t identifiers; /* that could be looked up */
  uint32_t awaiting;    /* of them, not yet compared with other platforms' lists */
  uint32_t links;       /* to banned sellers, at most 32 */
  uint32_t redundancy;  /* of the first link; 0 without one */
  int64_t strength;     /* of the first link; 0 without one */
  char* json;           /* for rv_free(); NULL where rv_batch::flags did not ask for it */
} rv_verdict;

enum {
  RV_JSON = 1,          /* the whole verdict ("screen"), unless it is clear */
  RV_JSON_OF_CLEAR = 2, /* of clear ones too */
  RV_CERTIFY = 4        /* with its certificate, unless it is clear */
};
typedef struct rv_batch {
  uint32_t size;
  uint32_t verdict_size; /* sizeof(rv_verdict) */
  const rv_application* applications;
  size_t count;
  int64_t as_of;    /* stands in the verdicts; RV_TIME_UNKNOWN: now */
  uint32_t threads; /* that share the work, at most 256; 0 and 1: the calling one alone */
  uint32_t flags;
} rv_batch;
#define RV_BATCH_INIT {sizeof(rv_batch), sizeof(rv_verdict), NULL, 0, RV_TIME_UNKNOWN, 0, 0}

/* Judges `count` applications into `verdicts`, in order; writes nothing. An application that cannot
   be judged has its code in its verdict and the others are judged all the same; the message of the
   first is in `error` although the call is RV_OK. Cost: of a stranger a microsecond or so for each
   attribute and, after rv_warm_up(), no read of the store and no allocation. */
rv_code rv_screen_many(rv_registry registry, const rv_batch* batch, rv_verdict* verdicts,
                       rv_error* error);
/* Judges one application, a record as JSON: {"platform":..,"seller":..,"seen":..,"attributes":[{
   "kind":..,"country":..,"value":..,"verified":..}]}. `flags`: RV_CERTIFY. RV_INVALID_ARGUMENT:
   not such a record, or an attribute in it that cannot be read. `json`: "screen". */
rv_code rv_screen(rv_registry registry, const char* record, int64_t as_of, uint32_t flags,
                  int32_t* decision, char** json, rv_error* error);
/* Screens whole files (CSV, JSON Lines, gzip, zstd) into the folder `out`, as `revenant audit`
   does. `json`: "audit". Cost: a minute or so for a million records. */
rv_code rv_audit(rv_registry registry, const char* const* files, size_t count, const char* out,
                 char** json, rv_error* error);

/* How something is written down; NULL stands for RV_WRITE_INIT. */
typedef struct rv_write {
  uint32_t size;
  uint32_t buffered; /* 0: survives power loss once the call returned; 1: the end of the process */
  const char* actor; /* who, for the journal; NULL: as rv_act_as() said */
} rv_write;
#define RV_WRITE_INIT {sizeof(rv_write), 0, NULL}

/* Enrols one record, as rv_screen() takes it. `json`: "ban". */
rv_code rv_enrol(rv_registry registry, const char* record, const rv_write* how, char** json,
                 rv_error* error);
/* Enrols all or none, as one atomic batch. `changed`: how many told something new. */
rv_code rv_enrol_many(rv_registry registry, const rv_application* records, size_t count,
                      const rv_write* how, uint64_t* changed, rv_error* error);
/* Enrols every record of files (CSV, JSON Lines, gzip, zstd), and continues an interrupted import
   of them. `platform`: of records that name none; may be NULL. `json`: "import". */
rv_code rv_import(rv_registry registry, const char* const* files, size_t count,
                  const char* platform, char** json, rv_error* error);

/* --- Decisions ---
   `at`: RV_TIME_UNKNOWN is now; later than now is RV_INVALID_ARGUMENT. `how` may be NULL, as
   may a case. RV_NOT_FOUND: what should be lifted is not in force. `json`: "ban"; what of the kind
   is still in force stands in it. Cost: a few point reads and one write. */

rv_code rv_ban(rv_registry registry, const char* seller, const char* reason, const char* case_ref,
               int64_t at, const rv_write* how, char** json, rv_error* error);
/* Without a case every ban up to that moment is lifted. */
rv_code rv_reinstate(rv_registry registry, const char* seller, const char* case_ref, int64_t at,
                     const rv_write* how, char** json, rv_error* error);
/* `right`: "trademark", "patent", "copyright", "design", "secret". `json`: "infringe", with what
   the case makes due. */
rv_code rv_infringe(rv_registry registry, const char* seller, const char* right,
                    const char* case_ref, int64_t at, const rv_write* how, char** json,
                    rv_error* error);
rv_code rv_retract(rv_registry registry, const char* seller, const char* case_ref, int64_t at,
                   const rv_write* how, char** json, rv_error* error);
/* Different people: an investigator's finding, and its reversal. */
rv_code rv_cannot_link(rv_registry registry, const char* a, const char* b, int64_t at,
                       const rv_write* how, char** json, rv_error* error);
rv_code rv_allow_link(rv_registry registry, const char* a, const char* b, int64_t at,
                      const rv_write* how, char** json, rv_error* error);
/* Sightings of an attribute up to `at` no longer count. `country` may be NULL; `source` may be
   NULL: of all. RV_INVALID_ARGUMENT: not a value of the kind. */
rv_code rv_withdraw(rv_registry registry, const char* seller, const char* kind, const char* country,
                    const char* value, const char* source, int64_t at, const rv_write* how,
                    char** json, rv_error* error);
/* Erases a seller from history. RV_CONFLICT: a ban or infringement rests on it, and `reason` (NULL:
   none) does not say why it must go all the same. */
rv_code rv_forget(rv_registry registry, const char* seller, const char* reason, int64_t at,
                  const rv_write* how, char** json, rv_error* error);
/* Records a seller's objection; `reference` may be NULL: the next number. RV_CONFLICT: it is on
   file. `json`: lines "contest", every objection of the seller. */
rv_code rv_contest(rv_registry registry, const char* seller, const char* statement,
                   const char* reference, int64_t at, const rv_write* how, char** json,
                   rv_error* error);
/* A person's review of it; `upheld`: 1 or 0; `note` may be NULL. */
rv_code rv_review(rv_registry registry, const char* seller, const char* reference, int32_t upheld,
                  const char* reviewer, const char* note, int64_t at, const rv_write* how,
                  char** json, rv_error* error);
rv_code rv_contests(rv_registry registry, const char* seller, char** json, rv_error* error);
/* Puts something else on file, or takes it back. `kind`: "notice", "counter_notice", "milestone",
   "order", "measure", "figure", "wording", "objection", "review"; `detail` is the canonical text of
   case_file.h, "" where the kind has none. */
rv_code rv_attest(rv_registry registry, const char* seller, const char* kind, const char* reference,
                  const char* detail, int64_t at, const rv_write* how, char** json,
                  rv_error* error);
rv_code rv_revoke(rv_registry registry, const char* seller, const char* kind, const char* reference,
                  int64_t at, const rv_write* how, char** json, rv_error* error);

/* --- Questions --- */

/* `linked` is 1 if there is a link; `json`: "explain". Cost: one search. */
rv_code rv_explain(rv_registry registry, const char* a, const char* b, int32_t* linked, char** json,
                   rv_error* error);
/* The link in plain words; with `for_seller` 1 for the seller `a`, naming no other. "": no link. */
rv_code rv_describe(rv_registry registry, const char* a, const char* b, int32_t for_seller,
                    char** text, rv_error* error);
/* `json`: "cluster". */
rv_code rv_cluster(rv_registry registry, const char* seller, char** json, rv_error* error);
/* Who shares what in the cluster: `format` "json" ("graph"), "dot" or "graphml"; the nearest
   `max_sellers` sellers. */
rv_code rv_graph(rv_registry registry, const char* seller, size_t max_sellers, const char* format,
                 char** text, rv_error* error);
/* What a seller and those linked to it owe at a moment. `json`: "sanctions". */
rv_code rv_sanctions(rv_registry registry, const char* seller, int64_t as_of, char** json,
                     rv_error* error);
/* All that is held about a seller. `json`: "subject". */
rv_code rv_subject(rv_registry registry, const char* seller, int64_t as_of, char** json,
                   rv_error* error);
/* `json`: "stats". Cost: reads a row per cluster of two or more. */
rv_code rv_stats(rv_registry registry, char** json, rv_error* error);
/* Verifies every row; `holds` is 1 if nothing was found. `json`: "fsck". Cost: reads the store. */
rv_code rv_fsck(rv_registry registry, int32_t* holds, char** json, rv_error* error);

/* Receives the next piece of a long answer; anything but 0 stops, and the call is RV_OK. */
typedef int32_t (*rv_sink_fn)(void* context, const char* piece, size_t size);
enum { RV_LIVE = 0, RV_FACTS = 1 };
/* The whole store as lines, of one state. The journal gets no entry: see rv_record_export(). */
rv_code rv_export(rv_registry registry, int32_t scope, rv_sink_fn sink, void* context,
                  rv_error* error);
rv_code rv_export_seller(rv_registry registry, const char* seller, int32_t scope, char** json,
                         rv_error* error);

/* --- Lists --- A cursor is read by one thread after the other. */

/* Next answer into `json`; NULL at the end. */
rv_code rv_next(rv_cursor cursor, char** json, rv_error* error);
/* Clusters of at least `min_size` sellers, largest first: "cluster". Cost: holds their names. */
rv_code rv_clusters(rv_registry registry, uint64_t min_size, rv_cursor* cursor, rv_error* error);
/* Alerts above the number `after`: "alert". New ones are met as they come. */
rv_code rv_alerts(rv_registry registry, uint64_t after, rv_cursor* cursor, rv_error* error);
/* Number up to which alerts were acknowledged. */
rv_code rv_acknowledged(rv_registry registry, uint64_t* number, rv_error* error);
rv_code rv_acknowledge(rv_registry registry, uint64_t number, rv_error* error);
/* Entries of the journal from the number `from` on, as far as it reaches now: "journal_entry". */
rv_code rv_journal(rv_registry registry, uint64_t from, rv_cursor* cursor, rv_error* error);
/* The table of kinds: "kinds". Needs no registry. */
rv_code rv_kinds(rv_cursor* cursor, rv_error* error);

/* --- Proof --- */

/* The journal as a file that rv_verify_journal() checks; `key_file` signs it. */
rv_code rv_journal_export(rv_registry registry, const char* key_file, rv_sink_fn sink,
                          void* context, rv_error* error);
/* Checks such a file with the public key (its text) alone, and against checkpoints that others kept
   (their texts; may be NULL if `count` is 0). `holds`: 1 or 0. `json`: as `journal verify`. */
rv_code rv_verify_journal(const char* file, const char* public_key, const char* const* witnesses,
                          size_t count, int32_t* holds, char** json, rv_error* error);
/* Enters what was done about a verdict with this certificate; `seq`: the entry's number. */
rv_code rv_record_decision(rv_registry registry, const char* certificate, const char* decision,
                           const char* actor, uint64_t* seq, rv_error* error);
/* Enters that data left; `digest` and `seller` may be NULL. */
rv_code rv_record_export(rv_registry registry, const char* what, const char* digest,
                         const char* seller, const char* actor, uint64_t* seq, rv_error* error);
enum { RV_HOLDS = 0, RV_HELD_THEN = 1, RV_ERASED = 2, RV_FALSE = 3 };
/* `json`: "verify_certificate". */
rv_code rv_verify_certificate(rv_registry registry, const char* certificate, int32_t* outcome,
                              char** json, rv_error* error);

/* --- Policy and values --- */

/* The policy in force, as TOML. */
rv_code rv_policy(rv_registry registry, char** toml, rv_error* error);
/* From now on this one holds. `json`: "policy_change". Cost: judges every hub and cluster again. */
rv_code rv_set_policy(rv_registry registry, const char* toml, const rv_write* how, char** json,
                      rv_error* error);
/* Canonical form of a value; `country` and `policy` (TOML) may be NULL. `json`: "normalize". Needs
   no registry. */
rv_code rv_normalize(const char* kind, const char* country, rv_text value, const char* policy,
                     char** json, rv_error* error);

#ifdef __cplusplus
}
#endif

#endif /* REVENANT_C_H_ */
