// Opens a report in headless Chromium as a reader would: looks at the console, sorts, filters, opens a finding, adds up
// its bars, walks its graph by keyboard, asks axe for violations, and prints it; then a large cluster's page.
//
// usage: node browser.mjs RESULTS_DIR CLUSTER_PAGE [OUT_DIR]   OUT_DIR: for screenshots and the printed page
// Needs Debian's chromium and, where node finds them (NODE_PATH or ./node_modules), playwright-core and axe-core.
import {createRequire} from "node:module";
import {existsSync, mkdirSync, readFileSync, statSync} from "node:fs";
import {join, resolve} from "node:path";
import {pathToFileURL} from "node:url";
import assert from "node:assert/strict";

const [results, cluster_page, out] = process.argv.slice(2);
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
const done = [], said = [];  // checks; what a page said on its console, or loaded
// Each step has a time of its own: whatever waits for ever is named, and the browser is not left behind.
let browser = null;
const check = async (name, test, seconds = 60) => {
  const begin = Date.now();
  let timer;
  try {
    const late = new Promise((_, fail) => {
      timer = setTimeout(() => fail(new Error(`takes longer than ${seconds} s`)), seconds * 1000);
    });
    await Promise.race([test(), late]);
  } catch (error) {
    console.error(`browser.mjs: failed: ${name}: ${error.stack || error}`, said);
    browser?.close().catch(() => {});
    setTimeout(() => process.exit(1), 2000);
    await new Promise(() => {});
  } finally {
    clearTimeout(timer);
  }
  done.push(`${name} (${((Date.now() - begin) / 1000).toFixed(1)} s)`);
};
await check("the browser starts", async () => {
  browser = await chromium.launch({executablePath, timeout: 30_000, args: ["--no-sandbox", "--disable-dev-shm-usage"]});
});

async function open(options = {}, to = url) {
  const context = await browser.newContext({viewport: {width: 1200, height: 900}, ...options});
  context.setDefaultTimeout(20_000);
  const page = await context.newPage();
  page.on("console", (message) => said.push(message.text()));
  page.on("pageerror", (error) => said.push(String(error)));
  page.on("request", (request) => {
    if (!request.url().startsWith("file:") && !request.url().startsWith("data:")) said.push("loads " + request.url());
  });
  await page.goto(to);
  return {page, context};
}
const shot = async (page, name, full = false) => {
  if (out) await page.screenshot({path: join(out, name), fullPage: full});
};
// All of a page, but of the many findings, which have the same parts, one of each sort, open. The others would take axe
// minutes.
const axe = async (page) => {
  await page.evaluate(() => {
    for (const id of ["open-all", "after"]) if (document.getElementById(id)) document.getElementById(id).click();
    const late = document.querySelector("#list tbody tr:last-child a");
    if (late) late.click();
    const sorts = new Map();
    for (const finding of document.querySelectorAll("details.finding")) {
      const sort = [...finding.querySelectorAll("h4")].map((head) => head.textContent).join() +
          (finding.querySelectorAll(".rv-cut").length > 0) + finding.querySelectorAll("caption").length;
      if (sorts.has(sort)) finding.remove();
      else sorts.set(sort, finding).get(sort).open = true;
    }
    for (const row of [...document.querySelectorAll("#list tbody tr")].slice(8)) row.remove();
  });
  await page.evaluate(readFileSync(find.axe, "utf8"));
  const {violations} = await page.evaluate(() => globalThis.axe.run(document, {resultTypes: ["violations"]}));
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
  for (let i = 0; i < Math.min(8, await links.count()); ++i) await opened(links.nth(i));
  for (let pages = 0; pages < 5 && (await page.locator("#after").isEnabled()); ++pages) {
    await page.locator("#after").click();
    for (const i of [0, 23]) if (i < (await links.count())) await opened(links.nth(i));
  }
}, 120);
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
await check("the table answers to the keyboard", async () => {
  const focus = () => page.evaluate(() => [document.activeElement.id || document.activeElement.tagName]);
  await page.locator("#search").focus();
  await page.keyboard.type("no such seller");
  assert.equal(await page.locator("#count").textContent(), "No finding matches.");
  await page.keyboard.press("Control+a");
  await page.keyboard.press("Delete");
  for (const id of ["verdict", "kind", "before", "after"]) {
    if (await page.locator(`#${id}`).isDisabled()) continue;  // Tab passes it by
    await page.keyboard.press("Tab");
    assert.deepEqual(await focus(), [id]);
  }
  await page.locator("#verdict").focus();
  await page.keyboard.press("ArrowDown");
  assert.equal(await page.locator("#verdict").inputValue(), "block");
  await page.keyboard.press("ArrowUp");
  assert.equal(await page.locator("#verdict").inputValue(), "");
  const link = page.locator("#list tbody a").first();
  const id = (await link.getAttribute("href")).slice(1);
  await page.locator(`#${id}`).evaluate((each) => { each.open = false; });
  await link.focus();
  await page.keyboard.press("Enter");
  assert.equal(await page.locator(`#${id}`).evaluate((each) => each.open), true);
  assert.equal(await page.evaluate(() => document.activeElement.tagName), "SUMMARY");
  await page.keyboard.press("Enter");
  assert.equal(await page.locator(`#${id}`).evaluate((each) => each.open), false);
});
await check("a graph answers to the keyboard", async () => {
  const details = page.locator("#f1");
  await details.evaluate((each) => { each.open = true; });
  const box = details.locator(".graph"), svg = box.locator("svg");
  const width = async () => Number(await svg.getAttribute("width"));
  const press = (...keys) => keys.reduce((before, key) => before.then(() => page.keyboard.press(key)), Promise.resolve());
  const count = (what) => svg.locator(what).count();
  await box.focus();
  await press("0");
  const fitted = await width();
  await press("+");
  assert.ok((await width()) > fitted);
  await press("-", "-");
  assert.ok((await width()) < fitted);
  await press("0");
  assert.equal(await width(), fitted);
  await press("Tab");
  const on = () => page.evaluate(() => document.activeElement.dataset.node);
  assert.equal(await on(), "0");
  await press("ArrowRight");
  const there = await on();
  assert.notEqual(there, "0");
  assert.ok(await svg.evaluate((made, to) => [...made.querySelectorAll(".rv-edge")].some(
      (edge) => [edge.dataset.a, edge.dataset.b].includes("0") && [edge.dataset.a, edge.dataset.b].includes(to)), there));
  await press("Enter");
  const dim = await count(".rv-dim");
  assert.ok(dim > 0);
  // Pinned, it stays lit while another node is looked at.
  await press("p", "PageDown", "Enter");
  assert.equal(await count(`.rv-pin[data-node="${there}"]:not(.rv-dim)`), 1);
  await press("u", "u");
  assert.equal(await count(".rv-pin"), 0);
  assert.equal(await count(".rv-dim"), dim);
  await press("h");
  assert.ok((await count(".rv-node.rv-gone")) >= 1 && (await count(".rv-edge.rv-gone")) >= 1);
  await press("u");
  assert.equal(await count(".rv-gone"), 0);
  await press("Shift+ArrowDown");
  assert.equal(await count("[transform]"), 1);
  await press("u");
  assert.equal(await count("[transform]"), 0);
  await press("Escape");
  assert.equal(await count(".rv-dim"), 0);
  assert.equal(await page.evaluate(() => document.activeElement.className), "graph");
});
await check("a graph has a then and a now", async () => {
  const range = page.locator("#f1 input[type=range]"), says = page.locator("#f1 output").first();
  await range.focus();
  const now = await range.inputValue();
  await page.keyboard.press("Home");
  assert.ok((await page.locator("#f1 .rv-edge.rv-gone").count()) > 0);
  assert.match(await range.getAttribute("aria-valuetext"), /^\d{4}-\d\d-\d\d: \d+ of \d+$/);
  await page.keyboard.press("End");
  assert.equal(await range.inputValue(), now);
  assert.equal(await page.locator("#f1 .rv-gone").count(), 0);
});
await check("each shared value says what the store holds of it", async () => {
  const cells = await page.locator("#f1 table.values").first().locator("tbody tr").first().locator("td").allTextContents();
  assert.match(cells[2], /^[\d,]+, [\d,]+ banned \(\d+ %\)/);
  assert.match(cells[3], /^(none|(at least )?\d+)$/);
  assert.match(cells[4], /^\d{4}-\d\d-\d\d/);
});
await check("nothing is said on the console and nothing is loaded", () => assert.deepEqual(said, []));

