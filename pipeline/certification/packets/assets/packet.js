"use strict";
// What was put into the page: its items by column, compressed. Directory text reaches the page as text nodes only.
const byId = (id) => document.getElementById(id);

function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== null) made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

async function openPacket() {
  const bytes = Uint8Array.from(atob(byId("packet").textContent), (character) => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return JSON.parse(await new Response(stream).text());
}

function fileName(packet) {
  const plain = (text) => text.replace(/[^A-Za-z0-9@._-]+/g, "_");
  return `decisions-${plain(packet.campaign)}-${plain(packet.reviewer)}.json`;
}
