#!/usr/bin/env bash
# The main job on real data: bans a published part of 2601 real scam storefronts and screens the others.
# Installs what is missing, builds the command in build/, works in build/demo/. Fails if any figure is off.
set -euo pipefail
cd "$(dirname "$0")/.."
export LC_ALL=C

readonly seen=2019-01-15 banned=2019-02-01 applied=2019-06-15
readonly sites=fixtures/scam-sites/site_accounts.csv
readonly demo=build/demo

say() { printf '\n%s\n' "$*"; }
run() {
  printf '\n$ revenant %s\n' "$*"
  build/revenant "$@"
}

say "Building the command (build/revenant)"
tools/build.sh revenant-cli
started=$(date +%s%N)

# --- Input: a record a site, every second one published.

rm -rf "$demo"
mkdir -p "$demo"
published=$demo/published.jsonl bans=$demo/bans.csv applications=$demo/applications.jsonl
echo platform,seller,reason,case,at >"$bans"
tail -n +2 "$sites" | sort -t, -k1,1 -s | awk -F, \
  -v seen="$seen" -v banned="$banned" -v applied="$applied" \
  -v published="$published" -v bans="$bans" -v applications="$applications" '
  BEGIN {
    kind["ETH"] = "pay.crypto.eth"; kind["BTC"] = "pay.crypto.btc"; kind["LTC"] = "pay.crypto.ltc"
    kind["BCH"] = "custom.bch_address"; kind["ZEC"] = "custom.zec_address"
  }
  function write_site(    is_published) {
    if (site == "") return
    is_published = ++count % 2
    printf "{\"platform\":\"web\",\"seller\":\"%s\",\"seen\":\"%s\",\"status\":\"%s\",\"attributes\":[%s]}\n", site,
      is_published ? seen : applied, is_published ? "active" : "applicant", accounts >(is_published ? published : applications)
    if (is_published) printf "web,%s,%s,E-%04d,%s\n", site, abuse, count, banned >>bans
  }
  $1 != site { write_site(); site = $1; abuse = $4; accounts = "" }
  !($2 in kind) { print "no kind for the currency " $2 >"/dev/stderr"; exit 1 }
  { accounts = accounts (accounts == "" ? "" : ",") "{\"kind\":\"" kind[$2] "\",\"value\":\"" $3 "\"}" }
  END { write_site() }'
lines() { wc -l <"$1"; }

say "The data: $(($(lines "$published") + $(lines "$applications"))) real scam storefronts and their payment accounts ($sites).
Published: every second site in name order from the first, $(lines "$published") sites. They are enrolled and banned.
Applying: the other $(lines "$applications"), as if they were new sellers.
The data has no dates. Those below are the demo's own: published sites are seen on $seen and banned on
$banned, the others apply on $applied."

# --- The job.

unset REVENANT_KEY REVENANT_NOW
export REVENANT_STORE=$demo/store
run init
run import "$published"
run ban --from "$bans"
run audit "$applications" --out "$demo/audit"

# --- What came out. The JSON is ours, with its members in a fixed order, so awk can read it.

results=$demo/audit/results.jsonl
lead_to_a_ban=$(grep -c '"links":\[{"seller"' "$results")
blocked=$(grep -c '"verdict":"block"' "$results")
# The same count without Revenant: who has an account that a published site has? Ethereum's hexadecimal
# addresses are the same in either case.
by_hand=$(awk -F, '
  NR == FNR { if (FNR > 1) is_published[$2] = 1; next }
  FNR == 1 { next }
  { account = $3 ~ /^0x/ ? tolower($3) : $3 }
  $1 in is_published { listed[account] = 1; next }
  { row[++rows] = $1; carries[rows] = account }
  END { for (i = 1; i <= rows; i++) if (carries[i] in listed && !hit[row[i]]++) count++; print count }' "$bans" "$sites")

say "RESULT"
echo "$lead_to_a_ban of $(lines "$applications") applications lead to a banned seller: $blocked to block, $((lead_to_a_ban - blocked)) to review."
echo "Counted by awk over the raw file: $by_hand share an account with a published site."
[[ $lead_to_a_ban == "$by_hand" ]] || { echo "demo: these two numbers should be equal" >&2; exit 1; }

say "By which account (the strongest that each shares):"
awk 'match($0, /"shared":\[\{"kind":"[^"]*/) { split(substr($0, RSTART, RLENGTH), part, "\""); count[part[6]]++ }
     END { for (kind in count) printf "%6d  %s\n", count[kind], kind }' "$results" | sort -rn

say "The three largest clusters among the published sites:"
build/revenant --json clusters --limit 3 |
  awk 'match($0, /"size":[0-9]+/) { size = substr($0, RSTART + 7, RLENGTH - 7) }
       match($0, /"sellers":\[[^]]*/) {
         names = substr($0, RSTART + 11, RLENGTH - 11); gsub(/"|web:/, "", names); count = split(names, name, ",")
         printf "%6d sites: %s, %s, %s ... %s\n", size, name[1], name[2], name[3], name[count]
       }'

# The application with the strongest evidence is entered, as a shop would do to look at it closely.
read -r suspect target < <(awk '
  match($0, /"links":\[\{"seller":"[^"]*","weight_bits":[0-9.]+/) {
    split(substr($0, RSTART, RLENGTH), link, "\""); bits = substr(link[9], 2) + 0
    if (bits > most) { most = bits; target = link[6]; strongest = $0 }
  }
  END { match(strongest, /"seller":"[^"]*/); print "web:" substr(strongest, RSTART + 10, RLENGTH - 10), target }' "$results")
grep -F "\"seller\":\"${suspect#web:}\"" "$applications" >"$demo/suspect.jsonl"
say "The application with the strongest evidence, explained:"
run import "$demo/suspect.jsonl"
run explain "$suspect" "$target"

say "Where it lies:
  $results    a verdict an application, with its evidence
  $demo/audit/summary.json     the figures
  $demo/audit/rejects.csv      what could not be used, and why
  $demo/store, $demo/store.key    the registry and its key
It took $((($(date +%s%N) - started) / 1000000)) ms without building."
