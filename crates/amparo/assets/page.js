// What the pages do better with a script; all of them work without it.
"use strict";

// ---- gathering: files are dropped, and their names shown ----

const drop = document.querySelector("form.drop");
if (drop) {
  const input = drop.querySelector("#files");
  const names = drop.querySelector(".chosen");
  const alarm = drop.querySelector(".alarm");
  const button = drop.querySelector("button");

  // The labels become the buttons: what was chosen stands in the list below them.
  for (const field of drop.querySelectorAll("input[type=file]")) {
    const label = drop.querySelector(`label[for=${field.id}]`);
    field.classList.add("sr");
    label.classList.add("btn");
    field.after(label);
    field.addEventListener("change", show);
  }

  function chosen() {
    return [...drop.querySelectorAll("input[type=file]")].flatMap((field) => [...field.files]);
  }

  function show() {
    const files = chosen();
    names.replaceChildren(...files.map((file) => {
      const line = document.createElement("li");
      line.textContent = file.name;
      return line;
    }));
    names.hidden = files.length === 0;
    const all = files.reduce((sum, file) => sum + file.size, 0);
    const large = all > Number(drop.dataset.all) || files.some((file) => file.size > Number(drop.dataset.most));
    alarm.textContent = large ? drop.dataset.large : "";
    alarm.hidden = !large;
    button.disabled = large;
  }

  // Everything below a dropped folder, each file under its path there.
  async function under(entry) {
    if (entry.isFile) {
      const file = await new Promise((done, failed) => entry.file(done, failed));
      const path = entry.fullPath.slice(1);
      return [path.includes("/") ? new File([file], path, { type: file.type }) : file];
    }
    const reader = entry.createReader();
    const found = [];
    for (;;) {
      const some = await new Promise((done, failed) => reader.readEntries(done, failed));
      if (some.length === 0) break;
      for (const inner of some) found.push(...await under(inner));
    }
    return found;
  }

  addEventListener("dragover", (event) => event.preventDefault());
  addEventListener("drop", (event) => event.preventDefault());
  drop.addEventListener("dragover", () => drop.classList.add("over"));
  drop.addEventListener("dragleave", () => drop.classList.remove("over"));
  drop.addEventListener("drop", async (event) => {
    drop.classList.remove("over");
    const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
    const plain = [...event.dataTransfer.files];
    const all = new DataTransfer();
    for (const file of input.files) all.items.add(file);
    const dropped = entries.length > 0 ? (await Promise.all(entries.map(under))).flat() : plain;
    for (const file of dropped) all.items.add(file);
    input.files = all.files;
    show();
  });
  drop.addEventListener("submit", () => { button.disabled = true; });
  addEventListener("pageshow", show);
}

// ---- gathering: how far the reading is ----

const now = document.querySelector("[data-now]");
if (now) {
  const lines = now.querySelectorAll("[data-line]");
  const bar = now.querySelector("progress");
  const ask = async () => {
    const answer = await fetch(now.dataset.now);
    // Locked meanwhile: the first page says so.
    if (answer.redirected) return location.assign("/");
    const [numbers, ...said] = (await answer.text()).split("\n");
    // The work has ended: the page says what each file became.
    if (!answer.ok || numbers === "") return location.replace(location.pathname);
    const [value, max, file] = numbers.split(" ");
    bar.max = Number(max);
    bar.value = Number(value);
    lines.forEach((line, i) => { line.textContent = said[i]; });
    if (file !== now.dataset.file) now.querySelector("[data-name]")?.remove();
    setTimeout(ask, 1000);
  };
  setTimeout(ask, 1000);
}
