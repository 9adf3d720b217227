// One row of the table: what is known of an item, and its decision.
class Rows {
  constructor(packet, store, selection, changed) {
    this.packet = packet;
    this.store = store;
    this.selection = selection;
    this.changed = changed;
    this.body = document.querySelector("#items tbody");
  }

  show(numbers) {
    this.body.replaceChildren(...numbers.map((number) => this.row(number)));
    const first = this.body.rows[0];
    if (first) first.tabIndex = 0;
  }

  row(number) {
    const row = element("tr", { tabindex: "-1", "data-number": number });
    const columns = this.packet.columns;
    const text = (key) => columns[key][number];
    const label = `${text("what")}, ${text("account")}`;
    const select = element("input", { type: "checkbox", "aria-label": `Select ${label}` });
    select.checked = this.selection.has(number);
    select.addEventListener("change", () => this.selection.set(number, select.checked));
    row.append(
      element("td", { class: "select" }, select),
      element("th", { scope: "row" }, ...this.access(text)),
      element("td", {}, ...this.evidence(text)),
      element("td", {}, badge(text("recommendation")), line(text("recommendation_reason"))),
      element("td", { class: "decide" }, ...this.decision(number, label)),
    );
    this.refresh(row);
    return row;
  }

  access(text) {
    const who = text("name") && text("name") !== text("account") ? `${text("account")} · ${text("name")}` : text("account");
    const marks = [text("kind"), `${text("account_kind")} account`, text("directory")];
    return [
      element("span", { class: "what" }, text("what")),
      element("span", { class: "who" }, who),
      element("span", { class: "marks" }, ...marks.map((mark) => element("span", {}, mark))),
      ...(text("privileged") === "no" ? [] : [privilege(text("privileged"))]),
      ...(text("is_own") ? [element("span", { class: "badge own" }, "your own access")] : []),
    ];
  }

  evidence(text) {
    const facts = [
      ["Use", text("last_used")],
      ["Owner", [text("owner"), text("owner_reason")].filter(Boolean).join(": ")],
      ["Held by", text("peers")],
      ["Findings", text("findings")],
      ["Reviewer", text("reviewer_reason")],
    ].filter(([, value]) => value !== "");
    const list = element("dl");
    for (const [name, value] of facts) list.append(element("dt", {}, name), element("dd", {}, value));
    return [list];
  }

  decision(number, label) {
    const choices = element("fieldset", {}, element("legend", { class: "unseen" }, `Decision: ${label}`));
    for (const verdict of this.packet.verdicts) {
      const radio = element("input", { type: "radio", name: `decision-${number}`, value: verdict });
      radio.addEventListener("change", () => this.decide(number, verdict));
      choices.append(element("label", { class: verdict }, radio, verdict));
    }
    const clear = element("button", { type: "button", class: "clear", "aria-label": `Take back: ${label}` }, "take back");
    clear.addEventListener("click", () => this.decide(number, ""));
    const comment = element("textarea", {
      rows: 1, maxlength: this.packet.longest_comment, "aria-label": `Comment: ${label}`, placeholder: "Comment",
      "aria-describedby": `lack-${number}`,
    });
    comment.addEventListener("input", () => this.comment(number, comment.value));
    const recorded = this.packet.columns.recorded[number];
    return [
      element("div", { class: "choices" }, choices, clear),
      comment,
      element("p", { class: "lack", id: `lack-${number}` }),
      ...(recorded ? [element("p", { class: "recorded" }, `Recorded: ${recorded}`)] : []),
    ];
  }

  decide(number, verdict) {
    this.store.set(number, verdict, verdict === "" ? "" : this.store.of(number).comment);
    this.refreshNumber(number);
    this.changed();
  }

  comment(number, text) {
    const { decision } = this.store.of(number);
    this.store.set(number, decision, text);
    this.refreshNumber(number);
    this.changed();
  }

  refreshNumber(number) {
    const row = this.body.querySelector(`tr[data-number="${number}"]`);
    if (row) this.refresh(row);
  }

  refresh(row) {
    const number = Number(row.dataset.number);
    const { decision, comment } = this.store.of(number);
    for (const radio of row.querySelectorAll("[type=radio]")) radio.checked = radio.value === decision;
    const field = row.querySelector("textarea");
    if (field.value !== comment) field.value = comment;
    const lack = this.store.lack(number);
    field.toggleAttribute("required", lack !== "");
    field.setAttribute("aria-invalid", String(lack !== ""));
    row.querySelector(".lack").textContent = lack;
    row.querySelector(".clear").hidden = decision === "" && comment === "";
    row.querySelector(".select input").checked = this.selection.has(number);
    row.dataset.decision = decision;
  }

  refreshAll() {
    for (const row of this.body.rows) this.refresh(row);
  }
}

function badge(verdict) {
  return element("span", { class: `badge ${verdict}` }, verdict);
}

function privilege(state) {
  return element("span", { class: "badge privileged" }, state === "yes" ? "privileged" : "privileges not readable");
}

function line(text) {
  return element("span", { class: "line" }, text);
}
