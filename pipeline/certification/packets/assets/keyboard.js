// Single keys act while a row has the focus, never while somebody types.
const VERDICT_KEYS = { c: "certify", r: "revoke", e: "reduce", u: "unsure" };

class Keyboard {
  constructor(rows, selection, turn) {
    this.rows = rows;
    this.selection = selection;
    this.turn = turn;
    document.addEventListener("keydown", (event) => this.pressed(event));
    rows.body.addEventListener("focusin", (event) => this.rove(event.target.closest("tr")));
  }

  pressed(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const isTyping = event.target.matches("textarea, select, input:not([type=radio], [type=checkbox])");
    const row = event.target.closest("#items tbody tr");
    if (event.key === "Escape" && row) row.focus();
    else if (event.key === "/" && !isTyping) byId("search").focus();
    else if (isTyping || !row || !this.act(event.key, row, event.target === row)) return;
    event.preventDefault();
  }

  // Whether the key means something. Arrows within a row of radio buttons are the browser's.
  act(key, row, isOnRow) {
    const number = Number(row.dataset.number);
    if (key === "j" || (isOnRow && key === "ArrowDown")) this.focus(row.nextElementSibling);
    else if (key === "k" || (isOnRow && key === "ArrowUp")) this.focus(row.previousElementSibling);
    else if (key === "n" || key === "p") this.turn(key === "n" ? 1 : -1);
    else if (key in VERDICT_KEYS) this.rows.decide(number, VERDICT_KEYS[key]);
    else if (key === "Delete") this.rows.decide(number, "");
    else if (key === "x") this.select(row, number);
    else if (isOnRow && key === "Enter") row.querySelector("textarea").focus();
    else return false;
    return true;
  }

  select(row, number) {
    this.selection.set(number, !this.selection.has(number));
    this.rows.refresh(row);
  }

  focus(row) {
    if (row) row.focus();
  }

  // One row at a time can be reached with Tab.
  rove(row) {
    for (const other of this.rows.body.querySelectorAll('tr[tabindex="0"]')) other.tabIndex = -1;
    if (row) row.tabIndex = 0;
  }
}
