/* What org.revenant.Native calls: c.h with byte arrays for texts (UTF-8 that ends in NUL), since
   Java's own UTF-8 is another one. */

#include <jni.h>
#include <stdlib.h>
#include <string.h>

#include "revenant/c.h"

static jclass failure_class;
static jmethodID failure_new;

JNIEXPORT jint JNICALL JNI_OnLoad(JavaVM* vm, void* reserved) {
  (void)reserved;
  JNIEnv* env = NULL;
  if ((*vm)->GetEnv(vm, (void**)&env, JNI_VERSION_10) != JNI_OK) return JNI_ERR;
  jclass found = (*env)->FindClass(env, "org/revenant/RevenantException");
  if (found == NULL) return JNI_ERR;
  failure_class = (*env)->NewGlobalRef(env, found);
  failure_new = (*env)->GetMethodID(env, found, "<init>", "(I[B)V");
  return failure_class == NULL || failure_new == NULL ? JNI_ERR : JNI_VERSION_10;
}

static jbyteArray Bytes(JNIEnv* env, const char* text) {
  const size_t size = strlen(text);
  if (size > INT32_MAX) return NULL;
  jbyteArray out = (*env)->NewByteArray(env, (jsize)size);
  if (out != NULL) (*env)->SetByteArrayRegion(env, out, 0, (jsize)size, (const jbyte*)text);
  return out;
}

static void Throw(JNIEnv* env, const rv_error* error) {
  jbyteArray message = Bytes(env, error->message);
  if (message == NULL) return; /* out of memory: thrown already */
  jobject failure = (*env)->NewObject(env, failure_class, failure_new, (jint)error->code, message);
  if (failure != NULL) (*env)->Throw(env, failure);
}

/* Text of Java's making; NULL stays NULL. Native sees to the NUL at its end. */
struct Text {
  jbyteArray array;
  jbyte* bytes;
};

static int Get(JNIEnv* env, jobjectArray from, jsize place, struct Text* text) {
  text->array = (jbyteArray)(*env)->GetObjectArrayElement(env, from, place);
  text->bytes = text->array == NULL ? NULL : (*env)->GetByteArrayElements(env, text->array, NULL);
  return text->array == NULL || text->bytes != NULL;
}

static void Release(JNIEnv* env, struct Text* text) {
  if (text->bytes != NULL) {
    (*env)->ReleaseByteArrayElements(env, text->array, text->bytes, JNI_ABORT);
  }
}

enum { kMostTexts = 5 };

/* One function for all that take texts and a number and give text: its numbers are Native's. */
static rv_code Call(int function, uint64_t handle, const char** t, int64_t number, char** out,
                    rv_error* error) {
  const rv_write how = RV_WRITE_INIT;
  switch (function) {
    case 1:
      return rv_new_key(t[0], error);
    case 2:
      return rv_screen(handle, t[0], RV_TIME_UNKNOWN, (uint32_t)number, NULL, out, error);
    case 3:
      return rv_enrol(handle, t[0], &how, out, error);
    case 4:
      return rv_ban(handle, t[0], t[1], t[2], number, &how, out, error);
    case 5:
      return rv_reinstate(handle, t[0], t[1], number, &how, out, error);
    case 6:
      return rv_infringe(handle, t[0], t[1], t[2], number, &how, out, error);
    case 7:
      return rv_retract(handle, t[0], t[1], number, &how, out, error);
    case 8:
      return rv_cannot_link(handle, t[0], t[1], number, &how, out, error);
    case 9:
      return rv_allow_link(handle, t[0], t[1], number, &how, out, error);
    case 10:
      return rv_withdraw(handle, t[0], t[1], t[2], t[3], t[4], number, &how, out, error);
    case 11:
      return rv_forget(handle, t[0], t[1], number, &how, out, error);
    case 12:
      return rv_contest(handle, t[0], t[1], NULL, number, &how, out, error);
    case 13:
      return rv_explain(handle, t[0], t[1], NULL, out, error);
    case 14:
      return rv_describe(handle, t[0], t[1], (int32_t)number, out, error);
    case 15:
      return rv_cluster(handle, t[0], out, error);
    case 16:
      return rv_graph(handle, t[0], (size_t)number, t[1], out, error);
    case 17:
      return rv_subject(handle, t[0], RV_TIME_UNKNOWN, out, error);
    case 18:
      return rv_stats(handle, out, error);
    case 19:
      return rv_fsck(handle, NULL, out, error);
    case 20:
      return rv_policy(handle, out, error);
    case 21:
      return rv_set_policy(handle, t[0], &how, out, error);
    case 22:
      return rv_verify_certificate(handle, t[0], NULL, out, error);
    case 23:
      return rv_warm_up(handle, error);
    case 24: {
      int32_t changed = 0;
      const rv_code code = rv_refresh(handle, &changed, error);
      if (code == RV_OK && changed != 0) {
        *out = (char*)calloc(1, 1); /* "": there is something new */
        if (*out == NULL) return RV_NO_MEMORY;
      }
      return code;
    }
    case 25:
      return rv_next(handle, out, error);
    case 26: {
      rv_text value = {t[2], t[2] == NULL ? 0 : strlen(t[2])};
      return rv_normalize(t[0], t[1], value, NULL, out, error);
    }
    case 27:
      return rv_sanctions(handle, t[0], RV_TIME_UNKNOWN, out, error);
    default:
      error->code = RV_INTERNAL;
      strcpy(error->message, "no such function: revenant.jar and its library differ");
      return RV_INTERNAL;
  }
}

