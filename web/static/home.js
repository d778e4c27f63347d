// The list of labs on the home page.
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
