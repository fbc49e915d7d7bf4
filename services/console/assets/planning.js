// The grid of a timetable by keyboard and by dragging. Without this file all of it works through links and forms.
"use strict";
(() => {
  const grid = document.querySelector("[data-grid]");
  if (!grid) return;
  const rows = [...grid.tBodies[0].rows].map((row) => [...row.cells]);
  if (!rows.length) return;

  // One stop for the tabulator: what is inside of cells is reached by Enter.
  grid.setAttribute("role", "grid");
  let here = null;
  const inside = "a, button";
  for (const row of rows) for (const cell of row) {
    cell.tabIndex = -1;
    if (cell.tagName === "TD") cell.setAttribute("role", "gridcell");
    for (const one of cell.querySelectorAll(inside)) one.tabIndex = -1;
  }
  const at = (cell) => {
    for (let y = 0; y < rows.length; y++) {
      const x = rows[y].indexOf(cell);
      if (x >= 0) return [x, y];
    }
    return null;
  };
  const stop = (cell) => {
    if (here) here.tabIndex = -1;
    here = cell;
    here.tabIndex = 0;
  };
  const go = (x, y) => {
    const row = rows[Math.max(0, Math.min(rows.length - 1, y))];
    const cell = row[Math.max(0, Math.min(row.length - 1, x))];
    stop(cell);
    cell.focus();
  };

  const seen = grid.dataset.seen;
  const placing = "placing" in grid.dataset;
  const known = seen && grid.querySelector(`[data-meeting="${CSS.escape(seen)}"]`);
  const first = known ? known.closest("td") : rows[0][1] || rows[0][0];
  stop(first);
  // Back where the eye was, unless something on the page wants to be read first.
  if (known && !document.querySelector("[autofocus]") && !location.hash) {
    first.focus({ preventScroll: false });
  }

  // A phone shows one table after the other: arrows follow what is seen only where it is a grid.
  const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  grid.addEventListener("keydown", (event) => {
    const cell = event.target.closest("td, th");
    const place = cell && at(cell);
    if (!place || event.altKey || event.metaKey) return;
    const [x, y] = place;
    const step = steps[event.key];
    if (step) go(x + step[0], y + step[1]);
    else if (event.key === "Home") go(event.ctrlKey ? 0 : 0, event.ctrlKey ? 0 : y);
    else if (event.key === "End") go(rows[y].length - 1, event.ctrlKey ? rows.length - 1 : y);
    else if (event.key === "PageUp") go(x, y - 10);
    else if (event.key === "PageDown") go(x, y + 10);
    else if ((event.key === "Enter" || event.key === " ") && event.target === cell) {
      const does = cell.querySelector("button") || cell.querySelector("a");
      if (!does) return;
      does.click();
    } else return;
    event.preventDefault();
  });
  grid.addEventListener("focusin", (event) => {
    const cell = event.target.closest("td, tbody th");
    if (cell && at(cell)) stop(cell);
  });
  addEventListener("keydown", (event) => {
    const leave = event.key === "Escape" && document.querySelector("[data-leave]");
    if (!leave) return;
    // Left to itself, Escape stops the page that is being fetched: this one.
    event.preventDefault();
    leave.click();
  });
  // While a place is looked for, the next possible one is one key away.
  if (placing) {
    grid.addEventListener("keydown", (event) => {
      if (event.key !== "n" && event.key !== "p") return;
      const all = [...grid.querySelectorAll("td.can")];
      const order = rows.flat();
      const now = order.indexOf(here);
      const next = event.key === "n"
        ? all.find((cell) => order.indexOf(cell) > now) || all[0]
        : all.findLast((cell) => order.indexOf(cell) < now) || all.at(-1);
      if (next) { const [x, y] = at(next); go(x, y); }
    });
  }

  // Dragging is an extra on the same form.
  const form = document.getElementById("glisser");
  const says = document.getElementById("annonce");
  if (!form || !("edit" in grid.dataset)) return;
  let dragged = null;
  let places = null;
  const clear = () => {
    for (const cell of grid.querySelectorAll(".drop, .drop-swap")) cell.classList.remove("drop", "drop-swap");
    dragged = places = null;
  };
  const key = (cell) => cell.id.slice(1).replace("-", ".");
  for (const link of grid.querySelectorAll("a[data-meeting]")) link.draggable = true;
  grid.addEventListener("dragstart", async (event) => {
    const link = event.target.closest("a[data-meeting]");
    if (!link) return;
    dragged = link;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", link.textContent);
    const path = location.pathname + "/places?numero=" + form.numero.value + "&deplacer=" + link.dataset.meeting;
    const reply = await fetch(path);
    const lines = reply.ok ? (await reply.text()).split("\n") : [];
    if (dragged !== link) return;
    places = Object.fromEntries(lines.filter(Boolean).map((line) => line.split(" ")));
    for (const cell of grid.querySelectorAll("td")) {
      const can = places[key(cell)];
      if (can !== undefined) cell.classList.add(can ? "drop-swap" : "drop");
    }
    grid.dataset.dragging = link.dataset.meeting;
  });
  grid.addEventListener("dragover", (event) => {
    const cell = event.target.closest("td");
    if (dragged && cell && (!places || places[key(cell)] !== undefined)) event.preventDefault();
  });
  grid.addEventListener("drop", (event) => {
    const cell = event.target.closest("td");
    if (!dragged || !cell) return;
    event.preventDefault();
    const can = places && places[key(cell)];
    form.rencontre.value = dragged.dataset.meeting;
    form.version.value = dragged.dataset.version;
    form.place.value = can ? "" : key(cell);
    form.echange.value = can || "";
    clear();
    form.requestSubmit();
  });
  grid.addEventListener("dragend", () => {
    if (dragged && says) says.textContent = says.dataset.impossible;
    delete grid.dataset.dragging;
    clear();
  });
})();