JNIEXPORT jbyteArray JNICALL Java_org_revenant_Native_call(JNIEnv* env, jclass unused,
                                                           jint function, jlong handle,
                                                           jobjectArray texts, jlong number) {
  (void)unused;
  struct Text held[kMostTexts] = {{NULL, NULL}};
  const char* pointers[kMostTexts] = {NULL};
  const jsize count = (*env)->GetArrayLength(env, texts);
  int whole = count <= kMostTexts;
  for (jsize i = 0; whole && i < count; ++i) {
    whole = Get(env, texts, i, &held[i]);
    pointers[i] = (const char*)held[i].bytes;
  }
  rv_error error = RV_ERROR_INIT;
  char* out = NULL;
  rv_code code = RV_OK;
  if (whole) code = Call(function, (uint64_t)handle, pointers, number, &out, &error);
  for (int i = 0; i < kMostTexts; ++i) Release(env, &held[i]);
  jbyteArray answer = NULL;
  if (code != RV_OK) {
    Throw(env, &error);
  } else if (out != NULL) {
    answer = Bytes(env, out);
  }
  rv_free(out);
  return answer;
}

JNIEXPORT jlong JNICALL Java_org_revenant_Native_open(JNIEnv* env, jclass unused, jboolean create,
                                                      jboolean read_only, jlong in_memory_bytes,
                                                      jobjectArray texts) {
  (void)unused;
  struct Text held[4] = {{NULL, NULL}};
  int whole = 1;
  for (jsize i = 0; whole && i < 4; ++i) whole = Get(env, texts, i, &held[i]);
  rv_registry registry = 0;
  if (whole) {
    rv_error error = RV_ERROR_INIT;
    rv_open_options options = RV_OPEN_OPTIONS_INIT;
    options.access = read_only ? RV_READ_ONLY : RV_READ_WRITE;
    options.in_memory_bytes = (uint64_t)in_memory_bytes;
    options.key_file = (const char*)held[1].bytes;
    options.actor = (const char*)held[3].bytes;
    const char* dir = (const char*)held[0].bytes;
    const rv_code code =
        create ? rv_create(dir, &options, (const char*)held[2].bytes, &registry, &error)
               : rv_open(dir, &options, &registry, &error);
    if (code != RV_OK) Throw(env, &error);
  }
  for (int i = 0; i < 4; ++i) Release(env, &held[i]);
  return (jlong)registry;
}

JNIEXPORT void JNICALL Java_org_revenant_Native_close(JNIEnv* env, jclass unused, jlong handle) {
  (void)env;
  (void)unused;
  rv_close((uint64_t)handle, NULL);
}

JNIEXPORT jlong JNICALL Java_org_revenant_Native_list(JNIEnv* env, jclass unused, jint which,
                                                      jlong handle, jlong number) {
  (void)unused;
  rv_error error = RV_ERROR_INIT;
  rv_cursor cursor = 0;
  const uint64_t registry = (uint64_t)handle, from = (uint64_t)number;
  const rv_code code = which == 0   ? rv_clusters(registry, from, &cursor, &error)
                       : which == 1 ? rv_alerts(registry, from, &cursor, &error)
                       : which == 2 ? rv_journal(registry, from, &cursor, &error)
                                    : rv_kinds(&cursor, &error);
  if (code != RV_OK) Throw(env, &error);
  return (jlong)cursor;
}

/* --- A batch --- `bytes` holds all texts one behind the other, `layout` their sizes: of each
   application five (platform, seller, source, status, attributes), of each attribute four (kind,
   country, value, flags). Of each verdict `out` gets two: strength, and the rest in bits. */

struct Batch {
  rv_application* applications;
  rv_attribute* attributes;
  rv_verdict* verdicts;
};

static rv_text Take(const char** at, const char* end, jint size, int* whole) {
  rv_text text = {*at, 0};
  if (size < 0 || size > end - *at) {
    *whole = 0;
  } else {
    text.size = (size_t)size;
    *at += size;
  }
  return text;
}

