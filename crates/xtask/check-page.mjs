// Looks at pages of inventories in headless Chromium, over the pipe of its DevTools protocol.
//
//     node check-page.mjs CHROMIUM PAGE…
//
// Every page: nothing is fetched, nothing is logged, nothing sticks out at 1280 and at 400 pixels, text can be read
// against its ground, light and dark; sorting and filtering do what they say; without scripts it is whole; it prints.
// Prints what is wrong and exits with 1, or says nothing and exits with 0.

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [browser, ...pages] = process.argv.slice(2);
const WIDTHS = [1280, 400];
// WCAG 2.2, 1.4.3: what text needs against its ground.
const LEAST_CONTRAST = 4.5;
// How long a page may take to open, in milliseconds.
const OPENS = 20_000;

const profile = mkdtempSync(join(tmpdir(), "page-"));
const chromium = spawn(
  browser,
  [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    `--user-data-dir=${profile}`,
    "--remote-debugging-pipe",
  ],
  { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] },
);
const [, , , into, from] = chromium.stdio;

const answers = new Map();
let listeners = [];
let number = 0;
let rest = Buffer.alloc(0);
from.on("data", (bytes) => {
  rest = Buffer.concat([rest, bytes]);
  for (let end = rest.indexOf(0); end >= 0; end = rest.indexOf(0)) {
    const message = JSON.parse(rest.subarray(0, end).toString());
    rest = rest.subarray(end + 1);
    if (message.id) {
      const { done, failed } = answers.get(message.id);
      answers.delete(message.id);
      if (message.error) failed(new Error(message.error.message));
      else done(message.result);
    } else {
      for (const listener of listeners) listener(message);
    }
  }
});
chromium.on("exit", () => {
  for (const { failed } of answers.values()) failed(new Error(`${browser} ended`));
});
chromium.on("error", (error) => {
  console.error(`${browser}: ${error.message}`);
  process.exit(1);
});

function send(method, params = {}, sessionId = undefined) {
  number += 1;
  into.write(`${JSON.stringify({ id: number, method, params, sessionId })}\0`);
  return new Promise((done, failed) => answers.set(number, { done, failed }));
}

// Runs in the page: pairs of text and ground that cannot be told apart, for one of each kind of element.
function contrasts(least) {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const known = new Map();
  const rgba = (color) => {
    if (!known.has(color)) known.set(color, painted(color));
    return known.get(color);
  };
  const painted = (color) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    return Array.from(canvas.getImageData(0, 0, 1, 1).data);
  };
  const luminance = ([r, g, b]) => {
    const [R, G, B] = [r, g, b].map((part) => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * R + 0.7152 * G + 0.0722 * B;
  };
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const color = rgba(getComputedStyle(at).backgroundColor);
      if (color[3] === 255) return color;
    }
    return [255, 255, 255, 255];
  };
  const seen = new Set();
  const wrong = [];
  for (const element of document.querySelectorAll("body *")) {
    const hasText = Array.from(element.childNodes).some((node) => node.nodeType === 3 && node.data.trim());
    const style = getComputedStyle(element);
    const key = `${element.tagName} ${element.className} ${style.color} ${element.parentElement.className}`;
    if (!hasText || seen.has(key) || !element.checkVisibility()) continue;
    seen.add(key);
    const [a, b] = [luminance(rgba(style.color)), luminance(ground(element))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < least) wrong.push(`${key}: contrast ${ratio.toFixed(2)}`);
  }
  return wrong;
}

