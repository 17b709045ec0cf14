// Certificates for one run of the tests, made by openssl.

import { readFile, writeFile } from "node:fs/promises";
import { createHash, X509Certificate } from "node:crypto";
import { join } from "node:path";
import { run } from "../suite/project.mjs";

const KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
const CONFIG = `
[ca]
default_ca = own
[own]
database = index
new_certs_dir = .
rand_serial = yes
default_md = sha256
policy = names
copy_extensions = copy
[names]
commonName = supplied
`;
const HERE = "IP:127.0.0.1";

/** A certificate authority, and pairs of key and certificate: trusted, self-signed, expired, and for another host. */
export async function makeCertificates(folder) {
  const openssl = (...args) => run(process.env.OPENSSL || "openssl", args, { cwd: folder });
  const read = (name) => readFile(join(folder, name), "utf8");
  await writeFile(join(folder, "ca.cnf"), CONFIG);
  await writeFile(join(folder, "index"), "");
  await openssl(
    "req",
    "-x509",
    ...KEY,
    "-keyout",
    "ca.key",
    "-out",
    "ca.pem",
    "-days",
    "2",
    "-subj",
    "/CN=An authority for tests",
  );

  async function pair(name, host, ...times) {
    const subject = ["-subj", `/CN=${name}`, "-addext", `subjectAltName=${host}`];
    await openssl("req", "-new", ...KEY, ...subject, "-keyout", `${name}.key`, "-out", `${name}.csr`);
    await openssl(
      "ca",
      "-config",
      "ca.cnf",
      "-batch",
      "-notext",
      "-cert",
      "ca.pem",
      "-keyfile",
      "ca.key",
      "-in",
      `${name}.csr`,
      "-out",
      `${name}.pem`,
      ...times,
    );
    return { key: await read(`${name}.key`), cert: await read(`${name}.pem`) };
  }

  await openssl(
    "req",
    "-x509",
    ...KEY,
    "-keyout",
    "self.key",
    "-out",
    "self.pem",
    "-days",
    "2",
    "-subj",
    "/CN=self",
    "-addext",
    `subjectAltName=${HERE}`,
  );
  const pairs = {
    trusted: await pair("trusted", HERE, "-days", "2"),
    untrusted: { key: await read("self.key"), cert: await read("self.pem") },
    expired: await pair("expired", HERE, "-startdate", "20200101000000Z", "-enddate", "20200102000000Z"),
    misnamed: await pair("misnamed", "DNS:elsewhere.example", "-days", "2"),
  };
  return { pairs, authority: join(folder, "ca.pem"), pin: pinOf(pairs.trusted.cert) };
}

/** The hash of a public key, as Chromium's flag expects it. */
function pinOf(cert) {
  const key = new X509Certificate(cert).publicKey.export({ type: "spki", format: "der" });
  return createHash("sha256").update(key).digest("base64");
}
