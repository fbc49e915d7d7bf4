// The matrix by keyboard: one stop, arrows, Enter or a press opens the editor below. One listener for all cells.
(() => {
  const table = document.getElementById("matrice");
  const editor = document.getElementById("editeur");
  if (!table || !table.tBodies[0]) return;
  const rows = table.tBodies[0].rows;
  const columns = table.tHead.rows[0].cells;
  let current = null;

  const at = (row, column) => rows[row] && rows[row].cells[column];
  const place = (cell) => [cell.parentNode.rowIndex - 1, cell.cellIndex];

  const move = (cell) => {
    if (!cell || cell.tagName !== "TD") return;
    if (current) current.tabIndex = -1;
    current = cell;
    cell.tabIndex = 0;
    cell.focus();
    cell.scrollIntoView({ block: "nearest", inline: "nearest" });
  };

  const choose = (form, name, value) => {
    const field = form.elements[name];
    if (field.type === "checkbox") field.checked = value === field.value;
    else field.value = value;
  };

  const open = (cell) => {
    if (!editor) return;
    const [row, column] = place(cell);
    const state = cell.dataset.w || "0";
    const form = editor.querySelector("form");
    const candidate = rows[row].dataset.id, employer = columns[column].dataset.id;
    const has = (letter) => state.includes(letter);
    choose(form, "candidat", candidate);
    choose(form, "employeur", employer);
    choose(form, "vu", state);
    choose(form, "rang", String(parseInt(state, 10)));
    choose(form, "avis", has("y") ? "oui" : has("p") ? "prioritaire" : has("n") ? "non" : "");
    choose(form, "regle", has("m") ? "impose" : has("x") ? "interdit" : "");
    choose(form, "conseille", has("r") ? "oui" : "");
    document.getElementById("qui-candidat").textContent = rows[row].cells[0].querySelector("a").textContent;
    document.getElementById("qui-employeur").textContent = columns[column].querySelector("a").title;
    editor.hidden = false;
    form.elements.rang.focus();
    form.elements.rang.select();
  };

  // A grid has cells that can be focused; without this script it is a table.
  table.setAttribute("role", "grid");
  const first = at(0, 1);
  if (first) { current = first; first.tabIndex = 0; }

  table.addEventListener("keydown", (event) => {
    const cell = event.target.closest("td");
    if (!cell || cell.classList.contains("corner")) return;
    const [row, column] = place(cell);
    const last = rows.length - 1, wide = columns.length - 1;
    const next = {
      ArrowUp: () => at(row - 1, column), ArrowDown: () => at(row + 1, column),
      ArrowLeft: () => at(row, column - 1), ArrowRight: () => at(row, column + 1),
      Home: () => at(event.ctrlKey ? 0 : row, 1), End: () => at(event.ctrlKey ? last : row, wide),
      PageUp: () => at(Math.max(0, row - 10), column), PageDown: () => at(Math.min(last, row + 10), column),
    }[event.key];
    if (next) { event.preventDefault(); move(next()); }
    else if (event.key === "Enter" || event.key === " ") { event.preventDefault(); open(cell); }
  });
  table.addEventListener("click", (event) => {
    const cell = event.target.closest("tbody td");
    if (cell) { move(cell); open(cell); }
  });
  if (editor) editor.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && current) { event.preventDefault(); move(current); }
  });

  // Back from a saved wish: the focus is where one was. No fragment leads here: the browser would focus its target last.
  const pair = new URLSearchParams(location.search).get("case");
  if (pair) {
    const [candidate, employer] = pair.split(".");
    const row = [...rows].findIndex((one) => one.dataset.id === candidate);
    const column = [...columns].findIndex((one) => one.dataset.id === employer);
    if (row >= 0 && column > 0) move(at(row, column));
  }
})();
