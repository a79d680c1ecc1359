// SPDX-License-Identifier: MIT
// A greeting over HTTP/1.1, by node's own server: node http.js <port> [workers]; several are processes of the cluster module.
'use strict';
const http = require('http');
const cluster = require('cluster');

const port = Number(process.argv[2]);
const workers = Number(process.argv[3] || 1);
const greeting = 'Hello, World!';

function greet(request, response) {
  response.writeHead(200, { 'Content-Type': 'text/plain', 'Content-Length': greeting.length });
  response.end(greeting);
}

if (workers > 1 && cluster.isPrimary) {
  for (let i = 0; i < workers; i++) cluster.fork();
} else {
  http.createServer(greet).listen(port, '127.0.0.1', 1024);
}