// Runs in the page: sorts by so many columns, both ways, and filters by every field.
async function sortsAndFilters(columns) {
  const wrong = [];
  const table = document.getElementById("uses");
  if (!table) return wrong;
  const body = table.tBodies[0];
  const all = body.rows.length;
  const wait = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
  const order = new Intl.Collator("en", { numeric: true, sensitivity: "base" });
  const values = new Map(Array.from(body.rows, (row) => [row, Array.from(row.cells, (cell) => cell.dataset.value ?? cell.textContent.trim())]));
  const value = (row, column) => values.get(row)[column];
  const compare = [(a, b) => Number(a.dataset.rank) - Number(b.dataset.rank)];
  const headings = Array.from(table.tHead.rows[0].cells);
  for (let column = 1; column < headings.length; column += 1) {
    compare.push((a, b) => order.compare(value(a, column), value(b, column)));
  }
  if (headings.length !== 9) wrong.push(`${headings.length} columns`);
  headings.slice(0, columns).forEach((heading, column) => {
    for (let click = 0; click < 2; click += 1) {
      heading.querySelector("button").click();
      const sort = heading.getAttribute("aria-sort");
      const sign = { ascending: 1, descending: -1 }[sort];
      const rows = Array.from(body.rows);
      if (rows.length !== all) wrong.push(`sorting by column ${column} lost rows`);
      const misplaced = rows.findIndex((row, at) => at > 0 && !(sign * compare[column](rows[at - 1], row) <= 0));
      if (misplaced >= 0) wrong.push(`column ${column}, ${sort}: row ${misplaced} is out of order`);
      const sorted = headings.filter((other) => other.hasAttribute("aria-sort"));
      if (sorted.length !== 1) wrong.push(`column ${column}: ${sorted.length} headings are sorted by`);
    }
  });
  const visible = () => Array.from(body.rows).filter((row) => row.checkVisibility());
  const form = document.getElementById("filters");
  if (!form.checkVisibility()) wrong.push("the filters are not shown");
  for (const select of form.querySelectorAll("[data-column]")) {
    for (const option of Array.from(select.options).slice(1, 4)) {
      select.value = option.value;
      select.dispatchEvent(new Event("change", { bubbles: true }));
      const column = Number(select.dataset.column);
      const fits = Array.from(body.rows).filter((row) => value(row, column) === option.value);
      if (fits.length === 0 || fits.length !== visible().length || fits.some((row) => row.hidden)) {
        wrong.push(`filter ${column} by ${option.value}: ${visible().length} of ${fits.length}`);
      }
    }
    select.value = "";
  }
  const least = form.querySelector("[data-least]");
  least.value = "4";
  least.dispatchEvent(new Event("change", { bubbles: true }));
  if (visible().some((row) => Number(row.dataset.rank) < 4)) wrong.push("milder findings are shown");
  least.value = "";
  const search = document.getElementById("search");
  const name = body.rows[all - 1].querySelector("th").textContent.trim().split(/\s+/)[0];
  for (const [words, fits] of [[name.toUpperCase(), (count) => count > 0], ["no such words", (count) => count === 0]]) {
    search.value = words;
    search.dispatchEvent(new Event("input", { bubbles: true }));
    await wait(300);
    if (!fits(visible().length)) wrong.push(`a search for ${words} shows ${visible().length} rows`);
    const nothing = document.getElementById("nothing").checkVisibility();
    if (nothing !== (visible().length === 0)) wrong.push(`a search for ${words}: nothing ${nothing}`);
  }
  form.querySelector("[type=reset]").click();
  await wait(50);
  if (visible().length !== all) wrong.push(`${visible().length} of ${all} rows after a reset`);
  // The places get a row as wide as the table, which stays where its row is, and goes when they are closed.
  const details = body.rows[0].querySelector("details");
  details.open = true;
  await wait(50);
  const more = body.rows[1];
  if (more?.className !== "more" || more.cells[0].colSpan !== 9) wrong.push("the places have no row");
  headings[2].querySelector("button").click();
  if (details.closest("tr").nextElementSibling !== more) wrong.push("the places went astray");
  details.open = false;
  await wait(50);
  if (body.rows.length !== all || !details.querySelector("ul")) wrong.push("the places do not close");
  if (!document.getElementById("shown").textContent.includes("rows")) wrong.push("rows are not counted");
  return wrong;
}

// Runs in the page: what sticks out of the window to the side.
function sticksOut() {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  const wide = Array.from(document.querySelectorAll("body *")).filter(
    (element) => element.getBoundingClientRect().right > width + 1 && !element.closest(".scroll") && element.checkVisibility(),
  );
  return wide.slice(0, 5).map((element) => `${element.tagName} ${element.className} is wider than ${width}`);
}

