// The keys of the queue. Every key presses a button that stands on the page, so nothing is done here that a page without
// scripts could not do. Keys rest while somebody types, while a dialog asks, and where somebody turned them off.
"use strict";

const OFF = "veche-keys-off";
const sure = document.getElementById("sure");
const list = document.getElementById("keys");
let asked = null;

const isTyping = (at) => at.closest("input:not([type=checkbox]), textarea, select, [contenteditable]") !== null;
const rests = (event) =>
  event.ctrlKey || event.altKey || event.metaKey || isTyping(event.target) || sure?.open || localStorage.getItem(OFF) !== null;

// On a Russian keyboard the letters are those that stand on the same places of an English one.
const letter = (event) => (/^[a-z?]$/i.test(event.key) ? event.key.toLowerCase() : event.code.replace(/^Key/, "").toLowerCase());

function step(by) {
  const rows = [...document.querySelectorAll("[data-row]")];
  if (rows.length === 0) press("j"); // a case that is decided leads to the next one
  const at = rows.indexOf(document.activeElement);
  rows[Math.min(rows.length - 1, Math.max(0, at + by))]?.focus();
}

function press(key) {
  const found = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (found === null) return false;
  if (found.matches("textarea")) found.focus();
  else found.click();
  return true;
}

function help() {
  list?.focus();
  list?.scrollIntoView({ block: "nearest" });
}

document.addEventListener("keydown", (event) => {
  if (rests(event)) return;
  const key = letter(event);
  if (key === "j") step(1);
  else if (key === "k") step(-1);
  else if (key === "?") help();
  else if (!press(key)) return;
  event.preventDefault();
});

// What cannot be undone, or hurts, is asked once. The same holds for the mouse.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-sure]");
  if (button === null || sure === null || button === asked || !button.form.reportValidity()) return;
  event.preventDefault();
  document.getElementById("sure-text").textContent = button.textContent;
  asked = button;
  sure.showModal();
});

document.getElementById("sure-yes")?.addEventListener("click", () => {
  const button = asked;
  sure.close();
  button.form.requestSubmit(button);
});
document.getElementById("sure-no")?.addEventListener("click", () => sure.close());
sure?.addEventListener("close", () => { asked = null; });

const toggle = document.getElementById("keys-switch");
function named() {
  toggle.textContent = localStorage.getItem(OFF) === null ? toggle.dataset.off : toggle.dataset.on;
}
if (toggle !== null) {
  toggle.hidden = false;
  named();
  toggle.addEventListener("click", () => {
    if (localStorage.getItem(OFF) === null) localStorage.setItem(OFF, "yes");
    else localStorage.removeItem(OFF);
    named();
  });
}
