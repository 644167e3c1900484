"use strict";
(() => {
  const table = document.getElementById("servers");
  const bodies = [...table.tBodies];
  const tiles = [...document.querySelectorAll(".tiles button")];
  const search = document.getElementById("search");
  const shown = document.getElementById("shown");
  const words = new Map(bodies.map((body) => [body, body.textContent.toLowerCase()]));

  const filter = () => {
    const wanted = tiles.filter((tile) => tile.ariaPressed === "true").map((tile) => tile.dataset.status);
    const terms = search.value.toLowerCase().split(/\s+/);
    let count = 0;
    for (const body of bodies) {
      const text = words.get(body);
      const fits = (!wanted.length || wanted.includes(body.dataset.status)) && terms.every((term) => text.includes(term));
      body.hidden = !fits;
      count += fits;
    }
    shown.textContent = `${count} of ${bodies.length} servers`;
  };

  const sort = (header) => {
    const descending = header.ariaSort === "ascending";
    const key = header.dataset.key;
    for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    header.ariaSort = descending ? "descending" : "ascending";
    const compare = new Intl.Collator("en", { numeric: true }).compare;
    const order = (one, other) => compare(one.dataset[key], other.dataset[key]) * (descending ? -1 : 1);
    table.append(...[...bodies].sort(order));
  };

  for (const tile of tiles) {
    tile.disabled = false;
    tile.ariaPressed = "false";
    tile.addEventListener("click", () => {
      tile.ariaPressed = String(tile.ariaPressed !== "true");
      filter();
    });
  }
  for (const header of table.tHead.rows[0].cells) {
    header.querySelector("button")?.addEventListener("click", () => sort(header));
  }
  search.addEventListener("input", filter);
  addEventListener("beforeprint", () => {
    for (const each of document.querySelectorAll("details")) each.open = true;
  });
  document.documentElement.classList.add("script");
  filter();
})();
