// The application: answers with its name and the amount of its data.
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";

const [home, port] = process.argv.slice(2);
const data = join(home, "var", "filestorage", "Data.fs");

createServer((_request, response) => {
  const size = existsSync(data) ? readFileSync(data).length : 0;
  response.end(`Hello from ${process.env.DEMO_HOST}. I am revision one and see ${size} bytes of data.\n`);
}).listen(Number(port), "127.0.0.1");
