// A process that imports a client, makes one request and prints the time since its start.

const [, , name, url, key] = process.argv;
const { make } = await import(`./clients/${name}.mjs`);
await make({ url, key }).get("/api/v1/orders/1");
const wall = performance.now();
const { user, system } = process.cpuUsage();
process.stdout.write(JSON.stringify({ wall, cpu: (user + system) / 1000 }), () => process.exit());
