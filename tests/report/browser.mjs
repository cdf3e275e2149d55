// Opens a report in headless Chromium as a reader would: looks at the console, sorts, filters, opens a finding, adds up
// its bars, walks its graph by keyboard, asks axe for violations, and prints it.
//
// usage: node browser.mjs RESULTS_DIR [OUT_DIR]   OUT_DIR: for screenshots and the printed page
// Needs Debian's chromium and, where node finds them (NODE_PATH or ./node_modules), playwright-core and axe-core.
import {createRequire} from "node:module";
import {existsSync, mkdirSync, readFileSync, statSync} from "node:fs";
import {join, resolve} from "node:path";
import {pathToFileURL} from "node:url";
import assert from "node:assert/strict";

const [results, out] = process.argv.slice(2);
const require = createRequire(join(process.env.NODE_PATH || process.cwd(), "x.js"));
const find = (name) => {
  for (const folder of [process.env.NODE_PATH, join(process.cwd(), "node_modules")]) {
    if (folder && existsSync(join(folder, name))) return require(join(folder, name));
  }
  console.log(`browser.mjs: ${name} is not installed: skipped`);
  process.exit(77);
};
const {chromium} = find("playwright-core");
find("axe-core");
const executablePath = process.env.CHROMIUM || "/usr/bin/chromium";
if (!existsSync(executablePath)) {
  console.log(`browser.mjs: no ${executablePath}: skipped`);
  process.exit(77);
}
if (out) mkdirSync(out, {recursive: true});

const page_file = join(results, "report.html");
const url = pathToFileURL(resolve(page_file)).href;
const browser = await chromium.launch({executablePath, args: ["--no-sandbox"]});
const done = [], said = [];  // checks; what the page said on its console, or loaded
const check = async (name, test) => {
  try {
    await test();
  } catch (error) {
    console.error(`failed: ${name}`, said);
    await browser.close();
    throw error;
  }
  done.push(name);
};

async function open(options = {}) {
  const context = await browser.newContext({viewport: {width: 1200, height: 900}, ...options});
  const page = await context.newPage();
  page.on("console", (message) => said.push(message.text()));
  page.on("pageerror", (error) => said.push(String(error)));
  page.on("request", (request) => {
    if (!request.url().startsWith("file:") && !request.url().startsWith("data:")) said.push("loads " + request.url());
  });
  await page.goto(url);
  return {page, context};
}
const shot = async (page, name, full = false) => {
  if (out) await page.screenshot({path: join(out, name), fullPage: full});
};
const axe = async (page) => {
  await page.evaluate(readFileSync(find.axe, "utf8"));
  const {violations} = await page.evaluate(() => globalThis.axe.run(document));
  return violations.map((each) => `${each.id}: ${each.nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(" | ")}`);
};
find.axe = join([process.env.NODE_PATH, join(process.cwd(), "node_modules")].find(
    (folder) => folder && existsSync(join(folder, "axe-core"))), "axe-core", "axe.js");

// What results.jsonl says of a seller.
const weights = new Map();
for (const line of readFileSync(join(results, "results.jsonl"), "utf8").split("\n")) {
  if (line === "" || line.includes('"verdict":"clear"')) continue;
  const verdict = JSON.parse(line);
  weights.set(`${verdict.platform}:${verdict.seller}`, verdict.links.length > 0 ? Math.round(verdict.links[0].weight_bits * 1000) : null);
}

