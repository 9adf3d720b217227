const ROWS_A_PAGE = 50;

class Page {
  constructor(packet) {
    this.packet = packet;
    this.first = 0;
    this.store = new Store(packet);
    this.selection = new Selection(() => this.showSelection());
    this.rows = new Rows(packet, this.store, this.selection, () => this.showProgress());
    this.filters = new Filters(packet, this.store, () => this.filter());
    new Bulk(packet, this.store, this.selection, () => { this.rows.refreshAll(); this.showProgress(); });
    new Keyboard(this.rows, this.selection, (by) => this.turn(by));
    this.describe();
    this.listen();
    this.filter();
    this.showProgress();
    document.querySelector("main").hidden = false;
  }

  describe() {
    const { campaign, reviewer_shown: reviewer, due, count, exported_at: exported, if_undecided: rest } = this.packet;
    byId("title").textContent = `Access review ${campaign}`;
    byId("facts").textContent = [
      `Reviewer: ${reviewer}`, `${count.toLocaleString("en")} items`, due && `due ${due} UTC`,
      `undecided items are ${rest === "keep" ? "kept" : "revoked"}`, `exported ${exported} UTC`,
    ].filter(Boolean).join(" · ");
    byId("decided-by").value = this.store.decidedBy;
    byId("decided-by").maxLength = this.packet.longest_name;
  }

  listen() {
    byId("decided-by").addEventListener("input", (event) => {
      this.store.decidedBy = event.target.value;
      this.store.writeSoon();
    });
    byId("download").addEventListener("click", () => this.download());
    byId("previous").addEventListener("click", () => this.turn(-1));
    byId("next").addEventListener("click", () => this.turn(1));
    byId("select-all").addEventListener("click", () => { this.selection.replace(this.shown); this.rows.refreshAll(); });
    byId("select-none").addEventListener("click", () => { this.selection.replace([]); this.rows.refreshAll(); });
    addEventListener("pagehide", () => this.store.write());
    addEventListener("beforeprint", () => this.rows.show(this.shown));
    addEventListener("afterprint", () => this.showPage());
  }

  filter() {
    this.shown = this.filters.shown();
    this.first = 0;
    this.selection.replace([]);
    this.showPage();
  }

  turn(by) {
    const first = this.first + by * ROWS_A_PAGE;
    if (first < 0 || first >= this.shown.length) return;
    this.first = first;
    this.showPage();
    scrollTo(0, 0);
    this.rows.body.rows[0].focus({ preventScroll: true });
  }

  showPage() {
    const { first, shown } = this;
    const last = Math.min(first + ROWS_A_PAGE, shown.length);
    this.rows.show(shown.slice(first, last));
    const number = (value) => value.toLocaleString("en");
    byId("page").textContent = shown.length === 0 ? "" : `${number(first + 1)} to ${number(last)} of ${number(shown.length)}`;
    byId("previous").disabled = first === 0;
    byId("next").disabled = last >= shown.length;
    byId("empty").hidden = shown.length > 0;
    byId("items").hidden = shown.length === 0;
    byId("select-all").textContent = `Select all ${number(shown.length)} shown`;
    byId("select-all").disabled = shown.length === 0;
  }

  showSelection() {
    const count = this.selection.numbers.size;
    byId("selected").textContent = count === 0 ? "None selected" : `${count.toLocaleString("en")} selected`;
    byId("select-none").disabled = byId("bulk-apply").disabled = count === 0;
  }

  showProgress() {
    let decided = 0;
    let lacking = 0;
    for (let number = 0; number < this.packet.count; number += 1) {
      decided += this.store.isDecided(number);
      lacking += this.store.lack(number) !== "";
    }
    byId("progress").max = Math.max(this.packet.count, 1);
    byId("progress").value = decided;
    const missing = lacking > 0 ? `, ${lacking.toLocaleString("en")} without the comment they need` : "";
    byId("progress-text").textContent =
      `${decided.toLocaleString("en")} of ${this.packet.count.toLocaleString("en")} decided${missing}`;
    this.lacking = lacking;
  }

  download() {
    if (this.store.decidedBy.trim() === "") return refuse(byId("decided-by"), "Say who decided: a name or an e-mail address.");
    const document_ = this.store.download();
    const url = URL.createObjectURL(new Blob([JSON.stringify(document_, null, 1)], { type: "application/json" }));
    element("a", { href: url, download: fileName(this.packet) }).click();
    setTimeout(() => URL.revokeObjectURL(url), 60000);
    const left = this.lacking > 0 ? ` Left out: ${this.lacking.toLocaleString("en")} without the comment they need.` : "";
    say(`Downloaded ${document_.decisions.length.toLocaleString("en")} decisions. Send the file back.${left}`);
  }
}

function showProblem(text) {
  byId("problem").textContent = text;
  byId("problem").hidden = false;
}

openPacket().then((packet) => {
  new Page(packet);
  performance.mark("ready");
}).catch(() => showProblem("This page cannot be opened here: it is damaged, or the browser is older than 2023. Use the workbook (.xlsx) instead."));
