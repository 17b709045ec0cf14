// Stores the key in the IndexedDB of the extension's own origin. Content scripts have the IndexedDB of their page. They
// could read `chrome.storage.local` in Firefox, which has no `setAccessLevel`.

/**
 * @template T
 * @param {IDBRequest<T>} request
 * @returns {Promise<T>}
 */
const done = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

/**
 * @template T
 * @param {IDBTransactionMode} mode
 * @param {(keys: IDBObjectStore) => IDBRequest<T>} use
 */
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

/** @param {string} apiKey */
export const saveKey = (apiKey) => withKeys("readwrite", (keys) => keys.put(apiKey, "apiKey"));
