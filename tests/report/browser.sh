#!/usr/bin/env bash
# Audits real storefronts and one invented case over two hops, draws a chain of 150 invented sellers, and reads both pages
# in a browser (browser.mjs).
# usage: browser.sh COMMAND [OUT_DIR]   OUT_DIR: for screenshots. Ends with 77 where no browser is installed
# (tools/packages.sh --browser installs it).
set -euo pipefail
command=$(realpath "$1")
out=${2:+$(realpath -m "$2")}
here=$(cd "$(dirname "$0")" && pwd)
export LC_ALL=C NODE_PATH=${NODE_PATH:-$here/../../build/node/node_modules}
unset REVENANT_KEY REVENANT_NOW REVENANT_ACTOR REVENANT_JOURNAL_KEY
if ! hash node chromium 2>/dev/null || [[ ! -d $NODE_PATH/playwright-core || ! -d $NODE_PATH/axe-core ]]; then
  echo "browser.sh: no chromium, node, playwright-core or axe-core: skipped"
  exit 77
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

# Every second site is banned, the others apply.
echo platform,seller,reason,case,at >bans.csv
tail -n +2 "$here/../../fixtures/scam-sites/site_accounts.csv" | sort -t, -k1,1 -s | awk -F, '
  BEGIN {
    kind["ETH"] = "pay.crypto.eth"; kind["BTC"] = "pay.crypto.btc"; kind["LTC"] = "pay.crypto.ltc"
    kind["BCH"] = "custom.bch_address"; kind["ZEC"] = "custom.zec_address"
  }
  function write_site(    banned) {
    if (site == "") return
    banned = ++count % 2
    printf "{\"platform\":\"web\",\"seller\":\"%s\",\"seen\":\"%s\",\"status\":\"%s\",\"attributes\":[%s]}\n", site,
      banned ? "2019-01-15" : "2019-06-15", banned ? "active" : "applicant", accounts >(banned ? "old.jsonl" : "new.jsonl")
    if (banned) printf "web,%s,%s,E-%04d,2019-02-01\n", site, abuse, count >>"bans.csv"
  }
  $1 != site { write_site(); site = $1; abuse = $4; accounts = "" }
  { accounts = accounts (accounts == "" ? "" : ",") "{\"kind\":\"" kind[$2] "\",\"value\":\"" $3 "\"}" }
  END { write_site() }'
cat >sellers.csv <<'END'
platform,seller,seen,pay.iban,doc.cn.resident_id,contact.phone@DE
shop,BAD,2026-01-05,DE89370400440532013000,11010519491231002X,030 23125 104
shop,MIDDLE,2026-03-01,GB33BUKB20201555555555,11010519491231002X,
END
cat >hops.csv <<'END'
platform,seller,seen,status,pay.iban,contact.phone@DE
shop,DISGUISE,2026-03-20,applicant,iban: de89 3704-0044 0532 0130 00,0049 30 23 12 51 04
shop,HOPS,2026-03-21,applicant,gb33 bukb 2020 1555 5555 55,
END
revenant() { "$command" --quiet --store store "$@" >>log; }
revenant init
revenant import old.jsonl sellers.csv
revenant ban --from bans.csv
revenant ban shop:BAD --reason counterfeit --case C-1 --at 2026-02-01
revenant audit new.jsonl hops.csv --out results
awk 'BEGIN {
  for (i = 0; i < 150; ++i) {
    printf "{\"platform\":\"chain\",\"seller\":\"C-%03d\",\"seen\":\"2026-01-%02d\",\"attributes\":[", i, 1 + i / 6
    printf "{\"kind\":\"pay.crypto.eth\",\"value\":\"0x%040x\"},", 7919 * i + 1234567
    printf "{\"kind\":\"pay.crypto.eth\",\"value\":\"0x%040x\"}]}\n", 7919 * (i + 1) + 1234567
  }
}' >chain.jsonl
"$command" --quiet --store chain init >>log
"$command" --quiet --store chain import chain.jsonl >>log
"$command" --quiet --store chain graph chain:C-000 --format html >chain.html
timeout --kill-after=10 400 node "$here/browser.mjs" results chain.html ${out:+"$out"}
if [[ -n $out ]]; then
  cp results/report.html "$out/"
fi
