// The clients: their name, the npm packages whose versions are reported, and the imports for the bundle size.

/// <reference path="./packages.d.ts" />

/**
 * `baseMs` and `capMs`, the limits of the backoff, come with `retries`; without it a client has its default options.
 *
 * @typedef {{ url: string, key: string, retries?: number, baseMs: number, capMs: number }} Settings
 * @typedef {{ get: (path: string, options?: { signal?: AbortSignal }) => Promise<any>, close?: () => void }} Client
 * @typedef {(settings: Settings) => Client} Make
 * @typedef {{
 *   name: string, packages: string[], retries: boolean, title?: string, platform?: "node", bundle?: string,
 * }} Entry
 */

/** @type {Entry[]} */
export const CLIENTS = [
  { name: "openprospect", packages: [], retries: true },
  { name: "fetch", packages: [], retries: false },
  { name: "loop", packages: [], retries: true, title: "sample loop" },
  { name: "ky", packages: ["ky"], retries: true, bundle: 'export { default } from "ky"' },
  {
    name: "axios",
    packages: ["axios", "axios-retry"],
    retries: true,
    title: "axios + axios-retry",
    bundle: 'export { default as axios } from "axios"; export { default as retry } from "axios-retry"',
  },
  { name: "p-retry", packages: ["p-retry"], retries: true, bundle: 'export { default, AbortError } from "p-retry"' },
  { name: "got", packages: ["got"], retries: true, platform: "node", bundle: 'export { default } from "got"' },
  {
    name: "undici",
    packages: ["undici"],
    retries: true,
    title: "undici RetryAgent",
    platform: "node",
    bundle: 'export { Agent, RetryAgent } from "undici"',
  },
  { name: "openai", packages: ["openai"], retries: true, bundle: 'export { default } from "openai"' },
  {
    name: "smithy-standard",
    packages: ["@smithy/core"],
    retries: true,
    title: "smithy standard",
    bundle: 'export { StandardRetryStrategy } from "@smithy/core/retry"',
  },
  {
    name: "smithy-adaptive",
    packages: ["@smithy/core"],
    retries: true,
    title: "smithy adaptive",
    bundle: 'export { AdaptiveRetryStrategy } from "@smithy/core/retry"',
  },
];

/** The client under test. */
export const OURS = "openprospect";

export const clientNamed = (name) => CLIENTS.find((client) => client.name === name);

export const titleOf = (name) => clientNamed(name)?.title ?? name;
