// The ways in: choosing, the camera, dropping, pasting, and the examples.
import { $, announce } from "./dom.js";
import { drawScene, sceneBlob } from "./scenes.js";
import { set, state } from "./state.js";

/** Hands every picture that comes in to take(blob, name). */
export function listenForPictures(take) {
  for (const id of ["file", "camera"]) {
    $(id).addEventListener("change", (event) => {
      const [file] = event.target.files;
      if (file) take(file, file.name);
      event.target.value = ""; // the same file may be chosen again
    });
  }
  listenForDrops(take);
  document.addEventListener("paste", (event) => {
    const [file] = event.clipboardData?.files ?? [];
    if (!file) return;
    event.preventDefault();
    take(file, "Pasted picture");
  });
  for (const example of document.querySelectorAll(".example")) {
    example.addEventListener("click", async () => take(await sceneBlob(example.dataset.scene), example.textContent.trim()));
  }
  // The small ones are drawn when there is time: nothing waits for them.
  const draw = () => {
    for (const example of document.querySelectorAll(".example")) {
      drawScene(example.querySelector("canvas"), example.dataset.scene);
      example.classList.add("drawn");
    }
  };
  if ("requestIdleCallback" in window) requestIdleCallback(draw, { timeout: 500 });
  else setTimeout(draw, 50);
}

function listenForDrops(take) {
  const carriesFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
  let timer = 0;
  const end = () => {
    clearTimeout(timer);
    if (state.dragging) set({ dragging: false });
  };
  addEventListener("dragover", (event) => {
    event.preventDefault(); // whatever is dropped must not replace the page
    event.dataTransfer.dropEffect = carriesFiles(event) ? "copy" : "none";
    if (!carriesFiles(event)) return;
    if (!state.dragging) set({ dragging: true });
    clearTimeout(timer);
    timer = setTimeout(end, 300); // browsers repeat dragover while the drag lasts; leaving is not always told
  });
  addEventListener("drop", (event) => {
    event.preventDefault();
    end();
    const files = [...(event.dataTransfer?.files ?? [])];
    if (files.length === 0) return announce("That was no file. Drop a picture file, or paste a picture.", 0);
    const file = files.find((f) => f.type.startsWith("image/")) ?? files[0];
    take(file, file.name);
    return files.length > 1 ? announce(`Taken: ${file.name}, the first of ${files.length}.`, 0) : undefined;
  });
}
