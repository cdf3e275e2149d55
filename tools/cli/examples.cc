// An example of every verb, for its help text and the manual.

#include <string_view>

#include "verbs.h"

namespace revenant::cli {
namespace {

struct Example {
  std::string_view verb;  // "policy set"
  std::string_view rest;  // what stands behind "revenant", the verb among it
};

// In the order of the help text. Verbs that only group others have none.
constexpr Example kExamples[] = {
    {"init", "--store sellers init"},
    {"policy show", "policy show >policy.toml"},
    {"policy set", "policy set policy.toml"},
    {"policy try", "policy try --set 'kind.\"pay.iban\".fanout_limit=5' --applications new.csv"},
    {"calibrate", "calibrate >proposed.toml"},
    {"kinds", "kinds --json"},
    {"normalize", "normalize values.tsv"},
    {"import", "import sellers.csv --map IBAN=pay.iban --map Telefon=contact.phone@DE"},
    {"withdraw", "withdraw shop-eu:S-1042 --kind pay.iban --value -"},
    {"contest", "contest shop-eu:S-1042 --statement 'The account was stolen'"},
    {"forget", "forget shop-eu:S-1042"},
    {"ban", "ban shop-eu:S-1042 --reason counterfeit --case 2026-117"},
    {"reinstate", "reinstate shop-eu:S-1042 --case 2026-117"},
    {"infringe", "infringe shop-eu:S-1042 --right trademark --case TM-31"},
    {"retract", "retract shop-eu:S-1042 --case TM-31"},
    {"cannot-link", "cannot-link shop-eu:S-1042 shop-eu:S-2077"},
    {"allow-link", "allow-link shop-eu:S-1042 shop-eu:S-2077"},
    {"screen", "screen applications.csv --json"},
    {"audit", "audit applications.csv --out results"},
    {"report", "report results"},
    {"explain", "explain shop-eu:S-2077 shop-eu:S-1042"},
    {"cluster", "cluster shop-eu:S-1042"},
    {"clusters", "clusters --min-size 5 --limit 20"},
    {"graph", "graph shop-eu:S-1042 --format dot >cluster.dot"},
    {"find", "find pay.iban=DE89370400440532013000"},
    {"sellers", "sellers --prefix shop-eu:"},
    {"hubs", "hubs --limit 20"},
    {"stats", "stats --json"},
    {"alerts", "alerts --json"},
    {"subject", "subject shop-eu:S-1042"},
    {"evaluate", "evaluate --truth truth.csv --min-precision 0.99"},
    {"verify-certificate", "verify-certificate certificate.json"},
    {"notice", "notice shop-eu:S-1042 --case TM-31 --right trademark --right-holder Acme"},
    {"counter-notice", "counter-notice shop-eu:S-1042 --case TM-31 --ground licence"},
    {"milestone", "milestone shop-eu:S-1042 --case TM-31 --stage forward"},
    {"order", "order shop-eu:S-1042 --ref 3-O-17-26 --type court_order --country DE"},
    {"figure", "figure shop-eu:S-1042 --name price_ratio --value 0.2 --source pricing"},
    {"listing", "listing shop-eu:S-1042 --listing L-9 --text listing.txt"},
    {"sanctions", "sanctions shop-eu:S-1042"},
    {"measure", "measure shop-eu:S-1042 --step freeze --case TM-31 --amount 1200.00"},
    {"knowledge", "knowledge shop-eu:S-1042"},
    {"due", "due --json"},
    {"supplier", "supplier shop-eu:S-1042"},
    {"duty", "duty --type marketing"},
    {"exchange keygen", "exchange keygen --name alpha --country DE --card alpha.card"},
    {"exchange join", "exchange join genesis.roster --name alpha"},
    {"exchange roster", "exchange roster next.roster"},
    {"exchange blind", "exchange blind sellers.csv --out requests"},
    {"exchange unblind", "exchange unblind requests/1.request 1.first 1.second"},
    {"exchange export", "exchange export --out alpha.feed"},
    {"exchange import", "exchange import beta.feed"},
    {"exchange withdraw", "exchange withdraw shop-eu:S-1042 --erase"},
    {"exchange erasures", "exchange erasures --open"},
    {"exchange feedback", "exchange feedback --out letters"},
    {"exchange status", "exchange status --json"},
    {"exchange alerts", "exchange alerts --after 100"},
    {"exchange operator init",
     "exchange operator init desk --name first --place 0 --card first.card"},
    {"exchange operator roster", "exchange operator roster desk next.roster"},
    {"exchange operator evaluate", "exchange operator evaluate desk 1.request --out 1.first"},
    {"exchange operator rotate", "exchange operator rotate desk --epoch 2 --card first.card"},
    {"exchange operator quota", "exchange operator quota desk"},
    {"act", "act verdict.json --did refused"},
    {"journal show", "journal show --from 100 --json"},
    {"journal checkpoint", "journal checkpoint --out today.checkpoint"},
    {"journal export", "journal export --out journal.jsonl"},
    {"journal key", "journal key >journal.pub"},
    {"journal rotate", "journal rotate"},
    {"journal prove", "journal prove 117"},
    {"journal verify", "journal verify journal.jsonl --key journal.pub"},
    {"dossier", "dossier shop-eu:S-1042 --out case.html"},
    {"verify-dossier", "verify-dossier case.html --key journal.pub"},
    {"export", "export >sellers.jsonl"},
    {"fsck", "fsck"},
    {"doctor", "doctor"},
    {"checkpoint", "checkpoint /backup/2026-06-01"},
    {"backup", "backup /backup/sellers --keep 7"},
    {"restore", "--store sellers restore /backup/sellers"},
    {"compact", "compact"},
    {"rekey", "rekey"},
    {"upgrade", "upgrade --json"},
    {"version", "version"},
    {"generate", "generate man >revenant.1"},
    {"help", "help policy try"},
};

}  // namespace

std::string_view ExampleOf(std::string_view verb) {
  for (const Example& example : kExamples) {
    if (example.verb == verb) return example.rest;
  }
  return {};
}

}  // namespace revenant::cli
