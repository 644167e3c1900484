"use strict";
// All can be read without this: it filters, sorts and searches.
(() => {
  const byId = (id) => document.getElementById(id);
  const table = byId("servers"), search = byId("search"), shown = byId("shown"), reset = byId("reset"), fold = byId("fold");
  const bodies = [...table.tBodies];
  const headers = [...table.tHead.rows[0].cells];
  const tiles = [];
  const chosen = new Set();
  const numeric = new Intl.Collator("en", { numeric: true });
  // There only where servers have evidence.
  const evidenced = byId("evidenced");
  let texts = null;

  // Of closed details too. Nobody who does not search waits for it.
  const textOf = (at) => (texts ??= bodies.map((body) => body.textContent.toLowerCase()))[at];

  const filter = () => {
    const terms = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    bodies.forEach((body, at) => {
      const fits = (!chosen.size || chosen.has(body.dataset.status)) && (!evidenced?.checked || "evidence" in body.dataset)
        && terms.every((term) => textOf(at).includes(term));
      body.hidden = !fits;
      count += fits;
    });
    for (const tile of tiles) tile.ariaPressed = String(chosen.has(tile.dataset.status));
    reset.hidden = count === bodies.length;
    shown.textContent = `${count} of ${bodies.length} servers shown`;
  };

  const clear = () => {
    chosen.clear();
    search.value = "";
    if (evidenced) evidenced.checked = false;
    filter();
  };

  const sort = (header) => {
    const column = headers.indexOf(header);
    const back = header.ariaSort === "ascending" ? -1 : 1;
    const keyOf = header.dataset.key === "status"
      ? (body) => body.dataset.status
      : (body) => body.rows[0].cells[column].textContent;
    const rows = bodies.map((body, at) => ({ body, at, key: keyOf(body) }));
    rows.sort((one, other) => back * numeric.compare(one.key, other.key) || one.at - other.at);
    for (const each of headers) each.removeAttribute("aria-sort");
    header.ariaSort = back > 0 ? "ascending" : "descending";
    table.append(...rows.map((row) => row.body));
  };

  const asButton = (label) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...label);
    return button;
  };

  for (const link of document.querySelectorAll(".tiles a")) {
    const tile = asButton(link.childNodes);
    tile.className = link.className;
    tile.dataset.status = link.dataset.status;
    tile.addEventListener("click", () => {
      if (!chosen.delete(tile.dataset.status)) chosen.add(tile.dataset.status);
      filter();
      // Whoever filters wants to see what is left.
      if (table.getBoundingClientRect().top > innerHeight / 2) byId("all").scrollIntoView();
    });
    link.replaceWith(tile);
    tiles.push(tile);
  }

  for (const header of headers) {
    const button = asButton(header.childNodes);
    button.addEventListener("click", () => sort(header));
    header.append(button);
  }

  const setFolded = (open) => {
    for (const each of table.querySelectorAll("details")) each.open = open;
    fold.textContent = open ? "Close all details" : "Open all details";
    fold.dataset.open = open ? "yes" : "";
  };
  fold.addEventListener("click", () => setFolded(!fold.dataset.open));
  reset.addEventListener("click", () => {
    clear();
    search.focus();
  });
  search.addEventListener("input", filter);
  evidenced?.addEventListener("change", filter);

  // A link to a server leads to it, also where a filter hides it, and opens what is folded.
  const goTo = (hash) => {
    const target = /^#[sar]\d+$/.test(hash) && byId(hash.slice(1));
    if (!target) return;
    if (target.hidden) clear();
    const folded = target.querySelector("details:not(.names)");
    if (folded) folded.open = true;
  };
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (link) goTo(link.getAttribute("href"));
  });
  goTo(location.hash);

  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details:not([open])")];
    for (const each of opened) each.open = true;
  });
  addEventListener("afterprint", () => {
    for (const each of opened) each.open = false;
  });

  document.querySelector(".tools").hidden = false;
  filter();
})();
