// What Google's libphonenumber (its JavaScript edition) makes of numbers. See README.md.
//
// usage: node oracle.js < in.tsv > out.tsv      in: REGION <tab> NUMBER; run beside node_modules/google-libphonenumber
// out: REGION, NUMBER, +E164 (empty where it is no number), whether it is valid
const { PhoneNumberUtil, PhoneNumberFormat } = require("google-libphonenumber");
const library = PhoneNumberUtil.getInstance();
for (const line of require("fs").readFileSync(0, "utf8").split("\n").filter(Boolean)) {
  const [region, typed] = line.split("\t");
  let e164 = "", status = "none";
  try {
    const number = library.parse(typed, region || "ZZ");
    e164 = library.format(number, PhoneNumberFormat.E164);
    status = library.isValidNumber(number) ? "valid" : "not";
  } catch {}
  console.log([region, typed, e164, status].join("\t"));
}
