/* Enrols, bans, and screens a batch. usage: c_api NEW_FOLDER */
#include <revenant/c.h>
#include <stdio.h>
#include <string.h>

static rv_error error = RV_ERROR_INIT;

static int Failed(rv_code code) {
  if (code != RV_OK) fprintf(stderr, "%s: %s\n", rv_code_name(code), error.message);
  return code != RV_OK;
}

static rv_text Text(const char* text) {
  const rv_text out = {text, strlen(text)};
  return out;
}

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  char key[1024];
  snprintf(key, sizeof key, "%s.key", argv[1]);
  rv_open_options options = RV_OPEN_OPTIONS_INIT;
  options.key_file = key;
  rv_registry registry = 0;
  if (Failed(rv_new_key(key, &error)) ||
      Failed(rv_create(argv[1], &options, NULL, &registry, &error))) {
    return 1;
  }

  const char* known =
      "{\"platform\":\"shop\",\"seller\":\"S-1\",\"attributes\":"
      "[{\"kind\":\"pay.iban\",\"value\":\"DE89 3704 0044 0532 0130 00\"}]}";
  if (Failed(rv_enrol(registry, known, NULL, NULL, &error)) ||
      Failed(rv_ban(registry, "shop:S-1", "counterfeit", "C-7", RV_TIME_UNKNOWN, NULL, NULL,
                    &error))) {
    return 1;
  }

  const char* ibans[] = {"de89370400440532013000", "GB82 WEST 1234 5698 7654 32"};
  rv_attribute attributes[2];
  rv_application applications[2];
  memset(attributes, 0, sizeof attributes);
  for (int i = 0; i < 2; ++i) {
    const rv_application fresh = RV_APPLICATION_INIT;
    attributes[i].kind = Text("pay.iban");
    attributes[i].value = Text(ibans[i]);
    applications[i] = fresh;
    applications[i].platform = Text("shop");
    applications[i].external_id = Text(i == 0 ? "A-1" : "A-2");
    applications[i].status = RV_APPLICANT;
    applications[i].attributes = &attributes[i];
    applications[i].attribute_count = 1;
  }
  rv_batch batch = RV_BATCH_INIT;
  batch.applications = applications;
  batch.count = 2;
  rv_verdict verdicts[2];
  if (Failed(rv_screen_many(registry, &batch, verdicts, &error))) return 1;
  for (int i = 0; i < 2; ++i) {
    printf("%s: %.1f bits\n", rv_decision_name(verdicts[i].decision),
           (double)verdicts[i].strength / 1000);
  }
  return Failed(rv_close(registry, &error));
}
