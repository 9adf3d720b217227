// Several items at once: only what is shown can be selected, and a comment is needed.
class Selection {
  constructor(changed) {
    this.numbers = new Set();
    this.changed = changed;
  }

  has(number) { return this.numbers.has(number); }

  set(number, isSelected) {
    if (isSelected) this.numbers.add(number);
    else this.numbers.delete(number);
    this.changed();
  }

  replace(numbers) {
    this.numbers = new Set(numbers);
    this.changed();
  }
}

class Bulk {
  constructor(packet, store, selection, changed) {
    this.store = store;
    this.selection = selection;
    this.changed = changed;
    this.before = [];
    byId("bulk-comment").maxLength = packet.longest_comment;
    fillSelect(byId("bulk-decision"), [["", "choose"], ...packet.verdicts.map((verdict) => [verdict, verdict])]);
    byId("bulk-apply").addEventListener("click", () => this.apply());
    byId("bulk-comment").addEventListener("keydown", (event) => { if (event.key === "Enter") this.apply(); });
    byId("bulk-undo").addEventListener("click", () => this.undo());
  }

  apply() {
    const decision = byId("bulk-decision").value;
    const comment = byId("bulk-comment").value.trim();
    const numbers = [...this.selection.numbers];
    if (numbers.length === 0) return say("Select items first.");
    if (decision === "") return refuse(byId("bulk-decision"), "Choose a decision.");
    if (comment === "") return refuse(byId("bulk-comment"), "A decision about several items needs a comment.");
    const at = new Date().toISOString();
    this.before = numbers.map((number) => [number, this.store.of(number)]);
    for (const number of numbers) this.store.set(number, decision, comment, at);
    byId("bulk-comment").value = "";
    byId("bulk-decision").value = "";
    byId("bulk-undo").hidden = false;
    this.selection.replace([]);
    this.changed();
    say(`${decision}: ${numbers.length.toLocaleString("en")} items.`);
  }

  undo() {
    this.store.restore(this.before);
    byId("bulk-undo").hidden = true;
    this.changed();
    say(`Taken back: ${this.before.length.toLocaleString("en")} items are as they were before.`);
  }
}

function say(text) {
  byId("status").textContent = text;
}

function refuse(control, text) {
  say(text);
  control.focus();
}
