// Serves the files below a folder, looked up anew at each request; says its port.
import { readFile } from "node:fs";
import http from "node:http";
import { join } from "node:path";

const server = http.createServer(({ url }, response) => {
  readFile(join(process.argv[2], url), (error, data) => {
    response.writeHead(error ? 500 : 200);
    response.end(error ? String(error) : data);
  });
});
server.listen(0, "127.0.0.1", () => process.stdout.write(`${server.address().port}\n`));
