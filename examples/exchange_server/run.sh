#!/usr/bin/env bash
# Three platforms and an operator, over HTTPS: what examples/three_platforms shows, with the operator's desk as a server.
#
#   run.sh REVENANT EXCHANGE_SERVER EXCHANGE_COURIER [FOLDER]
#
# The first three are the programs; FOLDER (a temporary one by default) is where everything happens. The body of
# everything that crosses the wire is kept in FOLDER/wire; at the end the script looks for raw identifiers in it.
set -euo pipefail

revenant=$(realpath "$1")
exchange_server=$(realpath "$2")
exchange_courier=$(realpath "$3")
folder=${4:-$(mktemp -d)}
mkdir -p "$folder"
cd "$folder"
mkdir -p a b c desk
unset REVENANT_NOW REVENANT_STORE REVENANT_KEY

say() { printf '\n== %s\n' "$*"; }
fail() { echo "$*" >&2; exit 1; }
on() {  # on PLATFORM command...: at a platform's desk
  local platform=$1
  shift
  "$revenant" --store "$platform/store" "$@"
}
send() {  # send PLATFORM post|get|delete PATH ...: over the wire
  local platform=$1
  shift
  "$exchange_courier" --url "$url" --pin spool/server.crt --token "$platform/token" --record wire "$@"
}
# What must be refused, and by which words.
refused() {  # refused WORDS PLATFORM courier-arguments...
  local words=$1 code=0
  shift
  send "$@" 2>refusal || code=$?
  cat refusal
  [[ $code == 1 ]] && grep -q -- "$words" refusal || fail "not refused as \"$words\" (exit code $code)"
}
day() { date -u -d "$1" +%F; }

# What the platforms hold: invented names, specimen numbers out of standards.
iban=DE89370400440532013000
other=GB82WEST12345698765432
third=FR1420041010050500013M02606
cat >a/sellers.jsonl <<END
{"platform":"alpha","seller":"ring-1","seen":"$(day '-60 days')","attributes":[{"kind":"pay.iban","value":"$iban"}]}
{"platform":"alpha","seller":"ring-2","seen":"$(day '-59 days')","attributes":[{"kind":"pay.iban","value":"$iban"},{"kind":"pay.iban","value":"$other"}]}
END
cat >b/application.jsonl <<END
{"platform":"beta","seller":"fresh-start","seen":"$(day '-1 day')","attributes":[{"kind":"pay.iban","value":"$iban"}]}
END
cat >c/sellers.jsonl <<END
{"platform":"gamma","seller":"honest","seen":"$(day '-90 days')","attributes":[{"kind":"pay.iban","value":"$iban"},{"kind":"pay.iban","value":"$third"}]}
END
printf 'platform,seller,pay.iban,pay.iban#2\ngamma,s1,DE93999999990000000001,DE66999999990000000002\n' >c/more.csv

say "Keys, cards and a roster: once, by hand, among people who know each other"
names=(alpha beta gamma)
platforms=(a b c)
for i in 0 1 2; do
  on "${platforms[i]}" init >/dev/null
  on "${platforms[i]}" exchange keygen --name "${names[i]}" --country FR --card "desk/${names[i]}.card" --quiet >/dev/null
  head -c 32 /dev/urandom | od -An -v -tx1 | tr -d ' \n' >"${platforms[i]}/token"
  printf '%s %s\n' "${names[i]}" "$(cat "${platforms[i]}/token")" >>tokens
done
chmod 600 tokens
"$revenant" exchange operator init operator --name operator --card desk/operator.card >/dev/null
# Gamma may have two identifiers evaluated and no more.
roster() {  # roster EPOCHS
  cat <<END
{"created":"$(date -u +%FT%TZ)","expires":"$(day '+300 days')","threshold":2,"operators":["operator.card"],"epochs":[$1],
 "members":[
  {"card":"alpha.card","id":1,"guessable":{"backlog":1000},"random":{"daily":1000}},
  {"card":"beta.card","id":2,"guessable":{"backlog":1000},"random":{"daily":1000}},
  {"card":"gamma.card","id":3,"guessable":{"backlog":2},"random":{"daily":1000}}]}
END
}
epoch1='{"epoch":1,"from":"'$(day '-10 days')'","until":"'$(day '+60 days')'"}'
epoch2='{"epoch":2,"from":"'$(day '-1 day')'","until":"'$(day '+200 days')'"}'
roster "$epoch1" >desk/genesis.json
on a exchange roster --draft desk/genesis.json --out desk/draft
on a exchange roster --sign desk/draft --out desk/draft.a
on b exchange roster --sign desk/draft.a --out desk/genesis
"$revenant" exchange operator roster operator desk/genesis >/dev/null

