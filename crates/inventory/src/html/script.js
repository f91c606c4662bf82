
"use strict";
(() => {
  const table = document.getElementById("uses");
  if (!table) return;
  const body = table.tBodies[0];
  const rows = Array.from(body.rows);
  // What a row is searched by, made when it is asked for first.
  const texts = new Map();
  const textOf = (row) => {
    if (!texts.has(row)) texts.set(row, row.textContent.toLowerCase());
    return texts.get(row);
  };
  const valueOf = (row, column) => {
    const cell = row.cells[column];
    return cell.dataset.value ?? cell.textContent.trim();
  };

  // Where there is room, the places of a row get the whole width, in a row of their own.
  const extras = new Map();
  const isWide = matchMedia("(min-width: 1001px)");
  body.addEventListener(
    "toggle",
    (event) => {
      const details = event.target;
      const row = details.closest("tr");
      const [extra] = extras.get(row) ?? [];
      if (extra && !details.open) {
        details.append(extra.querySelector("ul"));
        extra.remove();
        extras.delete(row);
      } else if (!extra && details.open && isWide.matches) {
        const made = document.createElement("tr");
        made.className = "more";
        made.hidden = row.hidden;
        made.insertCell().colSpan = row.cells.length;
        made.cells[0].append(details.querySelector("ul"));
        row.after(made);
        extras.set(row, [made]);
      }
    },
    true,
  );

  // The headings sort; the first click on findings puts the worst on top.
  const order = new Intl.Collator("en", { numeric: true, sensitivity: "base" });
  const headings = Array.from(table.tHead.rows[0].cells);
  headings.forEach((heading, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = heading.textContent;
    heading.replaceChildren(button);
    button.addEventListener("click", () => {
      const first = column === 0 ? "descending" : "ascending";
      const second = column === 0 ? "ascending" : "descending";
      const wanted = heading.getAttribute("aria-sort") === first ? second : first;
      for (const other of headings) other.removeAttribute("aria-sort");
      heading.setAttribute("aria-sort", wanted);
      const sign = wanted === "ascending" ? 1 : -1;
      const key = column === 0 ? (row) => Number(row.dataset.rank) : (row) => valueOf(row, column);
      const compare = column === 0 ? (a, b) => a - b : order.compare;
      const keyed = rows.map((row, at) => [key(row), at, row]);
      keyed.sort((a, b) => sign * compare(a[0], b[0]) || a[1] - b[1]);
      const sorted = document.createDocumentFragment();
      for (const [, , row] of keyed) sorted.append(row, ...(extras.get(row) ?? []));
      body.append(sorted);
    });
  });

  const form = document.getElementById("filters");
  const search = document.getElementById("search");
  const least = form.querySelector("[data-least]");
  const selects = Array.from(form.querySelectorAll("[data-column]"));
  const shown = document.getElementById("shown");
  const nothing = document.getElementById("nothing");
  const count = (number) => number.toLocaleString("en");
  const filter = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const wanted = selects.filter((select) => select.value !== "");
    let left = 0;
    for (const row of rows) {
      const fits =
        Number(row.dataset.rank) >= Number(least.value) &&
        wanted.every((select) => valueOf(row, Number(select.dataset.column)) === select.value) &&
        words.every((word) => textOf(row).includes(word));
      row.hidden = !fits;
      for (const extra of extras.get(row) ?? []) extra.hidden = !fits;
      left += fits ? 1 : 0;
    }
    shown.textContent = left === rows.length ? `${count(left)} rows` : `${count(left)} of ${count(rows.length)} rows`;
    nothing.hidden = left > 0;
  };
  let waiting = 0;
  search.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(filter, 120);
  });
  form.addEventListener("change", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  // The fields are as they were only behind the event.
  form.addEventListener("reset", () => setTimeout(filter, 0));
  form.hidden = false;

  // A page on paper has nothing to click: the places of what is risky are shown.
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = Array.from(document.querySelectorAll(".risk details:not([open])"));
    for (const details of opened) details.open = true;
  });
  addEventListener("afterprint", () => {
    for (const details of opened) details.open = false;
    opened = [];
  });
})();
