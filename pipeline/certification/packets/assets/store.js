// The decisions of this page, kept in the browser under the id of the packet: {item number: [decision, comment, when]}.
class Store {
  constructor(packet) {
    this.packet = packet;
    this.key = `certify-packet:${packet.packet}`;
    this.decisions = new Map();
    this.decidedBy = packet.reviewer;
    this.isKept = true;
    this.timer = 0;
    this.read();
  }

  read() {
    try {
      const kept = JSON.parse(localStorage.getItem(this.key) || "{}");
      if (typeof kept.decidedBy === "string") this.decidedBy = kept.decidedBy;
      for (const [number, [decision, comment, at]] of Object.entries(kept.decisions || {})) {
        if (number in this.packet.columns.item_id) this.decisions.set(Number(number), { decision, comment, at });
      }
    } catch {
      this.isKept = false;
    }
  }

  write() {
    clearTimeout(this.timer);
    const decisions = {};
    for (const [number, one] of this.decisions) decisions[number] = [one.decision, one.comment, one.at];
    try {
      localStorage.setItem(this.key, JSON.stringify({ decidedBy: this.decidedBy, decisions }));
      this.isKept = true;
    } catch {
      this.isKept = false;
    }
    if (!this.isKept) showProblem("This browser does not keep your decisions. Download them before you close the page.");
  }

  writeSoon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.write(), 200);
  }

  of(number) {
    return this.decisions.get(number) || { decision: "", comment: "", at: "" };
  }

  set(number, decision, comment, at = new Date().toISOString()) {
    if (decision === "" && comment === "") this.decisions.delete(number);
    else this.decisions.set(number, { decision, comment, at });
    this.writeSoon();
  }

  restore(before) {
    for (const [number, one] of before) {
      if (one.decision === "" && one.comment === "") this.decisions.delete(number);
      else this.decisions.set(number, one);
    }
    this.writeSoon();
  }

  // Why a comment is needed and missing; empty otherwise.
  lack(number) {
    const { decision, comment } = this.of(number);
    if (decision === "" || comment.trim() !== "") return "";
    if (decision === "reduce") return "Say in a comment what to take away.";
    return this.packet.columns.is_own[number] ? "Your own access: say in a comment why nobody else decides." : "";
  }

  isDecided(number) {
    const { decision } = this.of(number);
    const counts = decision || this.packet.columns.recorded_decision[number];
    return counts !== "" && counts !== "unsure" && this.lack(number) === "";
  }

  download() {
    const { columns } = this.packet;
    const decisions = [...this.decisions]
      .filter(([number, one]) => one.decision !== "" && this.lack(number) === "")
      .sort(([left], [right]) => left - right)
      .map(([number, one]) => ({
        item_id: columns.item_id[number],
        digest: columns.digest[number],
        decision: one.decision,
        comment: one.comment,
        decided_at: one.at,
      }));
    const { format, version, campaign, packet, reviewer } = this.packet;
    return { format, version, campaign, packet, reviewer, decided_by: this.decidedBy.trim(), decisions };
  }
}