say "The operator's desk opens"
start() {
  rm -f ready
  "$exchange_server" operator spool --tokens tokens --max-body 100000 --deadline 10 --ready ready >>server.log 2>&1 &
  server=$!
  for _ in $(seq 300); do
    [[ -s ready ]] && break
    kill -0 "$server" 2>/dev/null || fail "$(cat server.log)"
    sleep 0.1
  done
  url=$(cat ready)
}
stop() {  # ends what is under way, then itself, with exit code 0
  kill -TERM "$server"
  wait "$server"
  server=
}
server=
trap '[[ -z $server ]] || kill "$server"' EXIT
start
for i in 0 1 2; do
  send "${platforms[i]}" get /rosters/0 "${platforms[i]}/genesis"
  on "${platforms[i]}" exchange join "${platforms[i]}/genesis" --name "${names[i]}"
done

tokens() {  # tokens PLATFORM blind-arguments...: there and back again
  local platform=$1 request
  shift
  mkdir -p "$platform/desk"
  on "$platform" exchange blind "$@" --out "$platform/desk" >/dev/null
  for request in "$platform"/desk/*.request; do
    send "$platform" post /evaluate "$request" answer
    on "$platform" exchange unblind "$request" answer
    rm "$request"
  done
}
post_list() {  # post_list PLATFORM: exports, and sends it to everybody
  on "$1" exchange export --out list >/dev/null
  send "$1" post /mail list
}
fetch_lists() {  # fetch_lists PLATFORM: takes in what waits, from where it was
  local platform=$1 number rest
  touch "$platform/last"
  send "$platform" get "/mail?after=$(cat "$platform/last")" waiting
  while read -r number rest; do
    send "$platform" get "/mail/$number" list
    on "$platform" exchange import list
    echo "$number" >"$platform/last"
  done <waiting
}

say "Alpha bans a ring and tells the others"
on a import a/sellers.jsonl --quiet >/dev/null
for seller in ring-1 ring-2; do
  on a infringe "alpha:$seller" --right trademark --case TM-7 >/dev/null
  on a ban "alpha:$seller" --reason counterfeit --case TM-7 >/dev/null
done
tokens a a/sellers.jsonl
post_list a

# A tag that stands in the list, as a pattern of bytes.
tag=$(on a exchange export --format misp --out - | grep -o '[0-9a-f]\{32\}' | head -1 | sed 's/../\\x&/g')
[[ $tag == '\x'* ]] || fail "no tag was listed"

say "A storefront applies to beta, which finds alpha's case"
tokens b b/application.jsonl
fetch_lists b
on b screen b/application.jsonl
on b screen b/application.jsonl --json >verdict
grep -q '"verdict":"review"' verdict || fail "no review"
grep -q '"member":"alpha"' verdict || fail "no case of alpha"

say "Gamma knows the holder and disputes, by a letter to alpha alone"
on c import c/sellers.jsonl --quiet >/dev/null
tokens c c/sellers.jsonl
fetch_lists c
on c exchange feedback "$(sed 's/.*"foreign":\[{[^}]*"seller":"\([^"]*\)".*/\1/' verdict)" --opinion false_positive
on c exchange feedback --out desk
send c post '/mail?to=alpha' desk/alpha.feedback
send a get /mail waiting
read -r letter _ <waiting
send a get "/mail/$letter" letter
on a exchange feedback --take letter --receipt-out receipt
send a delete "/mail/$letter"
refused "404" b get "/mail/$letter" nothing
send a post '/mail?to=gamma' receipt
send c get "/mail?after=$(cat c/last)" waiting
read -r letter _ <waiting
send c get "/mail/$letter" receipt
on c exchange feedback --receipt receipt

say "Over quota: refused by name, and counted where a restart does not forget it"
on c exchange blind c/more.csv --out c/desk >/dev/null
request=$(echo c/desk/*.request)
refused "429: refused, over quota: 2 items of class guessable; 0 are left" c post /evaluate "$request"
stop
"$revenant" exchange operator quota operator
"$revenant" exchange operator quota operator --json | grep '"gamma".*"guessable"' | grep -q '"refused":"1"' ||
  fail "the refusal is not counted"
start

say "Tampered with, of the wrong sort, too long, from a stranger: refused, and nothing is written"
digest() { find operator spool -type f ! -name lock -exec sha256sum {} + | sort | sha256sum; }
on b exchange blind c/more.csv --out b/desk >/dev/null
request=$(echo b/desk/*.request)
before=$(digest)
tamper() {  # tamper FILE OFFSET
  cp "$1" tampered
  local byte
  byte=$(od -An -tu1 -j "$2" -N 1 "$1")
  printf "\\x$(printf %02x $((byte ^ 1)))" | dd of=tampered bs=1 seek="$2" conv=notrunc status=none
}
for offset in 0 9 17 33 80 200; do
  tamper "$request" "$offset"
  refused "40[09]: refused" b post /evaluate tampered
  tamper list "$offset"
  refused "40[09]: refused" b post /mail tampered
done
refused "400: refused, wrong type" b post /mail "$request"
head -c 200000 /dev/zero >long
refused "413: refused, oversized" b post /evaluate long
head -c 32 /dev/zero | tr '\0' x >stranger
mkdir -p nobody
cp stranger nobody/token
refused "401" nobody get /mail nothing
[[ $(digest) == "$before" ]] || fail "something was written"
send b post /evaluate "$request" answer # as it was made, it is answered
on b exchange unblind "$request" answer
rm "$request"

say "Another certificate is not the operator's"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout other.key -out other.crt -days 1 \
  -subj "/CN=revenant exchange" -addext "subjectAltName=IP:127.0.0.1" 2>/dev/null
code=0
"$exchange_courier" --url "$url" --pin other.crt --token a/token get /mail nothing || code=$?
[[ $code == 2 && ! -e nothing ]] || fail "a client talked to somebody else (exit code $code)"

say "Who says nothing, or drips, is hung up on, and keeps nobody waiting"
address=${url#https://}
exec 7<>"/dev/tcp/${address%:*}/${address#*:}" 8<>"/dev/tcp/${address%:*}/${address#*:}"
printf '\x16\x03\x01\x02\x00' >&8 # a handshake of 512 bytes, two of them a second
(for _ in $(seq 256); do printf '\0' && sleep 0.5 || exit 0; done >&8 2>/dev/null) 7>&- &
drip=$!
send a get /rosters/0 again
for slow in 7 8; do
  timeout 100 cat <&$slow >/dev/null || fail "the server still waits"
done
kill $drip 2>/dev/null || true
exec 7>&- 8>&-

say "Silent connections keep nobody waiting, and a path cannot forge a line of the log"
silent=()
for _ in $(seq 20); do
  exec {fd}<>"/dev/tcp/${address%:*}/${address#*:}"
  silent+=("$fd")
done
timeout 4 "$exchange_courier" --url "$url" --pin spool/server.crt --token a/token get /rosters/0 again ||
  fail "20 silent connections hold every worker"
for fd in "${silent[@]}"; do exec {fd}>&-; done
code=0
send a get '/rosters/%0aready%20at%20evil' nothing 2>/dev/null || code=$?
[[ $code == 1 ]] || fail "a path of nobody was answered (exit code $code)"
sleep 0.2
grep -q 'GET /rosters/%0Aready%20at%20evil 404' server.log || fail "the log does not show what was asked"
grep -q '^ready at evil' server.log && fail "a path forged a line of the log"

say "A copy of the roster without its signatures is refused, and does not replace the signed one"
cp desk/draft desk/unsigned
before=$(digest)
refused "roster not signed" a post /roster desk/unsigned
[[ $(digest) == "$before" ]] || fail "something was written"

say "Epoch 2: everybody's tokens are carried over without an identifier"
stop
"$revenant" exchange operator rotate operator --epoch 2 --card desk/operator.card >/dev/null
start
roster "$epoch1,$epoch2" >desk/next.json
on a exchange roster --draft desk/next.json --after desk/genesis --out desk/draft
on a exchange roster --sign desk/draft --out desk/draft.a
on b exchange roster --sign desk/draft.a --out desk/roster.1
send a post /roster desk/roster.1
for platform in a b c; do
  send "$platform" get /rosters/1 "$platform/roster"
  on "$platform" exchange roster "$platform/roster"
done
tokens a --rotate
tokens b --rotate
post_list a
fetch_lists b
on b screen b/application.jsonl --json | grep -q '"verdict":"review"' || fail "beta no longer matches"
echo "beta still matches"

say "Alpha withdraws: the ring was innocent"
for seller in ring-1 ring-2; do
  on a retract "alpha:$seller" --case TM-7 >/dev/null
  on a reinstate "alpha:$seller" >/dev/null
done
post_list a
fetch_lists b
on b screen b/application.jsonl --json | grep -q '"verdict":"clear"' || fail "beta still links"
on b exchange status

say "The server ends as it is told; no raw identifier crossed the wire or lies at the operator's"
stop
crossed=$(find wire -type f | wc -l)
((crossed > 50)) || fail "only $crossed bodies were recorded"
for raw in "$iban" "$other" "$third" 370400440532013000 12345698765432 DE93999999990000000001; do
  if grep -r -a -l "$raw" wire spool operator server.log a/store b/store c/store; then fail "found $raw"; fi
done
# Of what waits in the spool the operator sees a frame of type 9, sealed, and no tag.
for mail in spool/mail/*~*; do
  [[ $(od -An -tu2 -j 10 -N 2 "$mail" | tr -d ' ') == 9 ]] || fail "$mail can be read"
  if LC_ALL=C grep -q -a -P "$tag" "$mail"; then fail "$mail shows a tag"; fi
done
echo "none in $crossed bodies"
