// Which items are shown: every word of the search, and every filter.
const STATES = [["", "all"], ["undecided", "undecided"], ["decided", "decided"], ["lacking", "comment missing"]];
const CHOSEN = ["recommendation", "directory", "kind", "privileged"];
const SEARCHED = ["account", "name", "what", "directory", "owner", "findings", "last_used", "recommendation_reason", "item_id"];

class Filters {
  constructor(packet, store, changed) {
    this.packet = packet;
    this.store = store;
    this.texts = null;
    fillSelect(byId("filter-state"), STATES);
    for (const key of CHOSEN) {
      const found = [...new Set(packet.columns[key])].sort();
      fillSelect(byId(`filter-${key}`), [["", "all"], ...found.map((value) => [value, value])]);
      byId(`filter-${key}`).parentElement.hidden = found.length < 2;
    }
    byId("filter-findings").parentElement.hidden = !packet.columns.findings.some((text) => text !== "");
    for (const control of document.querySelectorAll(".filters select, .filters [type=checkbox]")) {
      control.addEventListener("change", changed);
    }
    byId("search").addEventListener("input", changed);
  }

  haystacks() {
    const { columns, count } = this.packet;
    this.texts ||= Array.from({ length: count }, (_, number) =>
      SEARCHED.map((key) => columns[key][number]).join("\n").toLowerCase());
    return this.texts;
  }

  shown() {
    const { columns, count } = this.packet;
    const words = byId("search").value.toLowerCase().split(/\s+/).filter(Boolean);
    const texts = words.length > 0 ? this.haystacks() : [];
    const wanted = CHOSEN.map((key) => [columns[key], byId(`filter-${key}`).value]).filter(([, value]) => value !== "");
    const state = byId("filter-state").value;
    const withFindings = byId("filter-findings").checked;
    const found = [];
    for (let number = 0; number < count; number += 1) {
      if (wanted.every(([column, value]) => column[number] === value)
        && (!withFindings || columns.findings[number] !== "")
        && (state === "" || this.isIn(state, number))
        && words.every((word) => texts[number].includes(word))) found.push(number);
    }
    return found;
  }

  isIn(state, number) {
    if (state === "lacking") return this.store.lack(number) !== "";
    return this.store.isDecided(number) === (state === "decided");
  }
}

function fillSelect(select, options) {
  select.replaceChildren(...options.map(([value, label]) => element("option", { value }, label)));
}
