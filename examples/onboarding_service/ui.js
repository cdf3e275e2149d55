"use strict";
// Screens one application and shows what the verdict rests on. Text goes into the page as text,
// never as markup. Nothing is kept: not the token, not the values.
const at = (id) => document.getElementById(id);
let rows = 0;

const add = (name, text, parent) => {
  const element = document.createElement(name);
  if (text !== undefined) element.textContent = text;
  if (parent) parent.append(element);
  return element;
};

const addRow = (focus) => {
  const number = ++rows;
  const row = add("div", undefined, at("rows"));
  row.className = "row";
  for (const [part, title] of [["kind", "Kind"], ["value", "Value"]]) {
    const label = add("label", `${title} ${number}`, row);
    label.htmlFor = `${part}-${number}`;
    const input = add("input", undefined, row);
    input.id = `${part}-${number}`;
    input.dataset.part = part;
    input.spellcheck = false;
    if (focus && part === "kind") input.focus();
  }
  const remove = add("button", "Remove", row);
  remove.type = "button";
  remove.setAttribute("aria-label", `Remove row ${number}`);
  remove.addEventListener("click", () => {
    row.remove();
    at("add").focus();
  });
};

const application = () => {
  const attributes = [];
  for (const row of at("rows").children) {
    const [kind, value] = ["kind", "value"].map((part) => row.querySelector(`[data-part=${part}]`).value.trim());
    if (kind && value) attributes.push({kind, value});
  }
  return {platform: at("platform").value.trim(), seller: at("seller").value.trim(), attributes};
};

const ask = (accept, body) => fetch("/v1/screen", {
  method: "POST",
  headers: {"Authorization": `Bearer ${at("token").value}`, "Content-Type": "application/json", "Accept": accept},
  body,
});

const table = (parent, caption, heads, lines, numbers = []) => {
  const scroll = add("div", undefined, parent);
  scroll.className = "scroll";
  const whole = add("table", undefined, scroll);
  add("caption", caption, whole);
  const head = add("tr", undefined, add("thead", undefined, whole));
  for (const text of heads) add("th", text, head).scope = "col";
  const body = add("tbody", undefined, whole);
  for (const line of lines) {
    const row = add("tr", undefined, body);
    line.forEach((text, i) => {
      const cell = add("td", text === null || text === undefined ? "unknown" : String(text), row);
      if (numbers.includes(i)) cell.className = "number";
    });
  }
};

const day = (time) => (time ? time.slice(0, 10) : "unknown");
const bits = (number) => number.toFixed(3);

const show = (verdict) => {
  const outcome = at("outcome");
  outcome.replaceChildren();
  const decision = add("span", verdict.verdict.toUpperCase(), outcome);
  decision.className = `decision ${verdict.verdict}`;
  if (verdict.scope === "local") add("span", " for this registry alone: the lists of other platforms were not compared", outcome);
  const evidence = at("evidence");
  evidence.replaceChildren();
  const reasons = add("ol", undefined, evidence);
  for (const reason of verdict.reasons) add("li", reason.text, reasons);
  for (const link of verdict.links) {
    add("h3", `Link to ${link.seller}`, evidence);
    const ban = link.ban ? `Banned on ${day(link.ban.at)} for ${link.ban.reason}, case ${link.ban.case || "not named"}. ` : "";
    add("p", `${ban}Weight ${bits(link.weight_bits)} bits, ${bits(link.blame_bits)} of them carried later; rests on ${link.redundancy} independent proofs.`, evidence);
    const lines = [];
    for (const hop of link.path) {
      for (const shared of hop.shared) {
        lines.push([hop.from, hop.to, shared.kind, shared.fingerprint.slice(0, 8), bits(shared.weight_bits),
                    shared.makes_hop ? "links" : "supports", day(shared.from.first), day(shared.to.first)]);
      }
    }
    table(evidence, "What they share", ["From", "To", "Kind", "Fingerprint", "Bits", "Role", "First seen with from", "First seen with to"], lines, [4]);
  }
  if (verdict.attributes.length > 0) {
    table(evidence, "Attributes to look at", ["Kind", "Status", "Why"],
          verdict.attributes.map((one) => [one.kind, one.status, one.reason || ""]));
  }
};

const draw = async (body) => {
  const answer = await ask("image/svg+xml", body);
  if (!answer.ok) return;
  const figure = add("figure", undefined, at("evidence"));
  const frame = add("div", undefined, figure);
  frame.className = "picture";
  frame.tabIndex = 0;
  const image = add("img", undefined, frame);
  image.alt = "The evidence as a graph; the tables say the same.";
  const address = URL.createObjectURL(new Blob([await answer.text()], {type: "image/svg+xml"}));
  image.addEventListener("load", () => URL.revokeObjectURL(address));
  image.src = address;
  add("figcaption", "Who shares what with whom", figure);
};

at("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  at("go").disabled = true;
  at("evidence").replaceChildren();
  at("outcome").textContent = "Screening…";
  try {
    const body = JSON.stringify(application());
    const answer = await ask("application/json", body);
    const said = await answer.json();
    if (answer.ok) {
      show(said);
      if (said.links.length > 0) await draw(body);
    } else {
      at("outcome").textContent = `${said.title}: ${said.detail}`;
    }
  } catch {
    at("outcome").textContent = "The service did not answer.";
  }
  at("go").disabled = false;
  at("verdict").focus();
});
at("add").addEventListener("click", () => addRow(true));
addRow(false);
addRow(false);
