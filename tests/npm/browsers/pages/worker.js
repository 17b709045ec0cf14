import { leave } from "./scene.js";

const worker = new Worker(`/pages/dedicated.js${location.search}`, { type: "module" });
leave(
  new Promise((resolve, reject) => {
    worker.addEventListener("message", ({ data }) => resolve(data));
    worker.addEventListener("error", ({ message }) => reject(`the worker: ${message}`));
  }),
);