async function look(page) {
  const wrong = [];
  // It has the same parts as the others, and many more of them.
  const isLarge = basename(page).startsWith("large");
  const { targetId } = await send("Target.createTarget", { url: "about:blank" });
  const { sessionId } = await send("Target.attachToTarget", { targetId, flatten: true });
  const call = (method, params) => send(method, params, sessionId);
  const address = pathToFileURL(resolve(page)).href;
  let loaded;
  listeners = [
    ({ method, params, sessionId: of }) => {
      if (of !== sessionId) return;
      if (method === "Network.requestWillBeSent" && params.request.url !== address) wrong.push(`it fetches ${params.request.url}`);
      if (method === "Runtime.exceptionThrown") wrong.push(params.exceptionDetails.text);
      if (method === "Runtime.consoleAPICalled") wrong.push(`the console: ${JSON.stringify(params.args)}`);
      if (method === "Log.entryAdded") wrong.push(`the log: ${params.entry.text}`);
      if (method === "Page.javascriptDialogOpening") wrong.push(`a dialog: ${params.message}`);
      if (method === "Page.loadEventFired") loaded();
    },
  ];
  for (const domain of ["Network", "Runtime", "Log", "Page"]) await call(`${domain}.enable`);
  const open = async () => {
    const event = new Promise((done) => (loaded = done));
    const late = new Promise((_, failed) => setTimeout(failed, OPENS, new Error("it does not open")).unref());
    await call("Page.navigate", { url: address });
    await Promise.race([event, late]);
  };
  const run = async (inner, ...args) => {
    const expression = `(${inner})(${args.map((arg) => JSON.stringify(arg)).join(",")})`;
    const told = await call("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true });
    if (told.exceptionDetails) return [JSON.stringify(told.exceptionDetails)];
    return told.result.value;
  };
  const resize = (width) => call("Emulation.setDeviceMetricsOverride", { width, height: 900, deviceScaleFactor: 1, mobile: width < 600 });
  for (const width of WIDTHS) {
    for (const scheme of isLarge ? ["light"] : ["light", "dark"]) {
      await resize(width);
      await call("Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value: scheme }] });
      await open();
      const told = await run(sticksOut);
      if (!isLarge) told.push(...(await run(contrasts, LEAST_CONTRAST)));
      wrong.push(...told.map((words) => `${width} px, ${scheme}: ${words}`));
    }
  }
  await resize(WIDTHS[0]);
  wrong.push(...(await run(sortsAndFilters, isLarge ? 2 : 9)));
  // With everything open, too.
  await run(() => document.querySelectorAll("details").forEach((details, at) => (details.open = at < 200)));
  for (const width of WIDTHS) {
    await resize(width);
    wrong.push(...(await run(sticksOut)).map((words) => `${width} px, opened: ${words}`));
  }
  const rows = await run(() => document.querySelectorAll("#uses tbody tr:not(.more)").length);
  if (!isLarge) {
    const { data } = await call("Page.printToPDF", { printBackground: true });
    if (!Buffer.from(data, "base64").subarray(0, 5).equals(Buffer.from("%PDF-"))) wrong.push("it does not print");
  }
  await call("Emulation.setScriptExecutionDisabled", { value: true });
  await open();
  const whole = await run(() => [document.querySelectorAll("#uses tbody tr").length, document.querySelectorAll("form:not([hidden])").length]);
  if (whole[0] !== rows || whole[1] !== 0) wrong.push(`without scripts: ${whole}`);
  await send("Target.closeTarget", { targetId });
  return wrong.map((words) => `${page}: ${words}`);
}

try {
  for (const page of pages) {
    const wrong = await look(page);
    for (const line of wrong) console.error(line);
    if (wrong.length > 0) process.exitCode = 1;
  }
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  await send("Browser.close").catch(() => chromium.kill());
  await new Promise((done) => (chromium.exitCode === null ? chromium.once("exit", done) : done()));
  rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
}