const {page} = await open();
await check("every finding is counted", async () => {
  const status = await page.locator("#count").textContent();
  assert.match(status, new RegExp(`of ${new Intl.NumberFormat("en").format(Math.min(5000, weights.size))}$`));
});
await check("the table sorts", async () => {
  const head = page.locator("thead th[data-key=w]");
  await head.getByRole("button").click();
  assert.equal(await head.getAttribute("aria-sort"), "ascending");
  const read = async () => (await page.locator("#list tbody td:nth-child(4)").allTextContents()).map(Number);
  let shown = await read();
  assert.deepEqual(shown, [...shown].sort((a, b) => a - b));
  await head.getByRole("button").press("Enter");
  assert.equal(await head.getAttribute("aria-sort"), "descending");
  shown = await read();
  assert.deepEqual(shown, [...shown].sort((a, b) => b - a));
});
await check("the table filters", async () => {
  await page.locator("#verdict").selectOption("block");
  const verdicts = await page.locator("#list tbody td:first-child").allTextContents();
  assert.ok(verdicts.length > 0 && verdicts.every((each) => each === "block"));
  const name = await page.locator("#list tbody a").first().textContent();
  await page.locator("#search").fill(name.toUpperCase());
  assert.ok((await page.locator("#list tbody tr").count()) >= 1);
  await page.locator("#search").fill("no such seller anywhere");
  assert.equal(await page.locator("#list tbody tr").count(), 0);
  assert.equal(await page.locator("#count").textContent(), "No finding matches.");
  await page.locator("#search").fill("");
  await page.locator("#verdict").selectOption("");
});
// What the bars of a finding say.
const bars = (details) => details.locator("svg.rv-chart .rv-bar").evaluateAll((all) => {
  const sums = {};
  for (const bar of all) sums[bar.dataset.role] = (sums[bar.dataset.role] || 0) + Number(bar.dataset.millibits);
  return sums;
});
const opened = async (link) => {
  const name = await link.textContent();
  const id = (await link.getAttribute("href")).slice(1);
  await link.click();
  const details = page.locator(`#${id}`);
  assert.equal(await details.evaluate((each) => each.open), true);
  const weight = weights.get(name);
  assert.notEqual(weight, undefined);
  if (weight === null) return name;
  assert.ok((await details.locator(".graph svg .rv-node").count()) >= 3);
  assert.ok(await details.locator(".graph svg").isVisible());
  const sums = await bars(details);
  assert.equal((sums.evidence || 0) + (sums.discount || 0), weight, name);
  assert.equal(sums.total, weight + (sums.prior || 0), name);
  return name;
};
await check("a click on a finding draws its graph, and its bars add up to its weight", async () => {
  // Those that stand in the page and those that the script draws.
  const links = page.locator("#list tbody a");
  for (let i = 0; i < Math.min(25, await links.count()); ++i) await opened(links.nth(i));
  for (let pages = 0; pages < 5 && (await page.locator("#after").isEnabled()); ++pages) {
    await page.locator("#after").click();
    for (const i of [0, 7, 23]) if (i < (await links.count())) await opened(links.nth(i));
  }
});
await check("every bar in the page adds up", async () => {
  const all = await page.locator("details.finding").evaluateAll((sections) => sections.map((section) => {
    const sums = {};
    for (const bar of section.querySelectorAll("svg.rv-chart .rv-bar")) {
      sums[bar.dataset.role] = (sums[bar.dataset.role] || 0) + Number(bar.dataset.millibits);
    }
    return [section.querySelector("h3").textContent, sums];
  }));
  for (const [name, sums] of all) {
    if ("total" in sums) assert.equal((sums.prior || 0) + (sums.evidence || 0) + (sums.discount || 0), sums.total, name);
  }
});
await check("a graph answers to the keyboard", async () => {
  const details = page.locator("#f1");
  await details.evaluate((each) => { each.open = true; });
  const box = details.locator(".graph"), svg = box.locator("svg");
  const width = async () => Number(await svg.getAttribute("width"));
  await box.focus();
  await page.keyboard.press("0");
  const fitted = await width();
  await page.keyboard.press("+");
  assert.ok((await width()) > fitted);
  await page.keyboard.press("-");
  await page.keyboard.press("-");
  assert.ok((await width()) < fitted);
  await page.keyboard.press("0");
  assert.equal(await width(), fitted);
  await page.keyboard.press("Tab");
  const on = () => page.evaluate(() => document.activeElement.dataset.node);
  assert.equal(await on(), "0");
  await page.keyboard.press("ArrowRight");
  assert.notEqual(await on(), "0");
  await page.keyboard.press("Enter");
  assert.ok((await svg.locator(".rv-dim").count()) > 0);
  await page.keyboard.press("Escape");
  assert.equal(await svg.locator(".rv-dim").count(), 0);
  assert.equal(await page.evaluate(() => document.activeElement.className), "graph");
});
await check("nothing is said on the console and nothing is loaded", () => assert.deepEqual(said, []));

for (const [name, options] of [["light", {}], ["dark", {colorScheme: "dark"}], ["narrow", {viewport: {width: 390, height: 844}}]]) {
  const {page, context} = await open(options);
  await check(`axe finds nothing (${name})`, async () => assert.deepEqual(await axe(page), []));
  await check(`no part is wider than the window (${name})`, async () => {
    const [wide, window] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    assert.ok(wide <= window, `${wide} > ${window}`);
  });
  await shot(page, `${name}.png`);
  await shot(page, `${name}-charts.png`);
  for (const id of ["charts", "list", "f1", "reproduce"]) {
    const at = page.locator(`#${id}`);
    if ((await at.count()) === 0) continue;
    await at.evaluate((each) => each.scrollIntoView());
    await shot(page, `${name}-${id}.png`);
  }
  await context.close();
}
await check("it works without scripts", async () => {
  const {page, context} = await open({javaScriptEnabled: false});
  assert.ok((await page.locator("#list tbody tr").count()) > 0);
  assert.equal(await page.locator("#search").isVisible(), false);
  assert.ok(await page.locator("#f1 .graph svg").isVisible());
  await context.close();
});
await check("it prints", async () => {
  const {page, context} = await open();
  const pdf = await page.pdf({format: "A4", ...(out ? {path: join(out, "report.pdf")} : {})});
  assert.ok(pdf.length > 10_000 && pdf.subarray(0, 5).toString() === "%PDF-");
  await context.close();
});
await browser.close();
for (const name of done) console.log(`ok: ${name}`);
console.log(`${done.length} checks of ${page_file} (${statSync(page_file).size} bytes)`);
