#!/usr/bin/env bash
# Three platforms and an operator: a ban on one is a review on another, and nobody sees an identifier.
#
#   run.sh REVENANT [FOLDER]
#
# REVENANT is the command; FOLDER (a temporary one by default) is where everything happens. Every
# file that travels lies in FOLDER/mail; at the end the script looks for raw identifiers in it.
set -euo pipefail

if (($# == 0)); then
  echo "usage: $0 REVENANT [FOLDER]" >&2
  exit 2
fi
revenant=$(realpath "$1")
folder=${2:-$(mktemp -d)}
mkdir -p "$folder"
cd "$folder"
mkdir -p mail a b c
export REVENANT_NOW=2026-01-01T00:00:00Z

say() { printf '\n== %s\n' "$*"; }
on() {  # on PLATFORM command...: at a platform's desk
  local platform=$1
  shift
  "$revenant" --store "$platform/store" "$@"
}
at() { export REVENANT_NOW=$1; }

# What the platforms hold: invented names, specimen numbers out of standards.
iban=DE89370400440532013000
other=GB82WEST12345698765432
third=FR1420041010050500013M02606
cat >a/sellers.jsonl <<END
{"platform":"alpha","seller":"ring-1","seen":"2025-11-01","attributes":[{"kind":"pay.iban","value":"$iban"}]}
{"platform":"alpha","seller":"ring-2","seen":"2025-11-02","attributes":[{"kind":"pay.iban","value":"$iban"},{"kind":"pay.iban","value":"$other"}]}
END
cat >b/application.jsonl <<END
{"platform":"beta","seller":"fresh-start","seen":"2026-01-03","attributes":[{"kind":"pay.iban","value":"$iban"}]}
END
cat >c/sellers.jsonl <<END
{"platform":"gamma","seller":"honest","seen":"2025-10-01","attributes":[{"kind":"pay.iban","value":"$iban"},{"kind":"pay.iban","value":"$third"}]}
END

say "Keys and cards"
for platform in a b c; do
  on "$platform" init >/dev/null
done
on a exchange keygen --name alpha --country DE --card mail/alpha.card --quiet >/dev/null
on b exchange keygen --name beta --country FR --card mail/beta.card --quiet >/dev/null
on c exchange keygen --name gamma --country FR --card mail/gamma.card --quiet >/dev/null
"$revenant" exchange operator init operator --name operator --card mail/operator.card >/dev/null

say "A roster, signed by two of three"
roster() {  # roster EPOCHS CARD-SUFFIX
  cat <<END
{"created":"$REVENANT_NOW","expires":"2026-12-31","threshold":2,"operators":["operator.card"],
 "epochs":[$1],
 "members":[
  {"card":"alpha.card","id":1,"guessable":{"backlog":1000,"daily":1000},"random":{"daily":1000}},
  {"card":"beta.card","id":2,"guessable":{"backlog":1000,"daily":1000},"random":{"daily":1000}},
  {"card":"gamma.card","id":3,"guessable":{"backlog":1000,"daily":1000},"random":{"daily":1000}}]}
END
}
roster '{"epoch":1,"from":"2026-01-01","until":"2026-03-01"}' >mail/genesis.json
on a exchange roster --draft mail/genesis.json --out mail/draft
on a exchange roster --sign mail/draft --out mail/draft.a
on b exchange roster --sign mail/draft.a --out mail/genesis
on a exchange join mail/genesis --name alpha
on b exchange join mail/genesis --name beta
on c exchange join mail/genesis --name gamma
"$revenant" exchange operator roster operator mail/genesis >/dev/null

tokens() {  # tokens PLATFORM blind-arguments...: there and back again
  local platform=$1 request
  shift
  mkdir -p "$platform/desk"
  on "$platform" exchange blind "$@" --out "$platform/desk" >/dev/null
  for request in "$platform"/desk/*.request; do
    cp "$request" mail/
    "$revenant" exchange operator evaluate operator "mail/${request##*/}" --out mail/answer >/dev/null
    on "$platform" exchange unblind "$request" mail/answer
    rm "$request"
  done
}

say "Alpha bans a ring"
on a import a/sellers.jsonl --quiet >/dev/null
at 2026-01-02T00:00:00Z
for seller in ring-1 ring-2; do
  on a infringe "alpha:$seller" --right trademark --case TM-7 --at 2026-01-02 >/dev/null
  on a ban "alpha:$seller" --reason counterfeit --case TM-7 --at 2026-01-02 >/dev/null
done
tokens a a/sellers.jsonl
at 2026-01-02T12:00:00Z
on a exchange export --dry-run
on a exchange export --out mail/alpha.0

say "Beta takes the list in, and a storefront applies"
at 2026-01-03T00:00:00Z
on b exchange import mail/alpha.0
tokens b b/application.jsonl
on b screen b/application.jsonl
on b screen b/application.jsonl --json | grep -q '"verdict":"review"'
case=$(on b screen b/application.jsonl --json | sed 's/.*"foreign":\[{[^}]*"seller":"\([^"]*\)".*/\1/')

say "Gamma knows the holder, and disputes"
on c import c/sellers.jsonl --quiet >/dev/null
tokens c c/sellers.jsonl
on c exchange import mail/alpha.0
on c exchange alerts
on c exchange feedback "$case" --opinion false_positive
on c exchange feedback --out mail
on a exchange feedback --take mail/alpha.feedback --receipt-out mail/gamma.receipt
on c exchange feedback --receipt mail/gamma.receipt

say "The operator opens epoch 2; everybody's tokens are carried over without an identifier"
at 2026-02-15T00:00:00Z
"$revenant" exchange operator rotate operator --epoch 2 --card mail/operator.card >/dev/null
roster '{"epoch":1,"from":"2026-01-01","until":"2026-03-01"},{"epoch":2,"from":"2026-02-15","until":"2026-06-01"}' \
  >mail/next.json
on a exchange roster --draft mail/next.json --after mail/genesis --out mail/draft
on a exchange roster --sign mail/draft --out mail/draft.a
on b exchange roster --sign mail/draft.a --out mail/roster.1
for platform in a b c; do on "$platform" exchange roster mail/roster.1; done
"$revenant" exchange operator roster operator mail/roster.1 >/dev/null
tokens a --rotate
tokens b --rotate
on a exchange export --out mail/alpha.1
on b exchange import mail/alpha.1
on b screen b/application.jsonl --json | grep -q '"verdict":"review"'
echo "beta still matches"

say "Alpha withdraws: the ring was innocent"
at 2026-02-20T00:00:00Z
for seller in ring-1 ring-2; do
  on a retract "alpha:$seller" --case TM-7 --at 2026-02-20 >/dev/null
  on a reinstate "alpha:$seller" --at 2026-02-20 >/dev/null
done
on a exchange export --out mail/alpha.2
on b exchange import mail/alpha.2
on b screen b/application.jsonl
on b screen b/application.jsonl --json | grep -q '"verdict":"clear"'
on b exchange status

say "No raw identifier in any file that travelled, or in any store"
for raw in "$iban" "$other" "$third" 370400440532013000 12345698765432; do
  if grep -r -a -l "$raw" mail a/store b/store c/store operator; then
    echo "found $raw" >&2
    exit 1
  fi
done
for platform in a b c; do on "$platform" fsck >/dev/null; done
echo "none"
