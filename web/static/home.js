// The home page: where labs run here, and the list of labs.
import { kept, server } from "./site.js";
for (const text of document.querySelectorAll("[data-served]")) text.hidden = (text.dataset.served === "yes") !== server;
if (!server) {
  const note = document.querySelector("[data-kept]");
  note.hidden = false;
  kept.then(how => {
    note.textContent = {
      kept: "This site stays in your browser: after this visit it works without a network, too.",
      plain: "Over plain http a browser keeps nothing for later: without a network this site cannot be opened again.",
      refused: "This browser's store is full or switched off: without a network this site cannot be opened again.",
    }[how];
  });
}
const list = document.querySelector("[data-labs]");
try {
  const answer = await fetch("labs/index.json");
  if (!answer.ok) throw new Error(`the server answers ${answer.status}`);
  for (const { name, title, about } of await answer.json()) {
    const link = Object.assign(document.createElement("a"), { href: `lab.html?lab=${encodeURIComponent(name)}` });
    link.append(Object.assign(document.createElement("b"), { textContent: title }), Object.assign(document.createElement("span"), { textContent: about }));
    list.append(Object.assign(document.createElement("li"), {}));
    list.lastElementChild.append(link);
  }
} catch (error) {
  const fault = document.querySelector("[data-fault]");
  fault.textContent = `The list of labs could not be loaded: ${error.message}. Reload the page to try again.`;
  fault.hidden = false;
}
