// The service worker of a page: a module, or one classic script.

import { leave } from "./scene.js";

const { serviceWorker } = navigator;

async function run() {
  const type = new URLSearchParams(location.search).get("type") === "module" ? "module" : "classic";
  const script = type === "module" ? "/pages/service.js" : "/classic/service.js";
  const registration = await serviceWorker.register(script + location.search, { type });
  const worker = registration.installing ?? registration.waiting ?? registration.active;
  if (worker === null) throw new Error("the registration has no worker");
  while (worker.state !== "activated")
    await new Promise((resolve) => {
      worker.addEventListener("statechange", resolve, { once: true });
    });
  return new Promise((resolve) => {
    serviceWorker.addEventListener("message", ({ data }) => resolve(data));
    serviceWorker.startMessages();
    worker.postMessage("run");
  });
}

leave(run());
