// Keeps the key in the IndexedDB of the extension's own origin. Content scripts have that of their page; `chrome.storage.local` they
// can read in Firefox, which has no `setAccessLevel`.

const done = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

async function withKeys(mode, use) {
  const opening = indexedDB.open("openprospect", 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore("keys");
  const database = await done(opening);
  try {
    return await done(use(database.transaction("keys", mode).objectStore("keys")));
  } finally {
    database.close();
  }
}

export const readKey = () => withKeys("readonly", (keys) => keys.get("apiKey"));
export const saveKey = (apiKey) => withKeys("readwrite", (keys) => keys.put(apiKey, "apiKey"));
