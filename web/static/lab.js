// A lab in a window of its own: lab.html?lab=NAME, with step=N, network=NAME, present, theme=light|dark|hc.
import "./wire-lab.js";
const wish = new URLSearchParams(location.search);
if (wish.has("theme")) document.documentElement.dataset.theme = wish.get("theme");
const lab = document.createElement("wire-lab");
lab.setAttribute("lab", wish.get("lab") ?? "tcp-echo");
for (const name of ["step", "network", "present"]) if (wish.has(name)) lab.setAttribute(name, wish.get(name));
lab.setAttribute("page", "");
document.querySelector("main").append(lab);
