// Search and dark mode; the page is whole without them.
"use strict";

const theme = document.getElementById("theme");
const dark = () =>
  (document.documentElement.style.colorScheme ||
    (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
const name = () => { theme.textContent = dark() ? "Light mode" : "Dark mode"; };
theme.addEventListener("click", () => {
  const chosen = dark() ? "light" : "dark";
  document.documentElement.style.colorScheme = chosen;
  localStorage.setItem("theme", chosen);
  name();
});
name();
theme.hidden = false;

const field = document.getElementById("search");
const results = document.getElementById("results");
field.hidden = false;
// the text of all lessons is fetched when somebody begins to search
field.addEventListener("focus", () => {
  const script = document.createElement("script");
  script.src = "sections.js";
  script.addEventListener("load", search);
  document.body.append(script);
}, { once: true });
field.addEventListener("input", search);
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") { field.value = ""; search(); }
  if (event.key === "/" && !/^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName)) {
    event.preventDefault();
    field.focus();
  }
});

function search() {
  if (typeof SECTIONS === "undefined") return;
  const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
  const rank = (section) => {
    const name = section.name.toLowerCase();
    const all = `${name} ${section.in} ${section.text}`.toLowerCase();
    if (!words.every((word) => all.includes(word))) return 0;
    return 1 + words.filter((word) => name.includes(word)).length;
  };
  const found = SECTIONS.map((section) => [rank(section), section])
    .filter(([points]) => points > 0)
    .sort(([a], [b]) => b - a)
    .slice(0, 12);
  results.hidden = words.length === 0;
  results.replaceChildren();
  if (!found.length) results.textContent = "Nothing found.";
  const list = document.createElement("ul");
  for (const [, section] of found) {
    const link = document.createElement("a");
    link.href = section.to;
    link.textContent = `${section.name} · ${section.in}`;
    link.addEventListener("click", () => { results.hidden = true; });
    const at = section.text.toLowerCase().indexOf(words[0]);
    const around = document.createElement("p");
    around.textContent = section.text.slice(Math.max(0, at - 50), at + 90);
    const item = document.createElement("li");
    item.append(link, around);
    list.append(item);
  }
  if (found.length) results.append(list);
}