const schemes = [["light", {}], ["dark", {colorScheme: "dark"}], ["narrow", {viewport: {width: 390, height: 844}}]];
for (const [name, options] of schemes) {
  let page = null, context = null;
  await check(`it opens (${name})`, async () => ({page, context} = await open(options)));
  await check(`no part is wider than the window (${name})`, async () => {
    const [wide, window] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    assert.ok(wide <= window, `${wide} > ${window}`);
  });
  await check(`it is photographed (${name})`, async () => {
    await shot(page, `${name}.png`);
    for (const id of out ? ["charts", "list", "f1", "f1 .graph", "reproduce"] : []) {
      const at = page.locator(`#${id}`);
      if ((await at.count()) === 0) continue;
      await at.evaluate((each) => each.scrollIntoView());
      await shot(page, `${name}-${id.replace(" .", "-")}.png`);
    }
  });
  await check(`axe finds nothing (${name})`, async () => assert.deepEqual(await axe(page), []), 100);
  await check(`it closes (${name})`, () => context.close());
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
  const pdf = await page.pdf({preferCSSPageSize: true, format: "A4", ...(out ? {path: join(out, "report.pdf")} : {})});
  assert.ok(pdf.length > 10_000 && pdf.subarray(0, 5).toString() === "%PDF-");
  await context.close();
}, 100);
for (const [name, options] of schemes) {
  await check(`a large cluster is drawn on a canvas (${name})`, async () => {
    const {page, context} = await open(options, pathToFileURL(resolve(cluster_page)).href);
    const box = page.locator(".graph"), said_there = page.locator("output.says");
    const pixels = () => box.locator("canvas").evaluate((canvas) => canvas.toDataURL());
    const before = await pixels();
    await box.focus();
    const seen = [before];
    for (const key of ["ArrowRight", "Enter", "p", "h", "+"]) {
      await page.keyboard.press(key);
      seen.push(await pixels());
      if (key === "ArrowRight") assert.match(await said_there.textContent(), /^(seller|banned seller|shared value)/);
    }
    assert.equal(new Set(seen).size, seen.length, "each key changes the picture");
    for (const key of ["u", "u", "u", "Escape", "0"]) await page.keyboard.press(key);
    assert.equal(await pixels(), before);
    await page.keyboard.press("0");
    await shot(page, `${name}-cluster.png`);
    assert.deepEqual(await axe(page), []);
    await context.close();
  }, 100);
}
await check("nothing is said on the console and nothing is loaded, to the end", () => assert.deepEqual(said, []));
await check("the browser ends", () => browser.close());
for (const name of done) console.log(`ok: ${name}`);
console.log(`${done.length} checks of ${page_file} (${statSync(page_file).size} bytes)`);
process.exit(0);
