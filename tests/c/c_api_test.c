/* The library as a C11 program meets it. usage: c_api_test DIR (empty) */

#include <revenant/c.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <threads.h>

static int failures = 0;

#define CHECK(what)                                               \
  do {                                                            \
    if (!(what)) {                                                \
      ++failures;                                                 \
      printf("%s:%d: not true: %s\n", __FILE__, __LINE__, #what); \
    }                                                             \
  } while (0)
/* The call gives this code, and says why if it is an error. */
#define GIVES(expected, call)                                                              \
  do {                                                                                     \
    const rv_code got = (call);                                                            \
    if (got != (expected) || (got != RV_OK && error.message[0] == '\0')) {                 \
      ++failures;                                                                          \
      printf("%s:%d: %s: %s (%s), not %s\n", __FILE__, __LINE__, #call, rv_code_name(got), \
             error.message, rv_code_name(expected));                                       \
    }                                                                                      \
  } while (0)
/* The same of a call that hands out text, which holds `part`. */
#define TELLS(part, call)                                                                      \
  do {                                                                                         \
    char* text = NULL;                                                                         \
    GIVES(RV_OK, call);                                                                        \
    if (text == NULL || strstr(text, part) == NULL) {                                          \
      ++failures;                                                                              \
      printf("%s:%d: %s: %s\n", __FILE__, __LINE__, #call, text == NULL ? "(nothing)" : text); \
    }                                                                                          \
    rv_free(text);                                                                             \
  } while (0)

static rv_error error = RV_ERROR_INIT;
static const int64_t kNow = RV_TIME_UNKNOWN;
static const char kKnown[] =
    "{\"platform\":\"shop\",\"seller\":\"S-1\",\"seen\":\"2026-01-05\",\"attributes\":["
    "{\"kind\":\"pay.iban\",\"value\":\"DE89 3704 0044 0532 0130 00\"},"
    "{\"kind\":\"contact.phone\",\"country\":\"DE\",\"value\":\"030 23125 104\"}]}";
static const char kApplicant[] =
    "{\"platform\":\"shop\",\"seller\":\"S-2\",\"status\":\"applicant\",\"attributes\":["
    "{\"kind\":\"pay.iban\",\"value\":\"de89370400440532013000\"},"
    "{\"kind\":\"contact.phone\",\"value\":\"+49 30 23125104\"}]}";

static char dir[512], store[600], key[600], journal_key[600];

static rv_text Text(const char* text) {
  const rv_text out = {text, strlen(text)};
  return out;
}

static rv_attribute Iban(const char* value) {
  rv_attribute out = {{NULL, 0}, {NULL, 0}, {NULL, 0}, 0, 0};
  out.kind = Text("pay.iban");
  out.value = Text(value);
  return out;
}

static rv_application Application(const char* id, const rv_attribute* attribute) {
  rv_application out = RV_APPLICATION_INIT;
  out.platform = Text("shop");
  out.external_id = Text(id);
  out.status = RV_APPLICANT;
  out.attributes = attribute;
  out.attribute_count = 1;
  return out;
}

static rv_open_options Options(int32_t access) {
  rv_open_options out = RV_OPEN_OPTIONS_INIT;
  out.access = access;
  out.key_file = key;
  out.actor = "tester";
  return out;
}

static int32_t Count(void* context, const char* piece, size_t size) {
  (void)piece;
  *(size_t*)context += size;
  return 0;
}

static int32_t StopAtOnce(void* context, const char* piece, size_t size) {
  Count(context, piece, size);
  return 1;
}

static int32_t CloseInside(void* context, const char* piece, size_t size) {
  (void)piece;
  (void)size;
  CHECK(rv_close(*(rv_registry*)context, &error) == RV_CONFLICT);
  return 0;
}

static size_t CountAnswers(rv_cursor cursor, const char* part) {
  size_t count = 0;
  char* json = NULL;
  while (rv_next(cursor, &json, &error) == RV_OK && json != NULL) {
    CHECK(strstr(json, part) != NULL);
    rv_free(json);
    ++count;
  }
  GIVES(RV_OK, rv_close(cursor, &error));
  return count;
}

/* --- A life, from the first record to the export --- */

static void EverythingThatTheCommandDoes(rv_registry r) {
  char* public_key = NULL;
  GIVES(RV_OK, rv_new_journal_key(journal_key, &public_key, &error));
  GIVES(RV_CONFLICT, rv_new_journal_key(journal_key, NULL, &error));

  TELLS("\"changed\":true", rv_enrol(r, kKnown, NULL, &text, &error));
  TELLS("\"changed\":true", rv_ban(r, "shop:S-1", "counterfeit", "C-7", kNow, NULL, &text, &error));
  int32_t decision = -1;
  TELLS("\"verdict\":\"block\"",
        rv_screen(r, kApplicant, kNow, RV_CERTIFY, &decision, &text, &error));
  CHECK(decision == RV_BLOCK);
  CHECK(strcmp(rv_decision_name(decision), "block") == 0);
  TELLS("\"changed\":true", rv_enrol(r, kApplicant, NULL, &text, &error));

  int32_t yes = -1;
  TELLS("pay.iban", rv_explain(r, "shop:S-2", "shop:S-1", &yes, &text, &error));
  CHECK(yes == 1);
  TELLS("shop:S-1", rv_describe(r, "shop:S-2", "shop:S-1", 0, &text, &error));
  TELLS("Your account", rv_describe(r, "shop:S-2", "shop:S-1", 1, &text, &error));
  TELLS("\"shop:S-1\"", rv_cluster(r, "shop:S-1", &text, &error));
  TELLS("<graphml", rv_graph(r, "shop:S-1", 10, "graphml", &text, &error));
  TELLS("\"sellers\":2", rv_stats(r, &text, &error));
  TELLS("\"due\"", rv_infringe(r, "shop:S-1", "trademark", "C-8", kNow, NULL, &text, &error));
  TELLS("\"standings\"", rv_sanctions(r, "shop:S-1", kNow, &text, &error));
  TELLS("\"changed\":true", rv_retract(r, "shop:S-1", "C-8", kNow, NULL, &text, &error));
  TELLS("\"observations\"", rv_subject(r, "shop:S-2", kNow, &text, &error));
  TELLS("not mine", rv_contest(r, "shop:S-2", "not mine", NULL, kNow, NULL, &text, &error));
  TELLS("upheld", rv_review(r, "shop:S-2", "1", 1, "ann", NULL, kNow, NULL, &text, &error));
  TELLS("upheld", rv_contests(r, "shop:S-2", &text, &error));
  TELLS("\"changed\":true", rv_cannot_link(r, "shop:S-1", "shop:S-2", kNow, NULL, &text, &error));
  TELLS("\"changed\":true", rv_allow_link(r, "shop:S-1", "shop:S-2", kNow, NULL, &text, &error));
  TELLS("\"changed\":true", rv_withdraw(r, "shop:S-2", "pay.iban", NULL, "DE89370400440532013000",
                                        NULL, kNow, NULL, &text, &error));
  TELLS("\"changed\":true",
        rv_attest(r, "shop:S-1", "milestone", "measure:C-7", "", kNow, NULL, &text, &error));
  TELLS("\"changed\":true",
        rv_revoke(r, "shop:S-1", "milestone", "measure:C-7", kNow, NULL, &text, &error));
  TELLS("\"changed\":true", rv_reinstate(r, "shop:S-1", NULL, kNow, NULL, &text, &error));
  GIVES(RV_NOT_FOUND, rv_reinstate(r, "shop:S-1", NULL, kNow, NULL, NULL, &error));

  rv_cursor cursor = 0;
  GIVES(RV_OK, rv_clusters(r, 1, &cursor, &error));
  CHECK(CountAnswers(cursor, "\"cluster\"") >= 1);
  GIVES(RV_OK, rv_alerts(r, 0, &cursor, &error));
  CHECK(CountAnswers(cursor, "\"number\"") >= 1);
  GIVES(RV_OK, rv_journal(r, 0, &cursor, &error));
  CHECK(CountAnswers(cursor, "\"commitment\"") >= 10);
  GIVES(RV_OK, rv_kinds(&cursor, &error));
  CHECK(CountAnswers(cursor, "\"kind\"") >= 50);
  uint64_t number = 99;
  GIVES(RV_OK, rv_acknowledge(r, 1, &error));
  GIVES(RV_OK, rv_acknowledged(r, &number, &error));
  CHECK(number == 1);

  char* toml = NULL;
  GIVES(RV_OK, rv_policy(r, &toml, &error));
  TELLS("\"changes\":[]", rv_set_policy(r, toml, NULL, &text, &error));
  TELLS("\"changed\":false", rv_set_policy(r, toml, NULL, &text, &error));
  TELLS("block_bits", rv_set_policy(r, "[verdict]\nblock_bits = 8\n", NULL, &text, &error));
  rv_free(toml);

  uint64_t seq = 0;
  GIVES(RV_OK, rv_record_export(r, "facts", NULL, NULL, "tester", &seq, &error));
  CHECK(seq > 10);
  size_t size = 0;
  GIVES(RV_OK, rv_export(r, RV_FACTS, Count, &size, &error));
  CHECK(size > 100);
  size_t first = 0;
  GIVES(RV_OK, rv_export(r, RV_FACTS, StopAtOnce, &first, &error));
  CHECK(first > 0 && first <= size);
  rv_registry mine = r;
  GIVES(RV_OK, rv_export(r, RV_LIVE, CloseInside, &mine, &error));
  TELLS("\"S-1\"", rv_export_seller(r, "shop:S-1", RV_LIVE, &text, &error));
  size = 0;
  GIVES(RV_OK, rv_journal_export(r, journal_key, Count, &size, &error));
  CHECK(size > 100);
  int32_t outcome = -1;
  TELLS("\"false\"", rv_verify_certificate(r, "{}", &outcome, &text, &error));
  CHECK(outcome == RV_FALSE);
  TELLS("\"changed\":true", rv_forget(r, "shop:S-2", NULL, kNow, NULL, &text, &error));
  int32_t holds = 0;
  TELLS("\"problems\":[]", rv_fsck(r, &holds, &text, &error));
  CHECK(holds == 1);
  TELLS("GB82WEST12345698765432",
        rv_normalize("pay.iban", NULL, Text("gb82 west 1234 5698 7654 32"), NULL, &text, &error));
  rv_free(public_key);
}

/* --- What a caller can get wrong --- */

static void WrongCallsAreErrors(rv_registry r) {
  GIVES(RV_INVALID_ARGUMENT, rv_enrol(r, NULL, NULL, NULL, &error));
  GIVES(RV_INVALID_ARGUMENT, rv_enrol(r, "", NULL, NULL, &error));
  GIVES(RV_INVALID_ARGUMENT, rv_enrol(r, "[1]", NULL, NULL, &error));
  GIVES(RV_INVALID_ARGUMENT, rv_enrol(r, "{\"platform\":\"p\"}", NULL, NULL, &error));
  GIVES(RV_INVALID_ARGUMENT,
        rv_enrol(r, "{\"platform\":\"p\",\"seller\":\"\xff\"}", NULL, NULL, &error));
  GIVES(RV_INVALID_ARGUMENT,
        rv_enrol(r, "{\"platform\":\"p\",\"seller\":\"s\",\"colour\":1}", NULL, NULL, &error));
  GIVES(RV_INVALID_ARGUMENT, rv_ban(r, "nocolon", "fraud", NULL, kNow, NULL, NULL, &error));
  GIVES(RV_INVALID_ARGUMENT, rv_ban(r, NULL, "fraud", NULL, kNow, NULL, NULL, &error));
  GIVES(RV_INVALID_ARGUMENT, rv_ban(r, "shop:\xc3", "fraud", NULL, kNow, NULL, NULL, &error));
  GIVES(RV_INVALID_ARGUMENT, rv_ban(r, "shop:x", "\xff", NULL, kNow, NULL, NULL, &error));
  GIVES(RV_INVALID_ARGUMENT, rv_ban(r, "shop:x", NULL, NULL, kNow, NULL, NULL, &error));
  GIVES(RV_INVALID_ARGUMENT, rv_ban(r, "shop:x", "fraud", NULL, INT64_MAX, NULL, NULL, &error));
  GIVES(RV_INVALID_ARGUMENT, rv_infringe(r, "shop:x", "Trademark", "C", kNow, NULL, NULL, &error));
  GIVES(RV_INVALID_ARGUMENT, rv_attest(r, "shop:x", "ban", "C", "", kNow, NULL, NULL, &error));
  GIVES(RV_INVALID_ARGUMENT, rv_export(r, 7, Count, NULL, &error));
  GIVES(RV_INVALID_ARGUMENT, rv_export(r, RV_LIVE, NULL, NULL, &error));
  GIVES(RV_INVALID_ARGUMENT, rv_graph(r, "shop:S-1", 10, "png", NULL, &error));
  GIVES(RV_INVALID_ARGUMENT, rv_graph(r, "shop:S-1", 0, "dot", NULL, &error));
  GIVES(RV_INVALID_ARGUMENT, rv_clusters(r, 2, NULL, &error));
  GIVES(RV_INVALID_ARGUMENT, rv_set_policy(r, "[link]\nmax_hops = 99\n", NULL, NULL, &error));
  GIVES(RV_INVALID_ARGUMENT, rv_acknowledge(r, 1000000, &error));
  GIVES(RV_INVALID_ARGUMENT, rv_parse_time("yesterday", NULL, &error));
  GIVES(RV_INVALID_ARGUMENT, rv_verify_journal("/dev/null", "no key", NULL, 0, NULL, NULL, &error));
  GIVES(RV_NOT_FOUND, rv_cluster(r, "shop:nobody", NULL, &error));
  GIVES(RV_NOT_FOUND, rv_explain(r, "shop:nobody", "shop:S-1", NULL, NULL, &error));
  CHECK(rv_cluster(r, "shop:nobody", NULL, NULL) == RV_NOT_FOUND);

  const rv_write sizes[] = {{0, 0, NULL}, {3, 0, NULL}, {sizeof(rv_write) + 1000000, 0, NULL}};
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; ++i) {
    GIVES(RV_INVALID_ARGUMENT, rv_ban(r, "shop:x", "fraud", NULL, kNow, &sizes[i], NULL, &error));
  }
  rv_write badly = RV_WRITE_INIT;
  badly.buffered = 2;
  GIVES(RV_INVALID_ARGUMENT, rv_ban(r, "shop:x", "fraud", NULL, kNow, &badly, NULL, &error));

  /* A newer caller: what we do not know must be zero. */
  struct {
    rv_write known;
    uint64_t newer;
  } newer = {RV_WRITE_INIT, 0};
  newer.known.size = sizeof newer;
  GIVES(RV_OK, rv_ban(r, "shop:S-1", "fraud", "C-9", kNow, &newer.known, NULL, &error));
  newer.newer = 1;
  GIVES(RV_UNSUPPORTED_FORMAT,
        rv_ban(r, "shop:S-1", "fraud", "C-9", kNow, &newer.known, NULL, &error));

  rv_open_options options = Options(RV_READ_WRITE);
  rv_registry other = 77;
  GIVES(RV_CONFLICT, rv_open(store, &options, &other, &error));
  CHECK(other == 0);
  options.access = 5;
  GIVES(RV_INVALID_ARGUMENT, rv_open(store, &options, &other, &error));
  options = Options(RV_READ_ONLY);
  GIVES(RV_NOT_FOUND, rv_open("/nowhere/at/all", &options, &other, &error));
  GIVES(RV_INVALID_ARGUMENT, rv_open(store, NULL, &other, &error));
  GIVES(RV_INVALID_ARGUMENT, rv_open(store, &options, NULL, &error));
  options.key = Text("not a key");
  GIVES(RV_INVALID_ARGUMENT, rv_open(store, &options, &other, &error)); /* two keys */
  options.key_file = NULL;
  GIVES(RV_INVALID_ARGUMENT, rv_open(store, &options, &other, &error));

  /* A slot that is too small to be one is left alone; a short one gets what fits. */
  struct {
    uint32_t size;
    rv_code code;
    char message[16];
  } brief = {sizeof brief, RV_OK, ""};
  CHECK(rv_cluster(r, "shop:nobody", NULL, (rv_error*)&brief) == RV_NOT_FOUND);
  CHECK(brief.code == RV_NOT_FOUND && strlen(brief.message) == 15);
  CHECK(strcmp(brief.message + 12, "...") == 0);
  brief.size = 2;
  brief.code = RV_OK;
  CHECK(rv_cluster(r, "shop:nobody", NULL, (rv_error*)&brief) == RV_NOT_FOUND);
  CHECK(brief.code == RV_OK);
}

static void ClosedHandlesAreErrors(rv_registry closed) {
  const rv_registry none[] = {closed, 0, UINT64_MAX};
  for (size_t i = 0; i < sizeof none / sizeof *none; ++i) {
    GIVES(RV_CLOSED, rv_close(none[i], &error));
    GIVES(RV_CLOSED, rv_stats(none[i], NULL, &error));
    GIVES(RV_CLOSED, rv_screen(none[i], kApplicant, kNow, 0, NULL, NULL, &error));
    GIVES(RV_CLOSED, rv_ban(none[i], "shop:x", "fraud", NULL, kNow, NULL, NULL, &error));
    GIVES(RV_CLOSED, rv_warm_up(none[i], &error));
    char* json = NULL;
    GIVES(RV_CLOSED, rv_next(none[i], &json, &error));
  }
  rv_cursor cursor = 0;
  GIVES(RV_OK, rv_kinds(&cursor, &error));
  GIVES(RV_CLOSED, rv_stats(cursor, NULL, &error)); /* a handle of another sort */
  GIVES(RV_OK, rv_close(cursor, &error));
}

/* --- Many at once --- */

static void BatchesAgreeWithSingleScreenings(rv_registry r) {
  enum { kCount = 300 };
  static char ids[kCount][16];
  static rv_attribute attributes[kCount];
  static rv_application applications[kCount];
  static rv_verdict verdicts[kCount];
  for (int i = 0; i < kCount; ++i) {
    snprintf(ids[i], sizeof ids[i], "A-%d", i);
    attributes[i] = Iban(i % 3 == 0 ? "DE89370400440532013000" : "GB82WEST12345698765432");
    applications[i] = Application(ids[i], &attributes[i]);
  }
  rv_batch batch = RV_BATCH_INIT;
  batch.applications = applications;
  batch.count = kCount;
  for (uint32_t threads = 0; threads <= 4; threads += 2) {
    memset(verdicts, 0xff, sizeof verdicts);
    batch.threads = threads;
    batch.flags = RV_JSON | RV_CERTIFY;
    GIVES(RV_OK, rv_screen_many(r, &batch, verdicts, &error));
    for (int i = 0; i < kCount; ++i) {
      CHECK(verdicts[i].code == RV_OK);
      CHECK(verdicts[i].identifiers >= 1);
      CHECK((verdicts[i].decision == RV_CLEAR) == (i % 3 != 0));
      CHECK((verdicts[i].links == 1) == (i % 3 == 0));
      CHECK((verdicts[i].strength > 0) == (i % 3 == 0));
      CHECK((verdicts[i].json != NULL) == (i % 3 == 0));
      if (i % 3 == 0) CHECK(strstr(verdicts[i].json, "\"certificate\":{") != NULL);
      rv_free(verdicts[i].json);
    }
  }

  /* One that cannot be judged costs itself alone. */
  batch.flags = RV_JSON | RV_JSON_OF_CLEAR;
  applications[4].platform = Text("a b");
  applications[7].source.data = "\xff";
  applications[7].source.size = 1;
  applications[9].attributes = NULL;
  applications[11].status = 9;
  attributes[13].flags = 64;
  attributes[15].value.data = "\xff\xfe";
  attributes[15].value.size = 2;
  GIVES(RV_OK, rv_screen_many(r, &batch, verdicts, &error));
  CHECK(error.code == RV_INVALID_ARGUMENT);
  CHECK(strncmp(error.message, "application 4: ", 15) == 0);
  for (int i = 0; i < kCount; ++i) {
    const int bad = i == 4 || i == 7 || i == 9 || i == 11 || i == 13;
    CHECK((verdicts[i].code == RV_INVALID_ARGUMENT) == bad);
    CHECK((verdicts[i].json == NULL) == bad);
    rv_free(verdicts[i].json);
  }
  CHECK(verdicts[15].decision == RV_CLEAR && verdicts[15].identifiers == 0);

  batch.flags = 64;
  GIVES(RV_INVALID_ARGUMENT, rv_screen_many(r, &batch, verdicts, &error));
  batch.flags = 0;
  batch.threads = 100000;
  GIVES(RV_INVALID_ARGUMENT, rv_screen_many(r, &batch, verdicts, &error));
  batch.threads = 1;
  GIVES(RV_INVALID_ARGUMENT, rv_screen_many(r, &batch, NULL, &error));
  batch.verdict_size = 8;
  GIVES(RV_INVALID_ARGUMENT, rv_screen_many(r, &batch, verdicts, &error));
  batch.verdict_size = sizeof(rv_verdict);
  applications[20].size = 4;
  GIVES(RV_INVALID_ARGUMENT, rv_screen_many(r, &batch, verdicts, &error));
  applications[0].size = 4;
  GIVES(RV_INVALID_ARGUMENT, rv_screen_many(r, &batch, verdicts, &error));
  batch.applications = NULL;
  GIVES(RV_INVALID_ARGUMENT, rv_screen_many(r, &batch, verdicts, &error));
  batch.count = 0;
  GIVES(RV_OK, rv_screen_many(r, &batch, NULL, &error));
  GIVES(RV_INVALID_ARGUMENT, rv_screen_many(r, NULL, verdicts, &error));

  applications[0].size = applications[20].size = sizeof(rv_application);
  uint64_t changed = 0;
  GIVES(RV_INVALID_ARGUMENT, rv_enrol_many(r, applications, 20, NULL, &changed, &error));
  CHECK(strncmp(error.message, "record 4: ", 10) == 0);
  GIVES(RV_OK, rv_enrol_many(r, applications, 4, NULL, &changed, &error));
  CHECK(changed == 4);
  GIVES(RV_OK, rv_enrol_many(r, applications, 4, NULL, &changed, &error));
  CHECK(changed == 0);
}

/* --- Closing while others call --- */

static rv_registry raced;
static int use_cursor;

static int UseUntilClosed(void* context) {
  (void)context;
  const rv_attribute attribute = Iban("DE89370400440532013000");
  const rv_application application = Application("R", &attribute);
  rv_batch batch = RV_BATCH_INIT;
  batch.applications = &application;
  batch.count = 1;
  for (;;) {
    rv_verdict verdict;
    rv_code code = RV_OK;
    if (use_cursor) {
      rv_cursor cursor = 0;
      code = rv_journal(raced, 0, &cursor, NULL);
      if (code == RV_OK) {
        char* json = NULL;
        code = rv_next(cursor, &json, NULL);
        rv_free(json);
        rv_close(cursor, NULL);
      }
    } else {
      code = rv_screen_many(raced, &batch, &verdict, NULL);
    }
    if (code == RV_CLOSED) return 0;
    if (code != RV_OK) return 1;
  }
}

static void ClosingWhileOthersCall(int races) {
  for (int i = 0; i < races; ++i) {
    const rv_open_options options = Options(i % 3 == 0 ? RV_READ_ONLY : RV_READ_WRITE);
    use_cursor = i % 2;
    GIVES(RV_OK, rv_open(store, &options, &raced, &error));
    thrd_t threads[2];
    for (int t = 0; t < 2; ++t)
      CHECK(thrd_create(&threads[t], UseUntilClosed, NULL) == thrd_success);
    for (volatile int wait = 0; wait < i % 100 * 100; ++wait) {
    }
    GIVES(RV_OK, rv_close(raced, &error));
    for (int t = 0; t < 2; ++t) {
      int result = 1;
      thrd_join(threads[t], &result);
      CHECK(result == 0);
    }
  }
}

/* --- Objections from several threads --- */

enum { kObjectors = 4, kObjections = 8 };
static rv_registry contested;

static int Object(void* context) {
  char statement[40];
  for (int i = 0; i < kObjections; ++i) {
    snprintf(statement, sizeof statement, "objection %d of thread %d", i, *(int*)context);
    if (rv_contest(contested, "shop:S-1", statement, NULL, kNow, NULL, NULL, NULL) != RV_OK) {
      return 1;
    }
  }
  return 0;
}

static void NoObjectionIsLost(void) {
  const rv_open_options options = Options(RV_READ_WRITE);
  GIVES(RV_OK, rv_open(store, &options, &contested, &error));
  thrd_t threads[kObjectors];
  int numbers[kObjectors];
  for (int t = 0; t < kObjectors; ++t) {
    numbers[t] = t;
    CHECK(thrd_create(&threads[t], Object, &numbers[t]) == thrd_success);
  }
  for (int t = 0; t < kObjectors; ++t) {
    int result = 1;
    thrd_join(threads[t], &result);
    CHECK(result == 0);
  }
  char* text = NULL;
  GIVES(RV_OK, rv_contests(contested, "shop:S-1", &text, &error));
  for (int t = 0; text != NULL && t < kObjectors; ++t) {
    for (int i = 0; i < kObjections; ++i) {
      char statement[40];
      snprintf(statement, sizeof statement, "objection %d of thread %d", i, t);
      CHECK(strstr(text, statement) != NULL);
    }
  }
  rv_free(text);
  GIVES(RV_OK, rv_close(contested, &error));
}

/* --- Closing waits for what is under way --- */

static atomic_int inside, left;

static int32_t Linger(void* context, const char* piece, size_t size) {
  Count(context, piece, size);
  const struct timespec moment = {0, 50 * 1000 * 1000};
  atomic_store(&inside, 1);
  thrd_sleep(&moment, NULL);
  atomic_store(&left, 1);
  return 1;
}

static int ExportSlowly(void* context) {
  size_t size = 0;
  return rv_export(*(rv_registry*)context, RV_FACTS, Linger, &size, NULL);
}

static void ClosingWaitsForCalls(void) {
  const rv_open_options options = Options(RV_READ_WRITE);
  rv_registry r = 0;
  GIVES(RV_OK, rv_open(store, &options, &r, &error));
  thrd_t thread;
  CHECK(thrd_create(&thread, ExportSlowly, &r) == thrd_success);
  while (!atomic_load(&inside)) thrd_yield();
  GIVES(RV_OK, rv_close(r, &error));
  CHECK(atomic_load(&left) == 1);
  rv_registry again = 0;
  GIVES(RV_OK, rv_open(store, &options, &again, &error));
  GIVES(RV_OK, rv_close(again, &error));
  int code = -1;
  thrd_join(thread, &code);
  CHECK(code == RV_OK);
}

static void AReaderFollowsItsWriter(void) {
  rv_open_options options = Options(RV_READ_WRITE);
  rv_registry writer = 0, reader = 0;
  GIVES(RV_OK, rv_open(store, &options, &writer, &error));
  options.access = RV_READ_ONLY;
  GIVES(RV_OK, rv_open(store, &options, &reader, &error));
  GIVES(RV_OK, rv_warm_up(reader, &error));
  rv_write buffered = RV_WRITE_INIT;
  buffered.buffered = 1;
  buffered.actor = "follower";
  GIVES(RV_OK, rv_ban(writer, "shop:late", "fraud", NULL, kNow, &buffered, NULL, &error));
  int32_t changed = 0;
  GIVES(RV_OK, rv_refresh(reader, &changed, &error));
  CHECK(changed == 1);
  TELLS("\"banned\":1", rv_cluster(reader, "shop:late", &text, &error));
  GIVES(RV_CONFLICT, rv_ban(reader, "shop:late", "fraud", NULL, kNow, NULL, NULL, &error));
  /* Cursors outlive their registry and say so. */
  rv_cursor cursor = 0;
  GIVES(RV_OK, rv_clusters(reader, 1, &cursor, &error));
  GIVES(RV_OK, rv_close(reader, &error));
  char* json = NULL;
  GIVES(RV_CLOSED, rv_next(cursor, &json, &error));
  GIVES(RV_OK, rv_close(cursor, &error));
  GIVES(RV_OK, rv_close(writer, &error));
}

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  const int races = argc > 2 ? atoi(argv[2]) : 30;
  snprintf(dir, sizeof dir, "%s", argv[1]);
  snprintf(store, sizeof store, "%s/store", dir);
  snprintf(key, sizeof key, "%s/store.key", dir);
  snprintf(journal_key, sizeof journal_key, "%s/store.journal.key", dir);
  CHECK(strcmp(rv_version(), "") != 0);
  CHECK(strcmp(rv_code_name(12345), "unknown") == 0);
  GIVES(RV_OK, rv_new_key(key, &error));
  GIVES(RV_CONFLICT, rv_new_key(key, &error));
  const rv_open_options options = Options(RV_READ_WRITE);
  rv_registry r = 0;
  GIVES(RV_INVALID_ARGUMENT, rv_create(store, &options, "[nonsense]\n", &r, &error));
  GIVES(RV_OK, rv_create(store, &options, NULL, &r, &error));
  TELLS("", rv_key_check_value(r, &text, &error));
  GIVES(RV_OK, rv_act_as(r, "tester", &error));
  EverythingThatTheCommandDoes(r);
  WrongCallsAreErrors(r);
  BatchesAgreeWithSingleScreenings(r);
  GIVES(RV_OK, rv_close(r, &error));
  ClosedHandlesAreErrors(r);
  AReaderFollowsItsWriter();
  NoObjectionIsLost();
  ClosingWaitsForCalls();
  ClosingWhileOthersCall(races);
  printf(failures == 0 ? "passed\n" : "%d failed\n", failures);
  return failures == 0 ? 0 : 1;
}