static int Build(struct Batch* batch, jsize count, const jint* layout, jsize ints,
                 const jlong* seen, const char* at, const char* end) {
  const jint* next = layout;
  const jint* last = layout + ints;
  rv_attribute* attribute = batch->attributes;
  const rv_application fresh = RV_APPLICATION_INIT;
  int whole = 1;
  for (jsize i = 0; i < count && whole; ++i) {
    if (last - next < 5) return 0;
    rv_application* one = &batch->applications[i];
    *one = fresh;
    one->platform = Take(&at, end, next[0], &whole);
    one->external_id = Take(&at, end, next[1], &whole);
    one->source = Take(&at, end, next[2], &whole);
    one->status = next[3];
    one->seen = seen[i];
    const jint attributes = next[4];
    next += 5;
    if (attributes < 0 || (last - next) / 4 < attributes) return 0;
    one->attributes = attribute;
    one->attribute_count = (size_t)attributes;
    for (jint a = 0; a < attributes; ++a, next += 4, ++attribute) {
      attribute->kind = Take(&at, end, next[0], &whole);
      attribute->country = Take(&at, end, next[1], &whole);
      attribute->value = Take(&at, end, next[2], &whole);
      attribute->flags = (uint32_t)next[3];
      attribute->reserved = 0;
    }
  }
  return whole;
}

static jlong InBits(const rv_verdict* verdict) {
  return (jlong)((uint64_t)verdict->decision | (uint64_t)verdict->because << 8 |
                 (uint64_t)verdict->cut_short << 16 | (uint64_t)verdict->contested << 17 |
                 (uint64_t)(verdict->code & 0xf) << 20 | (uint64_t)(verdict->links & 0xff) << 24 |
                 (uint64_t)(verdict->redundancy & 0xffff) << 32 |
                 (uint64_t)(verdict->identifiers & 0xffff) << 48);
}

JNIEXPORT jboolean JNICALL Java_org_revenant_Native_batch(JNIEnv* env, jclass unused, jlong handle,
                                                          jint count, jbyteArray bytes, jint size,
                                                          jintArray layout, jint ints,
                                                          jlongArray seen, jint threads,
                                                          jboolean enrol, jlongArray out) {
  (void)unused;
  if (count <= 0 || (*env)->GetArrayLength(env, seen) < count || size < 0 || ints < 0 ||
      (*env)->GetArrayLength(env, bytes) < size || (*env)->GetArrayLength(env, layout) < ints ||
      (*env)->GetArrayLength(env, out) < (enrol ? 1 : 2 * count)) {
    return JNI_FALSE;
  }
  struct Batch batch = {NULL, NULL, NULL};
  const size_t most = (size_t)ints / 4 + 1;
  char* texts = (char*)malloc((size_t)size + 1);
  jint* sizes = (jint*)malloc(((size_t)ints + 1) * sizeof(jint));
  jlong* times = (jlong*)malloc((size_t)count * sizeof(jlong));
  jlong* answers = (jlong*)malloc(2 * (size_t)count * sizeof(jlong));
  batch.applications = (rv_application*)malloc((size_t)count * sizeof *batch.applications);
  batch.attributes = (rv_attribute*)malloc(most * sizeof *batch.attributes);
  batch.verdicts = (rv_verdict*)malloc((size_t)count * sizeof *batch.verdicts);
  rv_error error = RV_ERROR_INIT;
  rv_code code = RV_OK;
  jboolean whole = texts != NULL && sizes != NULL && times != NULL && answers != NULL &&
                   batch.applications != NULL && batch.attributes != NULL && batch.verdicts != NULL;
  if (whole) {
    (*env)->GetByteArrayRegion(env, bytes, 0, size, (jbyte*)texts);
    (*env)->GetIntArrayRegion(env, layout, 0, ints, sizes);
    (*env)->GetLongArrayRegion(env, seen, 0, count, times);
    whole = Build(&batch, count, sizes, ints, times, texts, texts + size) != 0;
  }
  if (whole && enrol) {
    uint64_t changed = 0;
    code =
        rv_enrol_many((uint64_t)handle, batch.applications, (size_t)count, NULL, &changed, &error);
    answers[0] = (jlong)changed;
    if (code == RV_OK) (*env)->SetLongArrayRegion(env, out, 0, 1, answers);
  } else if (whole) {
    rv_batch given = RV_BATCH_INIT;
    given.applications = batch.applications;
    given.count = (size_t)count;
    given.threads = (uint32_t)threads;
    code = rv_screen_many((uint64_t)handle, &given, batch.verdicts, &error);
    for (jint i = 0; code == RV_OK && i < count; ++i) {
      answers[2 * i] = batch.verdicts[i].strength;
      answers[2 * i + 1] = InBits(&batch.verdicts[i]);
    }
    if (code == RV_OK) (*env)->SetLongArrayRegion(env, out, 0, 2 * count, answers);
  }
  free(texts);
  free(sizes);
  free(times);
  free(answers);
  free(batch.applications);
  free(batch.attributes);
  free(batch.verdicts);
  if (code != RV_OK) Throw(env, &error);
  return whole;
}
